"""
Rows sorted by case in a temporary database: as long as the disk has room, memory stays flat.

An unnamed SQLite database lives in a temporary file that nobody else can open, and is gone when it
is closed. Its sorter works in runs on disk.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self

import msgspec

__all__ = ["Spool"]

PAGE: Final = 2_000
SETUP: Final = """
PRAGMA temp_store = FILE;
PRAGMA journal_mode = OFF;
CREATE TABLE came (number INTEGER PRIMARY KEY, place BLOB, key TEXT, cells BLOB, fault TEXT);
CREATE TABLE happened (place INTEGER PRIMARY KEY, number INTEGER, key TEXT, cells BLOB, fault TEXT);
BEGIN
"""
IN_ORDER: Final = """
INSERT INTO happened (number, key, cells, fault)
SELECT number, key, cells, fault FROM came ORDER BY place, number
"""
BY_CASE: Final = """
SELECT place, number, key, cells, fault FROM
    (SELECT *, min(place) OVER (PARTITION BY key) AS first FROM happened)
ORDER BY first, place
"""

_LAST: Final = b"\xff"

Spooled = tuple[int, tuple[int, str, list[str], str | None]]


class Spool:
    """Rows that come in any order, and go case by case. Use it as a context."""

    def __init__(self) -> None:
        """Open a database that only this process can see."""
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(SETUP)
        self._waiting: list[tuple[Any, ...]] = []

    def add(
        self,
        number: int,
        case: str,
        order: Sequence[str] | None,
        cells: list[str],
        fault: str | None,
    ) -> None:
        """Take in a row; *order* are the texts that say where it belongs: last, if nothing does."""
        place = _LAST if order is None else b"\0".join(map(_sortable, order))
        self._waiting.append((number, place, case, msgspec.json.encode(cells), fault))
        if len(self._waiting) >= PAGE:
            self._store()

    def sort(self) -> int:
        """Put everything in order, and say how many rows there are."""
        self._store()
        self._database.execute(IN_ORDER)
        self._database.execute("DROP TABLE came")
        (size,) = self._database.execute("SELECT count(*) FROM happened").fetchone()
        return int(size)

    def __iter__(self) -> Iterator[Spooled]:
        """Give place and row, cases in the order of their first row; again and again."""
        decode = msgspec.json.Decoder(list[str]).decode
        for place, number, case, cells, fault in self._database.execute(BY_CASE):
            yield place, (number, case, decode(cells), fault)

    def _store(self) -> None:
        self._database.executemany("INSERT INTO came VALUES (?, ?, ?, ?, ?)", self._waiting)
        self._waiting.clear()

    def __enter__(self) -> Self:
        """Return the spool itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the temporary file."""
        self._database.close()


def _sortable(text: str) -> bytes:
    """Return bytes that sort whole numbers by size, and every other text after them as text."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        digits = text.lstrip("0")
        return f"0{len(digits):08d}{digits}".encode()
    return f"1{text}".encode()
