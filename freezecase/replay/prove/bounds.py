"""How far an exploration goes. All of it is printed beside what was found."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

import attrs

from freezecase.core.actors import ActorKind
from freezecase.core.values import Capability, Channel, Ground, Instant, Scope
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.replay.roles import roles_of

__all__ = ["ACCOUNT", "CASE", "DAY", "FAR", "NO_ROLES", "SCOPES", "STAFFED", "Bounds"]

CASE: Final = UUID(int=1)
ACCOUNT: Final = "acct-4711"
DAY: Final[Instant] = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""The day on which everything is asked; the rules in force on it are the ones that are proved."""
FAR: Final[Instant] = datetime(2036, 3, 2, 9, tzinfo=UTC)
"""When everything is due that is not due now: exploring knows no other times."""

SCOPES: Final = (
    Scope.of(Capability.WITHDRAW_CRYPTO),
    Scope.of(Capability.WITHDRAW_CRYPTO, Capability.TRADE),
    Scope.everything(),
)
"""A part, more, and everything with log-in: each within the next."""


NO_ROLES: Final[Mapping[str, frozenset[ActorKind]]] = {
    "customer": frozenset({ActorKind.CUSTOMER}),
    "authority": frozenset({ActorKind.AUTHORITY}),
    "vendor": frozenset({ActorKind.VENDOR}),
    "system": frozenset({ActorKind.SYSTEM}),
    "exchange": frozenset({ActorKind.SYSTEM, ActorKind.STAFF}),
}
"""Debtors that are no role of the staff, and who stands for each."""
STAFFED: Final = roles_of(standard())
"""The roles that somebody has unless a house says otherwise."""


def _read_only(few: Mapping[str, int]) -> Mapping[str, int]:
    return MappingProxyType(dict(few))


@attrs.frozen(kw_only=True)
class Bounds:
    """
    How far an exploration goes: beyond it nothing is shown.

    Of each thing a case may hold any number of, it takes the few that are named here, one at a
    time; people are as many as are needed, unless a role has few.
    """

    grounds: tuple[Ground, ...] = tuple(Ground)
    roles: tuple[str, ...] = STAFFED
    """The roles that somebody of the house has."""
    few: Mapping[str, int] = attrs.field(default=MappingProxyType({}), converter=_read_only)
    """The roles that only so many people have; of every other there is always one more."""
    checks: tuple[str, ...] = ("identity", "second-factor")
    notices: tuple[str, ...] = ("freeze-imposed", "extension")
    channels: tuple[Channel, ...] = (Channel.APP_MESSAGE, Channel.LETTER)
    promises: tuple[str, ...] = ("call-back",)
    holds: tuple[str, ...] = ("court-order",)
    bases: tuple[str, ...] = ("court-order",)
    """The bases of law that a hold may name; some rules of packs start only where it names them."""
    bot_replies: int = 5
    """From so many answers of a machine on, one more is no news."""
    transfers: int = 4
    """From so many transfers on, one more is no news."""
    slices: tuple[str, ...] = ()
    """
    The slices to look at; all, if none is named.

    A few are looked at sooner, and prove nothing: what is wrong with them may be put right, and the
    way out of them lie, in one that is left out.
    """
    states: int = 200_000
    """How many states are looked at before it is given up, and said so."""

    def has(self, debtor: str, policy: Policy) -> bool:
        """Say whether somebody can stand for *debtor*."""
        if debtor.startswith("@") or debtor in NO_ROLES:
            return True
        return (debtor in self.roles or debtor == policy.accountable) and self.few.get(debtor) != 0
