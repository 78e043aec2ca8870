"""
Asking once for everything: a command, by everybody who might ask, told whatever a rule asks for.

Rules are asked with nothing told. What one of them then asks for, a fact or a role, is told in
every way there is, and what nobody asked for makes no difference: so every answer of the real rules
is heard, without trying what they do not look at.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

import attrs

from freezecase.core.actors import Actor, ActorKind
from freezecase.core.commands import Command, LetTimePass
from freezecase.core.leads import LEADS
from freezecase.core.moves import MOVES
from freezecase.core.needs import lacking
from freezecase.core.personal import masked
from freezecase.core.ruling import Fact, Verdict
from freezecase.core.state import CaseState
from freezecase.core.values import Ground, Person
from freezecase.errors import NotAllowedNow
from freezecase.policy.judge import Said
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.turn import Turn, follow, take_turn
from freezecase.replay.prove.bounds import DAY, Bounds
from freezecase.replay.prove.memory import Memory, Recall, typed
from freezecase.replay.prove.people import actor_of, few_roles
from freezecase.replay.prove.watching import Seen, watched

__all__ = ["GROUND", "Asked", "Asker", "Mover", "fits"]

_FACT, _ROLE = "fact", "role"
GROUND: Final = "@ground"
"""What a rule is told that asks for the ground of the case: it is told of every ground."""
SOMEBODY_ELSE: Final = Actor.customer("acct-of-another")
"""A customer whose case it is not; asks where a rule asks which customer it is."""
_Item = tuple[str, str]
_Told = dict[_Item, Fact | None]
_NOTHING: Final[Mapping[str, Fact]] = MappingProxyType({})


class Mover(NamedTuple):
    """Who made a move, and in which roles as far as a rule asked."""

    kind: ActorKind
    person: Person
    roles: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    """The roles that a rule asked for and that they do not have."""


class Asked(NamedTuple):
    """What came of a command that somebody asked for."""

    command: Command
    mover: Mover
    facts: Mapping[str, Fact]
    """What rules asked to be told and were."""
    said: Said
    turn: Turn | None
    """Nothing when it was refused."""
    read: frozenset[tuple[str, str]]
    """Which rule read which field."""
    unsaid: frozenset[str] = frozenset()
    """What rules asked to be told and were not."""
    by_ground: bool = False
    """Whether what is owed then may be another on another ground."""

    @property
    def against(self) -> tuple[str, ...]:
        """The rules that stood in the way."""
        return tuple(rule for rule, one in self.said.gates if one.verdict is not Verdict.ALLOW)


class Asker:
    """Asks the rules of one policy, and notes what they look at."""

    def __init__(self, policy: Policy, bounds: Bounds) -> None:
        """Put *policy* under watch."""
        self.seen: Final = Seen()
        self.policy: Final = watched(policy, self.seen)
        self._memory: Final = Memory(self.policy, self.seen)
        self._grounds: Final[Recall[tuple[Ground, ...]]] = Recall()
        self._bounds = bounds
        self.turns = 0
        """How many turns were taken, those that were refused among them."""

    def answers(self, command: Command, state: CaseState, who: Actor) -> Iterator[Asked]:
        """Yield what comes of a command, for everything that rules ask to be told."""
        few = few_roles(who.person) if who.kind is ActorKind.STAFF else ()
        waiting: list[_Told] = [{}]
        theirs = True
        while waiting:
            told = waiting.pop()
            asked = self.ask(command, state, _mover(who, told, few), _facts(told))
            theirs, items = theirs and not self.seen.by_id, tuple(self._asked_for(who))
            if asked is not None:
                yield from self.on_every_ground(asked, state)
            for item in items:
                if item in told:
                    continue
                others = self._others(item, few)
                if item == (_FACT, GROUND) and asked is not None:
                    others = self._told_apart(asked, state, _facts(told))
                waiting.extend({**told, item: other} for other in others)
                told = {**told, item: None}
        if not theirs and who != SOMEBODY_ELSE:
            yield from self.answers(command, state, SOMEBODY_ELSE)

    def ask(
        self, command: Command, state: CaseState, mover: Mover, facts: Mapping[str, Fact]
    ) -> Asked | None:
        """Return what comes of a command; nothing if the case is in no position for it."""
        self.turns += 1
        actor = _actor(mover)
        question = _question(command, state, actor, facts)
        said = self._memory.ask(question)
        read, turn = frozenset(self.seen.fields), None
        unsaid = frozenset(self.seen.facts) - facts.keys()
        if any(field == "ground" for _, field in read) and state.ground is not None:
            facts = {GROUND: state.ground, **facts}
        if said.allows:
            ruling = self._memory.allowed(question, said)
            try:
                turn = follow(self.policy, question.state, command, actor, ruling, DAY)
            except NotAllowedNow:
                return None
        return Asked(command, mover, facts, said, turn, read, unsaid, self._by_ground(read))

    def pass_time(
        self, state: CaseState, clock: Mover, facts: Mapping[str, Fact] = _NOTHING
    ) -> Asked:
        """Return what comes of the one thing that is due."""
        self.turns += 1
        self.seen.clear(facts)
        command = LetTimePass(state.id)
        question = _question(command, state, _actor(clock), facts)
        turn = take_turn(self.policy, question.state, command, question.actor, DAY)
        none = frozenset[_Item]()
        return Asked(command, clock, facts, Said(), turn, none, by_ground=self._by_ground(none))

    def on_every_ground(self, asked: Asked, state: CaseState) -> Iterator[Asked]:
        """Yield what came of a command, and what else on grounds where clocks answer otherwise."""
        yield asked
        if asked.turn is None or not asked.by_ground:
            return
        heard = [asked.turn.events]
        for ground in self._bounds.grounds:
            facts = {**asked.facts, GROUND: ground}
            if isinstance(asked.command, LetTimePass):
                other: Asked | None = self.pass_time(state, asked.mover, facts)
            else:
                other = self.ask(asked.command, state, asked.mover, facts)
            if other is not None and other.turn is not None and other.turn.events not in heard:
                heard.append(other.turn.events)
                yield other

    def _by_ground(self, gates: frozenset[_Item]) -> bool:
        return any(field == "ground" for _, field in self.seen.fields - gates)

    def _told_apart(
        self, asked: Asked, state: CaseState, facts: Mapping[str, Fact]
    ) -> tuple[Ground, ...]:
        """Return the grounds of which gates say or ask for something else, the first of each."""
        if state.ground is None:
            return ()  # a case that is not opened yet: its ground is in the command
        command, mover = asked.command, asked.mover
        key = command, mover, typed(facts), state.status, state.ground
        known = self._grounds.of(key, state)
        if known is None:
            read: set[str] = set()
            first: dict[object, Ground] = {}
            for ground in (state.ground, *self._bounds.grounds):
                said = self._decisive(command, state, mover, {**facts, GROUND: ground})
                first.setdefault(said, ground)
                read.update(field for _, field in self.seen.fields)
            known = self._grounds.keep(key, state, read, tuple(first.values())[1:])
        return known

    def _decisive(
        self, command: Command, state: CaseState, mover: Mover, facts: Mapping[str, Fact]
    ) -> tuple[object, ...]:
        """Return what of an answer something can come of, and what rules ask to be told besides."""
        said = self._memory.ask(_question(command, state, _actor(mover), facts))
        planned = () if getattr(command, "checks", ()) else said.checks  # where plans are asked
        more = frozenset(self.seen.facts), frozenset(self.seen.roles)
        return said.gates, said.broken, planned, *more

    def _asked_for(self, who: Actor) -> Iterator[_Item]:
        """Yield what rules asked to be told: the ground last, once everything else is told."""
        staff = who.kind is ActorKind.STAFF
        items = [(_FACT, name) for name in self.seen.facts]
        items += [(_ROLE, name) for name in self.seen.roles] if staff else []
        items += [(_FACT, GROUND)] if any(name == "ground" for _, name in self.seen.fields) else []
        return iter(dict.fromkeys(items))

    def _others(self, item: _Item, few: tuple[str, ...]) -> tuple[Fact, ...]:
        """Return what else may be said of it, beside nothing."""
        sort, name = item
        if sort == _FACT:
            return self.policy.domains.get(name, ())
        if name in self._bounds.few:
            return (1,) if name in few else ()
        known = name in self._bounds.roles or name == self.policy.accountable
        return (1,) if known else ()


def _question(
    command: Command, state: CaseState, actor: Actor, facts: Mapping[str, Fact]
) -> Question:
    """Return the question, of a case of the ground that is told of."""
    if GROUND not in facts:
        return Question(masked(command), state, actor, DAY, facts)
    if state.ground != facts[GROUND]:
        state = attrs.evolve(state, ground=Ground(str(facts[GROUND])))
    said = {name: value for name, value in facts.items() if name != GROUND}
    return Question(masked(command), state, actor, DAY, said)


def fits(command: Command, state: CaseState) -> bool:
    """Say whether a case is in a position for a command, without the words of why not."""
    kind = LEADS[type(command)]
    return kind in MOVES[state.status] and lacking(state, kind, command, "") is None


def _facts(told: _Told) -> dict[str, Fact]:
    return {
        name: value for (sort, name), value in told.items() if sort == _FACT and value is not None
    }


def _mover(who: Actor, told: _Told, few: tuple[str, ...]) -> Mover:
    if who.kind is not ActorKind.STAFF:
        return Mover(who.kind, who.person)
    roles = {name for (sort, name), value in told.items() if sort == _ROLE and value}
    without = {name for (sort, name), value in told.items() if sort == _ROLE and not value}
    return Mover(who.kind, who.person, frozenset(roles | {*few}), frozenset(without - {*few}))


@cache
def _actor(mover: Mover) -> Actor:
    if mover.kind is ActorKind.STAFF:
        return actor_of(mover.person, sorted(mover.roles))
    return Actor(kind=mover.kind, id=mover.person.partition(":")[2])
