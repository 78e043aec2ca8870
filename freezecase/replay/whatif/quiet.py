"""
A policy, as far as a foreign log can tell how it was kept.

That a log does not say that somebody was told, or that a duty was done, does not say that it was
not. So whatever a log is silent about is owed without end: nobody ever misses it here, and every
wait of the case is still covered by somebody.
"""

from typing import Final

import attrs

from freezecase.core.obligations import Demand, Rung, Unit, Within
from freezecase.core.pending import PENDING
from freezecase.policy.clock import Clock
from freezecase.policy.policy import Policy

__all__ = ["Quiet"]

_NEVER: Final = (Rung(debtor="exchange", within=Within(count=1000, unit=Unit.YEARS)),)
"""Longer than any calendar reaches, which is never over."""


def _silent(what: str, ends: frozenset[str]) -> Clock:
    demand = Demand(kind=what, ladder=_NEVER, met_by=tuple(sorted(ends)))
    return Clock(id=f"silent-{what}", covers=what, demand=demand)


_SILENT: Final = tuple(_silent(row.what, row.ends) for row in PENDING)


@attrs.define
class Quiet:
    """Makes policies as quiet as a log is, each of them once."""

    told: frozenset[str]
    """The kinds of duty and right that the log can tell of."""
    made: dict[int, tuple[Policy, Policy]] = attrs.Factory(dict)

    def policy(self, policy: Policy) -> Policy:
        """Return *policy* with what the log can tell of, and all else owed without end."""
        known = self.made.get(id(policy))
        if known is None:  # the policy is kept with it, so that no other can take its place
            known = self.made[id(policy)] = policy, self._quiet(policy)
        return known[1]

    def _quiet(self, policy: Policy) -> Policy:
        heard = [one for one in policy.rules if not isinstance(one, Clock) or self._tells(one)]
        waits = {one.covers for one in heard if isinstance(one, Clock)}
        silent = [one for one in _SILENT if one.covers not in waits]
        return attrs.evolve(policy, rules=(*heard, *silent)).being(policy)

    def _tells(self, clock: Clock) -> bool:
        return clock.demand.kind in self.told
