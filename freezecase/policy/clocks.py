"""
When a term ends: pure counting, from an instant and what a calendar said.

Days are counted on the local calendar and only the last step leads back to an instant: 60 local
days are not 60 times 24 hours. A term that ends with a day ends at the midnight after it, so that
nothing is late while the day lasts.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import MAXYEAR, date, datetime, time, timedelta
from typing import Final, NamedTuple

from freezecase.core.checked import checked, refuse
from freezecase.core.obligations import Unit
from freezecase.core.resolved import DayOff, Resolved, ZoneKey
from freezecase.core.values import Instant, Slug
from freezecase.policy.term import (
    ELAPSED,
    Either,
    End,
    Outcome,
    Pick,
    Roll,
    Start,
    Term,
    Terms,
    Yearly,
)

__all__ = ["Deadline", "due", "governing"]

_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = 24 * 60


@checked
class Deadline:
    """When a term ends, and how that was counted."""

    at: Instant
    """The first instant at which it is over."""
    day: date
    """The last day of the term, where it is counted."""
    start: Instant
    counted: str
    """The term in words; of several, the one that governs."""
    outcome: Outcome
    calendar: Slug
    zone: ZoneKey
    skipped: tuple[DayOff, ...] = ()
    """The days off that were passed over, or rolled over."""
    estimated: bool = False
    """Whether it rests on a holiday whose date is a forecast."""

    def in_words(self) -> str:
        """Say the day and how it was counted, in a sentence without a full stop."""
        weekend = sum(off.name == "weekend" for off in self.skipped)
        said = [f"{off.day} {off.name}" for off in self.skipped if off.name != "weekend"]
        said += [f"{weekend} day{'s' * (weekend > 1)} of weekend"] if weekend else []
        without = f", without {', '.join(said)}" if said else ""
        forecast = "; it rests on a holiday whose date is estimated" if self.estimated else ""
        return f"{self.day} in {self.zone}: {self.counted}{without}{forecast}"


def due(term: Terms, start: datetime, resolved: Resolved) -> Deadline:
    """
    Return when *term* ends that begins at *start*, an aware instant, on these resolved days.

    Raises:
        InvalidValue: the start has no zone, or the count leaves the resolved days.

    """
    if isinstance(term, Either):
        return _PICK[term.pick]((due(one, start, resolved) for one in term.of), key=_instant)
    try:
        end = _elapsed(term, start, resolved) or _by_days(term, start, resolved)
    except OverflowError:
        raise refuse("due.term", term.in_words(), "an end before the year 10000") from None
    return Deadline(
        at=end.at,
        day=end.day,
        start=start,
        counted=term.in_words(),
        outcome=term.outcome,
        calendar=resolved.calendar,
        zone=resolved.zone,
        skipped=tuple(resolved.why_off(day) for day in end.skipped),
        estimated=term.asks_days and _rests_on_forecast(resolved, start, end.day),
    )


def governing(deadlines: Iterable[Deadline]) -> Deadline:
    """Return the one that holds of overlapping rules: the earliest duty, the latest minimum."""
    there = list(deadlines)
    kinds = {deadline.outcome.at_least for deadline in there}
    if len(kinds) != 1:
        said = ", ".join(sorted({deadline.outcome for deadline in there})) or "nothing"
        raise refuse("governing", said, "several duties, or several minimums: one kind at a time")
    return (max if kinds.pop() else min)(there, key=_instant)


def _instant(deadline: Deadline) -> Instant:
    return deadline.at


_PICK: Final[Mapping[Pick, Callable[..., Deadline]]] = {Pick.EARLIER: min, Pick.LATER: max}


_Days = tuple[date, tuple[date, ...]]
"""A day, and the days off that were passed over to reach it."""


class _End(NamedTuple):
    at: Instant
    day: date
    skipped: tuple[date, ...] = ()


def _rests_on_forecast(resolved: Resolved, start: datetime, last: date) -> bool:
    """Say whether a holiday in reach may yet move: a moon is seen a day sooner or later."""
    first = resolved.local(start).date() - _DAY
    near = (off for off in resolved.holidays or () if first <= off.day <= last + _DAY)
    return any(off.estimated and off.day not in resolved.worked for off in near)


# --- minutes and hours ---------------------------------------------------------------------------


def _elapsed(term: Term | Yearly, start: datetime, resolved: Resolved) -> _End | None:
    if isinstance(term, Yearly) or term.unit not in ELAPSED:
        return None
    begin, skipped = start, tuple[date, ...]()
    if term.start is Start.CLOSE_OF_BUSINESS:
        day, skipped = _day_of_business(resolved.local(start), resolved)
        begin = resolved.at_minute(day, resolved.closes)
    at = begin + term.count * _LENGTH[term.unit]
    return _End(at, resolved.local(at).date(), skipped)


_LENGTH: Final[Mapping[Unit, timedelta]] = {
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
}


# --- days ----------------------------------------------------------------------------------------


def _by_days(term: Term | Yearly, start: datetime, resolved: Resolved) -> _End:
    local = resolved.local(start)
    last, skipped = _last_day(term, local, resolved)
    rolled, over = _rolled(last, term.roll, resolved)
    if not (isinstance(term, Term) and term.to_the_moment):
        minute = _MIDNIGHT if _to_midnight(term) else resolved.closes
        at = resolved.at_minute(rolled, minute)
    elif rolled == local.date():
        at = start
    else:
        at = resolved.instant(datetime.combine(rolled, local.time()))
    return _End(at, rolled, (*skipped, *over))


def _to_midnight(term: Term | Yearly) -> bool:
    return isinstance(term, Yearly) or term.end is End.END_OF_DAY


def _last_day(term: Term | Yearly, local: datetime, resolved: Resolved) -> _Days:
    """Count from the first day on; *own* is 1 where that day counts itself."""
    if isinstance(term, Yearly):
        this = _clamped(local.year, term.month, term.day)
        late = this < local.date()
        return (_clamped(local.year + 1, term.month, term.day) if late else this), ()
    first, before = _FIRST[term.start](local, resolved)
    own = int(term.start in _COUNTS_ITSELF)
    last, between = _COUNT[term.unit](first, term.count, own, resolved)
    return last, (*before, *between)


def _rolled(last: date, roll: Roll, resolved: Resolved) -> _Days:
    if roll is Roll.NONE or resolved.is_business_day(last):
        return last, ()
    rolled, between = _walked(last, 1, resolved, _STEP[roll])
    return rolled, (last, *between)


_STEP: Final[Mapping[Roll, timedelta]] = {
    Roll.NEXT_BUSINESS_DAY: _DAY,
    Roll.PREVIOUS_BUSINESS_DAY: -_DAY,
}


def _walked(day: date, count: int, resolved: Resolved, step: timedelta = _DAY) -> _Days:
    """Walk over *count* business days; return the last, and the days off on the way."""
    skipped: list[date] = []
    while count:
        day += step
        if resolved.is_business_day(day):
            count -= 1
        else:
            skipped.append(day)
    return day, tuple(skipped)


def _the_day(local: datetime, _: Resolved) -> _Days:
    return local.date(), ()


def _day_of_business(local: datetime, resolved: Resolved) -> _Days:
    """Return the day at whose close of business a thing is taken to have come in."""
    day = local.date()
    closes = datetime.combine(day, time.min) + timedelta(minutes=resolved.closes)
    if resolved.is_business_day(day) and local <= closes:
        return day, ()
    return _walked(day, 1, resolved)


def _months(day: date, count: int, own: int) -> date:
    """
    Return the day of the same number *count* months on, or the last of a month that lacks it.

    Where the first day counts itself, the period ends with the day before that number; a month
    that lacks the number still ends it with its last day (as § 188 (2) and (3) BGB have it).
    """
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    there = _clamped(year, month + 1, day.day)
    return there - own * _DAY if there.day == day.day else there


def _clamped(year: int, month: int, day: int) -> date:
    if year > MAXYEAR:
        raise OverflowError
    return date(year, month, min(day, monthrange(year, month)[1]))


_FIRST: Final[Mapping[Start, Callable[[datetime, Resolved], _Days]]] = {
    Start.MOMENT: _the_day,
    Start.NEXT_DAY: _the_day,
    Start.SAME_DAY: _the_day,
    Start.NEXT_BUSINESS_DAY: lambda local, resolved: _walked(local.date(), 1, resolved),
    Start.CLOSE_OF_BUSINESS: _day_of_business,
}
_COUNTS_ITSELF: Final = frozenset({Start.SAME_DAY, Start.NEXT_BUSINESS_DAY})
_COUNT: Final[Mapping[Unit, Callable[[date, int, int, Resolved], _Days]]] = {
    Unit.DAYS: lambda day, count, own, _: (day + (count - own) * _DAY, ()),
    Unit.WEEKS: lambda day, count, own, _: (day + (7 * count - own) * _DAY, ()),
    Unit.BUSINESS_DAYS: lambda day, count, own, resolved: _walked(
        day - own * _DAY, count, resolved
    ),
    Unit.MONTHS: lambda day, count, own, _: (_months(day, count, own), ()),
    Unit.YEARS: lambda day, count, own, _: (_months(day, 12 * count, own), ()),
}
