"""
What a calendar said of a stretch of days: stored with a ruling, so that it can be made again.

Law and the data about it change: one calendar-year in five is corrected after the fact, and zones
change their clocks at short notice. Whoever counts again years later counts on this, and asks
neither the holiday package nor the zone files.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Final, Self, TypeAlias

from freezecase.core.allowed import ORDERED, SOME, line, matches
from freezecase.core.annotated import Check
from freezecase.core.checked import checked, refuse, replace
from freezecase.core.values import Instant, Several, Slug

__all__ = [
    "WESTERN",
    "DayOff",
    "MinuteOfDay",
    "Offset",
    "Resolved",
    "Weekday",
    "Weekend",
    "ZoneKey",
    "aware",
    "days_between",
    "trimmed",
]

DAY: Final = timedelta(days=1)

ZoneKey: TypeAlias = Annotated[
    str, matches(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*", "an IANA key as `Europe/London`")
]
"""The key of a time zone. Keys travel between processes; zones read from a file do not."""

MinuteOfDay: TypeAlias = Annotated[
    int, Check("minutes after midnight, 0 to 1440", lambda minute: 0 <= minute <= 24 * 60)
]


class Weekday(StrEnum):
    """The days of a week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_WEEK: Final = tuple(Weekday)


@checked
class Weekend:
    """Which days of the week nobody works, from a day on; from ever, if none is named."""

    days: Annotated[
        Several[Weekday], ORDERED, Check("at most six days", lambda days: len(days) < len(_WEEK))
    ]
    since: date | None = None

    def begun(self, day: date) -> bool:
        """Say whether it holds on *day*, unless a later one does."""
        return self.since is None or self.since <= day


WESTERN: Final = (Weekend(days=(Weekday.SATURDAY, Weekday.SUNDAY)),)
"""Saturday and Sunday, always."""


@checked
class DayOff:
    """A day on which nobody works, and why."""

    day: date
    name: Annotated[str, line(1, 300)]
    estimated: bool = False
    """Whether the date is a forecast: some holidays wait for the moon to be seen."""


@checked
class Offset:
    """How far local time is ahead of UTC, in seconds, from an instant on."""

    at: Instant
    seconds: Annotated[
        int, Check("less than a day either way", lambda seconds: abs(seconds) < 24 * 60 * 60)
    ]

    @property
    def ahead(self) -> timedelta:
        """The same as a length of time."""
        return timedelta(seconds=self.seconds)


def _in_turn(offsets: Several[Offset]) -> bool:
    return all(one.at < other.at for one, other in pairwise(offsets))


