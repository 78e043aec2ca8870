"""
Every state that a case can come to, slice by slice, by the real `take_turn`.

Times are left out: whatever is owed may fall due next, one thing at a time, which covers every
length of time and every calendar. A move that is made in one slice is made in each that it can
reach; a slice in which the others are quiet allows at least what a real case would.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

import attrs

from freezecase.core import commands as do
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import unopened
from freezecase.core.leads import LEADS
from freezecase.core.obligations import Key, Obligation
from freezecase.core.state import CaseState
from freezecase.core.values import Person
from freezecase.policy.policy import Policy
from freezecase.replay.prove.asking import GROUND, Asked, Asker, Mover, fits
from freezecase.replay.prove.bounds import CASE, Bounds
from freezecase.replay.prove.catalogue import Ask, asks, freezes
from freezecase.replay.prove.composing import TIME, Composer, due
from freezecase.replay.prove.graph import Edge, Graph, Sample, Step
from freezecase.replay.prove.people import MACHINES, few_roles, staff_among, stranger
from freezecase.replay.prove.slices import HOME, SLICES, Position, Slice, position
from freezecase.replay.prove.touching import WRITES, Homes

__all__ = ["Explorer"]

Watcher = Callable[[Graph, int, CaseState, Asked], None]
"""Told of every question that is asked in a slice: where, of which case, and what came of it."""


_ABOUT_DUTIES: Final = (do.MeetObligation, do.WaiveObligation, do.ExtendObligation)


class _TooFar(Exception):  # the bounds are reached
    """There are more states than the bounds allow."""


class Explorer:
    """Explores the slices of one policy until nothing new turns up."""

    def __init__(
        self,
        policy: Policy,
        bounds: Bounds,
        progress: Callable[[str, int], None] | None = None,
    ) -> None:
        """Prepare to explore; nothing is asked yet."""
        self.bounds: Final = bounds
        self.asker: Final = Asker(policy, bounds)
        within = bounds.slices or tuple(one.name for one in SLICES)
        self.graphs: Final = {one.name: Graph(one) for one in SLICES if one.name in within}
        self.homes: Final = Homes(policy)
        self.exhaustive = len(self.graphs) == len(SLICES)
        self.given_up = False
        self._watchers: tuple[Watcher, ...] = ()
        self._progress = progress
        self._composer = Composer(self.asker, self.homes, bounds)
        self._samples: dict[tuple[str, Position], list[Sample]] = defaultdict(list)
        """What was made elsewhere and can reach a slice, by slice and position."""
        self._alike: set[object] = set()

    # --- all of it ---------------------------------------------------------------------------

    def explore(self, *watchers: Watcher) -> None:
        """Explore until no slice has a state or a move that is new to another."""
        self._watchers = watchers
        try:
            self._begin()
            while True in [self._grow(graph) for graph in self.graphs.values()]:
                pass
        except _TooFar:
            self.exhaustive, self.given_up = False, True

    def knows(self, state: CaseState) -> tuple[str, ...]:
        """Return the slices that never saw a case like this."""
        return tuple(
            graph.slice.name
            for graph in self.graphs.values()
            if self._composer.part(graph.slice, state)[0] not in graph.index
        )

    def is_at(self, graph: Graph, state: CaseState, at: int) -> bool:
        """Say whether a slice sees a case as the state of that number."""
        return graph.index.get(self._composer.part(graph.slice, state)[0]) == at

    def _begin(self) -> None:
        start, first = unopened(CASE), next(iter(self.graphs.values()))
        for command in freezes(self.bounds):
            for who in (*MACHINES.values(), *self._strangers("release")):
                for asked in self.asker.answers(command, start, who):
                    for watch in self._watchers:
                        watch(first, -1, start, asked)
                    for graph in self.graphs.values():
                        self._arrive(graph, -1, Step(asked, first.slice.name), {})

    def _grow(self, graph: Graph) -> bool:
        """Expand what is new of a slice, and say whether anything was."""
        at, new = 0, False
        while at < len(graph.states):
            if self._progress is not None:
                self._progress(graph.slice.name, len(graph.states))
            state = graph.states[at]
            if at == len(graph.edges):
                graph.edges.append([])
                graph.tried.append(0)
                graph.asked.append(0)
                graph.moved.append(set())
                self._expand(graph, at, state)
                new = True
            while graph.asked[at] < len(graph.more):
                self._ask(graph, at, Ask(graph.more[graph.asked[at]], state))
                graph.asked[at] += 1
                new = True
            samples = self._samples[graph.slice.name, position(state)]
            while graph.tried[at] < len(samples):
                self._borrow(graph, at, state, samples[graph.tried[at]])
                graph.tried[at] += 1
                new = True
            at += 1
        return new

    # --- the moves of a slice ----------------------------------------------------------------

    def _expand(self, graph: Graph, at: int, state: CaseState) -> None:
        """Miss whatever is owed, and ask for whatever can be asked."""
        owed = self._composer.owed(graph.slice, state)
        promised = [("", name) for name in state.promises_owed if graph.slice.name == "promises"]
        for key in (*owed, *promised):
            late = due(state, key)
            for asked in self.asker.on_every_ground(self.asker.pass_time(late, TIME), late):
                self._take(graph, at, late, asked, missed=key)
        people = self._people(graph.slice, state)
        for one in asks(graph.slice.name, state, self.bounds, people, frozenset(owed)):
            self._ask(graph, at, one)

    def _ask(self, graph: Graph, at: int, ask: Ask) -> None:
        """Ask for one thing, as everybody who might."""
        if not fits(ask.command, ask.state):
            return
        people = self._people(graph.slice, graph.states[at])
        for who in (*MACHINES.values(), *map(_somebody, people)):
            for asked in self.asker.answers(ask.command, ask.state, who):
                self._take(graph, at, ask.state, asked)

    def _take(
        self, graph: Graph, at: int, state: CaseState, asked: Asked, missed: Key | None = None
    ) -> None:
        for watch in self._watchers:
            watch(graph, at, state, asked)
        turn = asked.turn
        if turn is None:
            self._wonder(asked)
            return
        natural = missed is not None or state is graph.states[at]
        step = Step(asked, graph.slice.name, missed, natural)
        self._arrive(graph, at, step, turn.before.obligations)
        self._offer(graph.slice, state, step)

    def _wonder(self, asked: Asked) -> None:
        """Ask also in another slice for what a rule refused by what lies there."""
        if isinstance(asked.command, _ABOUT_DUTIES):
            return  # each is asked where the duty is looked after
        kind = LEADS[type(asked.command)]
        for rule, field in asked.read:
            home = HOME.get(field)
            if rule in asked.against and home in self.graphs and home not in WRITES[kind]:
                more = self.graphs[home].more
                if type(asked.command) not in {type(one) for one in more}:
                    more.append(asked.command)

    def _offer(self, slice_: Slice, state: CaseState, step: Step) -> None:
        """Keep a move for the other slices, unless one like it is kept."""
        turn = step.asked.turn
        if turn is None or not turn.events:
            return
        kinds = tuple(dict.fromkeys(map(type, turn.events)))
        here, there = position(state), position(turn.after)
        mover = step.asked.mover
        like: tuple[object, ...] = (here, there, kinds, mover.kind)
        reached = self.homes.reached(turn.events)
        if here != there or reached - {slice_.name}:
            ground = step.asked.facts.get(GROUND)
            like = (*like, step.asked.command, step.missed, mover.roles, mover.without, ground)
        if like in self._alike:
            return
        self._alike.add(like)
        sample = Sample(state, self._composer.owed(slice_, state), step, kinds, reached)
        for name in self.graphs.keys() - {slice_.name}:
            if here != there or name in reached or self.homes.stirs(name, kinds):
                self._samples[name, here].append(sample)

    def _borrow(self, graph: Graph, at: int, state: CaseState, sample: Sample) -> None:
        """Make a move of another slice in this one."""
        name, turn = graph.slice.name, sample.step.asked.turn
        there = position(turn.after) if turn else None
        if name not in sample.reached and (there, sample.kinds) in graph.moved[at]:
            return  # to this slice one like it is as good
        other = self.graphs[sample.step.slice].slice
        both = self._composer.laid_over(state, other, sample.state, sample.owed)
        asked = sample.step.asked
        if sample.step.missed is not None:
            late = due(both, sample.step.missed)
            missed = self.asker.pass_time(late, TIME, asked.facts)
            for passed in self.asker.on_every_ground(missed, late):
                step = Step(passed, other.name, sample.step.missed)
                self._arrive(graph, at, step, both.obligations)
            return
        for person in self._stand_ins(graph.slice, state, asked.mover):
            mover = asked.mover._replace(person=person)
            again = self.asker.ask(asked.command, both, mover, asked.facts)
            if again is None or again.turn is None:
                continue
            graph.moved[at].add((there, sample.kinds))
            for made in self.asker.on_every_ground(again, both):
                step = Step(made, other.name, natural=sample.step.natural)
                self._arrive(graph, at, step, both.obligations)

    def _stand_ins(self, slice_: Slice, state: CaseState, mover: Mover) -> Iterator[Person]:
        """Yield who may have made the move: also those who stand in a relation here."""
        yield mover.person
        if mover.kind is ActorKind.STAFF and mover.person.partition("+")[0].endswith("-new"):
            yield from staff_among(slice_.people(state))

    # --- where a move leads ------------------------------------------------------------------

    def _arrive(self, graph: Graph, at: int, step: Step, owed: Mapping[Key, Obligation]) -> None:
        turn = step.asked.turn
        if turn is None:
            return
        step = step._replace(asked=step.asked._replace(turn=None))
        self._reach(graph, at, step, turn.decided, turn.after, owed)
        covered = [
            key
            for key, one in self._composer.owed(graph.slice, turn.after).items()
            if self.homes.may_be_covered(key[0]) and one is not owed.get(key)
        ]
        for key in covered:  # a duty of another slice may have covered it: then it never opened
            left = {one: owed for one, owed in turn.after.obligations.items() if one != key}
            after = attrs.evolve(turn.after, obligations=left)
            self._reach(graph, at, step, turn.decided, after, owed)

    def _reach(  # noqa: PLR0917 - from where, by what, what it decided, to where
        self,
        graph: Graph,
        at: int,
        step: Step,
        decided: tuple[CaseEvent, ...],
        after: CaseState,
        owed: Mapping[Key, Obligation],
    ) -> None:
        key, seen, names = self._composer.part(graph.slice, after)
        number = graph.index.get(key)
        if number is None:
            if sum(len(one.states) for one in self.graphs.values()) >= self.bounds.states:
                raise _TooFar
            number = graph.index[key] = len(graph.states)
            graph.states.append(self._composer.whole(graph.slice, seen))
            graph.reached.append((at, step))
            graph.natural.append(False)
        if not graph.natural[number] and step.natural and (at < 0 or graph.natural[at]):
            graph.natural[number], graph.reached[number] = True, (at, step)
        if at >= 0:
            mine = [one for one in owed if self.homes.home(one[0]) == graph.slice.name]
            left = after.obligations
            ended = frozenset(one for one in mine if left.get(one) is not owed[one])
            graph.edges[at].append(Edge(number, step, ended, names, decided))

    # --- who can act -------------------------------------------------------------------------

    def _people(self, slice_: Slice, state: CaseState) -> tuple[Person, ...]:
        """Return the staff who stand in a relation, and those who stand in none."""
        mentioned = staff_among(slice_.people(state))
        taken = [role for person in mentioned for role in few_roles(person)]
        return (*mentioned, *self._new(slice_.name, taken))

    def _strangers(self, slice_: str) -> Iterator[Actor]:
        return map(_somebody, self._new(slice_, []))

    def _new(self, slice_: str, taken: list[str]) -> Iterator[Person]:
        yield stranger(slice_, ())
        for role, many in sorted(self.bounds.few.items()):
            if taken.count(role) < many:
                yield stranger(slice_, (role,))


@cache
def _somebody(person: Person) -> Actor:
    return Actor.staff(person.removeprefix("staff:"))
