"""The checks that the values share: which texts, numbers and collections are allowed."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import lt
from typing import Any, Final

from freezecase.core.annotated import Check

__all__ = [
    "DECIMAL",
    "DIGEST",
    "ID",
    "ORDERED",
    "PERSON",
    "SOME",
    "WORD",
    "at_least",
    "line",
    "matches",
    "prose",
    "recurring",
]

_HEX: Final = "0123456789abcdef"
_PRINTABLE: Final = "".join(map(chr, range(ord("!"), ord("~") + 1)))
_DIGEST_LENGTH: Final = len("sha256:") + 64


def made_of(letters: str, limit: int, allows: str) -> Check:
    """Check that text is 1 to *limit* of *letters*; several times faster than a pattern."""
    return Check(allows, lambda text: 0 < len(text) <= limit and not text.strip(letters))


def matches(pattern: str, allows: str) -> Check:
    """Check that the whole text matches *pattern*."""
    return Check(allows, re.compile(pattern).fullmatch)


def recurring(check: Check) -> Check:
    """Keep the answers for words that recur, such as machine words and staff: reading is hot."""
    return Check(check.allows, lru_cache(maxsize=4096)(check.holds))


def prose(limit: int) -> Check:
    """Check that text says something, in at most *limit* characters."""
    return Check(
        f"1 to {limit} characters, not all blank",
        lambda text: len(text) <= limit and not text.isspace() and text,
        words=True,
    )


def line(shortest: int, longest: int) -> Check:
    """Check that text is one printable line of this length."""
    return Check(
        f"{shortest} to {longest} printable characters",
        lambda text: shortest <= len(text) <= longest and text.isprintable(),
        words=True,
    )


def at_least(least: int, what: str = "") -> Check:
    """Check that a number is *least* or more, and the same in every reader of JSON (RFC 8785)."""
    return Check(f"{what}{least} or more, below 2**53", lambda number: least <= number < 2**53)


def plain_decimal(value: Any) -> str:
    """Return *value* as a plain decimal text; a float is refused, it has already lost money."""
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise ValueError(_TAKES_DECIMAL)  # noqa: TRY004 - one kind of error for every bad value
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(_TAKES_DECIMAL) from None
    if abs(number.adjusted()) > _DIGITS:  # `1e999999999` would fill the memory
        raise ValueError(_TAKES_DECIMAL)
    return format(number, "f")


_DIGITS: Final = 60
_TAKES_DECIMAL: Final = "it takes a decimal text such as `0.15`, a Decimal or a whole number"


def _in_order(values: Any) -> tuple[Any, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ValueError("it takes several: a list, a tuple or a set")  # noqa: TRY004 - the same
    try:
        return tuple(sorted({*values}))
    except TypeError:  # they cannot be told apart, or not be put in order
        raise ValueError("it takes several of one kind") from None


def _ascending(values: tuple[Any, ...]) -> bool:
    return all(map(lt, values, values[1:]))


ID: Final = made_of(
    _PRINTABLE.replace("@", ""), 200, "1 to 200 printable characters without blanks or `@`"
)
PERSON: Final = made_of(
    _PRINTABLE.replace("@", ""), 210, "`kind:id`, printable, without blanks or `@`"
)
WORD: Final = matches(
    r"(?=.{1,64}$)[a-z0-9]+([-.][a-z0-9]+)*", "lower-case words joined by `-` or `.`"
)
DIGEST: Final = Check(
    "`sha256:` and 64 hex digits",
    lambda text: (
        len(text) == _DIGEST_LENGTH and text.startswith("sha256:") and not text[7:].strip(_HEX)
    ),
)
DECIMAL: Final = Check(
    "a plain decimal of zero or more, such as `0.15`",
    re.compile(r"(0|[1-9][0-9]{0,37})(\.[0-9]{1,18})?").fullmatch,
    plain_decimal,
)
ORDERED: Final = Check("each once, in order", _ascending, _in_order)
SOME: Final = Check("at least one", len)
