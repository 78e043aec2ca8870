"""Counting with a calendar at hand: look up as many days as it takes, keep those that mattered."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from freezecase.core.checked import checked
from freezecase.core.obligations import Unit, Within
from freezecase.core.resolved import Resolved
from freezecase.errors import InvalidValue
from freezecase.policy.calendar import Calendar, resolve
from freezecase.policy.clocks import Deadline, due
from freezecase.policy.term import ELAPSED, Either, Term, Terms, Yearly, plain_term

__all__ = ["Reckoner", "Reckoning", "reckon"]

_MARGIN: Final = timedelta(days=1)
"""By so much a holiday may move that is a forecast."""
_LONGEST_REST: Final = timedelta(days=31)
"""More days off in a row than any calendar has."""


@checked
class Reckoning:
    """When a term ends, and all that this rests on: store both, and it can be counted again."""

    deadline: Deadline
    resolved: Resolved


def reckon(term: Terms, start: datetime, calendar: Calendar) -> Reckoning:
    """Return when *term* ends that begins at *start*, with what *calendar* said of those days."""
    begin = start.date()
    rest = _LONGEST_REST + len(calendar.closed) * _MARGIN
    whole = resolve(calendar, begin - rest, begin + _reach(term) + rest, days=term.asks_days)
    deadline = due(term, start, whole)
    return Reckoning(deadline=deadline, resolved=whole.narrowed(*_window(deadline, whole)))


def _window(deadline: Deadline, days: Resolved) -> tuple[date, date]:
    """Return the first and the last day that a count rests on."""
    begin = days.local(deadline.start).date()
    looked_at = [begin, deadline.day, *(off.day for off in deadline.skipped)]
    return min(looked_at) - _MARGIN, max(looked_at) + _MARGIN


def _reach(term: Terms) -> timedelta:
    """Return a length of time in which a term is over for certain."""
    if isinstance(term, Either):
        return max(_reach(one) for one in term.of)
    return timedelta(days=366) if isinstance(term, Yearly) else term.count * _AT_MOST[term.unit]


_AT_MOST: Final[Mapping[Unit, timedelta]] = {
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.DAYS: timedelta(days=1),
    Unit.BUSINESS_DAYS: timedelta(days=7),  # the shortest week has one
    Unit.WEEKS: timedelta(days=7),
    Unit.MONTHS: timedelta(days=31),
    Unit.YEARS: timedelta(days=366),
}


_CENTURY: Final = timedelta(days=36_600)
_END_OF_DATES: Final = datetime.max.replace(tzinfo=UTC)
_BEGIN_OF_DATES: Final = datetime(1901, 1, 1, tzinfo=UTC)


class Reckoner:
    """Counts for one turn, by the calendars of one policy, and remembers what it counted on."""

    def __init__(
        self,
        calendars: tuple[Calendar, ...],
        now: datetime,
        recorded: tuple[Resolved, ...] = (),
    ) -> None:
        """
        Begin with nothing counted; the first calendar serves wherever none is named.

        What is *recorded* of a calendar is counted on as it was, as far as it goes; a count that
        leaves those days asks the calendar of today.
        """
        self.now = now
        self._recorded = {one.calendar: one for one in recorded}
        self._calendars = calendars
        self._windows: dict[str, tuple[date, date, bool]] = {}

    def due(self, length: Within | Terms, start: datetime) -> datetime:
        """
        Return when *length* is over that begins at *start*.

        What gives more than a hundred years is never over: no calendar says so much, and whatever
        somebody wrote into a demand, its case must go on. What began before the days of any
        calendar is over, a hundred years or not.
        """
        if _for_ever(length):
            return _END_OF_DATES
        if start < _BEGIN_OF_DATES:
            return start
        if isinstance(length, Within):
            if length.unit in ELAPSED:
                return start + length.count * _AT_MOST[length.unit]  # no calendar is asked
            length = _plain(length)
        calendar = self._calendar(length)
        at, first, last = self._counted(length, calendar, _known_by(length, start))
        self._remember(calendar, first, last, days=length.asks_days)
        return at

    @property
    def calendars(self) -> tuple[Resolved, ...]:
        """What the calendars said of all the days that were counted."""
        return tuple(
            self._said(calendar, *self._windows[calendar.id])
            for calendar in self._calendars
            if calendar.id in self._windows
        )

    def _counted(
        self, length: Terms, calendar: Calendar, start: datetime
    ) -> tuple[datetime, date, date]:
        known = self._recorded.get(calendar.id)
        if known is not None:
            try:
                deadline = due(length, start, known)
                return deadline.at, *_window(deadline, known)
            except InvalidValue:  # it was counted otherwise then, and on fewer days
                del self._recorded[calendar.id]
        return _counted(length, calendar, start)

    def _said(self, calendar: Calendar, first: date, last: date, days: bool) -> Resolved:  # noqa: FBT001 - as it is kept
        known = self._recorded.get(calendar.id)
        if known is None:
            return resolve(calendar, first, last, days=days)
        return known.narrowed(max(first, known.first), min(last, known.last))

    def _calendar(self, length: Terms) -> Calendar:
        named = _named(length)
        return next((one for one in self._calendars if one.id == named), self._calendars[0])

    def _remember(self, calendar: Calendar, first: date, last: date, *, days: bool) -> None:
        known = self._windows.get(calendar.id, (first, last, False))
        window = min(first, known[0]), max(last, known[1]), days or known[2]
        self._windows[calendar.id] = window


def _for_ever(length: Within | Terms) -> bool:
    if isinstance(length, Either):
        return any(map(_for_ever, length.of))
    return not isinstance(length, Yearly) and length.count > _CENTURY // _AT_MOST[length.unit]


_plain = lru_cache(maxsize=256)(plain_term)


def _named(length: Terms) -> str | None:
    return _named(length.of[0]) if isinstance(length, Either) else length.calendar


def _known_by(length: Terms, start: datetime) -> datetime:
    """
    Return the instant by which a count is looked up.

    What is counted in whole days comes out the same all minute long, whatever the second.
    """
    exact = isinstance(length, Either) or (isinstance(length, Term) and length.to_the_moment)
    return start if exact else start.replace(second=0, microsecond=0)


@lru_cache(maxsize=4096)
def _counted(length: Terms, calendar: Calendar, start: datetime) -> tuple[datetime, date, date]:
    """Count once what thousands of cases ask for at one time."""
    reckoned = reckon(length, start, calendar)
    return reckoned.deadline.at, reckoned.resolved.first, reckoned.resolved.last
