"""
The key store in a schema of a PostgreSQL database: of another database than that of the records.

The tables are those of the key store in SQLite. Writers queue on the one row of `key_head`.

What a destroyed key was is gone for every reader at once, and not at once from the disk. The row
as it was stays in its page until the page is vacuumed and used again, in the write-ahead log until
that is recycled, and in archives of it, standbys and backups for as long as those are kept. There
it lies wrapped. What makes all of that unreadable is to change the key of the house (`rewrap`) and
destroy the old one; `VACUUM FULL subject_keys`, by the owner of the table, empties the pages.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, LiteralString

import psycopg
from psycopg.sql import SQL, Identifier

from freezecase.app.custody.key_rows import SIGNED, KeyRow, check_keys
from freezecase.app.stores.postgres_connections import UNREAD, Connections
from freezecase.errors import NotOurStore, StoreError

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Mapping, Sequence

    from freezecase.app.stores.store import Settings

__all__ = ["KEY_GRANTS", "PostgresKeys"]

KEY_GRANTS: Final = (
    "GRANT USAGE ON SCHEMA {schema} TO {user}",
    "GRANT SELECT, INSERT ON {schema}.subject_keys TO {user}",
    "GRANT UPDATE (wrapped, kek, destroyed_at) ON {schema}.subject_keys TO {user}",
    "GRANT SELECT, UPDATE ON {schema}.key_head TO {user}",
    "GRANT SELECT ON {schema}.key_meta TO {user}",
)
"""What a user needs who makes and destroys keys, and can neither remove nor bring one back."""

SCHEMA: Final = """
CREATE TABLE {schema}.subject_keys (
    id text COLLATE "C" PRIMARY KEY,
    subject text COLLATE "C" NOT NULL,
    audience text COLLATE "C" NOT NULL,
    epoch bigint NOT NULL CHECK (epoch > 0),
    wrapped bytea,
    kek text NOT NULL,
    begun_at bigint,
    destroyed_at bigint,
    UNIQUE (subject, audience, epoch),
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL)));
CREATE FUNCTION {schema}.subject_keys_rest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a destroyed key stays destroyed, and a key stays whose it is';
END $$;
CREATE TRIGGER subject_keys_rest BEFORE UPDATE ON {schema}.subject_keys FOR EACH ROW
    WHEN (OLD.destroyed_at IS NOT NULL
          OR (OLD.id, OLD.subject, OLD.audience, OLD.epoch, OLD.begun_at)
             IS DISTINCT FROM (NEW.id, NEW.subject, NEW.audience, NEW.epoch, NEW.begun_at))
    EXECUTE FUNCTION {schema}.subject_keys_rest();
CREATE TRIGGER subject_keys_stay BEFORE DELETE OR TRUNCATE ON {schema}.subject_keys
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.subject_keys_rest();
CREATE TABLE {schema}.key_head (
    id smallint PRIMARY KEY CHECK (id = 1),
    removals bigint NOT NULL) WITH (fillfactor = 10);
