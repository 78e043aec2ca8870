"""What a calendar said: worked days, local clocks, and nothing beyond the window."""

import pickle
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from freezecase.core.checked import replace
from freezecase.core.resolved import (
    WESTERN,
    DayOff,
    Offset,
    Resolved,
    Weekday,
    Weekend,
    aware,
    days_between,
    trimmed,
)
from freezecase.errors import InvalidValue

# London in 2026, by hand: an hour ahead from 29 March, 01:00 UTC, to 25 October, 01:00 UTC.
WINTER = Offset(at=datetime(2025, 10, 26, 1, tzinfo=UTC), seconds=0)
SUMMER = Offset(at=datetime(2026, 3, 29, 1, tzinfo=UTC), seconds=3600)
AUTUMN = Offset(at=datetime(2026, 10, 25, 1, tzinfo=UTC), seconds=0)
GIVEN: dict[str, Any] = {
    "calendar": "gb-eng",
    "zone": "Europe/London",
    "first": date(2026, 1, 1),
    "last": date(2026, 12, 31),
    "weekends": WESTERN,
    "opens": 9 * 60,
    "closes": 17 * 60,
    "offsets": [WINTER, SUMMER, AUTUMN],
    "holidays": [DayOff(day=date(2026, 12, 25), name="Christmas Day")],
}
LONDON = Resolved(**GIVEN)


@pytest.mark.parametrize(
    ("utc", "shown"),
    [
        ("2026-01-01 00:00", "2026-01-01 00:00"),
        ("2026-03-29 00:59", "2026-03-29 00:59"),
        ("2026-03-29 01:00", "2026-03-29 02:00"),
        ("2026-10-25 00:59", "2026-10-25 01:59"),
        ("2026-10-25 01:00", "2026-10-25 01:00"),
        ("2026-12-31 23:59", "2026-12-31 23:59"),
    ],
)
def test_a_local_clock_shows_what_its_offset_makes_of_an_instant(utc: str, shown: str) -> None:
    """It changes at the very instant."""
    assert datetime.fromisoformat(shown) == LONDON.local(
        datetime.fromisoformat(utc).replace(tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("shown", "utc"),
    [
        ("2026-03-29 00:59", "2026-03-29 00:59"),
        ("2026-03-29 01:00", "2026-03-29 01:00"),
        ("2026-03-29 01:30", "2026-03-29 01:00"),  # never shown: the instant of the jump
        ("2026-03-29 02:00", "2026-03-29 01:00"),
        ("2026-10-25 01:30", "2026-10-25 00:30"),  # shown twice: the first time
        ("2026-10-25 02:00", "2026-10-25 02:00"),
    ],
)
def test_what_a_clock_shows_leads_back_to_an_instant(shown: str, utc: str) -> None:
    """Gaps and doubled hours have one answer each."""
    assert datetime.fromisoformat(utc).replace(tzinfo=UTC) == LONDON.instant(
        datetime.fromisoformat(shown)
    )


def test_the_last_minute_of_a_day_is_the_first_of_the_next() -> None:
    """Also on the last day of the window."""
    assert datetime(2027, 1, 1, tzinfo=UTC) == LONDON.at_minute(date(2026, 12, 31), 1440)
    assert datetime(2026, 6, 1, 8, 30, tzinfo=UTC) == LONDON.at_minute(date(2026, 6, 1), 570)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="a process keeps its zone here")
