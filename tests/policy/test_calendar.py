"""Calendars: what is looked up, what is kept of it, and what is refused."""

import re
import subprocess
import sys
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import import_module, metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

import holidays
import pytest

from freezecase.core.resolved import DayOff, Resolved, Weekday, Weekend
from freezecase.errors import InvalidValue
from freezecase.policy import calendar as module
from freezecase.policy.calendar import Calendar, MarketHolidays, PublicHolidays, resolve
from tests.policy.calendars import (
    EMIRATES,
    ENGLAND,
    HONG_KONG,
    HONG_KONG_MARKET,
    HONG_KONG_STATUTORY,
    PLAIN,
    SCOTLAND,
    SINGAPORE,
    ZURICH,
)


@pytest.fixture
def _asked_anew() -> Iterator[None]:
    """Forget what was looked up, before and after."""
    caches = [module._resolved, module._asked, module._zone, module._offsets_in, module._tz_version]
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def year(calendar: Calendar, of: int) -> Resolved:
    """A whole year of a calendar."""
    return resolve(calendar, date(of, 1, 1), date(of, 12, 31))


def names(resolved: Resolved) -> dict[str, str]:
    """The holidays that fell in the window, by day."""
    return {day.day.isoformat(): day.name for day in resolved.holidays or ()}


# --- what is kept --------------------------------------------------------------------------------


def test_a_resolved_window_says_where_it_comes_from() -> None:
    """Calendar, categories, and the versions of both sources of data."""
    kept = resolve(HONG_KONG, date(2026, 4, 1), date(2026, 4, 8))

    assert (kept.calendar, kept.source, kept.categories) == ("hk", "HK", ("optional", "public"))
    assert metadata.version("holidays") == kept.package
    assert kept.tz == import_module("tzdata").IANA_VERSION
    assert {3, 4, 6, 7} == {day.day for day in kept.off if day != date(2026, 4, 5)}


def test_only_the_window_is_kept() -> None:
    """A holiday outside of it says nothing about the decision."""
    kept = resolve(SCOTLAND, date(2026, 12, 28), date(2027, 1, 4))

    assert names(kept) == {
        "2026-12-28": "Boxing Day (observed)",
        "2027-01-01": "New Year's Day",
        "2027-01-02": "New Year Holiday",
        "2027-01-04": "New Year Holiday (observed)",
    }
    assert {date(2027, 1, day) for day in (1, 2, 3, 4)} | {date(2026, 12, 28)} == kept.off


def test_without_holidays_nothing_of_the_package_is_named() -> None:
    """A calendar may have none, and a count may ask for none."""
    plain = resolve(PLAIN, date(2026, 12, 21), date(2026, 12, 27))
    blind = resolve(ENGLAND, date(2026, 12, 21), date(2026, 12, 27), days=False)

    assert ((plain.source, plain.categories, plain.package), plain.holidays) == (("", (), ""), ())
    assert ((blind.source, blind.categories, blind.package), blind.holidays) == (("", (), ""), None)
    assert date(2026, 12, 25) not in plain.off
    with pytest.raises(InvalidValue, match="was resolved with its holidays"):
        blind.is_business_day(date(2026, 12, 25))


