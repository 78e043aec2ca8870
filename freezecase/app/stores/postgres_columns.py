"""Rows as PostgreSQL takes many at once: each column is one array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from freezecase.app.stores.ledger import End, Grown
    from freezecase.app.stores.store import Row
    from freezecase.seal.merkle import Hash

__all__ = ["Adding", "columns"]


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
            *columns(follows, 2),
            *(size, recorded_at, roots, end.size, known, len(self.rows)),
            *columns(self.rows, 4),
            after.headers,
        ]
        name = "append"
        for part, rows in (("nodes", after.nodes), ("listed", self.listed), ("rung", self.changed)):
            if rows:
                name = f"{name} {part}"
                values += columns(rows, len(rows[0]))
        return name, values


def columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Give rows as columns, each an array; where there are none, *width* empty ones."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
