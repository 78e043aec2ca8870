"""When terms end: the table that an accountant can read, and the corners of the calendar."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from freezecase.core.checked import replace
from freezecase.core.obligations import Unit
from freezecase.core.resolved import DayOff
from freezecase.errors import InvalidValue
from freezecase.policy.calendar import Calendar, resolve
from freezecase.policy.clocks import Deadline, due, governing
from freezecase.policy.reckon import reckon
from freezecase.policy.term import (
    Either,
    End,
    Outcome,
    Pick,
    Roll,
    Start,
    Term,
    Terms,
    Yearly,
    extended,
)
from tests.policy.calendars import CALENDARS, EMIRATES, ENGLAND, PLAIN, SINGAPORE

NEXT: dict[str, Any] = {"roll": Roll.NEXT_BUSINESS_DAY}
FOLLOWING: dict[str, Any] = {"start": Start.NEXT_BUSINESS_DAY}
DAY_ONE: dict[str, Any] = {"start": Start.SAME_DAY}


def _term(count: int, unit: Unit, **more: Any) -> Term:
    return Term(count=count, unit=unit, **more)


TERMS: dict[str, Terms] = {
    # the United Kingdom
    "poca notice": _term(7, Unit.BUSINESS_DAYS, **FOLLOWING, outcome=Outcome.DEEMED_CONSENT),
    "poca moratorium": _term(31, Unit.DAYS, **DAY_ONE, outcome=Outcome.DEEMED_CONSENT, longest=217),
    "disp resolved": _term(3, Unit.BUSINESS_DAYS, end=End.CLOSE_OF_BUSINESS),
    "disp final": _term(8, Unit.WEEKS),
    "disp payments": _term(15, Unit.BUSINESS_DAYS, longest=35),
    "psr delay": _term(4, Unit.BUSINESS_DAYS, outcome=Outcome.HOLD_LAPSED),
    "dpa complaint": _term(30, Unit.DAYS, **DAY_ONE),
    "ofsi annual": Yearly(month=11, day=30),
    # the European Union
    "mica decision": _term(2, Unit.MONTHS, **NEXT),
    "gdpr access": _term(1, Unit.MONTHS, **NEXT, longest=3),
    "dsa window": _term(6, Unit.MONTHS, outcome=Outcome.WINDOW_CLOSED),
    "dsa out of court": _term(90, Unit.DAYS, longest=180),
    "dsa reasons": _term(0, Unit.DAYS),
    "amlr refrain": _term(3, Unit.BUSINESS_DAYS, outcome=Outcome.HOLD_LAPSED),
    "psd2 complaint": _term(15, Unit.BUSINESS_DAYS, longest=35),
    "sanctions report": _term(2, Unit.WEEKS, **NEXT),
    "mica records": _term(5, Unit.YEARS, outcome=Outcome.RETENTION_ENDED),
    # elsewhere
    "ofac report": _term(10, Unit.BUSINESS_DAYS),
    "ofac annual": Yearly(month=9, day=30),
    "fincen sar": _term(30, Unit.DAYS),
    "austrac smr": _term(3, Unit.BUSINESS_DAYS),
    "mas str": _term(5, Unit.BUSINESS_DAYS),
    "mros freeze": _term(5, Unit.BUSINESS_DAYS, outcome=Outcome.HOLD_LAPSED),
    "mros silence": _term(40, Unit.BUSINESS_DAYS, outcome=Outcome.DEEMED_CONSENT),
    "vara acknowledge": _term(1, Unit.WEEKS),
    "vara resolve": _term(4, Unit.WEEKS),
    "vara at the latest": _term(8, Unit.WEEKS),
    # no law: the corners of the calendar
    "1 month": _term(1, Unit.MONTHS),
    "1 month, day one": _term(1, Unit.MONTHS, **DAY_ONE),
    "2 months": _term(2, Unit.MONTHS),
    "1 year": _term(1, Unit.YEARS),
    "1 business day": _term(1, Unit.BUSINESS_DAYS),
    "1 business day, day one": _term(1, Unit.BUSINESS_DAYS, **DAY_ONE),
    "2 business days": _term(2, Unit.BUSINESS_DAYS),
    "3 business days": _term(3, Unit.BUSINESS_DAYS),
    "2 days from business": _term(2, Unit.DAYS, **FOLLOWING),
    "2 days, no later": _term(2, Unit.DAYS, roll=Roll.PREVIOUS_BUSINESS_DAY),
    "2 weeks, day one": _term(2, Unit.WEEKS, **DAY_ONE),
    "last of February": Yearly(month=2, day=29, **NEXT),
}

TABLE = """
# rule                  | total | calendar     | begins at noon | last day
poca notice             |       | gb-eng       | Mon 2026-12-21 | Mon 2027-01-04  # Christmas
poca notice             |       | gb-sct       | Mon 2026-12-21 | Tue 2027-01-05  # and 2 January
poca notice             |       | gb-eng       | Sat 2026-12-19 | Thu 2026-12-31
poca moratorium         |       | gb-eng       | Wed 2026-12-30 | Fri 2027-01-29  # day 1 of 31
poca moratorium         | 62    | gb-eng       | Wed 2026-12-30 | Mon 2027-03-01  # one court order
poca moratorium         | 217   | gb-eng       | Wed 2026-12-30 | Tue 2027-08-03  # 31 + 186
disp resolved           |       | gb-eng       | Fri 2026-11-20 | Wed 2026-11-25
disp final              |       | gb-eng       | Fri 2026-11-20 | Fri 2027-01-15
disp payments           |       | gb-eng       | Fri 2026-11-20 | Fri 2026-12-11
disp payments           | 35    | gb-eng       | Fri 2026-11-20 | Wed 2027-01-13
psr delay               |       | gb-eng       | Thu 2026-12-24 | Mon 2027-01-04
dpa complaint           |       | gb-eng       | Tue 2026-09-01 | Wed 2026-09-30  # receipt + 29
ofsi annual             |       | gb-eng       | Wed 2026-09-30 | Mon 2026-11-30
ofsi annual             |       | gb-eng       | Mon 2026-11-30 | Mon 2026-11-30
ofsi annual             |       | gb-eng       | Tue 2026-12-01 | Tue 2027-11-30
mica decision           |       | nl           | Sat 2026-10-31 | Thu 2026-12-31
mica decision           |       | nl           | Thu 2026-12-31 | Mon 2027-03-01  # 28 Feb: a Sunday
gdpr access             |       | ie           | Mon 2026-08-31 | Wed 2026-09-30
gdpr access             | 3     | ie           | Mon 2026-08-31 | Mon 2026-11-30
dsa window              |       | nl           | Sat 2026-11-21 | Fri 2027-05-21
dsa out of court        |       | nl           | Sat 2026-11-21 | Fri 2027-02-19
dsa out of court        | 180   | nl           | Sat 2026-11-21 | Thu 2027-05-20
dsa reasons             |       | nl           | Sat 2026-11-21 | Sat 2026-11-21
amlr refrain            |       | de           | Thu 2027-12-23 | Tue 2027-12-28
psd2 complaint          |       | de           | Fri 2026-11-20 | Fri 2026-12-11
psd2 complaint          | 35    | de           | Fri 2026-11-20 | Tue 2027-01-12
sanctions report        |       | de           | Fri 2026-12-11 | Mon 2026-12-28  # 25 Dec rolls
mica records            |       | de           | Tue 2028-02-29 | Mon 2033-02-28  # leap day
ofac report             |       | us           | Fri 2026-11-20 | Mon 2026-12-07  # Thanksgiving
ofac annual             |       | us           | Tue 2026-06-30 | Wed 2026-09-30
fincen sar              |       | us           | Sat 2026-11-21 | Mon 2026-12-21
austrac smr             |       | au-nsw       | Thu 2026-12-24 | Thu 2026-12-31
mas str                 |       | sg           | Fri 2026-11-20 | Fri 2026-11-27
mros freeze             |       | ch-zh        | Wed 2026-12-23 | Thu 2026-12-31
mros silence            |       | ch-zh        | Wed 2026-12-23 | Fri 2027-02-19
vara acknowledge        |       | ae           | Sat 2026-11-21 | Sat 2026-11-28
vara resolve            |       | ae           | Sat 2026-11-21 | Sat 2026-12-19
vara at the latest      |       | ae           | Sat 2026-11-21 | Sat 2027-01-16
1 business day          |       | hk           | Fri 2026-11-20 | Mon 2026-11-23  # Saturday
1 business day          |       | hk           | Thu 2026-04-02 | Wed 2026-04-08  # Good Friday
1 business day          |       | xhkg         | Thu 2026-04-02 | Wed 2026-04-08  # the market
1 business day          |       | hk-statutory | Thu 2026-04-02 | Fri 2026-04-03  # lacks it
1 business day          |       | ae           | Thu 2021-06-10 | Sun 2021-06-13  # Fri, Sat
1 business day          |       | ae           | Thu 2023-06-08 | Fri 2023-06-09  # Sat, Sun
2 business days         |       | ae           | Wed 2021-12-29 | Mon 2022-01-03  # to the other
2 months                |       | plain        | Thu 2026-12-31 | Sun 2027-02-28
2 months                |       | plain        | Fri 2027-12-31 | Tue 2028-02-29
1 month                 |       | plain        | Sat 2026-01-31 | Sat 2026-02-28
1 month                 |       | plain        | Sat 2026-02-28 | Sat 2026-03-28
1 month, day one        |       | plain        | Sun 2026-03-01 | Tue 2026-03-31
1 month, day one        |       | plain        | Sat 2026-01-31 | Sat 2026-02-28
1 month, day one        |       | plain        | Thu 2026-01-15 | Sat 2026-02-14
1 year                  |       | plain        | Tue 2028-02-29 | Wed 2029-02-28
1 business day          |       | plain        | Thu 2026-12-31 | Fri 2027-01-01
1 business day          |       | gb-eng       | Thu 2026-12-31 | Mon 2027-01-04
1 business day, day one |       | plain        | Fri 2026-11-20 | Fri 2026-11-20
1 business day, day one |       | plain        | Sat 2026-11-21 | Mon 2026-11-23
3 business days         |       | plain        | Sun 2026-11-22 | Wed 2026-11-25
2 days from business    |       | plain        | Fri 2026-11-20 | Tue 2026-11-24
2 days, no later        |       | plain        | Thu 2026-11-19 | Fri 2026-11-20  # not Saturday
2 days, no later        |       | plain        | Fri 2026-11-20 | Fri 2026-11-20  # nor Sunday
2 days, no later        |       | plain        | Mon 2026-11-23 | Wed 2026-11-25
2 weeks, day one        |       | plain        | Mon 2026-11-16 | Sun 2026-11-29
last of February        |       | plain        | Tue 2026-01-06 | Mon 2026-03-02  # 28: a Saturday
last of February        |       | plain        | Tue 2028-02-29 | Tue 2028-02-29
"""


def rows(table: str) -> list[list[str]]:
    """The cells of each row; what stands behind a `#` is a remark."""
    lines = [line.partition("#")[0] for line in table.splitlines()]
    return [[cell.strip() for cell in line.split("|")] for line in lines if line.strip()]


def day(said: str) -> date:
    """The day that is said, whose weekday has to be right."""
    weekday, _, iso = said.partition(" ")
    found = date.fromisoformat(iso)
    assert found.strftime("%a") == weekday
    return found


def noon(calendar: Calendar, on: date) -> datetime:
    """Twelve o'clock where the calendar is kept."""
    return datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo(calendar.zone))


