"""What is particular to a store in PostgreSQL."""

import re
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count, islice
from threading import Timer
from typing import Any, LiteralString
from unittest.mock import Mock
from urllib.parse import quote

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from freezecase.app.stores.ledger import End, grown
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Ringing, Store
from freezecase.errors import (
    NotOurStore,
    RecordError,
    StoreBusy,
    StoreError,
    StoreReadOnly,
)
from freezecase.seal.merkle import leaf_hash, root_of
from tests.app.stores.store_contract import NOW, case, rows

psycopg = pytest.importorskip("psycopg")


@pytest.fixture
def owner(postgres_url: str) -> Iterator[Any]:
    """A connection of the database's owner."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """A store with three records."""
    with open_store(postgres_url, busy_timeout=2, pool_size=2) as opened:
        opened.append(rows(1, 1, 3), now=NOW)
        yield opened


@contextmanager
def soon_committed(url: str, *statements: str) -> Generator[None]:
    """Somebody else's transaction, which has written and commits in a moment."""
    with psycopg.connect(url) as other:
        for statement in statements:
            other.execute(statement.encode())
        soon = Timer(0.2, other.commit)
        soon.start()
        yield
        soon.join()


def test_who_may_only_add_can_work(store: Store, owner: Any, postgres_url: str) -> None:
    """A user who may add records, and neither change nor remove them, needs no table lock."""
    from freezecase.app.stores.postgres import GRANTS

    user = f"freezer_{owner.info.dbname}"  # roles belong to the server, which other tests share
    owner.execute(f"CREATE ROLE {user} LOGIN PASSWORD 'let-me-in'")
    for grant in GRANTS:
        owner.execute(grant.format(schema="public", user=user))
    url = postgres_url.replace("postgres@", f"{user}:let-me-in@", 1)
    try:
        with open_store(url) as restricted:
            assert restricted.append(rows(2, 1, 2), now=NOW, opened=[(case(2), "a")]).first == 4
            assert restricted.cases_of("a") == [case(2)]
            restricted.append(rows(2, 3, 3), now=NOW, alarms={case(2): NOW})
            restricted.set_alarms({case(2): NOW - 1}, upto=6)
            assert restricted.ringing(NOW) == [Ringing(NOW - 1, case(2), "a")]
            assert "let-me-in" not in repr(restricted)
        with psycopg.connect(url, autocommit=True) as connection:
            for wish in (
                "UPDATE stored_events SET topic = 'x'",
                "DELETE FROM stored_events",
                "UPDATE cases SET account = 'x'",
                "DELETE FROM cases",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(wish)
        owner.execute(f"REVOKE UPDATE ON ledger_head FROM {user}")
        with open_store(url) as reader, pytest.raises(StoreReadOnly, match="GRANTS"):
            reader.append(rows(2, 4, 4), now=NOW)
    finally:
        owner.execute(f"DROP OWNED BY {user}")
        owner.execute(f"DROP ROLE {user}")


def test_the_index_of_a_removed_record_is_not_given_out_again(store: Store, owner: Any) -> None:
    """When the last record was removed by hand, the head knows, and nothing goes in its place."""
    owner.execute("DELETE FROM stored_events WHERE notification_id = 3")
    with pytest.raises(RecordError, match="should end with record 3 and ends with record 2"):
        store.append(rows(1, 3, 3), now=NOW)
    owner.execute("DELETE FROM ledger_head")
    for attempt in (store.head, lambda: store.append(rows(1, 3, 3), now=NOW)):
        with pytest.raises(RecordError, match="has lost its head"):
            attempt()


def test_a_list_of_cases_that_contradicts_the_records_is_no_conflict(
    store: Store, owner: Any
) -> None:
    """A broken list of cases is told apart from a version that is taken: nobody should retry."""
    owner.execute("INSERT INTO cases VALUES (9, %s, 'a', 0)", (case(2),))
    with pytest.raises(RecordError, match="contradicts itself"):
        store.append(rows(2, 1, 1), now=NOW, opened=[(case(2), "a")])


def test_a_writer_that_waited_too_long_says_so_once(
    store: Store, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time allowed it is busy: the engine would try ten times, for eleven seconds."""
    connections: Any = store.datastore  # type: ignore[attr-defined]
    insert: Any = store.insert_events  # type: ignore[attr-defined]
    connect = Mock(side_effect=connections.connection)
    with owner.transaction():
        owner.execute("SELECT FROM ledger_head FOR UPDATE")
        with monkeypatch.context() as patched:
            patched.setattr(connections, "connection", connect)
            with pytest.raises(StoreBusy, match="another writer held it too long"):
                insert([StoredEvent(case(1), 4, "a", b"")], now=NOW)
        assert len(store.read(case(1))) == 3
    assert connect.call_count == 1
    assert store.append(rows(1, 4, 4), now=NOW).first == 4


def test_an_append_that_is_turned_down_for_no_lasting_reason_is_tried_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was wrong when the append began, and no longer is, costs another try, but not many."""
    statements: Any = store
    turned_down = Mock(return_value=None)
    monkeypatch.setattr(statements, "_put", turned_down)
    with pytest.raises(StoreBusy, match="others kept changing it"):
        store.append(rows(1, 4, 4), now=NOW)
    assert turned_down.call_count == 4  # at once, and three times alone


def test_a_writer_waits_and_counts_on_from_the_one_before(store: Store, postgres_url: str) -> None:
    """A writer that had to wait goes on behind what was committed meanwhile, and sees no gap."""
    (row,) = rows(2, 1, 1)
    frontier = store.frontier()
    after = grown(store.origin, End(3, NOW, frontier), [row], {}, NOW)
    record = f"INSERT INTO stored_events VALUES ('{case(2)}', 1, '{row.name}', %s, 4, {NOW})"
    leaf = "INSERT INTO ledger_leaves VALUES (4, %s)"
    head = "UPDATE ledger_head SET size = 4, frontier = %s"
    roots = b"".join(after.end.frontier.roots)
    said = [spelt(head, roots), spelt(record, row.state), spelt(leaf, after.headers[0])]
    with soon_committed(postgres_url, *said):
        assert store.append(rows(1, 4, 4), now=NOW).first == 5
    assert store.frontier().root == root_of(leaf_hash(header) for _, header in store.headers())


def spelt(statement: str, value: bytes) -> str:
    """A statement with bytes in it."""
    return statement % f"'\\x{value.hex()}'"


def test_an_alarm_is_written_over_one_that_came_while_waiting(
    store: Store, postgres_url: str
) -> None:
    """The alarm of the later record stands, though it is what stood there when the wait began."""
    store.append(rows(2, 1, 1), now=NOW, opened=[(case(2), "a")], alarms={case(2): NOW})
    lock, silence = "SELECT FROM ledger_head FOR UPDATE", "UPDATE cases SET alarm = NULL"
    with soon_committed(postgres_url, lock, silence):
        store.append(rows(2, 2, 2), now=NOW, alarms={case(2): NOW})
    assert store.ringing(NOW) == [Ringing(NOW, case(2), "a")]


def test_alarms_made_again_wait_for_a_writer_and_see_what_it_wrote(
    store: Store, postgres_url: str
) -> None:
    """Who had to wait compares with what was committed meanwhile, not with an older picture."""
    store.append(rows(2, 1, 1), now=NOW, opened=[(case(2), "a")], alarms={case(2): NOW})
    record = f"INSERT INTO stored_events VALUES ('{case(2)}', 2, 'a', '', 5, 0)"
    with soon_committed(postgres_url, "UPDATE ledger_head SET size = 5", record):
        store.set_alarms({case(2): None}, upto=4)
    assert store.ringing(NOW) == [Ringing(NOW, case(2), "a")]


def plan(connection: Any, sql: bytes) -> str:
    """How a prepared statement is carried out, whatever its values are."""
    numbers = count(1)
    text = re.sub("%[bs]", lambda _: f"${next(numbers)}", sql.decode())
    nothing = ", ".join(["NULL"] * (next(numbers) - 1))
    connection.execute("SET plan_cache_mode = force_generic_plan")
    connection.execute(f"PREPARE asked AS {text}")
    steps = connection.execute(f"EXPLAIN EXECUTE asked ({nothing})").fetchall()
    connection.execute("DEALLOCATE asked")
    return "\n".join(step for (step,) in steps)


def test_what_rings_is_found_by_its_index(store: Store, owner: Any) -> None:
    """Neither are the cases read whole to find it, nor is it sorted afterwards."""
    many = [row for number in range(10, 2010) for row in rows(number, 1, 1)]
    alarms = {row.case: NOW + number for number, row in enumerate(many)}
    store.append(many, now=NOW, opened=[(row.case, "a") for row in many], alarms=alarms)
    owner.execute("ANALYZE")
    statements: dict[str, bytes] = store._sql  # type: ignore[attr-defined]
    limit, found, condition = plan(owner, statements["ringing"]).split("\n")
    assert limit.startswith("Limit ")
    assert found.startswith("  ->  Index Scan using cases_alarm on cases ")
    assert (
        condition.strip() == "Index Cond: ((alarm <= $1) AND (ROW(alarm, case_id) > ROW($2, $3)))"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "append",
        "set_alarms",
        "ringing",
        "exists",
        "read",
        "versions",
        "scan",
        "scan_cases",
        "cases",
        "cases_of",
    ],
)
def test_a_plan_made_over_small_tables_serves_large_ones(
    store: Store, owner: Any, statement: str
) -> None:
    """No plan reads a table whole, or sorts it: made while it was small, it is kept as it grows."""
    owner.execute("ANALYZE")
    with store.datastore.connection() as connection:  # type: ignore[attr-defined]
        mode = connection.execute("SHOW plan_cache_mode").fetchone()
        steps = plan(connection, store._sql[statement])  # type: ignore[attr-defined]
    assert mode == ("force_generic_plan",)
    assert "Index" in steps
    slow = ("Seq Scan", "Bitmap", "Hash", "Sort")
    assert [step for step in steps.split("\n") if any(word in step for word in slow)] == []


def test_a_lost_connection_is_told_and_replaced(store: Store, owner: Any) -> None:
    """A cut connection leaves open what was stored, says so, and the next call works."""
    store.size()
    owner.execute(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE pid != pg_backend_pid() AND datname = current_database()"
    )
    with pytest.raises(StoreError, match="may or may not have been stored"):
        store.append(rows(1, 4, 4), now=NOW)
    assert store.append(rows(1, 4, 4), now=NOW).first == 4


@pytest.mark.parametrize(
    "setting",
    [
        "default_transaction_isolation = 'serializable'",
        "synchronous_commit = off",
        "search_path = 'nowhere'",
        "lock_timeout = 1",
    ],
)
def test_settings_of_the_database_do_not_change_the_store(
    store: Store, owner: Any, postgres_url: str, setting: str
) -> None:
    """Whatever a database or a user was set to, commits are durable, and writers only queue."""
    name = owner.info.dbname
    owner.execute(f'ALTER DATABASE "{name}" SET {setting}')
    with open_store(postgres_url, busy_timeout=20) as other:
        with other.datastore.connection() as connection:  # type: ignore[attr-defined]
            durable = connection.execute("SHOW synchronous_commit").fetchone()
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda n: other.append(rows(n, 1, 5), now=NOW), range(10, 30)))
        assert other.size() == 103
    assert durable == ("on",)


