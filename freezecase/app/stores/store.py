"""
The store, seen from above: rows of bytes in one order, and what may be asked of them.

A store keeps records of cases as bytes; it does not know what they mean. It gives every record a
**ledger index** (contiguous from 1, in the order of commits) and a **recorded_at** (microseconds
since 1970-01-01 UTC, never falling), both under the lock that serialises writers. Whatever goes
wrong, an append is stored whole or not at all.

Beside the records it keeps an **alarm** for each case: the earliest instant at which somebody must
look at it again, so that what is due is found without looking at what is not. It is an index, made
from the records and told to the store by who can read them; it is no part of the history.

    with open_store("sqlite:///cases.db") as store:
        store.append([Row(case, 1, "freeze-imposed.v1", b"{}")], now=now, opened=[(case, "acct-1")])
        store.read(case)                # what happened in one case
        store.ringing(now)              # the cases that somebody must look at by now
        for raw in store.scan(): ...    # everything, in ledger order, in flat memory
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self
from uuid import UUID

import attrs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from types import TracebackType

    from freezecase.app.stores.board_store import BoardStore
    from freezecase.seal.merkle import Frontier, Hash

__all__ = [
    "KEPT",
    "Alarms",
    "Appended",
    "Head",
    "Listed",
    "Loaded",
    "Ringing",
    "Row",
    "Scanned",
    "Store",
    "Stored",
]

LOWEST, HIGHEST = UUID(int=0), UUID(int=2**128 - 1)

Alarms = Mapping[UUID, int | None]
"""The new alarms of some cases, in us since 1970; None silences one."""

KEPT: Alarms = MappingProxyType({})
"""No new alarms: each case keeps its own."""

Loaded = tuple[int, str, bytes, int, int]
"""A record of a case as `read` gives it: version, name, state, index, recorded_at."""

Scanned = tuple[int, int, str, int, str, bytes]
"""A record as `scan` gives it: index, recorded_at, case (32 hex digits), version, name, state.

