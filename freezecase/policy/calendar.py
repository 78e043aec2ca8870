"""
Calendars: which days are worked where, and what has to be kept to know it again later.

A `Calendar` is a value. `resolve` looks a stretch of days up, in the `holidays` package and in the
zone files of the `tzdata` package (never those of the system, on which two hosts may disagree),
and returns a `Resolved` that stands alone: it is stored, and counting again asks nobody.

Weekends are the calendar's own, not the package's: that of Hong Kong holds Saturdays for worked.
"""

from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, Final
from zoneinfo import ZoneInfo

from freezecase.core.allowed import ORDERED, SOME, line, matches
from freezecase.core.checked import checked, refuse
from freezecase.core.resolved import (
    WESTERN,
    DayOff,
    MinuteOfDay,
    Offset,
    Resolved,
    Weekend,
    ZoneKey,
    trimmed,
)
from freezecase.core.values import Several, Slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Calendar", "MarketHolidays", "PublicHolidays", "resolve"]

_Category = Annotated[str, matches(r"[a-z]+(_[a-z]+)*", "a word as `public` or `half_day`")]
_YEARS: Final = range(1900, 2200)
_APART: Final = ("AU", "CH", "GB", "UK")
"""Countries whose common holidays are few, and whose law is that of a part."""


@checked
class PublicHolidays:
    """The holidays of a country, or of a part of it."""

    country: Annotated[str, matches(r"[A-Z]{2}", "two letters of ISO 3166 as `DE`")]
    subdivision: Annotated[str, line(1, 60)] | None = None
    categories: Annotated[Several[_Category], ORDERED, SOME] = ("public",)

    def __attrs_post_init__(self) -> None:
        """Refuse a whole country where each part has holidays of its own."""
        if self.country in _APART and self.subdivision is None:
            allowed = f"a part of {self.country}: the country as a whole has too few holidays"
            raise refuse("PublicHolidays.subdivision", None, allowed)

    @property
    def code(self) -> str:
        """Whose they are, in short."""
        return "-".join(filter(None, [self.country, self.subdivision]))


@checked
class MarketHolidays:
    """The holidays of a financial market, by its ISO 10383 code: what banks go by."""

    market: Annotated[str, matches(r"[A-Z0-9]{2,4}", "a market's code as `XSWX`")]
    categories: Annotated[Several[_Category], ORDERED, SOME] = ("public",)

    @property
    def code(self) -> str:
        """Whose they are, in short."""
        return self.market


@checked
class Calendar:
    """Where days are counted, and which of them are worked."""

    id: Slug
    zone: ZoneKey
    holidays: PublicHolidays | MarketHolidays | None = None
    weekends: Annotated[Several[Weekend], SOME] = WESTERN
    """In the order in which they came into force."""
    closed: Several[DayOff] = ()
    """Days off that the package does not know: declared late, confirmed, or one's own."""
    worked: Several[date] = ()
    """Days that are worked although weekend or holiday."""
    opens: MinuteOfDay = 9 * 60
    closes: MinuteOfDay = 17 * 60

    @property
    def place(self) -> str:
        """The city that the zone is named after."""
        return self.zone.rpartition("/")[2].replace("_", " ")


def resolve(calendar: Calendar, first: date, last: date, *, days: bool = True) -> Resolved:
    """
    Return what *calendar* says of the days from *first* to *last*, to be counted on and stored.

    Without *days* only the zone is looked up: enough for what does not ask which days are worked.

    Raises:
        InvalidValue: the zone, the country, the part, the category or the year is unknown.

    """
    _check_years(first, last)
    return _resolved(calendar, first, last, days)


@lru_cache(maxsize=256)
def _resolved(calendar: Calendar, first: date, last: date, days: bool) -> Resolved:  # noqa: FBT001 - a key
    """Look a window up once: all that begins on one day asks for the same few."""
    years = range(first.year, last.year + 1)
    holidays = _holidays(calendar, years) if days else None
    asked = calendar.holidays if days else None
    whole = Resolved(
        calendar=calendar.id,
        zone=calendar.zone,
        first=first,
        last=last,
        weekends=calendar.weekends,
        opens=calendar.opens,
        closes=calendar.closes,
        offsets=trimmed(_offsets(calendar.zone, first, last), first, last),
        holidays=holidays,
        worked=tuple(sorted(calendar.worked)),
        source=asked.code if asked else "",
        categories=asked.categories if asked else (),
        package=_package().__version__ if asked else "",
        tz=_tz_version(),
    )
    return whole.narrowed(first, last)


def _check_years(first: date, last: date) -> None:
    for day in (first, last):
        if day.year not in _YEARS:
            allowed = f"a day of the years {_YEARS[0]} to {_YEARS[-1]}"
            raise refuse("resolve", day.isoformat(), allowed)


# --- holidays ------------------------------------------------------------------------------------


def _holidays(calendar: Calendar, years: "Iterable[int]") -> tuple[DayOff, ...]:
    found: dict[date, DayOff] = {}
    if calendar.holidays is not None:
        for year in years:
            found |= {holiday.day: holiday for holiday in _asked(calendar.holidays, year)}
    found |= {holiday.day: holiday for holiday in calendar.closed}  # a forecast may be confirmed
    return tuple(found[day] for day in sorted(found))