def test_the_zone_of_the_machine_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or one instant would show two times, on two hosts."""
    try:
        monkeypatch.setenv("TZ", "JST-9")
        time.tzset()
        assert LONDON.local(SUMMER.at) == datetime(2026, 3, 29, 2)  # noqa: DTZ001 - what it shows
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("day", "ask"),
    [
        ("2027-01-01", lambda: LONDON.is_business_day(date(2027, 1, 1))),
        ("2025-12-31", lambda: LONDON.is_business_day(date(2025, 12, 31))),
        ("2027-01-01", lambda: LONDON.local(datetime(2027, 1, 1, tzinfo=UTC))),
        ("2025-10-01", lambda: LONDON.local(datetime(2025, 10, 1, tzinfo=UTC))),
        ("2027-01-01", lambda: LONDON.instant(datetime(2027, 1, 1))),  # noqa: DTZ001 - it shows
        ("2027-01-01", lambda: LONDON.at_minute(date(2027, 1, 1), 0)),
        ("2025-12-31", lambda: LONDON.narrowed(date(2025, 12, 31), date(2026, 1, 1))),
        ("2027-01-01", lambda: LONDON.narrowed(date(2026, 12, 31), date(2027, 1, 1))),
    ],
)
def test_outside_the_window_nothing_is_guessed(day: str, ask: Any) -> None:
    """The error names the window and what to do."""
    with pytest.raises(InvalidValue) as refused:
        ask()
    assert str(refused.value) == (
        f"a day of `gb-eng` cannot be `'{day}'`: "
        "it was resolved from 2026-01-01 to 2026-12-31: resolve a longer window"
    )


def test_an_instant_has_a_zone() -> None:
    """Without one it would be taken for the time of this machine."""
    with pytest.raises(InvalidValue) as refused:
        aware(datetime(2026, 1, 1))  # noqa: DTZ001 - the point
    assert str(refused.value) == (
        "an instant cannot be `'2026-01-01T00:00:00'`: it takes one with a zone, such as UTC"
    )
    assert aware(WINTER.at) == WINTER.at


@pytest.mark.parametrize(
    ("bad", "allowed"),
    [
        (
            {"last": date(2025, 12, 31)},
            r"^Resolved\.last cannot be `datetime.date\(2025, 12, 31\)`: "
            "a day from 2026-01-01 on$",
        ),
        ({"offsets": []}, "at least one"),
        ({"offsets": [SUMMER, WINTER]}, "each later than the one before"),
        ({"offsets": [WINTER, WINTER]}, "each later than the one before"),
        ({"zone": "London!"}, "an IANA key"),
        ({"weekends": []}, "at least one"),
        ({"first": datetime(2026, 1, 1, tzinfo=UTC)}, "it takes a `date`"),
    ],
)
def test_what_cannot_be_a_window_is_refused(bad: dict[str, Any], allowed: str) -> None:
    """Whoever builds it, and whoever reads it."""
    with pytest.raises(InvalidValue, match=allowed):
        Resolved(**{**GIVEN, **bad})


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 12, 24), True),
        (date(2026, 12, 25), False),
        (date(2026, 12, 26), False),
        (date(2026, 12, 28), True),
        (date(2026, 1, 1), True),
    ],
)
def test_a_day_is_worked_unless_it_is_off(day: date, works: bool) -> None:
    """Holidays and weekends are off; nothing else is, whatever people think of it."""
    assert works is LONDON.is_business_day(day)


def test_a_day_off_has_a_name() -> None:
    """That of the holiday, also on a weekend."""
    named = replace(LONDON, holidays=[DayOff(day=date(2026, 12, 26), name="Boxing Day")])
    assert named.why_off(date(2026, 12, 26)).name == "Boxing Day"
    assert named.why_off(date(2026, 12, 27)) == DayOff(day=date(2026, 12, 27), name="weekend")


def test_days_that_nobody_asked_about_are_not_guessed() -> None:
    """Whoever asks is told how to resolve a calendar with its holidays."""
    with pytest.raises(InvalidValue, match="a calendar that was resolved with its holidays"):
        replace(LONDON, holidays=None).is_business_day(date(2026, 6, 1))


def test_somebody_works_some_time() -> None:
    """A weekend of seven days would never let a business day end."""
    with pytest.raises(InvalidValue, match="at most six days"):
        Weekend(days=list(Weekday))
    with pytest.raises(InvalidValue, match="less than a day either way"):
        Offset(at=WINTER.at, seconds=86_400)


def test_narrowing_keeps_what_can_matter() -> None:
    """Offsets that were in force a day around, holidays and worked days of the window."""
    whole = replace(LONDON, worked=[date(2026, 1, 3), date(2026, 12, 26)])
    june, december = (
        whole.narrowed(date(2026, month, 1), date(2026, month, 28)) for month in (6, 12)
    )

    assert (june.offsets, june.holidays, june.worked) == ((SUMMER,), (), ())
    assert ((AUTUMN,), whole.holidays) == (december.offsets, december.holidays)
    assert (date(2026, 12, 26),) == december.worked
    assert whole.narrowed(date(2026, 3, 28), date(2026, 3, 29)).offsets == (WINTER, SUMMER)
    assert whole.narrowed(*whole.worked).worked == whole.worked  # the first day and the last
    assert (date(2026, 6, 1), date(2026, 6, 28)) == (june.first, june.last)


def test_narrowing_keeps_the_holidays_of_the_first_day_and_of_the_last() -> None:
    """And only those between them."""
    days = [date(2026, 12, day) for day in (24, 25, 26, 28)]
    whole = replace(LONDON, holidays=[DayOff(day=day, name="off") for day in days])
    kept = whole.narrowed(date(2026, 12, 25), date(2026, 12, 26)).holidays
    assert whole.holidays is not None
    assert whole.holidays[1:3] == kept


def test_a_change_that_changes_nothing_is_not_kept() -> None:
    """Each year is looked up by itself and begins with its offset."""
    again = Offset(at=datetime(2026, 1, 1, tzinfo=UTC), seconds=0)

    assert trimmed((WINTER, again, SUMMER), date(2025, 12, 31), date(2026, 6, 1)) == (
        WINTER,
        SUMMER,
    )


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ("2026-05-31 00:00", 1),  # before the day began anywhere: only what it changed to
        ("2026-05-31 00:01", 2),  # fourteen hours ahead the day begins on the day before
        ("2026-06-02 23:59", 2),  # twelve hours behind it ends on the day after
        ("2026-06-03 00:00", 1),
    ],
)
def test_what_changes_near_the_window_is_kept(change: str, kept: int) -> None:
    """Local days begin and end on other days of UTC."""
    there = Offset(at=datetime.fromisoformat(change).replace(tzinfo=UTC), seconds=7200)

    assert kept == len(trimmed((SUMMER, there), date(2026, 6, 1), date(2026, 6, 1)))


def test_a_weekend_holds_from_its_first_day() -> None:
    """A Sunday on which Sundays begin to be off is off."""
    sunday = date(2026, 11, 22)
    weekend = Weekend(days=[Weekday.SUNDAY], since=sunday)

    assert sunday in replace(LONDON, weekends=[weekend]).off


def test_narrowing_what_has_no_holidays_keeps_it_so() -> None:
    """None and none are not the same."""
    for holidays in (None, ()):
        kept = replace(LONDON, holidays=holidays).narrowed(date(2026, 6, 1), date(2026, 6, 2))
        assert holidays == kept.holidays


def test_the_days_between_include_both() -> None:
    """And a window that ends before it begins has none."""
    first = date(2026, 12, 31)

    assert [first, date(2027, 1, 1)] == list(days_between(first, first + timedelta(days=1)))
    assert list(days_between(first, date(2026, 12, 30))) == []


def test_what_is_stored_is_read_back_and_checked() -> None:
    """The same window, the same days off; and bytes that say nonsense are not taken."""
    stored = msgspec.json.encode(LONDON)
    read = msgspec.json.decode(stored, type=Resolved)

    assert read == LONDON
    assert LONDON.off == read.off
    assert stored == msgspec.json.encode(read)  # also when the days off were looked at
    assert pickle.loads(pickle.dumps(LONDON)) == LONDON
    with pytest.raises(msgspec.ValidationError, match="each later than the one before"):
        msgspec.json.decode(stored.replace(b"2025-10-26", b"2027-10-26"), type=Resolved)
