"""
Explore every state of the standard policy: each question, against a turn taken bare.

A question of an exploration is asked under watch, of a case put together of slices, and where it
leads is looked up among what is known; the floor is `take_turn` alone, for what its staff asked.
"""

from collections.abc import Iterator
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time

from freezecase.core.actors import Actor
from freezecase.core.commands import Command, LetTimePass
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState
from freezecase.policy.standard import standard
from freezecase.policy.turn import take_turn
from freezecase.replay.prove.asking import GROUND, Asked
from freezecase.replay.prove.bounds import DAY, Bounds
from freezecase.replay.prove.explorer import Explorer
from freezecase.replay.prove.graph import Graph
from freezecase.replay.prove.people import actor_of
from tests.benchmarks.harness import Row

Heard = list[tuple[CaseState, Command, Actor, dict[str, Fact]]]


def rows() -> Iterator[Row]:
    """Explore it once, and take the turns that were heard once more."""
    heard: Heard = []

    def hear(_graph: Graph, _at: int, state: CaseState, asked: Asked) -> None:
        plain = GROUND not in asked.facts and not isinstance(asked.command, LetTimePass)
        if plain and asked.mover.kind == "staff":
            actor = actor_of(asked.mover.person, sorted(asked.mover.roles))
            heard.append((state, asked.command, actor, dict(asked.facts)))

    explorer = Explorer(standard(), Bounds())
    wall, cpu = perf_counter(), process_time()
    explorer.explore(hear)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    states = sum(len(graph.states) for graph in explorer.graphs.values())
    bare = _bare(heard)
    each = wall * 1e6 / explorer.asker.turns
    yield Row(
        work=f"explore {states:,} states of the standard policy, a question",
        floor=bare,
        ours=each,
        peer=None,
        over_floor=each / bare,
        over_peer=None,
        goal=None,
        peer_goal=None,
        note=f"floor: a turn; {wall:.0f} s, {cpu:.0f} of a processor, {states / cpu:.0f} states "
        f"a second, {getrusage(RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB at most (goal: a minute)",
    )


def _bare(heard: Heard) -> float:
    policy = standard()
    began = perf_counter()
    for state, command, actor, facts in heard:
        take_turn(policy, state, command, actor, DAY, facts)
    return (perf_counter() - began) * 1e6 / len(heard)
