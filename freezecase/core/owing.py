"""How events and obligations meet: what an event is about, meets and does to it; what is due."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from freezecase.core import events as e
from freezecase.core.checked import replace
from freezecase.core.draft import Draft
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.obligations import SECOND_SIGNATURE, Obligation, key_of
from freezecase.core.state import CaseState
from freezecase.core.status import Status

__all__ = ["SUBJECTS", "extend", "meet", "meets", "miss", "next_due", "owe", "subjects_of", "waive"]


def _field(name: str) -> Callable[[Any], frozenset[str]]:
    return lambda event: frozenset({str(getattr(event, name))})


SUBJECTS: Final[Mapping[type[CaseEvent], Callable[[Any], frozenset[str]]]] = {
    e.ChecksRequested: lambda event: frozenset(one.kind for one in event.checks),
    **dict.fromkeys(
        (e.NoticeSent, e.NoticeWithheld, e.DeliveryConfirmed, e.DeliveryFailed), _field("notice")
    ),
    **dict.fromkeys(
        (e.EvidenceSubmitted, e.CheckPassed, e.CheckFailed, e.CheckWaived, e.CheckExpired),
        _field("check"),
    ),
    **dict.fromkeys(
        (e.PromiseMade, e.PromiseKept, e.PromiseBroken, e.PromiseSuperseded), _field("promise")
    ),
    **dict.fromkeys((e.LegalHoldPlaced, e.LegalHoldLifted), _field("hold")),
}
"""What each kind of event is about; a kind that is not named is about the case as a whole."""


def subjects_of(event: CaseEvent) -> frozenset[str]:
    """Return what *event* is about inside the case; nothing when it is about all of it."""
    about = SUBJECTS.get(type(event))
    return frozenset() if about is None else about(event)


def meets(event: CaseEvent, owed: Obligation) -> bool:
    """Say whether *event* is what was owed: of a kind that meets it, and about the same."""
    if kind_of(event) not in owed.demand.met_by:
        return False
    about = subjects_of(event)
    return not owed.subject or not about or owed.subject in about


def owe(draft: Draft, event: e.ObligationOpened) -> None:
    """Open it, in the place of another of its kind and subject, if there is one."""
    if draft.status in event.obligation.demand.moot_in:
        return  # what nobody needs where the case stands is not owed
    key = key_of(event.obligation)
    draft.obligations[key] = event.obligation
    draft.lapsed -= {key}


def _settled(draft: Draft, event: Any) -> Obligation | None:
    return draft.obligations.pop((event.obligation, event.subject), None)


def waive(draft: Draft, event: e.ObligationWaived) -> None:
    """Let it go."""
    _settled(draft, event)


def meet(draft: Draft, event: e.ObligationMet) -> None:
    """Strike it off as done."""
    _settled(draft, event)
    if event.obligation == SECOND_SIGNATURE:
        draft.ordered_alone = None


def miss(draft: Draft, event: e.ObligationMissed) -> None:
    """Strike it off as missed; a right that was missed has lapsed."""
    missed = _settled(draft, event)
    if missed is not None and missed.demand.right:
        draft.lapsed |= {key_of(missed)}


def extend(draft: Draft, event: e.ObligationExtended) -> None:
    """Move its time."""
    key = (event.obligation, event.subject)
    if key in draft.obligations:
        draft.obligations[key] = replace(draft.obligations[key], due=event.due)


def next_due(state: CaseState, now: datetime) -> CaseEvent | None:
    """Return the miss of whatever has been due longest by *now*, or nothing."""
    if state.status is Status.UNOPENED:
        return None
    owed = [(one.due, kind, subject) for (kind, subject), one in state.obligations.items()]
    promised = [(promise.due, "", name) for name, promise in state.promises_owed.items()]
    due, kind, subject = min(owed + promised, default=(now, "", ""))
    if due > now or not (kind or subject):
        return None
    if kind:
        return e.ObligationMissed(obligation=kind, subject=subject)
    return e.PromiseBroken(promise=subject)
