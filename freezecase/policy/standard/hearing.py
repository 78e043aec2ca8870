"""Hearing the customer: their own case, appeals, evidence, and duties that end only by deed."""

from typing import Any, Final

from freezecase.core import commands as do
from freezecase.core.actors import ActorKind
from freezecase.core.appeals import AppealRoute
from freezecase.core.obligations import SECOND_SIGNATURE
from freezecase.core.pending import covers, pending
from freezecase.core.values import Ground, Verification
from freezecase.policy.gate import SILENT, Answer, forbid, gate, require
from freezecase.policy.question import Question
from freezecase.policy.standard.clocks import APPEAL_WINDOW

__all__ = ["HEARING"]

_LOST: Final = frozenset({"device", "second-factor"})
"""What nobody can show who lost it."""


@gate(
    "own-case",
    on=[
        *(do.SubmitEvidence, do.RecordContact, do.CheckContactCode),
        *(do.RequestHuman, do.FileAppeal, do.WithdrawAppeal),
    ],
)
def own_case(question: Question) -> Answer:
    """A customer may act only on a case of their own account."""
    actor = question.actor
    if actor.kind is ActorKind.CUSTOMER and actor.id != question.state.account:
        return forbid("a customer may act only on a case of their own account")
    return SILENT


@gate("appeal-in-time", on=[do.FileAppeal])
def appeal_in_time(question: Question) -> Answer:
    """A customer appeals while the window is open; later, staff may file for them."""
    command: Any = question.command
    late = (APPEAL_WINDOW, "") in question.state.lapsed
    if late and question.actor.kind is ActorKind.CUSTOMER and command.route is AppealRoute.APPEAL:
        return require("somebody of the staff who files the late appeal, or a reinstatement")
    return SILENT


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


@gate(
    "people-fail-for-good",
    on=[do.FailCheck],
    source="Regulation (EU) 2016/679 (GDPR) Art. 22(1)",
)
def people_fail_for_good(question: Question) -> Answer:
    """A machine may ask for another try; that a check failed for good is for a person to say."""
    command: Any = question.command
    if command.appeal_to is not None and question.actor.kind is not ActorKind.STAFF:
        return require("a person: no machine fails a check for good")
    return SILENT


@gate("nothing-lost-is-asked-for", on=[do.RequestChecks], parameters=_LOST, source="industry")
def nothing_lost_is_asked_for(question: Question) -> Answer:
    """Whoever lost their device is not asked to show it, unless something else will do."""
    command: Any = question.command
    asked: tuple[Verification, ...] = command.checks
    impossible = [one.kind for one in asked if one.kind in _LOST and not set(one.instead) - _LOST]
    if question.state.ground is Ground.CREDENTIAL_LOSS and impossible:
        return require(f"an alternative to `{impossible[0]}`, which the owner has lost")
    return SILENT


@gate("duties-end-by-deed", on=[do.MeetObligation, do.WaiveObligation])
def duties_end_by_deed(question: Question) -> Answer:
    """What the case still waits for is done, not signed off."""
    command: Any = question.command
    state = question.state
    owed = state.obligations.get((command.obligation, command.subject))
    for wait in pending(state):
        if owed is not None and covers(owed, wait):
            ends = " or ".join(f"`{kind}`" for kind in sorted(wait.ends))
            return forbid(f"the case still waits for it, until {ends}")
    return SILENT


@gate("second-signature-by-another", on=[do.MeetObligation, do.WaiveObligation])
def second_signature_by_another(question: Question) -> Answer:
    """What one person ordered alone, another signs; nobody waives that."""
    command: Any = question.command
    if command.obligation != SECOND_SIGNATURE:
        return SILENT
    if isinstance(command, do.WaiveObligation):
        return forbid("a second signature is not waived")
    if question.actor.kind is not ActorKind.STAFF:
        return require("a person of the staff who signs")
    if question.actor.person == question.state.ordered_alone:
        return forbid("whoever ordered it alone may not sign for the second time")
    return SILENT


@gate("rights-are-the-customers", on=[do.MeetObligation, do.WaiveObligation])
def rights_are_the_customers(question: Question) -> Answer:
    """Nobody else gives up a right of the customer's."""
    command: Any = question.command
    owed = question.state.obligations.get((command.obligation, command.subject))
    if owed is not None and owed.demand.right:
        return forbid(f"`{command.obligation}` is a right of the customer's")
    return SILENT


@gate("extension-by-notice", on=[do.ExtendObligation], source="industry")
def extension_by_notice(question: Question) -> Answer:
    """Time is extended by a lead, once the customer was told of it."""
    if "lead" not in question.actor.roles:
        return require("a lead: whoever is late does not extend their own time")
    if "extension" not in question.state.told:
        return require("the notice `extension` to the customer first")
    return SILENT


HEARING: Final = (
    own_case,
    appeal_in_time,
    independent_review,
    independent_reviewer,
    taken_by_whom_it_was_offered,
    people_fail_for_good,
    nothing_lost_is_asked_for,
    duties_end_by_deed,
    second_signature_by_another,
    rights_are_the_customers,
    extension_by_notice,
)
"""The gates on whatever concerns the customer's own part, and on what is owed."""
