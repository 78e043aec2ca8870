"""
The key store in one SQLite file, or in memory.

    subject_keys   number, id, subject, audience, epoch, wrapped, kek, begun_at, destroyed_at
    key_head       one row: removals (the counter), scrubbed (how far the log was emptied)
    key_meta       key, value: that it is a key store, and its layout

What a destroyed key was does not stay in the file. SQLite overwrites it with zeros
(https://www.sqlite.org/pragma.html#pragma_secure_delete), and the write-ahead log, which still
holds the page as it was, is then copied back and cut to nothing. A crash in between leaves
`scrubbed` behind `removals`, and whoever opens the file next finishes it.

Out of its reach are copies of the file, and what a file system or a disk keeps of blocks that were
freed. There it lies wrapped: change the key of the house, and destroy the old one.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from freezecase.app.custody.key_rows import SIGNED, KeyRow, check_keys
from freezecase.app.stores.sqlite_connections import NAP, Connections
from freezecase.errors import SealError, StoreError

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator, Sequence
    from pathlib import Path

    from freezecase.app.stores.store import Settings

__all__ = ["SQLiteKeys"]

APPLICATION_ID: Final = 0x465A4B59  # "FZKY": how `file` and other tools know the format
ASKED_AT_ONCE: Final = 500  # SQLite before 3.32 takes 999 parameters
# Rows stand in the order in which they were made, so that none is moved when another one comes.
# A trigger before an INSERT also stops an INSERT OR REPLACE, which deletes without being asked.
SCHEMA: Final = (
    """
CREATE TABLE subject_keys (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    audience TEXT NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch > 0),
    wrapped BLOB,
    kek TEXT NOT NULL,
    begun_at INTEGER,
    destroyed_at INTEGER,
    UNIQUE (subject, audience, epoch),
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL)))""",
    """
CREATE TRIGGER subject_keys_stay BEFORE DELETE ON subject_keys
BEGIN SELECT RAISE(ABORT, 'a key is never removed: destroyed, it leaves a tombstone'); END""",
    """
CREATE TRIGGER subject_keys_once BEFORE INSERT ON subject_keys
WHEN EXISTS (SELECT 1 FROM subject_keys WHERE id = NEW.id OR number = NEW.number
             OR (subject = NEW.subject AND audience = NEW.audience AND epoch = NEW.epoch))
BEGIN SELECT RAISE(ABORT, 'a key is never given out twice'); END""",
    """
CREATE TRIGGER subject_keys_rest BEFORE UPDATE ON subject_keys
WHEN OLD.destroyed_at IS NOT NULL OR OLD.number IS NOT NEW.number OR OLD.id IS NOT NEW.id
     OR OLD.subject IS NOT NEW.subject OR OLD.audience IS NOT NEW.audience
     OR OLD.epoch IS NOT NEW.epoch OR OLD.begun_at IS NOT NEW.begun_at
BEGIN SELECT RAISE(ABORT, 'a destroyed key stays destroyed, and a key stays whose it is'); END""",
    """