def counted(term: Terms, calendar: Calendar, start: datetime) -> Deadline:
    """When it is due, by a calendar asked for what it takes."""
    return reckon(term, start, calendar).deadline


@pytest.mark.parametrize(
    ("rule", "total", "where", "begins", "last"),
    rows(TABLE),
    ids=[" ".join(cells) for cells in rows(TABLE)],
)
def test_every_rule_ends_on_its_day(
    rule: str, total: str, where: str, begins: str, last: str
) -> None:
    """Each row is one rule on one day; a notice counts a new total from the same start."""
    term = TERMS[rule]
    if total:
        assert isinstance(term, Term)
        term = extended(term, int(total))
    calendar = CALENDARS[where]

    assert day(last) == counted(term, calendar, noon(calendar, day(begins))).day


# --- instants ------------------------------------------------------------------------------------

INSTANTS = """
# zone             | term                    | begins, UTC      | over, UTC
Australia/Sydney   | 60 days, moment         | 2026-09-20 02:00 | 2026-11-19 01:00  # noon to noon
Australia/Sydney   | 1440 hours, moment      | 2026-09-20 02:00 | 2026-11-19 02:00  # noon to one
Europe/London      | 1 days, moment          | 2026-03-28 12:00 | 2026-03-29 11:00  # spring
Europe/London      | 1 days, moment          | 2026-10-24 11:00 | 2026-10-25 12:00  # autumn
Europe/London      | 24 hours, moment        | 2026-10-24 11:00 | 2026-10-25 11:00
Europe/London      | 1 days, moment          | 2026-03-28 01:30 | 2026-03-29 01:00  # no 01:30
Europe/London      | 1 days, moment          | 2026-10-24 00:30 | 2026-10-25 00:30  # the first
Europe/London      | 0 days, moment          | 2026-10-25 01:30 | 2026-10-25 01:30  # the second
Europe/London      | 1 days, next-day        | 2026-03-28 12:00 | 2026-03-29 23:00
Europe/London      | 1 days, next-day        | 2026-06-01 22:59 | 2026-06-02 23:00  # the 1st
Europe/London      | 1 days, next-day        | 2026-06-01 23:00 | 2026-06-03 23:00  # at midnight
Africa/Cairo       | 1 days, next-day        | 2026-04-22 12:00 | 2026-04-23 22:00  # no midnight
America/Havana     | 1 days, next-day        | 2026-10-30 12:00 | 2026-11-01 04:00  # 00:00 twice
America/New_York   | 1 days, next-day        | 2026-11-21 03:00 | 2026-11-22 05:00  # still the 20th
Asia/Hong_Kong     | 1 days, next-day        | 2026-11-21 03:00 | 2026-11-22 16:00  # the 21st
Asia/Hong_Kong     | 1 days, next-day        | 2026-11-20 16:00 | 2026-11-22 16:00  # at midnight
Pacific/Kiritimati | 1 days, next-day        | 2026-11-21 09:59 | 2026-11-22 10:00  # 14 h ahead
Pacific/Honolulu   | 1 days, next-day        | 2026-11-21 09:59 | 2026-11-22 10:00  # 10 h behind
Pacific/Apia       | 1 days, next-day        | 2011-12-29 12:00 | 2011-12-30 10:00  # no 30th
Asia/Kathmandu     | 90 minutes, moment      | 2026-12-31 17:30 | 2026-12-31 19:00  # into next year
UTC                | 1 months, moment        | 2026-01-31 08:00 | 2026-02-28 08:00
UTC                | 1 business-days, moment | 2026-11-20 15:00 | 2026-11-23 15:00
UTC                | 4 hours, close          | 2026-11-20 16:59 | 2026-11-20 21:00
UTC                | 4 hours, close          | 2026-11-20 17:00 | 2026-11-20 21:00
UTC                | 4 hours, close          | 2026-11-20 17:01 | 2026-11-23 21:00  # too late
UTC                | 4 hours, close          | 2026-11-21 10:00 | 2026-11-23 21:00  # on Saturday
UTC                | 1 days, close           | 2026-11-20 17:01 | 2026-11-25 00:00
UTC                | 1 business-days, close  | 2026-11-20 12:00 | 2026-11-24 00:00
"""


