"""What is owed on one ground only is owed there: clocks are asked of every ground, too."""

import attrs
import pytest

from freezecase.core.checked import replace
from freezecase.core.values import Channel, Ground
from freezecase.policy.clock import Clock, Occasion
from freezecase.policy.policy import Policy
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
