"""The house rules of Acme Exchange, told as stories: given, when, then."""

from datetime import UTC, datetime

from acme_policy import ACME

from freezecase import Actor, Channel, Ground, Scope
from freezecase import commands as do
from freezecase import events as e
from freezecase.testing.spec import A_CASE, given

ANA, OWNER = Actor.staff("ana"), Actor.customer("acct-4711")
FREEZE = do.ImposeFreeze(account="acct-4711", ground=Ground.AML_ALERT, scope=Scope.withdrawals())
UPHOLD = do.UpholdFreeze(A_CASE, reason="the alert is sound")

FROZEN = given().under(ACME).after(FREEZE, by=Actor.system("risk-engine"))
WROTE = FROZEN.after(do.RecordContact(A_CASE, channel=Channel.EMAIL), by=OWNER)


def test_a_freeze_is_not_upheld_over_an_open_question() -> None:
    """Where nobody asked anything, it is."""
    WROTE.when(UPHOLD, by=ANA).then_refused(by_rule="hear-first")
    FROZEN.when(UPHOLD, by=ANA).then(
        e.FreezeUpheld(by="staff:ana", reason="the alert is sound"),
    )


def test_once_the_question_is_answered_the_freeze_may_be_upheld() -> None:
    """The rule asks for an answer, not for a certain one."""
    answered = WROTE.after(do.SendReply(A_CASE, channel=Channel.EMAIL), by=ANA)
    answered.when(UPHOLD, by=ANA).then(
        e.FreezeUpheld(by="staff:ana", reason="the alert is sound"),
    )


def test_whoever_was_harmed_hears_by_the_end_of_the_next_business_day() -> None:
    """From a lead; it happened on Monday, 5 January 2026."""
    harmed = FROZEN.when(do.RecordHarm(A_CASE, harm="missed-rent"), by=ANA)
    harmed.then_owed("harm-answer", by="lead", due=datetime(2026, 1, 7, tzinfo=UTC))