@pytest.mark.usefixtures("_asked_anew")
def test_the_package_is_asked_once_for_a_calendar_and_year(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its answers are slow, and an object of its kind changes when it is looked at."""
    asked: list[Any] = []
    lookup = module._lookup

    def counting(source: Any, **options: Any) -> Any:
        asked.append(options.get("years"))
        return lookup(source, **options)

    monkeypatch.setattr(module, "_lookup", counting)
    for begin in (1, 1, 2, 3):
        resolve(ENGLAND, date(2026, 12, begin), date(2027, 1, 31))

    assert [years for years in asked if years] == [2026, 2027]


def test_importing_us_does_not_import_the_package() -> None:
    """It takes longer than all the rest."""
    said = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys, freezecase, freezecase.policy.reckon; print('holidays' in sys.modules)",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert said.strip() == "False"


# --- which days ----------------------------------------------------------------------------------


def test_saturday_is_no_business_day_in_hong_kong() -> None:
    """The package holds it for one: weekends are ours."""
    saturday = date(2026, 11, 21)

    assert holidays.country_holidays("HK").is_working_day(saturday)
    assert not year(HONG_KONG, 2026).is_business_day(saturday)


def test_the_banks_of_hong_kong_rest_on_good_friday() -> None:
    """The list called `public` is the statutory one; with `optional` it is the market's."""
    good_friday = date(2026, 4, 3)

    assert year(HONG_KONG_STATUTORY, 2026).is_business_day(good_friday)
    assert not year(HONG_KONG, 2026).is_business_day(good_friday)
    assert year(HONG_KONG_MARKET, 2026).off == year(HONG_KONG, 2026).off


def test_a_weekend_changes_on_a_day() -> None:
    """The Emirates went from Friday and Saturday to Saturday and Sunday with 2022."""
    week = [
        resolve(EMIRATES, first, first + timedelta(days=6))
        for first in (date(2021, 11, 15), date(2022, 11, 14))
    ]

    assert [{4, 5}, {5, 6}] == [{day.weekday() for day in kept.off} for kept in week]


def test_before_its_first_weekend_a_calendar_has_none() -> None:
    """What nobody said is not guessed."""
    late = Calendar(
        id="late",
        zone="UTC",
        weekends=[Weekend(days=[Weekday.SUNDAY], since=date(2026, 11, 16))],
    )

    assert {date(2026, 11, 22)} == resolve(late, date(2026, 11, 9), date(2026, 11, 22)).off


def test_a_host_adds_days_off_and_takes_some_back() -> None:
    """A holiday that was declared late, and a Saturday that is worked to make up for a Friday."""
    mourning = DayOff(day=date(2022, 9, 19), name="State Funeral of Queen Elizabeth II")
    own = Calendar(
        id="own",
        zone="Europe/London",
        holidays=PublicHolidays(country="GB", subdivision="ENG"),
        closed=[mourning, DayOff(day=date(2022, 9, 23), name="moving house")],
        worked=[date(2022, 9, 24)],
    )
    kept = resolve(own, date(2022, 9, 19), date(2022, 9, 25))

    assert {date(2022, 9, 19), date(2022, 9, 23), date(2022, 9, 25)} == kept.off
    assert kept.why_off(date(2022, 9, 23)).name == "moving house"
    assert kept.why_off(date(2022, 9, 25)).name == "weekend"
    assert (date(2022, 9, 24),) == kept.worked
    assert resolve(own, date(2022, 9, 26), date(2022, 9, 27)).worked == ()


@pytest.mark.parametrize(
    ("calendar", "of", "estimated"),
    [
        (EMIRATES, 2024, False),
        (EMIRATES, 2028, True),
        (SINGAPORE, 2026, False),
        (ZURICH, 2028, False),
    ],
    ids=lambda value: str(getattr(value, "id", value)),
)
def test_what_waits_for_the_moon_is_marked(calendar: Calendar, of: int, estimated: bool) -> None:
    """In whatever language the country speaks."""
    kept = year(calendar, of).holidays or ()

    assert estimated is any(day.estimated for day in kept)
    assert all(("estimated" in day.name) is day.estimated for day in kept)


@pytest.mark.usefixtures("_asked_anew")
@pytest.mark.parametrize("language", ["ar", "en_US", "C"])
def test_names_do_not_follow_the_language_of_the_host(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one ruling would say two things on two machines, and a forecast would go unseen."""
    for name in ("LANGUAGE", "LC_ALL", "LANG"):
        monkeypatch.setenv(name, language)

    assert "Eid al-Fitr (estimated)" in names(year(EMIRATES, 2028)).values()


# --- zones ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_asked_anew")
def test_zones_are_those_of_the_package_whatever_the_system_has(
    tmp_path: Path,
) -> None:
    """Or two hosts would disagree: a system that holds London for UTC changes nothing."""
    london = tmp_path / "Europe" / "London"
    london.parent.mkdir()
    london.write_bytes((files("tzdata.zoneinfo") / "UTC").read_bytes())
    zoneinfo.reset_tzpath([str(tmp_path)])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
        here = resolve(PLAIN, noon.date(), noon.date())
        there = resolve(ENGLAND, noon.date(), noon.date())

        assert noon.astimezone(zoneinfo.ZoneInfo("Europe/London")).hour == 12
        assert (here.local(noon).hour, there.local(noon).hour) == (12, 13)
    finally:
        zoneinfo.reset_tzpath()
        zoneinfo.ZoneInfo.clear_cache()


def test_the_first_day_of_a_year_begins_in_the_year_before() -> None:
    """Where clocks are fourteen hours ahead."""
    first = date(2027, 1, 1)
    there = resolve(Calendar(id="there", zone="Pacific/Kiritimati"), first, first)

    assert datetime(2026, 12, 31, 10, tzinfo=UTC) == there.at_minute(first, 0)


def test_a_year_that_begins_with_a_jump_ends_with_it() -> None:
    """On New Year's Day 1912 the clocks of Lisbon went on by 36 minutes and 45 seconds."""
    last = date(1911, 12, 31)
    there = resolve(Calendar(id="there", zone="Europe/Lisbon"), last, last)

    assert datetime(1912, 1, 1, tzinfo=UTC) == there.at_minute(last, 24 * 60)


def test_what_jumps_on_the_morning_after_the_last_day_is_kept() -> None:
    """In Caracas, when 1965 began, half past four in UTC: a deadline at midnight may rest on it."""
    last = date(1964, 12, 31)
    there = resolve(Calendar(id="there", zone="America/Caracas"), last, last)

    assert datetime(1965, 1, 1, 4, 30, tzinfo=UTC) == there.offsets[-1].at


def test_a_change_is_known_to_the_second() -> None:
    """In Newfoundland clocks changed a minute after midnight."""
    first, last = date(2006, 1, 1), date(2006, 12, 31)
    there = resolve(Calendar(id="there", zone="America/St_Johns"), first, last)

    assert [offset.at.replace(tzinfo=None).isoformat() for offset in there.offsets[1:]] == [
        *("2006-04-02T03:31:00", "2006-10-29T02:31:00"),
    ]


def test_a_calendar_knows_its_place() -> None:
    """The city that its zone is named after."""
    assert (
        ENGLAND.place,
        Calendar(id="us", zone="America/New_York").place,
        PLAIN.place,
    ) == ("London", "New York", "UTC")


# --- refusals ------------------------------------------------------------------------------------


NEAREST = "one of [0-9]+ that are known, such as `[^`]+`, `[^`]+`, `[^`]+`"


@pytest.mark.parametrize(
    ("given", "place", "wrong", "allowed"),
    [
        (
            {"zone": "Europe/Londno"},
            "Calendar.zone",
            "'Europe/Londno'",
            "one of [0-9]+ that are known, such as `Europe/London`, .*",
        ),
        ({"zone": "EUROPE/LONDON"}, "Calendar.zone", "'EUROPE/LONDON'", NEAREST),
        ({"holidays": PublicHolidays(country="XX")}, "PublicHolidays.country", "'XX'", NEAREST),
        (
            {"holidays": PublicHolidays(country="GB", subdivision="ENX")},
            "PublicHolidays.subdivision",
            "'ENX'",
            "the parts of GB are: `ENG`, `NIR`, `SCT`, `WLS`",
        ),
        (
            {"holidays": PublicHolidays(country="SG", subdivision="X")},
            "PublicHolidays.subdivision",
            "'X'",
            "the parts of SG are: none",
        ),
        (
            {"holidays": PublicHolidays(country="DE", categories=["bank"])},
            "PublicHolidays.categories",
            "('bank',)",
            "DE has: `[a-z_]+`(, `[a-z_]+`)+",
        ),
        ({"holidays": MarketHolidays(market="XNYZ")}, "MarketHolidays.market", "'XNYZ'", NEAREST),
        (
            {"holidays": MarketHolidays(market="XNYS", categories=["bank"])},
            "MarketHolidays.categories",
            "('bank',)",
            "XNYS has: `[a-z_]+`(, `[a-z_]+`)+",
        ),
    ],
)
def test_what_is_unknown_is_refused_and_the_nearest_named(
    given: dict[str, Any], place: str, wrong: str, allowed: str
) -> None:
    """The error says which part is wrong, and what would be allowed."""
    whole: dict[str, Any] = {"id": "there", "zone": "UTC", **given}
    calendar = Calendar(**whole)

    with pytest.raises(InvalidValue) as refused:
        resolve(calendar, date(2026, 1, 1), date(2026, 1, 2))

    said = rf"{re.escape(f'{place} cannot be `{wrong}`: ')}{allowed}"
    assert re.fullmatch(said, str(refused.value))


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("lisbom", "`lisbon`, `lisboa`, `lis`"),  # of those that are near, the nearest three
        ("pqr", "`paris`"),  # not very near, but nothing else is
        ("zzz", "`lima`, `lis`, `lisboa`"),  # none is near: the first three
    ],
)
def test_the_nearest_three_stand_for_a_long_list(word: str, nearest: str) -> None:
    """A list of all that is known would be too long to read."""
    known = ["paris", "lisbon", "lisboa", "lis", "lisp", "lima"]

    assert module._one_of(word, known) == f"one of 6 that are known, such as {nearest}"