CREATE TABLE key_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    removals INTEGER NOT NULL,
    scrubbed INTEGER NOT NULL)""",
    "CREATE TABLE key_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "INSERT INTO key_head VALUES (1, 0, 0)",
)
TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table'"
META: Final = "SELECT key, value FROM key_meta"
SIGN: Final = "INSERT INTO key_meta VALUES (?, ?)"
HEAD: Final = "SELECT removals, scrubbed FROM key_head"
REMOVED: Final = "UPDATE key_head SET removals = removals + 1"
SCRUBBED: Final = "UPDATE key_head SET scrubbed = max(scrubbed, ?)"
SELECT: Final = (
    "SELECT id, subject, audience, epoch, wrapped, kek, begun_at, destroyed_at FROM subject_keys"
)
BY_ID: Final = SELECT + " WHERE id IN ({})"
BY_SUBJECT: Final = SELECT + " WHERE subject IN ({})"
PAGE: Final = SELECT + " WHERE id > ? ORDER BY id LIMIT ?"
INSERT: Final = "INSERT INTO subject_keys VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)"
DESTROY: Final = "UPDATE subject_keys SET wrapped = NULL, destroyed_at = ? WHERE id = ?"
REWRAP: Final = "UPDATE subject_keys SET wrapped = ?, kek = ? WHERE id = ? AND wrapped = ?"


class SQLiteKeys:
    """The rows in one SQLite file; see `KeyTable` for what its methods do."""

    def __init__(self, path: Path | None, settings: Settings) -> None:
        """Open the file, make it a key store if it is empty, and refuse it if it is another's."""
        self._datastore, self._patience = Connections(path, settings), settings.busy_timeout
        self.where = self._datastore.where
        try:
            self._open(path, create=settings.create)
        except BaseException:
            self.close()
            raise

    def _open(self, path: Path | None, *, create: bool) -> None:
        if path is not None and not path.parent.is_dir():
            raise StoreError(f"{self.where}: there is no folder `{path.parent}`: make it first")
        if path is not None and not create and not path.exists():
            raise StoreError(f"{self.where}: there is no such file: check the path")
        with self._datastore.reading() as connection:
            empty = not _tables(connection)
            if empty and not create:
                raise StoreError(f"{self.where} is empty: open it with `create=True`")
            if empty:
                self._datastore.use_wal(connection)
        if empty:
            self._make()
        with self._datastore.reading() as connection:
            ours = "key_meta" in _tables(connection)
            check_keys(dict(connection.execute(META)) if ours else {}, self.where)
            self._datastore.use_wal(connection)  # a copy may have come without
        self.scrub()

    def _make(self) -> None:
        """Make the tables, unless another process has just made them."""
        with self._datastore.writing() as connection:
            if not _tables(connection):
                for statement in SCHEMA:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.executemany(SIGN, SIGNED.items())

    def stamp(self) -> int:
        """Return the counter."""
        return self._head()[0]

    def _head(self) -> tuple[int, int]:
        with self._datastore.reading() as connection:
            found = connection.execute(HEAD).fetchone()
        if found is None:
            raise StoreError(f"{self.where} has lost its head: restore it from a copy")
        return found[0], found[1]

    def by_id(self, ids: Collection[str]) -> list[KeyRow]:
        """Return the rows of these ids."""
        with self._datastore.reading() as connection:
            return [*_rows(connection, BY_ID, ids)]

    def by_subject(self, subjects: Collection[str]) -> list[KeyRow]:
        """Return every row of these subjects."""
        with self._datastore.reading() as connection:
            return [*_rows(connection, BY_SUBJECT, subjects)]

    def page(self, after: str, limit: int) -> list[KeyRow]:
        """Return a page of all rows, by id."""
        with self._datastore.reading() as connection:
            return [KeyRow(*row) for row in connection.execute(PAGE, (after, limit))]

    @contextmanager
    def changing(self) -> Generator[SQLiteKeyChanges]:
        """Change rows, all of it or nothing."""
        with self._datastore.writing() as connection:
            connection.execute("PRAGMA secure_delete = ON").fetchall()
            yield SQLiteKeyChanges(connection)

    def scrub(self) -> None:
        """Copy the log back into the file and cut it to nothing, if bytes were removed since."""
        for _ in range(max(1, int(self._patience / NAP))):
            removals, scrubbed = self._head()
            if scrubbed >= removals:
                return
            if self._emptied():
                with self._datastore.writing() as connection:
                    connection.execute(SCRUBBED, (removals,))
                return
            time.sleep(NAP)
        raise SealError(
            f"{self.where}: keys are destroyed, and their bytes are still in its log, because "
            "somebody reads what was before: destroy them again until this no longer appears"
        )

    def _emptied(self) -> bool:
        """
        Say whether the log could be emptied; it cannot while somebody reads or empties it.

        For the latter SQLite does not wait (https://www.sqlite.org/c3ref/wal_checkpoint_v2.html),
        so it is waited for above, and not here as well.
        """
        with self._datastore.reading() as connection:
            connection.execute("PRAGMA busy_timeout = 0").fetchall()
            try:
                busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in (
                    sqlite3.SQLITE_BUSY,
                    sqlite3.SQLITE_LOCKED,
                ):
                    raise
                return False
            finally:
                patience = int(self._patience * 1000)
                connection.execute(f"PRAGMA busy_timeout = {patience}").fetchall()
        return not busy

    def close(self) -> None:
        """Let go of the file."""
        self._datastore.close()


class SQLiteKeyChanges:
    """Changes inside one transaction; see `KeyChanges` for what its methods do."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection that has begun."""
        self._connection = connection

    def by_id(self, ids: Collection[str]) -> list[KeyRow]:
        """Return the rows of these ids."""
        return [*_rows(self._connection, BY_ID, ids)]

    def by_subject(self, subjects: Collection[str]) -> list[KeyRow]:
        """Return every row of these subjects."""
        return [*_rows(self._connection, BY_SUBJECT, subjects)]

    def add(self, rows: Sequence[KeyRow]) -> None:
        """Add new rows."""
        self._connection.executemany(INSERT, rows)

    def destroy(self, ids: Sequence[str], at: int) -> None:
        """Take the bytes away from live rows, and raise the counter."""
        self._connection.executemany(DESTROY, [(at, id) for id in ids])
        self._connection.execute(REMOVED)

    def rewrap(self, rows: Sequence[tuple[KeyRow, bytes, str]]) -> int:
        """Wrap rows otherwise, and raise the counter."""
        values = [(anew, kek, row.id, row.wrapped) for row, anew, kek in rows]
        changed = self._connection.executemany(REWRAP, values).rowcount
        self._connection.execute(REMOVED)
        return changed


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute(TABLES)}


def _rows(connection: Any, query: str, names: Collection[str]) -> Iterator[KeyRow]:
    """Return the rows of some names, a part of them at a time."""
    some = [*dict.fromkeys(names)]
    for start in range(0, len(some), ASKED_AT_ONCE):
        part = some[start : start + ASKED_AT_ONCE]
        asked = query.format(", ".join("?" * len(part)))
        yield from (KeyRow(*row) for row in connection.execute(asked, part))
