"""
The same values as plain data, described once and read strictly. Made by one function.

The engine in `codec` is fast; this one explains. It reads old versions after they were upcast,
and turns any value of `core` into plain data for a reader: JSON for a command line, or a table.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID

from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.v import transform_error

from freezecase.core.obligations import Demand, Then
from freezecase.errors import Unreadable

__all__ = ["make_converter", "plain", "structured"]


def make_converter() -> Converter:
    """Return a fresh converter: strict on reading, one spelling on writing."""
    converter = Converter(forbid_extra_keys=True)
    for kind in (str, int, bool):  # "7" is not 7, True is not 1; and an enum is not a plain text
        converter.register_structure_hook_func(_is(kind), _exactly(kind))
    converter.register_structure_hook(datetime, _aware)
    converter.register_unstructure_hook(datetime, _spelt)
    converter.register_structure_hook(UUID, _uuid)
    converter.register_unstructure_hook(UUID, str)
    converter.register_unstructure_hook(Enum, lambda member: member.value)
    converter.register_structure_hook_func(_is_fact, lambda value, _: value)
    converter.register_structure_hook_func(_is_consequence, _consequence(converter))
    return converter


def plain(value: Any) -> Any:
    """Return a value of `core` as plain data: dicts, lists, text, numbers."""
    return _converter().unstructure(value)


def structured(data: Any, kind: type[Any], name: str, where: str) -> Any:
    """Return *data* as a value of *kind*, or raise `Unreadable` that names every bad field."""
    try:
        return _converter().structure(data, kind)
    except BaseValidationError as error:
        raise Unreadable(name, where, "; ".join(transform_error(error))) from None


@cache
def _converter() -> Converter:
    return make_converter()


def _exactly(kind: type[Any]) -> Any:
    def structure(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(f"`{value!r}` is not a {kind.__name__}")
        return value

    return structure


def _aware(value: Any, _: Any) -> datetime:
    instant = datetime.fromisoformat(value)
    if instant.utcoffset() is None:
        raise ValueError(f"`{value}` has no zone")
    return instant.astimezone(UTC)


def _spelt(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _uuid(value: Any, _: Any) -> UUID:
    return UUID(value)


def _is(kind: type[Any]) -> Any:
    return lambda asked: asked is kind


def _is_fact(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType) and set(get_args(kind)) == {str, int, bool}


def _is_consequence(kind: Any) -> bool:
    return get_origin(kind) is Union and Then in get_args(kind)


def _consequence(converter: Converter) -> Any:
    """What follows a missed obligation is a word, or another demand."""

    def structure(value: Any, _: Any) -> Any:
        if isinstance(value, Mapping):
            return converter.structure(value, Demand)
        return converter.structure(value, Then)

    return structure
