"""What is particular to a store in an SQLite file."""

import os
import sqlite3
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any
from unittest.mock import Mock

import pytest

from freezecase.app.stores import sqlite_statements as say
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.sqlite import SQLiteStore
from freezecase.app.stores.sqlite_connections import Connections
from freezecase.app.stores.store import Settings, Store
from freezecase.errors import (
    NotOurStore,
    RecordError,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
)
from tests.app.stores.insider import without_guards
from tests.app.stores.store_contract import NOW, case, rows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "cases.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A store with three records."""
    with open_store(f"sqlite:///{path}", busy_timeout=1.5) as opened:
        opened.append(rows(1, 1, 3), now=NOW)
        yield opened


@contextmanager
def by_hand(path: Path) -> Generator[sqlite3.Connection]:
    """A connection of somebody else's."""
    connection = without_guards(sqlite3.connect(path, isolation_level=None))
    try:
        yield connection
    finally:
        connection.close()


def pragma(connection: sqlite3.Connection, name: str) -> Any:
    """What a connection was told."""
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


@contextmanager
def without_privileges() -> Generator[None]:
    """Be a user whom permissions bind, even where the tests run as root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_the_index_of_a_removed_record_is_not_given_out_again(store: Store, path: Path) -> None:
    """When the last record was removed by hand, the head knows, and nothing goes in its place."""
    with by_hand(path) as connection:
        connection.execute("DELETE FROM stored_events WHERE rowid = 3")
    with pytest.raises(RecordError, match="should end with record 3 and ends with record 2"):
        store.append(rows(1, 3, 3), now=NOW)
    assert [raw[0] for raw in store.scan()] == [1, 2]


def test_a_record_slipped_in_by_hand_is_noticed(store: Store, path: Path) -> None:
    """So is one that was added behind the head's back, and a head that is gone."""
    with by_hand(path) as connection:
        connection.execute("INSERT INTO stored_events VALUES (4, 'x', 1, 'a', x'00', 0)")
        with pytest.raises(RecordError, match="should end with record 3 and ends with record 4"):
            store.append(rows(1, 4, 4), now=NOW)
        connection.execute("DELETE FROM ledger_head")
    for attempt in (store.head, lambda: store.append(rows(1, 4, 4), now=NOW)):
        with pytest.raises(RecordError, match="has lost its head"):
            attempt()


def test_a_list_of_cases_that_contradicts_the_records_is_no_conflict(
    store: Store, path: Path
) -> None:
    """A broken list of cases is told apart from a version that is taken: nobody should retry."""
    with by_hand(path) as connection:
        connection.execute("INSERT INTO cases VALUES (9, ?, 'a', 0)", (case(2).hex,))
    with pytest.raises(RecordError, match="contradicts itself"):
        store.append(rows(2, 1, 1), now=NOW, opened=[(case(2), "a")])


def test_what_rings_is_found_by_its_index(store: Store) -> None:
    """Neither are the cases read whole to find it, nor is it sorted afterwards."""
    assert isinstance(store, SQLiteStore)
    with store.datastore.reading() as connection:
        values = (NOW, NOW - 1, case(1).hex, 1000)
        plan = connection.execute(f"EXPLAIN QUERY PLAN {say.RINGING}", values).fetchall()
    found = "SEARCH cases USING INDEX cases_alarm ((alarm,case_id)>(?,?) AND alarm<?)"
    assert [step[3] for step in plan] == [found]


def test_an_alarm_that_stays_as_it_was_is_not_written(store: Store) -> None:
    """To say it again with each record costs no page and no entry of an index."""
    assert isinstance(store, SQLiteStore)
    store.append(rows(2, 1, 1), now=NOW, opened=[(case(2), "a")], alarms={case(2): NOW})
    with store.datastore.writing() as connection:
        before = connection.total_changes
    store.append(rows(2, 2, 2), now=NOW, alarms={case(2): NOW})
    with store.datastore.writing() as connection:
        assert connection.total_changes == before + 3  # the record, its header and the head


def test_vacuum_keeps_the_indexes(store: Store, path: Path) -> None:
    """Compacting the file moves no record to another index."""
    with by_hand(path) as connection:
        connection.execute("DELETE FROM stored_events WHERE rowid = 1")
        connection.execute("VACUUM")
    assert [raw[0] for raw in store.scan()] == [2, 3]


