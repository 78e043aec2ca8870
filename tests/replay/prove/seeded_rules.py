"""
Rules that somebody would write, and that leave somebody stuck: alone, or with another of them.

Each says something sensible in its first line. What is wrong with it is for the explorer to find.
"""

from typing import Any

from freezecase.core import commands as do
from freezecase.core.actors import ActorKind
from freezecase.core.appeals import AppealLevel
from freezecase.core.state import CheckStage
from freezecase.core.status import Status
from freezecase.core.values import Capability
from freezecase.policy.gate import ALLOW, SILENT, Answer, forbid, gate, require
from freezecase.policy.question import Question
from freezecase.policy.standard.clocks import APPEAL_WINDOW

# --- a house with fewer doors, and a way out still -----------------------------------------------


@gate("nobody-breaks-the-glass", on=[do.OrderRelease, do.OffboardAccount, do.ForfeitFunds])
def nobody_breaks_the_glass(question: Question) -> Answer:
    """Whatever ends a freeze without a proposal takes an order from outside."""
    if question.actor.kind is not ActorKind.AUTHORITY:
        return require("an order of an authority")
    return SILENT


@gate("customers-appeal-themselves", on=[do.FileAppeal])
def customers_appeal_themselves(question: Question) -> Answer:
    """Nobody of the house appeals in the name of a customer."""
    if question.actor.kind is not ActorKind.CUSTOMER:
        return require("the customer's own appeal")
    return SILENT


# --- ways out that close -------------------------------------------------------------------------


@gate("approvers-sign", on=[do.ApproveRelease])
def approvers_sign(question: Question) -> Answer:
    """Approvals are for approvers."""
    return SILENT if "approver" in question.actor.roles else require("an approver")


@gate("the-owner-proposes", on=[do.ProposeRelease])
def the_owner_proposes(question: Question) -> Answer:
    """A release is proposed by whoever looks after the case: they know it."""
    if question.actor.person != question.state.owner:
        return require("a proposal by whoever looks after the case")
    return SILENT


@gate("owners-hand-over", on=[do.AssignCase, do.TransferCase])
def owners_hand_over(question: Question) -> Answer:
    """Nobody takes a case from whoever looks after it: they hand it over."""
    if question.state.owner not in {None, question.actor.person}:
        return require("a hand-over by whoever looks after the case")
    return SILENT


@gate("verified-first", on=[do.ProposeRelease])
def verified_first(question: Question) -> Answer:
    """Nobody is released who was not verified, whatever was waived."""
    if all(one.stage is not CheckStage.PASSED for one in question.state.checks.values()):
        return require("a check that was passed")
    return SILENT


@gate("passed-by-evidence", on=[do.PassCheck])
def passed_by_evidence(question: Question) -> Answer:
    """A check is passed on what was shown for it."""
    command: Any = question.command
    if question.state.checks[command.check].stage is not CheckStage.SUBMITTED:
        return require("evidence")
    return SILENT


@gate("customers-show-it-themselves", on=[do.SubmitEvidence])
def customers_show_it_themselves(question: Question) -> Answer:
    """What customers have to show, they upload."""
    if question.actor.kind is not ActorKind.CUSTOMER:
        return require("the customer's own upload")
    return SILENT


@gate("high-risk-stays", on=[do.ProposeRelease], reads={"risk": ("low", "medium", "high")})
def high_risk_stays(question: Question) -> Answer:
    """At high risk nothing is released; the risk engine looks again every day."""
    if question.facts.get("risk") == "high":
        return require("a lower risk")
    return SILENT


# --- duties that nobody can meet -----------------------------------------------------------------


@gate("the-front-talks", on=[do.JoinConversation])
def the_front_talks(question: Question) -> Answer:
    """Whoever asks for a person gets one who is trained to talk."""
    return SILENT if "front" in question.actor.roles else require("somebody of the front")


@gate("written-first", on=[do.JoinConversation])
def written_first(question: Question) -> Answer:
    """What the customer wrote is answered before anybody talks to them."""
    return require("an answer in writing") if question.state.reply_owed else SILENT


@gate("spoken-first", on=[do.SendReply])
def spoken_first(question: Question) -> Answer:
    """Whoever asked for a person is not written to before somebody talked to them."""
    return require("a talk with the customer") if question.state.human_wanted else SILENT


# --- customers who are not heard -----------------------------------------------------------------


@gate("appeals-in-the-app", on=[do.FileAppeal])
def appeals_in_the_app(question: Question) -> Answer:
    """Customers appeal in the app, once they are logged in."""
    scope, customer = question.state.scope, question.actor.kind is ActorKind.CUSTOMER
    if customer and scope is not None and Capability.LOG_IN in scope.capabilities:
        return require("a log-in")
    return SILENT


@gate("one-appeal", on=[do.FileAppeal])
def one_appeal(question: Question) -> Answer:
    """A matter is heard once."""
    if question.state.next_level is not AppealLevel.INTERNAL_REVIEW:
        return forbid("the matter was heard")
    return SILENT


@gate("appeal-in-time", on=[do.FileAppeal])
def while_the_window_is_open(question: Question) -> Answer:
    """Whoever appeals does so while the window is open."""
    if (APPEAL_WINDOW, "") not in question.state.obligations:
        return forbid("the time to appeal is over")
    return SILENT


@gate("no-letters-meanwhile", on=[do.RecordContact])
def no_letters_meanwhile(question: Question) -> Answer:
    """Whoever waits for a person does not write letters meanwhile."""
    return forbid("") if question.state.human_wanted else SILENT


# --- acts that nobody should be able to do -------------------------------------------------------


@gate("holds-end-by-themselves", on=[do.LiftLegalHold])
def holds_end_by_themselves(question: Question) -> Answer:
    """A nightly job lifts the holds whose term is over."""
    return ALLOW if question.actor.kind is ActorKind.SYSTEM else SILENT


# --- rules that read what they may not, or break -------------------------------------------------


@gate("not-at-weekends", on=[do.ApproveRelease])
def not_at_weekends(question: Question) -> Answer:
    """Nothing is released at weekends, when nobody watches."""
    return require("a working day") if question.now.weekday() >= 5 else SILENT


@gate("late-is-late", on=[do.SubmitEvidence])
def late_is_late(question: Question) -> Answer:
    """What is shown after its time is not looked at."""
    command: Any = question.command
    owed = question.state.obligations.get(("evidence", command.check))
    return forbid("it was due") if owed is not None and owed.due < question.now else SILENT


@gate("ask-rob", on=[do.ApproveRelease])
def ask_rob(question: Question) -> Answer:
    """Rob signs what leaves the house."""
    return SILENT if question.actor.id == "rob" else require("Rob's signature")


@gate("no-owner-no-answer", on=[do.SendReply])
def no_owner_no_answer(question: Question) -> Answer:
    """Machines leave the answers to staff where somebody of the staff looks after the case."""
    owner: Any = question.state.owner
    machine = question.actor.kind is ActorKind.SYSTEM
    return forbid("staff answers") if machine and owner.startswith("staff:") else SILENT


# --- rules that do nothing -----------------------------------------------------------------------


@gate("closed-is-closed", on=[do.ApproveRelease])
def closed_is_closed(question: Question) -> Answer:
    """Nothing is released of a closed case."""
    return forbid("the case is closed") if question.state.status is Status.CLOSED else SILENT


@gate("officers-narrow-alone", on=[do.NarrowScope])
def officers_narrow_alone(question: Question) -> Answer:
    """An officer may lift a part alone."""
    return ALLOW if "officer" in question.actor.roles else SILENT
