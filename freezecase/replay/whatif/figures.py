"""What one case adds to the figures of a backtest: exact numbers under names, in any order."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from freezecase.replay.whatif.step import History, Later
from freezecase.replay.whatif.trace import BROKEN, LAPSED, MISSED, Trace
from freezecase.views.measuring.harm import HOUR, Stretch

__all__ = ["MEANS", "Bounds", "Figures", "Minutes", "added", "bounds_of", "figures_of", "held"]

Figures = Mapping[str, Fraction]
Bounds = Mapping[str, tuple[Fraction, Fraction]]
"""The least and the most that a figure may be."""
Minutes = Mapping[str, int]
"""How many minutes of somebody's time a command takes, by its name, such as `approve-release`."""

_NOTHING: Final = Fraction(0)
HELD: Final = "held of people later cleared, "
MEANS: Final[Mapping[str, str]] = {
    "freezes": "how many freezes were imposed",
    "frozen hours": "how long accounts were restricted, up to the horizon",
    "frozen hours of people later cleared": (
        "the same, of cases that history freed in the end; those it confirmed count as nothing here"
    ),
    "confirmed fraud let through": (
        "cases that history confirmed, whose account was not restricted when it did"
    ),
    "deadlines missed": "how often the exchange missed a duty, rung by rung",
    "rights lapsed": "how many rights ran out unused",
    "promises broken": "how many promises to customers were broken",
    "stuck": "accounts that are restricted at the horizon, and in history are not",
    "staff minutes": "what our people did, times the minutes that were given for it",
}
"""What each figure counts. One that is not here is `held of people later cleared`, by asset: hours
times units, where the scope names an amount."""


def held(asset: str) -> str:
    """Return the name of the figure of an asset."""
    return f"{HELD}{asset} hours"


def figures_of(
    trace: Trace, history: History, *, stood: bool, minutes: Minutes | None
) -> dict[str, Fraction]:
    """Return what one path of a case adds; *stood* is whether history ends restricted."""
    frozen = Fraction(sum(_length(one) for one in trace.stretches), HOUR)
    whats = [effect.what for effect in trace.effects]
    cleared = history.later is Later.CLEARED
    found: dict[str, Fraction | int] = {
        "freezes": whats.count("freeze-imposed"),
        "frozen hours": frozen,
        "frozen hours of people later cleared": frozen if cleared else 0,
        "confirmed fraud let through": _let_through(trace, history),
        "deadlines missed": whats.count(MISSED),
        "rights lapsed": whats.count(LAPSED),
        "promises broken": whats.count(BROKEN),
        "stuck": trace.frozen and not stood,
    }
    if minutes is not None:
        found["staff minutes"] = sum(minutes.get(act, 0) * n for act, n in trace.acts.items())
    return {name: Fraction(value) for name, value in found.items()} | (
        _held(trace) if cleared else {}
    )


def _length(stretch: Stretch) -> int:
    return stretch.within(stretch.since, stretch.until)


def _let_through(trace: Trace, history: History) -> bool:
    at = history.confirmed_at
    return at is not None and not trace.restricts(at)


def _held(trace: Trace) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for one in trace.stretches:
        amount = one.scope.amount
        if amount is not None:
            name = held(amount.asset)
            length = Fraction(_length(one), HOUR) * Fraction(amount.units)
            found[name] = found.get(name, Fraction(0)) + length
    return found


def bounds_of(worlds: Iterable[Figures]) -> Bounds:
    """Return the least and the most of each figure over some possible worlds."""
    several = list(worlds)
    names = {name for one in several for name in one}
    said = {name: [one.get(name, _NOTHING) for one in several] for name in sorted(names)}
    return {name: (min(values), max(values)) for name, values in said.items()}


def added(into: dict[str, Fraction], figures: Figures) -> None:
    """Add figures to a sum."""
    for name, value in figures.items():
        known = into.setdefault(name, _NOTHING)
        if value:  # most are nothing, and exact sums take time
            into[name] = known + value
