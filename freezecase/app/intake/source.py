"""
The rows of a foreign log: streamed, numbered, told apart by case, and put in order.

Plain or gzip is seen by the first bytes, not by the name. A row number is what a spreadsheet shows:
the header is row 1, and a cell with line breaks in it is still one row.
"""

import csv
import gzip
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from freezecase.app.intake.content import digester
from freezecase.app.intake.report import AnomalyRule
from freezecase.app.intake.spec import Mapping
from freezecase.app.intake.spool import Spool
from freezecase.errors import BadMapping, ImportFailed

__all__ = ["Log", "SourceRow", "opened"]

GZIP: Final = b"\x1f\x8b"
STEP: Final = 10_000
"""How many rows are read between two words on the progress."""
LARGEST_CELL: Final = 16 * 1024 * 1024
UNREADABLE: Final = (OSError, EOFError, zlib.error, csv.Error)


class SourceRow(NamedTuple):
    """A row of the log, and the case it is about."""

    number: int
    case: str
    cells: list[str]
    fault: AnomalyRule | None = None
    """Why it cannot be about a case."""
    place: int = 0
    """Its place in the order of events."""


Progress = Callable[[int, int | None], None]


class Log:
    """A log whose header is read; `rows` gives its rows case by case, each case in order."""

    def __init__(self, mapping: Mapping, path: Path, progress: Progress) -> None:
        """Read the header and see that no column is missing."""
        self.mapping, self.path, self._progress = mapping, path, progress
        self.skipped: dict[str, int] = {}
        self.total: int | None = None
        with self._reader() as lines:
            header = next(lines, None)
        if header is None:
            raise ImportFailed(f"log `{path}` is empty: its first row should name the columns")
        self.columns = [name.strip() for name in header]
        self._refuse_columns()
        self.header = {name: n for n, name in enumerate(self.columns)}
        self._digest = digester(self.columns)
        self._spool: Spool | None = None

    def _refuse_columns(self) -> None:
        for name in self.columns:
            if self.columns.count(name) > 1:
                raise ImportFailed(f"log `{self.path}` has two columns `{name}`: rename one")
        missing = sorted(self.mapping.columns.difference(self.columns))
        if missing:
            has = ", ".join(f"`{name}`" for name in self.columns)
            raise BadMapping(
                f"mapping `{self.mapping.file}` reads column `{missing[0]}`, which log "
                f"`{self.path}` does not have: it has {has}",
                file=self.mapping.file,
                key=missing[0],
            )

    def sort(self, spool: Spool) -> None:
        """Sort the rows by case, in a temporary file: memory stays flat however many there are."""
        order = [self.header[name] for name in self.mapping.order]
        for done, row in enumerate(self._in_file(), start=1):
            texts = None if row.fault else [row.cells[n] for n in order]
            spool.add(row.number, row.case, texts, row.cells, row.fault)
            if done % STEP == 0:
                self._progress(done, None)
        self.total, self._spool = spool.sort(), spool

    def rows(self) -> Iterator[SourceRow]:
        """Give the rows case by case: cases by their first row, each case in its order."""
        rows = self._in_file() if self._spool is None else self._from_spool(self._spool)
        return self._each_a_case(rows) if self.mapping.case is None else rows

    @staticmethod
    def _from_spool(spool: Spool) -> Iterator[SourceRow]:
        for place, (number, case, cells, fault) in spool:
            yield SourceRow(number, case, cells, AnomalyRule(fault) if fault else None, place)

    @staticmethod
    def _each_a_case(rows: Iterator[SourceRow]) -> Iterator[SourceRow]:
        """Make a case of every row: those that say the same stand together, and are counted."""
        for _digest, alike in groupby(rows, attrgetter("case")):
            for n, row in enumerate(alike, start=1):
                yield row._replace(case=f"{row.case}#{n}" if row.case else "")

    def _in_file(self) -> Iterator[SourceRow]:
        """Give the rows as they stand in the file, but for those that are skipped by name."""
        mapping, width, number = self.mapping, len(self.columns), 1
        kind = None if mapping.kind is None else self.header[mapping.kind]
        keys = [self.header[name] for name in mapping.case or ()]
        self.skipped = {}
        with self._reader() as lines:
            next(lines)
            for number, cells in enumerate(lines, start=2):
                if len(cells) != width:
                    if cells:  # a blank line is no row
                        yield SourceRow(number, "", cells, AnomalyRule.RAGGED_ROW, number)
                elif kind is not None and cells[kind] in mapping.skip:
                    self.skipped[cells[kind]] = self.skipped.get(cells[kind], 0) + 1
                else:
                    case = self._case(cells, keys)
                    fault = None if case else AnomalyRule.NO_CASE
                    yield SourceRow(number, case, cells, fault, number)

    def _case(self, cells: list[str], keys: list[int]) -> str:
        if self.mapping.case is None:
            return self._digest(cells)
        for n in keys:
            if text := cells[n].strip():
                return text
        return ""

    @contextmanager
    def _reader(self) -> Generator[Iterator[list[str]]]:
        """Open the file as rows of cells; say in our words what cannot be read."""
        csv.field_size_limit(LARGEST_CELL)
        row = 0
        try:
            with _text(self.path) as file:
                reader = csv.reader(file, strict=True)

                def rows() -> Iterator[list[str]]:
                    nonlocal row
                    for row, cells in enumerate(reader, start=1):  # noqa: B007 - told when it fails
                        yield cells

                yield rows()
        except UnicodeDecodeError:
            raise ImportFailed(f"log `{self.path}` is not UTF-8 text after row {row}") from None
        except UNREADABLE as error:
            why = getattr(error, "strerror", None) or error
            where = f" after row {row}" if row else ""
            raise ImportFailed(f"log `{self.path}` cannot be read{where}: {why}") from None


def _text(path: Path) -> TextIO:
    with path.open("rb") as file:
        zipped = file.read(len(GZIP)) == GZIP
    # utf-8-sig: a byte order mark is no part of the first column's name
    return (gzip.open if zipped else open)(path, "rt", encoding="utf-8-sig", newline="")


@contextmanager
def opened(mapping: Mapping, path: Path, *, sort: bool, progress: Progress) -> Generator[Log]:
    """Open a log, sorted by case if *sort* says so; its temporary file goes with it."""
    log = Log(mapping, path, progress)
    if not sort:
        yield log
        return
    with Spool() as spool:
        log.sort(spool)
        yield log
