"""
What an annotation says of a value: which are allowed, and how what a caller hands in is made exact.

`checked` reads it here, once for each field, when a class is made. A tuple is of one kind.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Final, ForwardRef, Union, get_args, get_origin
from uuid import UUID

import attrs

__all__ = ["Check", "Exact", "both", "checks_of", "exact_of"]

Exact = Callable[[Any], Any]
"""Makes a value exact or raises `ValueError` with what would be allowed."""


@attrs.frozen
class Check:
    """Which values of a type are allowed: a predicate, and what it allows in words."""

    allows: str
    holds: Callable[[Any], object] = attrs.field(repr=False)
    exact: Exact | None = attrs.field(default=None, repr=False)
    """Optional: turns what a caller may hand in into the stored form."""
    words: bool = False
    """Whether what it allows may be words of somebody's own, and not only a form."""


def both(checks: list[Check]) -> Callable[[Any], object]:
    """Return one predicate for all *checks*, in order."""
    first, *rest = checks
    if not rest:
        return first.holds
    here, there = first.holds, both(rest)
    return lambda value: here(value) and there(value)


def strip(annotation: Any) -> tuple[Any, bool]:
    """Return the annotation without `None`, and whether `None` was allowed."""
    if get_origin(annotation) in (Union, UnionType):
        inner = tuple(arg for arg in get_args(annotation) if arg is not type(None))
        if len(inner) < len(get_args(annotation)):
            return Union[inner], True  # noqa: UP007 - built at run time; of one it is that one
    return annotation, False


# --- checks: run on everything, read or built --------------------------------------------------


def checks_of(annotation: Any) -> list[Check]:
    """Return every `Check` that *annotation* holds, those of its elements folded into one."""
    annotation, _ = strip(annotation)
    if get_origin(annotation) is Annotated:
        base, *extras = get_args(annotation)
        return [*checks_of(base), *(extra for extra in extras if isinstance(extra, Check))]
    if get_origin(annotation) is tuple:
        return [_each(check) for check in checks_of(get_args(annotation)[0])]
    return [_UTC] if annotation is datetime else []


def _each(check: Check) -> Check:
    holds = check.holds
    return Check(f"each {check.allows}", lambda values: all(map(holds, values)))


_UTC: Final = Check("an aware instant in UTC", lambda value: value.tzinfo is UTC)


# --- exactness: run on what a caller hands in --------------------------------------------------


def exact_of(annotation: Any) -> Exact | None:
    """Return a function that makes a value exactly what *annotation* says, or refuses it."""
    annotation, optional = strip(annotation)
    exact = _exact_by_kind(annotation)
    if exact is None or not optional:
        return exact
    return lambda value: None if value is None else exact(value)


def _exact_by_kind(annotation: Any) -> Exact | None:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        own = [extra.exact for extra in args[1:] if isinstance(extra, Check) and extra.exact]
        return _chain([*own, exact_of(args[0])])
    if origin in (Union, UnionType):
        return _one_of(args)
    if origin is tuple:
        return _many(exact_of(args[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping
    if not isinstance(annotation, type):
        return None
    if issubclass(annotation, Enum):
        return _member(annotation)
    return _EXACT_BY_TYPE.get(annotation) or _one_of((annotation,))


def _chain(steps: list[Exact | None]) -> Exact:
    taken = [step for step in steps if step is not None]
    if len(taken) == 1:
        return taken[0]

    def exact(value: Any) -> Any:
        for step in taken:
            value = step(value)
        return value

    return exact


def _one_of(arms: tuple[Any, ...]) -> Exact:
    """Take a value of one of these classes; a class not yet defined is known by its name."""
    names = [arm.__forward_arg__ if isinstance(arm, ForwardRef) else arm.__name__ for arm in arms]

    def exact(value: Any) -> Any:
        if type(value).__name__ in names:
            return value
        raise ValueError("it takes a " + " or a ".join(f"`{name}`" for name in names))

    return exact


def _many(each: Exact | None) -> Exact:
    def exact(values: Any) -> tuple[Any, ...]:
        if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
            raise ValueError("it takes several: a list or a tuple")
        return tuple(values) if each is None else tuple(map(each, values))

    return exact


def _member(kind: type[Enum]) -> Exact:
    def exact(value: Any) -> Enum:
        if type(value) is kind:
            return value
        try:
            return kind(value)
        except ValueError:
            known = ", ".join(f"`{member.value}`" for member in kind)
            raise ValueError(f"it takes one of {known}") from None

    return exact


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("it takes a mapping")  # noqa: TRY004 - one error kind
    return {key: value[key] for key in sorted(value)}


def _same(kind: type, allowed: str) -> Exact:
    def exact(value: Any) -> Any:
        if type(value) is not kind:  # `True` is not 1, "7" is not 7
            raise ValueError(f"it takes {allowed}")
        return value

    return exact


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("it takes text")  # noqa: TRY004 - one error kind
    if not value.isascii():
        value.encode()  # half a surrogate pair cannot be stored
    return str(value)


def _instant(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ValueError("it takes an aware instant, such as datetime(2026, 1, 31, tzinfo=UTC)")
    if value.tzinfo is UTC:
        return value
    try:
        return value.astimezone(UTC)
    except OverflowError:  # a zone leads out of the calendar
        raise ValueError("it takes an instant that UTC can name, in the years 1 to 9999") from None


def _uuid(value: Any) -> UUID:
    if isinstance(value, UUID):
        return value
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise ValueError("it takes a UUID") from None


_EXACT_BY_TYPE: Final[Mapping[type, Exact]] = {
    str: _text,
    int: _same(int, "a whole number"),
    bool: _same(bool, "true or false"),
    datetime: _instant,
    timedelta: _same(timedelta, "a timedelta"),
    UUID: _uuid,
}
