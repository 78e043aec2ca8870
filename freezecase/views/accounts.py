"""
What an account cannot do, over all its cases at once: what the exchange has to make true.

Each open case demands a scope. Scopes with assets and amounts do not add up to one scope, so the
**restriction** of an account is a set of them, and stops whatever one of them stops.

Its **revision** is the ledger index of the newest record among the cases of the account. It rises
with every record of any of them. It is the same however it is computed, because the ledger has one
order: of one revision there is one restriction. A count of records would be that too; an index also
says where in the ledger it was so.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.reading import events_of
from freezecase.app.stores.store import Store
from freezecase.core.checked import refuse
from freezecase.core.evolve import fold, unopened
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import Capability, Scope

__all__ = ["AccountView", "Restriction", "account_view", "demanded", "read_account", "stands"]

_CAPABILITIES: Final = frozenset(Capability)


def _place(scope: Scope) -> tuple[object, ...]:
    """Return where a scope stands among others, so that any order becomes one order."""
    amount = scope.amount
    held = () if amount is None else (amount.asset, Decimal(amount.units), amount.units)
    return scope.capabilities, scope.assets, held


def _canonical(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """Return what is within no other, in order; of two that stop the same, the first."""
    ordered = sorted({*scopes}, key=_place)
    return tuple(
        scope
        for n, scope in enumerate(ordered)
        if not any(
            scope.within(other) and (m < n or not other.within(scope))
            for m, other in enumerate(ordered)
            if m != n
        )
    )


@attrs.frozen
class Restriction:
    """
    What an account cannot do: scopes in order, none within another; none when it is free.

    Any scopes make one: those within others are dropped. Amounts do not add: two cases that hold
    1 BTC each hold 1 BTC together, for nobody can tell whether it is the same.
    """

    scopes: tuple[Scope, ...] = attrs.field(default=(), converter=_canonical)

    def stops(self, capability: Capability, asset: str | None = None) -> bool:
        """
        Say whether anything of *capability* is stopped, wholly or up to an amount.

        Without an *asset* it is asked of all of them: what is stopped for one is stopped.

        Raises:
            InvalidValue: there is no such capability.

        """
        return bool(self.stopping(capability, asset))

    def stopping(self, capability: Capability, asset: str | None = None) -> tuple[Scope, ...]:
        """
        Return the scopes that stop *capability*; each says whether wholly or up to which amount.

        Raises:
            InvalidValue: there is no such capability.

        """
        if capability not in _CAPABILITIES:  # a slip of the pen must not read as `free`
            known = ", ".join(f"`{one}`" for one in Capability)
            raise refuse("Restriction.capability", capability, f"it takes one of {known}")
        return tuple(
            scope
            for scope in self.scopes
            if capability in scope.capabilities
            and (asset is None or not scope.assets or asset in scope.assets)
        )

    def covers(self, scope: Scope) -> bool:
        """Say whether everything that *scope* stops is stopped by one of these."""
        return any(scope.within(one) for one in self.scopes)

    def __or__(self, other: "Restriction") -> "Restriction":
        """Return what stops whatever either of the two stops."""
        return Restriction((*self.scopes, *other.scopes))


@attrs.frozen(kw_only=True)
class AccountView:
    """An account at one revision: its cases, and what they restrict together."""

    account: str
    cases: tuple[CaseState, ...]
    """In the order of opening, closed ones too."""
    restriction: Restriction
    """What the exchange has to make true: no more, no less."""
    revision: int
    """The ledger index of the newest record among the cases; 0 when there is none."""


def demanded(case: CaseState) -> Scope | None:
    """
    Return what a case demands that the exchange stops, or nothing.

    The scope in force; while a release is ordered, what that release leaves.
    """
    if case.status is Status.RELEASING:
        return case.release.leaving if case.release else None
    return case.restriction


def account_view(account: str, cases: Iterable[tuple[CaseState, int]]) -> AccountView:
    """Return the view of an account from its cases, each with the index of its newest record."""
    found = tuple(cases)
    scopes = (demanded(case) for case, _newest in found)
    return AccountView(
        account=account,
        cases=tuple(case for case, _newest in found),
        restriction=Restriction(scope for scope in scopes if scope is not None),
        revision=max((newest for _case, newest in found), default=0),
    )


def read_account(store: Store, account: str) -> AccountView:
    """
    Return the account as it was at one moment: at the end of the ledger when this was asked.

    What is recorded meanwhile is left out, of every case alike. Otherwise one revision could stand
    for two restrictions.

    Raises:
        RecordError: what is stored of a case cannot be read; nobody can say what it demands.

    """
    upto = store.size()
    return account_view(account, _read(store, account, upto))


def stands(store: Store, view: AccountView) -> bool:
    """Say whether no record of any case of the account is newer than the view; folds nothing."""
    newest = store.versions(store.cases_of(view.account))
    return newest == {case.id: case.version for case in view.cases}


def _read(store: Store, account: str, upto: int) -> Iterator[tuple[CaseState, int]]:
    for case in store.cases_of(account):
        seen = _folded(store, case, upto)
        if seen is not None:
            yield seen


def _folded(store: Store, case: UUID, upto: int) -> tuple[CaseState, int] | None:
    """Return a case as it stood at a ledger index, with its newest record; nothing if not yet."""
    rows = [row for row in store.read(case) if row[3] <= upto]
    return (fold(events_of(case, rows), unopened(case)), rows[-1][3]) if rows else None