@pytest.mark.parametrize(
    ("zone", "given", "begins", "over"),
    rows(INSTANTS),
    ids=[" ".join(cells) for cells in rows(INSTANTS)],
)
def test_every_term_is_over_at_its_instant(zone: str, given: str, begins: str, over: str) -> None:
    """Summer time, midnights and the ends of the earth: only the last step leads to an instant."""
    length, start = given.split(", ")
    count, unit = length.split(" ")
    begun = Start.CLOSE_OF_BUSINESS if start == "close" else Start(start)
    term = Term(count=int(count), unit=Unit(unit), start=begun)
    calendar = Calendar(id="there", zone=zone)
    begin, end = (datetime.fromisoformat(said).replace(tzinfo=UTC) for said in (begins, over))

    assert end == counted(term, calendar, begin).at


def test_close_of_business_ends_the_last_day_early() -> None:
    """Or the day itself lasts until midnight, where it is counted."""
    start = datetime(2026, 11, 20, 12, tzinfo=UTC)
    whole, early = (
        counted(Term(count=3, unit=Unit.BUSINESS_DAYS, end=end), ENGLAND, start)
        for end in (End.END_OF_DAY, End.CLOSE_OF_BUSINESS)
    )

    assert datetime(2026, 11, 26, tzinfo=UTC) == whole.at
    assert datetime(2026, 11, 25, 17, tzinfo=UTC) == early.at
    assert date(2026, 11, 25) == whole.day == early.day


