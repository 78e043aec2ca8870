"""
From a state of the exploration back to a case: real names, a real clock, one command at a time.

An exploration knows people by their relations and no times at all. A journey gives everybody a name
and every step its minute; what must be missed is waited for, with whatever falls due before it.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

import attrs

from freezecase.core import commands as do
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.checked import replace
from freezecase.core.commands import Command
from freezecase.core.evolve import unopened
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState
from freezecase.core.values import Instant, Person, Scope
from freezecase.errors import NotAllowedNow
from freezecase.policy.policy import Policy
from freezecase.policy.turn import let_time_pass, take_turn
from freezecase.replay.prove.asking import GROUND, Asked, Mover
from freezecase.replay.prove.bounds import CASE, DAY
from freezecase.replay.prove.catalogue import asks
from freezecase.replay.prove.explorer import Explorer
from freezecase.replay.prove.flaws import Spot
from freezecase.replay.prove.graph import Step
from freezecase.replay.prove.people import MACHINES, named

__all__ = ["Journey", "Leg", "journey_to"]

_NAMES: Final = ("ana", "ben", "cleo", "dev", "eva", "finn", "gus", "hana", "ivo", "june")
_MINUTE: Final = timedelta(minutes=1)
_WAITS: Final = 60
"""How many times something else may fall due before what must be missed."""


@attrs.frozen
class Leg:
    """One step of a journey: a command, or nothing but waiting until an instant."""

    at: Instant
    command: Command | None = None
    by: Actor | None = None
    facts: Mapping[str, Fact] = attrs.field(factory=dict[str, Fact])


@attrs.frozen
class Journey:
    """The shortest way that was found to where something is wrong."""

    legs: tuple[Leg, ...]
    last: Leg | None
    """What is then asked, where it shows by asking."""
    arrives: bool
    """Whether the way, gone by a real case, ends where the exploration says."""
    away: Person | None = None
    """Who has left by then, where it shows without them."""
    facts: Mapping[str, Fact] = attrs.field(factory=dict[str, Fact])
    """What the host says of the case, where it shows if that is said."""
    about: tuple[str, ...] = ()
    """Who owes what, where it shows by that."""


@attrs.define
class _World:
    """A real case on its way."""

    policy: Policy
    explorer: Explorer
    scope: Scope | None = None
    """What the freeze restricts, where that matters."""
    state: CaseState = attrs.field(factory=lambda: unopened(CASE))
    now: Instant = DAY
    legs: list[Leg] = attrs.field(factory=list[Leg])

    def go(self, step: Step) -> bool:
        """Make a step, and say whether it could be made."""
        if step.missed is not None:
            return self._wait(step.missed)
        leg = self.leg(step.asked, step.slice)
        if leg is None:
            return False
        return self.take(leg) or (self._prepare(step.slice, leg) and self.take(self.next(leg)))

    def leg(self, asked: Asked, slice_: str) -> Leg | None:
        """Return a question as a real case may be asked it."""
        names = self._names(slice_)
        command = _spoken(asked.command, names, self.state)
        if command is None:
            return None
        if self.scope is not None and isinstance(command, do.ImposeFreeze):
            command = replace(command, scope=self.scope)
        facts = {name: value for name, value in asked.facts.items() if name != GROUND}
        return Leg(self.now + _MINUTE, command, _actor(asked.mover, names), facts)

    def next(self, leg: Leg) -> Leg:
        """Return a step as it is made now."""
        return attrs.evolve(leg, at=self.now + _MINUTE)

    def take(self, leg: Leg) -> bool:
        """Make a step, if the rules let it happen."""
        after = self.tried(leg)
        if after is None:
            return False
        self.state, self.now = after, leg.at
        self.legs.append(leg)
        return True

    def tried(self, leg: Leg) -> CaseState | None:
        """Return the case after a step; nothing if it cannot be made."""
        if leg.command is None or leg.by is None:
            return None
        try:
            turn = take_turn(self.policy, self.state, leg.command, leg.by, leg.at, leg.facts)
        except NotAllowedNow:
            return None
        return turn.after if turn.ruling.allowed else None

    def _prepare(self, slice_: str, leg: Leg) -> bool:
        """Make the one other move that makes way, if there is one."""
        bounds = self.explorer.bounds
        actors = (*MACHINES.values(), Actor.staff("june"), Actor.staff("june", "officer"))
        for command, laid_out in asks(slice_, self.state, bounds, (), frozenset()):
            for who in actors if laid_out is self.state else ():
                first = Leg(self.now + _MINUTE, command, who)
                after = self.tried(first)
                if after is None:
                    continue
                ahead = attrs.evolve(self, state=after, now=first.at)
                if ahead.tried(ahead.next(leg)) is not None:
                    return self.take(first)
        return False

    def _wait(self, key: tuple[str, str]) -> bool:
        """Wait until something is missed for good: its whole ladder, and whatever comes before."""
        kind, name = key
        for _ in range(_WAITS):
            owed = self.state.obligations.get(key)
            promise = self.state.promises.get(name) if not kind else None
            due = owed.due if owed else promise.due if promise else None
            if due is None:
                return False
            last = owed is None or owed.rung >= len(owed.demand.ladder) - 1
            for turn in let_time_pass(self.policy, self.state, due):
                self.state = turn.after
            self.now = due
            if last:
                self.legs.append(Leg(due))
                return True
        return False

    def called(self, person: Person, slice_: str) -> Person | None:
        """Return the real name of somebody."""
        return self._names(slice_).get(person)

    def _names(self, slice_: str) -> dict[Person, Person]:
        """Return the real name of everybody whom an exploration calls by a relation."""
        known = self.explorer.graphs[slice_].slice.people(self.state)
        return {name: person for person, name in named(known, slice_).items()}


def journey_to(policy: Policy, explorer: Explorer, spot: Spot) -> Journey | None:
    """Return the way to a spot; nothing where no case is needed to see it."""
    if not spot.slice:
        return None
    world, graph = _World(policy, explorer, spot.scope), explorer.graphs[spot.slice]
    arrived = sum(not world.go(step) for step in _path(explorer, spot)) == 0
    if spot.at >= 0 and spot.scope is None:
        arrived = arrived and explorer.is_at(graph, world.state, spot.at)
    if spot.then is not None:
        arrived = world.go(spot.then) and arrived
    last = world.leg(spot.asked, spot.slice) if spot.asked else None
    away = world.called(spot.away, spot.slice) if spot.away else None
    return Journey(tuple(world.legs), last, arrived, away, spot.facts, spot.about)


def _path(explorer: Explorer, spot: Spot) -> Iterator[Step]:
    """Return the steps to a spot, the first one first."""
    graph, at = explorer.graphs[spot.slice], spot.at
    steps: list[Step] = []
    while at >= 0:
        at, step = graph.reached[at]
        steps.append(step)
    return reversed(steps)


def _actor(mover: Mover, names: Mapping[Person, Person]) -> Actor:
    if mover.kind is not ActorKind.STAFF:
        return Actor(kind=mover.kind, id=mover.person.partition(":")[2])
    person = names.get(mover.person) or _stranger(names)
    return Actor.staff(person.partition(":")[2], *mover.roles)


def _stranger(names: Mapping[Person, Person]) -> Person:
    """Return the first name that nobody has who stands in a relation."""
    taken = {one.partition(":")[2] for one in names.values()}
    return f"staff:{next(name for name in _NAMES if name not in taken)}"


def _spoken(command: Command, names: Mapping[Person, Person], state: CaseState) -> Command | None:
    """Return a command with real names, and decisions by the versions that they have."""
    said: Any = command
    changes: dict[str, Any] = {}
    for field in ("to", "reviewer"):
        person = getattr(said, field, None)
        if isinstance(person, str) and person.startswith("staff:"):
            changes[field] = names.get(person) or _stranger(names)
    contests = getattr(said, "contests", None)
    if contests is not None:
        older = [one for one in sorted(state.deciders) if one != state.decision]
        newest = isinstance(command, do.OpenExternalReview) and contests == _NEWEST
        known = [state.decision] if newest and state.decision else older
        if not known:
            return None
        changes["contests"] = known[-1]
    changed: Command = replace(said, **changes) if changes else command
    return changed


_NEWEST: Final = 2
"""The version by which an exploration knows the newest decision."""
