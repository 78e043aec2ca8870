"""
Every legal move of a case, as one table: status x event -> status.

Rule 1: every move is a cell here; nothing else in the library changes a status.
Rule 2: this file does not know who asks. Who may do what is for the policy.

A cell holds the next status, `STAY` where the event changes nothing of the legal position, or
`BACK` where the case returns to where it stood before it was appealed or closed.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final, TypeAlias

from freezecase.core import events as e
from freezecase.core.events import CaseEvent
from freezecase.core.status import Status

__all__ = ["IDLE", "LANDINGS", "MOVES", "Cell", "Way", "landing"]

Kind: TypeAlias = type[CaseEvent]


class Way(Enum):
    """Where a move leads when it does not name a status."""

    STAY = "stay"
    """The legal position does not change."""
    BACK = "back"
    """To where the case stood before it was appealed or closed."""


Cell: TypeAlias = Status | Way
STAY: Final = Way.STAY
BACK: Final = Way.BACK


def _stay(*groups: Iterable[Kind]) -> dict[Kind, Cell]:
    return {kind: STAY for group in groups for kind in group}


TALK: Final = (
    e.ContactReceived,
    e.CustomerContacted,
    e.ContactCodeChecked,
    e.ReplySent,
    e.HumanRequested,
    e.HumanJoined,
    e.NoticeSent,
    e.DeliveryConfirmed,
    e.DeliveryFailed,
    e.NoticeWithheld,
    e.DisclosureUpgraded,
    e.AttemptRefused,
    e.HarmRecorded,
    e.LegalHoldPlaced,
    e.LegalHoldLifted,
)
"""May happen to a case at any time, even a closed one."""

DESK: Final = (
    e.AssignmentFailed,
    e.CaseAssigned,
    e.CaseTransferred,
    e.HandOverAccepted,
    e.PromiseMade,
    e.PromiseKept,
    e.PromiseBroken,
    e.PromiseSuperseded,
    e.Escalated,
)
"""May happen while somebody still works on the case."""

OWED: Final = (
    e.ObligationOpened,
    e.ObligationMet,
    e.ObligationMissed,
    e.ObligationExtended,
    e.ObligationWaived,
)
"""What is owed goes on even in a closed case: whoever writes about it is owed an answer."""

IDLE: Final = frozenset((*TALK, *OWED, e.AssignmentFailed, e.PromiseBroken, e.CheckExpired)) - {
    *(e.HumanJoined, e.LegalHoldPlaced, e.LegalHoldLifted)
}
"""
What leaves a case where it was: talk, what is owed for it, and what time alone does.

A hold may come at any time, as talk may, but it moves the case.
"""

VERIFY: Final = (
    e.ChecksRequested,
    e.EvidenceSubmitted,
    e.CheckPassed,
    e.CheckFailed,
    e.CheckWaived,
    e.CheckExpired,
)
"""Verification, for as long as it can still change the outcome."""

ENFORCE: Final = (e.EnforcementConfirmed, e.EnforcementFailed)
"""What the exchange's own systems report."""

CONTEST: Final = (
    e.AppealFiled,
    e.AppealAcknowledged,
    e.AppealAssigned,
    e.AppealRejected,
    e.AppealWithdrawn,
    e.ExternalReviewOpened,
    e.ExternalReviewDecided,
)
"""An appeal against a decision that is not the freeze itself: the legal position stays."""

PROPOSE: Final = (e.ReleaseProposed, e.ReleaseApproved, e.ReleaseRefused)
"""The talk about a release; only its order changes the legal position."""