@pytest.mark.parametrize("country", ["AU", "CH", "GB"])
def test_a_country_whose_parts_differ_needs_its_part(country: str) -> None:
    """As a whole it has four holidays, or seven; nobody works by that."""
    with pytest.raises(InvalidValue) as refused:
        PublicHolidays(country=country)
    assert str(refused.value) == (
        "PublicHolidays.subdivision cannot be `None`: "
        f"a part of {country}: the country as a whole has too few holidays"
    )


@pytest.mark.parametrize(
    "given",
    [
        {"zone": "../../etc/passwd"},
        {"zone": "Europe//London"},
        {"holidays": {"country": "GB"}},
        {"weekends": []},
        {"opens": -1},
        {"closes": 1441},
    ],
)
def test_what_cannot_be_a_calendar_is_refused_at_once(given: dict[str, Any]) -> None:
    """Before anything is looked up."""
    whole: dict[str, Any] = {"id": "there", "zone": "UTC", **given}

    with pytest.raises(InvalidValue):
        Calendar(**whole)


@pytest.mark.parametrize(
    ("calendar", "day"),
    [
        (ENGLAND, date(2101, 1, 1)),  # the package would silently know less
        (EMIRATES, date(1971, 1, 1)),
    ],
)
def test_years_of_which_nothing_is_known_are_refused(calendar: Calendar, day: date) -> None:
    """A year without holidays would be counted as one in which all is worked."""
    with pytest.raises(InvalidValue, match="beyond, nothing is known"):
        resolve(calendar, day, day)

    assert day == resolve(calendar, day, day, days=False).first


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2200, 1, 1), date.min, date.max])
def test_a_calendar_has_an_end(day: date) -> None:
    """Nobody knows the clocks of another century."""
    for first, last in ((day, date(2026, 1, 1)), (date(2026, 1, 1), day)):
        with pytest.raises(InvalidValue) as refused:
            resolve(PLAIN, first, last)
        assert str(refused.value) == (
            f"resolve cannot be `'{day}'`: a day of the years 1900 to 2199"
        )


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2199, 12, 31)])
def test_until_its_end_a_calendar_holds(day: date) -> None:
    """The first and the last of its days are counted like any other."""
    assert (day, day) == ((kept := resolve(PLAIN, day, day)).first, kept.last)
