"""Counting with a calendar at hand keeps what it rested on, and no more."""

import subprocess
import sys
from datetime import UTC, date, datetime

import msgspec
import pytest

from freezecase.core.obligations import Unit
from freezecase.core.resolved import DayOff, Weekday, Weekend
from freezecase.policy.calendar import Calendar
from freezecase.policy.clocks import due
from freezecase.policy.reckon import reckon
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
