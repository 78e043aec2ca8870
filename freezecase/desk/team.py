"""
Who may be given cases: people, what they know, when they work, and how many cases they may have.

A limit is a promise to the customers of those cases: more than that nobody looks after well.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Annotated, Final, Self

import attrs

from freezecase.core.actors import Actor
from freezecase.core.allowed import ORDERED
from freezecase.core.annotated import Check
from freezecase.core.checked import checked, refuse
from freezecase.core.values import Person, Slug
from freezecase.desk.roster import DAY

__all__ = ["Member", "Team"]

_Hour = Annotated[int, Check("an hour from 0 to 24", lambda hour: 0 <= hour <= DAY)]
_MOST: Final = 10_000
_Limit = Annotated[int, Check(f"1 to {_MOST} cases", lambda limit: 1 <= limit <= _MOST)]
_HOUR: Final = timedelta(hours=1)


@checked
class Member:
    """Somebody on the staff who may be given cases."""

    person: Person
    """Who it is, as `staff:id`."""
    queues: Annotated[tuple[Slug, ...], ORDERED] = ()
    """The queues they work on; none named stands for every queue."""
    skills: Annotated[tuple[Slug, ...], ORDERED] = ()
    """What they know. A case that takes a skill goes only to those who have it."""
    limit: _Limit = 20
    """How many open cases they may have at once."""
    languages: Annotated[tuple[Slug, ...], ORDERED] = ()
    """In which they can speak to a customer; whoever speaks theirs is asked first."""
    begins: _Hour = 0
    """The hour, in UTC, at which their day begins."""
    ends: _Hour = DAY
    """The hour at which it ends; up to `begins`, it is the next day's."""

    def __attrs_post_init__(self) -> None:
        """Refuse whoever is not on the staff: a case is looked after by a person."""
        if not self.person.startswith("staff:"):
            raise refuse("Member.person", self.person, "somebody on the staff, as `staff:id`")

    @classmethod
    def of(
        cls,
        staff: Actor | str,
        *,
        queues: Iterable[str] = (),
        skills: Iterable[str] = (),
        limit: int = 20,
        languages: Iterable[str] = (),
        begins: int = 0,
        ends: int = DAY,
    ) -> Self:
        """Return a member, named by an actor or by the id that staff have."""
        person = staff.person if isinstance(staff, Actor) else Actor.staff(staff).person
        return cls(
            person=person,
            queues=tuple(queues),
            skills=tuple(skills),
            limit=limit,
            languages=tuple(languages),
            begins=begins,
            ends=ends,
        )

    def at_work(self, at: datetime) -> bool:
        """Say whether they work at an instant; from one hour to the same hour is always."""
        hour = at.astimezone(UTC).hour
        if self.begins < self.ends:
            return self.begins <= hour < self.ends
        return hour >= self.begins or hour < self.ends

    def back_at(self, at: datetime) -> datetime:
        """Return the first instant from *at* on at which they work."""
        whole = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        hours = (at, *(whole + hour * _HOUR for hour in range(1, DAY + 1)))
        return next(hour for hour in hours if self.at_work(hour))

    def able(self, queue: Slug | None, skill: Slug | None) -> bool:
        """Say whether they work on a queue and have a skill; nothing asked for is had by all."""
        there = not self.queues or queue is None or queue in self.queues
        return there and (skill is None or skill in self.skills)


def _by_person(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda one: one.person))


@attrs.frozen(slots=False)
class Team:
    """The people who may be given cases, each once."""

    members: tuple[Member, ...] = attrs.field(converter=_by_person)

    def __attrs_post_init__(self) -> None:
        """Refuse somebody who is there twice: nobody could say which limit holds."""
        if len(self.by_person) < len(self.members):
            twice = next(
                one.person
                for one, other in zip(self.members, self.members[1:], strict=False)
                if one.person == other.person
            )
            raise refuse("Team.members", twice, "everybody once")

    @classmethod
    def of(cls, *members: Member) -> Self:
        """Return the team of these people."""
        return cls(members)

    @cached_property
    def by_person(self) -> Mapping[Person, Member]:
        """The members, each under who they are."""
        return {one.person: one for one in self.members}
