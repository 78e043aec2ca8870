"""
What freezes cost: how long which capability was stopped, and how much was held, by later outcome.

Time is in whole microseconds and amounts are exact, so a ledger of harm adds up to the last digit.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import ClassVar, Final

import attrs

from freezecase.core.draft import Draft
from freezecase.core.evolve import unopened, write
from freezecase.core.status import Status
from freezecase.core.values import Scope
from freezecase.views.projecting import CaseRead

__all__ = ["HOUR", "Harm", "Stretch", "harm", "stretches"]

HOUR: Final = 3_600_000_000
"""In microseconds."""
_MICRO: Final = timedelta(microseconds=1)


@attrs.frozen
class Stretch:
    """A time in which a case stopped the same: from *since* on, and before *until*."""

    scope: Scope
    since: datetime
    until: datetime

    def within(self, since: datetime, until: datetime) -> int:
        """Return how much of it lies in a period, in microseconds."""
        return max(0, (min(self.until, until) - max(self.since, since)) // _MICRO)


@attrs.frozen(kw_only=True)
class Harm:
    """What some cases with one outcome stopped in a period."""

    cases: int = 0
    """In how many of them anything was stopped in it."""
    frozen: int = 0
    """How long, in microseconds: each case for itself."""
    wholly: int = 0
    """The same for each capability that was stopped wholly, in microseconds."""
    in_part: int = 0
    """For each capability that was stopped for some assets, or up to an amount."""
    valued: int = 0
    """In how many cases an amount is known."""

    definition: ClassVar[str] = (
        "the time in the period in which a case restricted the account, times the number of "
        "capabilities that it stopped, by what the case is closed as (no word: not closed); "
        "two cases of one account count both; what is still frozen counts to the end of the "
        "period, or to the last record of the ledger if that comes first"
    )
    definition_of_held: ClassVar[str] = (
        "the same times the amount that was frozen, in units of the asset and hours, where the "
        "scope names an amount; where it names none, nobody knows what was held, and it is left out"
    )

    @property
    def n(self) -> int:
        """Of how many cases it is."""
        return self.cases

    @property
    def capability_hours(self) -> Fraction:
        """Hours times capabilities, wholly stopped or in part."""
        return Fraction(self.wholly + self.in_part, HOUR)


def stretches(case: CaseRead, known_until: datetime) -> Iterator[Stretch]:
    """
    Yield what a case stopped and when, in order; the last goes on until *known_until*.

    What is said to have happened before the record in front of it takes effect with that record:
    histories from elsewhere do that, and no time is counted twice or backwards.
    """
    draft, scope = Draft(unopened(case.id)), None
    since = at = datetime.min.replace(tzinfo=known_until.tzinfo)
    for record in case.records:
        write(draft, record.event)
        at = max(at, record.occurred_at)
        now = None if draft.status is Status.CLOSED else draft.scope
        if now != scope:
            if scope is not None:
                yield Stretch(scope, since, at)
            scope, since = now, at
    if scope is not None:
        yield Stretch(scope, since, known_until)


def harm(
    case: CaseRead, since: datetime, until: datetime, known_until: datetime
) -> tuple[Harm, dict[str, Fraction]]:
    """Return what a case stopped in a period, and how much of each asset it held for how long."""
    found, held = Harm(), dict[str, Fraction]()
    for one in stretches(case, known_until):
        length = one.within(since, until)
        stopped = length * len(one.scope.capabilities)
        amount = one.scope.amount
        if amount is not None and length:
            before = held.get(amount.asset, Fraction(0))
            held[amount.asset] = before + Fraction(stopped, HOUR) * Fraction(amount.units)
        partly = bool(one.scope.assets or amount)
        found = Harm(
            frozen=found.frozen + length,
            wholly=found.wholly + (0 if partly else stopped),
            in_part=found.in_part + (stopped if partly else 0),
        )
    return attrs.evolve(found, cases=int(found.frozen > 0), valued=int(bool(held))), held
