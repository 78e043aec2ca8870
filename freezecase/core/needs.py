"""
What must be there before something may happen: asked of commands and of events alike.

`MOVES` says which events a status allows. This table says what else a case must hold: a check that
was asked for, an appeal that was filed, a release that no legal hold forbids. Commands and the
events they lead to share the names of their fields, so one row serves both: a command is refused
before any policy sees it, and a foreign history that breaks a row is reported with its rule.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.moves import MOVES
from freezecase.core.state import SHOWABLE, CaseState, CheckStage
from freezecase.errors import NotAllowedNow

__all__ = ["NEEDS", "Need", "lacking", "status_in_words", "why_not"]


class Need(NamedTuple):
    """One thing a case must hold: a predicate, and where the case is when it does not hold."""

    holds: Callable[[CaseState, Any], bool]
    lacking: Callable[[CaseState, Any], str]
    allows: Callable[[CaseState, Any], tuple[str, ...]] = lambda _state, _asked: ()


_LEVELS: Final = tuple(AppealLevel)
_OPEN: Final = frozenset({CheckStage.REQUESTED, CheckStage.SUBMITTED})
_UNSETTLED: Final = SHOWABLE | {CheckStage.SUBMITTED}
_EXPIRABLE: Final = _UNSETTLED | {CheckStage.PASSED}


def _check_in(stages: frozenset[CheckStage]) -> Need:
    def words(state: CaseState, asked: Any) -> str:
        check = state.checks.get(asked.check)
        if check is None:
            return f"check `{asked.check}` was never requested"
        return f"check `{asked.check}` is `{check.stage}`"

    return Need(
        lambda state, asked: (
            asked.check in state.checks and state.checks[asked.check].stage in stages
        ),
        words,
        lambda state, _: tuple(k for k, check in state.checks.items() if check.stage in stages),
    )


_SHOWS_WHAT_WAS_ASKED = Need(
    lambda state, asked: asked.shown is None or asked.shown in _shown_for(state, asked.check),
    lambda state, asked: f"`{asked.shown}` does not settle check `{asked.check}`",
    lambda state, asked: _shown_for(state, asked.check),
)


def _shown_for(state: CaseState, check: str) -> tuple[str, ...]:
    verification = state.checks[check].verification
    return (verification.kind, *verification.instead)


_NOT_ASKED_TWICE = Need(
    lambda state, asked: (
        not any(
            one.kind in state.checks and state.checks[one.kind].stage in _OPEN
            for one in asked.checks
        )
    ),
    lambda state, asked: "one of them was asked for already and is still open",
    lambda state, _: ("checks that are not open",),
)
_NO_HOLD = Need(
    lambda state, _: not state.holds,
    lambda state, _: f"legal hold `{min(state.holds)}` is in place",
    lambda state, _: ("lift-legal-hold",),
)
_FROZEN = Need(
    lambda state, _: state.scope is not None,
    lambda state, _: "nothing is restricted",
)
_APPEAL = Need(
    lambda state, _: state.appeal is not None,
    lambda state, _: "no appeal is open",
    lambda state, _: ("file-appeal",),
)
_NO_APPEAL = Need(
    lambda state, _: state.appeal is None,
    lambda state, _: "an appeal is open",
    lambda state, _: ("uphold-appeal", "reject-appeal", "withdraw-appeal"),
)
_INTERNAL = Need(
    lambda state, _: state.appeal is not None and not state.appeal.outside,
    lambda state, _: "the matter lies with a body outside",
    lambda state, _: ("decide-external-review",),
)
_EXTERNAL = Need(
    lambda state, _: state.appeal is not None and state.appeal.outside,
    lambda state, _: "no body outside has taken the matter up",
    lambda state, _: ("open-external-review",),
)
_KNOWN_DECISION = Need(
    lambda state, asked: (asked.contests or state.decision) in state.deciders,
    lambda state, asked: (
        f"version {asked.contests} is not a decision that can be contested"
        if asked.contests
        else "nothing was decided that can be contested"
    ),
    lambda state, _: tuple(str(version) for version in state.deciders),
)
_ANOTHER_LEVEL = Need(
    lambda state, _: state.next_level is not None,
    lambda state, _: "a legal bar has ended the appeals",
)
_LEVEL_TO_COME = Need(
    lambda state, asked: (
        asked.level is None
        or state.next_level is None
        or _LEVELS.index(asked.level) >= _LEVELS.index(state.next_level)
    ),
    lambda state, asked: f"`{asked.level}` has heard the matter already",
    lambda state, _: tuple(_LEVELS[_LEVELS.index(state.next_level) :]) if state.next_level else (),
)
_NOT_ACKNOWLEDGED = Need(
    lambda state, _: state.appeal is not None and not state.appeal.acknowledged,
    lambda state, _: "the appeal is acknowledged already",
)
_NO_RELEASE = Need(
    lambda state, _: state.release is None,
    lambda state, _: "a release is under way already",
    lambda state, _: ("approve-release", "refuse-release"),
)
_PROPOSED = Need(
    lambda state, _: state.release is not None and not state.release.ordered,
    lambda state, _: "no release is proposed",
    lambda state, _: ("propose-release",),
)
_LEAVES_LESS = Need(
    lambda state, asked: asked.leaving is None or _less(asked.leaving, state.scope),
    lambda state, _: "what it leaves is not less than what is restricted now",
    lambda state, _: ("a scope within the one in force, or none",),
)
_AS_ORDERED = Need(
    lambda state, asked: (
        state.release is None or not state.release.ordered or asked.scope == state.release.leaving
    ),
    lambda state, _: "a release is ordered that leaves something else",
    lambda state, _: ("confirm-release",),
)
_NARROWER = Need(
    lambda state, asked: _less(asked.scope, state.scope),
    lambda state, _: "that scope is not narrower than the one in force",
    lambda state, _: ("a scope within the one in force",),
)
_WIDER = Need(
    lambda state, asked: state.scope is not None and _less(state.scope, asked.scope),
    lambda state, _: "that scope is not wider than the one in force",
    lambda state, _: ("a scope that holds the one in force", "imposing another freeze"),
)
_SENT = Need(
    lambda state, asked: (asked.notice, asked.channel) in state.sent | state.unreached,
    lambda state, asked: f"notice `{asked.notice}` was not sent by `{asked.channel}`",
    lambda state, _: tuple(f"{notice} by {channel}" for notice, channel in sorted(state.sent)),
)
_OFFERED = Need(
    lambda state, _: state.offered_to is not None,
    lambda state, _: "the case was not offered to anybody",
    lambda state, _: ("transfer-case",),
)
_NEW_PROMISE = Need(
    lambda state, asked: asked.promise not in state.promises,
    lambda state, asked: f"promise `{asked.promise}` is open already",
    lambda state, _: ("keep-promise", "supersede-promise"),
)
_OPEN_PROMISE = Need(
    lambda state, asked: asked.promise in state.promises,
    lambda state, asked: f"no promise `{asked.promise}` is open",
    lambda state, _: tuple(state.promises),
)
_OWED = Need(
    lambda state, asked: (asked.obligation, asked.subject) in state.obligations,
    lambda state, asked: f"nobody owes `{asked.obligation}` about `{asked.subject}`",
    lambda state, _: tuple(kind for kind, _subject in state.obligations),
)
_LATER = Need(
    lambda state, asked: asked.due > state.obligations[asked.obligation, asked.subject].due,
    lambda state, asked: f"`{asked.obligation}` is due no earlier than that already",
    lambda state, asked: ("a time after the one at which it is due",),
)
_NEW_HOLD = Need(
    lambda state, asked: asked.hold not in state.holds,
    lambda state, asked: f"legal hold `{asked.hold}` is in place already",
)
_KNOWN_HOLD = Need(
    lambda state, asked: asked.hold in state.holds,
    lambda state, asked: f"there is no legal hold `{asked.hold}`",
    lambda state, _: tuple(state.holds),
)
_NO_PROMISES = Need(
    lambda state, _: not state.promises,
    lambda state, _: f"promise `{min(state.promises)}` is still open",
    lambda state, _: ("keep-promise", "supersede-promise"),
)
_ANSWERED = Need(
    lambda state, _: not state.reply_owed,
    lambda state, _: "the customer was not answered yet",
    lambda state, _: ("send-reply",),
)
_JOINED = Need(
    lambda state, _: not state.human_wanted,
    lambda state, _: "the customer asked for a person and none has joined yet",
    lambda state, _: ("join-conversation",),
)
_NOT_ERASED = Need(
    lambda state, asked: asked.subject not in state.erased,
    lambda state, asked: f"`{asked.subject}` is erased already",
)


def _less(inner: Any, outer: Any) -> bool:
    """Say whether *inner* stops less; `0.10` is no less than `0.1`."""
    return outer is not None and inner.within(outer) and not outer.within(inner)


NEEDS: Final[Mapping[type[CaseEvent], tuple[Need, ...]]] = {
    e.ScopeNarrowed: (_NARROWER, _NO_HOLD, _AS_ORDERED),
    e.ScopeWidened: (_WIDER,),
    e.EnforcementConfirmed: (_FROZEN,),
    e.DeliveryConfirmed: (_SENT,),
    e.DeliveryFailed: (_SENT,),
    e.ChecksRequested: (_NOT_ASKED_TWICE,),
    e.EvidenceSubmitted: (_check_in(_UNSETTLED), _SHOWS_WHAT_WAS_ASKED),
    e.CheckPassed: (_check_in(_OPEN),),
    e.CheckFailed: (_check_in(_OPEN),),
    e.CheckWaived: (_check_in(_UNSETTLED),),
    e.CheckExpired: (_check_in(_EXPIRABLE),),
    e.HandOverAccepted: (_OFFERED,),
    e.PromiseMade: (_NEW_PROMISE,),
    e.PromiseKept: (_OPEN_PROMISE,),
    e.PromiseBroken: (_OPEN_PROMISE,),
    e.PromiseSuperseded: (_OPEN_PROMISE,),
    e.ObligationMet: (_OWED,),
    e.ObligationMissed: (_OWED,),
    e.ObligationExtended: (_OWED, _LATER),
    e.ObligationWaived: (_OWED,),
    e.AppealFiled: (_NO_APPEAL, _KNOWN_DECISION, _ANOTHER_LEVEL, _LEVEL_TO_COME),
    e.AppealAcknowledged: (_APPEAL, _NOT_ACKNOWLEDGED),
    e.AppealAssigned: (_APPEAL, _INTERNAL),
    e.AppealUpheld: (_APPEAL, _INTERNAL, _NO_HOLD),
    e.AppealRejected: (_APPEAL, _INTERNAL),
    e.AppealWithdrawn: (_APPEAL,),
    e.ExternalReviewOpened: (_KNOWN_DECISION,),
    e.ExternalReviewDecided: (_EXTERNAL,),
    e.ReleaseProposed: (_FROZEN, _NO_HOLD, _NO_RELEASE, _LEAVES_LESS),
    e.ReleaseApproved: (_PROPOSED, _NO_HOLD),
    e.ReleaseRefused: (_PROPOSED,),
    e.ReleaseOrdered: (_FROZEN, _NO_HOLD, _LEAVES_LESS),
    e.LegalHoldPlaced: (_NEW_HOLD,),
    e.LegalHoldLifted: (_KNOWN_HOLD,),
    e.AccountOffboarded: (_NO_APPEAL,),
    e.FundsForfeited: (_NO_APPEAL,),
    e.CaseClosed: (_NO_APPEAL, _NO_HOLD, _NO_PROMISES, _ANSWERED, _JOINED),
    e.PersonalDataErased: (_NOT_ERASED, _NO_HOLD),
}
"""Kinds that are not listed need nothing beyond their cell in `MOVES`."""


def why_not(state: CaseState, event: CaseEvent) -> NotAllowedNow | None:
    """Return why *event* cannot happen to the case now, or nothing."""
    kind, row = type(event), MOVES[state.status]
    if kind not in row:
        allowed = frozenset(kind_of(other) for other in row)
        return NotAllowedNow(asked=kind_of(kind), position=status_in_words(state), allowed=allowed)
    return lacking(state, kind, event, kind_of(kind))


def lacking(state: CaseState, kind: type[CaseEvent], asked: Any, name: str) -> NotAllowedNow | None:
    """Return what the case lacks for *asked*: an event of *kind*, or its command."""
    for need in NEEDS.get(kind, ()):
        if not need.holds(state, asked):
            position, allowed = need.lacking(state, asked), frozenset(need.allows(state, asked))
            return NotAllowedNow(asked=name, position=position, allowed=allowed)
    return None


def status_in_words(state: CaseState) -> str:
    """Say where the case stands."""
    return f"the case is `{state.status}`"