def test_a_commit_may_be_asked_to_be_quick(postgres_url: str) -> None:
    """`NORMAL` means here what it means for a file: fast, in order, the last may be lost."""
    with (
        open_store(postgres_url, synchronous="NORMAL") as store,
        store.datastore.connection() as connection,  # type: ignore[attr-defined]
    ):
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("off",)


def test_the_environment_chooses_nothing(
    store: Store, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What libpq would take from the environment is pinned: the same URL is the same store."""
    for name, value in {
        "PGHOST": "/nowhere",
        "PGHOSTADDR": "192.0.2.1",
        "PGPORT": "1",
        "PGUSER": "mallory",
        "PGDATABASE": "other",
        "PGOPTIONS": "-c default_transaction_read_only=on",
        "PGCLIENTENCODING": "LATIN1",
        "PGTARGETSESSIONATTRS": "standby",
        "PGAPPNAME": "other",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "y",
    }.items():
        monkeypatch.setenv(name, value)
    with open_store(postgres_url) as other:
        other.append(rows(2, 1, 1), now=NOW, opened=[(case(2), "é")])
        assert other.cases_of("é") == [case(2)]
    assert store.size() == 4


def test_the_mode_without_a_lock_cannot_be_switched_on(store: Store) -> None:
    """The engine's mode that loses records for a follower changes nothing here."""
    store.datastore.enable_db_functions = True  # type: ignore[attr-defined]
    insert: Any = store.insert_events  # type: ignore[attr-defined]
    with pytest.raises(IntegrityError):
        insert([StoredEvent(case(2), 1, "a", b""), StoredEvent(case(1), 1, "a", b"")], now=NOW)
    assert list(insert([StoredEvent(case(1), 4, "a", b"")], now=NOW)) == [4]
    assert store.head() == (4, NOW)


def test_a_subscription_wakes(store: Store) -> None:
    """The engine's subscription gives what was there, and what comes, under our indexes."""
    soon = Timer(0.3, lambda: store.append(rows(1, 4, 4), now=NOW))
    soon.start()
    with store.subscribe(gt=1) as subscription:  # type: ignore[attr-defined]
        in_vain = Timer(30, subscription.stop)
        in_vain.start()
        seen = [note.id for note in islice(subscription, 3)]
        in_vain.cancel()
    soon.join()
    assert seen == [2, 3, 4]


def test_a_database_may_be_read_only(store: Store, owner: Any, postgres_url: str) -> None:
    """A database that takes no writes, such as a replica, can be read."""
    owner.execute(f'ALTER DATABASE "{owner.info.dbname}" SET default_transaction_read_only = on')
    with open_store(postgres_url) as replica:
        assert replica.size() == 3
        with pytest.raises(StoreReadOnly, match="is this a replica"):
            replica.append(rows(1, 4, 4), now=NOW)


@pytest.mark.parametrize(
    "table",
    [
        "stored_events (originator_id uuid, notification_id bigserial)",
        "cases (id int)",
        "store_meta (key text, value text)",
    ],
)
def test_tables_of_somebody_else_are_refused_and_left_alone(
    owner: Any, postgres_url: str, table: LiteralString
) -> None:
    """A schema in which one of our names means something else is not ours."""
    owner.execute("CREATE TABLE " + table)
    with pytest.raises(NotOurStore):
        open_store(postgres_url)
    assert owner.execute(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    ).fetchone() == (1,)


def test_stores_can_share_a_database(owner: Any, postgres_url: str) -> None:
    """A store lives in the schema that the URL names, beside whatever else is there."""
    owner.execute('CREATE SCHEMA "a b"')
    owner.execute("CREATE TABLE public.customers (id int)")
    with open_store(postgres_url) as one, open_store(f"{postgres_url}&schema=a%20b") as two:
        two.append(rows(1, 1, 2), now=NOW)
        assert (one.size(), two.size()) == (0, 2)
    with pytest.raises(StoreError, match="no such schema"):
        open_store(f"{postgres_url}&schema=none")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE store_meta SET value = '2' WHERE key = 'record_format'", "newer.*format 2.*to 1"),
        ("UPDATE store_meta SET value = '4' WHERE key = 'layout'", "newer.*layout 4.*to 3"),
        ("DELETE FROM store_meta WHERE key = 'layout'", "older.*layout 1.*make a new store"),
    ],
)
def test_a_store_of_another_day_is_refused(
    store: Store, owner: Any, postgres_url: str, change: str, said: str
) -> None:
    """Records of a later day are not read by guessing, and older tables are not changed."""
    owner.execute(change)
    with pytest.raises(StoreError, match=said):
        open_store(postgres_url)


