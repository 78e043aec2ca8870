"""What is owed on one ground only is owed there: clocks are asked of every ground, too."""

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core.checked import replace
from freezecase.core.values import Channel, Ground
from freezecase.policy.clock import Clock, Occasion
from freezecase.policy.gate import SILENT, Answer, Gate, forbid, gate
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.standard import standard
from freezecase.replay.prove import Bounds, Flaw, prove

pytestmark = pytest.mark.no_cover  # the rules are asked many thousand times

_BOTH = Bounds(
    grounds=(Ground.ACCOUNT_TAKEOVER, Ground.TERMS_BREACH),
    checks=("identity",),
    notices=("freeze-imposed",),
    channels=(Channel.LETTER,),
    slices=("release", "conversation"),
)
_OTHER = attrs.evolve(_BOTH, grounds=(Ground.ACCOUNT_TAKEOVER,))


def _not_to_rule_breakers(occasion: Occasion) -> bool:
    return occasion.state.ground is not Ground.TERMS_BREACH


def _answering_some() -> Policy:
    """Return a policy under which whoever broke the rules waits for ever."""
    clock = standard().rule("reply-clock")
    assert isinstance(clock, Clock)
    return standard().replacing(attrs.evolve(clock, when=_not_to_rule_breakers))


def test_a_duty_that_opens_on_all_grounds_but_one_leaves_that_one_without() -> None:
    """And on the others nothing is wrong."""
    found = {(one.flaw, one.says) for one in prove(_answering_some(), _BOTH).findings}
    elsewhere = {one.flaw for one in prove(_answering_some(), _OTHER).findings}

    assert (Flaw.UNCLOCKED, "a case waits for `reply` and no clock says who owes it") in found
    assert Flaw.UNCLOCKED not in elsewhere


def test_a_clock_that_starts_on_one_ground_only_is_not_dead() -> None:
    """However late its ground comes in the list."""
    clock = standard().rule("reply-clock")
    assert isinstance(clock, Clock)
    more = attrs.evolve(
        clock,
        id="reply-to-rule-breakers",
        when=lambda occasion: not _not_to_rule_breakers(occasion),
        demand=replace(clock.demand, kind="reply-to-rule-breakers"),
    )
    policy = standard().adding(more)

    assert more.id not in prove(policy, _BOTH).dead
    assert more.id in prove(policy, _OTHER).dead


@gate("looks-and-says-nothing", on=[do.SendReply])
def _looks(question: Question) -> Answer:
    """Look at the ground, so that grounds are told apart before anybody's role is."""
    return SILENT if question.state.ground else forbid("there is always a ground")


@gate("role-then-ground", on=[do.SendReply])
def _role_then_ground(question: Question) -> Answer:
    """Look at the ground only where the role is there."""
    if "front" in question.actor.roles and question.state.ground is Ground.TERMS_BREACH:
        return forbid("nobody at the front answers who broke the rules")
    return SILENT


@gate("ground-then-role", on=[do.SendReply])
def _ground_then_role(question: Question) -> Answer:
    """Ask for the role only on one ground."""
    if question.state.ground is Ground.TERMS_BREACH and "front" in question.actor.roles:
        return forbid("nobody at the front answers who broke the rules")
    return SILENT


@pytest.mark.parametrize("rule", [_role_then_ground, _ground_then_role], ids=lambda one: one.id)
def test_a_gate_that_speaks_to_one_role_on_one_ground_is_heard(rule: Gate) -> None:
    """In whatever order it looks at the two, and whatever other gates look at."""
    assert rule.id not in prove(standard().adding(_looks, rule), _BOTH).dead
