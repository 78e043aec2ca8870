"""
One byte of what is stored is changed, any byte, and it is found.

Every byte of every column of every row of every table of a small log is changed once, one at a
time, on SQLite and on PostgreSQL. None is left out and none is sampled. What the tables themselves
refuse (a doubled key) counts as found. Views are no part of it: they are folded from the records
again whenever somebody asks.
"""

import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest

from freezecase import Actor
from freezecase.app.clock import micros_of
from freezecase.app.stores.opening import open_store
from freezecase.errors import FreezeCaseError
from freezecase.replay.verify import verify
from tests.app.books import url_of
from tests.benchmarks.material import MONDAY
from tests.replay.ledgers import (
    ORIGIN,
    TRUST,
    Insider,
    PostgresInsider,
    SQLiteInsider,
    World,
    small,
    told,
)

ANA: Final = Actor.staff("ana")
NOW: Final = micros_of(MONDAY)


KEYS: Final[dict[str, tuple[str, ...]]] = {
    "stored_events": ("{index}",),
    "ledger_leaves": ("leaf_index",),
    "ledger_nodes": ("height", "place"),
    "ledger_head": ("id",),
    "ledger_checkpoints": ("size", "note"),
    "cases": ("opened",),
}
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "stored_events": (
        "{index}", "originator_id", "originator_version", "topic", "state", "recorded_at",
    ),
    "ledger_leaves": ("leaf_index", "header"),
    "ledger_nodes": ("height", "place", "hash"),
    "ledger_head": ("size", "recorded_at", "frontier"),
    "ledger_checkpoints": ("size", "note"),
    "cases": ("opened", "case_id", "account", "alarm"),
}  # fmt: skip
"""Every column, but for `ledger_head.id`, which is always 1 and says nothing."""


def changed(value: Any) -> Iterator[Any]:
    """Yield *value* with one byte of it changed, each in turn; of eight those of a number."""
    if value is None:
        yield NOW
    elif isinstance(value, int):
        for byte in range(8):
            flipped = value ^ (1 << 8 * byte)
            yield flipped - 2**64 if flipped >= 2**63 else flipped
    elif isinstance(value, UUID):
        for at in range(16):
            yield UUID(bytes=flipped_at(value.bytes, at))
    elif isinstance(value, bytes):
        for at in range(len(value)):
            yield flipped_at(value, at)
    else:
        for at, char in enumerate(value):
            yield value[:at] + chr(ord(char) ^ (0x20 if char.isalpha() else 1)) + value[at + 1 :]


def flipped_at(value: bytes, at: int) -> bytes:
    """The same bytes but for one: a letter becomes its other case, and anything else another."""
    other = value[at] ^ (0x20 if bytes([value[at]]).isalpha() else 1)
    return value[:at] + bytes([other]) + value[at + 1 :]


def flips(insider: Insider, table: str) -> Iterator[tuple[str, str, Any, Any]]:
    """Change each value of a table in each way, let somebody look, and put it back."""
    columns, keys = COLUMNS[table], KEYS[table]
    for row in insider.sql(f"SELECT {', '.join((*columns, *keys))} FROM {table}"):
        where = dict(zip(keys, row[len(columns) :], strict=True))
        for column, value in zip(columns, row, strict=False):
            for other in changed(value):
                if put(insider, table, column, other, where):
                    yield table, column, value, other
                    put(
                        insider,
                        table,
                        column,
                        value,
                        where | ({column: other} if column in where else {}),
                    )


def put(insider: Insider, table: str, column: str, value: Any, where: dict[str, Any]) -> bool:
    """Write one value; say whether the table took it."""
    named = " AND ".join(f"{key} = ?" for key in where)
    try:
        insider.sql(f"UPDATE {table} SET {column} = ? WHERE {named}", value, *where.values())
    except (sqlite3.IntegrityError, psycopg.IntegrityError, psycopg.DataError):
        return False
    return True


def is_found(insider: Insider, notes: Sequence[str]) -> bool:
    """Say whether somebody who verifies finds anything, or cannot even read it."""
    try:
        return verify(insider.store, TRUST, notes).exit_code != 0
    except FreezeCaseError:
        return True


@pytest.mark.parametrize(
    ("table", "made"),
    [
        pytest.param("stored_events", small, id="stored_events"),
        pytest.param("ledger_leaves", small, id="ledger_leaves"),
        pytest.param("ledger_checkpoints", small, id="ledger_checkpoints"),
        pytest.param("ledger_head", small, id="ledger_head"),
        pytest.param("ledger_nodes", lambda: small(130), id="ledger_nodes"),
        pytest.param("cases", told, id="cases"),
    ],
)
def test_any_single_byte_that_is_changed_is_found(
    insider: Insider, table: str, made: Callable[[], World]
) -> None:
    """Every byte of every row and column, one at a time."""
    world = made()
    insider.write(world.ledger)
    assert not is_found(insider, world.notes), "untouched it is clean"

    tried, missed = 0, []
    for flip in flips(insider, table):
        tried += 1
        if not is_found(insider, world.notes):
            missed.append(flip)

    assert missed == []
    assert tried > 0
    assert insider.read() == world.ledger, "every change was taken back"


COLUMNS_OF: Final[dict[type[Any], str]] = {
    SQLiteInsider: "SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c "
    "WHERE t.type = 'table'",
    PostgresInsider: "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = 'public'",
}


def test_no_column_of_a_store_is_left_out(insider: Insider) -> None:
    """Who adds a column adds it here, or says why a change of it does no harm."""
    there = {*insider.sql(COLUMNS_OF[type(insider)])}
    index = "rowid" if isinstance(insider, SQLiteInsider) else "notification_id"
    flipped = {
        (table, column.format(index=index))
        for table, columns in COLUMNS.items()
        for column in columns
    }
    elsewhere = {("store_meta", "key"), ("store_meta", "value"), ("ledger_head", "id")}

    assert flipped | elsewhere == there


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_any_single_byte_of_what_a_store_says_of_itself_is_found(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """It is not opened, or it is the log of another name."""
    url = url_of(kind, request, tmp_path)
    with open_store(url, origin=ORIGIN) as store, owner_of(store, url) as insider:
        insider.write(small().ledger)
        rows = insider.sql("SELECT key, value FROM store_meta")
        assert not is_found_on_opening(url)
        missed: list[tuple[object, ...]] = []
        for key, value in rows:
            for other in changed(key):
                insider.sql("UPDATE store_meta SET key = ? WHERE key = ?", other, key)
                missed += [] if is_found_on_opening(url) else [(key, other)]
                insider.sql("UPDATE store_meta SET key = ? WHERE key = ?", key, other)
            for other in changed(value):
                insider.sql("UPDATE store_meta SET value = ? WHERE key = ?", other, key)
                missed += [] if is_found_on_opening(url) else [(key, value, other)]
                insider.sql("UPDATE store_meta SET value = ? WHERE key = ?", value, key)

    assert missed == []
    assert {"format", "layout", "record_format", "origin"} <= {key for key, _ in rows}


def is_found_on_opening(url: str) -> bool:
    """Say whether it is refused, or found once it is open."""
    try:
        with open_store(url, create=False, verify=False, pool_size=1) as store:
            return verify(store, TRUST, small().notes).exit_code != 0
    except FreezeCaseError:
        return True


@contextmanager
def owner_of(store: Any, url: str) -> Generator[Insider]:
    """The owner of the tables of a store."""
    if url.startswith("sqlite"):
        yield SQLiteInsider(store)
        return
    with psycopg.connect(url, autocommit=True) as connection:
        yield PostgresInsider(store, connection)
