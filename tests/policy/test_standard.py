"""The policy that ships: who may ask for what. What else must hold is told in the tables."""

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.appeals import AppealLevel, AppealRoute
from freezecase.core.checked import replace
from freezecase.core.commands import ASKED_AS, Command, asked
from freezecase.core.evolve import unopened
from freezecase.core.ruling import Verdict
from freezecase.core.state import Appeal, Release
from freezecase.policy.policy import judge
from freezecase.policy.question import Question
from freezecase.policy.standard import REACH, four_eyes, standard, within_reach
from tests.core.samples import ANA, CASE, COMMANDS, NOW, ROB

# what              | who may ask for it
REACH_IN_WORDS = """
impose-freeze          | system staff customer authority
submit-evidence        | system staff customer vendor
pass-check             | system staff vendor
fail-check             | system staff vendor
record-contact         | system staff customer
request-human          | system staff customer
join-conversation      | staff
file-appeal            | system staff customer
withdraw-appeal        | customer
uphold-freeze          | staff
renew-freeze           | staff
uphold-appeal          | staff
reject-appeal          | staff
approve-release        | staff
refuse-release         | staff
open-external-review   | system staff authority
decide-external-review | system staff authority
order-release          | staff authority
place-legal-hold       | staff authority
lift-legal-hold        | staff authority
offboard-account       | staff
forfeit-funds          | staff authority
reopen-case            | staff
"""
SAID = {
    name.strip(): {ActorKind(who) for who in whose.split()}
    for name, whose in (line.split("|") for line in REACH_IN_WORDS.strip().splitlines())
}
HOUSE = {ActorKind.SYSTEM, ActorKind.STAFF}


def test_every_command_is_within_reach_of_somebody() -> None:
    """A command that nobody may ask for would be a dead end."""
    assert set(REACH) == set(ASKED_AS)
    assert all(REACH.values())


@pytest.mark.parametrize("kind", ASKED_AS, ids=asked)
@pytest.mark.parametrize("who", ActorKind)
def test_each_kind_of_actor_may_ask_for_what_is_theirs(kind: type[Command], who: ActorKind) -> None:
    """What the table does not name is for staff and system."""
    question = Question(COMMANDS[kind], unopened(CASE), Actor(kind=who, id="acct-4711"), NOW, {})
    may = who in SAID.get(asked(kind), HOUSE)
    assert (Verdict.ALLOW if may else None) == within_reach.ask(question).verdict


def test_every_rule_says_in_a_sentence_what_it_rules() -> None:
    """So that a ruling can be explained to whoever it hit."""
    assert all(rule.says.endswith(".") for rule in standard().gates)


def test_standard_is_one_value() -> None:
    """Asked for twice, it is the same policy with the same digest."""
    assert standard() is standard()
    assert (standard().name, standard().version) == ("standard", 1)


def test_who_signed_already_may_not_sign_again() -> None:
    """Two signatures are two people."""
    state = unopened(CASE)
    release = Release(proposer=ANA.person, leaving=None, approvers=(ROB.person,))
    eve = Actor.staff("eve")
    verdicts = [
        four_eyes.ask(
            Question(COMMANDS[do.ApproveRelease], attrs.evolve(state, release=release), by, NOW, {})
        ).verdict
        for by in (ANA, ROB, eve)
    ]
    assert verdicts == [Verdict.FORBID, Verdict.FORBID, None]


@pytest.mark.parametrize(
    "kind",
    [do.ApproveRelease, do.UpholdAppeal, do.RejectAppeal, do.AssignAppeal],
    ids=asked,
)
def test_a_rule_about_something_that_is_not_there_says_nothing(kind: type[Command]) -> None:
    """Whether a release or an appeal is there is not for the policy to ask."""
    ruling = judge(standard(), Question(COMMANDS[kind], unopened(CASE), ROB, NOW, {}))
    assert ruling.allowed


def test_an_appeal_is_not_given_to_whom_decided() -> None:
    """Nor is it heard by them; anybody else will do."""
    appeal = Appeal(contests=1, level=AppealLevel.INTERNAL_REVIEW, route=AppealRoute.APPEAL)
    state = attrs.evolve(unopened(CASE), appeal=appeal, deciders={1: ROB.person})
    command = COMMANDS[do.AssignAppeal]
    to_rob = judge(standard(), Question(command, state, ANA, NOW, {}))
    to_ana = judge(standard(), Question(replace(command, reviewer=ANA.person), state, ANA, NOW, {}))
    assert to_rob.decided_by == ("independent-reviewer",)
    assert to_ana.allowed
