"""When customers came: from the records of a store, or from a log of the telephone system."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from freezecase.app.stores.store import Store
from freezecase.core.checked import refuse
from freezecase.core.events import ContactReceived
from freezecase.errors import ImportFailed
from freezecase.wire.codec import read_entry
from freezecase.wire.names import EVENTS

__all__ = ["contacts_in_log", "contacts_in_store"]


def contacts_in_store(store: Store) -> Iterator[datetime]:
    """Yield when customers got in touch, as the cases of a store have it, in ledger order."""
    for index, _recorded_at, _case, _version, name, state in store.scan():
        if EVENTS.get(name) is ContactReceived:
            yield read_entry(name, state, f"record {index}").occurred_at


def contacts_in_log(path: Path, column: str, zone: str = "UTC") -> Iterator[datetime]:
    """
    Yield the instants in a column of a CSV file, plain or gzip; *zone* is of those that name none.

    Raises:
        InvalidValue: there is no such column or zone, or a cell holds no instant.
        ImportFailed: the file cannot be read.

    """
    try:
        local = ZoneInfo(zone)
    except (KeyError, OSError, ValueError):
        raise refuse("zone", zone, "it takes an IANA name, such as `Europe/Zurich`") from None
    for number, cell in _cells(path, column):
        at = _instant(cell, f"`{column}` in row {number} of `{path.name}`")
        yield at if at.tzinfo else at.replace(tzinfo=local)


def _cells(path: Path, column: str) -> Iterator[tuple[int, str]]:
    """Yield the cells of a column with their rows, as a spreadsheet counts them."""
    unzip = gzip.open if path.suffix == ".gz" else open
    try:
        with unzip(path, "rt", encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            place = _place(next(rows, []), column, path)
            yield from ((n, row[place]) for n, row in enumerate(rows, start=2) if row[place:])
    except (OSError, EOFError, zlib.error, csv.Error, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise ImportFailed(f"log `{path}` cannot be read: {why}") from None


def _place(header: list[str], column: str, path: Path) -> int:
    if column not in header:
        columns = ", ".join(f"`{one}`" for one in header) or "no columns: the file is empty"
        raise refuse("column", column, f"`{path.name}` has {columns}")
    return header.index(column)


def _instant(cell: str, where: str) -> datetime:
    try:
        return datetime.fromisoformat(cell.strip())
    except ValueError:
        raise refuse(where, cell, "an instant such as `2026-03-31T17:00Z`") from None
