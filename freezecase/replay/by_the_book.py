"""
The rules of a frozen account, said a second time, as plainly as possible.

Production keeps a state and changes it event by event, fast. This file keeps nothing: it looks at
the list of what happened and says what follows from it. Each function is one rule, to be read by
whoever answers for the freeze. Where the two disagree, one of them is wrong.

What happened still happened. A history that breaks the rules, such as a release without a freeze,
is read like any other: the newest word counts, and what means nothing where it stands changes
nothing. No rule here refuses.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel
from freezecase.core.events import CaseEvent
from freezecase.core.obligations import key_of
from freezecase.core.state import CheckStage
from freezecase.core.status import Status
from freezecase.core.values import Instant, Person, Scope, Slug

__all__ = ["Reading", "by_the_book"]

History = Sequence[CaseEvent]


@attrs.frozen
class Reading:
    """What a history says about the case."""

    status: Status
    scope: Scope | None
    appeal: AppealLevel | None
    """Who hears the open appeal; nothing when none is open."""
    decided: Mapping[int, Person]
    """Who made each decision that can be contested, by the number of its event."""
    checks: Mapping[Slug, CheckStage]
    promises: frozenset[Slug]
    obligations: Mapping[tuple[str, str], Instant]
    """What is owed, by kind and subject, and when."""
    holds: frozenset[Slug]
    owner: Person | None


def by_the_book(history: History) -> Reading:
    """Return what *history*, the first event first, says about the case."""
    return Reading(
        status=_positions(history)[-1],
        scope=_scope(history),
        appeal=_appeal(history),
        decided=_decided(history),
        checks=_checks(history),
        promises=_promises(history),
        obligations=_obligations(history),
        holds=_holds(history),
        owner=_owner(history),
    )


def _newest(history: History, *kinds: type[CaseEvent]) -> CaseEvent | None:
    """Look back through *history* for the newest event of these kinds."""
    return next((event for event in reversed(history) if isinstance(event, kinds)), None)


OVER: Final = (Status.RELEASED, Status.FORFEITED, Status.OFFBOARDED)
"""The freeze itself is over: what an appeal then contests is another decision."""

ALWAYS: Final[Mapping[type[CaseEvent], Status]] = {
    e.FreezeImposed: Status.IN_FORCE,
    e.FreezeUpheld: Status.UPHELD,
    e.ReleaseOrdered: Status.RELEASING,
    e.ReleaseEnforced: Status.RELEASED,
    e.FundsForfeited: Status.FORFEITED,
    e.AccountOffboarded: Status.OFFBOARDED,
    e.CaseClosed: Status.CLOSED,
}
"""Wherever the case stood, this is where it stands now."""

UNLESS_OVER: Final[Mapping[type[CaseEvent], Status]] = {
    e.AppealFiled: Status.APPEALED,
    e.ExternalReviewOpened: Status.APPEALED,
    e.AppealRejected: Status.UPHELD,
    e.ExternalReviewDecided: Status.IN_FORCE,  # the exchange then upholds or releases
}
"""So too, but once the freeze is over it changes nothing of the position."""

AWAY: Final = (Status.APPEALED, Status.CLOSED)
BACK: Final = ((e.AppealWithdrawn, Status.APPEALED), (e.CaseReopened, Status.CLOSED))
"""From there the case goes back to where it stood before it was appealed or closed."""


def _positions(history: History) -> list[Status]:
    """Return every position the case was in, the last one last. All else changes nothing."""
    positions = [Status.UNOPENED]
    for event in history:
        kind, now = type(event), positions[-1]
        if kind in ALWAYS:
            positions.append(ALWAYS[kind])
        elif kind in UNLESS_OVER and now not in OVER:
            positions.append(UNLESS_OVER[kind])
        elif kind is e.AppealUpheld and now is not Status.RELEASED:  # nothing is left to lift there
            positions.append(Status.RELEASING)
        elif kind is e.LegalHoldPlaced and now is Status.RELEASING:  # a hold stops a release
            positions.append(Status.IN_FORCE)
        elif kind is e.ScopeWidened and now is not Status.APPEALED:
            positions.append(Status.IN_FORCE)  # a wider restriction needs its own review
        elif kind is e.ScopeNarrowed and now not in (Status.UPHELD, Status.APPEALED):
            positions.append(Status.IN_FORCE)  # what is left of the freeze goes on
        elif (kind, now) in BACK:
            positions.append(next(where for where in reversed(positions) if where not in AWAY))
    return positions


def _scope(history: History) -> Scope | None:
    """Return what is restricted: what was said last, and nothing once freed or while closed."""
    said = (e.FreezeImposed, e.ScopeNarrowed, e.ScopeWidened)
    last = _newest(history, *said, e.ReleaseEnforced)
    closed = _positions(history)[-1] is Status.CLOSED
    return last.scope if isinstance(last, said) and not closed else None


def _holds(history: History) -> frozenset[Slug]:
    """Return the legal holds that were placed and not lifted since."""
    told = (e.LegalHoldPlaced, e.LegalHoldLifted)
    newest = {event.hold: event for event in history if isinstance(event, told)}
    return frozenset(k for k, event in newest.items() if isinstance(event, e.LegalHoldPlaced))


DECISIONS: Final = (
    *(e.FreezeImposed, e.ScopeWidened, e.FreezeRenewed, e.FreezeUpheld, e.ReleaseRefused),
    *(e.AppealRejected, e.FundsForfeited, e.AccountOffboarded),
)
"""What a customer may contest, and the final failure of a check besides."""


def _decided(history: History) -> dict[int, Person]:
    return {
        number: getattr(event, "by")  # noqa: B009 - the kinds that decide all say who
        for number, event in enumerate(history, start=1)
        if isinstance(event, DECISIONS) or (isinstance(event, e.CheckFailed) and event.final)
    }


def _appeal(history: History) -> AppealLevel | None:
    """Return who hears the appeal: the newest one, if nothing ended it since."""
    ends = (e.AppealUpheld, e.AppealRejected, e.AppealWithdrawn, e.ExternalReviewDecided)
    last = _newest(history, e.AppealFiled, e.ExternalReviewOpened, *ends, e.ReleaseOrdered)
    if isinstance(last, e.AppealFiled):
        return last.level
    return AppealLevel.EXTERNAL_BODY if isinstance(last, e.ExternalReviewOpened) else None


def _checks(history: History) -> dict[Slug, CheckStage]:
    """Return the stage of each check: the newest word on it."""
    stages: dict[Slug, CheckStage] = {}
    for event in history:
        if isinstance(event, e.ChecksRequested):
            stages |= {asked.kind: CheckStage.REQUESTED for asked in event.checks}
        elif isinstance(event, e.EvidenceSubmitted):
            stages[event.check] = CheckStage.SUBMITTED
        elif isinstance(event, e.CheckPassed):
            stages[event.check] = CheckStage.PASSED
        elif isinstance(event, e.CheckFailed):
            stages[event.check] = CheckStage.REFUSED if event.final else CheckStage.FAILED
        elif isinstance(event, e.CheckWaived):
            stages[event.check] = CheckStage.WAIVED
        elif isinstance(event, e.CheckExpired):
            stages[event.check] = CheckStage.EXPIRED
    return stages


def _promises(history: History) -> frozenset[Slug]:
    """Return the promises that are neither kept, broken nor replaced since they were made."""
    told = (e.PromiseMade, e.PromiseKept, e.PromiseBroken, e.PromiseSuperseded)
    newest = {event.promise: event for event in history if isinstance(event, told)}
    return frozenset(k for k, event in newest.items() if isinstance(event, e.PromiseMade))


def _obligations(history: History) -> dict[tuple[str, str], Instant]:
    """Return what is owed, and when: opened, and neither met, missed nor waived since."""
    owed: dict[tuple[str, str], Instant] = {}
    for event in history:
        if isinstance(event, e.ObligationOpened):
            owed[key_of(event.obligation)] = event.obligation.due
        elif isinstance(event, e.ObligationMet | e.ObligationMissed | e.ObligationWaived):
            owed.pop((event.obligation, event.subject), None)
        elif isinstance(event, e.ObligationExtended) and (event.obligation, event.subject) in owed:
            owed[event.obligation, event.subject] = event.due
    return owed


def _owner(history: History) -> Person | None:
    """Return who looks after the case: whoever took it last, and nobody once it is closed."""
    last = _newest(history, e.CaseAssigned, e.HandOverAccepted, e.CaseClosed)
    if isinstance(last, e.HandOverAccepted):
        return last.by
    return last.to if isinstance(last, e.CaseAssigned) else None
