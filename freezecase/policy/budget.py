"""
Service clocks that pause, as a ledger of consumed time: pausing never moves a date.

The law's terms do not pause while somebody waits for the customer; a notice extends them. What the
exchange promises itself may pause: a `Budget` of minutes is spent while the clock runs, in all
hours or in opening hours, and what is left is what remains.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Final

from freezecase.core.allowed import at_least
from freezecase.core.checked import checked, refuse
from freezecase.core.resolved import Resolved, aware, days_between
from freezecase.core.values import Instant
from freezecase.policy.term import Either, Term, Terms, Yearly

__all__ = ["Budget", "Hours", "Ledger", "Running", "runs_out", "spend"]

_FOREVER: Final = datetime.max.replace(tzinfo=UTC)


class Hours(StrEnum):
    """Which hours a budget is spent in."""

    ALL = "all"
    OPENING = "opening"
    """From opening to close of business on business days."""


@checked
class Budget:
    """Minutes that a service clock may run."""

    minutes: Annotated[int, at_least(1)]
    hours: Hours = Hours.ALL

    @property
    def time(self) -> timedelta:
        """The same as a length of time."""
        return timedelta(minutes=self.minutes)

    def in_words(self) -> str:
        """Say it in a sentence without a full stop."""
        hours, minutes = divmod(self.minutes, 60)
        length = " ".join(
            [*([f"{hours} h"] if hours else []), *([f"{minutes} min"] if minutes else [])]
        )
        return f"{length} of {'opening hours' if self.hours is Hours.OPENING else 'running time'}"


@checked
class Running:
    """A period in which the clock ran; it still runs if nothing stopped it."""

    started: Instant
    stopped: Instant | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a period that stops before it starts."""
        if self.stopped is not None and self.stopped < self.started:
            raise refuse("Running.stopped", self.stopped, f"an instant from {self.started} on")


@checked
class Ledger:
    """What a budget has been spent on: consumed and remaining are always the whole."""

    budget: Budget
    consumed: timedelta
    remaining: timedelta
    """Less than nothing when it is overdrawn."""


def spend(
    budget: Budget | Terms, running: Sequence[Running], now: datetime, resolved: Resolved
) -> Ledger:
    """
    Return what is consumed by *now*, and what remains, of a clock that ran in these periods.

    Raises:
        InvalidValue: a term of law was given, which does not pause; or the periods overlap, or
            lie outside the resolved days.

    """
    if isinstance(budget, Term | Yearly | Either):
        allowed = "a `Budget`: a term does not pause, a notice extends it"
        raise refuse("spend.budget", budget.in_words(), allowed)
    _check_in_turn(running)
    until = aware(now)
    past = (
        piece
        for one in running
        for piece in _counted(budget.hours, one.started, min(one.stopped or until, until), resolved)
    )
    consumed = sum((end - since for since, end in past), timedelta(0))
    return Ledger(budget=budget, consumed=consumed, remaining=budget.time - consumed)


def runs_out(budget: Budget, running: Sequence[Running], resolved: Resolved) -> Instant | None:
    """
    Return when the last of the budget is spent if nothing more happens to the clock.

    None means that it stands still with something left: no date is waiting to be moved.
    """
    _check_in_turn(running)
    left = budget.time
    for one in running:
        for since, until in _counted(budget.hours, one.started, one.stopped or _FOREVER, resolved):
            if until - since >= left:
                return since + left
            left -= until - since
    return None


def _check_in_turn(running: Sequence[Running]) -> None:
    for one, other in pairwise(running):
        if one.stopped is None or one.stopped > other.started:
            allowed = f"it stops before the next starts, at {other.started}"
            raise refuse("a running period's `stopped`", one.stopped, allowed)


def _counted(
    hours: Hours, since: Instant, until: Instant, resolved: Resolved
) -> Iterator[tuple[Instant, Instant]]:
    """Yield the parts of a period that count, in order."""
    if until <= since:
        return
    if hours is Hours.ALL:
        yield since, until
        return
    last = date.max if until == _FOREVER else resolved.local(until).date()
    for day in days_between(resolved.local(since).date(), last):
        if resolved.is_business_day(day):
            opens = max(since, resolved.at_minute(day, resolved.opens))
            closes = min(until, resolved.at_minute(day, resolved.closes))
            if opens < closes:
                yield opens, closes
