"""
The rails around a ledger: who may add and nothing else, and where a rail ends.

G1 to G3 of the threat model. Rails keep the honest from slipping. Whoever owns the database takes
them down, or gets past them: then it is `verify` that tells.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from freezecase import Casebook
from freezecase.app.clock import SystemClock, instant_of
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.postgres import GRANTS
from freezecase.app.stores.store import Row, Store
from freezecase.policy.book import PolicyBook
from freezecase.policy.standard import standard
from freezecase.replay.verify import verify
from tests.app.books import opened, url_of
from tests.house.source import ROOT
from tests.replay.ledgers import (
    ORIGIN,
    TRUST,
    PostgresInsider,
    SQLiteInsider,
    World,
    note_of,
)

EACH = 12
"""So many commands each process asks."""
TABLES = ("stored_events", "ledger_leaves", "ledger_nodes", "ledger_checkpoints")
CHANGES = {
    "stored_events": "UPDATE stored_events SET state = state",
    "ledger_leaves": "UPDATE ledger_leaves SET header = header",
    "ledger_nodes": "UPDATE ledger_nodes SET hash = hash",
    "ledger_checkpoints": "UPDATE ledger_checkpoints SET note = note",
}


def filled(store: Store, world: World, owner: Any = None) -> None:
    """Put the sound ledger into a store, by its owner, who then puts the rails up again."""
    if owner is not None:
        PostgresInsider(store, owner).write(world.ledger)
        return
    connection = SQLiteInsider(store).connection
    query = "SELECT sql FROM sqlite_master WHERE type = 'trigger'"
    rails = [sql for (sql,) in connection.execute(query)]
    SQLiteInsider(store).write(world.ledger)
    for rail in rails:
        connection.execute(rail)


@pytest.fixture
def user(postgres_url: str, world: World) -> Iterator[str]:
    """The URL of a user who was granted what writers need, and no more."""
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        with open_store(postgres_url, origin=ORIGIN) as store:
            filled(store, world, owner)
        name = f"adder_{owner.info.dbname}"
        owner.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'let-me-in'".encode())
        for grant in GRANTS:
            owner.execute(grant.format(schema="public", user=name).encode())
        try:
            yield postgres_url.replace("postgres@", f"{name}:let-me-in@", 1)
        finally:
            owner.execute(f"DROP OWNED BY {name}".encode())
            owner.execute(f"DROP ROLE {name}".encode())


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("wish", ["UPDATE", "DELETE", "TRUNCATE", "DROP"])
def test_who_may_add_may_neither_change_nor_remove(user: str, table: str, wish: str) -> None:
    """G1, on PostgreSQL: a right that was not granted is not there."""
    said = {
        "UPDATE": CHANGES[table],
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table}",
        "DROP": f"DROP TABLE {table}",
    }[wish]
    with (
        psycopg.connect(user, autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(said.encode())


def test_who_may_add_adds_and_verifies(user: str, world: World) -> None:
    """G1: the library needs no more than what was granted, also to verify."""
    third = world.ledger.records[41]
    with open_store(user) as store:
        store.append(
            [Row(UUID(third.case), 10, third.name, third.state)], now=third.recorded_at + 1
        )
        report = verify(store, TRUST, world.notes)

    assert report.leaves == 43
    assert {"HEAD_STALE", "RULE_BROKEN"} >= report.found.keys()


@pytest.fixture
def path(tmp_path: Path, world: World) -> Path:
    """A file with the sound ledger, its rails up."""
    file = tmp_path / "cases.db"
    with open_store(f"sqlite:///{file}", origin=ORIGIN) as store:
        filled(store, world)
    return file


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("wish", ["UPDATE", "DELETE"])
def test_rails_keep_what_is_recorded_as_it_is(path: Path, table: str, wish: str) -> None:
    """G2, on SQLite: a trigger refuses it, whatever program asks."""
    said = CHANGES[table] if wish == "UPDATE" else f"DELETE FROM {table}"
    with closing(sqlite3.connect(path)) as connection:
        if not connection.execute(f"SELECT 1 FROM {table}").fetchone():
            connection.execute("INSERT INTO ledger_nodes VALUES (8, 0, x'00')")
        with pytest.raises(sqlite3.IntegrityError, match="is never changed"):
            connection.execute(said)


def test_insert_or_replace_gets_past_the_rails_and_is_found(path: Path, world: World) -> None:
    """G3: it deletes without asking a trigger, unless the connection says otherwise."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT OR REPLACE INTO stored_events SELECT rowid, originator_id, originator_version, "
            "topic, replace(state, 'ana', 'eve'), recorded_at FROM stored_events WHERE rowid = 23"
        )
    with open_store(f"sqlite:///{path}", verify=False) as store:
        report = verify(store, TRUST, world.notes)

    assert dict(report.found) == {"EVENT_ALTERED": 1}


def test_insert_or_replace_on_our_own_connections_meets_the_rails(path: Path) -> None:
    """G3: there the pragma is on, so the library cannot do it by mistake."""
    with open_store(f"sqlite:///{path}") as store:
        connection = SQLiteInsider(store).connection
        with pytest.raises(sqlite3.IntegrityError, match="is never changed"):
            connection.execute(
                "INSERT OR REPLACE INTO ledger_leaves SELECT leaf_index, x'00' FROM ledger_leaves"
            )


def test_a_replaced_newest_row_gets_the_same_index_and_is_found(path: Path, world: World) -> None:
    """A20, as SQLite does it: the number of the last row is given out again."""
    newest = world.ledger.records[42]
    with closing(sqlite3.connect(path)) as connection, connection:
        for trigger in ("stored_events_update", "stored_events_delete"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("DELETE FROM stored_events WHERE rowid = 42")
        other = attrs.evolve(newest, state=newest.state.replace(b"cleared", b"bribery"))
        written = connection.execute(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state, "
            "recorded_at) VALUES (?, ?, ?, ?, ?)",
            attrs.astuple(other),
        )
    with open_store(f"sqlite:///{path}", verify=False) as store:
        report = verify(store, TRUST, world.notes)

    assert written.lastrowid == 42
    assert dict(report.found) == {"EVENT_ALTERED": 1}


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_what_two_processes_write_at_once_is_one_sound_ledger(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """To add: indexes, links and the tree agree, whoever was first."""
    url = url_of(kind, request, tmp_path)
    with open_store(url, origin=ORIGIN) as store:
        book = Casebook(store, PolicyBook.of(standard()), SystemClock())
        case = opened(book).id
        writers = [program("stream", url, case, seed, EACH) for seed in range(2)]
        for writer in writers:
            with writer:
                writer.communicate(timeout=120)
        assert [writer.returncode for writer in writers] == [0, 0]
        note = note_of(store.size(), store.frontier().root, instant_of(store.head().recorded_at))
        report = verify(store, TRUST, [note])

    assert dict(report.found) == {}
    assert report.leaves > 2 * EACH


def program(*arguments: object) -> subprocess.Popen[str]:
    """A process of its own that writes."""
    words = [sys.executable, "-m", "tests.app.writers", *map(str, arguments)]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
