"""
Who is given which case: by skill and load, under limits. A pure function of what waits.

* The most urgent case is given first: by priority, by due time, by who waits longest, by its id.
* It goes to somebody at work who works on its queue and has its skill, is not full, and may have
  it: not whoever made the decision that is contested, proposed or approved the release that
  somebody else must approve, or gave the case away already (so nothing goes from A to B to A).
* Of those, who speaks the customer's language comes first; then who has the smallest part of what
  they may have; then who was given nothing for longest; then the id decides.
* Where nobody can take it, it is said why. Where nobody of them is at work, and somebody with room
  comes before it is due, it waits for them.

So no limit is ever broken, and nobody who could take a waiting case has room. It is the same in
whatever order the cases and the people are told, and run again it finds nothing more to do.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

import attrs

from freezecase.core.values import Instant, Person, Slug
from freezecase.desk.team import Member, Team

__all__ = ["Given", "Hands", "Plan", "Stuck", "Waiting", "Why", "route"]


@attrs.frozen(kw_only=True)
class Waiting:
    """A case that nobody looks after, and in which there is something to do."""

    case: UUID
    queue: Slug | None = None
    """Whose work it is; nothing if no ruling says so, and then everybody's."""
    skill: Slug | None = None
    priority: int = 3
    """1 comes first."""
    due: Instant | None = None
    since: Instant
    language: Slug | None = None
    """The customer's, if it is known."""
    never: frozenset[Person] = frozenset()
    """To whom it must not go."""


@attrs.frozen(kw_only=True)
class Hands:
    """What somebody has in hand."""

    open: int = 0
    """How many open cases they look after, or were offered."""
    given_at: Instant | None = None
    """When they were last given one of these; nothing if they have none."""


FREE: Final = Hands()


class Why(StrEnum):
    """Why nobody can take a case."""

    FULL = "full"
    """Everybody at work who could take it has as much as they may have."""
    AWAY = "away"
    """Whoever could take it is not at work, and does not come before it is due."""
    BARRED = "barred"
    """Whoever could take it must not have it."""
    UNSKILLED = "unskilled"
    """Nobody in the team works on its queue and has its skill."""


@attrs.frozen(kw_only=True)
class Given:
    """A case, and who is given it."""

    case: UUID
    to: Person


@attrs.frozen(kw_only=True)
class Stuck:
    """A case that nobody can take, and why."""

    case: UUID
    queue: Slug | None
    skill: Slug | None
    why: Why


@attrs.frozen(kw_only=True)
class Plan:
    """Who is given what, and what nobody can take: the most urgent first."""

    given: tuple[Given, ...]
    stuck: tuple[Stuck, ...]
    later: tuple[UUID, ...]
    """What waits for somebody who comes to work in time."""


def route(
    waiting: Iterable[Waiting], team: Team, hands: Mapping[Person, Hands], now: datetime
) -> Plan:
    """Return who is given which case *now*; *hands* says what each of the team has already."""
    desk = _Desk(team, hands, now)
    given: list[Given] = []
    stuck: list[Stuck] = []
    later: list[UUID] = []
    for case in sorted(waiting, key=_urgency):
        able = desk.able(case.queue, case.skill)
        allowed = [one for one in able if one.person not in case.never]
        free = [one for one in allowed if desk.free(one)]
        if free:
            given.append(Given(case=case.case, to=desk.give(case, free)))
        elif (why := desk.why(case, able, allowed)) is None:
            later.append(case.case)
        else:
            stuck.append(Stuck(case=case.case, queue=case.queue, skill=case.skill, why=why))
    return Plan(given=tuple(given), stuck=tuple(stuck), later=tuple(later))


def _urgency(case: Waiting) -> tuple[int, bool, float, float, UUID]:
    due = 0.0 if case.due is None else case.due.timestamp()
    return case.priority, case.due is None, due, case.since.timestamp(), case.case


class _Desk:
    """What everybody has in hand, as cases are given."""

    def __init__(self, team: Team, hands: Mapping[Person, Hands], now: datetime) -> None:
        self._team, self._now = team, now
        self._hands = {one.person: hands.get(one.person, FREE) for one in team.members}
        self._there = {one.person for one in team.members if one.at_work(now)}
        self._able: dict[tuple[Slug | None, Slug | None], tuple[Member, ...]] = {}

    def able(self, queue: Slug | None, skill: Slug | None) -> tuple[Member, ...]:
        """Return who works on a queue and has a skill; thousands of cases ask for the same."""
        if (queue, skill) not in self._able:
            able = (one for one in self._team.members if one.able(queue, skill))
            self._able[queue, skill] = tuple(able)
        return self._able[queue, skill]

    def free(self, member: Member) -> bool:
        """Say whether somebody is at work and has room."""
        return member.person in self._there and self._room(member)

    def why(self, case: Waiting, able: Sequence[Member], allowed: Sequence[Member]) -> Why | None:
        """Say why nobody takes a case; nothing if somebody with room comes before it is due."""
        if not able:
            return Why.UNSKILLED
        if not allowed:
            return Why.BARRED
        roomy = [one for one in allowed if self._room(one)]
        if not roomy or any(one.person in self._there for one in allowed):
            return Why.FULL
        comes = min(one.back_at(self._now) for one in roomy)
        return None if case.due is None or comes < case.due else Why.AWAY

    def give(self, case: Waiting, free: Iterable[Member]) -> Person:
        """Give a case to whom it goes; return who that is."""
        to = min(free, key=lambda one: self._turn(case, one)).person
        self._hands[to] = Hands(open=self._hands[to].open + 1, given_at=self._now)
        return to

    def _room(self, member: Member) -> bool:
        return self._hands[member.person].open < member.limit

    def _turn(self, case: Waiting, member: Member) -> tuple[bool, Fraction, float, Person]:
        hand = self._hands[member.person]
        speaks = case.language is None or case.language in member.languages
        idle_since = float("-inf") if hand.given_at is None else hand.given_at.timestamp()
        return not speaks, Fraction(hand.open, member.limit), idle_since, member.person
