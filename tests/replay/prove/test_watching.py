"""What a rule may read while it is proved, and what becomes of one that reads anything else."""

from collections.abc import Callable
from typing import Any

import pytest

from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.ruling import Verdict
from freezecase.core.values import Channel, Ground, Scope
from freezecase.policy.gate import ALLOW, SILENT, Answer, forbid, gate
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.turn import take_turn
from freezecase.replay.prove.bounds import CASE, DAY
from freezecase.replay.prove.watching import Seen, watched
from freezecase.testing.spec import given

ENGINE, ANA = Actor.system("engine"), Actor.staff("ana", "lead")
IMPOSE = do.ImposeFreeze(
    account="acct-4711", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
)
FROZEN = given().after(IMPOSE, by=ENGINE, at=DAY).state
Look = Callable[[Question], Any]


def asked(look: Look, by: Actor = ANA, **facts: str) -> tuple[Answer, Seen]:
    """Ask one rule that only looks, under watch."""

    def ask(question: Question) -> Answer:
        look(question)
        return ALLOW

    seen = Seen()
    rule = gate("looks", reads={"risk": ("low", "high")})(ask)
    policy = watched(Policy(name="house", version=1, rules=(rule,)), seen)
    seen.clear(facts)
    turn = take_turn(policy, FROZEN, do.UpholdFreeze(CASE, reason="seen"), by, DAY, facts)
    return Answer(turn.ruling.opinions[0].verdict, turn.ruling.opinions[0].because), seen


HIDDEN: dict[str, Look] = {
    "now": lambda question: question.now > DAY,
    "obligations.due": lambda question: question.state.obligations["review", ""].due,
    "obligations.rung": lambda question: question.state.obligations["review", ""].rung,
    "version": lambda question: question.state.version,
    "the name of whoever acts": lambda question: question.actor.id,
    "the list of roles: ask for each by name": lambda question: list(question.actor.roles),
    "the list of facts: ask for each by name": lambda question: list(question.facts),
}


@pytest.mark.parametrize("what", HIDDEN)
def test_a_rule_that_reads_what_is_out_of_sight_breaks_and_is_named(what: str) -> None:
    """It forbids, as any rule that breaks, and what it read is noted."""
    answer, seen = asked(HIDDEN[what])
    assert answer.verdict is Verdict.BROKEN
    assert seen.blind == {"looks": what}


def test_what_a_rule_asks_to_be_told_is_noted() -> None:
    """A fact by its name and a role by its name, whatever the answer is."""
    _, seen = asked(lambda question: ("lead" in question.actor.roles, question.facts.get("risk")))
    assert (seen.roles, seen.facts) == (["lead"], ["risk"])


def test_what_a_rule_reads_of_the_case_is_noted_as_fields() -> None:
    """A word that is no field stands for the fields that it is made of."""
    _, seen = asked(lambda question: (question.state.unsettled, question.state.frozen))
    assert seen.fields == {("looks", "checks"), ("looks", "scope"), ("looks", "status")}


def test_a_rule_hears_what_it_is_told() -> None:
    """Facts and roles are those of the question, under watch or not."""
    heard: list[object] = []
    asked(lambda question: heard.append(question.facts.get("risk")), risk="high")
    asked(lambda question: heard.append("lead" in question.actor.roles))
    asked(lambda question: heard.append("lead" in question.actor.roles), by=Actor.staff("bo"))
    assert heard == ["high", True, False]


def test_a_customer_may_be_asked_for_by_account() -> None:
    """Whose case it is, is no name: it is noted that a rule asked."""
    seen = Seen()
    rule = gate("own", on=[do.RequestHuman])(
        lambda question: forbid("not yours") if question.actor.id != "acct-4711" else SILENT
    )
    policy = watched(Policy(name="house", version=1, rules=(rule,)), seen)
    command = do.RequestHuman(CASE, channel=Channel.CHAT)
    turn = take_turn(policy, FROZEN, command, Actor.customer("acct-0815"), DAY)
    assert turn.ruling.decided_by == ("own",)
    assert seen.by_id
    assert not seen.blind


def test_under_watch_a_policy_is_known_by_its_own_name() -> None:
    """What is proved is the policy that was handed in, to the digest."""
    policy = Policy(name="house", version=3, rules=(gate("yes")(lambda _: ALLOW),))
    assert watched(policy, Seen()).ref == policy.ref