@lru_cache(maxsize=4096)
def _asked(source: PublicHolidays | MarketHolidays, year: int) -> tuple[DayOff, ...]:
    """Ask the package once for a year: its answers are slow, and change when they are looked at."""
    lookup = _lookup(source)
    if not lookup.start_year <= year <= lookup.end_year:
        allowed = f"a year from {lookup.start_year} to {lookup.end_year}: beyond, nothing is known"
        raise refuse(f"the year of `{source.code}`", year, allowed)
    named: Mapping[date, str] = _lookup(source, years=year, language=_language(lookup))
    return tuple(
        DayOff(day=day, name=name, estimated="estimated" in name)
        for day, name in sorted(named.items())
    )


def _language(lookup: Any) -> str | None:
    """Name the language, or names follow this host's; in English `estimated` is a word we know."""
    other: str | None = lookup.default_language
    return "en_US" if "en_US" in lookup.supported_languages else other


def _lookup(source: PublicHolidays | MarketHolidays, **options: Any) -> Any:
    package = _package()
    try:
        if isinstance(source, MarketHolidays):
            return package.financial_holidays(
                source.market, categories=source.categories, **options
            )
        return package.country_holidays(
            source.country, subdiv=source.subdivision, categories=source.categories, **options
        )
    except (NotImplementedError, ValueError):
        raise _unknown(source) from None


def _unknown(source: PublicHolidays | MarketHolidays) -> Exception:
    """Return the error that names which part of *source* is unknown, and what is known."""
    market = isinstance(source, MarketHolidays)
    package = _package()
    known = package.list_supported_financial() if market else package.list_supported_countries()
    name = source.market if isinstance(source, MarketHolidays) else source.country
    part = None if isinstance(source, MarketHolidays) else source.subdivision
    kind = type(source).__name__
    if name not in known:
        return refuse(f"{kind}.{'market' if market else 'country'}", name, _one_of(name, known))
    if part is not None and part not in known[name]:
        parts = ", ".join(f"`{one}`" for one in known[name]) or "none"
        return refuse(f"{kind}.subdivision", part, f"the parts of {name} are: {parts}")
    finder = package.financial_holidays if market else package.country_holidays
    categories = ", ".join(f"`{one}`" for one in finder(name).supported_categories)
    return refuse(f"{kind}.categories", source.categories, f"{name} has: {categories}")


def _one_of(word: str, known: "Iterable[str]") -> str:
    """Say what is allowed where a list would be too long: how many, and the nearest."""
    known = sorted(known)
    near = get_close_matches(word, known, n=3, cutoff=0.4) or known[:3]
    return f"one of {len(known)} that are known, such as " + ", ".join(f"`{one}`" for one in near)


def _package() -> Any:
    import holidays  # noqa: PLC0415 - it takes longer to import than all the rest of us

    return holidays


# --- zones ---------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _tz_version() -> str:
    """Return the version of the IANA data, as its own file says."""
    with (files("tzdata.zoneinfo") / "tzdata.zi").open(encoding="utf-8") as file:
        return file.readline().removeprefix("# version").strip()


@lru_cache(maxsize=1024)
def _zone(key: str) -> ZoneInfo:
    """Return a zone from the package's own file. It cannot be pickled: only keys leave here."""
    known = (files("tzdata") / "zones").read_text(encoding="utf-8").split()
    if key not in known:  # nor is anything opened that is not in the list
        raise refuse("Calendar.zone", key, _one_of(key, known))
    with files("tzdata.zoneinfo").joinpath(*key.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=key)


def _offsets(key: str, first: date, last: date) -> tuple[Offset, ...]:
    years = range((first - timedelta(days=2)).year, (last + timedelta(days=3)).year + 1)
    return tuple(offset for year in years for offset in _offsets_in(key, year))


@lru_cache(maxsize=4096)
def _offsets_in(key: str, year: int) -> tuple[Offset, ...]:
    """Return the offset with which a year begins in UTC, and every change within it."""
    zone = _zone(key)
    begin = datetime(year, 1, 1, tzinfo=UTC)
    found = [Offset(at=begin, seconds=_seconds(zone, begin))]
    for day in range((datetime(year + 1, 1, 1, tzinfo=UTC) - begin).days):
        here, there = begin + timedelta(days=day), begin + timedelta(days=day + 1)
        if _seconds(zone, here) != _seconds(zone, there):
            found.append(_change(zone, here, there))
    return tuple(found)


def _change(zone: ZoneInfo, here: datetime, there: datetime) -> Offset:
    """Return the change between two instants, to the second."""
    before = _seconds(zone, here)
    while there - here > timedelta(seconds=1):
        between = here + timedelta(seconds=int((there - here).total_seconds()) // 2)
        here, there = (between, there) if _seconds(zone, between) == before else (here, between)
    return Offset(at=there, seconds=_seconds(zone, there))


def _seconds(zone: ZoneInfo, instant: datetime) -> int:
    ahead = instant.astimezone(zone).utcoffset() or timedelta(0)
    return int(ahead.total_seconds())
