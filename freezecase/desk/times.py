"""How long things take: handling a contact, and the patience of whoever waits."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from math import exp, log, log1p, sqrt
from statistics import NormalDist
from typing import Final

import attrs

from freezecase.core.checked import refuse
from freezecase.desk.given import is_length

__all__ = ["Shape", "Times"]

_LEAST: Final = 2.0**-54
"""What stands for a chance of nothing, which no normal distribution has a place for."""
_WIDEST: Final = 10.0


class Shape(StrEnum):
    """How times scatter around their mean."""

    EXPONENTIAL = "exponential"
    """What the formulas take: most are short, a few are long."""
    LOGNORMAL = "lognormal"
    """What calls to a bank were: L. Brown and others, "Statistical analysis of a telephone call
    center", Journal of the American Statistical Association 100, 2005, section 4."""
    FIXED = "fixed"


@attrs.frozen(kw_only=True)
class Times:
    """How long something takes: so long on average, scattered so."""

    mean: timedelta
    shape: Shape = Shape.EXPONENTIAL
    spread: float = 1.0
    """The standard deviation as a part of the mean; of a lognormal shape only."""

    def __attrs_post_init__(self) -> None:
        """Refuse a time that is none, and a spread that the shape does not have."""
        if not is_length(self.mean):
            raise refuse("Times.mean", self.mean, "a `timedelta`: more than nothing, at most a day")
        if self.shape is Shape.LOGNORMAL and not 0 < self.spread <= _WIDEST:
            raise refuse("Times.spread", self.spread, f"more than 0, at most {_WIDEST:g}")
        if self.shape is not Shape.LOGNORMAL and self.spread != 1.0:
            raise refuse("Times.spread", self.spread, "only `lognormal` times have one")

    def seconds(self) -> Callable[[float], float]:
        """Return the function from a chance, 0 up to 1, to the seconds that go with it."""
        return _SECONDS[self.shape](self.mean.total_seconds(), self.spread)

    def in_words(self) -> str:
        """Say it in a phrase."""
        minutes = f"{self.mean / timedelta(minutes=1):g} min"
        if self.shape is Shape.FIXED:
            return f"always {minutes}"
        spread = f", spread {self.spread:g}" if self.shape is Shape.LOGNORMAL else ""
        return f"{minutes} on average, {self.shape}{spread}"


def _exponential(mean: float, _spread: float) -> Callable[[float], float]:
    return lambda chance: -mean * log1p(-chance)


def _lognormal(mean: float, spread: float) -> Callable[[float], float]:
    variance = log(1 + spread * spread)
    middle, scatter, place = log(mean) - variance / 2, sqrt(variance), NormalDist().inv_cdf
    return lambda chance: exp(middle + scatter * place(chance or _LEAST))


def _fixed(mean: float, _spread: float) -> Callable[[float], float]:
    return lambda _chance: mean


_SECONDS: Final[Mapping[Shape, Callable[[float, float], Callable[[float], float]]]] = {
    Shape.EXPONENTIAL: _exponential,
    Shape.LOGNORMAL: _lognormal,
    Shape.FIXED: _fixed,
}
