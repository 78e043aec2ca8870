"""
Surge: when a desk is overrun it says so, and other rules are in force, openly, until it is not.

`SurgeRules.step` goes from what the load is to whether it is surge: pure, and with two lines, so
that nothing flaps. `surge_book` makes of that the policies by date; `surging` gives the promises
that were made already a new time, and tells the customers.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import attrs

from freezecase.core.checked import refuse
from freezecase.core.obligations import Rung, Within
from freezecase.core.values import Instant, Slug
from freezecase.desk.relief import USUAL, Pressure, Relief, SurgePolicy

__all__ = ["HUMAN", "Load", "Spell", "Surge", "SurgeRules", "Threshold", "rehearsed"]

HUMAN: Final = "human"
"""The duty that a person joins; no surge touches it."""


@attrs.frozen(kw_only=True)
class Load:
    """How it stands at the desk at an instant."""

    at: Instant
    waiting: int
    """How many customers wait for an answer, or for a person."""
    longest: timedelta = timedelta()
    """How long the one of them has waited who waits longest."""


@attrs.frozen(kw_only=True)
class Threshold:
    """A line that the load crosses: so many who wait, so long a wait, or both; nothing: no line."""

    waiting: int | None = None
    longest: timedelta | None = None

    def reached(self, load: Load) -> bool:
        """Say whether any of its lines is reached."""
        many = self.waiting is not None and load.waiting >= self.waiting
        return many or (self.longest is not None and load.longest >= self.longest)

    def calm(self, load: Load) -> bool:
        """Say whether the load is no higher than any of its lines."""
        few = self.waiting is None or load.waiting <= self.waiting
        return few and (self.longest is None or load.longest <= self.longest)


@attrs.frozen(kw_only=True)
class Spell:
    """One time of surge."""

    since: Instant
    until: Instant | None = None
    """The first instant after it; nothing while it lasts."""

    def holds(self, at: datetime) -> bool:
        """Say whether an instant lies in it."""
        return self.since <= at and (self.until is None or at < self.until)


@attrs.frozen
class Surge:
    """Every time of surge so far. Keep it: what `step` returns is all there is to know."""

    spells: tuple[Spell, ...] = ()

    @property
    def spell(self) -> Spell | None:
        """The time of surge whose end nobody knows yet; nothing if there is none."""
        return self.spells[-1] if self.spells and self.spells[-1].until is None else None

    def at(self, instant: datetime) -> Spell | None:
        """Return the time of surge in which an instant lies, if it lies in one."""
        return next((one for one in reversed(self.spells) if one.holds(instant)), None)


def _frozen(table: Mapping[Slug, tuple[Rung, ...]]) -> Mapping[Slug, tuple[Rung, ...]]:
    return MappingProxyType({name: tuple(table[name]) for name in sorted(table)})


def _lengths(table: Mapping[Slug, Within]) -> Mapping[Slug, Within]:
    return MappingProxyType({name: table[name] for name in sorted(table)})


@attrs.frozen(kw_only=True)
class SurgeRules:
    """When it is surge, and what is in force then: published beforehand, switched by numbers."""

    enter: Threshold
    """From here on it is surge: any one of these is enough."""
    leave: Threshold
    """Down to here it is over: all of these are needed, and each is lower than in `enter`."""
    shortest: timedelta = timedelta(hours=1)
    """A time of surge lasts at least so long: rules that change by the minute are no rules."""
    ahead: timedelta = timedelta(minutes=1)
    """
    How long before it takes effect a switch is known, so that every process judges alike.

    What is asked after that must be asked of a book that knows; one process alone needs none.
    """
    name: Slug = "surge"
    """What the editions are named after; other rules take another name."""
    text: Slug = "surge-service"
    """The text that is published while it lasts."""
    usual_text: Slug = "usual-service"
    ladders: Mapping[Slug, tuple[Rung, ...]] = attrs.field(factory=dict, converter=_frozen)
    """The ladders in force in surge, each under the id of its clock."""
    promises: Mapping[Slug, Within] = attrs.field(factory=dict, converter=_lengths)
    """How long from now each promise takes in surge; what is not named keeps its time."""

    def __attrs_post_init__(self) -> None:
        """Refuse lines that would let the rules flap, or never switch."""
        for name in ("waiting", "longest"):
            enter, leave = getattr(self.enter, name), getattr(self.leave, name)
            if (enter is None) != (leave is None):
                raise refuse(f"SurgeRules.leave.{name}", leave, "a line wherever `enter` has one")
            if enter is not None and leave >= enter:
                raise refuse(f"SurgeRules.leave.{name}", leave, f"less than `enter`, {enter}")
        if self.enter == Threshold():
            raise refuse("SurgeRules.enter", "nothing", "`waiting`, `longest`, or both")
        if self.shortest <= timedelta():
            raise refuse("SurgeRules.shortest", self.shortest, "more than no time")
        if self.ahead < timedelta():
            raise refuse("SurgeRules.ahead", self.ahead, "no time, or more: the past is judged")
        if HUMAN in self.promises:
            raise refuse("SurgeRules.promises", HUMAN, "no promise of a person: that time stands")

    def step(self, load: Load, surge: Surge) -> Surge:
        """Return what it is once the load is such; between the two lines it stays as it was."""
        spell, switch = surge.spell, load.at + self.ahead
        if spell is None:
            over = surge.spells[-1].until if surge.spells else None
            begins = self.enter.reached(load) and (over is None or over <= switch)
            return Surge((*surge.spells, Spell(since=switch))) if begins else surge
        if not self.leave.calm(load) or switch < spell.since + self.shortest:
            return surge
        return Surge((*surge.spells[:-1], Spell(since=spell.since, until=switch)))

    def published(self, surge: Surge, at: datetime) -> Slug:
        """Return which text the exchange publishes at an instant."""
        return self.usual_text if surge.at(at) is None else self.text


def rehearsed(rules: SurgeRules, relief: Relief) -> SurgePolicy:
    """
    Return the rules as a rehearsal of the desk takes them: the same lines of who waits.

    *relief* is what they are worth to the desk. A line of time is not rehearsed.
    """
    enter, leave = rules.enter.waiting, rules.leave.waiting
    if enter is None or leave is None:
        raise refuse("SurgeRules.enter.waiting", enter, "a number of who waits, to be rehearsed")

    def policy(pressure: Pressure) -> Relief:
        stays = pressure.relief == relief and pressure.waiting > leave
        return relief if stays or pressure.waiting >= enter else USUAL

    return policy
