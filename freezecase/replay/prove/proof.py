"""A policy proved, or what is wrong with it; and always how far that was looked at."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Final

import attrs

from freezecase.core.ruling import Fact, PolicyRef
from freezecase.policy.policy import Policy
from freezecase.replay.prove.bounds import Bounds
from freezecase.replay.prove.exits import bot_loops, cannot_act, final, no_way_out, shut
from freezecase.replay.prove.explorer import Explorer
from freezecase.replay.prove.flaws import Flaw, Heard, Spot
from freezecase.replay.prove.journey import Journey, journey_to
from freezecase.replay.prove.ladders import longest, nobody, sleeps
from freezecase.replay.prove.pasted import as_test, told
from freezecase.replay.prove.people import staff_among

__all__ = ["ASSUMED", "Finding", "Looked", "Proof", "prove"]

ASSUMED: Final = (
    "staff act in the end, and the host lets time pass; that they do is not shown",
    "beside the clock there are one machine, one vendor, one authority and one customer",
    "a way out is shown slice by slice; that the slices do not stand in each other's way is argued",
    "duties that a host opens by hand, texts that make promises, and partial amounts are left out",
    "rules are asked on one day: those in force on it are the ones that are proved",
)
"""What is taken for granted, whatever the policy."""


@attrs.frozen
class Finding:
    """Something that is wrong with a policy, and the shortest way to it."""

    flaw: Flaw
    says: str
    rules: tuple[str, ...] = ()
    journey: Journey | None = None
    """Nothing where the rules alone show it, before any case begins."""

    def as_test(self) -> str:
        """Return a test, ready to paste, that fails under this policy and passes once mended."""
        return as_test(self.flaw, self.says, self.journey)

    def told(self) -> tuple[str, ...]:
        """Return the journey in words, line by line."""
        return tuple(told(self.journey)) if self.journey else ()


@attrs.frozen
class Looked:
    """How much of one slice was looked at."""

    slice: str
    states: int
    moves: int
    people: int
    """How many of the staff stood in a relation to it at once."""


@attrs.frozen
class Proof:
    """What an exploration found, and how far it went."""

    policy: PolicyRef
    findings: tuple[Finding, ...]
    dead: tuple[str, ...]
    """The rules that never had anything to say."""
    shadowed: tuple[str, ...]
    """The gates that spoke and never decided: without them the same would come of everything."""
    exhaustive: bool
    """Whether everything within the bounds was looked at."""
    slices: tuple[Looked, ...]
    questions: int
    """How often the rules were asked."""
    longest: Mapping[str, timedelta]
    """How long each clock's duty can go on before the accountable role is in breach."""
    bounds: Bounds

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong, within the bounds."""
        return not self.findings

    @property
    def proved(self) -> bool:
        """Whether nothing is wrong and everything within the bounds was looked at."""
        return self.clean and self.exhaustive

    @property
    def states(self) -> int:
        """How many states there are in all slices."""
        return sum(one.states for one in self.slices)

    @property
    def people(self) -> int:
        """How many of the staff it takes: those in a relation, one who is away, one who acts."""
        return 2 + max((one.people for one in self.slices), default=0)


def prove(
    policy: Policy,
    bounds: Bounds | None = None,
    *,
    progress: Callable[[str, int], None] | None = None,
) -> Proof:
    """
    Look at every state that cases under *policy* can come to, and return what is wrong.

    Args:
        policy: what is to be proved, with the rules that are in force on the day of `Bounds`.
        bounds: how far to look; how far a case of any size can be told from a small one, if not
            said.
        progress: told now and then which slice is being looked at, and how many states it has.

    """
    within = bounds or Bounds()
    explorer = Explorer(policy, within, progress)
    heard = Heard(explorer)
    explorer.explore(heard)
    for spot in _spots(policy, within, explorer, heard.told):
        heard.note(spot)
    return Proof(
        policy=policy.ref,
        findings=tuple(_finding(policy, explorer, spot) for spot in heard.spots.values()),
        dead=tuple(sorted(_dead(policy, heard))),
        shadowed=tuple(sorted(heard.gates - heard.decided)),
        exhaustive=explorer.exhaustive,
        slices=tuple(_looked(explorer)),
        questions=explorer.asker.turns,
        longest=longest(policy),
        bounds=within,
    )


def _spots(
    policy: Policy,
    bounds: Bounds,
    explorer: Explorer,
    told: Mapping[str, Mapping[str, set[Fact]]],
) -> Iterator[Spot]:
    yield from nobody(policy, bounds)
    yield from sleeps(policy)
    if explorer.given_up:
        return  # what was not looked at may be the way out
    closed = shut(explorer)
    yield from no_way_out(explorer, told, closed)
    for name, graph in explorer.graphs.items():
        yield from cannot_act(explorer, graph, closed)
        if name == "contest":
            yield from final(graph)
        if name == "machines":
            yield from bot_loops(explorer, graph)


def _finding(policy: Policy, explorer: Explorer, spot: Spot) -> Finding:
    journey = journey_to(policy, explorer, spot)
    return Finding(spot.flaw, spot.says, spot.rules, journey)


def _dead(policy: Policy, heard: Heard) -> Iterator[str]:
    """Yield the rules that never had anything to say."""
    spoke = heard.gates | heard.opened | heard.explorer.asker.seen.spoke
    for rule in policy.rules:
        if rule.id not in spoke:
            yield rule.id


def _looked(explorer: Explorer) -> Iterator[Looked]:
    for graph in explorer.graphs.values():
        people = max(
            (len(staff_among(graph.slice.people(state))) for state in graph.states), default=0
        )
        moves = sum(map(len, graph.edges))
        yield Looked(graph.slice.name, len(graph.states), moves, people)
