"""
The store in a schema of a PostgreSQL database.

The tables are those of the SQLite store; `notification_id` is the ledger index, under the name
that the engine's own statements know. It is counted in `ledger_head`, not drawn from a sequence:
a sequence leaves a gap for every insert that failed, and hands out numbers in another order than
transactions commit, so that a reader who follows the end would miss records for ever.

Writers queue on the one row of `ledger_head`, until the one before has committed. So the order of
commits is the order of indexes, no table is locked, and a user needs no more than `GRANTS`.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg.sql import SQL, Identifier

from freezecase.app import postgres_statements as say
from freezecase.app.postgres_board import PostgresBoard
from freezecase.app.postgres_connections import UNREAD, UNSURE, Connections
from freezecase.app.recorder import (
    FIRST,
    PAGE,
    SIGNED,
    LedgerRecorder,
    beginnings,
    changes,
    check_end,
    check_format,
    openings,
    parts,
)
from freezecase.app.store import HIGHEST, KEPT, LOWEST, Appended, Head, Listed, Ringing
from freezecase.errors import Conflict, RecordError, StoreBusy, StoreError, VersionGap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from freezecase.app.store import Alarms, Loaded, Row, Scanned, Settings

__all__ = ["GRANTS", "PostgresStore"]

GRANTS = say.GRANTS
"""What a user needs who writes records and can neither change nor remove them."""

ATTEMPTS = 3  # of an append that was turned down for a reason that is gone by now
FOREVER = 2**63 - 1


class PostgresStore(LedgerRecorder, PostgresApplicationRecorder):
    """The store in a schema of a PostgreSQL database; see `Store` for what its methods do."""

    datastore: Connections

    def __init__(self, url: str, settings: Settings) -> None:
        """Connect, make the tables if there are none, and refuse what is another's."""
        self.clock = settings.clock
        super().__init__(Connections(url, settings))
        self.where = self.datastore.where
        schema = Identifier(self.datastore.schema)
        self._sql = {
            name: SQL(text).format(schema=schema).as_bytes()
            for name, text in say.STATEMENTS.items()
        }
        try:
            self.datastore.open()
            self._establish(create=settings.create)
        except BaseException:
            self.close()
            raise

    def _establish(self, *, create: bool) -> None:
        if not self._tables():
            if not create:
                raise StoreError(f"{self.where} is empty: open it with `create=True`")
            self.create_table()
        ours = "store_meta" in self._tables()
        check_format(dict(self._fetch("meta")) if ours else {}, self.where)

    def _tables(self) -> set[str]:
        return {name for (name,) in self._fetch("tables", self.datastore.schema)}

    def create_table(self) -> None:
        """Make the tables, unless another process has just made them.

        Two that make them at once would fail with "tuple concurrently updated": the advisory lock
        lets the second see what the first has done.
        """
        with self.datastore.connection() as connection, connection.transaction():
            schema = (self.datastore.schema,)
            connection.execute(self._sql["alone"], schema)
            if not connection.execute(self._sql["tables"], schema).fetchall():
                connection.execute(self._sql["schema"])
                for signed in SIGNED.items():
                    connection.execute(self._sql["sign"], signed)

    def append(
        self,
        rows: Sequence[Row],
        *,
        now: int,
        opened: Sequence[tuple[UUID, str]] = (),
        alarms: Alarms = KEPT,
    ) -> Appended:
        """Store all rows or none, in one statement; see `Store.append`."""
        begins = beginnings(rows)
        listed = openings(opened, begins, alarms)
        changed = changes(alarms, begins, opened)
        if not rows:
            return self.nothing()
        values = [*_values(rows, begins, now), *_columns(listed, 4), *_columns(changed, 2)]
        for _ in range(ATTEMPTS):
            try:
                for first, recorded_at, _ in self._fetch("append", *values, unclear=UNSURE):
                    return Appended(first, recorded_at)
            except psycopg.IntegrityError as error:
                raise self._taken(rows, error) from error
            self._why_not(begins)
        raise StoreBusy(f"{self.where}: others kept changing it: repeat the command")

    def _why_not(self, begins: Mapping[UUID, tuple[int, int]]) -> None:
        """Say why the head did not move; if all is well by now, say nothing."""
        size, last = self._end()
        check_end(size, last, self.where)
        newest = self.versions([case for case, (version, _) in begins.items() if version > 1])
        for case, (version, _) in begins.items():
            if version > newest.get(case, 0) + 1:
                raise VersionGap(case, newest.get(case, 0) + 1, version)

    def _taken(self, rows: Sequence[Row], error: Exception) -> Conflict | RecordError:
        """Say which of *rows* was stored before."""
        newest = self.versions({row.case for row in rows})
        for case, version, _, _ in rows:
            if version <= newest.get(case, 0):
                return Conflict(case, version - 1, f"version {version} is stored already")
        return RecordError(f"{self.where} contradicts itself: {error}")

    def _end(self) -> tuple[int, int]:
        """Give the size that the head names, and the index of the last record."""
        for size, last in self._fetch("end"):
            return size, last or 0
        raise RecordError(f"{self.where} has lost its head: restore it from a copy")

    def read(
        self,
        case: UUID,
        *,
        after: int = 0,
        upto: int | None = None,
        recorded_upto: int | None = None,
    ) -> list[Loaded]:
        """Give the records of a case by version; see `Store.read`."""
        last = FOREVER if upto is None else upto
        return self._fetch(
            "read", case, after, last, FOREVER if recorded_upto is None else recorded_upto
        )

    def head(self) -> Head:
        """Give the end of the ledger."""
        for size, recorded_at in self._fetch("head"):
            return Head(size, recorded_at)
        raise RecordError(f"{self.where} has lost its head: restore it from a copy")

    def exists(self, case: UUID) -> bool:
        """Say whether the case has a record."""
        return bool(self._fetch("exists", case))

    def versions(self, cases: Collection[UUID]) -> dict[UUID, int]:
        """Give the newest version of each of these cases; one without records is left out."""
        return dict(self._fetch("versions", list(cases))) if cases else {}

    def cases_of(self, account: str) -> list[UUID]:
        """Give the cases of an account in the order they were opened."""
        return [case for (case,) in self._fetch("cases_of", account)]

    def cases(self, after: int = 0, limit: int = 1000) -> list[Listed]:
        """Give a page of the list of cases; see `Store.cases`."""
        return [Listed(*row) for row in self._fetch("cases", after, limit)]

    def ringing(
        self, until: int, *, after: tuple[int, UUID] | None = None, limit: int = 1000
    ) -> list[Ringing]:
        """Give a page of the cases whose alarm is at or before *until*; see `Store.ringing`."""
        page = self._fetch("ringing", until, *(after or (FIRST, LOWEST)), limit)
        return [Ringing(*row) for row in page]

    def set_alarms(self, alarms: Alarms, *, upto: int) -> None:
        """Write alarms alone; see `Store.set_alarms`.

        The head is locked first, as by `append`: what is then compared is what was committed.
        """
        for part in parts(alarms):
            with self.datastore.connection() as connection, connection.transaction():
                connection.execute(self._sql["lock"])
                connection.execute(self._sql["set_alarms"], [*_columns(part, 2), upto])

    def scan(self, after: int = 0, until: int | None = None) -> Iterator[Scanned]:
        """Stream records in ledger order; see `Store.scan`."""
        return chain.from_iterable(self._pages(after, until))

    def scan_cases(self, first: UUID = LOWEST, last: UUID = HIGHEST) -> Iterator[Scanned]:
        """Stream records case by case; see `Store.scan_cases`."""
        return chain.from_iterable(self._pages_of_cases(first, last))

    def _pages(self, after: int, until: int | None) -> Iterator[list[Scanned]]:
        until = self.size() if until is None else until
        while after < until and (page := self._fetch("scan", after, until, PAGE)):
            yield page
            after = page[-1][0]

    def _pages_of_cases(self, first: UUID, last: UUID) -> Iterator[list[Scanned]]:
        past: tuple[UUID, int] = first, 0
        while page := self._fetch("scan_cases", *past, last, PAGE):
            yield page
            past = UUID(page[-1][2]), page[-1][3]

    def _fetch(self, name: str, *values: Any, unclear: str = UNREAD) -> list[Any]:
        with self.datastore.connection(unclear) as connection:
            cursor = connection.cursor(binary=True)
            return cursor.execute(self._sql[name], values, prepare=True).fetchall()

    def board(self) -> PostgresBoard:
        """Give the place where views are kept beside the records; see `Store.board`."""
        return PostgresBoard(self.datastore)

    def close(self) -> None:
        """Let go of the database."""
        self.datastore.close()


def _values(rows: Sequence[Row], begins: Mapping[UUID, tuple[int, int]], now: int) -> list[Any]:
    """Give what `append` takes first, in its order: each column of the rows is one array."""
    before = [(case, version - 1) for case, (version, _) in begins.items() if version > 1]
    size = len(rows)
    return [*_columns(before, 2), size, now, size, *_columns(rows, 4)]


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
