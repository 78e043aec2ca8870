"""What the laws play with: a clock set by hand, a first case, somebody who writes first."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar, cast
from uuid import UUID

import attrs

from freezecase.app.stores.store import Appended, Loaded, Row, Store
from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.state import CaseState
from freezecase.core.values import Ground, Scope
from freezecase.errors import FreezeCaseError

__all__ = [
    "Law",
    "StoryClock",
    "freeze",
    "interrupted",
    "kinds",
    "looked_at",
    "raises",
    "story",
]

Law = Callable[[Casebook], None]
"""A promise about a book on an empty store; it raises `AssertionError` if it is not kept."""
E = TypeVar("E", bound=FreezeCaseError)

BEGIN: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ENGINE: Final = Actor.system("risk-engine")
ANA, ROB = Actor.staff("ana", "analyst"), Actor.staff("rob", "reviewer")
OWNER: Final = Actor.customer("acct-1")


@attrs.define
class StoryClock:
    """A clock that is set by hand, and hands out ids in order."""

    instant: datetime = BEGIN
    ids: int = 0

    def now(self) -> datetime:
        """Return the instant it is set to."""
        return self.instant

    def new_id(self) -> UUID:
        """Return the next id."""
        self.ids += 1
        return UUID(int=self.ids)

    def later(self, **by: float) -> datetime:
        """Go forward, or back, by a length of time such as `hours=1`; return the new instant."""
        self.instant += timedelta(**by)
        return self.instant


def story(book: Casebook) -> tuple[Casebook, StoryClock, CaseState]:
    """Return the book with a clock set by hand, the clock, and a first case in the book."""
    clock = StoryClock()
    told = attrs.evolve(book, clock=clock)
    return told, clock, told.execute(freeze("acct-1"), by=ENGINE).case


def freeze(account: str) -> do.ImposeFreeze:
    """Return the command that freezes *account*."""
    return do.ImposeFreeze(
        account=account, ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
    )


def kinds(book: Casebook, case: CaseState) -> list[str]:
    """Return what happened to a case after it was opened, without what is owed in consequence."""
    return [record.kind for record in book.history(case.id)[1:] if record.kind not in _OWED]


_OWED: Final = frozenset({"obligation-met", "obligation-opened"})


def raises(kind: type[E], act: Callable[[], object]) -> E:
    """Demand that *act* raises *kind*, and return the error."""
    try:
        act()
    except kind as error:
        return error
    raise AssertionError(f"nothing was raised where `{kind.__name__}` is due")


class _Looking:
    """A store that remembers which cases were read."""

    def __init__(self, store: Store, read: list[UUID]) -> None:
        self._store, self._read = store, read

    def read(self, case: UUID, **more: Any) -> list[Loaded]:
        """Remember the case, and read it."""
        self._read.append(case)
        return self._store.read(case, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def looked_at(book: Casebook) -> tuple[Casebook, list[UUID]]:
    """Return the book with a store that notes which cases are read, and its notes."""
    read: list[UUID] = []
    return attrs.evolve(book, store=cast("Store", _Looking(book.store, read))), read


class _Interrupted:
    """A store on which somebody else writes just before an append."""

    def __init__(self, store: Store, meddle: Callable[[], object], times: int) -> None:
        self._store, self._meddle, self._left = store, meddle, times

    def append(self, rows: list[Row], **more: Any) -> Appended:
        """Let somebody else write first, then append."""
        if self._left:
            self._left -= 1
            self._meddle()
        return self._store.append(rows, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def interrupted(book: Casebook, meddle: Callable[[], object], times: int = 1) -> Casebook:
    """Return the book with a store on which *meddle* happens before each of the next appends."""
    return attrs.evolve(book, store=cast("Store", _Interrupted(book.store, meddle, times)))
