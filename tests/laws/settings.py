"""How hard the laws are tried: the same examples in every run, so that red means a change."""

from typing import Any

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.strategies import SearchStrategy

_HUNDRED = settings().max_examples
"""What the profile in force calls a hundred: `--hypothesis-profile=thorough` tries more."""
LAW = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=_HUNDRED * 60 // 100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""For laws over values that take long to make up."""
JOURNEY = settings(LAW, phases=[Phase.explicit, Phase.generate])
"""For laws over whole journeys: one that breaks a law is told at once, for none shrinks in time."""
QUICK = settings(LAW, max_examples=_HUNDRED * 150 // 100)
"""For laws over values and lists of events."""
BRIEF = settings(LAW, max_examples=_HUNDRED * 20 // 100)
"""For what is asked of each kind of event and command, a hundred times over."""
FAR = settings(LAW, max_examples=5000, phases=[Phase.generate])
"""For finding one example, as it comes: nobody needs the smallest."""


def turned_up(sets: SearchStrategy[set[Any]], wanted: set[Any]) -> None:
    """Draw *sets* until all that is *wanted* turned up among them; give up after a long while."""
    seen: set[Any] = set()

    def all_of_it(some: set[Any]) -> bool:
        seen.update(some)
        return seen >= wanted

    find(sets, all_of_it, settings=FAR)
