"""
How a value checks itself: once, in its annotation, whoever builds it.

`@checked` makes a frozen, keyword-only attrs class and reads each field's annotation:

* the **type** says what a caller may hand in; it is made exact (a list becomes a tuple, a word its
  enum member, an instant UTC) or refused. Bytes read back are exact already, so reading skips this;
* a **`Check`** inside `Annotated[...]` says which values of the type are allowed. It is held by
  what a caller hands in and by what is read from disk alike.

So a command can never accept what its event refuses: both name the same annotated type.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from operator import attrgetter
from types import UnionType
from typing import (
    Annotated,
    Any,
    Final,
    ForwardRef,
    TypeVar,
    Union,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
)
from uuid import UUID

import attrs

from freezecase.errors import InvalidValue

__all__ = ["Check", "checked", "refuse", "replace"]

C = TypeVar("C", bound=type)
V = TypeVar("V")
Exact = Callable[[Any], Any]
"""Makes a value exact or raises `ValueError` with what would be allowed."""


@attrs.frozen
class Check:
    """Which values of a type are allowed: a predicate, and what it allows in words."""

    allows: str
    holds: Callable[[Any], object]
    exact: Exact | None = None
    """Optional: turns what a caller may hand in into the stored form."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(attrs.field,))
def checked(cls: C) -> C:
    """Make *cls* a frozen, keyword-only value whose annotations are its checks."""
    _arm(cls)
    return attrs.frozen(kw_only=True, field_transformer=_make_exact)(cls)


def replace(value: V, **changes: Any) -> V:
    """Return *value* with some fields changed, checked like any other."""
    changed: V = attrs.evolve(cast("Any", value), **changes)
    return changed


def refuse(where: str, value: object, allowed: str) -> InvalidValue:
    """Return the error for a *value* that the field at *where* does not take."""
    return InvalidValue(where, value, allowed)


def _arm(cls: Any) -> None:
    """
    Let *cls* hold every `Check` of its annotations when a value is made, or read.

    One function a class: reading runs it for every record, and a validator a field costs twice.
    """
    held = [
        (name, attrgetter(name), checks)
        for name, annotation in cls.__annotations__.items()
        if (checks := _checks(annotation))
    ]
    if not held:
        return
    quick = [(get, _both(checks)) for _name, get, checks in held]
    own = cls.__dict__.get("__attrs_post_init__")

    def __attrs_post_init__(self: Any) -> None:  # noqa: N807 - the hook that attrs and msgspec call
        for get, holds in quick:
            value = get(self)
            if value is not None and not holds(value):
                raise _broken(self, held)
        if own is not None:
            own(self)

    cls.__attrs_post_init__ = __attrs_post_init__


def _broken(
    value: Any, held: Sequence[tuple[str, Callable[[Any], Any], list[Check]]]
) -> InvalidValue:
    """Return the error for the first check that *value* does not hold."""
    return next(
        refuse(f"{type(value).__name__}.{name}", get(value), check.allows)
        for name, get, checks in held
        for check in checks
        if get(value) is not None and not check.holds(get(value))
    )


def _make_exact(cls: type, fields: list["attrs.Attribute[Any]"]) -> list["attrs.Attribute[Any]"]:
    """Give each field the converter that its annotation asks for."""
    made = []
    for field in fields:
        exact = _exact(field.type)
        convert = None if exact is None else _converter(f"{cls.__name__}.{field.name}", exact)
        made.append(field.evolve(converter=convert))
    return made


def _converter(where: str, exact: Exact) -> Exact:
    def convert(value: Any) -> Any:
        try:
            return exact(value)
        except InvalidValue:
            raise
        except UnicodeEncodeError:
            raise refuse(where, value, "it takes text that can be written as UTF-8") from None
        except ValueError as error:
            raise refuse(where, value, str(error)) from None

    return convert


def _both(checks: list[Check]) -> Callable[[Any], object]:
    """Return one predicate for all *checks*, in order."""
    first, *rest = checks
    if not rest:
        return first.holds
    here, there = first.holds, _both(rest)
    return lambda value: here(value) and there(value)


def _strip(annotation: Any) -> tuple[Any, bool]:
    """Return the annotation without `None`, and whether `None` was allowed."""
    if get_origin(annotation) in (Union, UnionType):
        inner = tuple(arg for arg in get_args(annotation) if arg is not type(None))
        if len(inner) < len(get_args(annotation)):
            return (inner[0] if len(inner) == 1 else Union[inner]), True  # noqa: UP007 - built at run time
    return annotation, False


# --- checks: run on everything, read or built --------------------------------------------------


def _checks(annotation: Any) -> list[Check]:
    """Return every `Check` that *annotation* holds, those of its elements folded into one."""
    annotation, _ = _strip(annotation)
    if get_origin(annotation) is Annotated:
        base, *extras = get_args(annotation)
        return [*_checks(base), *(extra for extra in extras if isinstance(extra, Check))]
    if get_origin(annotation) is tuple and get_args(annotation)[-1:] == (Ellipsis,):
        return [_each(check) for check in _checks(get_args(annotation)[0])]
    return [_UTC] if annotation is datetime else []


def _each(check: Check) -> Check:
    holds = check.holds
    return Check(f"each {check.allows}", lambda values: all(map(holds, values)))


_UTC: Final = Check("an aware instant in UTC", lambda value: value.tzinfo is UTC)


# --- exactness: run on what a caller hands in --------------------------------------------------


def _exact(annotation: Any) -> Exact | None:
    """Return a function that makes a value exactly what *annotation* says, or refuses it."""
    annotation, optional = _strip(annotation)
    exact = _exact_of(annotation)
    if exact is None or not optional:
        return exact
    return lambda value: None if value is None else exact(value)


def _exact_of(annotation: Any) -> Exact | None:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        own = [extra.exact for extra in args[1:] if isinstance(extra, Check) and extra.exact]
        return _chain([*own, _exact(args[0])])
    if origin in (Union, UnionType):
        return _one_of(args)
    if origin is tuple and args[-1:] == (Ellipsis,):
        return _many(_exact(args[0]))
    if origin is Mapping or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return _mapping
    if not isinstance(annotation, type):
        return None
    if issubclass(annotation, Enum):
        return _member(annotation)
    return _EXACT_BY_TYPE.get(annotation) or _one_of((annotation,))


def _chain(steps: list[Exact | None]) -> Exact:
    taken = [step for step in steps if step is not None]

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
    return value.astimezone(UTC)


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
