"""Each mistake is found, and told by a test that fails with it and passes without."""

from functools import cache
from typing import Any, Final

import attrs
import pytest

from freezecase.core.values import Channel, Ground
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.replay.prove import Bounds, Finding, Flaw, prove
from tests.replay.prove.seeded import DEAD, SEEDS, SHADOWED

pytestmark = pytest.mark.no_cover  # the rules are asked many thousand times

_NARROW: Final = Bounds(
    grounds=(Ground.ACCOUNT_TAKEOVER,),
    checks=("identity",),
    notices=("freeze-imposed",),
    channels=(Channel.LETTER,),
)
"""Where a mistake shows, it shows within these bounds, and sooner."""


@cache
def _found(name: str) -> Finding | None:
    """Return what is found of a mistake: its flaw, with the rules that make it."""
    seed = SEEDS[name]
    bounds = attrs.evolve(_NARROW, slices=("release", *seed.slices), few=seed.few)
    found = [one for one in prove(seed.policy, bounds).findings if one.flaw is seed.flaw]
    return next((one for one in found if {*seed.rules} <= {*one.rules}), None)


def _run(pasted: str, policy: Policy) -> None:
    """Run a test as if it stood in the test module of a house, under its policy."""
    module: dict[str, Any] = {"policy": policy}
    exec(pasted, module)
    (test,) = (value for name, value in module.items() if name.startswith("test_"))
    test()


@pytest.mark.parametrize("name", SEEDS)
def test_each_mistake_is_found(name: str) -> None:
    """By its name, and with the rules that make it."""
    assert _found(name) is not None


@pytest.mark.parametrize("name", SEEDS)
def test_its_test_fails_with_it_and_passes_without(name: str) -> None:
    """What is printed is pasted, and run: with real names, a real clock and the real rules."""
    finding = _found(name)
    assert finding is not None
    pasted = finding.as_test()
    with pytest.raises(AssertionError):
        _run(pasted, SEEDS[name].policy)
    _run(pasted, standard())


def test_no_kind_of_flaw_is_without_an_example() -> None:
    """And the issue asked for twelve."""
    assert {*Flaw} == {seed.flaw for seed in SEEDS.values()}
    assert len(SEEDS) >= 12


def test_a_rule_that_never_speaks_is_dead() -> None:
    """Whatever it would forbid, the life cycle has refused before any rule is asked."""
    proof = prove(DEAD, attrs.evolve(_NARROW, slices=("release",)))
    assert "closed-is-closed" in proof.dead
    assert "four-eyes" not in proof.dead


def test_a_rule_that_never_decides_is_shadowed() -> None:
    """It allows what another rule allows anyway, and what a third one requires it cannot give."""
    proof = prove(SHADOWED, attrs.evolve(_NARROW, slices=("release",)))
    assert proof.shadowed == ("officers-narrow-alone",)