MOVES: Final[Mapping[Status, Mapping[Kind, Cell]]] = {
    Status.UNOPENED: {
        e.FreezeImposed: Status.IN_FORCE,
    },
    Status.IN_FORCE: {
        **_stay(TALK, OWED, DESK, VERIFY, ENFORCE, PROPOSE),
        e.ScopeNarrowed: STAY,
        e.ScopeWidened: STAY,
        e.FreezeRenewed: STAY,
        e.FreezeUpheld: Status.UPHELD,
        e.AppealFiled: Status.APPEALED,
        e.ExternalReviewOpened: Status.APPEALED,
        e.ReleaseOrdered: Status.RELEASING,
        e.FundsForfeited: Status.FORFEITED,
        e.AccountOffboarded: Status.OFFBOARDED,
    },
    Status.UPHELD: {
        **_stay(TALK, OWED, DESK, VERIFY, ENFORCE, PROPOSE),
        e.ScopeNarrowed: STAY,
        e.ScopeWidened: Status.IN_FORCE,  # a wider restriction needs its own review
        e.FreezeRenewed: STAY,
        e.FreezeUpheld: STAY,
        e.AppealFiled: Status.APPEALED,
        e.ExternalReviewOpened: Status.APPEALED,
        e.ReleaseOrdered: Status.RELEASING,
        e.FundsForfeited: Status.FORFEITED,
        e.AccountOffboarded: Status.OFFBOARDED,
    },
    Status.APPEALED: {
        **_stay(TALK, OWED, DESK, VERIFY, ENFORCE, PROPOSE),
        e.ScopeNarrowed: STAY,
        e.ScopeWidened: STAY,  # a decision of its own, to be contested when this one is heard
        e.FreezeRenewed: STAY,
        e.AppealAcknowledged: STAY,
        e.AppealAssigned: STAY,
        e.AppealUpheld: Status.RELEASING,
        e.AppealRejected: Status.UPHELD,
        e.AppealWithdrawn: BACK,
        e.ExternalReviewOpened: STAY,
        e.ExternalReviewDecided: Status.IN_FORCE,  # the exchange then upholds or releases
        e.ReleaseOrdered: Status.RELEASING,
    },
    Status.RELEASING: {
        **_stay(TALK, OWED, DESK, VERIFY, ENFORCE),
        e.ReleaseEnforced: Status.RELEASED,
        e.ScopeNarrowed: Status.IN_FORCE,  # a release in part: what is left goes on
        e.LegalHoldPlaced: Status.IN_FORCE,  # a hold stops a release on its way
    },
    Status.RELEASED: {
        **_stay(TALK, OWED, DESK, CONTEST),
        e.AppealUpheld: STAY,  # the customer was right all along: redress, nothing left to lift
        e.CheckExpired: STAY,
        e.AccountOffboarded: Status.OFFBOARDED,
        e.CaseClosed: Status.CLOSED,
    },
    Status.FORFEITED: {
        **_stay(TALK, OWED, DESK, ENFORCE, CONTEST, PROPOSE),
        e.FundsForfeited: STAY,
        e.AppealUpheld: Status.RELEASING,
        e.ReleaseOrdered: Status.RELEASING,
        e.AccountOffboarded: Status.OFFBOARDED,
        e.CaseClosed: Status.CLOSED,
    },
    Status.OFFBOARDED: {
        **_stay(TALK, OWED, DESK, ENFORCE, CONTEST, PROPOSE),
        e.FundsForfeited: Status.FORFEITED,
        e.AppealUpheld: Status.RELEASING,
        e.ReleaseOrdered: Status.RELEASING,
        e.CaseClosed: Status.CLOSED,
    },
    Status.CLOSED: {
        **_stay(TALK, OWED),
        e.CaseReopened: BACK,
        e.PersonalDataErased: STAY,
    },
}


def landing(event: CaseEvent) -> Status | None:
    """
    Return where *event* leads from everywhere it is legal, or `None` if it leads nowhere new.

    Real histories break the table: an unfreeze without a freeze, a freeze of a frozen account.
    What happened still happened, and this is where it leaves the case. Talk leaves it where it was.
    """
    return LANDINGS.get(type(event))


def _landings() -> dict[Kind, Status]:
    found: dict[Kind, set[Status]] = {}
    for row in MOVES.values():
        for kind, cell in row.items():
            if isinstance(cell, Status) and kind not in TALK:
                found.setdefault(kind, set()).add(cell)
    return {kind: min(places) for kind, places in found.items() if len(places) == 1}


LANDINGS: Final[Mapping[Kind, Status]] = _landings()
"""Where each kind of event leads that leads to one place only."""
