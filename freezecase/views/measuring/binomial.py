"""
How sure a count of few makes anybody: the exact interval of a share (Clopper and Pearson).

C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case
of the binomial", Biometrika 26 (1934) 404-413: each end of the interval is the share at which what
was seen, or anything farther out, has half of the chance that is left to error. The method is
exact: no normal curve is bent to fit. The numbers are good to six digits, up to a million counted.
"""

from fractions import Fraction
from math import exp, lgamma, log, log1p
from typing import Final

from freezecase.core.checked import refuse

__all__ = ["CONFIDENCE", "share_between"]

CONFIDENCE: Final = Fraction(95, 100)
"""How sure, if nobody says otherwise."""
_HALVINGS: Final = 80
_NOTHING: Final = 1e-17
"""What a further term adds when it changes no digit any more."""


def share_between(some: int, among: int, confidence: Fraction = CONFIDENCE) -> tuple[float, float]:
    """
    Return the least and the greatest share that *some* of *among* leave credible.

    Raises:
        InvalidValue: fewer than none, more than all, none at all, or no sensible confidence.

    """
    if not 0 <= some <= among or among == 0:
        raise refuse("some", (some, among), "so many among so many: 0 <= some <= among, among > 0")
    if not 0 < confidence < 1:
        raise refuse("confidence", confidence, "more than 0 and less than 1, such as 95/100")
    error = float(1 - confidence) / 2
    return _least(some, among, error), 1 - _least(among - some, among, error)


def _least(some: int, among: int, error: float) -> float:
    """Return the share at which *some* or more come with a chance of *error*; it only rises."""
    if some == 0:
        return 0.0
    low, high = 0.0, some / among
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _or_more(some, among, middle) < error:
            low = middle
        else:
            high = middle
    return high


def _or_more(some: int, among: int, share: float) -> float:
    """
    Return the chance that *some* or more of *among* come, each with a chance of *share*.

    *some* is never below what is expected, so each term is smaller than the one before it.
    """
    choose = lgamma(among + 1) - lgamma(some + 1) - lgamma(among - some + 1)
    term = exp(choose + some * log(share) + (among - some) * log1p(-share))
    found, odds = term, share / (1 - share)
    for k in range(some, among):
        term *= (among - k) / (k + 1) * odds
        found += term
        if term <= found * _NOTHING:
            break
    return found
