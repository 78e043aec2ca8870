"""
How a language counts and writes dates: the only place that asks Babel.

Never its message compiler: that one reads Arabic `many` and `other` the wrong way round, and knows
five of the six forms of Welsh (python-babel/babel#816). The rules used here are those of the CLDR.
"""

from datetime import datetime, tzinfo
from functools import cache
from typing import TYPE_CHECKING, Self

import attrs

from freezecase.errors import BadNotice

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["Language", "offset"]


@attrs.frozen
class Language:
    """One language of the CLDR."""

    locale: "Locale"

    @classmethod
    @cache
    def of(cls, name: str) -> Self:
        """
        Return the language of that name in the CLDR, such as `cy` or `en-GB`.

        Raises:
            BadNotice: there is none, or Babel is not installed.

        """
        try:
            from babel import Locale, UnknownLocaleError  # noqa: PLC0415  # an extra
        except ImportError as missing:
            raise BadNotice(
                f"notices need `{missing.name}`: pip install 'freezecase[notices]'", findings=()
            ) from None
        try:
            return cls(Locale.parse(name, sep="-"))
        except (UnknownLocaleError, ValueError):
            raise BadNotice(
                f"there is no locale `{name}`: it takes one of the CLDR, such as `cy` or `en-GB`",
                findings=(),
            ) from None

    @property
    def categories(self) -> frozenset[str]:
        """The plural categories that the language has."""
        return frozenset(self.locale.plural_form.tags) | {"other"}

    @property
    def direction(self) -> str:
        """Which way it is written: `ltr` or `rtl`."""
        return self.locale.text_direction

    def category(self, count: int) -> str:
        """Return the plural category of a number."""
        return str(self.locale.plural_form(count))

    def number(self, count: int) -> str:
        """Return a number as it is written."""
        from babel.numbers import format_decimal  # noqa: PLC0415  # an extra

        return format_decimal(count, locale=self.locale)

    def date(self, at: datetime, zone: tzinfo) -> str:
        """Return the day of an instant, in *zone*."""
        from babel.dates import format_date  # noqa: PLC0415  # an extra

        return format_date(at.astimezone(zone), format="long", locale=self.locale)

    def clock(self, at: datetime, zone: tzinfo) -> str:
        """Return the time of day of an instant, in *zone*, to the minute, of twenty-four hours."""
        from babel.dates import format_time  # noqa: PLC0415  # an extra

        local = at.astimezone(zone)
        return format_time(local, format="HH:mm", tzinfo=zone, locale=self.locale)


def offset(at: datetime, zone: tzinfo) -> str:
    """Return how far *zone* is from UTC then, such as `UTC+01:00`: the same in every language."""
    east = at.astimezone(zone).utcoffset()
    minutes = round(east.total_seconds() / 60) if east else 0
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours:02}:{rest:02}"
