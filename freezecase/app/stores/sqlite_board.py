"""
The board in the SQLite file of a store.

    board_views  view, generation, version, position, live: how far each generation has come
    board_rows   view, generation, case_id, data: the row of a case
    board_tags   view, generation, tag, place, case_id: where a row stands among those of a tag

They are made when a board is first asked for: a store without them is whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.stores.board_store import (
    SWEPT,
    Listing,
    Overtaken,
    Seen,
    Standing,
    Step,
    ordered,
    tagged,
)
from freezecase.app.stores.sqlite_connections import Connections

__all__ = ["SQLiteBoard"]

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS board_views (
    view TEXT NOT NULL,
    generation INTEGER NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    live INTEGER NOT NULL,
    PRIMARY KEY (view, generation)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS board_rows (
    view TEXT NOT NULL,
    generation INTEGER NOT NULL,
    case_id TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (view, generation, case_id));
CREATE TABLE IF NOT EXISTS board_tags (
    view TEXT NOT NULL,
    generation INTEGER NOT NULL,
    tag TEXT NOT NULL,
    place BLOB NOT NULL,
    case_id TEXT NOT NULL,
    PRIMARY KEY (view, generation, tag, place, case_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS board_tags_case ON board_tags (view, generation, case_id)
"""
MADE: Final = "SELECT 1 FROM sqlite_master WHERE name = 'board_tags_case'"
STANDINGS: Final = "SELECT view, generation, version, position, live FROM board_views"
BEGIN: Final = (
    "INSERT INTO board_views SELECT ?, coalesce(max(generation), 0) + 1, ?, 0, 0 "
    "FROM board_views WHERE view = ? RETURNING generation"
)
ADVANCE: Final = (
    "UPDATE board_views SET position = ? WHERE view = ? AND generation = ? AND position = ?"
)
UNTAG: Final = "DELETE FROM board_tags WHERE view = ? AND generation = ? AND case_id = ?"
REMOVE: Final = "DELETE FROM board_rows WHERE view = ? AND generation = ? AND case_id = ?"
TAG: Final = "INSERT INTO board_tags VALUES (?, ?, ?, ?, ?)"
PUT: Final = (
    "INSERT INTO board_rows VALUES (?, ?, ?, ?) "
    "ON CONFLICT (view, generation, case_id) DO UPDATE SET data = excluded.data"
)
BETTER: Final = (
    "SELECT 1 FROM board_views AS mine WHERE mine.view = ? AND mine.generation = ? AND NOT EXISTS "
    "(SELECT 1 FROM board_views AS other WHERE other.view = mine.view AND other.live AND "
    "other.position > mine.position)"
)
DROP: Final = "DELETE FROM board_views WHERE view = ? AND generation < ?"
RAISE: Final = "UPDATE board_views SET live = 1 WHERE view = ? AND generation = ?"
SWEEP_ROWS: Final = (
    "DELETE FROM board_rows WHERE rowid IN "
    "(SELECT rowid FROM board_rows WHERE view = ? AND generation < ? LIMIT ?)"
)
SWEEP_TAGS: Final = (
    "DELETE FROM board_tags WHERE (view, generation, tag, place, case_id) IN "
    "(SELECT view, generation, tag, place, case_id FROM board_tags "
    "WHERE view = ? AND generation < ? LIMIT ?)"
)
PAGE: Final = (
    "SELECT found.place, found.case_id, line.data FROM board_tags AS found "
    "JOIN board_rows AS line USING (view, generation, case_id) "
    "WHERE found.view = ? AND found.generation = ? AND found.tag = ? "
    "AND (found.place, found.case_id) > (?, ?) AND found.place < ?"
)
TOO: Final = (
    " AND EXISTS (SELECT 1 FROM board_tags AS too WHERE too.view = found.view "
    "AND too.generation = found.generation AND too.tag = ? "
    "AND too.place = found.place AND too.case_id = found.case_id)"
)
IN_ORDER: Final = " ORDER BY found.place, found.case_id LIMIT ?"


