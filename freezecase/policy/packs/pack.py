"""
A pack: the cited rules of one jurisdiction, as a value, and the clocks that they start in a case.

Not legal advice. A pack says what somebody read, when, and how well it is known; whether it binds a
house, and which part of it, is for the house to say.
"""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Protocol, Self, TypeVar

import attrs

from freezecase.core.allowed import SOME, line
from freezecase.core.checked import checked, replace
from freezecase.core.resolved import Weekday, ZoneKey
from freezecase.core.values import Several, Slug
from freezecase.errors import BadPolicy
from freezecase.policy.calendar import Calendar
from freezecase.policy.clock import Clock, ending_with
from freezecase.policy.packs.binding import clock_of
from freezecase.policy.packs.places import counted_by, places_of
from freezecase.policy.packs.rule import Jurisdiction, PackRule, Words
from freezecase.policy.packs.secrecy import disclosure_of
from freezecase.policy.policy import Policy
from freezecase.policy.rule import Disclosure

__all__ = ["Days", "Pack"]


@checked
class Days:
    """Which days count, as the law of a place says it: the words behind a calendar."""

    id: Slug
    """What rules know them by."""
    own: bool = False
    """Whether they are the opening days of each house: its policy's first calendar counts them."""
    holidays: Words = ""
    """Whose holidays, in words."""
    part: Words = ""
    """Of which part of the country."""
    weekend: Several[Weekday] = ()
    """Which days of the week are off."""
    basis: Words = ""
    """The rule of law that says so."""
    warning: Words = ""
    """What to beware of in counting them."""


@checked
class Pack:
    """The cited rules of one jurisdiction, and the calendars their days may be counted by."""

    id: Slug
    """The name of the pack; its rules' ids begin with it."""
    not_legal_advice: Annotated[str, line(40, 1000)]
    """The line that says so. It goes wherever the pack goes."""
    jurisdiction: Jurisdiction
    """Where its rules hold, unless one says another place."""
    zone: ZoneKey
    """Where the days begin on which its rules come into force."""
    checked_on: date
    """When its sources were read."""
    days: Several[Days] = ()
    """The kinds of days that its rules count."""
    places: Annotated[Several[Calendar], SOME]
    """What days may be counted by, once `at` says which; the first where nobody says."""
    rules: Several[PackRule] = ()
    """In the order of the file."""

    def rule(self, id: str) -> PackRule:
        """
        Return the rule of that id.

        Raises:
            BadPolicy: there is none.

        """
        return _found(id, self.rules, f"pack `{self.id}` has no rule")

    def calendar(self, id: str) -> Calendar:
        """
        Return the calendar of that id.

        Raises:
            BadPolicy: there is none.

        """
        return _found(id, self.places, f"pack `{self.id}` has no calendar")

    @property
    def unverified(self) -> tuple[PackRule, ...]:
        """The rules that are only remembered: listed, and off unless a host names them."""
        return tuple(rule for rule in self.rules if not rule.verified)

    def superseding(self, id: str) -> tuple[PackRule, ...]:
        """Return the rules that take the place of that one."""
        known = self.rule(id).id
        return tuple(rule for rule in self.rules if known in rule.supersedes)

    def on(self, day: date) -> Self:
        """Return the pack with the rules that hold on *day* for what begins on it."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.dates.hold(day)))

    def at(self, place: str | Calendar) -> Self:
        """
        Return the pack with its days counted there: by a calendar of it, or by one of your own.

        Days that each house has for itself stay those of the policy's first calendar.

        Raises:
            BadPolicy: it has no calendar of that id.

        """
        calendar = place if isinstance(place, Calendar) else self.calendar(place)
        others = (one for one in self.places if one.id != calendar.id)
        own = {days.id for days in self.days if days.own}
        rules = (rule if rule.days in own else counted_by(rule, calendar.id) for rule in self.rules)
        return replace(self, places=(calendar, *others), rules=tuple(rules))

    def calendars(self) -> tuple[Calendar, ...]:
        """Return the calendars that its terms name: none, before `at` says which."""
        named = frozenset(name for rule in self.rules for name in places_of(rule))
        return tuple(one for one in self.places if one.id in named)

    def clocks(self, *ids: str) -> tuple[Clock, ...]:
        """
        Return the clocks of the rules named; if none is, of those that start by themselves.

        By itself starts what somebody read, and what concerns every frozen account of whoever is
        bound. What is only remembered, or concerns a part of a house, starts once it is named.
        Before `at` says where, the first calendar of the policy counts their days.

        Raises:
            BadPolicy: there is no such rule, or nothing in a case starts its clock.

        """
        chosen = map(self.rule, ids) if ids else filter(_by_itself, self.rules)
        return tuple(map(self._clock, chosen))

    def disclosures(self, *ids: str) -> tuple[Disclosure, ...]:
        """
        Return the disclosure rules of the rules named; if none is, of all that forbid tipping off.

        What is only remembered keeps back as well: what was kept back can still be told.

        Raises:
            BadPolicy: there is no such rule, or it does not forbid tipping off.

        """
        chosen = map(self.rule, ids) if ids else (rule for rule in self.rules if rule.tipping_off)
        return tuple(map(self._disclosure, chosen))

    def into(self, policy: Policy, *ids: str) -> Policy:
        """
        Return *policy* with these clocks, and with the calendars that they are counted by.

        If none is named, the disclosure rules of the pack come along. Where nobody said `at`, the
        days are counted by the first calendar of the pack. A calendar that the policy has under the
        same id stays the policy's. The role that stands in the end is the one that is accountable
        in the house.

        Raises:
            BadPolicy: as for `clocks`; or the policy has a rule of one of these ids already.

        """
        placed = self if self.calendars() else self.at(self.places[0])
        known = {calendar.id for calendar in policy.calendars}
        more = (one for one in placed.calendars() if one.id not in known)
        clocks = (
            attrs.evolve(clock, demand=ending_with(clock.demand, policy.accountable))
            for clock in placed.clocks(*ids)
        )
        wider = attrs.evolve(policy, calendars=(*policy.calendars, *more))
        return wider.adding(*clocks, *(() if ids else placed.disclosures()))

    def _clock(self, rule: PackRule) -> Clock:
        if rule.bound is None or rule.counted is None:
            raise BadPolicy(f"rule `{rule.id}` of pack `{self.id}` has no clock: {rule.unbound}")
        return clock_of(rule, rule.bound, rule.counted)

    def _disclosure(self, rule: PackRule) -> Disclosure:
        if rule.tipping_off is None:
            there = ", ".join(f"`{one.id}`" for one in self.rules if one.tipping_off) or "none"
            said = f"rule `{rule.id}` of pack `{self.id}` does not forbid tipping off"
            raise BadPolicy(f"{said}: there is {there}")
        return disclosure_of(rule, rule.tipping_off)


def _by_itself(rule: PackRule) -> bool:
    return rule.verified and rule.bound is not None and not rule.bound.only_named


class _WithId(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_WithId)


def _found(id: str, among: Iterable[T], lacking: str) -> T:
    known = {one.id: one for one in among}
    if id not in known:
        near = get_close_matches(id, known, n=3, cutoff=0.4) or sorted(known)[:3]
        said = ", ".join(f"`{one}`" for one in near) or "none"
        raise BadPolicy(f"{lacking} `{id}`: it has {len(known)}, such as {said}")
    return known[id]
