"""
The rows of a key store, seen from above: what every database can do with them.

A row is made once, loses its bytes once, and never goes away. Whoever destroys keys raises a
counter in the same transaction, so that every process that holds copies of keys sees that its
copies may be old: it asks for the counter first, which costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from typing import Final, NamedTuple, Protocol

from freezecase.errors import NotOurStore, StoreError

__all__ = ["FORMAT", "LAYOUT", "SIGNED", "KeyChanges", "KeyRow", "KeyTable", "check_keys"]

FORMAT: Final = "freezecase-keys"
LAYOUT: Final = 1
SIGNED: Final = {"format": FORMAT, "layout": str(LAYOUT)}
"""What a key store says of itself, in `key_meta`."""


class KeyRow(NamedTuple):
    """One key as it is stored, live or destroyed."""

    id: str
    subject: str
    audience: str
    epoch: int
    wrapped: bytes | None
    """Nothing once it is destroyed."""
    kek: str
    """Under which key of the house it is, or was, wrapped; nobody knows of what was buried."""
    begun_at: int | None = None
    """When somebody who had been erased came back, in us since 1970; nothing in epoch 1."""
    destroyed_at: int | None = None


class KeyTable(Protocol):
    """The rows in one database. Every method may raise `StoreError`."""

    where: str

    def stamp(self) -> int:
        """Return the counter: how often bytes were destroyed here."""
        ...

    def by_id(self, ids: Collection[str]) -> list[KeyRow]:
        """Return the rows of these ids; one that is not there is left out."""
        ...

    def by_subject(self, subjects: Collection[str]) -> list[KeyRow]:
        """Return every row of these subjects."""
        ...

    def page(self, after: str, limit: int) -> list[KeyRow]:
        """Return a page of all rows, by id."""
        ...

    def changing(self) -> AbstractContextManager[KeyChanges]:
        """Change rows, all of it or nothing, one writer at a time; durable afterwards."""
        ...

    def scrub(self) -> None:
        """
        Let no byte of what was destroyed remain in what this database can still rewrite.

        Raises:
            SealError: some may remain, because somebody still reads what was before.

        """
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class KeyChanges(Protocol):
    """What can be done to the rows while nobody else does."""

    def by_id(self, ids: Collection[str]) -> list[KeyRow]:
        """Return the rows of these ids."""
        ...

    def by_subject(self, subjects: Collection[str]) -> list[KeyRow]:
        """Return every row of these subjects."""
        ...

    def add(self, rows: Sequence[KeyRow]) -> None:
        """Add new rows."""
        ...

    def destroy(self, ids: Sequence[str], at: int) -> None:
        """Take the bytes away from live rows, and raise the counter."""
        ...

    def rewrap(self, rows: Sequence[tuple[KeyRow, bytes, str]]) -> int:
        """
        Wrap rows otherwise, each under another key of the house, and raise the counter.

        Say how many were still as given; one that was changed since is left as it is.
        """
        ...


def check_keys(meta: dict[str, str], where: str) -> None:
    """Refuse a database that says it is no key store, or one of another day."""
    if meta.get("format") != FORMAT:
        raise NotOurStore(
            f"{where} is no key store of freezecase: name another database, or an empty one; keys "
            "never lie beside the records that they seal, since one copy would hold both"
        )
    layout = int(meta.get("layout", 0))
    if layout != LAYOUT:
        raise StoreError(
            f"{where} is a key store with layout {layout}, this freezecase works with {LAYOUT}: "
            "open it with the freezecase that made it"
        )
