"""Counting with a calendar at hand: look up as many days as it takes, keep those that mattered."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from freezecase.core.checked import checked
from freezecase.core.obligations import Unit
from freezecase.core.resolved import Resolved
from freezecase.policy.calendar import Calendar, resolve
from freezecase.policy.clocks import Deadline, due
from freezecase.policy.term import Either, Terms, Yearly

__all__ = ["Reckoning", "reckon"]

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
    looked_at = [whole.local(start).date(), deadline.day, *(off.day for off in deadline.skipped)]
    kept = whole.narrowed(min(looked_at) - _MARGIN, max(looked_at) + _MARGIN)
    return Reckoning(deadline=deadline, resolved=kept)


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
