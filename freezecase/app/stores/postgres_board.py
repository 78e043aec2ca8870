"""
The board in the schema of a PostgreSQL store. Its tables are those of the SQLite board.

They are made when a board is first asked for. Who may not make tables is let in by `BOARD_GRANTS`,
once the owner has asked for it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, LiteralString

import attrs
import psycopg
from psycopg.sql import SQL, Identifier

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
from freezecase.app.stores.postgres_connections import Connections

__all__ = ["BOARD_GRANTS", "PostgresBoard"]

BOARD_GRANTS: Final = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.board_views TO {user}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.board_rows TO {user}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.board_tags TO {user}",
)
"""What a user needs besides `GRANTS` to keep the board: views may be changed, records never."""

STATEMENTS: Final[dict[str, LiteralString]] = {
    "alone": "SELECT pg_advisory_xact_lock(hashtext('freezecase-board'), hashtext(%s))",
    "made": "SELECT count(*) FROM pg_tables WHERE schemaname = %s "
    "AND tablename IN ('board_views', 'board_rows', 'board_tags')",
    "schema": """
CREATE TABLE IF NOT EXISTS {schema}.board_views (
    view text NOT NULL,
    generation bigint NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    live boolean NOT NULL,
    PRIMARY KEY (view, generation));
CREATE TABLE IF NOT EXISTS {schema}.board_rows (
    view text NOT NULL,
    generation bigint NOT NULL,
    case_id uuid NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (view, generation, case_id));
CREATE TABLE IF NOT EXISTS {schema}.board_tags (
    view text NOT NULL,
    generation bigint NOT NULL,
    tag text NOT NULL,
    place bytea NOT NULL,
    case_id uuid NOT NULL,
    PRIMARY KEY (view, generation, tag, place, case_id));
CREATE INDEX IF NOT EXISTS board_tags_case
    ON {schema}.board_tags (view, generation, case_id)
""",
    "standings": "SELECT view, generation, version, position, live FROM {schema}.board_views",
    "begin": "INSERT INTO {schema}.board_views "
    "SELECT %b::text, coalesce(max(generation), 0) + 1, %b::bigint, 0, false "
    "FROM {schema}.board_views WHERE view = %b::text RETURNING generation",
    "advance": "UPDATE {schema}.board_views SET position = %s "
    "WHERE view = %s AND generation = %s AND position = %s",
    "untag": "DELETE FROM {schema}.board_tags "
    "WHERE view = %s AND generation = %s AND case_id = ANY(%s::uuid[])",
    "remove": "DELETE FROM {schema}.board_rows "
    "WHERE view = %s AND generation = %s AND case_id = ANY(%s::uuid[])",
    "put": "INSERT INTO {schema}.board_rows "
    "SELECT %b::text, %b::bigint, given.id, given.data "
    "FROM unnest(%b::uuid[], %b::bytea[]) AS given (id, data) "
    "ON CONFLICT (view, generation, case_id) DO UPDATE SET data = excluded.data",
    "tag": "INSERT INTO {schema}.board_tags "
    "SELECT %b::text, %b::bigint, given.tag, given.place, given.id "
    "FROM unnest(%b::text[], %b::bytea[], %b::uuid[]) AS given (tag, place, id)",
    "locked": "SELECT view, generation, version, position, live FROM {schema}.board_views "
    "WHERE view = %s ORDER BY generation FOR UPDATE",
    "drop": "DELETE FROM {schema}.board_views WHERE view = %s AND generation < %s",
    "raise": "UPDATE {schema}.board_views SET live = true WHERE view = %s AND generation = %s",
    "sweep_rows": "DELETE FROM {schema}.board_rows WHERE ctid = ANY(ARRAY(SELECT ctid "
    "FROM {schema}.board_rows WHERE view = %s AND generation < %s LIMIT %s))",
    "sweep_tags": "DELETE FROM {schema}.board_tags WHERE ctid = ANY(ARRAY(SELECT ctid "
    "FROM {schema}.board_tags WHERE view = %s AND generation < %s LIMIT %s))",
    "still": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    # Each part of it is looked up for one row: as joins, PostgreSQL would read whole what it takes
    # for small, because it was when the plan was made.
    "page": """
SELECT found.place, found.case_id, (
    SELECT line.data FROM {schema}.board_rows AS line
    WHERE line.view = found.view AND line.generation = found.generation
      AND line.case_id = found.case_id)
FROM {schema}.board_tags AS found
WHERE found.view = %s AND found.generation = %s AND found.tag = %s
  AND (found.place, found.case_id) > (%s, %s) AND found.place < %s
  AND cardinality(%s::text[]) = (
      SELECT count(*) FROM {schema}.board_tags AS too
      WHERE too.view = found.view AND too.generation = found.generation
        AND too.tag = ANY(%s::text[]) AND too.place = found.place
        AND too.case_id = found.case_id)
