"""
The board: views kept beside the records, one row for each case, and how far each view has come.

A stored view can be thrown away: each of its rows is made from the records of one case, and from
nothing else. What the board keeps of it are **generations**. One is live, and read; others may be
under way, written beside it and seen by nobody, until one of them takes its place at once.

A generation has a **position**: the ledger index up to which every record is in it. That is enough,
because the ledger has no gaps and is in the order of commits: whoever has read up to an index will
never find something new below it. (Where numbers come from a sequence that is not so, and a reader
who follows the end misses records for ever.)

Rows and position move in one transaction, and only from the position that the rows were made from.
So each record counts once, however many projectors run: of two that made the same step one goes
first, and the other has done nothing.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "BEGINNING",
    "END",
    "SWEPT",
    "BoardStore",
    "Line",
    "Listing",
    "Overtaken",
    "Seen",
    "Snapshot",
    "Standing",
    "Step",
    "ordered",
    "tagged",
]

BEGINNING: Final = (b"", UUID(int=0))
"""Before every row that has a place."""
END: Final = b"\xff" * 64
"""After every place."""
SWEPT: Final = 2000
"""How many rows of a generation that nobody reads any more are removed in one transaction."""


class Line(NamedTuple):
    """The row of a case in a view."""

    place: bytes
    """Where it stands: rows are in the order of these bytes, then of the cases."""
    tags: frozenset[str]
    """By which it is found."""
    data: bytes


Listing = tuple[bytes, UUID, bytes]
"""A row as it is read: its place, its case, its data."""


class Standing(NamedTuple):
    """One generation of a view, and how far it has come."""

    view: str
    generation: int
    version: int
    """Of the view's code: rows of another version mean something else."""
    position: int
    live: bool


class Step(NamedTuple):
    """A generation goes from one position to another, with the rows that change on the way."""

    view: str
    generation: int
    before: int
    after: int
    lines: Mapping[UUID, Line | None] = MappingProxyType({})
    """What becomes of the row of each case; None takes it away."""


class Overtaken(Exception):
    """Somebody else moved the view first; what was begun is undone."""


class Seen(NamedTuple):
    """Which rows are asked for."""

    tags: Sequence[str] = ()
    """All of them must be on a row."""
    after: tuple[bytes, UUID] = BEGINNING
    before: bytes = END
    """Places from here on are left out."""
    limit: int = 1000


class Snapshot(Protocol):
    """The board as it was at one moment, whatever is written meanwhile."""

    def live(self, view: str) -> Standing | None:
        """Return the generation of a view that is read; nothing if there is none yet."""
        ...

    def page(self, standing: Standing, seen: Seen) -> list[Listing]:
        """Return a page of its rows, in order."""
        ...


class BoardStore(Protocol):
    """What every board can do. Every method may raise `StoreError`."""

    def standings(self) -> list[Standing]:
        """Return every generation of every view."""
        ...

    def begin(self, view: str, version: int) -> Standing:
        """Begin a generation at position 0, beside the one that is live."""
        ...

    def move(self, steps: Sequence[Step]) -> bool:
        """
        Take all these steps, or none.

        Say whether they were taken: none is, if one generation is not where its step begins.
        """
        ...

    def switch(self, begun: Sequence[Standing]) -> bool:
        """
        Let these generations be read from now on, all at once, and drop those begun before them.

        Say whether it was done: not if one of them was dropped, or is behind the one that is live.
        """
        ...

    def sweep(self) -> None:
        """Remove the rows that nobody reads any more, in small transactions."""
        ...

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Read the board as it is at one moment."""
        ...


def ordered(steps: Sequence[Step]) -> list[Step]:
    """Return steps in one order for everybody, so that no two wait for each other."""
    return sorted(steps, key=lambda step: (step.view, step.generation))


def tagged(step: Step) -> list[tuple[str, bytes, UUID]]:
    """Return each tag of each row with its place and case; every row has the tag of all rows."""
    return [
        (tag, line.place, case)
        for case, line in step.lines.items()
        if line is not None
        for tag in ("", *sorted(line.tags))
    ]
