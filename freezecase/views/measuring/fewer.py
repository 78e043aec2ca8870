"""
"82 % fewer freezes", as something that can be computed, and refused where it cannot be.

Two counts are compared by their rates. Given how many there were in both periods together, the
count of the second is binomial; an exact interval of its share is one of the ratio of the rates.
J. Przyborowski and H. Wilenski, "Homogeneity of results in testing samples from Poisson series",
Biometrika 31 (1940) 313-323.
"""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import ClassVar, Final

import attrs

from freezecase.core.checked import refuse
from freezecase.core.values import Instant
from freezecase.views.measuring.binomial import CONFIDENCE, share_between

__all__ = ["Exposure", "Fewer", "compared", "days_of"]

_DAY: Final = timedelta(days=1)
_NONE_BEFORE: Final = "nobody was frozen before: there is nothing of which it could be a share"


def days_of(since: Instant, until: Instant) -> Fraction:
    """Return how many days there are from one instant to another, exact."""
    micro = timedelta(microseconds=1)
    return Fraction((until - since) // micro, _DAY // micro)


def _some(_made: object, field: "attrs.Attribute[int]", value: object) -> None:
    if type(value) is not int or value < 1:
        raise refuse(f"Exposure.{field.name}", value, "a whole number of accounts, 1 or more")


@attrs.frozen(kw_only=True)
class Exposure:
    """How many active accounts there were on average in each of two periods, as the host says."""

    before: int = attrs.field(validator=_some)
    after: int = attrs.field(validator=_some)


@attrs.frozen(kw_only=True)
class Fewer:
    """Two counts of freezes, and by what share the second is less for its time and its accounts."""

    before: int
    after: int
    days: tuple[Fraction, Fraction]
    """The length of the two periods."""
    exposure: Exposure | None
    confidence: Fraction

    definition: ClassVar[str] = (
        "freezes imposed in each period, a case counted once, for each day of the period, and for "
        "each 1,000 active accounts where the host says how many there were; fewer is 1 - (rate "
        "after / rate before); the interval is the exact one of the ratio of two Poisson rates, "
        "and takes freezes as independent, which those of one incident are not"
    )

    @property
    def n(self) -> int:
        """How many freezes it is made of."""
        return self.before + self.after

    @property
    def refused(self) -> str:
        """Why they cannot be compared; empty if they can."""
        return "" if self.before else _NONE_BEFORE

    @property
    def rates(self) -> tuple[Fraction, Fraction]:
        """Freezes a day before and after; for each 1,000 active accounts where those are known."""
        was, now = self._weights
        return Fraction(self.before) / was, Fraction(self.after) / now

    @property
    def share(self) -> Fraction | None:
        """By what share there were fewer, such as 41/50; negative where there were more."""
        was, now = self.rates
        return 1 - now / was if was else None

    @property
    def between(self) -> tuple[float, float] | None:
        """The least and the greatest share that the counts leave credible."""
        if self.refused:
            return None
        was, now = self._weights
        low, high = share_between(self.after, self.n, self.confidence)
        return _fewer(high, was / now), _fewer(low, was / now)

    @property
    def _weights(self) -> tuple[Fraction, Fraction]:
        was, now = self.days
        if self.exposure is None:
            return was, now
        return was * self.exposure.before / 1000, now * self.exposure.after / 1000


def _fewer(share: float, weight: Fraction) -> float:
    """Return by what share fewer, if *share* of all that came came after."""
    return 1 - share / (1 - share) * float(weight)


def compared(
    before: Mapping[str, int],
    after: Mapping[str, int],
    days: tuple[Fraction, Fraction],
    exposure: Exposure | None,
) -> dict[str, Fewer]:
    """Return the comparison of each name that was counted in either period."""
    return {
        name: Fewer(
            before=before.get(name, 0),
            after=after.get(name, 0),
            days=days,
            exposure=exposure,
            confidence=CONFIDENCE,
        )
        for name in sorted({*before, *after})
    }
