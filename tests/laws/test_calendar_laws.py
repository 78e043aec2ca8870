"""Laws of counting: whatever the zone, the weekend and the holidays."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from freezecase.core.obligations import Unit
from freezecase.core.resolved import WESTERN, DayOff, Resolved, Weekday, Weekend, days_between
from freezecase.errors import InvalidValue
from freezecase.policy import calendar as module
from freezecase.policy.budget import Budget, Hours, Running, runs_out, spend
from freezecase.policy.calendar import Calendar, resolve
from freezecase.policy.clocks import due
from freezecase.policy.reckon import Reckoning, reckon
from freezecase.policy.term import ELAPSED, Either, End, Pick, Roll, Start, Term, Terms, Yearly
from tests.laws.settings import QUICK
from tests.policy.calendars import CALENDARS

ZONES = (
    *("UTC", "Europe/London", "America/New_York", "America/Havana", "Africa/Cairo"),
    *("Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Honolulu"),
)
FRIDAYS = (Weekend(days=(Weekday.FRIDAY, Weekday.SATURDAY)),)
SUNDAYS = (Weekend(days=(Weekday.SUNDAY,)), Weekend(days=WESTERN[0].days, since=date(2027, 1, 1)))
FIRST, LAST = date(2025, 1, 1), date(2035, 12, 31)
_REST = (
    *(date(2026, 12, day) for day in range(24, 32)),
    *(date(year, 5, 1) for year in range(2025, 2032)),
    date(2028, 2, 29),
)


@cache
def window(zone: str, weekends: tuple[Weekend, ...], rest: bool) -> Resolved:
    """Some years of one of a few calendars."""
    closed = [DayOff(day=day, name="a holiday") for day in _REST] if rest else []
    return resolve(Calendar(id="law", zone=zone, weekends=weekends, closed=closed), FIRST, LAST)


WINDOWS = st.builds(
    window, st.sampled_from(ZONES), st.sampled_from([WESTERN, FRIDAYS, SUNDAYS]), st.booleans()
)
STARTS = st.datetimes(
    datetime(2025, 2, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2028, 6, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
COUNTS = st.integers(0, 90)


def _fits(given: dict[str, Any]) -> list[Term]:
    try:
        return [Term(**given)]
    except InvalidValue:
        return []


ALL_TERMS = [
    term
    for count in range(5)
    for unit in Unit
    for start in Start
    for end in End
    for roll in Roll
    for term in _fits({"count": count, "unit": unit, "start": start, "end": end, "roll": roll})
]
"""Every shape of a term, a few of each."""
TERMS = st.sampled_from(ALL_TERMS)


def day_of(term: Terms, start: datetime, resolved: Resolved) -> date:
    """The last day of a term."""
    return due(term, start, resolved).day


def noon(day: date, resolved: Resolved) -> datetime:
    """Midday of a day, where it is counted."""
    return resolved.instant(datetime.combine(day, time(12)))


# --- local time ----------------------------------------------------------------------------------


@QUICK
@given(WINDOWS, STARTS)
def test_local_time_is_that_of_the_zone_files(resolved: Resolved, instant: datetime) -> None:
    """What was written down of a zone says the same as the zone."""
    zone = module._zone(resolved.zone)

    assert instant.astimezone(zone).replace(tzinfo=None) == resolved.local(instant)


@QUICK
@given(WINDOWS, STARTS)
def test_what_a_clock_shows_is_the_first_instant_that_shows_it(
    resolved: Resolved, instant: datetime
) -> None:
    """An hour that comes twice is meant the first time."""
    zone = module._zone(resolved.zone)
    first = instant.astimezone(zone).replace(fold=0).astimezone(UTC)

    assert first == resolved.instant(resolved.local(instant))


@QUICK
@given(WINDOWS, st.data())
def test_a_time_that_is_never_shown_is_the_instant_of_the_jump(
    resolved: Resolved, data: st.DataObject
) -> None:
    """Around every change of the clocks, the clock shows no less than was asked for."""
    change = data.draw(st.sampled_from(resolved.offsets))
    assume(FIRST < change.at.date() < LAST)
    around = data.draw(st.integers(-120, 120))
    shown = (change.at + change.ahead + timedelta(minutes=around)).replace(tzinfo=None)
    found = resolved.instant(shown)

    assert resolved.local(found) == shown or (found, True) == (
        change.at,
        resolved.local(found) > shown,
    )


# --- counting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [Unit.DAYS, Unit.WEEKS, Unit.BUSINESS_DAYS])
def test_some_days_and_some_more_are_all_of_them(unit: Unit) -> None:
    """Months are not like that, which is why a notice extends from the same start."""

    @QUICK
    @given(WINDOWS, STARTS, COUNTS, COUNTS)
    def law(resolved: Resolved, start: datetime, some: int, more: int) -> None:
        middle = noon(day_of(Term(count=some, unit=unit), start, resolved), resolved)

        assert day_of(Term(count=some + more, unit=unit), start, resolved) == day_of(
            Term(count=more, unit=unit), middle, resolved
        )

    law()


@QUICK
@given(WINDOWS, STARTS, st.integers(1, 90), st.sampled_from([Start.NEXT_DAY, Start.SAME_DAY]))
def test_business_days_are_counted_one_by_one(
    resolved: Resolved, start: datetime, count: int, begin: Start
) -> None:
    """The last day is worked, and between it and the start lie as many as were asked for."""
    last = day_of(Term(count=count, unit=Unit.BUSINESS_DAYS, start=begin), start, resolved)
    first = resolved.local(start).date() + timedelta(days=begin is Start.NEXT_DAY)

    assert resolved.is_business_day(last)
    assert count == sum(map(resolved.is_business_day, days_between(first, last)))


@QUICK
@given(WINDOWS, STARTS, st.integers(1, 90))
def test_the_business_day_following_is_the_first_of_business_days(
    resolved: Resolved, start: datetime, count: int
) -> None:
    """Two ways in which laws say the same."""
    one, other = (
        Term(count=count, unit=Unit.BUSINESS_DAYS, start=start)
        for start in (Start.NEXT_DAY, Start.NEXT_BUSINESS_DAY)
    )

    assert day_of(one, start, resolved) == day_of(other, start, resolved)


@QUICK
@given(WINDOWS, STARTS, TERMS)
def test_what_rolls_never_ends_on_a_day_off(
    resolved: Resolved, start: datetime, term: Term
) -> None:
    """Nor do business days."""
    deadline = due(term, start, resolved)
    walked = term.unit is Unit.BUSINESS_DAYS and term.count > 0

    assert resolved.is_business_day(deadline.day) or (term.roll is Roll.NONE and not walked)
    assert not any(map(resolved.is_business_day, (off.day for off in deadline.skipped)))


@QUICK
@given(WINDOWS, STARTS, st.integers(0, 40), st.booleans())
def test_months_are_turned_over_one_by_one(
    resolved: Resolved, start: datetime, count: int, years: bool
) -> None:
    """A plainer way to say the same: the day of that number, or the last one there is."""
    unit, turns = (Unit.YEARS, 12 * (count // 12)) if years else (Unit.MONTHS, count)
    begun = resolved.local(start).date()
    month = begun.replace(day=1)
    for _ in range(turns):
        month = (month + timedelta(days=31)).replace(day=1)
    after = (month + timedelta(days=31)).replace(day=1)
    last = min(month + timedelta(days=begun.day - 1), after - timedelta(days=1))

    term = Term(count=count // 12 if years else count, unit=unit)
    assert last == day_of(term, start, resolved)


@QUICK
@given(WINDOWS, STARTS, TERMS, st.integers(0, 3))
def test_more_never_ends_sooner(resolved: Resolved, start: datetime, term: Term, more: int) -> None:
    """A larger count, from the same start."""
    longer = Term(
        count=term.count + more, unit=term.unit, start=term.start, end=term.end, roll=term.roll
    )

    assert due(term, start, resolved).at <= due(longer, start, resolved).at


@QUICK
@given(WINDOWS, STARTS, st.timedeltas(timedelta(0), timedelta(days=40)), TERMS)
def test_a_later_start_never_ends_sooner(
    resolved: Resolved, start: datetime, later: timedelta, term: Term
) -> None:
    """To the instant; where the time of day is kept, to the day: an hour may come twice."""
    one, other = (due(term, at, resolved) for at in (start, start + later))

    if term.start is Start.MOMENT and term.unit not in ELAPSED:
        assert one.day <= other.day
    else:
        assert one.at <= other.at


@QUICK
@given(WINDOWS, STARTS, st.integers(1, 60))
def test_the_time_of_day_is_kept(resolved: Resolved, start: datetime, count: int) -> None:
    """Unless the clock jumps over it: then it is the instant of the jump, just after."""
    end = resolved.local(
        due(Term(count=count, unit=Unit.DAYS, start=Start.MOMENT), start, resolved).at
    )
    kept = resolved.local(start) + timedelta(days=count)

    assert timedelta(0) <= end - kept <= timedelta(hours=1)


@QUICK
@given(WINDOWS, STARTS, TERMS)
def test_nothing_is_late_while_the_last_day_lasts(
    resolved: Resolved, start: datetime, term: Term
) -> None:
    """The end of a day is the first instant that is not in it."""
    deadline = due(term, start, resolved)
    assume(not term.to_the_moment and term.end is End.END_OF_DAY)

    assert deadline.day < resolved.local(deadline.at).date()
    assert deadline.day == resolved.local(deadline.at - timedelta.resolution).date()


@QUICK
@given(WINDOWS, STARTS, TERMS, TERMS)
def test_of_two_the_earlier_is_one_and_the_later_the_other(
    resolved: Resolved, start: datetime, one: Term, other: Term
) -> None:
    """Neither makes up a date of its own."""
    ends = sorted(due(term, start, resolved).at for term in (one, other))

    assert ends == [
        due(Either(pick=pick, of=(one, other)), start, resolved).at
        for pick in (Pick.EARLIER, Pick.LATER)
    ]


# --- what is stored ------------------------------------------------------------------------------


@QUICK
@given(st.sampled_from(sorted(CALENDARS)), STARTS, TERMS | st.just(Yearly(month=4, day=30)))
def test_what_was_stored_counts_the_same_without_any_source(
    calendar: str, start: datetime, term: Terms
) -> None:
    """Years later: neither the holiday package nor a zone file is asked again."""
    stored = msgspec.json.encode(reckon(term, start, CALENDARS[calendar]))
    read = msgspec.json.decode(stored, type=Reckoning)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_lookup", _gone)
        patch.setattr(module, "_zone", _gone)
        patch.setattr(module, "_package", _gone)
        again = due(term, read.deadline.start, read.resolved)

    assert read.deadline == again
    assert stored == msgspec.json.encode(Reckoning(deadline=again, resolved=read.resolved))


def _gone(*_: object, **__: object) -> Any:
    raise AssertionError("a source was asked again")


# --- service clocks ------------------------------------------------------------------------------

BUDGETS = st.builds(Budget, minutes=st.integers(1, 20_000), hours=st.sampled_from(Hours))


@st.composite
def clocks(draw: st.DrawFn) -> list[Running]:
    """Periods one after the other; the last may still run."""
    begin = draw(STARTS)
    steps = draw(st.lists(st.integers(0, 4_000), min_size=1, max_size=8))
    at = [begin + timedelta(minutes=sum(steps[:count])) for count in range(len(steps))]
    stops = [*at[1::2], *([None] if len(at) % 2 else [])]
    return [
        Running(started=start, stopped=stop) for start, stop in zip(at[::2], stops, strict=True)
    ]


NOWS = st.timedeltas(timedelta(days=-3), timedelta(days=40))


@QUICK
@given(WINDOWS, BUDGETS, clocks(), NOWS)
def test_consumed_and_remaining_are_the_whole(
    resolved: Resolved, budget: Budget, ran: list[Running], later: timedelta
) -> None:
    """Nothing is consumed that did not pass, and time only adds."""
    now = ran[0].started + later
    ledger, after = (spend(budget, ran, at, resolved) for at in (now, now + timedelta(days=1)))

    assert budget.time == ledger.consumed + ledger.remaining
    assert timedelta(0) <= ledger.consumed <= max(now - ran[0].started, timedelta(0))
    assert ledger.consumed <= after.consumed <= ledger.consumed + timedelta(days=1)


@QUICK
@given(WINDOWS, BUDGETS, STARTS, st.lists(st.integers(1, 4_000), min_size=1, max_size=6))
def test_a_pause_of_no_time_changes_nothing(
    resolved: Resolved, budget: Budget, start: datetime, steps: list[int]
) -> None:
    """Stopping and starting at once neither loses time nor gains any."""
    at = [start + timedelta(minutes=sum(steps[:count])) for count in range(len(steps) + 1)]
    pieces = [Running(started=here, stopped=there) for here, there in itertools.pairwise(at)]
    whole = [Running(started=at[0], stopped=at[-1])]

    assert spend(budget, whole, at[-1], resolved) == spend(budget, pieces, at[-1], resolved)
    assert runs_out(budget, whole, resolved) == runs_out(budget, pieces, resolved)


@QUICK
@given(WINDOWS, BUDGETS, clocks())
def test_a_budget_runs_out_when_nothing_remains(
    resolved: Resolved, budget: Budget, ran: list[Running]
) -> None:
    """Not an instant sooner; and a clock that stands still with something left has no such date."""
    out = runs_out(budget, ran, resolved)
    now = out or ran[-1].stopped

    assert now is not None
    remaining = spend(budget, ran, now, resolved).remaining
    assert remaining > timedelta(0) if out is None else remaining == timedelta(0)
    if out is not None:
        before = spend(budget, ran, out - timedelta.resolution, resolved)
        assert timedelta.resolution == before.remaining


@QUICK
@given(WINDOWS, BUDGETS, STARTS, st.integers(1, 4_000), st.integers(0, 4_000))
def test_a_pause_in_running_time_delays_by_its_length(
    resolved: Resolved, budget: Budget, start: datetime, ran: int, pause: int
) -> None:
    """What was consumed before it counts, and what comes after is not cut."""
    assume(budget.hours is Hours.ALL and ran < budget.minutes)
    stop = start + timedelta(minutes=ran)
    again = stop + timedelta(minutes=pause)
    paused = [Running(started=start, stopped=stop), Running(started=again)]

    assert start + budget.time + timedelta(minutes=pause) == runs_out(budget, paused, resolved)
