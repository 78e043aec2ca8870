"""
Export a store to Parquet: a folder that any data tool opens, and that is a store to read.

    exported = export_parquet(store, Path("exports/2026-03"))
    with open_store("parquet:///exports/2026-03") as copy: ...    # replay it, judge it again

Records are written as they are stored, byte for byte: a section that is sealed stays sealed. What
is written while the export is under way is left out, so that the export is the ledger as it stood
when that began. `freezecase.app.stores.parquet_files` says what is in the files.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from shutil import rmtree
from typing import Any, Final, TypeAlias

import attrs

from freezecase.app.stores.parquet_files import (
    CASES,
    GROUP,
    Manifest,
    arrow,
    cases_schema,
    parquet,
    records_schema,
)
from freezecase.app.stores.store import Head, Store
from freezecase.core.checked import refuse
from freezecase.errors import RecordError
from freezecase.replay.parts import Told, ranges, records_in

__all__ = ["FILE", "Exported", "export_parquet"]

FILE: Final = 500_000
"""About how many records a file has."""
_PAGE: Final = 1000
_Row: TypeAlias = tuple[Any, ...]
_KINDS: Final = {(int, int, str, int, str, bytes), (int, str, str)}
"""What stands in the row of a record, and of a case; Arrow would make one of another."""
_REPEATED: Final = ["case", "name", "account"]


@attrs.frozen(kw_only=True)
class Exported:
    """What was exported."""

    records: int
    cases: int
    files: int
    """Files of records; the list of cases is one more."""


def export_parquet(
    store: Store, folder: Path, *, file: int = FILE, progress: Told | None = None
) -> Exported:
    """
    Write all records of *store*, and the list of its cases, into a new folder.

    It gets its name when all of it is there: until then that ends in `.partial`.

    Args:
        store: where the records are; it is only read.
        folder: where to write; it must not be there yet.
        file: about how many records to write into one file.
        progress: told (files done, of how many) after each.

    Raises:
        InvalidValue: the folder is there already, or one that was not finished.
        RecordError: a row holds what no writer of ours puts there.
        StoreError: the store cannot be read; or pyarrow is not installed.

    """
    with _finished(folder) as unfinished:
        return _exported(store, unfinished, file, progress)


@contextmanager
def _finished(folder: Path) -> Generator[Path]:
    """Give a folder to write to, which gets its name in the end; of a failure nothing stays."""
    unfinished = folder.with_name(f"{folder.name}.partial")
    for there in (folder, unfinished):
        if there.exists():
            raise refuse("folder", str(there), "it takes a folder that is not there yet")
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        unfinished.rename(folder)
    except BaseException:
        rmtree(unfinished, ignore_errors=True)
        raise


def _exported(store: Store, folder: Path, file: int, progress: Told | None) -> Exported:
    head, several = store.head(), ranges(store, part=file)
    files: list[tuple[str, int]] = []
    for number, part in enumerate(several, 1):
        name, rows = f"records-{number:05}.parquet", records_in(store, part)
        written = _written(folder / name, records_schema(), _of_then(store, head, rows))
        files.append((name, written))
        if progress is not None:
            progress(number, len(several))
    manifest = Manifest(
        origin=store.origin,
        sealed=store.sealed,
        size=head.size,
        recorded_at=head.recorded_at,
        files=tuple(files),
    )
    schema = cases_schema().with_metadata(manifest.metadata)
    cases = _written(folder / CASES, schema, _of_then(store, head, _listed(store)))
    return Exported(records=sum(rows for _, rows in files), cases=cases, files=len(files))


def _listed(store: Store) -> Iterator[_Row]:
    after = 0
    while page := store.cases(after, _PAGE):
        yield from ((opened, case.hex, account) for opened, case, account in page)
        after = page[-1].opened


def _of_then(store: Store, head: Head, rows: Iterable[_Row]) -> Iterator[_Row]:
    """Leave out what was written since; what stands past the end otherwise is damage: keep it."""
    return (row for row in rows if row[0] <= head.size or store.head() == head)


def _written(path: Path, schema: Any, rows: Iterator[_Row]) -> int:
    """Write rows to a file, a group at a time, and return how many there were."""
    written = 0
    with parquet().ParquetWriter(
        path, schema, compression="zstd", use_dictionary=_REPEATED
    ) as file:
        while group := [*islice(rows, GROUP)]:
            file.write_table(_table(schema, group))
            written += len(group)
    return written


def _table(schema: Any, rows: list[_Row]) -> Any:
    for row in rows:
        if tuple(map(type, row)) not in _KINDS:
            said = f"ledger index {row[0]} holds something that no writer of ours puts there"
            raise RecordError(f"{said}: replay the store, it says what")
    columns = zip(*rows, strict=True)
    arrays = (
        arrow().array(values).cast(field.type)
        for values, field in zip(columns, schema, strict=True)
    )
    return arrow().Table.from_arrays([*arrays], schema=schema)