@attrs.define
class SQLiteBoard:
    """The board in one SQLite file; see `BoardStore` for what its methods do."""

    datastore: Connections
    _made: bool = False

    def standings(self) -> list[Standing]:
        """Return every generation of every view."""
        with self._reading() as connection:
            return _standings(connection)

    def begin(self, view: str, version: int) -> Standing:
        """Begin a generation at position 0."""
        self._make()
        with self.datastore.writing() as connection:
            (begun,) = connection.execute(BEGIN, (view, version, view)).fetchall()
        return Standing(view, begun[0], version, 0, live=False)

    def move(self, steps: Sequence[Step]) -> bool:
        """Take all these steps, or none; see `BoardStore.move`."""
        try:
            with self.datastore.writing() as connection:
                for step in ordered(steps):
                    self._take(connection, step)
        except Overtaken:
            return False
        return True

    @staticmethod
    def _take(connection: sqlite3.Connection, step: Step) -> None:
        here = step.view, step.generation
        if connection.execute(ADVANCE, (step.after, *here, step.before)).rowcount != 1:
            raise Overtaken
        lines = step.lines.items()
        put = [(*here, case.hex, line.data) for case, line in lines if line is not None]
        gone = [(*here, case.hex) for case, line in lines if line is None]
        connection.executemany(UNTAG, [(*here, case.hex) for case in step.lines])
        connection.executemany(REMOVE, gone)
        connection.executemany(PUT, put)
        connection.executemany(
            TAG, [(*here, tag, place, case.hex) for tag, place, case in tagged(step)]
        )

    def switch(self, begun: Sequence[Standing]) -> bool:
        """Let these generations be read from now on; see `BoardStore.switch`."""
        with self.datastore.writing() as connection:
            names = [(one.view, one.generation) for one in begun]
            if not all(connection.execute(BETTER, name).fetchone() for name in names):
                return False
            connection.executemany(DROP, names)
            connection.executemany(RAISE, names)
        return True

    def sweep(self) -> None:
        """Remove the rows that nobody reads any more, in small transactions."""
        for standing in self.standings():
            for statement in (SWEEP_ROWS, SWEEP_TAGS) if standing.live else ():
                removed = SWEPT
                while removed == SWEPT:
                    with self.datastore.writing() as connection:
                        values = (standing.view, standing.generation, SWEPT)
                        removed = connection.execute(statement, values).rowcount

    @contextmanager
    def snapshot(self) -> Generator[SQLiteSnapshot]:
        """Read the board as it is at one moment."""
        with self._reading() as connection:
            if self.datastore.path is None:  # there is one connection, ours until we are done
                yield SQLiteSnapshot(connection)
                return
            connection.execute("BEGIN")
            try:
                yield SQLiteSnapshot(connection)
            finally:
                connection.rollback()

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        self._make()
        with self.datastore.reading() as connection:
            yield connection

    def _make(self) -> None:
        """Make the tables unless they are there; what is only read is not written to for it."""
        if self._made:
            return
        with self.datastore.reading() as connection:
            made = connection.execute(MADE).fetchone()
        if not made:
            with self.datastore.writing() as connection:
                for statement in SCHEMA.split(";"):
                    connection.execute(statement)
        self._made = True


@attrs.frozen
class SQLiteSnapshot:
    """The board as one read transaction sees it."""

    connection: sqlite3.Connection

    def live(self, view: str) -> Standing | None:
        """Return the generation of a view that is read; nothing if there is none yet."""
        found = _standings(self.connection)
        return next((one for one in found if one.view == view and one.live), None)

    def page(self, standing: Standing, seen: Seen) -> list[Listing]:
        """Return a page of its rows, in order."""
        first, *others = seen.tags or ("",)
        place, case = seen.after
        values = (standing.view, standing.generation, first, place, case.hex, seen.before)
        query = f"{PAGE}{TOO * len(others)}{IN_ORDER}"
        found = self.connection.execute(query, (*values, *others, seen.limit))
        return [(place, UUID(case), data) for place, case, data in found]


def _standings(connection: sqlite3.Connection) -> list[Standing]:
    return [
        Standing(view, generation, version, position, bool(live))
        for view, generation, version, position, live in connection.execute(STANDINGS)
    ]