# --- how it was counted --------------------------------------------------------------------------


def test_a_deadline_says_how_it_was_counted() -> None:
    """Every day that was passed over is named, and why."""
    deadline = counted(
        Term(count=4, unit=Unit.BUSINESS_DAYS, trigger="receipt"),
        ENGLAND,
        datetime(2026, 12, 24, 12, tzinfo=UTC),
    )

    assert [(off.day.day, off.name) for off in deadline.skipped] == [
        (25, "Christmas Day"),
        (26, "Boxing Day"),
        (27, "weekend"),
        (28, "Boxing Day (observed)"),
        (1, "New Year's Day"),
        (2, "weekend"),
        (3, "weekend"),
    ]
    assert deadline.in_words() == (
        "2027-01-04 in Europe/London: 4 business days after the day of receipt, without "
        "2026-12-25 Christmas Day, 2026-12-26 Boxing Day, 2026-12-28 Boxing Day (observed), "
        "2027-01-01 New Year's Day, 3 days of weekend"
    )


def test_what_is_rolled_over_is_named_too() -> None:
    """A calendar period names only the days off at its end."""
    deadline = counted(TERMS["2 days, no later"], PLAIN, datetime(2026, 11, 20, 12, tzinfo=UTC))

    assert deadline.skipped == tuple(
        DayOff(day=date(2026, 11, off), name="weekend") for off in (22, 21)
    )
    assert deadline.in_words().endswith("without 2 days of weekend")


