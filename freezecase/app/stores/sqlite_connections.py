"""
The connections of one store to one SQLite file: one that writes, some that read.

Everything that SQLite leaves to a default is said here. Left alone, a transaction that reads
before it writes fails at once with "database is locked" when another process wrote in between
(https://www.sqlite.org/lang_transaction.html, "deferred"): writers begin IMMEDIATE, and wait.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from contextlib import contextmanager, suppress
from threading import RLock
from typing import TYPE_CHECKING

from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore

from freezecase.errors import NotOurStore, StoreBusy, StoreError, StoreFull, StoreReadOnly

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from freezecase.app.stores.store import Settings

__all__ = ["Connections", "explain"]

# https://www.sqlite.org/rescode.html, by the low byte; what is not listed is a plain StoreError.
MEANS: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_BUSY: (StoreBusy, "another writer held it too long: repeat the command"),
    sqlite3.SQLITE_LOCKED: (StoreBusy, "another writer held it too long: repeat the command"),
    sqlite3.SQLITE_READONLY: (StoreReadOnly, "it may be read, not written: check its permissions"),
    sqlite3.SQLITE_FULL: (StoreFull, "no room is left: nothing was stored, make room and repeat"),
    sqlite3.SQLITE_CANTOPEN: (StoreError, "it cannot be opened: check the path and permissions"),
    sqlite3.SQLITE_NOTADB: (NotOurStore, "it is no SQLite database: name another file"),
    sqlite3.SQLITE_CORRUPT: (StoreError, "the file is damaged: restore it from a copy"),
}
NAP = 0.01  # seconds
UNREAD = "it could not be read: check the medium, and ask again"
UNSURE = "the command may or may not have been stored: repeat it with the same id"


def explain(error: sqlite3.Error, where: str, unclear: str = UNREAD) -> StoreError:
    """Say in our words what SQLite said, and what to do about it; *unclear* if it did not say."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    kind, advice = MEANS.get(code, (StoreError, unclear))
    return kind(f"{where}: {advice} ({error})", code=code)


class Connections(SQLiteDatastore):
    """The engine's datastore, over connections of our own; *path* None keeps it all in memory."""

    def __init__(self, path: Path | None, settings: Settings) -> None:
        """Remember how to connect; nothing is opened before it is needed."""
        # Not calling super: it would only make the pool that this class is there to replace.
        self.path, self.settings = path, settings
        self.where = "`memory:`" if path is None else f"`sqlite:///{path}`"
        self.single_row_tracking, self.originator_id_type = True, "uuid"
        self._writer: sqlite3.Connection | None = None
        self._readers: deque[sqlite3.Connection] = deque()
        self._lock = RLock()
        self._frozen = self._closed = False

    def close(self) -> None:
        """Close every connection; one that is reading now closes when it is given back."""
        if getattr(self, "_closed", True):
            return
        self._closed = True
        with self._lock, suppress(sqlite3.Error):
            while self._readers:
                self._readers.pop().close()
            if self._writer is not None:
                self._writer.close()

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Lend a connection for reading: statements see whole commits, and block nobody."""
        if self.path is None:  # a second connection would be a second database
            with self._lock, self._explained():
                yield self._writing_connection()
            return
        with self._explained():
            connection = self._reader()
            try:
                yield connection
            finally:
                self._give_back(connection)

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Lend the writing connection inside one transaction; all of it is stored, or nothing."""
        if not self._lock.acquire(timeout=self.settings.busy_timeout):
            raise StoreBusy(f"{self.where}: {MEANS[sqlite3.SQLITE_BUSY][1]}")
        try:
            with self._explained(UNSURE):
                connection = self._writing_connection()
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    yield connection
                    connection.execute("COMMIT")
                except BaseException as error:
                    self._abandon(connection, error)
                    raise
        finally:
            self._lock.release()

    @contextmanager
    def transaction(self, *, commit: bool) -> Generator[SQLiteCursor]:
        """Lend the engine a cursor with rows by name: how its own selects read our table."""
        with (self.writing if commit else self.reading)() as connection:
            cursor = connection.cursor()
            cursor.row_factory = sqlite3.Row
            yield SQLiteCursor(cursor)

    @contextmanager
    def _explained(self, unclear: str = UNREAD) -> Generator[None]:
        if self._closed:
            raise StoreError(f"{self.where} was closed: open it again")
        try:
            yield
        except sqlite3.Error as error:
            raise explain(error, self.where, unclear) from error

    def _reader(self) -> sqlite3.Connection:
        try:
            return self._readers.pop()
        except IndexError:
            return self.connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if self._closed or len(self._readers) >= self.settings.pool_size:
            connection.close()
        else:
            self._readers.append(connection)

    def _writing_connection(self) -> sqlite3.Connection:
        if self._writer is None:
            self._writer = self.connect()
        return self._writer

    def _abandon(self, connection: sqlite3.Connection, error: BaseException) -> None:
        """Roll back; after an error of SQLite's, take a new connection: this one may be broken."""
        with suppress(sqlite3.Error):
            connection.rollback()
        if isinstance(error, sqlite3.Error) and self.path is not None:
            connection.close()
            self._writer = None

    def connect(self) -> sqlite3.Connection:
        """Make a connection on which nothing is left to a default."""
        connection = sqlite3.connect(
            self._address(),
            uri=True,
            timeout=self.settings.busy_timeout,
            isolation_level=None,  # transactions are begun and ended in words, above
            check_same_thread=False,  # one thread at a time, by the lock and the deque
        )
        # A file from a stranger must not run functions from its own schema.
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA recursive_triggers = ON")  # REPLACE is a DELETE, too
        connection.execute(f"PRAGMA synchronous = {self.settings.synchronous}")
        return connection

    def _address(self) -> str:
        if self.path is None:
            return ":memory:"
        mode = "ro&immutable=1" if self._frozen else "rwc" if self.settings.create else "rw"
        return f"{self.path.as_uri()}?mode={mode}"

    def freeze(self) -> bool:
        """Read a file that cannot change, on a medium where not even a lock can be written.

        Only where no log lies beside it: what stands in there would be left out.
        """
        if self.path is None or not self.path.exists():
            return False
        logs = [self.path.with_name(self.path.name + end) for end in ("-wal", "-journal")]
        self._frozen = not any(log.exists() and log.stat().st_size for log in logs)
        return self._frozen

    def use_wal(self, connection: sqlite3.Connection) -> None:
        """Let readers and the writer not wait for each other (https://www.sqlite.org/wal.html).

        A new file is not in that mode, nor is a copy that VACUUM INTO made. Of several that change
        it at once some are refused without having waited, because SQLite sees a deadlock coming;
        so waiting is done here, and not by SQLite as well.
        """
        if connection.execute("PRAGMA journal_mode").fetchone()[0] in ("wal", "memory"):
            return
        patience = self.settings.busy_timeout
        connection.execute("PRAGMA busy_timeout = 0")
        for _ in range(int(patience / NAP)):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                time.sleep(NAP)
        else:
            raise StoreBusy(f"{self.where}: {MEANS[sqlite3.SQLITE_BUSY][1]}")
        connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
