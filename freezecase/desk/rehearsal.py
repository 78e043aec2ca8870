"""
A desk, rehearsed: the same week over and over, each time with other customers, from a seed.

Customers come, handling times and patience are drawn, and the people on the roster take them, as
`floor` plays it. What comes of several replications is told with its error. Customers are the same
whatever the roster, so two rosters are compared on the same weeks.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from math import inf
from typing import Final

import attrs

from freezecase.app.clock import seeded
from freezecase.core.checked import refuse
from freezecase.desk.estimate import CONFIDENCE, FEWEST, Estimate, ratio
from freezecase.desk.floor import Contact, Tally, play
from freezecase.desk.given import is_length
from freezecase.desk.relief import SurgePolicy
from freezecase.desk.roster import DAY, WEEK, Roster
from freezecase.desk.series import HOUR, Chance, Series
from freezecase.desk.times import Shape, Times

__all__ = ["USUAL_HANDLING", "USUAL_PATIENCE", "Rehearsal", "Rehearsed", "Watch", "rehearse"]

USUAL_HANDLING: Final = Times(mean=timedelta(minutes=8), shape=Shape.LOGNORMAL, spread=1.2)
"""
Eight minutes: a guess, replace it by your own. Calls to a bank scattered so: 201 s on average, with
a standard deviation of 248 s (L. Brown and others, as in `times`).
"""
USUAL_PATIENCE: Final = Times(mean=timedelta(minutes=5))
"""A guess, replace it by your own."""
_TWO_MINUTES: Final = timedelta(minutes=2)
_MOST_HOURS: Final = 53 * WEEK
Watch = Callable[[int, int | None], None]
"""Is told how many replications are done, and of how many."""


@attrs.frozen(kw_only=True)
class Rehearsal:
    """What is rehearsed: who comes, how long it takes, what is to be kept, how often, by chance."""

    series: Series
    growth: float = 1.0
    """How many times as many customers come as the series says."""
    handling: Times = USUAL_HANDLING
    patience: Times | None = USUAL_PATIENCE
    """How long a customer waits on the line before they leave; None if they never do."""
    within: timedelta = _TWO_MINUTES
    surge: SurgePolicy | None = None
    """What the desk does when it is overrun; None if nothing."""
    hours: int = WEEK
    """How long one replication lasts, in hours; what comes before it only warms up the desk."""
    warm_up: int = 6
    replications: int = 10
    seed: int = 1
    chance: Callable[[str], Chance] = attrs.field(default=seeded, repr=False)
    """From a seed to a generator."""

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be rehearsed."""
        if not is_length(self.within, none=True):
            allowed = "a `timedelta` of up to a day, such as two minutes"
            raise refuse("Rehearsal.within", self.within, allowed)
        if not 1 <= self.hours <= _MOST_HOURS:
            raise refuse("Rehearsal.hours", self.hours, f"1 to {_MOST_HOURS} hours")
        if not 0 <= self.warm_up <= _MOST_HOURS:
            raise refuse("Rehearsal.warm_up", self.warm_up, f"0 to {_MOST_HOURS} hours")
        if self.replications < FEWEST:
            allowed = f"{FEWEST} or more, or their error cannot be told"
            raise refuse("Rehearsal.replications", self.replications, allowed)
        self.grown()

    def grown(self) -> Series:
        """Return the series of who comes, growth included."""
        return self.series.grown(self.growth)

    def contacts(self, replication: int) -> Iterator[Contact]:
        """Yield the contacts of one replication in the order in which they come."""
        draw = {what: self._chance(replication, what) for what in _DRAWN}
        handling = self.handling.seconds()
        patience = self.patience.seconds() if self.patience else lambda _chance: inf
        long, patient = draw["handling"], draw["patience"]
        arrivals = self.grown().arrivals(
            -self.warm_up, self.hours, gaps=draw["arrivals"], swings=draw["swings"]
        )
        return (Contact(at, handling(long()), patience(patient())) for at in arrivals)

    def _chance(self, replication: int, what: str) -> Chance:
        return self.chance(f"{self.seed} {replication} {what}")

    def assumptions(self) -> tuple[str, ...]:
        """Return all that the answer takes for granted, a phrase each."""
        series, patience = self.series, self.patience
        leaving = patience.in_words() if patience else "everybody waits for ever"
        soon, warm = _minutes(self.within), f"{self.warm_up} h each"
        surge = "asked whenever somebody waits or begins" if self.surge else "none"
        return (
            f"contacts: {series.in_words()}; rehearsed with {self.growth:g} times as many",
            f"arrivals: nobody comes because another does; an hour swings by {series.swing:.0%}",
            f"handling: {self.handling.in_words()}; one contact at a time, none interrupted",
            f"patience: {leaving}; who leaves has not been reached, and does not come back",
            "queue: one for all, anybody can help anybody, whoever is due first is next",
            f"target: a person within {soon} in every hour of the day, all days together",
            f"surge policy: {surge}; a call back is kept when it comes as promised",
            f"chance: {self.replications} x {self.hours} h, seed {self.seed}; {warm} to warm up",
            f"error: {CONFIDENCE:.0%} confidence, from how the replications differ",
        )


