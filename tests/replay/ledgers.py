"""
A whole ledger as plain values, and the owner of a database who writes whatever they like into it.

An attack changes the values; an insider writes them into the tables of a store by SQL, past the
library and with the guards dropped. So one table of attacks runs against every kind of store.
"""

import sqlite3
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from freezecase import Actor, Casebook, Ground, Scope
from freezecase import commands as do
from freezecase.app.alarms import alarm_of
from freezecase.app.anchoring.proving import Prover
from freezecase.app.clock import instant_of, micros_of
from freezecase.app.stores.ledger import End, frontier_of, grown
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Row, Store
from freezecase.core import events as e
from freezecase.core.evolve import fold, unopened
from freezecase.policy.book import PolicyBook
from freezecase.policy.standard import standard
from freezecase.replay.findings import Report
from freezecase.replay.verify import verify
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.merkle import Frontier, leaf_hash
from freezecase.seal.note import Kind, Signer
from freezecase.seal.trust import Trust
from freezecase.wire.codec import encode, read_event
from freezecase.wire.shapes import Entry
from tests.app.stores.insider import without_guards
from tests.benchmarks.material import MONDAY, Ticking

ORIGIN: Final = "bank.example/freezecase"
LOG: Final = Signer.of_seed(ORIGIN, bytes([1] * 32))
WITNESSES: Final = (
    Signer.of_seed("regulator.example/w1", bytes([2] * 32), Kind.COSIGNATURE),
    Signer.of_seed("audit.example/w2", bytes([3] * 32), Kind.COSIGNATURE),
)
TRUST: Final = Trust.of([LOG.key], [one.key for one in WITNESSES], 2)
ANA, ROB, ENGINE = Actor.staff("ana"), Actor.staff("rob"), Actor.system("risk-engine")
SOON: Final = timedelta(seconds=2)


@attrs.define
class Record:
    """A row of `stored_events`, but for its index."""

    case: str
    version: int
    name: str
    state: bytes
    recorded_at: int


@attrs.define
class Ledger:
    """What stands in the tables of a store."""

    records: dict[int, Record]
    leaves: dict[int, bytes]
    nodes: dict[tuple[int, int], bytes]
    head: tuple[int, int, bytes]
    copies: list[tuple[int, str]]
    cases: dict[int, tuple[str, str, int | None]]

    def copy(self) -> "Ledger":
        """Take a copy to attack."""
        return deepcopy(self)

    @property
    def size(self) -> int:
        """How many records there are."""
        return len(self.records)

    def recomputed(self) -> None:
        """Do what a thorough insider does: number, link and hash everything anew."""
        kept = [self.records[index] for index in sorted(self.records)]
        moved = {old: new for new, old in enumerate(sorted(self.records), 1)}
        end, leaves, last = End(0, 0, Frontier()), dict[int, bytes](), dict[UUID, bytes]()
        nodes: dict[tuple[int, int], bytes] = {}
        for index, one in enumerate(kept, 1):
            row = Row(UUID(one.case), one.version, one.name, one.state)
            after = grown(ORIGIN, _unheld(end, one), [row], last, one.recorded_at)
            end, leaves[index] = after.end, after.headers[0]
            last |= {case: leaf for case, (_version, leaf) in after.last.items()}
            nodes |= {(node.height, node.place): node.hash for node in after.nodes}
        self.records = dict(enumerate(kept, 1))
        self.leaves, self.nodes = leaves, nodes
        latest = max((one.recorded_at for one in kept), default=0)
        self.head = (end.size, latest, b"".join(end.frontier.roots))
        self.cases = {moved[at]: one for at, one in self.cases.items() if at in moved}

    def cut(self, size: int) -> None:
        """Drop everything after an index, and repair what says how the ledger ends."""
        self.records = {index: one for index, one in self.records.items() if index <= size}
        self.cases = {at: one for at, one in self.cases.items() if at <= size}
        self.copies = [(at, note) for at, note in self.copies if at <= size]
        self.recomputed()
        self.cases = {at: (*one[:2], self.alarm(one[0])) for at, one in self.cases.items()}

    def alarm(self, case: str) -> int | None:
        """The alarm that a case should have, by its records."""
        records = [one for _, one in sorted(self.records.items()) if one.case == case]
        events = [read_event(one.name, one.state) for one in records]
        return alarm_of(fold(events, unopened(UUID(case))))

    def append(self, record: Record) -> None:
        """Append a record at the end as the library does, which looks at the rows that it finds."""
        size, _recorded_at, roots = self.head
        row = Row(UUID(record.case), record.version, record.name, record.state)
        followed = [
            leaf_hash(self.leaves[at])
            for at, one in self.records.items()
            if (one.case, one.version) == (record.case, record.version - 1)
        ]
        end = End(size, record.recorded_at, frontier_of(size, roots, "the test"))
        before = dict.fromkeys([row.case], followed[0]) if followed else {}
        after = grown(ORIGIN, end, [row], before, record.recorded_at)
        self.records[size + 1], self.leaves[size + 1] = record, after.headers[0]
        self.nodes |= {(node.height, node.place): node.hash for node in after.nodes}
        self.head = (size + 1, record.recorded_at, b"".join(after.end.frontier.roots))


