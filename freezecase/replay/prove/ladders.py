"""What can be read off the duties of a policy without asking anybody: who, in turn, how long."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from freezecase.core.obligations import Then, chain
from freezecase.policy.clock import Clock
from freezecase.policy.policy import Policy
from freezecase.policy.reckon import Reckoner
from freezecase.replay.prove.bounds import DAY, Bounds
from freezecase.replay.prove.flaws import Flaw, Spot

__all__ = ["longest", "nobody", "sleeps"]

_DAYS: Final = 371
"""A year of beginnings and a few days more, so that every holiday is met from every side."""


def nobody(policy: Policy, bounds: Bounds) -> Iterator[Spot]:
    """Yield the roles that owe something and that nobody has."""
    for clock in policy.clocks:
        for demand in chain(clock.demand):
            for rung in demand.ladder:
                if not bounds.has(rung.debtor, policy):
                    says = f"`{rung.debtor}` owes `{demand.kind}` and nobody has that role"
                    yield Spot(Flaw.NOBODY, says, "", -1, rules=(clock.id,))


def sleeps(policy: Policy) -> Iterator[Spot]:
    """Yield the duties that never come to the accountable role, however often they are missed."""
    for clock in policy.clocks:
        *_, last = chain(clock.demand)
        stands = last.then is Then.AGAIN and last.ladder[-1].debtor == policy.accountable
        if not stands and not clock.demand.right:
            says = f"`{clock.demand.kind}` never comes to `{policy.accountable}`"
            yield Spot(Flaw.SLEEPS, says, "", -1, rules=(clock.id,))


def longest(policy: Policy) -> Mapping[str, timedelta]:
    """
    Return how long each duty can go on before the accountable role itself is in breach.

    It is the sum of the ladder, from the worst day of a year on. A duty that a law dates is counted
    by its ladder, too: the day of the law comes first.
    """
    return {clock.id: _longest(policy, clock) for clock in policy.clocks if not clock.demand.right}


def _longest(policy: Policy, clock: Clock) -> timedelta:
    worst = timedelta(0)
    for day in range(_DAYS):
        start = DAY + timedelta(days=day)
        now: datetime = start
        for demand in chain(clock.demand):
            for rung in demand.ladder:
                now = Reckoner(policy.calendars, now).due(rung.within, now)
        worst = max(worst, now - start)
    return worst
