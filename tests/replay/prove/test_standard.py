"""The policy that ships, proved: nobody is stuck, every rule speaks, all was looked at."""

import pytest

from freezecase.policy.standard import standard
from freezecase.replay.prove import Bounds, Proof, prove
from freezecase.replay.prove.slices import SLICES

pytestmark = pytest.mark.no_cover  # the rules are asked many thousand times


@pytest.fixture(scope="module")
def proof() -> Proof:
    """Prove the standard policy, once."""
    return prove(standard())


def test_the_standard_policy_is_proved(proof: Proof) -> None:
    """Nothing is wrong, and nothing within the bounds was left out."""
    assert [(one.flaw, one.says) for one in proof.findings] == []
    assert proof.exhaustive
    assert proof.proved


def test_every_rule_of_it_speaks_and_every_gate_refuses_alone(proof: Proof) -> None:
    """No rule is dead, and none stands in the shadow of another."""
    assert proof.dead == ()
    assert proof.shadowed == ()


def test_every_slice_was_looked_at(proof: Proof) -> None:
    """Each has states and moves, and a few people are enough."""
    assert [one.slice for one in proof.slices] == [one.name for one in SLICES]
    assert all(one.states > 1 and one.moves > one.states for one in proof.slices)
    assert proof.people == 4
    assert proof.policy == standard().ref


def test_a_few_slices_prove_nothing() -> None:
    """They are looked at for flaws; that there is none in them is no proof."""
    few = prove(standard(), Bounds(slices=("release",)))
    assert few.clean
    assert not few.exhaustive
    assert not few.proved


def test_an_exploration_that_is_given_up_says_so() -> None:
    """It found nothing wrong so far, and that is all it says."""
    short = prove(standard(), Bounds(states=10))
    assert short.states == 10
    assert not short.proved
