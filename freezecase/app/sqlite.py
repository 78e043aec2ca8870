"""
The store in one SQLite file, or in memory.

    stored_events  rowid (the ledger index), originator_id, originator_version, topic, state,
                   recorded_at
    ledger_head    one row: size, recorded_at
    cases          opened (index of the first record), case_id, account, alarm
    store_meta     key, value: whose database this is, its layout, and the record format

The first four names of `stored_events` are the engine's, whose own statements read it. `rowid` is
a column of ours, not the hidden one: that one is given out again when the last row is removed,
and VACUUM may renumber it (https://www.sqlite.org/lang_vacuum.html).
"""

from __future__ import annotations

import sqlite3
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

from eventsourcing.sqlite import SQLiteApplicationRecorder

from freezecase.app import sqlite_statements as say
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
from freezecase.app.sqlite_board import SQLiteBoard
from freezecase.app.sqlite_connections import Connections
from freezecase.app.store import HIGHEST, KEPT, LOWEST, Appended, Head, Listed, Ringing
from freezecase.errors import Conflict, RecordError, StoreError, VersionGap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from freezecase.app.store import Alarms, Loaded, Row, Scanned, Settings

__all__ = ["SQLiteStore"]

ASKED_AT_ONCE = 500  # SQLite before 3.32 takes 999 parameters
UNWRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


