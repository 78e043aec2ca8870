"""What a test demands that `prove` printed: each holds under the standard policy, and can fail."""

import pytest

from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.values import Channel, Ground, Scope
from freezecase.policy.gate import SILENT, Answer, forbid, gate
from freezecase.policy.question import Question
from freezecase.policy.standard import standard
from freezecase.testing.proving import (
    must_be_able,
    must_be_clocked,
    must_have_way_out,
    must_not_break,
    must_owe_a_person,
)
from freezecase.testing.spec import A_CASE, Given, given

pytestmark = pytest.mark.no_cover  # the rules are asked many thousand times

ENGINE, OWNER = Actor.system("engine"), Actor.customer("acct-4711")
IMPOSE = do.ImposeFreeze(
    account="acct-4711", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
)
UPHOLD = do.UpholdFreeze(A_CASE, reason="it stands")
JOIN = do.JoinConversation(A_CASE, channel=Channel.CHAT)


@gate("no-way", on=[do.OrderRelease, do.ApproveRelease, do.OffboardAccount, do.ForfeitFunds])
def no_way(_: Question) -> Answer:
    """Nobody lets anybody go."""
    return forbid("nobody lets anybody go")


@gate("no-overturning", on=[do.UpholdAppeal, do.NarrowScope])
def no_overturning(_: Question) -> Answer:
    """Nor does an appeal."""
    return forbid("nor does an appeal")


@gate("nobody-joins", on=[do.JoinConversation])
def nobody_joins(_: Question) -> Answer:
    """Machines are enough."""
    return forbid("machines are enough")


@gate("too-late", on=[do.UpholdFreeze])
def too_late(question: Question) -> Answer:
    """Look at the clock, which no proof can."""
    return forbid("too late") if question.now.year > 2100 else SILENT


@pytest.fixture
def frozen() -> Given:
    """Return a case as it begins."""
    return given().after(IMPOSE, by=ENGINE)


def test_a_frozen_case_has_a_way_out(frozen: Given) -> None:
    """An officer orders it, and the exchange confirms."""
    must_have_way_out(frozen)


def test_where_nobody_lets_go_there_is_no_way_out() -> None:
    """Whatever the house tries, the case stays as it is."""
    stuck = given().under(standard().adding(no_way, no_overturning)).after(IMPOSE, by=ENGINE)
    with pytest.raises(AssertionError, match="a case that is `in_force` has no way out"):
        must_have_way_out(stuck)


def test_a_front_can_join_whoever_asked_for_a_person(frozen: Given) -> None:
    """It is what they owe."""
    asked = frozen.after(do.RequestHuman(A_CASE, channel=Channel.CHAT), by=OWNER)
    must_be_able(asked, "front", "human")
    with pytest.raises(AssertionError, match="`front` owes `human` and cannot do it"):
        must_be_able(asked.under(standard().adding(nobody_joins)), "front", "human")


def test_what_nobody_owes_nobody_need_be_able_to_do(frozen: Given) -> None:
    """A mended policy may not let it be owed at all."""
    must_be_able(frozen, "front", "human")


def test_a_wait_is_covered_by_a_clock_of_the_policy(frozen: Given) -> None:
    """The plain duty of the library is no clock."""
    must_be_clocked(frozen, "review")
    plain = given().under(standard().without("review-clock")).after(IMPOSE, by=ENGINE)
    with pytest.raises(AssertionError, match="no clock says who owes it"):
        must_be_clocked(plain, "review")


def test_after_three_machines_somebody_owes_a_person(frozen: Given) -> None:
    """Not before, and not where no clock says so."""
    reply = do.SendReply(A_CASE, channel=Channel.CHAT)
    with pytest.raises(AssertionError, match="nobody owes a person"):
        must_owe_a_person(frozen)
    must_owe_a_person(
        frozen.after(reply, by=ENGINE).after(reply, by=ENGINE).after(reply, by=ENGINE)
    )


def test_a_rule_that_looks_at_the_clock_is_as_good_as_broken(frozen: Given) -> None:
    """It does not break in a real case, and no proof can say anything of it."""
    must_not_break(frozen, UPHOLD, by=Actor.staff("ana"))
    late = frozen.under(standard().adding(too_late))
    with pytest.raises(AssertionError, match="rule `too-late` reads `now`"):
        must_not_break(late, UPHOLD, by=Actor.staff("ana"))
