"""
A store that was exported to Parquet, to be read: what replays or judges it comes to the same.

    with open_store("parquet:///exports/2026-03") as store: ...

It holds records and the list of cases. There are no headers, no tree and no alarms in it: an
export proves nothing by itself, and nobody writes to it. It lies in the order of case ids, so a
range of cases is quick to find; the order of the ledger takes reading all of it for each stretch of
`STRETCH` records.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, Self
from uuid import UUID

from freezecase.app.stores.parquet_files import CASES, Manifest, arrow, column, parquet
from freezecase.app.stores.store import HIGHEST, KEPT, LOWEST, Head, Listed
from freezecase.errors import RecordError, StoreError, StoreReadOnly

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from freezecase.app.stores.board_store import BoardStore
    from freezecase.app.stores.store import (
        Alarms,
        Appended,
        Loaded,
        Ringing,
        Row,
        Scanned,
        Settings,
    )
    from freezecase.seal.merkle import Frontier, Hash

__all__ = ["ParquetStore"]

STRETCH: Final = 100_000
"""Records that are put in the order of the ledger at a time."""
PAGE: Final = 2000
"""Records that are made tuples at a time."""


class _Group(NamedTuple):
    """A row group: where it is, and what its records are among."""

    path: Path
    number: int
    cases: tuple[str, str]
    indexes: tuple[int, int]


class ParquetStore:
    """An export, read as a store; see `Store` for what its methods do."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Open what lies in *folder*, and refuse it if a file is missing."""
        self.where = f"`parquet:///{folder}`"
        self._manifest = Manifest.read(folder)
        self.origin, self.sealed = self._manifest.origin, self._manifest.sealed
        if settings.origin not in {None, self.origin}:
            raise StoreError(f"{self.where} is the log `{self.origin}`, not `{settings.origin}`")
        self._cases: Any = parquet().read_table(folder / CASES)
        self._groups = [
            group
            for name, rows in self._manifest.files
            for group in self._read(folder / name, rows)
        ]

    def _read(self, path: Path, rows: int) -> Iterator[_Group]:
        """Yield the row groups of a file, if all of it is there."""
        try:
            footer = parquet().read_metadata(path)
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.where}: `{path.name}` cannot be read ({error})") from error
        if footer.num_rows != rows:
            said = f"`{path.name}` has {footer.num_rows} records, and should have {rows}"
            raise RecordError(f"{self.where}: {said}: export it again")
        for number in range(footer.num_row_groups):
            index, _at, case = (footer.row_group(number).column(at).statistics for at in range(3))
            yield _Group(path, number, (case.min, case.max), (index.min, index.max))

    # --- records ---------------------------------------------------------------------------------

    def scan_cases(self, first: UUID = LOWEST, last: UUID = HIGHEST) -> Iterator[Scanned]:
        """Stream records case by case; see `Store.scan_cases`."""
        for group in self._groups:
            if group.cases[0] <= last.hex and first.hex <= group.cases[1]:
                for row in _rows(_table(group)):
                    if first.hex <= row[2] <= last.hex:
                        yield row

    def scan(self, after: int = 0, until: int | None = None) -> Iterator[Scanned]:
        """Stream records in ledger order; see `Store.scan`."""
        there = max((group.indexes[1] for group in self._groups), default=0)
        until = there if until is None else min(until, there)
        for start in range(after, until, STRETCH):
            yield from self._stretch(start, min(start + STRETCH, until))

    def _stretch(self, after: int, until: int) -> Iterator[Scanned]:
        index = column("index")
        found = [
            _table(group).filter((index > after) & (index <= until))
            for group in self._groups
            if group.indexes[0] <= until and after < group.indexes[1]
        ]
        if found:
            yield from _rows(arrow().concat_tables(found).sort_by("index"))

    def read(
        self,
        case: UUID,
        *,
        after: int = 0,
        upto: int | None = None,
        recorded_upto: int | None = None,
        verify: bool = True,
    ) -> list[Loaded]:
        """Give the records of a case by version; see `Store.read`. Nothing here can verify one."""
        if verify:
            self._lacks("headers to hold a case against")
        return [
            (version, name, state, index, recorded_at)
            for index, recorded_at, _case, version, name, state in self.scan_cases(case, case)
            if after < version
            and (upto is None or version <= upto)
            and (recorded_upto is None or recorded_at <= recorded_upto)
        ]

    def head(self) -> Head:
        """Give the end of the ledger, as it was when it was exported."""
        return Head(self._manifest.size, self._manifest.recorded_at)

    def size(self) -> int:
        """Say how many records there are."""
        return self._manifest.size

    def exists(self, case: UUID) -> bool:
        """Say whether the case has a record."""
        return any(True for _ in self.scan_cases(case, case))

    def versions(self, cases: Collection[UUID]) -> dict[UUID, int]:
        """Give the newest version of each of these cases; one without records is left out."""
        newest = {
            case: max((row[3] for row in self.scan_cases(case, case)), default=0) for case in cases
        }
        return {case: version for case, version in newest.items() if version}

    def known(self, cases: Collection[UUID]) -> set[UUID]:
        """Say which of these cases have records."""
        return set(self.versions(cases))

    # --- the list of cases -----------------------------------------------------------------------

    def cases_of(self, account: str) -> list[UUID]:
        """Give the cases of an account in the order they were opened."""
        found = self._cases.filter(column("account") == account)
        return [UUID(case) for case in found["case"].to_pylist()]

    def cases(self, after: int = 0, limit: int = 1000) -> list[Listed]:
        """Give a page of the list of cases; see `Store.cases`."""
        opened = self._cases["opened"]
        start = bisect_right(range(len(opened)), after, key=lambda at: opened[at].as_py())
        page = self._cases.slice(start, limit).to_pydict()
        return [
            Listed(at, UUID(case), account)
            for at, case, account in zip(page["opened"], page["case"], page["account"], strict=True)
        ]

    # --- what an export has not ------------------------------------------------------------------

    def append(
        self,
        rows: Sequence[Row],
        *,
        now: int,
        opened: Sequence[tuple[UUID, str]] = (),
        alarms: Alarms = KEPT,
    ) -> Appended:
        """Refuse: an export stays as it is."""
        self._refuses()

    def set_alarms(self, alarms: Alarms, *, upto: int) -> None:
        """Refuse, as `append` does."""
        self._refuses()

    def keep_checkpoint(self, size: int, note: str) -> None:
        """Refuse, as `append` does."""
        self._refuses()

    def ringing(
        self, until: int, *, after: tuple[int, UUID] | None = None, limit: int = 1000
    ) -> list[Ringing]:
        """Refuse: alarms are not exported."""
        self._lacks("alarms")

    def frontier(self) -> Frontier:
        """Refuse: the tree is not exported."""
        self._lacks("tree")

    def headers(self, after: int = 0, until: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Refuse: headers are not exported."""
        self._lacks("headers")

    def header(self, index: int) -> bytes | None:
        """Refuse: headers are not exported."""
        self._lacks("headers")

    def nodes(self, height: int, first: int, end: int) -> dict[int, Hash]:
        """Refuse: the tree is not exported."""
        self._lacks("tree")

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Refuse: checkpoints are not exported."""
        self._lacks("checkpoints")

    def board(self) -> BoardStore:
        """Refuse: views are not exported."""
        self._lacks("views")

    def _refuses(self) -> NoReturn:
        raise StoreReadOnly(f"{self.where} is an export: write to the store that it was made of")

    def _lacks(self, what: str) -> NoReturn:
        raise StoreError(f"{self.where} is an export and has no {what}: ask the store itself")

    def close(self) -> None:
        """Let go of what was read; no file stays open between two reads."""

    def __enter__(self) -> Self:
        """Give the store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Name the kind and the place."""
        return f"<ParquetStore {self.where}>"


def _table(group: _Group) -> Any:
    with parquet().ParquetFile(group.path) as file:
        return file.read_row_group(group.number)


def _rows(table: Any) -> Iterator[Scanned]:
    """Yield records as stores give them: plain tuples, the time as a number."""
    at = table.schema.get_field_index("recorded_at")
    micros = table["recorded_at"].cast("int64")
    for batch in table.set_column(at, "recorded_at", micros).to_batches(PAGE):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