def test_the_days_before_the_first_business_day_are_named_too() -> None:
    """They do not count, and that is why."""
    friday = datetime(2026, 11, 20, 12, tzinfo=UTC)
    deadline = counted(TERMS["2 days from business"], PLAIN, friday)

    assert [off.day.day for off in deadline.skipped] == [21, 22]
    hours = _term(4, Unit.HOURS, start=Start.CLOSE_OF_BUSINESS)
    late = counted(hours, PLAIN, datetime(2026, 11, 20, 18, tzinfo=UTC))
    assert [off.day.day for off in late.skipped] == [21, 22]


def test_one_day_of_weekend_is_one_day() -> None:
    """And nothing skipped is nothing said."""
    saturday = datetime(2026, 11, 21, 12, tzinfo=UTC)

    assert (
        counted(TERMS["1 business day"], PLAIN, saturday)
        .in_words()
        .endswith(", without 1 day of weekend")
    )
    assert counted(TERMS["fincen sar"], PLAIN, saturday).in_words() == (
        "2026-12-21 in UTC: 30 days after the day of the trigger"
    )


@pytest.mark.parametrize(
    ("calendar", "start", "term", "estimated"),
    [
        (SINGAPORE, date(2028, 2, 24), "2 business days", True),
        (SINGAPORE, date(2028, 2, 24), "fincen sar", False),  # asks no holiday
        (SINGAPORE, date(2028, 3, 6), "2 business days", False),
        (EMIRATES, date(2027, 3, 8), "1 business day", True),  # Eid may yet begin a day sooner
        (EMIRATES, date(2026, 11, 16), "1 business day", False),
    ],
)
def test_a_due_date_that_rests_on_a_forecast_says_so(
    calendar: Calendar, start: date, term: str, estimated: bool
) -> None:
    """A holiday that waits for the moon may move by a day, onto the last day or off it."""
    deadline = counted(TERMS[term], calendar, noon(calendar, start))

    assert estimated is deadline.estimated
    assert estimated is deadline.in_words().endswith("a holiday whose date is estimated")