def test_the_alarm_of_a_new_case_takes_no_second_statement(store: Store) -> None:
    """It is written with the case; only a case that goes on is looked up for it."""
    assert isinstance(store, SQLiteStore)
    said: list[str] = []
    with store.datastore.writing() as connection:
        connection.set_trace_callback(said.append)
    store.append(rows(2, 1, 1), now=NOW, opened=[(case(2), "a")], alarms={case(2): NOW})
    assert [words for words in said if words.startswith("UPDATE cases")] == []
    store.append(rows(2, 2, 2), now=NOW, alarms={case(2): NOW + 1})
    assert len([words for words in said if words.startswith("UPDATE cases")]) == 1


@pytest.mark.parametrize(("synchronous", "number"), [("FULL", 2), ("NORMAL", 1)])
def test_nothing_is_left_to_a_default(path: Path, synchronous: str, number: int) -> None:
    """Every connection says how it writes, waits and checks; the file is in WAL mode."""
    with open_store(f"sqlite:///{path}", synchronous=synchronous, busy_timeout=7) as store:
        assert isinstance(store, SQLiteStore)
        for lend in (store.datastore.reading, store.datastore.writing):
            with lend() as connection:
                assert pragma(connection, "synchronous") == number
                assert pragma(connection, "foreign_keys") == 1
                assert pragma(connection, "busy_timeout") == 7000
                assert pragma(connection, "trusted_schema") == 0
                assert pragma(connection, "journal_mode") == "wal"
                assert pragma(connection, "application_id") == int.from_bytes(b"FZCS")


def test_those_who_start_at_once_all_change_the_mode(path: Path) -> None:
    """Of several that switch a new file to WAL some are refused at once: they try again."""
    refused = sqlite3.OperationalError("database is locked")
    refused.sqlite_errorcode = sqlite3.SQLITE_BUSY
    mode = Mock(fetchone=Mock(return_value=["delete"]))
    connection = Mock()
    connections = Connections(path, Settings(True, "FULL", 0.05, 1, None, None, True))
    connection.execute.side_effect = [mode, None, refused, refused, None, None]
    connections.use_wal(connection)
    assert [call.args[0] for call in connection.execute.call_args_list] == [
        "PRAGMA journal_mode",
        "PRAGMA busy_timeout = 0",
        *["PRAGMA journal_mode = WAL"] * 3,
        "PRAGMA busy_timeout = 50",
    ]
    connection.execute.side_effect = [mode, None, *[refused] * 9]
    with pytest.raises(StoreBusy):
        connections.use_wal(connection)
    refused.sqlite_errorcode = sqlite3.SQLITE_IOERR
    connection.execute.side_effect = [mode, None, refused]
    with pytest.raises(sqlite3.OperationalError):
        connections.use_wal(connection)


def test_a_copy_made_by_vacuum_is_a_store(store: Store, path: Path) -> None:
    """A copy that SQLite made is opened, and put into the mode that copies do not keep."""
    copy = path.with_name("copy.db")
    with by_hand(path) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    with open_store(f"sqlite:///{copy}") as copied, by_hand(copy) as connection:
        assert [*copied.scan()] == [*store.scan()]
        assert pragma(connection, "journal_mode") == "wal"


def test_a_thread_does_not_wait_for_ever_for_another(store: Store) -> None:
    """Writers on one handle queue too, and give up after the same time."""
    assert isinstance(store, SQLiteStore)
    with store.datastore.writing(), ThreadPoolExecutor(1) as thread:
        attempt = thread.submit(store.append, rows(1, 4, 4), now=NOW)
        assert isinstance(attempt.exception(), StoreBusy)


def test_more_readers_than_connections_are_served(path: Path) -> None:
    """The size of the pool says how many connections are kept, not how many may read."""
    with open_store(f"sqlite:///{path}", pool_size=1) as store:
        assert isinstance(store, SQLiteStore)
        with store.datastore.reading() as one, store.datastore.reading() as two:
            assert pragma(one, "query_only") == pragma(two, "query_only") == 0
        assert store.size() == 0