def _unheld(end: End, record: Record) -> End:
    """The end, without the clock that holds a record at the time of the one before."""
    return end._replace(recorded_at=record.recorded_at)


class Insider(Protocol):
    """Reads and writes the tables of a store by SQL, as their owner."""

    store: Store

    def read(self) -> Ledger:
        """What stands there."""
        ...

    def write(self, ledger: Ledger) -> None:
        """Replace all of it."""
        ...

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Say one statement, with `?` for each value; `{index}` is the column of the index."""
        ...


@attrs.define
class SQLiteInsider:
    """The owner of a file, or of a store in memory."""

    store: Any

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection that the store itself writes by."""
        connection: sqlite3.Connection = self.store.datastore._writing_connection()
        return connection

    def read(self) -> Ledger:
        """What stands there."""
        return read_by(lambda query: self.connection.execute(query).fetchall(), "rowid")

    def write(self, ledger: Ledger) -> None:
        """Replace all of it."""
        without_guards(self.connection)
        self.connection.execute("BEGIN")
        write_by(self.connection.executemany, ledger, "rowid", "?")
        self.connection.execute("COMMIT")

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Say one statement."""
        return self.connection.execute(statement.format(index="rowid"), values).fetchall()


@attrs.define
class PostgresInsider:
    """The owner of the tables in a PostgreSQL database."""

    store: Store
    connection: Any

    def read(self) -> Ledger:
        """What stands there."""
        return read_by(lambda query: self.connection.execute(query).fetchall(), "notification_id")

    def write(self, ledger: Ledger) -> None:
        """Replace all of it."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            write_by(cursor.executemany, ledger, "notification_id", "%s")

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Say one statement."""
        spelt = statement.format(index="notification_id").replace("?", "%s")
        done = self.connection.execute(spelt, values)
        return done.fetchall() if done.description else []


def read_by(fetch: Callable[[str], Any], index: str) -> Ledger:
    """Read every table."""
    events = fetch(
        f"SELECT {index}, originator_id, originator_version, topic, state, recorded_at "
        "FROM stored_events"
    )
    return Ledger(
        records={row[0]: Record(UUID(str(row[1])).hex, *row[2:]) for row in events},
        leaves=dict(fetch("SELECT leaf_index, header FROM ledger_leaves")),
        nodes={(row[0], row[1]): row[2] for row in fetch("SELECT * FROM ledger_nodes")},
        head=fetch("SELECT size, recorded_at, frontier FROM ledger_head")[0],
        copies=fetch("SELECT size, note FROM ledger_checkpoints ORDER BY size"),
        cases={
            row[0]: (UUID(str(row[1])).hex, *row[2:])
            for row in fetch("SELECT opened, case_id, account, alarm FROM cases")
        },
    )


def write_by(many: Any, ledger: Ledger, index: str, mark: str) -> None:
    """Replace the rows of every table."""
    rows: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
        "stored_events": (
            f"{index}, originator_id, originator_version, topic, state, recorded_at",
            [(at, *attrs.astuple(one)) for at, one in ledger.records.items()],
        ),
        "ledger_leaves": ("leaf_index, header", [*ledger.leaves.items()]),
        "ledger_nodes": (
            "height, place, hash",
            [(*place, hash_) for place, hash_ in ledger.nodes.items()],
        ),
        "ledger_head": ("id, size, recorded_at, frontier", [(1, *ledger.head)]),
        "ledger_checkpoints": ("size, note", [*ledger.copies]),
        "cases": (
            "opened, case_id, account, alarm",
            [(at, *one) for at, one in ledger.cases.items()],
        ),
    }
    for table, (columns, values) in rows.items():
        many(f"DELETE FROM {table} WHERE {mark} = {mark}", [(1, 1)])
        marks = ", ".join([mark] * len(columns.split(",")))
        if values:
            many(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


# --- a ledger that is sound, and the notes about it ---------------------------------------------


def note_of(size: int, root: bytes, at: datetime, witnesses: Sequence[Signer] = WITNESSES) -> str:
    """A checkpoint, signed by the log and cosigned by witnesses soon after."""
    text = Checkpoint(ORIGIN, size, root).text
    lines = (one.line(text, at=at + SOON) for one in witnesses)
    return LOG.signed(text) + "".join(lines)


@attrs.frozen
class World:
    """A sound ledger, and the notes that are kept outside of it."""

    ledger: Ledger
    notes: tuple[str, ...]
    sizes: tuple[int, ...]
    """At which sizes there are notes."""


WINDOW: Final = 5
"""So many records follow the last checkpoint."""


@cache
def told() -> World:
    """Three cases at once: a release, an appeal that is heard, and one that was only begun."""
    with open_store("memory:", origin=ORIGIN) as store:
        tell(Casebook(store, PolicyBook.of(standard()), Ticking()))
        return world_of(store)


def tell(book: Casebook) -> None:
    """Let it happen."""
    first, second, third = (
        book.execute(
            do.ImposeFreeze(
                account=f"acct-{number}", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
            ),
            by=ENGINE,
        ).case.id
        for number in (1, 2, 3)
    )
    steps: list[tuple[do.Command, Actor]] = [
        (do.ConfirmEnforcement(first), ENGINE),
        (do.ConfirmEnforcement(second), ENGINE),
        (do.ProposeRelease(first, reason="it was the owner"), ANA),
        (do.UpholdFreeze(second, reason="the device is unknown"), ANA),
        (do.ApproveRelease(first), ROB),
        (do.ConfirmRelease(first), ENGINE),
        (do.ConfirmEnforcement(third), ENGINE),
        (do.AssignCase(third, to=ROB.person), ENGINE),
        (do.CloseCase(first, outcome="cleared"), ANA),
    ]
    for command, by in steps:
        book.execute(command, by=by)


def world_of(store: Store, every: int = 8) -> World:
    """The ledger of a store in memory, with a checkpoint every so many records."""
    ledger = SQLiteInsider(store).read()
    last = ledger.size - WINDOW
    sizes = (*range(every, last, every), last)
    prover = Prover(store)
    notes = tuple(
        note_of(size, prover.root(size), instant_of(ledger.records[size].recorded_at))
        for size in sizes
    )
    ledger.copies = [*zip(sizes, notes, strict=True)]
    return World(ledger, notes, sizes)


HAPPENED: Final[tuple[e.CaseEvent, ...]] = (
    e.FreezeImposed(account="a", ground=Ground.SELF_LOCK, scope=Scope.withdrawals(), by=ANA.person),
    e.CaseClosed(by=ANA.person, outcome="cleared"),
)


def said(event: e.CaseEvent) -> Entry:
    """A record of it."""
    return Entry(event=event, actor=ANA, occurred_at=MONDAY, command_id=UUID(int=1))


@cache
def small(cases: int = 1) -> World:
    """Short cases, as few bytes as records can have, and a checkpoint before the last record."""
    with open_store("memory:", origin=ORIGIN) as store:
        for number in range(1, cases + 1):
            case = UUID(int=number * 0x1E3779B97F4A7C15F39CC0605CEDC835 % 2**128)
            for version, event in enumerate(HAPPENED, 1):
                row = Row(case, version, *encode(said(event)))
                opened = [(case, "a")] if version == 1 else []
                store.append([row], now=micros_of(MONDAY) + 2 * number + version, opened=opened)
        ledger, size = SQLiteInsider(store).read(), 2 * cases - 1
        root = Prover(store).root(size)
    note = note_of(size, root, instant_of(ledger.records[size].recorded_at))
    ledger.copies = [(size, note)]
    return World(ledger, (note,), (size,))


def verified(insider: Insider, ledger: Ledger, notes: Sequence[str], **how: Any) -> Report:
    """What `verify` says once the ledger was written into the store."""
    insider.write(ledger)
    return verify(insider.store, how.pop("trust", TRUST), notes, **how)