CREATE TABLE {schema}.key_meta (key text PRIMARY KEY, value text NOT NULL);
INSERT INTO {schema}.key_head VALUES (1, 0)
"""
SELECT: Final = (
    "SELECT id, subject, audience, epoch, wrapped, kek, begun_at, destroyed_at "
    "FROM {schema}.subject_keys"
)
STATEMENTS: Final[Mapping[str, LiteralString]] = {
    "alone": "SELECT pg_advisory_xact_lock(hashtext('freezecase-keys'), hashtext(%s))",
    "tables": "SELECT tablename FROM pg_tables WHERE schemaname = %s",
    # pg_class, and not pg_tables: what this user may not read is there all the same
    "records": "SELECT relnamespace::regnamespace::text FROM pg_class "
    "WHERE relname IN ('stored_events', 'ledger_head') GROUP BY 1 HAVING count(*) = 2",
    "schema": SCHEMA,
    "sign": "INSERT INTO {schema}.key_meta VALUES (%s, %s)",
    "meta": "SELECT key, value FROM {schema}.key_meta",
    "stamp": "SELECT removals FROM {schema}.key_head WHERE id = 1",
    "lock": "SELECT removals FROM {schema}.key_head WHERE id = 1 FOR NO KEY UPDATE",
    "removed": "UPDATE {schema}.key_head SET removals = removals + 1 WHERE id = 1",
    "by_id": SELECT + " WHERE id = ANY(%s)",
    "by_subject": SELECT + " WHERE subject = ANY(%s)",
    "page": SELECT + " WHERE id > %s ORDER BY id LIMIT %s",
    "add": "INSERT INTO {schema}.subject_keys SELECT * FROM unnest("
    "%b::text[], %b::text[], %b::text[], %b::bigint[], %b::bytea[], %b::text[], %b::bigint[], "
    "%b::bigint[])",
    "destroy": "UPDATE {schema}.subject_keys SET wrapped = NULL, destroyed_at = %s "
    "WHERE id = ANY(%s)",
    "rewrap": "UPDATE {schema}.subject_keys AS kept SET wrapped = given.anew, kek = given.kek "
    "FROM unnest(%b::text[], %b::bytea[], %b::bytea[], %b::text[]) AS given (id, old, anew, kek) "
    "WHERE kept.id = given.id AND kept.wrapped = given.old",
}


class PostgresKeys:
    """The rows in a schema of a PostgreSQL database; see `KeyTable` for what its methods do."""

    def __init__(self, url: str, settings: Settings) -> None:
        """Connect, make the tables if there are none, and refuse what is another's."""
        self._datastore = Connections(url, settings)
        self.where = self._datastore.where
        schema = Identifier(self._datastore.schema)
        self._sql = {
            name: SQL(text).format(schema=schema).as_bytes() for name, text in STATEMENTS.items()
        }
        try:
            self._datastore.open()
            self._establish(create=settings.create)
        except BaseException:
            self.close()
            raise

    def _establish(self, *, create: bool) -> None:
        for (schema,) in self._fetch("records"):
            raise NotOurStore(
                f"{self.where} holds records in schema `{schema}`: make another database for the "
                "keys, because one dump would hold both"
            )
        if not self._tables():
            if not create:
                raise StoreError(f"{self.where} is empty: open it with `create=True`")
            self._make()
        ours = "key_meta" in self._tables()
        check_keys(dict(self._fetch("meta")) if ours else {}, self.where)

    def _tables(self) -> set[str]:
        return {name for (name,) in self._fetch("tables", self._datastore.schema)}

    def _make(self) -> None:
        """Make the tables, unless another process has just made them."""
        with self._datastore.connection() as connection, connection.transaction():
            schema = (self._datastore.schema,)
            connection.execute(self._sql["alone"], schema)
            if not connection.execute(self._sql["tables"], schema).fetchall():
                connection.execute(self._sql["schema"])
                for signed in SIGNED.items():
                    connection.execute(self._sql["sign"], signed)

    def stamp(self) -> int:
        """Return the counter."""
        for (removals,) in self._fetch("stamp"):
            return int(removals)
        raise StoreError(f"{self.where} has lost its head: restore it from a copy")

    def by_id(self, ids: Collection[str]) -> list[KeyRow]:
        """Return the rows of these ids."""
        return [KeyRow(*row) for row in self._fetch("by_id", [*ids])]

    def by_subject(self, subjects: Collection[str]) -> list[KeyRow]:
        """Return every row of these subjects."""
        return [KeyRow(*row) for row in self._fetch("by_subject", [*subjects])]

    def page(self, after: str, limit: int) -> list[KeyRow]:
        """Return a page of all rows, by id."""
        return [KeyRow(*row) for row in self._fetch("page", after, limit)]

    def _fetch(self, name: str, *values: Any) -> list[Any]:
        with self._datastore.connection(UNREAD) as connection:
            return _fetched(connection, self._sql[name], values)

    @contextmanager
    def changing(self) -> Generator[PostgresKeyChanges]:
        """Change rows, all of it or nothing, once the writer before has committed."""
        with self._datastore.connection(UNSURE) as connection, connection.transaction():
            connection.execute(self._sql["lock"])
            yield PostgresKeyChanges(connection, self._sql)

    def scrub(self) -> None:
        """Do nothing: what PostgreSQL still holds is out of reach of whoever may not vacuum."""

    def close(self) -> None:
        """Let go of the database."""
        self._datastore.close()


UNSURE: Final = (
    "the connection was lost: keys may or may not have been made or destroyed: do it again"
)


class PostgresKeyChanges:
    """Changes inside one transaction; see `KeyChanges` for what its methods do."""

    def __init__(self, connection: psycopg.Connection[Any], sql: Mapping[str, bytes]) -> None:
        """Take a connection that has begun, and holds the lock."""
        self._connection, self._sql = connection, sql

    def by_id(self, ids: Collection[str]) -> list[KeyRow]:
        """Return the rows of these ids."""
        rows = _fetched(self._connection, self._sql["by_id"], [[*ids]])
        return [KeyRow(*row) for row in rows]

    def by_subject(self, subjects: Collection[str]) -> list[KeyRow]:
        """Return every row of these subjects."""
        rows = _fetched(self._connection, self._sql["by_subject"], [[*subjects]])
        return [KeyRow(*row) for row in rows]

    def add(self, rows: Sequence[KeyRow]) -> None:
        """Add new rows."""
        if rows:
            self._connection.execute(self._sql["add"], _columns(rows))

    def destroy(self, ids: Sequence[str], at: int) -> None:
        """Take the bytes away from live rows, and raise the counter."""
        self._connection.execute(self._sql["destroy"], (at, [*ids]))
        self._connection.execute(self._sql["removed"])

    def rewrap(self, rows: Sequence[tuple[KeyRow, bytes, str]]) -> int:
        """Wrap rows otherwise, and raise the counter."""
        given = [(row.id, row.wrapped, anew, kek) for row, anew, kek in rows]
        changed = self._connection.execute(self._sql["rewrap"], _columns(given)).rowcount
        self._connection.execute(self._sql["removed"])
        return changed


def _fetched(connection: psycopg.Connection[Any], query: bytes, values: Sequence[Any]) -> list[Any]:
    cursor = connection.cursor(binary=True)
    return cursor.execute(query, values, prepare=True).fetchall()


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