@pytest.mark.parametrize(
    ("moon", "estimated"), [(14, False), (15, True), (17, True), (18, True), (19, False)]
)
def test_a_forecast_matters_a_day_around(moon: int, estimated: bool) -> None:
    """One business day after Monday the 16th is Tuesday, or Wednesday where Tuesday is off."""
    eid = DayOff(day=date(2026, 11, moon), name="Eid", estimated=True)
    calendar = replace(PLAIN, closed=[eid])
    deadline = counted(TERMS["1 business day"], calendar, datetime(2026, 11, 16, 12, tzinfo=UTC))

    assert estimated is deadline.estimated
    assert date(2026, 11, 18 if moon == 17 else 17) == deadline.day


def test_a_forecast_that_was_confirmed_or_taken_back_is_none() -> None:
    """The host says so, in its calendar."""
    start = datetime(2028, 2, 24, 12, tzinfo=UTC)
    skipped = counted(TERMS["2 business days"], SINGAPORE, start).skipped
    eid = [replace(off, estimated=False) for off in skipped if off.name.startswith("Eid")]
    confirmed = replace(SINGAPORE, closed=eid)
    taken_back = replace(SINGAPORE, worked=[off.day for off in eid])

    assert any(off.estimated for off in skipped)
    for calendar in (confirmed, taken_back):
        assert not counted(TERMS["2 business days"], calendar, start).estimated


# --- of several ----------------------------------------------------------------------------------

DAY_OR_BUSINESS_DAY = (
    Term(count=24, unit=Unit.HOURS, start=Start.MOMENT),
    Term(count=1, unit=Unit.BUSINESS_DAYS),
)


@pytest.mark.parametrize(
    ("pick", "hour", "over"),
    [
        (Pick.EARLIER, 12, datetime(2026, 11, 21, 12, tzinfo=UTC)),
        (Pick.LATER, 12, datetime(2026, 11, 24, tzinfo=UTC)),
    ],
)
def test_the_earlier_or_the_later_of_two_holds(pick: Pick, hour: int, over: datetime) -> None:
    """The deadline names the term that governs."""
    term = Either(pick=pick, of=DAY_OR_BUSINESS_DAY)
    deadline = counted(term, PLAIN, datetime(2026, 11, 20, hour, tzinfo=UTC))

    assert over == deadline.at
    assert DAY_OR_BUSINESS_DAY[pick is Pick.LATER].in_words() == deadline.counted


