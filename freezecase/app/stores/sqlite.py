"""
The store in one SQLite file, or in memory.

    stored_events  rowid (the ledger index), originator_id, originator_version, topic, state,
                   recorded_at
    ledger_leaves  leaf_index (the ledger index), header: what the ledger says of each record
    ledger_nodes   height, place, hash: nodes of the tree over the headers, by which proofs are made
    ledger_head    one row: size, recorded_at, frontier (of the tree)
    ledger_checkpoints  size, note: copies of what others keep
    cases          opened (index of the first record), case_id, account, alarm
    store_meta     key, value: whose database this is, its layout, the record format, the origin

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

from freezecase.app.stores import sqlite_statements as say
from freezecase.app.stores.ledger import End, frontier_of, grown, leaf_before, refuse_names
from freezecase.app.stores.recorder import (
    FIRST,
    PAGE,
    LedgerRecorder,
    beginnings,
    changes,
    check_end,
    openings,
    origin_in,
    parts,
    seals,
)
from freezecase.app.stores.sqlite_board import SQLiteBoard
from freezecase.app.stores.sqlite_connections import Connections
from freezecase.app.stores.sqlite_making import make, opened
from freezecase.app.stores.store import HIGHEST, KEPT, LOWEST, Appended, Head, Listed, Ringing
from freezecase.errors import Conflict, RecordError, VersionGap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from freezecase.app.stores.store import Alarms, Loaded, Row, Scanned, Settings
    from freezecase.seal.merkle import Frontier, Hash

__all__ = ["SQLiteStore"]

ASKED_AT_ONCE = 500  # SQLite before 3.32 takes 999 parameters
LARGEST = b"\xff" * 8, ""  # bytes come after every number and text that may stand in a column


class SQLiteStore(LedgerRecorder, SQLiteApplicationRecorder):
    """The store in one SQLite file; see `Store` for what its methods do."""

    datastore: Connections

    def __init__(self, path: Path | None, settings: Settings) -> None:
        """Open the file, make it a store if it is empty, and refuse it if it is another's."""
        self.clock, self.verifying = settings.clock, settings.verify
        super().__init__(Connections(path, settings))
        self.where = self.datastore.where
        try:
            meta = opened(self.datastore)
            self.origin = origin_in(meta, settings.origin, self.where)
            self.sealed = seals(meta, self.where, asked=settings.sealed)
        except BaseException:
            self.close()
            raise

    def construct_create_table_statements(self) -> list[str]:
        """Tell the engine which tables make a store."""
        return say.TABLES_MADE

    def create_table(self) -> None:
        """Make the tables, unless another process has just made them."""
        make(self.datastore)

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
        refuse_names(rows)
        with self.datastore.writing() as connection:
            end = self._end(connection)
            after = grown(self.origin, end, rows, self._before(connection, begins), now)
            first, recorded_at = end.size + 1, after.end.recorded_at
            try:
                connection.executemany(
                    say.INSERT,
                    (
                        (index, case.hex, version, name, state, recorded_at)
                        for index, (case, version, name, state) in enumerate(rows, first)
                    ),
                )
                connection.executemany(
                    say.INSERT_CASE,
                    [(first + at, case.hex, account, alarm) for at, case, account, alarm in listed],
                )
                connection.executemany(say.INSERT_LEAF, enumerate(after.headers, first))
                connection.executemany(say.INSERT_NODE, after.nodes)
            except sqlite3.IntegrityError as error:
                raise self._taken(connection, rows, end.size, error) from error
            connection.executemany(
                say.SET_ALARM, [(alarm, case.hex, alarm) for case, alarm in changed]
            )
            roots = b"".join(after.end.frontier.roots)
            connection.execute(say.ADVANCE, (after.end.size, recorded_at, roots))
        return Appended(first, recorded_at)

    def _end(self, connection: sqlite3.Connection) -> End:
        """Give the end of the ledger, sure that the last record is the one the head means."""
        found = connection.execute(say.END).fetchone()
        if found is None:
            raise RecordError(f"{self.where} has lost its head: restore it from a copy")
        size, recorded_at, roots, last, leaves = found
        check_end(size, last or 0, leaves or 0, self.where)
        return End(size, recorded_at, frontier_of(size, roots, self.where))

    def _before(
        self, connection: sqlite3.Connection, begins: Mapping[UUID, tuple[int, int]]
    ) -> dict[UUID, Hash]:
        """Give the leaf hash of the record before the first of each case that goes on."""
        before: dict[UUID, Hash] = {}
        for case, (version, _) in begins.items():
            if version == 1:
                continue
            found = connection.execute(say.BEFORE, (case.hex, version - 1)).fetchone()
            if found is None:
                newest = connection.execute(say.NEWEST, (case.hex,)).fetchone()[0] or 0
                raise VersionGap(case, newest + 1, version)
            before[case] = leaf_before(case, version - 1, found[0])
        return before

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
        verify: bool = True,
    ) -> list[Loaded]:
        """Give the records of a case by version; see `Store.read`."""
        query = say.READ
        values: list[str | int] = [case.hex, after]
        if upto is not None:
            query, values = f"{query} AND originator_version <= ?", [*values, upto]
        if recorded_upto is not None:
            query, values = f"{query} AND recorded_at <= ?", [*values, recorded_upto]
        found = self._fetch(f"{query} ORDER BY originator_version", values)
        return self.as_recorded(case, found, verify=verify)

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
        return [Listed(opened, self._listed(case), account) for opened, case, account in page]

    def _listed(self, text: str) -> UUID:
        """Give the id of a listed case; in another spelling no alarm of it would be found again."""
        case = UUID(text)
        if case.hex != text:
            raise RecordError(f"{self.where} lists `{text}`, which is no spelling of a case")
        return case

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
        return chain.from_iterable(self._pages(after, until, say.SCAN))

    def scan_cases(self, first: UUID = LOWEST, last: UUID = HIGHEST) -> Iterator[Scanned]:
        """Stream records case by case; see `Store.scan_cases`."""
        pages = self._pages_past(say.SCAN_CASES, (first.hex, 0), slice(2, 4), last.hex)
        return chain.from_iterable(pages)

    def _pages(self, after: int, until: int | None, query: str) -> Iterator[list[Any]]:
        until = self.size() if until is None else until
        while after < until and (page := self._fetch(query, (after, until, PAGE))):
            yield page
            after = page[-1][0]

    def _pages_past(
        self, query: str, past: tuple[Any, Any], key: slice, *limits: str
    ) -> Iterator[list[Any]]:
        while page := self._fetch(query, (*past, *limits, PAGE)):
            yield page
            past = page[-1][key]

    def frontier(self) -> Frontier:
        """Give what the tree over all headers is at its end."""
        for size, roots in self._fetch(say.FRONTIER):
            return frontier_of(size, roots, self.where)
        raise RecordError(f"{self.where} has lost its head: restore it from a copy")

    def headers(self, after: int = 0, until: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Stream the headers in ledger order; see `Store.headers`."""
        return chain.from_iterable(self._pages(after, until, say.HEADERS))

    def header(self, index: int) -> bytes | None:
        """Give the header at a place of the ledger, if there is one."""
        return next((header for (header,) in self._fetch(say.HEADER, (index,))), None)

    def nodes(self, height: int, first: int, end: int) -> dict[int, Hash]:
        """Give the kept nodes of a height, by their place; see `Store.nodes`."""
        return dict(self._fetch(say.NODES, (height, first, end)))

    def keep_checkpoint(self, size: int, note: str) -> None:
        """Keep a copy of a checkpoint; see `Store.keep_checkpoint`."""
        with self.datastore.writing() as connection:
            connection.execute(say.KEEP_CHECKPOINT, (size, note))

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Stream the copies of checkpoints; see `Store.checkpoints`."""
        return chain.from_iterable(self._pages_past(say.CHECKPOINTS, LARGEST, slice(2)))

    def _fetch(self, query: str, values: Sequence[str | int] = ()) -> list[Any]:
        with self.datastore.reading() as connection:
            return connection.execute(query, values).fetchall()

    def board(self) -> SQLiteBoard:
        """Give the place where views are kept beside the records; see `Store.board`."""
        return SQLiteBoard(self.datastore)

    def close(self) -> None:
        """Let go of the file."""
        self.datastore.close()