_DRAWN: Final = ("arrivals", "swings", "handling", "patience")


@attrs.frozen(kw_only=True)
class Rehearsed:
    """What came of a rehearsal, each with its error; None where nobody came."""

    kept: Estimate | None
    """The share of all who came that reached a person within the target."""
    by_hour: tuple[Estimate | None, ...]
    """The same, by the hour of the day at which they came, in UTC."""
    left: Estimate | None
    """The share that left before they reached a person."""
    promised: Estimate | None
    """The share that was promised a call back."""
    called: Estimate | None
    """Of those, the share that was called in time."""
    wait: Estimate | None
    """Seconds on the line, on average, of those who were not promised a call back."""
    busy: Estimate | None
    """The share of the hours on duty that went into contacts."""

    @property
    def worst(self) -> Estimate | None:
        """The hour of the day that may have kept the least: whose interval reaches lowest."""
        return min(filter(None, self.by_hour), key=lambda one: one.low, default=None)


def rehearse(
    rehearsal: Rehearsal, roster: Roster, *, first: int = 0, watch: Watch | None = None
) -> Rehearsed:
    """
    Play every replication on a roster, and return what came of it.

    The replications are counted from *first*: another first is other customers, of the same seed.
    """
    within, tallies = rehearsal.within.total_seconds(), list[Tally]()
    for replication in range(first, first + rehearsal.replications):
        contacts = rehearsal.contacts(replication)
        tallies.append(play(contacts, roster, within, rehearsal.surge))
        if watch is not None:
            watch(len(tallies), rehearsal.replications)
    return _rehearsed(tallies, HOUR * sum(map(roster.on_duty, range(rehearsal.hours))))


def _rehearsed(tallies: Sequence[Tally], duty: float) -> Rehearsed:
    """Return what was counted, over all replications; *duty* are the seconds on duty in one."""
    came = [sum(one.came) for one in tallies]
    kept = [sum(one.kept) for one in tallies]
    left = [one.left for one in tallies]
    promised = [one.promised for one in tallies]
    return Rehearsed(
        kept=ratio(kept, came, share=True),
        by_hour=tuple(_in_hour(tallies, hour) for hour in range(DAY)),
        left=ratio(left, came, share=True),
        promised=ratio(promised, came, share=True),
        called=ratio([one.called for one in tallies], promised, share=True),
        wait=ratio(
            [one.waited for one in tallies],
            [one.answered + one.left for one in tallies],
            share=False,
        ),
        busy=ratio([one.worked for one in tallies], [duty for _one in tallies], share=False),
    )


def _in_hour(tallies: Sequence[Tally], hour: int) -> Estimate | None:
    """Return the share kept of those who came in one hour of the day."""
    came = [one.came[hour] for one in tallies]
    return ratio([one.kept[hour] for one in tallies], came, share=True)


def _minutes(length: timedelta) -> str:
    return f"{length / timedelta(minutes=1):g} min"
