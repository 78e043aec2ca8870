"""Load, append, command, bulk and replay, on SQLite and on PostgreSQL."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import attrs
import msgspec

from freezecase import Casebook, Channel, Ground, Scope
from freezecase import commands as do
from freezecase.app.clock import micros_of
from freezecase.app.reading import folded_cases
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Row as Stored
from freezecase.wire.codec import read_entry
from tests.benchmarks.harness import Row, compare, repeat
from tests.benchmarks.material import ENGINE, MONDAY, Ticking, fill, records_of_a_case
from tests.benchmarks.peer import PeerBook, PeerCase, facts, keep, play, postgres_peer, sqlite_peer

Named = list[tuple[str, Any]]
ALARM = micros_of(MONDAY)
HEADER = bytes(250)  # about as long as one is


@attrs.frozen(kw_only=True)
class Bench:
    """One kind of store: ours, the peer's, and bare SQL on the same server or disk."""

    name: str
    url: str
    long_url: str
    """A store of its own for the long history."""
    peer: PeerBook
    bare: Callable[[str], Any]
    """Open a bare connection to our database (`ours`) or to an empty one (`empty`)."""
    streaming: Callable[[Any], Any]
    """Make a cursor that does not fetch everything at once."""
    mark: str
    """How the driver marks a value in a statement."""
    append_goal: float


def sqlite_bench(folder: Path) -> Bench:
    """Benchmark SQLite in files of *folder*: WAL, synchronous FULL, for all three."""

    def bare(which: str) -> Any:
        connection = sqlite3.connect(folder / f"{which}.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    return Bench(
        name="SQLite",
        url=f"sqlite:///{folder / 'ours.db'}",
        long_url=f"sqlite:///{folder / 'long.db'}",
        peer=sqlite_peer(str(folder / "peer.db")),
        bare=bare,
        streaming=lambda connection: connection.cursor(),
        mark="?",
        append_goal=1.8,
    )


def postgres_bench(ours: str, empty: str, long: str, peer: str) -> Bench:
    """Benchmark PostgreSQL in four databases of one server."""
    import psycopg

    urls = {"ours": ours, "empty": empty, "long": long}
    return Bench(
        name="PostgreSQL",
        url=ours,
        long_url=long,
        peer=postgres_peer(peer),
        bare=lambda which: psycopg.connect(urls[which], autocommit=True),
        streaming=lambda connection: connection.cursor("floor", withhold=True),
        mark="%s",
        append_goal=2.5,
    )


def rows(bench: Bench, *, replayed: int) -> Iterator[Row]:
    """Measure one kind of store; the replay reads so many records."""
    with Casebook.open(bench.url, clock=Ticking(next_id=10**9)) as book:
        yield from _loads(bench, book)
        yield from _append(bench, book)
        yield _command(bench, book)
        yield _bulk(bench, book)
    yield from _replay(bench, replayed)


def _key(bench: Bench, case: UUID) -> Any:
    return case.hex if bench.mark == "?" else case


