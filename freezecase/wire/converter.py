"""
The same values as plain data, described once and read strictly. Made by one function.

The engine in `codec` is fast; this one explains. It reads old versions after they were upcast,
and turns any value of `core` into plain data for a reader: JSON for a command line, or a table.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin
from uuid import UUID

from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.v import format_exception, transform_error

from freezecase.core.obligations import Demand, Then
from freezecase.errors import Unreadable
from freezecase.wire.spelling import contradiction

V = TypeVar("V")

__all__ = ["make_converter", "plain", "structured"]


def make_converter() -> Converter:
    """Return a fresh converter: strict on reading, one spelling on writing."""
    converter = Converter(forbid_extra_keys=True, unstruct_collection_overrides={tuple: list})
    for kind, words in _PLAIN.items():  # "7" is not 7, True is not 1
        converter.register_structure_hook(kind, _exactly(kind, words))
    converter.register_structure_hook(datetime, _aware)
    converter.register_unstructure_hook(datetime, _spelt)
    converter.register_structure_hook(date, _day)
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(UUID, _uuid)
    converter.register_unstructure_hook(UUID, str)
    converter.register_unstructure_hook(StrEnum, lambda member: member.value)
    converter.register_structure_hook_func(_is_fact, _fact)
    converter.register_structure_hook_func(_is_several, _several(converter))
    converter.register_structure_hook_func(_is_consequence, _consequence(converter))
    return converter


def plain(value: Any) -> Any:
    """Return a value of `core` as plain data: dicts, lists, text, numbers."""
    return _converter().unstructure(value)


def structured(data: Any, kind: type[Any], name: str, where: str) -> Any:
    """Return *data* as a value of *kind*, or raise `Unreadable` that names every bad field."""
    try:
        value = _converter().structure(data, kind)
    except BaseValidationError as error:
        raise Unreadable(name, where, "; ".join(_told(error))) from None
    wrong = contradiction(data, plain(value))  # what a constructor would have put right
    if wrong is not None:
        raise Unreadable(name, where, wrong)
    return value


def _told(error: Exception) -> list[str]:
    return transform_error(error, format_exception=_why)


def _why(error: BaseException, kind: type | None) -> str:
    """Say what is wrong with a part, in its own words where it has some."""
    if isinstance(error, ValueError):
        return str(error)
    if isinstance(error, AttributeError):  # asked for its keys
        return "it is not an object"
    return format_exception(error, kind)


@cache
def _converter() -> Converter:
    return make_converter()


_PLAIN = {str: "text", int: "a whole number", bool: "yes or no"}


def _exactly(kind: type[Any], words: str) -> Any:
    def structure(value: Any, asked: Any) -> Any:
        if asked is not kind:  # an enum, whose members are texts
            return asked(value)
        if type(value) is not kind:
            raise ValueError(f"`{value!r}` is not {words}")
        return value

    return structure


def _aware(value: Any, _: Any) -> datetime:
    instant = datetime.fromisoformat(value)
    if instant.utcoffset() is None:
        raise ValueError(f"`{value}` has no zone")
    return _one_spelling(value, instant.astimezone(UTC), _spelt)


def _spelt(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _day(value: Any, _: Any) -> date:
    return _one_spelling(value, date.fromisoformat(value), date.isoformat)


def _uuid(value: Any, _: Any) -> UUID:
    return _one_spelling(value, UUID(value), str)


def _one_spelling(text: str, value: V, spell: Callable[[V], str]) -> V:
    """Return the *value* that *text* stands for; what is read has one spelling."""
    if spell(value) != text:
        raise ValueError(f"`{text}` should be spelt `{spell(value)}`")
    return value


def _fact(value: Any, _: Any) -> Any:
    if type(value) not in _PLAIN:
        raise ValueError(f"`{value!r}` is not {' or '.join(_PLAIN.values())}")
    return value


def _several(converter: Converter) -> Any:
    """A list is a list: a text is not a list of letters."""

    def structure(values: Any, kind: Any) -> Any:
        if not isinstance(values, list | tuple):
            raise ValueError(f"`{values!r}` is not a list")  # noqa: TRY004 - one kind of error
        return tuple(converter.structure(value, get_args(kind)[0]) for value in values)

    return structure


def _is_several(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_fact(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType) and set(get_args(kind)) == {*_PLAIN}


def _is_consequence(kind: Any) -> bool:
    return get_origin(kind) is Union and Then in get_args(kind)


def _consequence(converter: Converter) -> Any:
    """What follows a missed obligation is a word, or another demand."""

    def structure(value: Any, _: Any) -> Any:
        if isinstance(value, Mapping):
            return converter.structure(value, Demand)
        return converter.structure(value, Then)

    return structure
