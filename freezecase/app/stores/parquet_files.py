"""
What an export to Parquet is made of: its files, their columns, and what they say of themselves.

    records-00001.parquet ...  case by case, each file with the cases of one range of ids
    cases.parquet              the list of cases, in the order of opening

Records are the very bytes that were stored, sealed sections included. The list of cases is written
last; it says how many records each file has, so that one that is missing or was cut shows.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import attrs

from freezecase.errors import NotOurStore, StoreError
from freezecase.wire.names import RECORD_FORMAT

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "CASES",
    "GROUP",
    "Manifest",
    "arrow",
    "cases_schema",
    "column",
    "parquet",
    "records_schema",
]

CASES: Final = "cases.parquet"
GROUP: Final = 10_000
"""Records in a row group: what is read at a time, and what a range of cases is looked up by."""
FORMAT: Final = "freezecase-export"
VERSION: Final = 1
_KEY: Final = b"freezecase"


def arrow() -> Any:
    """Return the module that makes tables; it is an extra, and large."""
    return _extra("pyarrow")


def column(name: str) -> Any:
    """Return what stands for a column in a filter."""
    return _extra("pyarrow.compute").field(name)


def parquet() -> Any:
    """Return the module that reads and writes files."""
    return _extra("pyarrow.parquet")


def _extra(module: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        raise StoreError(
            f"Parquet needs `{missing.name}`: pip install 'freezecase[arrow]'"
        ) from missing


def records_schema() -> Any:
    """Return the columns of records: as `Store.scan` gives them, the time as a time."""
    pa = arrow()
    columns = {
        "index": pa.int64(),
        "recorded_at": pa.timestamp("us", "UTC"),
        "case": pa.string(),
        "version": pa.int64(),
        "name": pa.string(),
        "state": pa.binary(),
    }
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in columns.items()])


def cases_schema() -> Any:
    """Return the columns of the list of cases."""
    pa = arrow()
    columns = {"opened": pa.int64(), "case": pa.string(), "account": pa.string()}
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in columns.items()])


@attrs.frozen(kw_only=True)
class Manifest:
    """What an export says of the store that it was made of, and of itself."""

    origin: str
    sealed: bool
    """Whether texts are sealed in it, as they were in the store."""
    size: int
    """Where the ledger ended."""
    recorded_at: int
    """When its last record was recorded, in us since 1970."""
    files: tuple[tuple[str, int], ...]
    """The files of records, in the order of case ids, each with how many it has."""

    @property
    def metadata(self) -> dict[bytes, bytes]:
        """What stands in the file of cases."""
        said = {"format": FORMAT, "version": VERSION, "record_format": RECORD_FORMAT}
        return {_KEY: json.dumps(said | attrs.asdict(self)).encode()}

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """
        Return what the export in *folder* says.

        Raises:
            NotOurStore: there is none.
            StoreError: it was made by a newer freezecase, or a file is missing.

        """
        where = f"`parquet:///{folder}`"
        try:
            said = json.loads((parquet().read_schema(folder / CASES).metadata or {})[_KEY])
        except (OSError, KeyError, ValueError) as error:
            raise NotOurStore(
                f"{where} is no export of freezecase: name a folder that `freezecase export` made"
            ) from error
        written = said.pop("format"), said.pop("version"), said.pop("record_format")
        if written != (FORMAT, VERSION, RECORD_FORMAT):
            raise StoreError(
                f"{where} was written as {written}, this freezecase reads "
                f"{(FORMAT, VERSION, RECORD_FORMAT)}: read it with the one that wrote it"
            )
        files = tuple((str(name), int(rows)) for name, rows in said.pop("files"))
        return cls(**said, files=files)
