"""
How many people keep a target around the clock: first by formula, then rehearsed until it holds.

*Around the clock* is meant: in every hour of the day, not on average over them; an hour is judged
over all days, as the roster is the same on all of them. A roster is enough when in each hour even
the lower end of the interval reaches the target, or nobody was missed in it at all. The search
begins at what Erlang's formulas say for the busiest hour of each shift. Its answer is then measured
anew on customers that the search has not seen.
"""

from collections.abc import Sequence
from typing import Final

import attrs

from freezecase.core.checked import refuse
from freezecase.desk.erlang import MOST_STAFF, Target, Traffic, staff_needed
from freezecase.desk.rehearsal import Rehearsal, Rehearsed, Watch, rehearse
from freezecase.desk.roster import DAY, SHIFTS, Roster, shift_of
from freezecase.desk.series import Series

__all__ = ["Staffing", "by_formula", "staffing"]


@attrs.frozen(kw_only=True)
class Staffing:
    """How many people each shift needs, and what came of it when it was rehearsed."""

    share: float
    starts: tuple[int, ...]
    """At which hours the shifts begin, in UTC."""
    formula: tuple[int, ...]
    """What Erlang's formula says for the busiest hour of each shift."""
    staff: tuple[int, ...]
    """How many people on duty in each shift keep the target."""
    rehearsed: Rehearsed
    """Measured on other customers than those it was found with."""
    rounds: int
    """How many rosters were rehearsed to find it."""

    @property
    def roster(self) -> Roster:
        """Who is on duty when."""
        return Roster.of_shifts(self.staff, self.starts)


def by_formula(
    rehearsal: Rehearsal, share: float, starts: Sequence[int] = SHIFTS, least: int = 1
) -> tuple[int, ...]:
    """
    Return how many people each shift needs in its busiest hour, by formula.

    By Erlang A; by Erlang C if nobody ever leaves. What hours swing, it does not know.
    """
    target = Target(share=share, within=rehearsal.within)
    needed = [least] * len(starts)
    for hour, rate in _busiest(rehearsal.grown()).items():
        traffic = Traffic(
            arrivals=rate,
            handling=rehearsal.handling.mean,
            patience=rehearsal.patience.mean if rehearsal.patience else None,
        )
        shift = shift_of(starts)[hour]
        needed[shift] = max(needed[shift], staff_needed(traffic, target))
    return tuple(needed)


def _busiest(series: Series) -> dict[int, float]:
    """Return how many come in each hour of the day, on the day on which that is most."""
    pattern = len(series.rates)
    days = range(pattern if pattern % DAY else max(1, pattern // DAY))  # till both begin together
    return {
        hour: max(series.rates[(day * DAY + hour) % pattern] for day in days) for hour in range(DAY)
    }


def staffing(
    rehearsal: Rehearsal,
    share: float,
    *,
    starts: Sequence[int] = SHIFTS,
    least: int = 1,
    watch: Watch | None = None,
) -> Staffing:
    """
    Return how many people on duty in each shift keep the target in every hour of the day.

    *share* is of all who come, such as 0.8 or 0.99. No shift has fewer people than *least*.

    Raises:
        InvalidValue: the share is not between 0 and 1, the shifts are none, or *least* is not 1 or
            more.

    """
    if type(least) is not int or not 1 <= least <= MOST_STAFF:
        raise refuse("least", least, "people on duty at any hour: 1 or more, around the clock")
    formula = by_formula(rehearsal, share, starts, least)
    search = _Search(rehearsal, share, tuple(starts), least, watch)
    staff = search.fewest(formula)
    staff, rehearsed = search.confirmed(staff)
    return Staffing(
        share=share,
        starts=tuple(starts),
        formula=formula,
        staff=staff,
        rehearsed=rehearsed,
        rounds=search.rounds,
    )


_STEP: Final = 10
"""A search goes up and down by a tenth at first."""


@attrs.define
class _Search:
    """Looks for the fewest people in all shifts at once, each between too few and enough."""

    rehearsal: Rehearsal
    share: float
    starts: tuple[int, ...]
    least: int
    watch: Watch | None
    rounds: int = 0

    def fewest(self, first: Sequence[int]) -> tuple[int, ...]:
        """Return the fewest people in each shift with which all of them keep the target."""
        shifts = [_Shift(few=self.least - 1, tried=staff) for staff in first]
        while True:
            tried = tuple(one.tried for one in shifts)
            short = self._short(self._rehearse(tried, 0))
            for shift, one in enumerate(shifts):
                one.learn(short=shift in short)
            if all(one.settled for one in shifts):
                return tried
            for one in shifts:
                one.go_on()

    def confirmed(self, staff: tuple[int, ...]) -> tuple[tuple[int, ...], Rehearsed]:
        """Return the roster with what other customers say of it; more people if they say no."""
        while True:
            rehearsed = self._rehearse(staff, self.rehearsal.replications)
            short = self._short(rehearsed, surely=True)
            if not short:
                return staff, rehearsed
            staff = tuple(people + (shift in short) for shift, people in enumerate(staff))

    def _rehearse(self, staff: Sequence[int], first: int) -> Rehearsed:
        before = self.rounds * self.rehearsal.replications
        self.rounds += 1
        watch = self.watch
        told: Watch | None = (lambda done, _of: watch(before + done, None)) if watch else None
        roster = Roster.of_shifts(staff, self.starts)
        return rehearse(self.rehearsal, roster, first=first, watch=told)

    def _short(self, rehearsed: Rehearsed, *, surely: bool = False) -> set[int]:
        """Return the shifts in which an hour may fall short, or surely does."""
        shifts = shift_of(self.starts)
        return {
            shifts[hour]
            for hour, kept in enumerate(rehearsed.by_hour)
            if kept is not None and not self._keeps(kept.high if surely else kept.low, kept.value)
        }

    def _keeps(self, bound: float, value: float) -> bool:
        return bound >= self.share or value == 1.0


@attrs.define
class _Shift:
    """How many people are too few for a shift, and how many enough, as far as is known."""

    few: int
    tried: int
    enough: int | None = None

    def learn(self, *, short: bool) -> None:
        """Take in what came of the last try."""
        if not short:
            self.enough = self.tried
            return
        self.few = max(self.few, self.tried)
        if self.enough is not None and self.enough <= self.few:
            self.enough = None  # it was enough only as long as the shift before had more people

    @property
    def settled(self) -> bool:
        """Whether the last try was enough, and one less is known to be too few."""
        return self.tried == self.enough == self.few + 1

    def go_on(self) -> None:
        """Try a number between too few and enough, or beyond what is known."""
        if self.enough is None:
            self.tried = self.few + max(1, self.few // _STEP)
        else:
            least = max((self.few + self.enough) // 2, self.enough - max(1, self.enough // _STEP))
            self.tried = max(self.few + 1, least)
