"""
How views are kept: each row is made from the records of one case, and put on a board.

    catch_up(store, views)      bring them to the end of the ledger
    rebuild(store, views)       make them again from zero, while everybody reads the old ones

Any number of processes may do this at once, beside writers. None waits for another, and whoever is
killed leaves what was there before the step it was about to make.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.clock import instant_of
from freezecase.app.reading import of_cases
from freezecase.app.record import Record, where
from freezecase.app.stores.board_store import BoardStore, Line, Snapshot, Standing, Step
from freezecase.app.stores.store import Scanned, Store
from freezecase.core.evolve import fold, unopened
from freezecase.core.state import CaseState
from freezecase.core.values import Slug
from freezecase.errors import RecordError, StoreError, VersionGap
from freezecase.wire.codec import read_entry

__all__ = [
    "CaseRead",
    "Progress",
    "StoredView",
    "all_cases",
    "catch_up",
    "known",
    "read_case",
    "rebuild",
    "stored",
]

PAGE: Final = 200
"""How many records a step takes at most: while it is written, other writers wait."""
CASES: Final = 100
"""How many cases a step of a rebuild takes."""

Progress = Callable[[int, int], None]
"""Is told how many records are in, and of how many."""


@attrs.frozen(kw_only=True)
class CaseRead:
    """A case as it stood at one index of the ledger: its records, and what they come to."""

    id: UUID
    records: tuple[Record, ...]
    """None, if they cannot be read."""
    state: CaseState
    begun: datetime
    """When the first of them was recorded."""
    broken: str = ""
    """Why they cannot be read."""


@attrs.frozen
class StoredView:
    """A view that is kept: one row for a case at most, made from its records and nothing else."""

    name: Slug
    version: int
    """It rises when `line` would make another row of the same records."""
    line: Callable[[CaseRead], Line | None]


# --- a case, read once for all views -------------------------------------------------------------


def read_case(case: UUID, rows: Iterable[Scanned]) -> CaseRead:
    """Return a case from its rows; one that cannot be read says why, and holds up nobody."""
    found = [*rows]
    begun, nothing = instant_of(found[0][1]), unopened(case)
    try:
        records = tuple(_records(case, found))
    except RecordError as error:
        return CaseRead(id=case, records=(), state=nothing, begun=begun, broken=str(error))
    state = fold((record.event for record in records), nothing)
    return CaseRead(id=case, records=records, state=state, begun=begun)


def _records(case: UUID, rows: Iterable[Scanned]) -> Iterator[Record]:
    for expected, (index, recorded_at, _case, version, name, state) in enumerate(rows, start=1):
        if version != expected:
            raise VersionGap(case, expected, version)
        yield Record(
            case=case,
            version=version,
            index=index,
            recorded_at=instant_of(recorded_at),
            name=name,
            entry=read_entry(name, state, where(case, version)),
        )


def _touched(store: Store, after: int, until: int) -> Iterator[CaseRead]:
    """
    Yield each case that has a record past *after*, as it stood at *until*.

    A case that begins there is not read again: all its records are at hand.
    """
    found: dict[str, list[Scanned]] = {}
    for raw in of_cases(store.scan(after, until)):
        found.setdefault(raw[2], []).append(raw)
    for name, rows in found.items():
        case, first = UUID(name), rows[0][3]
        try:
            before = store.read(case, upto=first - 1) if first > 1 else []
        except RecordError as error:
            there = store.read(case, upto=first - 1, verify=False)
            begun = instant_of(there[0][4] if there else rows[0][1])
            yield CaseRead(
                id=case, records=(), state=unopened(case), begun=begun, broken=str(error)
            )
            continue
        yield read_case(case, (*(_scanned(name, row) for row in before), *rows))


def _scanned(case: str, row: tuple[int, str, bytes, int, int]) -> Scanned:
    version, name, state, index, recorded_at = row
    return index, recorded_at, case, version, name, state


# --- step by step to the end ---------------------------------------------------------------------


def known(standing: Standing, view: StoredView, where: str) -> bool:
    """
    Say whether the rows of a generation are what this code makes; those of an older one are not.

    Raises:
        StoreError: they were made by a newer version of the code, which this one would undo.

    """
    if standing.version > view.version:
        raise StoreError(
            f"{where}: view `{view.name}` was stored by a newer freezecase, in version "
            f"{standing.version}; this one knows {view.version}: upgrade freezecase"
        )
    return standing.version == view.version


@contextmanager
def stored(store: Store, view: StoredView) -> Generator[tuple[Snapshot, Standing]]:
    """
    Read a view as it is stored, at one moment, whatever is written meanwhile.

    Raises:
        StoreError: none is stored yet, or another version of the code made it.

    """
    with store.board().snapshot() as seen:
        standing = seen.live(view.name)
        if standing is None or not known(standing, view, store.where):
            raise StoreError(f"{store.where}: view `{view.name}` is not stored yet: catch up first")
        yield seen, standing


def catch_up(store: Store, views: Sequence[StoredView], *, progress: Progress | None = None) -> int:
    """
    Bring views to the end of the ledger, as it is when this begins; return where they are.

    What was never stored, or by an older version of the code, is made from zero.

    Raises:
        StoreError: the store cannot be written, or a newer version of the code made the views.

    """
    work, target = _Work(store, store.board(), views), store.size()
    while True:
        standings = work.live()
        if len(standings) < len(views):
            rebuild(store, views, progress=progress)
            continue
        reached = min(one.position for one in standings)
        if progress is not None:
            progress(min(reached, target), target)
        if reached >= target:
            return reached
        work.advance(standings, target)


def rebuild(store: Store, views: Sequence[StoredView], *, progress: Progress | None = None) -> int:
    """
    Make views again from zero, and let them be read all at once; return where they are.

    Until then everybody reads the old ones. Of several rebuilds at once the first to be done counts
    for those that began before it: each makes the same of the same records.

    Raises:
        StoreError: the store cannot be written; what was read before is still read.

    """
    work = _Work(store, store.board(), views)
    work.live()  # what a newer version of the code made is not replaced
    work.replace(progress)
    while len(found := work.live()) < len(views):  # an older version of the code was done first
        work.replace(progress)
    return min(one.position for one in found)


@attrs.frozen
class _Work:
    """Views, and where they are kept."""

    store: Store
    board: BoardStore
    views: Sequence[StoredView]

    def live(self) -> list[Standing]:
        """Return the generations that are read, and that this code may go on with."""
        there = {one.view: one for one in self.board.standings() if one.live}
        found = [(there[view.name], view) for view in self.views if view.name in there]
        return [one for one, view in found if known(one, view, self.store.where)]

    def still_there(self, begun: Sequence[Standing]) -> list[Standing]:
        """Return how far generations have come; those that others have dropped are left out."""
        names = {(one.view, one.generation) for one in begun}
        return [one for one in self.board.standings() if (one.view, one.generation) in names]

    def advance(self, standings: Sequence[Standing], target: int) -> None:
        """Take one step with those that are farthest behind, unless somebody else took it first."""
        before, *others = sorted({one.position for one in standings} | {target})
        if others:
            after = min(before + PAGE, others[0])
            behind = [one for one in standings if one.position == before]
            self.board.move(self.steps(behind, _touched(self.store, before, after), before, after))

    def steps(
        self, standings: Sequence[Standing], cases: Iterable[CaseRead], before: int, after: int
    ) -> list[Step]:
        """Return what these cases change in each of the generations."""
        makes, read = {view.name: view.line for view in self.views}, [*cases]
        return [
            Step(one.view, one.generation, before, after, _lines(makes[one.view], read))
            for one in standings
        ]

    def replace(self, progress: Progress | None) -> None:
        """Make them again from zero, unless somebody else is done first."""
        upto = self.store.size()
        begun = [self.board.begin(view.name, view.version) for view in self.views]
        if self.write_all(begun, upto, progress):
            while not self.board.switch(begun):  # the live ones went on meanwhile
                mine = self.still_there(begun)
                if len(mine) < len(begun):
                    break
                self.advance(mine, max(self.store.size(), upto))
        self.board.sweep()

    def write_all(self, begun: Sequence[Standing], upto: int, progress: Progress | None) -> bool:
        """Write every row as of *upto*; say whether nobody else was done first."""
        cases, done = all_cases(self.store, upto), 0
        while some := [*islice(cases, CASES)]:
            if not self.board.move(self.steps(begun, some, 0, 0)):
                return False
            done += sum(len(case.records) for case in some)
            if progress is not None:
                progress(done, upto)
        return self.board.move(self.steps(begun, (), 0, upto))


def _lines(
    line: Callable[[CaseRead], Line | None], cases: Iterable[CaseRead]
) -> Mapping[UUID, Line | None]:
    return {case.id: line(case) for case in cases}


def all_cases(store: Store, upto: int) -> Iterator[CaseRead]:
    """Yield every case as it stood at an index, one after the other, each record read once."""
    then = (raw for raw in of_cases(store.scan_cases()) if raw[0] <= upto)
    for name, rows in groupby(then, key=itemgetter(2)):
        yield read_case(UUID(name), rows)
