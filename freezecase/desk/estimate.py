"""What was measured over several replications, and how far off it may be."""

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist

import attrs

__all__ = ["CONFIDENCE", "FEWEST", "Estimate", "ratio", "student"]

CONFIDENCE = 0.95
"""How sure an error is: in so many of a hundred rehearsals what is true lies within it."""
FEWEST = 5
"""From so few replications on `student` is right to three digits."""


@attrs.frozen(kw_only=True)
class Estimate:
    """A value, and the half width of its confidence interval."""

    value: float
    error: float
    of: float
    """Of how many it was measured, over all replications."""

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return self.value - self.error

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return self.value + self.error


def student(confidence: float, freedom: int) -> float:
    """
    Return how many standard errors the interval reaches to either side.

    Student's t by its expansion around the normal distribution: M. Abramowitz and I. Stegun,
    *Handbook of Mathematical Functions*, 1964, 26.7.5. From four degrees of freedom on it is right
    to three digits at 95 %.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * freedom**4)
    )


def ratio(parts: Sequence[float], wholes: Sequence[float], *, share: bool) -> Estimate | None:
    """
    Return the sum of *parts* over the sum of *wholes*, one of each from every replication.

    The replications are independent, what is within them is not: the error comes from how they
    differ (W. G. Cochran, *Sampling Techniques*, 3rd edition, 1977, 6.4). A *share* of none, or
    of all, of n still may be three in n off: J. Hanley and A. Lippman-Hand, "If nothing goes
    wrong, is everything all right?", JAMA 249, 1983. None if there was nothing to measure.
    """
    whole = sum(wholes)
    if not whole:
        return None
    value = sum(parts) / whole
    squares = sum((part - value * of) ** 2 for part, of in zip(parts, wholes, strict=True))
    count = len(parts)
    error = student(CONFIDENCE, count - 1) * sqrt(squares * count / (count - 1)) / whole
    if share and value in {0.0, 1.0}:
        error = min(1.0, 3 / whole)
    return Estimate(value=value, error=error, of=whole)