def _named(versions: int) -> tuple[list[tuple[int, str, bytes]], Named]:
    stored = records_of_a_case(8 + 2 * max(0, (versions - 24) // 2))[:versions]
    rows = [(version, name, state) for version, name, state, *_ in stored]
    return rows, [(name, read_entry(name, state)) for _version, name, state in rows]


def _loads(bench: Bench, book: Casebook) -> Iterator[Row]:
    for versions, goal in ((20, 2.5), (500, 6.0)):
        stored, named = _named(versions)
        cases = [uuid4() for _ in range(20)]
        for case in cases:
            book.store.append(
                [Stored(case, *row) for row in stored], now=micros_of(MONDAY), opened=[(case, "a")]
            )
        theirs = [play(named) for _ in cases]
        for one in theirs:
            keep(bench.peer, one)
        connection, keys = bench.bare("ours"), [_key(bench, case) for case in cases]
        fetch = (
            "SELECT originator_version, topic, state FROM stored_events "
            f"WHERE originator_id = {bench.mark} ORDER BY originator_version"
        )
        times = 200 // versions or 1
        yield compare(
            f"{bench.name}: load a case of {versions} events",
            floor=repeat(
                times, lambda: [connection.execute(fetch, (key,)).fetchall() for key in keys]
            ),
            ours=repeat(times, lambda: [book.case(case) for case in cases]),
            peer=repeat(times, lambda: [bench.peer.repository.get(one.id) for one in theirs]),
            units=times * len(cases),
            goal=goal,
        )
        connection.close()


def _append(bench: Bench, book: Casebook) -> Iterator[Row]:
    """Append one record; the floors write it without a ledger, and with one that is ready."""
    connection = bench.bare("empty")
    binary = "BLOB" if bench.mark == "?" else "bytea"
    connection.execute(
        f"CREATE TABLE bare (case_id TEXT, version INTEGER, name TEXT, state {binary}, "
        "PRIMARY KEY (case_id, version))"
    )
    insert = f"INSERT INTO bare VALUES ({', '.join([bench.mark] * 4)})"
    _version, name, state = _named(2)[0][1]
    numbers = itertools.count(1)
    case = uuid4()
    _open, peer_named = _named(2)
    theirs = play(peer_named)
    keep(bench.peer, theirs)

    def floor() -> None:
        connection.execute("BEGIN")
        connection.execute(insert, (case.hex, next(numbers), name, state))
        connection.execute("COMMIT")

    mine = itertools.count(1)

    def ours() -> None:
        book.store.append([Stored(case, next(mine), name, state)], now=micros_of(MONDAY))

    def peer() -> None:
        theirs.happen(**facts(*peer_named[1]))
        bench.peer.save(theirs)

    yield compare(
        f"{bench.name}: append one record, durable",
        floor=repeat(50, floor),
        ours=repeat(50, ours),
        peer=repeat(50, peer),
        units=50,
        goal=bench.append_goal,
        note="floor: without a ledger",
    )
    connection.execute(f"CREATE TABLE leaves (place BIGINT PRIMARY KEY, header {binary})")
    connection.execute("CREATE TABLE head (size BIGINT)")
    connection.execute("INSERT INTO head VALUES (0)")
    leaf = f"INSERT INTO leaves VALUES ({bench.mark}, {bench.mark})"

    def floor_with_ledger() -> None:
        place = next(numbers)
        connection.execute("BEGIN")
        connection.execute(insert, (case.hex, place, name, state))
        connection.execute(leaf, (place, HEADER))
        connection.execute(f"UPDATE head SET size = {bench.mark}", (place,))
        connection.execute("COMMIT")

    yield compare(
        f"{bench.name}: append one record, header and head",
        floor=repeat(50, floor_with_ledger),
        ours=repeat(50, ours),
        units=50,
        note="floor: with a ledger that is ready",
    )


def _command(bench: Bench, book: Casebook) -> Row:
    """Load a case of 27 records, judge, decide, append, durable; the peer only loads and saves."""
    stored, named = _named(27)
    opening = [row for row in stored if row[1] != "case-closed.v1"]
    cases, theirs = _many(bench, book, opening, named, 16 * 20 + 20)
    mine, his = iter(cases), iter(theirs)
    connection, keys = bench.bare("ours"), itertools.cycle([_key(bench, case) for case in cases])
    fetch = (
        "SELECT originator_version, topic, state FROM stored_events "
        f"WHERE originator_id = {bench.mark} ORDER BY originator_version"
    )

    def peer() -> None:
        case: PeerCase = bench.peer.repository.get(next(his))
        case.happen(**facts(*named[5]))
        bench.peer.save(case)

    return compare(
        f"{bench.name}: one whole command (floor: one fetch)",
        floor=repeat(20, lambda: connection.execute(fetch, (next(keys),)).fetchall()),
        ours=repeat(
            20, lambda: book.execute(do.RecordContact(next(mine), channel=Channel.CHAT), by=ENGINE)
        ),
        peer=repeat(20, peer),
        units=20,
        peer_goal=0.6,
    )


def _many(
    bench: Bench, book: Casebook, stored: list[tuple[int, str, bytes]], named: Named, count: int
) -> tuple[list[UUID], list[UUID]]:
    """Return cases of ours and of the peer in which the same happened."""
    cases = [uuid4() for _ in range(count)]
    rows = [Stored(case, *row) for case in cases for row in stored]
    now = micros_of(MONDAY)
    for start in range(0, len(rows), 5000):
        book.store.append(rows[start : start + 5000], now=now)
    theirs = [play(named) for _ in cases]
    for one in theirs:
        keep(bench.peer, one)
    return cases, [one.id for one in theirs]


def _bulk(bench: Bench, book: Casebook) -> Row:
    """Freeze 6,000 accounts; the floor writes the same rows into a copy of our tables."""
    accounts = [f"acct-{number}" for number in range(6000)]
    scope, records = Scope.withdrawals(), _of_a_freeze()
    connection = bench.bare("empty")
    numbers = itertools.count(1)
    write = _bare_bulk(bench, connection, records)

    def floor() -> None:
        write([([next(numbers) for _ in records], uuid4(), account) for account in accounts])

    def ours() -> None:
        book.freeze_many(
            accounts, ground=Ground.INCIDENT, scope=scope, by=ENGINE, batch=uuid4(), chunk=6000
        )

    named = _named(len(records))[1]

    def peer() -> None:
        for _ in range(10):
            bench.peer.save(*[play(named) for _ in range(30)])

    row = compare(
        f"{bench.name}: freeze 6,000 accounts, each",
        floor=floor,
        ours=ours,
        units=6000,
        rounds=5,
        goal=2.5,
        note="floor: the same rows in the same tables, ids and headers ready",
    )
    theirs = compare("", floor=floor, ours=peer, units=300, rounds=3)
    return attrs.evolve(row, peer=theirs.ours, over_peer=row.ours / theirs.ours)


def _of_a_freeze() -> list[tuple[int, str, bytes]]:
    """Return the records of a freeze: the freeze itself, and what is owed from then on."""
    stored = records_of_a_case()
    more = (n for n, row in enumerate(stored[1:], 1) if row[1] != "obligation-opened.v1")
    return [(version, name, state) for version, name, state, *_ in stored[: next(more)]]


def _bare_bulk(
    bench: Bench, connection: Any, records: list[tuple[int, str, bytes]]
) -> Callable[[list[Any]], None]:
    """Return what writes rows in bulk as barely as can be: executemany, or COPY."""
    kinds = ("TEXT", "BLOB") if bench.mark == "?" else ("uuid", "bytea")
    connection.execute(
        f"CREATE TABLE bulk (idx BIGINT PRIMARY KEY, case_id {kinds[0]}, version BIGINT, "
        f"name TEXT, state {kinds[1]}, at BIGINT, UNIQUE (case_id, version))"
    )
    connection.execute(
        f"CREATE TABLE bulk_cases (idx BIGINT PRIMARY KEY, case_id {kinds[0]} UNIQUE, "
        "account TEXT, alarm BIGINT)"
    )
    connection.execute(f"CREATE TABLE bulk_leaves (idx BIGINT PRIMARY KEY, header {kinds[1]})")
    connection.execute("CREATE INDEX bulk_accounts ON bulk_cases (account, idx)")
    connection.execute("CREATE INDEX bulk_alarms ON bulk_cases (alarm, case_id)")

    def by_executemany(rows: list[Any]) -> None:
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO bulk VALUES (?, ?, ?, ?, ?, 0)",
            [
                (number, case.hex, *record)
                for numbers, case, _account in rows
                for number, record in zip(numbers, records, strict=True)
            ],
        )
        connection.executemany(
            "INSERT INTO bulk_cases VALUES (?, ?, ?, ?)",
            [(numbers[0], case.hex, account, ALARM) for numbers, case, account in rows],
        )
        connection.executemany(
            "INSERT INTO bulk_leaves VALUES (?, ?)",
            [(number, HEADER) for numbers, _case, _account in rows for number in numbers],
        )
        connection.execute("COMMIT")

    def by_copy(rows: list[Any]) -> None:
        with connection.transaction(), connection.cursor() as cursor:
            with cursor.copy("COPY bulk FROM STDIN") as copy:
                for numbers, case, _account in rows:
                    for number, record in zip(numbers, records, strict=True):
                        copy.write_row((number, case, *record, 0))
            with cursor.copy("COPY bulk_cases FROM STDIN") as copy:
                for numbers, case, account in rows:
                    copy.write_row((numbers[0], case, account, ALARM))
            with cursor.copy("COPY bulk_leaves FROM STDIN") as copy:
                for numbers, _case, _account in rows:
                    for number in numbers:
                        copy.write_row((number, HEADER))

    return by_executemany if bench.mark == "?" else by_copy


def _replay(bench: Bench, records: int) -> Iterator[Row]:
    """Read, decode and fold a long history; the floor reads it and parses it untyped."""
    store = open_store(bench.long_url)
    fill(store, cases=records // 20, versions=20)
    size = store.size()
    connection = bench.bare("long")
    untyped = msgspec.json.decode

    def floor() -> None:
        cursor = bench.streaming(connection)
        query = "SELECT originator_id, originator_version, topic, state FROM stored_events"
        cursor.execute(f"{query} ORDER BY {'rowid' if bench.mark == '?' else 'notification_id'}")
        while page := cursor.fetchmany(2000):
            for row in page:
                untyped(row[3])
        cursor.close()

    def ours() -> None:
        for _case in folded_cases(store.scan_cases()):
            pass

    row = compare(
        f"{bench.name}: replay {size:,} records, each",
        floor=floor,
        ours=ours,
        units=size,
        rounds=3,
        goal=2.5,
    )
    store.close()
    yield row
    yield attrs.evolve(
        _peer_replay(bench, row.ours),
        work=f"{bench.name}: replay, the peer's way (1,000 cases), each",
    )


def _peer_replay(bench: Bench, mine: float) -> Row:
    """Let the peer load a thousand cases one by one: its own way to rebuild a view."""
    named = _named(20)[1]
    cases = [play(named) for _ in range(1000)]
    for one in cases:
        keep(bench.peer, one)

    def peer() -> None:
        for one in cases:
            bench.peer.repository.get(one.id)

    row = compare("", floor=peer, ours=peer, units=21000, rounds=1)
    return attrs.evolve(
        row, floor=mine, ours=mine, peer=row.ours, over_floor=1.0, over_peer=mine / row.ours
    )