A plain tuple, and the case as text: a million objects of a class, and a `UUID` each, would take
longer than reading the bytes. `Stored.of` makes the convenient thing of it."""


class Row(NamedTuple):
    """A record to append: the case, its version (from 1, no gaps), a stored name, and bytes."""

    case: UUID
    version: int
    name: str
    state: bytes


@attrs.frozen
class Stored:
    """A stored record: ledger index, recorded_at (us since 1970), and what was appended."""

    index: int
    recorded_at: int
    case: UUID
    version: int
    name: str
    state: bytes

    @classmethod
    def of(cls, raw: Scanned) -> Stored:
        """Make the convenient shape of a raw tuple that `scan` gave."""
        index, recorded_at, case, version, name, state = raw
        return cls(index, recorded_at, UUID(case), version, name, state)


class Appended(NamedTuple):
    """Where an append went: the index of its first row, and its recorded_at (us since 1970)."""

    first: int
    recorded_at: int


class Head(NamedTuple):
    """The end of the ledger: how many records there are, and when the last one was recorded."""

    size: int
    recorded_at: int


class Listed(NamedTuple):
    """A case in the list of cases: the index of its first record, its id, its account."""

    opened: int
    case: UUID
    account: str


class Ringing(NamedTuple):
    """A case that somebody must look at: when (us since 1970), its id, its account."""

    alarm: int
    case: UUID
    account: str


class Settings(NamedTuple):
    """How a store is opened; `open_store` says what each means."""

    create: bool
    synchronous: str
    busy_timeout: float
    pool_size: int
    clock: Callable[[], int] | None
    origin: str | None
    verify: bool
    sealed: bool = False


class Store(Protocol):
    """What every store can do. Safe to share between threads; for processes, open one in each.

    Every method may raise `StoreError` (busy, read-only, full, unreachable); a lost connection
    while appending leaves open whether the rows were stored, and the error says so.
    """

    where: str
    """The database as errors name it, without any password."""
    origin: str
    """The name of the log, which stands in every header and in every checkpoint."""
    sealed: bool
    """Whether texts are sealed in it: it was made so, and takes none in the clear."""

    def append(
        self,
        rows: Sequence[Row],
        *,
        now: int,
        opened: Sequence[tuple[UUID, str]] = (),
        alarms: Alarms = KEPT,
    ) -> Appended:
        """Store all rows, in this order, or none; they are durable when this returns.

        *now* is in microseconds since 1970-01-01 UTC; a clock that went back is held at the last
        recorded_at. *opened* lists the cases that begin in *rows*, each with its account; a
        stream that is not listed there can be read, but is no case in the list of cases.
        *alarms* gives cases in *rows* a new alarm, stored with the rows or not at all; a case
        that is not named keeps its own. To name one that stays as it was costs little, and is
        what `set_alarms` counts on. The alarm of a stream that is no case has no effect.
        Raises `Conflict` if a version is taken, `VersionGap` if one would be left out,
        `InvalidValue` if *opened* or *alarms* names a case that has no business there, and
        `RecordError` if the end of the ledger is not what the head says.
        """
        ...

    def read(
        self,
        case: UUID,
        *,
        after: int = 0,
        upto: int | None = None,
        recorded_upto: int | None = None,
        verify: bool = True,
    ) -> list[Loaded]:
        """Give the records of a case by version: those past *after*, up to and with *upto*.

        *recorded_upto* (us since 1970) leaves out what was recorded later. An unknown case has
        no records. Raises `Tampered` if one is not what the ledger says of it, unless *verify* is
        not wanted: by who only looks at names and places, or opened the store to read whatever is
        there.
        """
        ...

    def head(self) -> Head:
        """Give the end of the ledger."""
        ...

    def size(self) -> int:
        """Say how many records there are, which is also the index of the last."""
        ...

    def exists(self, case: UUID) -> bool:
        """Say whether the case has a record."""
        ...

    def versions(self, cases: Collection[UUID]) -> dict[UUID, int]:
        """Give the newest version of each of these cases; one without records is left out."""
        ...

    def known(self, cases: Collection[UUID]) -> set[UUID]:
        """Say which of these cases have records, so that bulk work can be taken up again."""
        ...

    def cases_of(self, account: str) -> list[UUID]:
        """Give the cases of an account in the order they were opened."""
        ...

    def cases(self, after: int = 0, limit: int = 1000) -> list[Listed]:
        """Give a page of the list of cases: those opened past index *after*, in that order."""
        ...

    def ringing(
        self, until: int, *, after: tuple[int, UUID] | None = None, limit: int = 1000
    ) -> list[Ringing]:
        """Give a page of the cases whose alarm is at or before *until*, the earliest first.

        The next page is the one *after* the alarm and the case of the last. It costs what it
        gives: cases whose alarm is later are not looked at.
        """
        ...

    def set_alarms(self, alarms: Alarms, *, upto: int) -> None:
        """Write alarms alone: to make the index again from the records, or to correct one.

        *upto* is the index of the last record that they were made from. A case that has a later
        record keeps its own, because whoever appended that one named an alarm made from more:
        overwritten, nobody would be called to what is owed since. A stream that is no case is
        passed over. Many are written in several transactions; after a failure, do it again.
        """
        ...

    def scan(self, after: int = 0, until: int | None = None) -> Iterator[Scanned]:
        """Stream records in ledger order: index past *after*, up to and with *until*.

        Without *until* it ends where the ledger ended when the first record was taken. Read in
        pages: memory is flat, and no transaction stays open between two of them.
        """
        ...

    def scan_cases(self, first: UUID = LOWEST, last: UUID = HIGHEST) -> Iterator[Scanned]:
        """Stream records case by case, versions rising, for the case ids *first* to *last*.

        Both ends are included, so ranges of ids split the work over processes.
        """
        ...

    def frontier(self) -> Frontier:
        """Give what the tree over all headers is at its end; its root stands for every record."""
        ...

    def headers(self, after: int = 0, until: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Stream the headers in ledger order, each with its index, as `scan` does records."""
        ...

    def header(self, index: int) -> bytes | None:
        """Give the header at a place of the ledger, if there is one."""
        ...

    def nodes(self, height: int, first: int, end: int) -> dict[int, Hash]:
        """Give the kept nodes of a height, by their place: from *first* up to, without, *end*."""
        ...

    def keep_checkpoint(self, size: int, note: str) -> None:
        """Keep a copy of a checkpoint, to be found quickly. Nobody should trust it here."""
        ...

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Stream the copies of checkpoints, each with its size, the largest first."""
        ...

    def board(self) -> BoardStore:
        """Give the place where views are kept beside the records; it is made when it is used."""
        ...

    def close(self) -> None:
        """Let go of the database. Closing twice does no harm."""
        ...

    def __enter__(self) -> Self:
        """Give the store itself."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        ...
