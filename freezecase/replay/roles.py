"""The roles of the staff, as the clocks of policies let them owe something."""

from typing import Final

from freezecase.core.actors import ActorKind
from freezecase.core.obligations import chain
from freezecase.policy.policy import Policy

__all__ = ["roles_of"]

_OTHERS: Final = frozenset({*ActorKind, "exchange"})
"""Debtors that are no role of the staff."""


def roles_of(*policies: Policy) -> tuple[str, ...]:
    """Return the roles that the clocks of some policies let owe something."""
    demands = (one for policy in policies for clock in policy.clocks for one in chain(clock.demand))
    debtors = {rung.debtor for one in demands for rung in one.ladder}
    return tuple(sorted(one for one in debtors - _OTHERS if not one.startswith("@")))
