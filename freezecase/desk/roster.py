"""Who is on duty when, around the clock, and how many people that takes."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from typing import Final, Self

import attrs

from freezecase.core.checked import refuse
from freezecase.desk.erlang import MOST_STAFF

__all__ = ["DAY", "SHIFTS", "WEEK", "Contract", "Roster", "shift_of"]

DAY: Final = 24
WEEK: Final = 7 * DAY
SHIFTS: Final = (0, 8, 16)
"""The hours, in UTC, at which shifts usually begin here."""


def shift_of(starts: Sequence[int]) -> tuple[int, ...]:
    """
    Return for each hour of a day which shift it belongs to; the last one goes on past midnight.

    Raises:
        InvalidValue: the shifts do not begin at different hours of a day, in order.

    """
    inside = all(type(hour) is int and 0 <= hour < DAY for hour in starts)
    if not starts or not inside or any(one >= other for one, other in pairwise(starts)):
        raise refuse("starts", tuple(starts), "hours from 0 to 23, each once, in order")
    begun = [sum(start <= hour for start in starts) for hour in range(DAY)]
    return tuple((count - 1) % len(starts) for count in begun)


@attrs.frozen(kw_only=True)
class Roster:
    """How many people are on duty, hour by hour; after its last hour it begins anew."""

    staff: tuple[int, ...]

    def __attrs_post_init__(self) -> None:
        """Refuse a roster on which nobody ever works."""
        if not all(type(one) is int and 0 <= one <= MOST_STAFF for one in self.staff):
            raise refuse("Roster.staff", self.staff, f"whole numbers from 0 to {MOST_STAFF:,}")
        if not any(self.staff):
            raise refuse("Roster.staff", self.staff, "somebody on duty in at least one hour")

    @classmethod
    def of_shifts(cls, staff: Sequence[int], starts: Sequence[int] = SHIFTS) -> Self:
        """Return the roster on which each shift has its people, the same every day."""
        shifts = shift_of(starts)
        if len(staff) != len(starts):
            raise refuse("staff", tuple(staff), f"a number for each of {len(starts)} shifts")
        return cls(staff=tuple(staff[shift] for shift in shifts))

    def on_duty(self, hour: int) -> int:
        """Return how many people are on duty in an hour, counted from the first one."""
        return self.staff[hour % len(self.staff)]

    @property
    def hours_a_week(self) -> float:
        """How many hours all of them work in a week."""
        return sum(self.staff) * WEEK / len(self.staff)


@attrs.frozen(kw_only=True)
class Contract:
    """What one person works: so many hours a week, less what they are away."""

    hours: float = 40.0
    """Paid hours a week."""
    away: float = 0.3
    """The part of them in which they are not at the desk: holidays, illness, training, breaks."""

    def __attrs_post_init__(self) -> None:
        """Refuse a contract under which nobody works."""
        if not 0 < self.hours <= WEEK:
            raise refuse("Contract.hours", self.hours, f"more than 0, at most {WEEK} hours a week")
        if not 0 <= self.away < 1:
            raise refuse("Contract.away", self.away, "a part of the hours: 0 or more, less than 1")

    def employed(self, roster: Roster) -> int:
        """Return how many people have to be employed to fill a roster."""
        return ceil(roster.hours_a_week / (self.hours * (1 - self.away)))

    def in_words(self) -> str:
        """Say it in a phrase."""
        return f"{self.hours:g} paid hours a week, {self.away:.0%} of them away from the desk"
