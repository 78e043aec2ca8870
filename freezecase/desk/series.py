"""When customers come: how many an hour, by the hour of the day or of the week."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from math import exp, log, log1p, sqrt
from statistics import NormalDist
from typing import Final, Self

import attrs

from freezecase.core.checked import refuse
from freezecase.desk.given import is_number
from freezecase.desk.roster import DAY, WEEK

__all__ = ["HOUR", "Chance", "Series"]

Chance = Callable[[], float]
"""Gives a number from 0 up to 1, another one each time; the same again from the same seed."""

HOUR: Final = 3600.0
"""Seconds."""
_MONDAY: Final = datetime(1970, 1, 5, tzinfo=UTC)
_PATTERNS: Final = (WEEK, DAY)
_TIMES: Final = 4
"""A pattern must be seen so often, or its swing is guesswork."""
_CONTACTS: Final = 20
"""So many contacts for each hour of a pattern, or its peaks are chance."""
_LEAST: Final = 2.0**-54
_WILDEST: Final = 10.0
_MOST: Final = 1_000_000.0


@attrs.frozen(kw_only=True)
class Series:
    """How many contacts are expected in each hour; after its last hour it begins anew."""

    rates: tuple[float, ...]
    """From midnight UTC on if they are 24, from Monday midnight UTC on if they are 168."""
    swing: float = 0.0
    """
    How much busier or quieter an hour is than expected: the standard deviation, as a part of it.

    0 means that nothing but chance makes hours differ (Poisson). Real hours differ more:
    G. Jongbloed and G. Koole, "Managing uncertainty in call centres using Poisson mixtures",
    Applied Stochastic Models in Business and Industry 17, 2001.
    """

    def __attrs_post_init__(self) -> None:
        """Refuse a series of nothing, or one that no desk could ever take."""
        if not self.rates or not all(is_number(one) and 0 <= one <= _MOST for one in self.rates):
            allowed = f"contacts an hour, one number for each hour, from 0 to {_MOST:,.0f}"
            raise refuse("Series.rates", self.rates, allowed)
        if not is_number(self.swing) or not 0 <= self.swing <= _WILDEST:
            raise refuse("Series.swing", self.swing, f"from 0 to {_WILDEST:g}")

    @classmethod
    def of(cls, instants: Iterable[datetime]) -> Self:
        """
        Return the series that a log of contacts shows, and how much its hours swing around it.

        The pattern is that of a week if there are four weeks and 20 contacts for each of its hours;
        else that of a day, if there are four days and as many; else all hours are taken as one.
        The swing is what the hours differ beyond chance, by the method of moments.

        Raises:
            InvalidValue: there are no instants, or one of them has no zone.

        """
        counts = Counter(map(_hour_of, instants))
        if not counts:
            raise refuse("Series.of", 0, "at least one contact: there is nothing to go by")
        first, last = min(counts), max(counts)
        shown = min((last + 1 - first) // _TIMES, counts.total() // _CONTACTS)
        period = next((pattern for pattern in _PATTERNS if pattern <= shown), 1)
        seen, came = _by_slot(counts, first, last, period)
        rates = tuple(came[slot] / max(1, seen[slot]) for slot in range(period))
        return cls(rates=rates, swing=_swing(counts, rates, seen))

    @property
    def mean(self) -> float:
        """Contacts an hour, on average."""
        return sum(self.rates) / len(self.rates)

    def grown(self, factor: float) -> Self:
        """Return the series with *factor* times as many contacts in every hour."""
        if not is_number(factor) or factor <= 0:
            raise refuse("growth", factor, "a factor, such as 13: more than 0")
        return attrs.evolve(self, rates=tuple(rate * factor for rate in self.rates))

    def arrivals(self, first: int, last: int, *, gaps: Chance, swings: Chance) -> Iterator[float]:
        """Yield when contacts come from one hour up to another, in seconds, as chance has it."""
        busyness = self._busyness()
        for hour in range(first, last):
            rate = self.rates[hour % len(self.rates)] * busyness(swings())
            at = -log1p(-gaps()) / rate if rate else 1.0
            while at < 1:
                yield (hour + at) * HOUR
                at -= log1p(-gaps()) / rate

    def _busyness(self) -> Callable[[float], float]:
        """Return the function from a chance to how busy an hour is, 1 on average."""
        if not self.swing:
            return lambda _chance: 1.0
        variance = log(1 + self.swing**2)
        middle, scatter, place = -variance / 2, sqrt(variance), NormalDist().inv_cdf
        return lambda chance: exp(middle + scatter * place(chance or _LEAST))

    def in_words(self) -> str:
        """Say it in a phrase."""
        busiest = f", {max(self.rates):.4g} in the busiest hour" if len(self.rates) > 1 else ""
        return f"{self.mean:.4g} an hour on average{busiest}"


def _hour_of(instant: datetime) -> int:
    if instant.utcoffset() is None:
        raise refuse("an instant", instant, "one with a zone")
    return (instant - _MONDAY) // timedelta(hours=1)


def _by_slot(
    counts: Counter[int], first: int, last: int, period: int
) -> tuple[Counter[int], Counter[int]]:
    """Return how often each hour of the pattern was seen, and how many came in it."""
    seen = Counter(hour % period for hour in range(first, last + 1))
    came = Counter[int]()
    for hour, count in counts.items():
        came[hour % period] += count
    return seen, came


def _swing(counts: Counter[int], rates: tuple[float, ...], seen: Counter[int]) -> float:
    """Return how much hours differ beyond chance: variance is mean plus (mean x swing) squared."""
    period = len(rates)
    squares = sum(rates[slot] ** 2 * times for slot, times in seen.items())  # were nobody to come
    squares += sum(count * (count - 2 * rates[hour % period]) for hour, count in counts.items())
    by_chance = sum((times - 1) * rates[slot] for slot, times in seen.items())
    beyond = sum((times - 1) * rates[slot] ** 2 for slot, times in seen.items())
    return min(_WILDEST, sqrt(max(0.0, squares - by_chance) / beyond)) if beyond else 0.0