@pytest.mark.parametrize(
    ("outcome", "count"),
    [
        (Outcome.DUTY_BREACHED, 1),
        (Outcome.HOLD_LAPSED, 1),
        (Outcome.DEEMED_CONSENT, 3),
        (Outcome.WINDOW_CLOSED, 3),
        (Outcome.RETENTION_ENDED, 3),
    ],
)
def test_of_overlapping_rules_the_strictest_holds(outcome: Outcome, count: int) -> None:
    """The earliest of what is due at most then, the latest of what lasts at least until then."""
    start = datetime(2026, 11, 20, tzinfo=UTC)
    deadlines = [
        counted(Term(count=count, unit=Unit.DAYS, outcome=outcome), PLAIN, start)
        for count in (2, 1, 3)
    ]

    assert date(2026, 11, 20 + count) == governing(deadlines).day


def test_duties_and_minimums_are_not_mixed() -> None:
    """There is no one date that both would mean."""
    start = datetime(2026, 11, 20, tzinfo=UTC)
    two = [counted(TERMS[name], PLAIN, start) for name in ("dsa window", "fincen sar")]

    for deadlines, said in ((two, "duty-breached, window-closed"), ([], "nothing")):
        with pytest.raises(InvalidValue) as refused:
            governing(deadlines)
        assert str(refused.value) == (
            f"governing cannot be `'{said}'`: "
            "several duties, or several minimums: one kind at a time"
        )


# --- refusals ------------------------------------------------------------------------------------


def test_counting_never_leaves_the_days_that_were_resolved() -> None:
    """A day that nobody looked up is refused, whichever way it is come by."""
    first, last = date(2026, 11, 16), date(2026, 11, 27)
    resolved = resolve(PLAIN, first, last)
    friday = datetime(2026, 11, 20, 12, tzinfo=UTC)

    assert last == due(_term(5, Unit.BUSINESS_DAYS), friday, resolved).day
    for term in (
        _term(6, Unit.BUSINESS_DAYS),
        _term(8, Unit.DAYS),
        _term(8, Unit.DAYS, start=Start.MOMENT),
        _term(181, Unit.HOURS, start=Start.MOMENT),
    ):
        with pytest.raises(InvalidValue, match="it was resolved from 2026-11-16 to 2026-11-27"):
            due(term, friday, resolved)
    with pytest.raises(InvalidValue, match="resolve a longer window"):
        due(_term(1, Unit.DAYS), friday - timedelta(days=9), resolved)


def test_an_instant_without_a_zone_is_refused() -> None:
    """It would be taken for the time of whatever machine counts."""
    resolved = resolve(PLAIN, date(2026, 11, 16), date(2026, 11, 27))
    naive = datetime(2026, 11, 20, 12)  # noqa: DTZ001 - what is refused

    for term in (_term(1, Unit.DAYS), _term(1, Unit.HOURS, start=Start.MOMENT)):
        with pytest.raises(InvalidValue, match="it takes one with a zone"):
            due(term, naive, resolved)
    with pytest.raises(InvalidValue, match="it takes one with a zone"):
        reckon(_term(1, Unit.DAYS), naive, PLAIN)


@pytest.mark.parametrize("unit", [Unit.YEARS, Unit.MONTHS, Unit.WEEKS])
def test_an_end_beyond_all_calendars_is_refused(unit: Unit) -> None:
    """A million of anything is a slip of the pen."""
    resolved = resolve(PLAIN, date(2026, 11, 16), date(2026, 11, 27))

    term = _term(10**6, unit)

    with pytest.raises(InvalidValue) as refused:
        due(term, datetime(2026, 11, 20, 12, tzinfo=UTC), resolved)
    assert str(refused.value) == (
        f"due.term cannot be `{term.in_words()!r}`: an end before the year 10000"
    )


def test_the_last_year_of_all_calendars_is_counted() -> None:
    """The end is beyond it, not in it."""
    window = replace(
        resolve(PLAIN, date(2026, 1, 1), date(2026, 1, 2)), last=date.max, first=date(9999, 1, 1)
    )
    term = _term(1, Unit.MONTHS, start=Start.MOMENT)

    assert date(9999, 12, 1) == due(term, datetime(9999, 11, 1, tzinfo=UTC), window).day
