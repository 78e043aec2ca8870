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

from freezecase.app.stores import postgres_statements as say
from freezecase.app.stores.ledger import (
    End,
    LastLeaves,
    frontier_of,
    grown,
    leaf_before,
    refuse_names,
)
from freezecase.app.stores.postgres_board import PostgresBoard
from freezecase.app.stores.postgres_columns import Adding, Column, columns
from freezecase.app.stores.postgres_connections import UNREAD, UNSURE, Connections
from freezecase.app.stores.postgres_making import make
from freezecase.app.stores.postgres_making import opened as opened_as_store
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
from freezecase.app.stores.store import HIGHEST, KEPT, LOWEST, Appended, Head, Listed, Ringing
from freezecase.errors import Conflict, RecordError, StoreBusy, VersionGap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from freezecase.app.stores.store import Alarms, Loaded, Row, Scanned, Settings
    from freezecase.seal.merkle import Frontier, Hash

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
        self.clock, self.verifying = settings.clock, settings.verify
        super().__init__(Connections(url, settings))
        self._last_end: End | None = None
        self._leaves = LastLeaves()
        self.where = self.datastore.where
        schema = Identifier(self.datastore.schema)
        self._sql = {
            name: SQL(text).format(schema=schema).as_bytes()
            for name, text in say.STATEMENTS.items()
        }
        try:
            self.datastore.open()
            meta = opened_as_store(self.datastore, self._sql)
            self.origin = origin_in(meta, settings.origin, self.where)
            self.sealed = seals(meta, self.where, asked=settings.sealed)
        except BaseException:
            self.close()
            raise

    def create_table(self) -> None:
        """Make the tables, unless another process has just made them."""
        make(self.datastore, self._sql)

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
        refuse_names(rows)
        adding = Adding(rows, begins, listed, changed, self._before(begins))
        try:
            put = self._put(adding, self._last_end or self._end(), now)
            for _ in range(ATTEMPTS):
                if put is not None:
                    return put
                put = self._put_alone(adding, now)
        except psycopg.IntegrityError as error:
            raise self._taken(rows, error) from error
        raise StoreBusy(f"{self.where}: others kept changing it: repeat the command")

    def _put(self, adding: Adding, end: End, now: int, alone: Any = None) -> Appended | None:
        """Store rows after *end*, or nothing: it is another by now, or the ledger is unsound."""
        after = grown(self.origin, end, adding.rows, adding.before, now)
        name, values = adding.values(end, after)
        self._last_end = None
        if alone is None:
            found = self._fetch(name, *values, unclear=UNSURE)
        else:
            found = alone.cursor(binary=True).execute(self._sql[name], values).fetchall()
        if not found:
            return None
        self._last_end = after.end
        self._leaves.follow(after.last)
        return Appended(end.size + 1, after.end.recorded_at)

    def _put_alone(self, adding: Adding, now: int) -> Appended | None:
        """Store rows after the end there is, while nobody else may write."""
        with self.datastore.connection(UNSURE) as connection, connection.transaction():
            cursor = connection.cursor(binary=True).execute(self._sql["lock"])
            put = None
            for size, recorded_at, roots in cursor.fetchall():
                end = End(size, recorded_at, frontier_of(size, roots, self.where))
                put = self._put(adding, end, now, connection)
        if put is None:
            self._why_not(adding.begins)
        return put

    def _before(self, begins: Mapping[UUID, tuple[int, int]]) -> dict[UUID, Hash]:
        """Give the leaf hash of the record before the first of each case that goes on."""
        follows = {case: version - 1 for case, (version, _) in begins.items() if version > 1}
        before = self._leaves.of(follows)
        asked = [(case, version) for case, version in follows.items() if case not in before]
        if asked:
            for case, version, header in self._fetch("before", *columns(asked, "uuid", "bigint")):
                before[case] = leaf_before(case, version, header)
        return before

    def follow(self, last: Mapping[UUID, tuple[int, Hash]]) -> None:
        """Take note of the newest record of some cases: the next append follows it."""
        self._leaves.follow(last)

    def _why_not(self, begins: Mapping[UUID, tuple[int, int]]) -> None:
        """Say why the head did not move; if all is well by now, say nothing."""
        self._end()
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

    def _end(self) -> End:
        """Give the end of the ledger, sure that the last record is the one the head means."""
        for size, recorded_at, roots, last, leaves in self._fetch("end"):
            check_end(size, last or 0, leaves or 0, self.where)
            return End(size, recorded_at, frontier_of(size, roots, self.where))
        raise self._headless()

    def _headless(self) -> RecordError:
        return RecordError(f"{self.where} has lost its head: restore it from a copy")

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
        limits = (FOREVER if one is None else one for one in (upto, recorded_upto))
        found = self._fetch("read", case, after, *limits)
        return self.as_recorded(case, found, verify=verify)

    def head(self) -> Head:
        """Give the end of the ledger."""
        for size, recorded_at in self._fetch("head"):
            return Head(size, recorded_at)
        raise self._headless()

    def exists(self, case: UUID) -> bool:
        """Say whether the case has a record."""
        return bool(self._fetch("exists", case))

    def versions(self, cases: Collection[UUID]) -> dict[UUID, int]:
        """Give the newest version of each of these cases; one without records is left out."""
        return dict(self._fetch("versions", Column("uuid", [*cases]))) if cases else {}

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
                given = columns(part, "uuid", "bigint")
                connection.execute(self._sql["set_alarms"], [*given, upto])

    def scan(self, after: int = 0, until: int | None = None) -> Iterator[Scanned]:
        """Stream records in ledger order; see `Store.scan`."""
        return chain.from_iterable(self._pages(after, until, "scan"))

    def scan_cases(self, first: UUID = LOWEST, last: UUID = HIGHEST) -> Iterator[Scanned]:
        """Stream records case by case; see `Store.scan_cases`."""
        return chain.from_iterable(self._pages_past("scan_cases", (first, 0), slice(2, 4), last))

    def _pages(self, after: int, until: int | None, name: str) -> Iterator[list[Any]]:
        until = self.size() if until is None else until
        while after < until and (page := self._fetch(name, after, until, PAGE)):
            yield page
            after = page[-1][0]

    def _pages_past(self, name: str, past: Any, key: slice, *limits: UUID) -> Iterator[list[Any]]:
        while page := self._fetch(name, *past, *limits, PAGE):
            yield page
            past = page[-1][key]

    def frontier(self) -> Frontier:
        """Give what the tree over all headers is at its end."""
        for size, roots in self._fetch("frontier"):
            return frontier_of(size, roots, self.where)
        raise self._headless()

    def headers(self, after: int = 0, until: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Stream the headers in ledger order; see `Store.headers`."""
        return chain.from_iterable(self._pages(after, until, "headers"))

    def header(self, index: int) -> bytes | None:
        """Give the header at a place of the ledger, if there is one."""
        return next((header for (header,) in self._fetch("header", index)), None)

    def nodes(self, height: int, first: int, end: int) -> dict[int, Hash]:
        """Give the kept nodes of a height, by their place; see `Store.nodes`."""
        return dict(self._fetch("nodes", height, first, end))

    def keep_checkpoint(self, size: int, note: str) -> None:
        """Keep a copy of a checkpoint; see `Store.keep_checkpoint`."""
        self._fetch("keep_checkpoint", size, note, unclear=UNSURE)

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Stream the copies of checkpoints; see `Store.checkpoints`."""
        return chain.from_iterable(self._pages_past("checkpoints", (FOREVER, ""), slice(2)))

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
