"""
A policy is a frozen record of named rules, and `judge` makes their one ruling.

1. Nothing is allowed unless a rule allows it.
2. One FORBID, and one REQUIRE that is not there yet, beats every ALLOW.
3. A rule that raises or answers rubbish forbids, and is named: a bug never lets anything through.

Order cannot matter: rules are kept and reported by their id.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, Self, TypeAlias

import attrs

from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent
from freezecase.core.obligations import Demand, chain
from freezecase.core.ruling import Fact, PolicyRef
from freezecase.errors import BadPolicy
from freezecase.policy.calendar import Calendar
from freezecase.policy.clock import Clock
from freezecase.policy.digest import digest_of
from freezecase.policy.effective import ALWAYS, Anchors
from freezecase.policy.rule import Kind, Rule, counted_well, named_well
from freezecase.policy.term import Either, Terms

__all__ = ["UTC_DAYS", "AnyRule", "Policy"]

AnyRule: TypeAlias = Rule[Any] | Clock

UTC_DAYS: Final = Calendar(id="utc", zone="UTC")
"""Days in UTC, Monday to Friday worked, no holidays: what a policy counts by unless it says."""


def _by_id(rules: Iterable[AnyRule]) -> tuple[AnyRule, ...]:
    given: tuple[Any, ...] = tuple(rules)
    for one in given:
        if not isinstance(one, Rule | Clock):
            name = getattr(one, "__name__", type(one).__name__)
            makers = "`gate`, `plan`, `route`, `disclosure` or `Clock`"
            raise BadPolicy(f"`{name}` is no rule: make one with {makers}")
    found = tuple(sorted(given, key=lambda one: one.id))
    for one, other in pairwise(found):
        if one.id == other.id:
            raise BadPolicy(f"two rules are named `{one.id}`: replace one, or rename it")
    return found


@attrs.frozen(slots=False)
class Policy:
    """Named rules, of five kinds. Change a policy by making another: `adding`, `without`."""

    name: str
    version: int
    rules: tuple[AnyRule, ...] = attrs.field(converter=_by_id, default=())
    signatures: int = 1
    """How many approvals a release takes."""
    calendars: tuple[Calendar, ...] = attrs.field(
        default=(UTC_DAYS,), converter=tuple[Calendar, ...]
    )
    """What days are counted by; the first wherever a rule names none."""
    accountable: str = "accountable"
    """The role that stands in the end for whatever nobody else did."""

    def __attrs_post_init__(self) -> None:
        """Refuse what could not be put on record, counted, or asked."""
        named_well("the name of a policy", self.name)
        counted_well(f"the version of policy `{self.name}`", self.version)
        counted_well(f"the signatures of policy `{self.name}`", self.signatures)
        named_well(f"the accountable role of policy `{self.name}`", self.accountable)
        self._check_calendars()
        _ = self.domains

    def _check_calendars(self) -> None:
        if not self.calendars:
            raise BadPolicy(f"policy `{self.name}` has no calendar: give it one to count days by")
        known = {calendar.id for calendar in self.calendars}
        for clock in self.clocks:
            for calendar in _calendars(clock):
                if calendar is not None and calendar not in known:
                    there = ", ".join(f"`{one}`" for one in sorted(known))
                    raise BadPolicy(
                        f"clock `{clock.id}` counts by calendar `{calendar}`, and policy "
                        f"`{self.name}` has {there}"
                    )

    def adding(self, *rules: AnyRule) -> Self:
        """Return this policy with more rules."""
        return attrs.evolve(self, rules=(*self.rules, *rules))

    def without(self, *ids: str) -> Self:
        """Return this policy without the rules named."""
        unknown = set(ids) - {one.id for one in self.rules}
        if unknown:
            raise BadPolicy(f"policy `{self.name}` has no rule `{min(unknown)}`")
        return attrs.evolve(self, rules=tuple(one for one in self.rules if one.id not in ids))

    def replacing(self, *rules: AnyRule) -> Self:
        """Return this policy with the rules of the same ids replaced."""
        return self.without(*(one.id for one in rules)).adding(*rules)

    def named(self, name: str, version: int = 1) -> Self:
        """Return these rules under another name: what a house makes of `standard()`."""
        return attrs.evolve(self, name=name, version=version)

    def rule(self, id: str) -> AnyRule | None:
        """Return the rule of that id, if there is one."""
        return next((one for one in self.rules if one.id == id), None)

    def about(self, id: str) -> tuple[str, ...]:
        """Return what is known of a rule: its sentence and its source; nothing of one it lacks."""
        rule = self.rule(id)
        if rule is None:
            return ()
        return tuple(filter(None, (rule.says, f"source: {rule.source}" if rule.source else "")))

    @cached_property
    def ref(self) -> PolicyRef:
        """What a ruling stores of it: name, version, and a digest of all it consists of."""
        known: Policy | None = self.__dict__.get("_known_as")
        if known is not None:
            return known.ref
        return PolicyRef(name=self.name, version=self.version, digest=digest_of(self))

    def being(self, policy: "Policy") -> Self:
        """Return this policy known as *policy*: the same one on another day, or under guard."""
        other = attrs.evolve(self)
        other.__dict__["_known_as"] = policy  # its digest is made only when a ruling needs it
        return other

    @cached_property
    def clocks(self) -> tuple[Clock, ...]:
        """The rules that say what is owed."""
        return tuple(one for one in self.rules if isinstance(one, Clock))

    @cached_property
    def domains(self) -> dict[str, tuple[Fact, ...]]:
        """The facts that rules read, each with the values it may have."""
        found: dict[str, tuple[Fact, ...]] = {}
        for rule in self.rules:
            for name, values in () if isinstance(rule, Clock) else rule.reads.items():
                known = found.setdefault(name, tuple(values))
                if _exactly(known) != _exactly(values):
                    raise BadPolicy(
                        f"rule `{rule.id}` reads fact `{name}` as one of {tuple(values)}, another "
                        f"rule as one of {known}: let them agree"
                    )
        return found

    def speaking_of(self, command: type[Command]) -> tuple[tuple[Kind, Rule[Any]], ...]:
        """Return the rules that speak of this kind of command, with their kinds."""
        known = self._speaking
        if command not in known:
            known[command] = tuple(
                (one.kind, one)
                for one in self.rules
                if not isinstance(one, Clock) and one.speaks_of(command)
            )
        return known[command]

    def started_by(self, event: type[CaseEvent]) -> tuple[Clock, ...]:
        """Return the clocks that this kind of event may start."""
        known = self._started
        if event not in known:
            known[event] = tuple(one for one in self.clocks if event in one.on)
        return known[event]

    def covering(self, what: str) -> tuple[Clock, ...]:
        """Return the clocks that cover a row of `PENDING`."""
        return self._covering.get(what, ())

    def on(self, anchors: Anchors) -> Self:
        """Return the policy with the rules that are in force for a case of these dates."""
        if not self._dated:
            return self
        out = frozenset(one.id for one in self._dated if not one.effective.holds(anchors))
        known = self._narrowed
        if out not in known:
            rules = tuple(one for one in self.rules if one.id not in out)
            known[out] = attrs.evolve(self, rules=rules).being(self)
        return known[out]

    @cached_property
    def _dated(self) -> tuple[AnyRule, ...]:
        return tuple(one for one in self.rules if one.effective != ALWAYS)

    @cached_property
    def _covering(self) -> dict[str, tuple[Clock, ...]]:
        waits = {one.covers for one in self.clocks}
        return {what: tuple(one for one in self.clocks if one.covers == what) for what in waits}

    @cached_property
    def _speaking(self) -> dict[type[Any], tuple[tuple[Kind, Rule[Any]], ...]]:
        return {}

    @cached_property
    def _started(self) -> dict[type[Any], tuple[Clock, ...]]:
        return {}

    @cached_property
    def _narrowed(self) -> dict[frozenset[str], Self]:
        return {}


def _exactly(values: Iterable[Fact]) -> frozenset[tuple[type[Any], Fact]]:
    """Return a domain so that yes is not 1, and the order in which it is told does not matter."""
    return frozenset((type(value), value) for value in values)


def _calendars(clock: Clock) -> Iterator[str | None]:
    """Yield every calendar that a clock counts by; none where the policy's first will do."""
    yield from _of_demand(clock.demand)
    if clock.term is not None:
        yield from _of_term(clock.term)


def _of_demand(demand: Demand) -> Iterator[str | None]:
    return (rung.within.calendar for one in chain(demand) for rung in one.ladder)


def _of_term(term: Terms) -> Iterator[str | None]:
    if isinstance(term, Either):
        for one in term.of:
            yield from _of_term(one)
    else:
        yield term.calendar