@checked
class Resolved:
    """
    Which days are worked from `first` to `last`, and what local clocks show on them.

    Days outside the window are refused, never guessed.
    """

    calendar: Slug
    zone: ZoneKey
    first: date
    last: date
    weekends: Annotated[Several[Weekend], SOME]
    opens: MinuteOfDay
    closes: MinuteOfDay
    offsets: Annotated[Several[Offset], SOME, Check("each later than the one before", _in_turn)]
    holidays: Several[DayOff] | None
    """Those in the window; None when nobody asked, because nothing depended on it."""
    worked: Several[date] = ()
    """Days in the window that are worked although weekend or holiday."""
    source: str = ""
    """Whose holidays: `GB-ENG`, `XSWX`; empty when they are only ours."""
    categories: Several[str] = ()
    package: str = ""
    """The version of the `holidays` package that was asked."""
    tz: str = ""
    """The version of the IANA zone data."""

    def __attrs_post_init__(self) -> None:
        """Refuse a window that ends before it begins."""
        if self.last < self.first:
            raise refuse("Resolved.last", self.last, f"a day from {self.first} on")

    # --- days ----------------------------------------------------------------------------------

    def is_business_day(self, day: date) -> bool:
        """Say whether *day*, which must lie in the window, is worked."""
        self._inside(day)
        return day not in self._off

    def why_off(self, day: date) -> DayOff:
        """Return a day that is not worked, with its reason."""
        return self._named.get(day) or DayOff(day=day, name="weekend")

    @property
    def off(self) -> frozenset[date]:
        """All days of the window that are not worked."""
        return self._off

    @cached_property  # private: of a public one the bytes would hold what it remembers
    def _off(self) -> frozenset[date]:
        window = days_between(self.first, self.last)
        weekend = {day for day in window if _WEEK[day.weekday()] in self._weekend_on(day).days}
        return frozenset((weekend | self._named.keys()) - {*self.worked})

    @cached_property
    def _named(self) -> dict[date, DayOff]:
        if self.holidays is None:
            allowed = (
                "a calendar that was resolved with its holidays: ask `resolve(..., days=True)`"
            )
            raise refuse("Resolved.holidays", None, allowed)
        return {holiday.day: holiday for holiday in self.holidays}

    def _weekend_on(self, day: date) -> Weekend:
        begun = [weekend for weekend in self.weekends if weekend.begun(day)]
        return begun[-1] if begun else Weekend(days=())

    def _inside(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise refuse(
                f"a day of `{self.calendar}`",
                day.isoformat(),
                f"it was resolved from {self.first} to {self.last}: resolve a longer window",
            )

    # --- local time ----------------------------------------------------------------------------

    def local(self, instant: Instant) -> datetime:
        """Return what a local clock shows at *instant*, without a zone."""
        utc = aware(instant).astimezone(UTC)
        begun = [offset for offset in self.offsets if offset.at <= utc] or self.offsets
        shown = (utc + begun[-1].ahead).replace(tzinfo=None)
        self._inside(shown.date())
        return shown

    def instant(self, shown: datetime) -> Instant:
        """
        Return the instant at which a local clock first shows *shown*, or skips it.

        An hour that comes twice is taken the first time. One that never comes, because the clock
        jumps over it, is the instant of the jump: the first that is not before it.
        """
        self._inside(shown.date())
        return self._first_shown(shown)

    def _first_shown(self, shown: datetime) -> Instant:
        utc = shown.replace(tzinfo=UTC)
        offered = ((max(utc - one.ahead, one.at), later) for one, later in _turns(self.offsets))
        return next(at for at, later in offered if later is None or at < later.at)

    def at_minute(self, day: date, minute: int) -> Instant:
        """Return the instant of a minute of a local day; minute 1440 is the end of the day."""
        self._inside(day)
        midnight = datetime.combine(day + DAY * (minute // (24 * 60)), time.min)
        return self._first_shown(midnight + timedelta(minutes=minute % (24 * 60)))

    # --- what to store ---------------------------------------------------------------------------

    def narrowed(self, first: date, last: date) -> Self:
        """Return what it says of fewer days: what a decision rested on, and no more."""
        self._inside(first)
        self._inside(last)
        return replace(
            self,
            first=first,
            last=last,
            holidays=self.holidays
            and tuple(holiday for holiday in self.holidays if first <= holiday.day <= last),
            worked=tuple(day for day in self.worked if first <= day <= last),
            offsets=trimmed(self.offsets, first, last),
        )


def aware(instant: datetime) -> datetime:
    """Return *instant*, or refuse it: without a zone it would be taken for this machine's."""
    if instant.utcoffset() is None:
        raise refuse("an instant", instant.isoformat(), "it takes one with a zone, such as UTC")
    return instant


def trimmed(offsets: Several[Offset], first: date, last: date) -> tuple[Offset, ...]:
    """Return the offsets that can matter on these days, wherever on earth they are counted."""
    begin, end = (datetime.combine(day, time.min, UTC) for day in (first - DAY, last + 2 * DAY))
    there = [
        offset
        for offset, later in _turns(offsets)
        if offset.at < end and (later is None or later.at > begin)
    ]
    changes = [one for before, one in pairwise(there) if one.seconds != before.seconds]
    return (there[0], *changes)


def _turns(offsets: Several[Offset]) -> Iterator[tuple[Offset, Offset | None]]:
    """Yield each offset with the one that follows it, if one does."""
    return zip(offsets, (*offsets[1:], None), strict=True)


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield each day from *first* to *last*, both included."""
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)
