"""Who may ask what: each kind of actor, and the roles that some commands take."""

from collections.abc import Mapping
from typing import Any, Final

from freezecase.core import commands as do
from freezecase.core.actors import ActorKind
from freezecase.core.commands import ASKED_AS
from freezecase.policy.gate import ALLOW, SILENT, Answer, gate
from freezecase.policy.question import Question

__all__ = ["REACH", "within_reach"]

_STAFF: Final = frozenset({ActorKind.STAFF})
_HOUSE: Final = frozenset({ActorKind.STAFF, ActorKind.SYSTEM})
_CUSTOMER: Final = frozenset({ActorKind.CUSTOMER})

_SPECIAL: Final[Mapping[type[Any], frozenset[ActorKind]]] = {
    do.ImposeFreeze: _HOUSE | _CUSTOMER | {ActorKind.AUTHORITY},  # a customer may lock themselves
    do.SubmitEvidence: _HOUSE | _CUSTOMER | {ActorKind.VENDOR},
    do.PassCheck: _HOUSE | {ActorKind.VENDOR},
    do.FailCheck: _HOUSE | {ActorKind.VENDOR},
    do.RecordContact: _HOUSE | _CUSTOMER,
    do.CheckContactCode: _HOUSE | _CUSTOMER,
    do.ConfirmDelivery: _HOUSE | {ActorKind.VENDOR},
    do.ReportDeliveryFailure: _HOUSE | {ActorKind.VENDOR},
    do.RequestHuman: _HOUSE | _CUSTOMER,
    do.JoinConversation: _STAFF,
    do.FileAppeal: _HOUSE | _CUSTOMER,
    do.WithdrawAppeal: _CUSTOMER,
    do.UpholdFreeze: _STAFF,
    do.RenewFreeze: _STAFF,
    do.UpholdAppeal: _STAFF,
    do.RejectAppeal: _STAFF,
    do.ApproveRelease: _STAFF,
    do.RefuseRelease: _STAFF,
    do.NarrowScope: _HOUSE | {ActorKind.AUTHORITY},
    do.OpenExternalReview: _HOUSE | {ActorKind.AUTHORITY},
    do.DecideExternalReview: _HOUSE | {ActorKind.AUTHORITY},
    do.OrderRelease: _STAFF | {ActorKind.AUTHORITY},
    do.PlaceLegalHold: _STAFF | {ActorKind.AUTHORITY},
    do.LiftLegalHold: _STAFF | {ActorKind.AUTHORITY},
    do.OffboardAccount: _STAFF,
    do.ForfeitFunds: _STAFF | {ActorKind.AUTHORITY},
    do.ReopenCase: _STAFF,
}
REACH: Final[Mapping[type[Any], frozenset[ActorKind]]] = {
    command: _SPECIAL.get(command, _HOUSE) for command in ASKED_AS
}
"""Which kinds of actor may ask for each command. What is not named is for staff and system."""


@gate("within-reach", parameters=REACH)
def within_reach(question: Question) -> Answer:
    """Each kind of actor may ask for what is theirs to ask."""
    return ALLOW if question.actor.kind in REACH[type(question.command)] else SILENT
