"""Counting with calendars at hand keeps what it rested on, and no more."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import attrs
import msgspec
import pytest

from freezecase.core.obligations import Unit, Within
from freezecase.core.resolved import DayOff, Weekday, Weekend
from freezecase.policy.calendar import Calendar
from freezecase.policy.clocks import due
from freezecase.policy.reckon import Reckoner, reckon
from freezecase.policy.term import Either, Outcome, Pick, Roll, Start, Term, Terms, Yearly
from tests.policy.calendars import EMIRATES, ENGLAND, SCOTLAND

XMAS = datetime(2026, 12, 21, 12, tzinfo=UTC)
TERMS: list[Terms] = [
    *(Term(count=3, unit=unit, start=Start.MOMENT, outcome=Outcome.HOLD_LAPSED) for unit in Unit),
    Term(count=40, unit=Unit.BUSINESS_DAYS),
    Term(count=0, unit=Unit.DAYS, roll=Roll.PREVIOUS_BUSINESS_DAY),
    Yearly(month=12, day=20),
    Either(
        pick=Pick.LATER,
        of=[Term(count=1, unit=Unit.WEEKS), Yearly(month=6, day=30, roll=Roll.NEXT_BUSINESS_DAY)],
    ),
]


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.in_words())
@pytest.mark.parametrize("calendar", [ENGLAND, EMIRATES], ids=lambda calendar: calendar.id)
def test_what_is_kept_counts_the_same_again(term: Terms, calendar: Calendar) -> None:
    """The whole deadline, with what was skipped and whether it is a forecast."""
    reckoning = reckon(term, XMAS, calendar)

    assert reckoning.deadline == due(term, XMAS, reckoning.resolved)


_YEARS_LATER = """
import sys
sys.modules["holidays"] = sys.modules["tzdata"] = None  # as if they were not installed
import attrs
import msgspec
from freezecase.core.obligations import Unit
from freezecase.core.resolved import Resolved
from freezecase.policy.clocks import Deadline, due
from freezecase.policy.term import Term

