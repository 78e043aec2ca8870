"""
What a witness remembers: for each log, the newest checkpoint that it cosigned.

It is a small SQLite file, so that looking it up, deciding and writing it down are one transaction,
also between two programs with one file: of two requests that come at once the second is decided on
what the first left, and nothing rolls back (c2sp.org/tlog-witness@v1.0.0, at its end).

**Never put back a copy of it.** A witness that forgot may sign another history. If the file is
lost, the witness needs a new key.
"""

import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import attrs

from freezecase.app.stores.sqlite_connections import explain
from freezecase.errors import InvalidValue, NotOurStore, StoreError
from freezecase.seal.note import NoteKey
from freezecase.seal.witness import Answer, Seen, origin_hash

__all__ = ["WitnessState"]

Decide: TypeAlias = Callable[[Callable[[str], Seen | None]], Answer]

_OURS: Final = 0x66637769
"""`fcwi`: what stands in the head of a file of ours (sqlite.org/pragma.html, application_id)."""
_TABLE: Final = (
    "CREATE TABLE seen (origin TEXT PRIMARY KEY, hash TEXT NOT NULL, note TEXT NOT NULL)"
)
_READ: Final = "SELECT note FROM seen WHERE origin = ?"
_SHOW: Final = "SELECT note FROM seen WHERE hash = ?"
_KEEP: Final = "INSERT OR REPLACE INTO seen (origin, hash, note) VALUES (?, ?, ?)"


@attrs.frozen
class WitnessState:
    """The memory of a witness in a file, made if it is not there."""

    path: Path = attrs.field(converter=Path)
    keys: Sequence[NoteKey]
    """Its own key and those of the logs: what none of them signed was not written by it."""
    timeout: float = 10.0
    """Seconds to wait for another program with the same file."""

    @property
    def where(self) -> str:
        """The file, as errors name it."""
        return f"witness state `{self.path}`"

    def check(self) -> tuple[Seen, ...]:
        """
        Return all that is remembered, and make the file if there is none.

        Raises:
            StoreError: it cannot be read or written, is another's, or is damaged.

        """
        with self._connected() as connection, _transaction(connection):
            notes = connection.execute("SELECT note FROM seen ORDER BY origin").fetchall()
            return tuple(self._seen(note) for (note,) in notes)

    def decide(self, decide: Decide) -> Answer:
        """
        Return what *decide* answers, once what it keeps is on disk.

        It is given what looks up a log. From that question on nobody else decides anything.

        Raises:
            StoreError: nothing was answered; what was to be kept may be, or may not be.

        """
        with self._connected() as connection, _transaction(connection, begin=False):

            def seen(origin: str) -> Seen | None:
                connection.execute("BEGIN IMMEDIATE")
                row = connection.execute(_READ, (origin,)).fetchone()
                return self._seen(row[0]) if row else None

            answer = decide(seen)
            if answer.keep is not None:
                kept = answer.origin, origin_hash(answer.origin), answer.keep.note
                connection.execute(_KEEP, kept)
            return answer

    def shown(self, hash: str) -> str | None:
        """
        Return the newest checkpoint of the log whose name has that hash, if there is one.

        Raises:
            StoreError: it cannot be read.

        """
        with self._connected() as connection:
            row = connection.execute(_SHOW, (hash,)).fetchone()
            return str(row[0]) if row else None

    def _seen(self, note: str) -> Seen:
        try:
            return Seen.read(note, self.keys)
        except InvalidValue as error:
            raise StoreError(
                f"{self.where} is damaged, or another key's: {error}: a witness that forgot what "
                "it signed needs a new key"
            ) from error

    @contextmanager
    def _connected(self) -> Generator[sqlite3.Connection]:
        try:
            with closing(self._connection()) as connection:
                yield connection
        except sqlite3.Error as error:
            raise explain(error, self.where) from error

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=self.timeout, isolation_level=None)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA synchronous = FULL")
            self._made_ours(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _made_ours(self, connection: sqlite3.Connection) -> None:
        if _number_of(connection) == _OURS:
            return
        with _transaction(connection):
            if _number_of(connection) == _OURS:
                return  # another program was faster
            if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                raise NotOurStore(f"{self.where} is something else: name another file")
            connection.execute(_TABLE)
            connection.execute(f"PRAGMA application_id = {_OURS}")


def _number_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA application_id").fetchone()[0])


@contextmanager
def _transaction(connection: sqlite3.Connection, *, begin: bool = True) -> Generator[None]:
    """Commit what was done, if something was begun; roll it back if something is raised."""
    if begin:
        connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        if connection.in_transaction:
            connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