def test_a_store_that_must_be_there_is_not_made(owner: Any, postgres_url: str) -> None:
    """Without `create`, an empty database stays empty."""
    with pytest.raises(StoreError, match="is empty"):
        open_store(postgres_url, create=False)
    assert owner.execute(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    ).fetchone() == (0,)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("/test_", "/no_such_test_"), "does not exist"),
        (("host=", "host=/nowhere"), "no connection"),
    ],
)
def test_what_cannot_be_reached_says_why(
    postgres_url: str, change: tuple[str, str], said: str
) -> None:
    """The first connection is made in the open, so that the reason is known at once."""
    secret = quote("s3cr:t@")
    url = postgres_url.replace(*change, 1).replace("postgres@", f"postgres:{secret}@", 1)
    with pytest.raises(StoreError, match=said) as refused:
        open_store(url)
    assert "s3cr" not in f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__dict__}"


def test_a_value_it_cannot_hold_is_not_stored(store: Store) -> None:
    """A text with a zero byte, a number too large: the append is refused, and the store goes on."""
    with pytest.raises(StoreError, match="cannot hold such a value"):
        store.append(rows(2, 1, 1), now=NOW, opened=[(case(2), "a\0b")])
    with pytest.raises(StoreError, match="cannot hold such a value"):
        store.append(rows(1, 4, 4), now=NOW, alarms={case(1): 2**63})
    assert store.append(rows(2, 1, 1), now=NOW).first == 4
