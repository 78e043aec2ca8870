"""What a caller handed in: a number, or a length of time, and not merely something like it."""

from datetime import timedelta
from math import isfinite
from typing import TypeGuard

__all__ = ["LONGEST", "is_length", "is_number"]

LONGEST = timedelta(days=1)
"""What takes longer than this is no matter for a desk."""


def is_number(value: object) -> TypeGuard[float]:
    """Say whether it is a finite number; a flag is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def is_length(value: object, *, none: bool = False) -> TypeGuard[timedelta]:
    """Say whether it is a length of time up to a day; if *none* says so, also no time at all."""
    least = timedelta() if none else timedelta(microseconds=1)
    return isinstance(value, timedelta) and least <= value <= LONGEST