stored = msgspec.json.decode(sys.stdin.buffer.read())
then = msgspec.convert(stored["deadline"], Deadline)
resolved = msgspec.convert(stored["resolved"], Resolved)
term = Term(count=7, unit=Unit.BUSINESS_DAYS)
print(due(term, then.start, resolved) == then, then.day)
"""


def test_what_is_kept_counts_the_same_where_the_packages_are_not_installed() -> None:
    """Bytes in, the same deadline out, in a Python that has neither holidays nor zones."""
    stored = msgspec.json.encode(reckon(Term(count=7, unit=Unit.BUSINESS_DAYS), XMAS, SCOTLAND))
    said = subprocess.run(
        [sys.executable, "-c", _YEARS_LATER], input=stored, capture_output=True, check=True
    ).stdout

    assert said.split() == [b"True", b"2027-01-05"]


def test_no_more_is_kept_than_what_mattered() -> None:
    """A day on either side, where a holiday that is a forecast may move to."""
    kept = reckon(Term(count=7, unit=Unit.BUSINESS_DAYS), XMAS, ENGLAND).resolved

    assert (date(2026, 12, 20), date(2027, 1, 5)) == (kept.first, kept.last)
    assert kept.holidays is not None
    assert [holiday.day.isoformat() for holiday in kept.holidays] == [
        *("2026-12-25", "2026-12-26", "2026-12-28", "2027-01-01"),
    ]


def test_years_of_retention_keep_no_holidays() -> None:
    """Nothing depends on them, so nobody is asked."""
    kept = reckon(Term(count=10, unit=Unit.YEARS), XMAS, ENGLAND).resolved

    assert kept.holidays is None
    assert (kept.package, kept.categories) == ("", ())
    assert date(2036, 12, 22) == kept.last


def test_a_week_of_one_day_is_long_enough() -> None:
    """Nobody rests for ever: the window grows with the shortest week, and with closing days."""
    rest = tuple(day for day in Weekday if day is not Weekday.MONDAY)
    closed = tuple(
        DayOff(day=date(2027, month, day), name="closed for repairs")
        for month in (1, 2)
        for day in range(1, 29)
    )
    mondays = Calendar(id="mondays", zone="UTC", weekends=[Weekend(days=rest)], closed=closed)

    assert (
        date(2027, 4, 26)
        == reckon(Term(count=10, unit=Unit.BUSINESS_DAYS), XMAS, mondays).deadline.day
    )


# --- one turn's worth of it ----------------------------------------------------------------------

UTC_DAYS = Calendar(id="utc", zone="UTC")
YEARLY = Yearly(month=12, day=20)


def reckoner(*calendars: Calendar) -> Reckoner:
    """Return one that knows these calendars, at the time."""
    return Reckoner(calendars or (UTC_DAYS,), XMAS)


def within(count: int, unit: Unit, calendar: str | None = None) -> Within:
    """Return a length of time."""
    return Within(count=count, unit=unit, calendar=calendar)


@pytest.mark.parametrize(
    ("length", "over"),
    [
        (within(90, Unit.MINUTES), datetime(2026, 12, 21, 13, 30, tzinfo=UTC)),
        (within(30, Unit.HOURS), datetime(2026, 12, 22, 18, tzinfo=UTC)),
        (within(1, Unit.DAYS), datetime(2026, 12, 23, tzinfo=UTC)),
        (within(1, Unit.BUSINESS_DAYS), datetime(2026, 12, 23, tzinfo=UTC)),
        (within(5, Unit.BUSINESS_DAYS), datetime(2026, 12, 29, tzinfo=UTC)),
        (within(1, Unit.WEEKS), datetime(2026, 12, 29, tzinfo=UTC)),
        (within(2, Unit.MONTHS), datetime(2027, 2, 22, tzinfo=UTC)),
        (within(1, Unit.YEARS), datetime(2027, 12, 22, tzinfo=UTC)),
        (Term(count=2, unit=Unit.HOURS, start=Start.MOMENT), XMAS.replace(hour=14)),
        (YEARLY, datetime(2027, 12, 21, tzinfo=UTC)),
    ],
    ids=lambda one: getattr(one, "unit", ""),
)
def test_lengths_of_every_kind_are_counted(length: Within | Terms, over: datetime) -> None:
    """Minutes and hours from the moment; days from the next one, to the end of the last."""
    assert over == reckoner().due(length, XMAS)


def test_hours_ask_no_calendar() -> None:
    """So nothing is kept of one."""
    counting = reckoner()
    counting.due(within(3, Unit.HOURS), XMAS)
    assert counting.calendars == ()


def test_the_first_calendar_serves_wherever_none_is_named() -> None:
    """Or one is named that is not there; policies are checked for that when they are made."""
    counting = reckoner(ENGLAND, SCOTLAND)
    length = Term(count=7, unit=Unit.BUSINESS_DAYS)
    named = Term(count=7, unit=Unit.BUSINESS_DAYS, calendar=SCOTLAND.id)
    either = Either(pick=Pick.LATER, of=[named, Term(count=1, unit=Unit.DAYS)])
    ends = [counting.due(one, XMAS).date() for one in (length, named, either)]
    assert [date(2027, 1, 5), date(2027, 1, 6), date(2027, 1, 6)] == ends


def test_what_was_counted_on_is_kept_once_a_calendar() -> None:
    """The days from the first to the last that mattered, with holidays if one count asked."""
    counting = reckoner(ENGLAND, SCOTLAND, UTC_DAYS)
    counting.due(within(2, Unit.MONTHS), XMAS)
    [months] = counting.calendars
    assert (months.calendar, months.holidays) == (ENGLAND.id, None)

    counting.due(within(7, Unit.BUSINESS_DAYS), XMAS)
    counting.due(within(1, Unit.DAYS), XMAS)
    counting.due(within(1, Unit.DAYS, UTC_DAYS.id), XMAS)
    both, utc = counting.calendars
    assert (both.calendar, utc.calendar) == (ENGLAND.id, UTC_DAYS.id)
    assert both.holidays
    assert (both.first, both.last) == (months.first, months.last)
    assert (utc.first, utc.last) == (date(2026, 12, 20), date(2026, 12, 23))


@pytest.mark.parametrize("days", [(0, 60), (60, 0), (0, 60, 30)])
def test_what_was_counted_on_reaches_from_the_first_count_to_the_last(
    days: tuple[int, ...],
) -> None:
    """In whatever order they were asked for, and whatever lies between."""
    counting = reckoner()
    for later in days:
        counting.due(within(1, Unit.DAYS), XMAS + timedelta(days=later))
    [utc] = counting.calendars
    assert (utc.first, utc.last) == (date(2026, 12, 20), date(2027, 2, 21))


@pytest.mark.parametrize(
    "length",
    [
        *(within(2**53 - 1, unit) for unit in Unit),
        within(101, Unit.YEARS),
        Term(count=101, unit=Unit.YEARS),
        Either(pick=Pick.EARLIER, of=[Term(count=101, unit=Unit.YEARS), YEARLY]),
    ],
    ids=str,
)
def test_more_than_a_hundred_years_is_never_over(length: Within | Terms) -> None:
    """No calendar says so much, and whoever writes it into a demand stops no case."""
    assert datetime.max.replace(tzinfo=UTC) == reckoner().due(length, XMAS)


@pytest.mark.parametrize("unit", [Unit.YEARS, Unit.MONTHS, Unit.WEEKS])
def test_a_hundred_years_are_counted(unit: Unit) -> None:
    """As far as calendars reach."""
    many = {Unit.YEARS: 100, Unit.MONTHS: 1180, Unit.WEEKS: 5228}
    assert reckoner().due(within(many[unit], unit), XMAS).year in {2125, 2126, 2127}


def test_all_of_a_minute_counts_alike_but_for_what_runs_to_the_moment() -> None:
    """Days end with the day, whatever the second they began in."""
    late = XMAS.replace(second=59, microsecond=999_999)
    days, moment = within(3, Unit.DAYS), Term(count=3, unit=Unit.DAYS, start=Start.MOMENT)
    pair = Either(pick=Pick.EARLIER, of=[moment, YEARLY])
    counting = reckoner()
    assert counting.due(days, XMAS) == counting.due(days, late)
    for exact in (moment, pair):
        assert counting.due(exact, late) - counting.due(exact, XMAS) == late - XMAS


@pytest.mark.parametrize(
    "length", [within(3, Unit.HOURS), within(5, Unit.BUSINESS_DAYS), within(99, Unit.YEARS), YEARLY]
)
def test_what_began_before_all_calendars_is_over(length: Within | Terms) -> None:
    """However long it gave: whoever dates something to 1900 stops no case either."""
    last, first = datetime(1900, 12, 31, 23, 59, tzinfo=UTC), datetime(1901, 1, 1, tzinfo=UTC)
    assert last == reckoner().due(length, last)
    assert reckoner().due(length, first) > first


# --- on what was recorded -----------------------------------------------------------------------


WEEK = Term(count=7, unit=Unit.BUSINESS_DAYS)


def test_what_was_recorded_is_counted_on_and_said_again() -> None:
    """Whatever the calendar of today says: here that of Scotland, under the name of England's."""
    first = reckoner(ENGLAND)
    at = first.due(WEEK, XMAS)
    today = attrs.evolve(SCOTLAND, id=ENGLAND.id)  # type: ignore[misc]

    again = Reckoner((today,), XMAS, first.calendars)

    assert at == again.due(WEEK, XMAS)
    assert first.calendars == again.calendars
    assert at != reckoner(today).due(WEEK, XMAS)


def test_a_count_that_leaves_the_recorded_days_asks_the_calendar_of_today() -> None:
    """A rule that gives longer than it did needs days that nobody recorded."""
    first = reckoner(ENGLAND)
    first.due(WEEK, XMAS)
    longer = Term(count=30, unit=Unit.BUSINESS_DAYS)

    again, today = Reckoner((ENGLAND,), XMAS, first.calendars), reckoner(ENGLAND)

    assert today.due(longer, XMAS) == again.due(longer, XMAS)
    assert today.calendars == again.calendars
