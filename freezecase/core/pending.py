"""
What a case waits for, whatever the policy: the table behind the law of coverage.

At every moment, each row that is pending is covered by an open obligation: somebody owes the way
on, by a time, with a known consequence. "At least one open obligation" would not do: the clock of
the next update satisfies that for ever, while nobody decides anything.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from freezecase.core import events as e
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.obligations import Demand, Key, Obligation
from freezecase.core.state import SHOWABLE, CaseState, CheckStage
from freezecase.core.status import Status
from freezecase.core.values import Slug

__all__ = [
    "PENDING",
    "Pending",
    "Row",
    "can_cover",
    "covered_by",
    "covering",
    "covers",
    "pending",
    "uncovered",
]


class Pending(NamedTuple):
    """One thing a case waits for: what, about what, and the kinds of event that end the wait."""

    what: Slug
    subject: str
    ends: frozenset[Slug]


class Row(NamedTuple):
    """One row of the table: what can be pending, about which subjects, and what ends it."""

    what: Slug
    about: Callable[[CaseState], Iterable[str]]
    """The subjects about which it is pending now; `""` where there is nothing to tell apart."""
    ends: frozenset[Slug]


_VERIFIED_IN: Final = frozenset({Status.IN_FORCE, Status.UPHELD, Status.APPEALED})
"""Where what is shown can still change the outcome."""
_OVER: Final = frozenset({Status.RELEASED, Status.FORFEITED, Status.OFFBOARDED})
_IMPOSED: Final = "freeze-imposed"
_SETTLES: Final = (e.ReleaseOrdered, e.FundsForfeited, e.AccountOffboarded)
"""What settles a freeze that stands."""
_CONTESTS: Final = (e.AppealFiled, e.ExternalReviewOpened)
_ENDS_APPEAL: Final = (
    *(e.AppealUpheld, e.AppealRejected, e.AppealWithdrawn, e.ExternalReviewDecided),
    *(e.ExternalReviewOpened, e.ReleaseOrdered),
)
_ENDS_CHECKS: Final = (e.CheckPassed, e.CheckFailed, e.CheckWaived, e.AppealUpheld, *_SETTLES)


def _kinds(*events: type[CaseEvent]) -> frozenset[Slug]:
    return frozenset(map(kind_of, events))


def _if(holds: Callable[[CaseState], bool]) -> Callable[[CaseState], Iterable[str]]:
    return lambda state: ("",) if holds(state) else ()


def _checks(*stages: CheckStage) -> Callable[[CaseState], Iterable[str]]:
    def about(state: CaseState) -> Iterable[str]:
        if state.status not in _VERIFIED_IN:
            return ()
        return (kind for kind, check in state.checks.items() if check.stage in stages)

    return about


def _untold(state: CaseState) -> Iterable[str]:
    untold = state.frozen and _IMPOSED not in state.told and _IMPOSED not in state.withheld
    return (_IMPOSED,) if untold else ()


def _withheld(state: CaseState) -> Iterable[str]:
    return () if state.status is Status.CLOSED else state.withheld


def _stands(status: Status) -> Callable[[CaseState], Iterable[str]]:
    return _if(lambda state: state.status is status and state.release is None)


PENDING: Final = (
    Row(
        "enforcement",
        _if(lambda s: s.frozen and not s.enforced and s.status is not Status.RELEASING),
        _kinds(e.EnforcementConfirmed, e.ReleaseOrdered, e.AppealUpheld, e.CaseClosed),
    ),
    Row(
        "lifting",
        _if(lambda s: s.status is Status.RELEASING),
        _kinds(e.ReleaseEnforced, e.ScopeNarrowed, e.LegalHoldPlaced),
    ),
    Row("notice", _untold, _kinds(e.NoticeSent, e.NoticeWithheld, e.ReleaseEnforced, e.CaseClosed)),
    Row("withheld-notice", _withheld, _kinds(e.NoticeSent, e.NoticeWithheld, e.CaseClosed)),
    Row(
        "review",
        _stands(Status.IN_FORCE),
        _kinds(e.FreezeUpheld, e.ReleaseProposed, *_SETTLES, *_CONTESTS),
    ),
    Row(
        "renewal",
        _stands(Status.UPHELD),
        _kinds(
            *(e.FreezeRenewed, e.FreezeUpheld, e.ScopeWidened, e.ReleaseProposed),
            *(*_SETTLES, *_CONTESTS),
        ),
    ),
    Row(
        "approval",
        _if(lambda s: s.release is not None and not s.release.ordered),
        _kinds(
            *(e.ReleaseApproved, e.ReleaseRefused, e.ReleaseOrdered, e.LegalHoldPlaced),
            *(e.ScopeNarrowed, e.ScopeWidened, e.AppealUpheld, e.CaseClosed),
        ),
    ),
    Row(
        "acknowledgement",
        _if(lambda s: s.appeal is not None and not s.appeal.acknowledged),
        _kinds(e.AppealAcknowledged, *_ENDS_APPEAL),
    ),
    Row(
        "appeal-decision",
        _if(lambda s: s.appeal is not None),
        _kinds(*_ENDS_APPEAL),
    ),
    Row("evidence", _checks(*SHOWABLE), _kinds(e.EvidenceSubmitted, *_ENDS_CHECKS)),
    Row("check-review", _checks(CheckStage.SUBMITTED), _kinds(e.CheckExpired, *_ENDS_CHECKS)),
    Row("reply", _if(lambda s: s.reply_owed), _kinds(e.ReplySent)),
    Row("human", _if(lambda s: s.human_wanted), _kinds(e.HumanJoined)),
    Row(
        "hand-over",
        _if(lambda s: s.offered_to is not None),
        _kinds(e.HandOverAccepted, e.CaseAssigned, e.CaseTransferred, e.CaseClosed),
    ),
    Row(
        "closing",
        _if(lambda s: s.status in _OVER and s.appeal is None and s.release is None),
        _kinds(e.CaseClosed, *_CONTESTS, e.ReleaseOrdered, e.ReleaseProposed),
    ),
)
"""Everything a case can wait for. What is pending is never a status: several rows speak at once."""


def pending(state: CaseState) -> Iterator[Pending]:
    """Yield what the case waits for now."""
    for what, about, ends in PENDING:
        for subject in about(state):
            yield Pending(what, subject, ends)


def covering(state: CaseState, wait: Pending) -> Obligation | None:
    """Return a duty that covers *wait*, if one is open: of several the one of its name."""
    return covered_by(state.obligations, wait)


def covered_by(obligations: Mapping[Key, Obligation], wait: Pending) -> Obligation | None:
    """Return the duty among *obligations* that covers *wait*, if there is one."""
    named = obligations.get((wait.what, wait.subject))
    if named is not None and covers(named, wait):
        return named
    return next((owed for owed in obligations.values() if covers(owed, wait)), None)


def covers(owed: Obligation, wait: Pending) -> bool:
    """Say whether a duty covers what a case waits for: about the same, and by what ends it."""
    return owed.subject in {"", wait.subject} and can_cover(owed.demand, wait.ends)


def can_cover(demand: Demand, ends: frozenset[Slug]) -> bool:
    """
    Say whether a demand can cover a wait that ends so.

    Whatever meets a duty that covers must end the wait; so the clock of the next update covers
    nothing, though a notice meets it. A right covers nothing either.
    """
    return not demand.right and bool(demand.met_by) and ends.issuperset(demand.met_by)


def uncovered(state: CaseState) -> Iterator[Pending]:
    """Yield what the case waits for and nobody owes. The law: there is nothing of the kind."""
    return (wait for wait in pending(state) if covering(state, wait) is None)
