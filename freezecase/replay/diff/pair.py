"""
Two policies that are asked the same: what in them differs, and what of it shows in one case.

A rule that is the same value in both answers the same. So two rulings on a command can differ only
where a rule speaks of it that is not the same, and of the facts only those matter that a gate
reads, or another rule of a kind in which something is not the same.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import product
from typing import Any, Final

import attrs

from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.commands import ASKED_AS, Command
from freezecase.core.events import CaseEvent, ObligationOpened
from freezecase.core.pending import covering, pending
from freezecase.core.personal import masked
from freezecase.core.ruling import Fact
from freezecase.errors import InvalidValue, NotAllowedNow
from freezecase.policy.judge import answers
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.rule import Kind, Rule
from freezecase.policy.turn import CLOCK, Turn, take_turn
from freezecase.replay.diff.asking import asked_of, cast, facts_said, said_of
from freezecase.replay.diff.journeys import Act, Journey, Story, asked_first, retold
from freezecase.replay.diff.order import Answered, Change, Side, changes

__all__ = ["Case", "Pair"]

Domain = tuple[Fact, ...]


@attrs.frozen
class Case:
    """A story, and whose rules it was told by: `old`, `new`, or `either`."""

    story: Story
    told_under: str


@attrs.frozen(slots=False)
class Pair:
    """Two policies, and the roles of those who ask."""

    old: Policy
    new: Policy
    roles: Sequence[str]

    @cached_property
    def differing(self) -> tuple[str, ...]:
        """The rules that are not the same in both, by their ids."""
        ids = {rule.id for policy in (self.old, self.new) for rule in policy.rules}
        return tuple(sorted(id for id in ids if self.old.rule(id) != self.new.rule(id)))

    @cached_property
    def touched(self) -> Mapping[type[Command], frozenset[Kind]]:
        """The commands that two rulings may differ on, and the kinds of rule that may differ."""
        found = {kind: frozenset(self._kinds(kind)) for kind in ASKED_AS if kind is not _TIME}
        return {kind: kinds for kind, kinds in found.items() if kinds}

    def _kinds(self, command: type[Command]) -> Iterator[Kind]:
        for kind, rule in self._speaking_of(command):
            if rule.id in self.differing:
                yield kind
        if command is do.ApproveRelease and self.old.signatures != self.new.signatures:
            yield Kind.GATE

    def _speaking_of(self, command: type[Command]) -> Iterator[tuple[Kind, Rule[Any]]]:
        for policy in (self.old, self.new):
            yield from policy.speaking_of(command)

    @cached_property
    def followed(self) -> bool:
        """Whether something may be owed otherwise, whatever is asked."""
        clocks = {clock.id for clock in (*self.old.clocks, *self.new.clocks)}
        return self._counts_otherwise or not clocks.isdisjoint(self.differing)

    @cached_property
    def _counts_otherwise(self) -> bool:
        """Whether what no rule says is owed otherwise: by other days, or to another role."""
        old, new = ((one.calendars, one.accountable) for one in (self.old, self.new))
        return old != new

    @property
    def differs(self) -> bool:
        """Whether anything in them is not the same."""
        return bool(self.differing) or self.followed or bool(self.touched)

    def cases(self, journey: Journey, at: datetime) -> Iterator[Case]:
        """Yield the cases that a journey leads to: one under each policy, or one under either."""
        old, new = (retold(policy, journey, at) for policy in (self.old, self.new))
        if old is not None and new is not None and old.state == new.state:
            yield Case(old, "either")
            return
        for story, under in ((old, "old"), (new, "new")):
            if story is not None:
                yield Case(story, under)

    def compared(self, story: Story) -> Iterator[tuple[Act, tuple[Change, ...]]]:
        """Yield each way of asking that is looked at in a case, and what differs in the answers."""
        people = tuple(cast(story.state, self.roles))
        for act in self._told_apart(story, people):
            yield act, () if self._alike(story, act) else self._changes(story, act)
        for act in self._following(story, people) if self.followed else ():
            yield act, self._changes(story, act) if self._concerned(story, act) else ()

    def _told_apart(self, story: Story, people: Sequence[Actor]) -> Iterator[Act]:
        """
        Yield the ways of asking for a command on which two rulings may differ.

        Where gates differ: asked by everybody, with every combination of what gates read. Where
        others do: with every combination of what they and gates read, by the first who may ask.
        """
        for kind, kinds in self.touched.items():
            for command in said_of(kind, story.state, story.at):
                if Kind.GATE in kinds:
                    facts = facts_said(self._domains(kind, {Kind.GATE}))
                    yield from self._asked(story, command, facts, people)
                if others := kinds - {Kind.GATE}:
                    facts = facts_said(self._domains(kind, {Kind.GATE, *others}))
                    first = asked_first((self.old, self.new), story, command, people)
                    yield from self._asked(story, command, facts, [one.by for one in first])

    def _asked(
        self,
        story: Story,
        command: Command,
        facts: Iterable[dict[str, Fact]],
        people: Sequence[Actor],
    ) -> Iterator[Act]:
        for said, actor in product(facts, people):
            yield Act(command, actor, story.at, said)

    def _following(self, story: Story, people: Sequence[Actor]) -> Iterator[Act]:
        """Yield one way of asking for each command that both allow; and time passing."""
        for command in asked_of(story.state, story.at):
            asked = (self.old, self.new) if type(command) in self.touched else (self.old,)
            yield from asked_first(asked, story, command, people)
        owed = [one.due for one in story.state.obligations.values()]
        if owed:
            yield Act(do.LetTimePass(story.state.id), CLOCK, min(owed))

    def _concerned(self, story: Story, act: Act) -> bool:
        """
        Say whether a clock that differs may have started: where none did, the same is owed.

        It starts on an event; or because of a wait that nobody owed the end of, and then the old
        policy has just opened a duty that covers it.
        """
        turn = answered(self.old, story, act)
        if not isinstance(turn, Turn):
            return True
        opened = [one.obligation for one in turn.owed if isinstance(one, ObligationOpened)]
        if opened and self._counts_otherwise:
            return True
        waits = (one for one in pending(turn.after) if one.what in self._covering)
        covered = bool(opened) and any(covering(turn.after, wait) in opened for wait in waits)
        return covered or not self._starting.isdisjoint(map(type, turn.decided))

    @cached_property
    def _covering(self) -> frozenset[str]:
        """The rows of `PENDING` that a clock covers which differs."""
        clocks = (*self.old.clocks, *self.new.clocks)
        return frozenset(one.covers for one in clocks if one.id in self.differing)

    @cached_property
    def _starting(self) -> frozenset[type[CaseEvent]]:
        """The events that start a clock which differs; any clock, if all count otherwise."""
        found: set[type[CaseEvent]] = set()
        for clock in (*self.old.clocks, *self.new.clocks):
            if self._counts_otherwise or clock.id in self.differing:
                found |= clock.on
        return frozenset(found)

    def _alike(self, story: Story, act: Act) -> bool:
        """Say whether all rules answer alike, so that nothing else can differ in the ruling."""
        if self._unknown & act.facts.items() or self.old.signatures != self.new.signatures:
            return False
        question = Question(masked(act.command), story.state, act.by, act.at, act.facts)
        return answers(self.old, question) == answers(self.new, question)

    @cached_property
    def _unknown(self) -> frozenset[tuple[str, Fact]]:
        """What the host may say under one policy, and not under the other."""
        old, new = (
            {name: frozenset(domain) for name, domain in policy.domains.items()}
            for policy in (self.old, self.new)
        )
        both = old.keys() & new.keys()
        return frozenset((name, value) for name in both for value in old[name] ^ new[name])

    def _changes(self, story: Story, act: Act) -> tuple[Change, ...]:
        old, new = (Side(policy, answered(policy, story, act)) for policy in (self.old, self.new))
        return tuple(changes(act.command, old, new))

    def read(self, command: type[Command]) -> frozenset[str]:
        """Return the facts that matter to two rulings on a command."""
        kinds = self.touched.get(command)
        return frozenset(self._domains(command, {Kind.GATE, *kinds}) if kinds else ())

    def _domains(self, command: type[Command], kinds: Container[Kind]) -> dict[str, Domain]:
        """Return what rules of these *kinds* read where a command is asked."""
        found: dict[str, Domain] = {}
        for kind, rule in self._speaking_of(command):
            for name, values in rule.reads.items() if kind in kinds else ():
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), *values)))
        return found


def answered(policy: Policy, story: Story, act: Act) -> Answered:
    """Return what comes of an act in a case under *policy*."""
    try:
        return take_turn(policy, story.state, act.command, act.by, act.at, act.facts)
    except (NotAllowedNow, InvalidValue) as refused:
        return refused


_TIME: Final = do.LetTimePass
