"""Figures as plain data that loses nothing: whole microseconds, and shares as two numbers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

import attrs

__all__ = ["exact"]

_MICRO: Final = timedelta(microseconds=1)
_NOTHING: Final[Mapping[type, Sequence[str]]] = {}


def exact(value: Any, also: Mapping[type, Sequence[str]] = _NOTHING) -> Any:
    """Return figures as plain data, those of a class with what *also* names beside its fields."""
    if isinstance(value, timedelta):
        return value // _MICRO
    if isinstance(value, Fraction):
        return [value.numerator, value.denominator]
    if isinstance(value, Mapping):
        return {key: exact(one, also) for key, one in value.items()}
    if isinstance(value, tuple):
        return [exact(one, also) for one in value]
    if attrs.has(type(value)):
        names = (*attrs.fields_dict(type(value)), *also.get(type(value), ()))
        return {name: exact(getattr(value, name), also) for name in names}
    return value