ORDER BY found.place, found.case_id LIMIT %s
""",
}


@attrs.define
class PostgresBoard:
    """The board in a schema of a PostgreSQL database; see `BoardStore` for what its methods do."""

    datastore: Connections
    _sql: dict[str, bytes] = attrs.field(init=False)
    _made: bool = False

    def __attrs_post_init__(self) -> None:
        """Fill in the schema, once."""
        schema = Identifier(self.datastore.schema)
        self._sql = {
            name: SQL(text).format(schema=schema).as_bytes() for name, text in STATEMENTS.items()
        }

    def standings(self) -> list[Standing]:
        """Return every generation of every view."""
        with self._connection() as connection:
            return [Standing(*row) for row in _ask(connection, self._sql["standings"])]

    def begin(self, view: str, version: int) -> Standing:
        """Begin a generation at position 0."""
        with self._connection() as connection, connection.transaction():
            _ask(connection, self._sql["alone"], self.datastore.schema)
            ((generation,),) = _ask(connection, self._sql["begin"], view, version, view)
        return Standing(view, generation, version, 0, live=False)

    def move(self, steps: Sequence[Step]) -> bool:
        """
        Take all these steps, or none; see `BoardStore.move`.

        The update of the position waits for whoever holds it, and then looks again where it is.
        """
        try:
            with self._connection() as connection, connection.transaction():
                for step in ordered(steps):
                    self._take(connection, step)
        except Overtaken:
            return False
        return True

    def _take(self, connection: psycopg.Connection[Any], step: Step) -> None:
        here = step.view, step.generation
        if _do(connection, self._sql["advance"], step.after, *here, step.before) != 1:
            raise Overtaken
        put = [(case, line.data) for case, line in step.lines.items() if line is not None]
        gone = [case for case, line in step.lines.items() if line is None]
        if step.lines:
            _do(connection, self._sql["untag"], *here, list(step.lines))
        if gone:
            _do(connection, self._sql["remove"], *here, gone)
        if put:
            _do(connection, self._sql["put"], *here, *map(list, zip(*put, strict=True)))
            _do(connection, self._sql["tag"], *here, *map(list, zip(*tagged(step), strict=True)))

    def switch(self, begun: Sequence[Standing]) -> bool:
        """
        Let these generations be read from now on; see `BoardStore.switch`.

        Views are locked in the order in which steps move them: otherwise two would wait for each
        other, and PostgreSQL would stop one of them.
        """
        with self._connection() as connection, connection.transaction():
            _ask(connection, self._sql["alone"], self.datastore.schema)
            if not all(self._better(connection, one) for one in sorted(begun)):
                return False
            for one in begun:
                _do(connection, self._sql["drop"], one.view, one.generation)
                _do(connection, self._sql["raise"], one.view, one.generation)
        return True

    def _better(self, connection: psycopg.Connection[Any], begun: Standing) -> bool:
        """Say whether it is there, and not behind the one that is live; that one stands still."""
        found = [Standing(*row) for row in _ask(connection, self._sql["locked"], begun.view)]
        mine = next((one for one in found if one.generation == begun.generation), None)
        return mine is not None and not any(
            one.live and one.position > mine.position for one in found
        )

    def sweep(self) -> None:
        """Remove the rows that nobody reads any more, in small transactions."""
        for standing in self.standings():
            for name in ("sweep_rows", "sweep_tags") if standing.live else ():
                removed = SWEPT
                while removed == SWEPT:
                    with self._connection() as connection:
                        values = (standing.view, standing.generation, SWEPT)
                        removed = _do(connection, self._sql[name], *values)

    @contextmanager
    def snapshot(self) -> Generator[PostgresSnapshot]:
        """Read the board as it is at one moment."""
        with self._connection() as connection, connection.transaction():
            connection.execute(self._sql["still"])
            yield PostgresSnapshot(connection, self._sql)

    @contextmanager
    def _connection(self) -> Generator[psycopg.Connection[Any]]:
        with self.datastore.connection() as connection:
            if not self._made:
                self._make(connection)
            yield connection

    def _make(self, connection: psycopg.Connection[Any]) -> None:
        """Make the tables unless they are there; two that make them at once would both fail."""
        ((found,),) = _ask(connection, self._sql["made"], self.datastore.schema)
        if not found:
            with connection.transaction():
                _ask(connection, self._sql["alone"], self.datastore.schema)
                connection.execute(self._sql["schema"])
        self._made = True


@attrs.frozen
class PostgresSnapshot:
    """The board as one transaction sees it."""

    connection: psycopg.Connection[Any]
    _sql: Mapping[str, bytes]

    def live(self, view: str) -> Standing | None:
        """Return the generation of a view that is read; nothing if there is none yet."""
        found = [Standing(*row) for row in _ask(self.connection, self._sql["standings"])]
        return next((one for one in found if one.view == view and one.live), None)

    def page(self, standing: Standing, seen: Seen) -> list[Listing]:
        """Return a page of its rows, in order."""
        first, *others = seen.tags or ("",)
        values = (standing.view, standing.generation, first, *seen.after, seen.before)
        others = sorted({*others})
        return _ask(self.connection, self._sql["page"], *values, others, others, seen.limit)


def _ask(connection: psycopg.Connection[Any], statement: bytes, *values: Any) -> list[Any]:
    cursor = connection.cursor(binary=True)
    return cursor.execute(statement, values, prepare=True).fetchall()


def _do(connection: psycopg.Connection[Any], statement: bytes, *values: Any) -> int:
    cursor = connection.cursor(binary=True)
    return cursor.execute(statement, values, prepare=True).rowcount
