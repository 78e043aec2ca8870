"""
Rows as PostgreSQL takes many at once: each column is one array.

psycopg finds out anew for every list of what kind its values are: a third of what an append of one
record took on our side. What stands in our columns is known, so arrays are spelt here, as
`array_recv` reads them (PostgreSQL, src/backend/utils/adt/arrayfuncs.c).
"""

from __future__ import annotations

import struct
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import DataError
from psycopg.adapt import Dumper
from psycopg.pq import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from psycopg.abc import AdaptContext

    from freezecase.app.stores.ledger import End, Grown
    from freezecase.app.stores.store import Row
    from freezecase.seal.merkle import Hash

__all__ = ["Adding", "Column", "columns", "take_columns"]


class Column(NamedTuple):
    """One column of some rows: the kind of its values, and the values."""

    kind: str
    values: Sequence[Any]


_KINDS: Final[Mapping[str, tuple[int, Callable[[Any], bytes]]]] = {
    "bytea": (17, bytes),
    "bigint": (20, struct.Struct("!q").pack),
    "smallint": (21, struct.Struct("!h").pack),
    "text": (25, str.encode),
    "uuid": (2950, attrgetter("bytes")),
}
"""The number of each kind in `pg_type.dat`, and how a value of it is spelt."""
_NOTHING: Final = struct.Struct("!iiI").pack
_SOME: Final = struct.Struct("!iiIii").pack
_LENGTH: Final = struct.Struct("!i").pack
_NULL: Final = _LENGTH(-1)


class _AsArray(Dumper):
    """Spells a column. Its type is left open: every statement says which one it takes."""

    format = Format.BINARY

    def dump(self, obj: Column) -> bytes:
        number, spelt = _KINDS[obj.kind]
        if not obj.values:
            return _NOTHING(0, 0, number)
        try:
            known = [None if value is None else spelt(value) for value in obj.values]
        except struct.error as error:
            raise DataError(str(error)) from error
        cells = [_NULL if value is None else _LENGTH(len(value)) + value for value in known]
        return _SOME(1, None in known, number, len(cells), 1) + b"".join(cells)


def take_columns(connection: AdaptContext) -> None:
    """Let statements on a connection take columns."""
    connection.adapters.register_dumper(Column, _AsArray)


class Adding(NamedTuple):
    """What an append brings, whatever the end of the ledger is when it gets there."""

    rows: Sequence[Row]
    begins: Mapping[UUID, tuple[int, int]]
    """For each case its first version here, and that row's place from 0."""
    listed: Sequence[tuple[int, UUID, str, int | None]]
    """The cases that are opened: the place of the first row, id, account, alarm."""
    changed: Sequence[tuple[UUID, int | None]]
    """The alarms of the other cases."""
    before: Mapping[UUID, Hash]
    """The leaf hash of the record before the first of each case that goes on."""

    def values(self, end: End, after: Grown) -> tuple[str, list[Any]]:
        """Give the name of the statement that appends this, and what it takes, in its order."""
        follows = [(case, version - 1) for case, (version, _) in self.begins.items() if version > 1]
        size, recorded_at, frontier = after.end
        roots, known = b"".join(frontier.roots), b"".join(end.frontier.roots)
        values = [
            *columns(follows, "uuid", "bigint"),
            *(size, recorded_at, roots, end.size, known, len(self.rows)),
            *columns(self.rows, "uuid", "bigint", "text", "bytea"),
            Column("bytea", after.headers),
        ]
        name = "append"
        for part, rows, kinds in (
            ("nodes", after.nodes, ("smallint", "bigint", "bytea")),
            ("listed", self.listed, ("bigint", "uuid", "text", "bigint")),
            ("rung", self.changed, ("uuid", "bigint")),
        ):
            if rows:
                name = f"{name} {part}"
                values += columns(rows, *kinds)
        return name, values


def columns(rows: Sequence[tuple[Any, ...]], *kinds: str) -> list[Column]:
    """Give rows as columns of these kinds; where there are no rows, empty ones."""
    given = zip(*rows, strict=True) if rows else [()] * len(kinds)
    return [Column(kind, values) for kind, values in zip(kinds, given, strict=True)]
