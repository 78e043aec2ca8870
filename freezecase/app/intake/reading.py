"""What is made of the text in a cell: exact, or a `BadCell` that says column, value and remedy."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from re import sub
from typing import Any, Final
from zoneinfo import ZoneInfo

from freezecase.app.intake.spec import Cell, Moment, Take

__all__ = ["BadCell", "reader"]

REMEMBERED: Final = 4096
"""How many texts of a column are remembered with what was made of them."""
FLAGS: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class BadCell(Exception):
    """A cell does not say what the mapping takes from it; the words name column and value."""


def reader(cell: Cell) -> Callable[[str], Any]:
    """Return what makes a value of the text in *cell*'s column; `None` where it says nothing."""
    one = _READERS[cell.take](cell) if cell.values is None else _mapped(cell)
    if cell.split:
        one = _split(one, cell.split)
    if cell.prefix:
        one = _prefixed(one, cell.prefix)
    default = cell.default

    @lru_cache(maxsize=REMEMBERED)
    def read(text: str) -> Any:
        text = text.strip()
        return one(text) if text else default

    return read


def _split(each: Callable[[str], Any], separator: str) -> Callable[[str], Any]:
    """Make several values of a text; a part that stands for nothing, `""`, is left out."""

    def read(text: str) -> tuple[Any, ...]:
        parts = filter(None, map(str.strip, text.split(separator)))
        return tuple(value for part in parts if (value := each(part)) != "")

    return read


def _prefixed(bare: Callable[[str], Any], prefix: str) -> Callable[[str], Any]:
    return lambda text: f"{prefix}{bare(text)}"


def _mapped(cell: Cell) -> Callable[[str], Any]:
    values, otherwise = cell.values or {}, cell.otherwise

    def read(text: str) -> Any:
        value = values.get(text, otherwise)
        if value is None:
            known = ", ".join(f"`{one}`" for one in values)
            raise _bad(cell, text, f"it takes one of {known}")
        return value

    return read


def _number(cell: Cell) -> Callable[[str], str]:
    """Read a decimal exactly; a whole number with decimals among its digits is scaled."""

    def read(text: str) -> str:
        try:
            number = Decimal(text)
            whole = number == number.to_integral_value()
        except InvalidOperation:
            raise _bad(cell, text, "it takes a decimal number") from None
        if not number.is_finite() or number.adjusted() > _MOST_DIGITS:
            raise _bad(cell, text, "it takes a decimal number")
        if cell.scale and not whole:
            raise _bad(cell, text, "it takes a whole number of the smallest units")
        return _plain(number, cell.scale)

    return read


def _plain(number: Decimal, scale: int) -> str:
    """
    Return a decimal without the zeros at its end: `35.0` and `35` are one amount.

    The point is moved by hand: arithmetic would round what is longer than its context.
    """
    sign, digits, exponent = number.as_tuple()
    text = format(Decimal((sign, digits, int(exponent) - scale)), "f")  # finite: seen before
    return text.rstrip("0").rstrip(".") if "." in text else text


def _whole(cell: Cell) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.removeprefix("-").isdecimal():
            raise _bad(cell, text, "it takes a whole number")
        return int(text)

    return read


def _flag(cell: Cell) -> Callable[[str], bool]:
    def read(text: str) -> bool:
        if text.lower() not in FLAGS:
            raise _bad(cell, text, "it takes yes or no, true or false, 1 or 0")
        return FLAGS[text.lower()]

    return read


def _slug(cell: Cell) -> Callable[[str], str]:
    """Make lower-case words joined by `-` of any text."""

    def read(text: str) -> str:
        slug = sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST_SLUG].rstrip("-")
        if not slug:
            raise _bad(cell, text, "it takes a text with a letter or a digit in it")
        return slug

    return read


def _instant(cell: Cell) -> Callable[[str], datetime]:
    parse, zone = _parser(cell.moment), cell.moment.zone
    local = ZoneInfo(zone) if zone else None

    def read(text: str) -> datetime:
        try:
            instant = parse(text)
            if instant.tzinfo is None and local is not None:
                instant = instant.replace(tzinfo=local)
            if instant.utcoffset() is None:
                raise _bad(cell, text, "it has no zone: name one in the mapping, as `zone`")
            return instant.astimezone(UTC)
        except (ValueError, OverflowError):
            raise _bad(cell, text, _wanted(cell.moment, "a time")) from None

    return read


def _local_date(cell: Cell) -> Callable[[str], datetime]:
    """
    Read the day alone, as it was written: never through UTC, which would make it the day before.

    A day is kept as its midnight in UTC, so that its date reads back the same everywhere.
    """
    parse, iso = _parser(cell.moment), cell.moment.format is None

    def read(text: str) -> datetime:
        try:
            day = parse(text[:_ISO_DATE] if iso else text)
        except ValueError:
            raise _bad(cell, text, _wanted(cell.moment, "a date")) from None
        return datetime(day.year, day.month, day.day, tzinfo=UTC)

    return read


def _parser(moment: Moment) -> Callable[[str], datetime]:
    if moment.format is None:
        return datetime.fromisoformat
    pattern = moment.format
    return lambda text: datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone comes after


def _wanted(moment: Moment, what: str) -> str:
    return f"it takes {what} " + (f"like `{moment.format}`" if moment.format else "in ISO 8601")


def _bad(cell: Cell, text: str, allowed: str) -> BadCell:
    return BadCell(f"column `{cell.column}` cannot be `{text}`: {allowed}")


_MOST_DIGITS: Final = 60
_LONGEST_SLUG: Final = 64
_ISO_DATE: Final = 10

_READERS: Final[Mapping[Take, Callable[[Cell], Callable[[str], Any]]]] = {
    Take.TEXT: lambda _: str,
    Take.SLUG: _slug,
    Take.DECIMAL: _number,
    Take.INTEGER: _whole,
    Take.FLAG: _flag,
    Take.INSTANT: _instant,
    Take.LOCAL_DATE: _local_date,
}
