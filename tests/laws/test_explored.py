"""Laws of exploring: whatever really happens to a case is among what was explored."""

from functools import cache
from itertools import chain
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freezecase.core.values import Ground
from freezecase.policy.standard import standard
from freezecase.replay.prove import Bounds
from freezecase.replay.prove.explorer import Explorer
from tests.laws.explored import explored, strangers, walked, worlds
from tests.laws.settings import BRIEF, JOURNEY

pytestmark = pytest.mark.no_cover  # the rules are asked many thousand times

_BOUNDS = Bounds(checks=("identity",), notices=("freeze-imposed",))
"""As wide as the suite has time for; `tests.laws.explored` goes as far as a proof does."""


_STEERED = settings(JOURNEY, max_examples=BRIEF.max_examples, suppress_health_check=[*HealthCheck])
"""A walk is a long list of choices: that is its point."""


@cache
def _explorer() -> Explorer:
    return explored(standard(), _BOUNDS)


@pytest.mark.parametrize("ground", Ground)
def test_no_walk_comes_to_a_case_that_was_not_explored(ground: Ground) -> None:
    """With the real clock, people who come and leave, and all of a case changing at once."""
    there = worlds(standard(), ground, _BOUNDS)
    for seed in range(15):
        taken = walked(standard(), there, Random(seed))
        assert [*strangers(_explorer(), taken)] == [], f"walk {seed} on {ground}"


@_STEERED
@given(st.randoms(use_true_random=False), st.sampled_from(Ground))
def test_nor_does_one_that_is_steered(chance: Random, ground: Ground) -> None:
    """Where Hypothesis makes every choice."""
    taken = walked(standard(), worlds(standard(), ground, _BOUNDS), chance)

    assert [*strangers(_explorer(), taken)] == []


def test_walks_find_out_what_was_overlooked() -> None:
    """Without every fifth of the states of a slice, some walk comes to one that is unknown."""
    explorer, there = _explorer(), worlds(standard(), Ground.ACCOUNT_TAKEOVER, _BOUNDS)
    kept = {name: dict(graph.index) for name, graph in explorer.graphs.items()}
    for graph in explorer.graphs.values():
        for part in [*graph.index][::5]:
            del graph.index[part]
    try:
        taken = (walked(standard(), there, Random(seed)) for seed in range(15))
        noticed = {*chain.from_iterable(chain.from_iterable(strangers(explorer, t) for t in taken))}
    finally:
        for name, graph in explorer.graphs.items():
            graph.index = kept[name]

    assert noticed == {*kept}
