"""
Expected times: how long it took others, said honestly to somebody who waits.

They are taken from the figures of all cases, never from those of one ground or one queue: a time
that differs with the ground would tell the ground. Those that still wait count as longer than any
that came, so nobody is told "half are free in a month" where most are not free at all. Where too
few have been there before, nothing is said. And nothing of it is a promise.
"""

from datetime import timedelta
from typing import Final

import attrs

from freezecase.views.portfolio import Portfolio
from freezecase.views.spread import Spread

__all__ = ["FEWEST", "Expected", "expected_times"]

FEWEST: Final = 30
"""Of fewer cases nobody can be told how long it usually takes."""


@attrs.frozen(kw_only=True)
class Expected:
    """How long something took in other cases; nobody promises that it will take so long in this."""

    what: str
    """`human`, from the asking to a person joining; `release`, from the freeze to its end."""
    half: timedelta
    """By then it had come in half of the cases."""
    most: timedelta | None
    """By then it had come in nine of ten; nothing if that many have not come yet."""
    of: int
    """How many cases it is known from, those that still wait included."""


def expected_times(figures: Portfolio) -> tuple[Expected, ...]:
    """Return what can be said of the times that a customer waits for."""
    asked = (("human", figures.to_human), ("release", figures.to_release))
    told = (_expected(what, spread) for what, spread in asked)
    return tuple(one for one in told if one is not None)


def _expected(what: str, spread: Spread) -> Expected | None:
    of = spread.came + spread.waiting
    if of < FEWEST or spread.half is None:
        return None
    return Expected(what=what, half=spread.half, most=spread.most, of=of)
