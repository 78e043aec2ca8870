"""
How a value checks itself: once, in its annotation, whoever builds it.

`@checked` makes a frozen, keyword-only attrs class and reads each field's annotation:

* the **type** says what a caller may hand in; it is made exact (a list becomes a tuple, a word its
  enum member, an instant UTC) or refused. Bytes read back are exact already, so reading skips this;
* a **`Check`** inside `Annotated[...]` says which values of the type are allowed. It is held by
  what a caller hands in and by what is read from disk alike.

So a command can never accept what its event refuses: both name the same annotated type.
"""

from collections.abc import Callable, Sequence
from functools import cache
from inspect import Parameter, Signature
from operator import attrgetter
from typing import (
    Any,
    TypeVar,
    dataclass_transform,
)

import attrs

from freezecase.core.annotated import Check, both, checks_of, exact_of
from freezecase.errors import InvalidValue

__all__ = ["checked", "refuse", "replace"]

C = TypeVar("C", bound=type)
V = TypeVar("V")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(attrs.field,))
def checked(cls: C) -> C:
    """Make *cls* a frozen, keyword-only value whose annotations are its checks."""
    _hold_checks(cls)
    _compare_by_fields(cls)
    made = attrs.frozen(kw_only=True, init=False, eq=False, repr=False)(cls)
    _take_exactly(made)
    return made


def replace(value: V, **changes: Any) -> V:
    """
    Return *value* with some fields changed, checked like any other.

    What stays is exact already and is copied; every check is held again, also between fields.
    """
    kind: Any = type(value)
    exacts = _exacts_of(kind)
    if not exacts.keys() >= changes.keys():
        raise TypeError(_takes(kind))
    copy: V = object.__new__(kind)
    for name, exact in exacts.items():
        kept = getattr(value, name) if name not in changes else changes[name]
        if exact is not None and name in changes:
            try:
                kept = exact(kept)
            except ValueError as error:
                raise _inexact(kind, name, kept, error) from None
        object.__setattr__(copy, name, kept)
    finish = getattr(copy, "__attrs_post_init__", None)
    if finish is not None:
        finish()
    return copy


@cache
def _exacts_of(kind: Any) -> dict[str, Callable[[Any], Any] | None]:
    return {field.name: exact_of(field.type) for field in attrs.fields(kind)}


def refuse(where: str, value: object, allowed: str) -> InvalidValue:
    """Return the error for a *value* that the field at *where* does not take."""
    return InvalidValue(where, value, allowed)


def _hold_checks(cls: Any) -> None:
    """
    Let *cls* hold every `Check` of its annotations when a value is made, or read.

    One function a class: reading runs it for every record, and a validator a field costs twice.
    """
    held = [
        (name, attrgetter(name), checks)
        for name, annotation in cls.__annotations__.items()
        if (checks := checks_of(annotation))
    ]
    if not held:
        return
    quick = [(get, both(checks)) for _name, get, checks in held]
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
        refuse(f"{type(value).__name__}.{name}", _shown(get(value), checks), check.allows)
        for name, get, checks in held
        for check in checks
        if get(value) is not None and not check.holds(get(value))
    )


def _compare_by_fields(cls: Any) -> None:
    """
    Let values of *cls* be equal when all their fields are, and print them.

    attrs would compile three functions a class for this; a hundred classes would take longer to
    import than everything else together.
    """
    names = tuple(cls.__annotations__)
    values = attrgetter(*names) if names else lambda _value: ()

    def __eq__(self: Any, other: object) -> bool:  # noqa: N807
        return type(self) is type(other) and bool(values(self) == values(other))

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash((type(self), values(self)))

    def __repr__(self: Any) -> str:  # noqa: N807
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__name__}({fields})"

    cls.__eq__, cls.__hash__, cls.__repr__ = __eq__, __hash__, __repr__


def _take_exactly(cls: Any) -> None:
    """Let a caller hand in what can be made exact; what is read from disk is exact already."""
    fields = attrs.fields(cls)
    exacts = _exacts_of(cls)
    plan = [(field.name, field.default, exacts[field.name]) for field in fields]
    names = {field.name for field in fields}
    positional = [field.name for field in fields if not field.kw_only]
    finish = getattr(cls, "__attrs_post_init__", None)
    put = object.__setattr__

    def __init__(self: Any, *args: Any, **given: Any) -> None:  # noqa: N807
        count = len(args) + len(given)
        if args:
            given.update(zip(positional, args, strict=False))
        if len(given) != count or not names.issuperset(given):  # too many, twice, unknown
            raise TypeError(_takes(cls))
        name = ""
        try:
            for name, value, exact in plan:
                if name in given:
                    value = given[name] if exact is None else exact(given[name])  # noqa: PLW2901
                elif value is attrs.NOTHING:
                    raise TypeError(f"{_takes(cls)}: `{name}` is missing")
                put(self, name, value)
        except ValueError as error:
            raise _inexact(cls, name, given[name], error) from None
        if finish is not None:
            finish(self)

    cls.__init__ = __init__
    cls.__signature__ = _signature(cls)


def _inexact(cls: Any, name: str, value: object, error: ValueError) -> InvalidValue:
    """Return the error for a *value* that could not be made exact."""
    if isinstance(error, InvalidValue):  # from a value inside this one, which knows its own place
        return error
    shown = _shown(value, checks_of(attrs.fields_dict(cls)[name].type))
    allowed = str(error)
    if isinstance(error, UnicodeEncodeError):
        allowed = "it takes text that can be written as UTF-8"
    return refuse(f"{cls.__name__}.{name}", shown, allowed)


@attrs.frozen(repr=False)
class _Unsaid:
    """Stands in an error for words that may be somebody's: errors go where nobody was cleared."""

    length: int

    def __repr__(self) -> str:
        """Say how long it is, and nothing of what it says."""
        return f"a text of {self.length} characters"


def _shown(value: object, checks: list[Check]) -> object:
    """Return what an error may show of a *value*."""
    if isinstance(value, str) and any(check.words for check in checks):
        return _Unsaid(len(value))
    return value


def _signature(cls: Any) -> Signature:
    """Return what the class takes, for `help` and for editors."""
    return Signature(
        [
            Parameter(
                field.name,
                Parameter.KEYWORD_ONLY if field.kw_only else Parameter.POSITIONAL_OR_KEYWORD,
                default=Parameter.empty if field.default is attrs.NOTHING else field.default,
                annotation=field.type,
            )
            for field in attrs.fields(cls)
        ]
    )


def _takes(cls: Any) -> str:
    names = ", ".join(f"`{field.name}`" for field in attrs.fields(cls))
    return f"`{cls.__name__}` takes {names or 'nothing'}, by name"
