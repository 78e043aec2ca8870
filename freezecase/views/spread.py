"""
How long something took, in several numbers and never in one mean.

Percentiles are by **nearest rank**: of n lengths in order, the p-th percentile is number
ceil(p * n / 100). So each of them is a length that somebody really waited.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Self

import attrs

__all__ = ["Spread", "nearest_rank"]


def nearest_rank(lengths: Sequence[int], percent: int, of: int | None = None) -> int | None:
    """
    Return a percentile of *lengths*, which are in order; nothing if there is none.

    *of* says of how many it is a percentile, if some are longer than any of these: nothing, if it
    falls among those.
    """
    count = len(lengths) if of is None else of
    rank = max(1, -(-percent * count // 100))
    return lengths[rank - 1] if rank <= len(lengths) else None


@attrs.frozen(kw_only=True)
class Spread:
    """How long something took where it came, and how often it has not come yet."""

    came: int
    """How often it came: what the percentiles are of."""
    waiting: int
    """How often it may still come."""
    shortest: timedelta | None
    p10: timedelta | None
    p50: timedelta | None
    """The median by nearest rank: half took no longer."""
    p90: timedelta | None
    p99: timedelta | None
    longest: timedelta | None
    half: timedelta | None
    """By then it had come for half of all, those that wait included; nothing while it has not."""
    most: timedelta | None
    """By then it had come for nine in ten of all, those that wait included."""

    @classmethod
    def of(cls, lengths: Iterable[int], *, waiting: int = 0) -> Self:
        """Return the spread of lengths in microseconds, in any order."""
        found = sorted(lengths)
        everybody = len(found) + waiting

        def at(percent: int, of: int | None = None) -> timedelta | None:
            length = nearest_rank(found, percent, of)
            return None if length is None else timedelta(microseconds=length)

        return cls(
            came=len(found),
            waiting=waiting,
            shortest=at(0),
            p10=at(10),
            p50=at(50),
            p90=at(90),
            p99=at(99),
            longest=at(100),
            half=at(50, everybody),
            most=at(90, everybody),
        )
