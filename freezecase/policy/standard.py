"""
The policy that ships: who may ask what, four eyes, independent review, humans decide.

`REACH` says which kinds of actor may ask for which commands; the gates say what else must hold.
"""

from collections.abc import Mapping
from typing import Any, Final

from freezecase.core import commands as do
from freezecase.core.actors import ActorKind
from freezecase.core.commands import ASKED_AS
from freezecase.policy.gate import ALLOW, SILENT, Answer, forbid, gate, require
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question

__all__ = ["REACH", "standard"]

_STAFF: Final = frozenset({ActorKind.STAFF})
_HOUSE: Final = frozenset({ActorKind.STAFF, ActorKind.SYSTEM})
_CUSTOMER: Final = frozenset({ActorKind.CUSTOMER})

_SPECIAL: Final[Mapping[type[Any], frozenset[ActorKind]]] = {
    do.ImposeFreeze: _HOUSE | _CUSTOMER | {ActorKind.AUTHORITY},  # a customer may lock themselves
    do.SubmitEvidence: _HOUSE | _CUSTOMER | {ActorKind.VENDOR},
    do.PassCheck: _HOUSE | {ActorKind.VENDOR},
    do.FailCheck: _HOUSE | {ActorKind.VENDOR},
    do.RecordContact: _HOUSE | _CUSTOMER,
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


@gate("own-account", on=[do.ImposeFreeze])
def own_account(question: Question) -> Answer:
    """A customer may freeze only their own account."""
    actor = question.actor
    account = getattr(question.command, "account", None)
    if actor.kind is ActorKind.CUSTOMER and actor.id != account:
        return forbid("a customer may freeze only their own account")
    return SILENT


@gate(
    "own-case",
    on=[do.SubmitEvidence, do.RecordContact, do.RequestHuman, do.FileAppeal, do.WithdrawAppeal],
)
def own_case(question: Question) -> Answer:
    """A customer may act only on a case of their own account."""
    actor = question.actor
    if actor.kind is ActorKind.CUSTOMER and actor.id != question.state.account:
        return forbid("a customer may act only on a case of their own account")
    return SILENT


@gate("four-eyes", on=[do.ApproveRelease])
def four_eyes(question: Question) -> Answer:
    """Whoever proposed or already signed a release may not approve it."""
    release = question.state.release
    if release is not None and question.actor.person in (release.proposer, *release.approvers):
        return forbid("whoever proposed or already signed a release may not approve it")
    return SILENT


@gate("release-needs-proposal", on=[do.OrderRelease])
def release_needs_proposal(question: Question) -> Answer:
    """Staff propose a release for somebody else to approve; only an authority may order one."""
    if question.actor.kind is ActorKind.AUTHORITY:
        return SILENT
    return require("a proposal by one person and the approval of another")


@gate("independent-review", on=[do.UpholdAppeal, do.RejectAppeal])
def independent_review(question: Question) -> Answer:
    """Whoever made the decision that is contested may not review it."""
    appeal = question.state.appeal
    if appeal is not None and question.actor.person == question.state.deciders.get(appeal.contests):
        return forbid("whoever made the decision may not review it")
    return SILENT


@gate("independent-reviewer", on=[do.AssignAppeal])
def independent_reviewer(question: Question) -> Answer:
    """An appeal is given to somebody who did not make the decision."""
    appeal = question.state.appeal
    reviewer = getattr(question.command, "reviewer", None)
    if appeal is not None and reviewer == question.state.deciders.get(appeal.contests):
        return forbid("the reviewer must not have made the decision that is contested")
    return SILENT


@gate("hand-over-taken-by-whom-it-was-offered", on=[do.AcceptHandOver])
def taken_by_whom_it_was_offered(question: Question) -> Answer:
    """Only whoever was offered a case may accept it."""
    if question.actor.person != question.state.offered_to:
        return forbid("the case was offered to somebody else")
    return SILENT


def standard() -> Policy:
    """Return the policy that ships."""
    return _STANDARD


_STANDARD: Final = Policy(
    name="standard",
    version=1,
    gates=(
        within_reach,
        own_account,
        own_case,
        four_eyes,
        release_needs_proposal,
        independent_review,
        independent_reviewer,
        taken_by_whom_it_was_offered,
    ),
)
