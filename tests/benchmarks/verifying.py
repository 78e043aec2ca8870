"""
Verify a whole store, against replaying it; and what of it takes the time.

    python -m tests.benchmarks.verifying [RECORDS]

The store is sound: every case with its account and its alarm, a cosigned checkpoint for every
hundredth part. So what is measured is what an auditor pays each night, and nothing is found.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from uuid import UUID

import attrs

from freezecase.app.alarms import alarm_of
from freezecase.app.clock import micros_of
from freezecase.app.reading import events_of, folded_cases
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Row as Stored
from freezecase.app.stores.store import Store
from freezecase.core.evolve import fold, unopened
from freezecase.core.values import AccountId
from freezecase.replay.pairs import joined
from freezecase.replay.verify import verify
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.merkle import Frontier, leaf_hash
from freezecase.seal.note import Kind, Signer
from freezecase.seal.trust import Trust
from tests.benchmarks.harness import Row, compare, table
from tests.benchmarks.material import MONDAY, Ticking, records_of_a_case
from tests.benchmarks.stores import Bench, sqlite_bench

VERSIONS = 20
ACCOUNT: AccountId = "acct-4711"
WITNESSES = [
    Signer.of_seed(f"w{number}.example", bytes([number] * 32), Kind.COSIGNATURE)
    for number in (1, 2)
]


def rows(bench: Bench, *, records: int) -> Iterator[Row]:
    """Measure one kind of store with so many records."""
    with open_store(bench.long_url, origin="bank.example/freezecase") as store:
        log = Signer.of_seed(store.origin, bytes(32))
        notes = sound(store, log, records // VERSIONS)
        trust = Trust.of([log.key], [one.key for one in WITNESSES], 2)
        size = store.size()

        def replay() -> None:
            for _case in folded_cases(store.scan_cases()):
                pass

        def whole() -> None:
            assert verify(store, trust, notes).exit_code == 0

        row = compare(
            f"{bench.name}: verify {size:,} records, each",
            floor=replay,
            ours=whole,
            units=size,
            rounds=3,
            goal=2.0,
        )
        yield attrs.evolve(row, note=f"floor: replay; {dominates(store, replay)}")


def sound(store: Store, log: Signer, cases: int) -> list[str]:
    """Fill a store with sound cases; return a hundred cosigned checkpoints of it."""
    records = records_of_a_case(8)[:VERSIONS]
    id = UUID(int=1)
    alarm = alarm_of(fold(events_of(id, records), unopened(id)))
    now, ids = micros_of(MONDAY), Ticking()
    notes: list[str] = []
    every = max(1, cases // 100)
    for start in range(0, cases, every):
        opened = [(ids.new_id(), ACCOUNT) for _ in range(min(every, cases - start))]
        rows = [
            Stored(case, version, name, state)
            for case, _ in opened
            for version, name, state, *_ in records
        ]
        alarms = dict.fromkeys((case for case, _ in opened), alarm)
        store.append(rows, now=now + start, opened=opened, alarms=alarms)
        text = Checkpoint(store.origin, store.size(), store.frontier().root).text
        at = MONDAY + timedelta(seconds=1)
        notes.append(log.signed(text) + "".join(one.line(text, at=at) for one in WITNESSES))
    return notes


def dominates(store: Store, replay: Callable[[], None]) -> str:
    """Say how much of it is reading both tables, hashing what was read, and folding the cases."""
    states: list[bytes] = []
    headers: list[bytes] = []
    reading = _took(lambda: [None for _ in joined(store.scan(), store.headers())])
    for _index, row, header in joined(store.scan(), store.headers()):
        if row is not None and header is not None and len(states) < VERSIONS * 1000:
            states.append(row[5])
            headers.append(header)
    share = store.size() / len(states)

    def hashing() -> None:
        for state in states:
            sha256(state).digest()
        Frontier().adding(map(leaf_hash, headers))

    parts = {"read": reading, "hash": share * _took(hashing), "fold": _took(replay)}
    each = store.size() / 1e6
    return ", ".join(f"{part} {taken / each:.1f} us" for part, taken in parts.items())


def _took(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def main() -> None:
    """Measure SQLite."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with TemporaryDirectory() as folder:
        table(rows(sqlite_bench(Path(folder)), records=records))


if __name__ == "__main__":
    main()