def test_a_writer_waits_for_another(store: Store, path: Path) -> None:
    """A writer that finds the file locked waits: a deferred transaction would fail at once."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    soon = Timer(0.1, other.execute, ["COMMIT"])
    soon.start()
    assert store.append(rows(1, 4, 4), now=NOW).first == 4
    soon.join()
    other.close()


def test_a_writer_that_waited_too_long_says_so(store: Store, path: Path) -> None:
    """After the time allowed it is busy, not hung and not retried; readers never wait."""
    with by_hand(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="another writer held it too long"):
            store.append(rows(1, 4, 4), now=NOW)
        assert len(store.read(rows(1, 1, 1)[0].case)) == 3
        connection.execute("COMMIT")
    assert store.append(rows(1, 4, 4), now=NOW).first == 4


def test_a_full_disk_loses_nothing(store: Store) -> None:
    """When there is no room, the append is refused whole, and the store goes on afterwards."""
    assert isinstance(store, SQLiteStore)
    with store.datastore.writing() as connection:
        connection.execute("PRAGMA max_page_count = 20")
    with pytest.raises(StoreFull, match="nothing was stored"):
        store.append(rows(1, 4, 400, size=800), now=NOW)
    assert store.size() == 3
    assert store.append(rows(1, 4, 400, size=800), now=NOW).first == 4  # on a new connection


def test_a_file_that_may_not_be_written_can_be_read(store: Store, path: Path) -> None:
    """An archived store on a medium without any right to write opens, reads, and refuses rows."""
    store.close()
    for folder in (path.parent, *path.parent.parents[:3]):
        folder.chmod(0o755)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        with without_privileges(), open_store(f"sqlite:///{path}") as archived:
            assert archived.size() == 3
            assert len([*archived.scan()]) == 3
            with pytest.raises(StoreReadOnly, match="read, not written"):
                archived.append(rows(1, 4, 4), now=NOW)
            assert archived.size() == 3
    finally:
        path.parent.chmod(0o755)


def test_a_log_beside_a_file_is_never_left_out(store: Store, path: Path) -> None:
    """What stands in the write-ahead log counts: a file is not read without it as if unchanging."""
    assert isinstance(store, SQLiteStore)
    assert not store.datastore.freeze()
    with open_store("memory:") as memory:
        assert isinstance(memory, SQLiteStore)
        assert not memory.datastore.freeze()


@pytest.mark.parametrize(
    "content",
    [b"dear diary, today nobody froze me\n" * 99, b"SQLite format 3\0" + b"\xff" * 4000],
)
def test_a_file_of_another_kind_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    """A file that is no database is not ours, and is not touched."""
    path.write_bytes(content)
    with pytest.raises(NotOurStore, match="no SQLite database"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_database_of_somebody_else_is_refused_and_left_alone(path: Path) -> None:
    """A database with other tables is not ours, though they be called like ours."""
    with by_hand(path) as connection:
        connection.execute("CREATE TABLE stored_events (a, b)")
    before = path.read_bytes()
    with pytest.raises(NotOurStore, match="no store of freezecase"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ("value = '2' WHERE key = 'record_format'", StoreError, "newer freezecase.*format 2.*to 1"),
        ("value = '4' WHERE key = 'layout'", StoreError, "newer freezecase.*layout 4.*to 3"),
        ("value = 'other' WHERE key = 'format'", NotOurStore, "no store of freezecase"),
    ],
)
def test_a_store_of_a_later_day_is_refused(
    store: Store, path: Path, change: str, error: type[StoreError], said: str
) -> None:
    """A newer record format, or newer tables, are not read by guessing."""
    store.close()
    with by_hand(path) as connection:
        connection.execute(f"UPDATE store_meta SET {change}")
    with pytest.raises(error, match=said):
        open_store(f"sqlite:///{path}")


def test_a_store_without_alarms_is_refused_and_left_alone(store: Store, path: Path) -> None:
    """The tables of an earlier day are not changed: with no alarms in them nobody would ring."""
    store.close()
    with by_hand(path) as connection:
        connection.execute("DELETE FROM store_meta WHERE key = 'layout'")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"older freezecase.*layout 1.*make a new store"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_damaged_file_is_reported(store: Store, path: Path) -> None:
    """Pages that were overwritten are an error that says so, not an empty answer."""
    store.append(rows(1, 4, 500, size=800), now=NOW)
    store.close()
    content = bytearray(path.read_bytes())
    content[8192 : len(content) - 4096] = os.urandom(len(content) - 12288)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"), open_store(f"sqlite:///{path}") as damaged:
        list(damaged.scan())


@pytest.mark.parametrize(
    ("name", "said"),
    [("none.db", "no such file"), ("no/such/folder.db", "no folder"), ("empty.db", "is empty")],
)
def test_a_store_that_must_be_there_is_not_made(tmp_path: Path, name: str, said: str) -> None:
    """Without `create`, a misspelt name is an error and not a new, empty store."""
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match=said):
        open_store(f"sqlite:///{tmp_path}/{name}", create=False)
    assert not (tmp_path / "none.db").exists()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A folder in the place of a file is named as what it is."""
    with pytest.raises(StoreError, match="is a folder"):
        open_store(f"sqlite:///{tmp_path}")