class SQLiteStore(LedgerRecorder, SQLiteApplicationRecorder):
    """The store in one SQLite file; see `Store` for what its methods do."""

    datastore: Connections

    def __init__(self, path: Path | None, settings: Settings) -> None:
        """Open the file, make it a store if it is empty, and refuse it if it is another's."""
        self.clock = settings.clock
        super().__init__(Connections(path, settings))
        self.where = self.datastore.where
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        path, create = self.datastore.path, self.datastore.settings.create
        if path is not None and not path.parent.is_dir():
            raise StoreError(f"{self.where}: there is no folder `{path.parent}`: make it first")
        if path is not None and path.is_dir():
            raise StoreError(f"{self.where} is a folder: name a file in it")
        if path is not None and not create and not path.exists():
            raise StoreError(f"{self.where}: there is no such file: check the path")
        try:
            self._establish(create=create)
        except StoreError as error:
            if getattr(error, "code", None) not in UNWRITABLE or not self.datastore.freeze():
                raise
            self._establish(create=False)

    def _establish(self, *, create: bool) -> None:
        """Look before touching: a file of somebody else's is left as it was."""
        with self.datastore.reading() as connection:
            empty = not self._tables(connection)
            if empty and not create:
                raise StoreError(f"{self.where} is empty: open it with `create=True`")
            if empty:
                self.datastore.use_wal(connection)
        if empty:
            self.create_table()
        with self.datastore.reading() as connection:
            ours = "store_meta" in self._tables(connection)
            check_format(dict(connection.execute(say.META)) if ours else {}, self.where)
            self.datastore.use_wal(connection)

    @staticmethod
    def _tables(connection: sqlite3.Connection) -> set[str]:
        return {name for (name,) in connection.execute(say.TABLES)}

    def construct_create_table_statements(self) -> list[str]:
        """Tell the engine which tables make a store."""
        return [*say.SCHEMA.split(";")]

    def create_table(self) -> None:
        """Make the tables, unless another process has just made them."""
        with self.datastore.writing() as connection:
            if not self._tables(connection):
                for statement in self.create_table_statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {say.APPLICATION_ID}")
                connection.executemany("INSERT INTO store_meta VALUES (?, ?)", SIGNED.items())

    def append(
        self,
        rows: Sequence[Row],
        *,
        now: int,
        opened: Sequence[tuple[UUID, str]] = (),
        alarms: Alarms = KEPT,
    ) -> Appended:
        """Store all rows or none; see `Store.append`."""
        begins = beginnings(rows)
        listed = openings(opened, begins, alarms)
        changed = changes(alarms, begins, opened)
        if not rows:
            return self.nothing()
        with self.datastore.writing() as connection:
            size, recorded_at = self._end(connection)
            self._refuse_gaps(connection, begins)
            first, recorded_at = size + 1, max(recorded_at, now)
            try:
                connection.executemany(
                    say.INSERT,
                    [
                        (index, case.hex, version, name, state, recorded_at)
                        for index, (case, version, name, state) in enumerate(rows, first)
                    ],
                )
                connection.executemany(
                    say.INSERT_CASE,
                    [(first + at, case.hex, account, alarm) for at, case, account, alarm in listed],
                )
            except sqlite3.IntegrityError as error:
                raise self._taken(connection, rows, size, error) from error
            connection.executemany(
                say.SET_ALARM, [(alarm, case.hex, alarm) for case, alarm in changed]
            )
            connection.execute(say.ADVANCE, (size + len(rows), recorded_at))
        return Appended(first, recorded_at)

    def _end(self, connection: sqlite3.Connection) -> Head:
        """Give the end of the ledger, sure that the last record is the one the head means."""
        found = connection.execute(say.END).fetchone()
        if found is None:
            raise RecordError(f"{self.where} has lost its head: restore it from a copy")
        size, recorded_at, last = found
        check_end(size, last or 0, self.where)
        return Head(size, recorded_at)

    def _refuse_gaps(
        self, connection: sqlite3.Connection, begins: Mapping[UUID, tuple[int, int]]
    ) -> None:
        for case, (version, _) in begins.items():
            if (
                version > 1
                and not connection.execute(say.STORED, (case.hex, version - 1)).fetchone()
            ):
                newest = connection.execute(say.NEWEST, (case.hex,)).fetchone()[0] or 0
                raise VersionGap(case, newest + 1, version)

    def _taken(
        self, connection: sqlite3.Connection, rows: Sequence[Row], size: int, error: Exception
    ) -> Conflict | RecordError:
        """Say which of *rows* was stored before, at or below index *size*."""
        for case, version, _, _ in rows:
            if connection.execute(
                f"{say.STORED} AND rowid <= ?", (case.hex, version, size)
            ).fetchone():
                return Conflict(case, version - 1, f"version {version} is stored already")
        return RecordError(f"{self.where} contradicts itself: {error}")

    def read(
        self,
        case: UUID,
        *,
        after: int = 0,
        upto: int | None = None,
        recorded_upto: int | None = None,
    ) -> list[Loaded]:
        """Give the records of a case by version; see `Store.read`."""
        query = say.READ
        values: list[str | int] = [case.hex, after]
        if upto is not None:
            query, values = f"{query} AND originator_version <= ?", [*values, upto]
        if recorded_upto is not None:
            query, values = f"{query} AND recorded_at <= ?", [*values, recorded_upto]
        return self._fetch(f"{query} ORDER BY originator_version", values)

    def head(self) -> Head:
        """Give the end of the ledger."""
        for size, recorded_at in self._fetch(say.HEAD):
            return Head(size, recorded_at)
        raise RecordError(f"{self.where} has lost its head: restore it from a copy")

    def exists(self, case: UUID) -> bool:
        """Say whether the case has a record."""
        return bool(self._fetch(say.STORED, (case.hex, 1)))

    def versions(self, cases: Collection[UUID]) -> dict[UUID, int]:
        """Give the newest version of each of these cases; one without records is left out."""
        names, found = [case.hex for case in cases], {}
        for start in range(0, len(names), ASKED_AT_ONCE):
            some = names[start : start + ASKED_AT_ONCE]
            query = say.VERSIONS.format(", ".join("?" * len(some)))
            found.update({UUID(name): newest for name, newest in self._fetch(query, some)})
        return found

    def cases_of(self, account: str) -> list[UUID]:
        """Give the cases of an account in the order they were opened."""
        return [UUID(case) for (case,) in self._fetch(say.CASES_OF, (account,))]

    def cases(self, after: int = 0, limit: int = 1000) -> list[Listed]:
        """Give a page of the list of cases; see `Store.cases`."""
        page = self._fetch(say.CASES, (after, limit))
        return [Listed(opened, UUID(case), account) for opened, case, account in page]

    def ringing(
        self, until: int, *, after: tuple[int, UUID] | None = None, limit: int = 1000
    ) -> list[Ringing]:
        """Give a page of the cases whose alarm is at or before *until*; see `Store.ringing`."""
        alarm, case = after or (FIRST, LOWEST)
        page = self._fetch(say.RINGING, (until, alarm, case.hex, limit))
        return [Ringing(alarm, UUID(case), account) for alarm, case, account in page]

    def set_alarms(self, alarms: Alarms, *, upto: int) -> None:
        """Write alarms alone; see `Store.set_alarms`."""
        for part in parts(alarms):
            with self.datastore.writing() as connection:
                connection.executemany(
                    say.SET_ALARM_UPTO, [(alarm, case.hex, alarm, upto) for case, alarm in part]
                )

    def scan(self, after: int = 0, until: int | None = None) -> Iterator[Scanned]:
        """Stream records in ledger order; see `Store.scan`."""
        return chain.from_iterable(self._pages(after, until))

    def scan_cases(self, first: UUID = LOWEST, last: UUID = HIGHEST) -> Iterator[Scanned]:
        """Stream records case by case; see `Store.scan_cases`."""
        return chain.from_iterable(self._pages_of_cases((first.hex, 0), last.hex))

    def _pages(self, after: int, until: int | None) -> Iterator[list[Scanned]]:
        until = self.size() if until is None else until
        while after < until and (page := self._fetch(say.SCAN, (after, until, PAGE))):
            yield page
            after = page[-1][0]

    def _pages_of_cases(self, past: tuple[str, int], last: str) -> Iterator[list[Scanned]]:
        while page := self._fetch(say.SCAN_CASES, (*past, last, PAGE)):
            yield page
            past = page[-1][2], page[-1][3]

    def _fetch(self, query: str, values: Sequence[str | int] = ()) -> list[Any]:
        with self.datastore.reading() as connection:
            return connection.execute(query, values).fetchall()

    def board(self) -> SQLiteBoard:
        """Give the place where views are kept beside the records; see `Store.board`."""
        return SQLiteBoard(self.datastore)

    def close(self) -> None:
        """Let go of the file."""
        self.datastore.close()
