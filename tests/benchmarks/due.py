"""Find what is due among much that is open, on SQLite and on PostgreSQL.

A case owes five things, due in the course of a year, and rings for the first of them. What it owes
stands in its one record, five instants of eight bytes: the store does not read it. So what is
measured is the index of alarms, and not the folding of the cases that ring.
"""

import struct
from collections.abc import Iterator
from random import Random
from uuid import UUID, uuid4

from freezecase.app.clock import micros_of
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Row as Stored
from freezecase.app.stores.store import Store
from tests.benchmarks.harness import Row, Work, compare, repeat
from tests.benchmarks.material import MONDAY, Ticking
from tests.benchmarks.stores import Bench

OWED = 5  # obligations of a case
FEWER = 20  # the small store has so many times less open than the large one
DUE = 100  # cases that ring now, in either
ROUNDS = 20  # of looking for them, at each measurement

START = micros_of(MONDAY)
YEAR = 365 * 24 * 60 * 60 * 1_000_000
RINGING = "SELECT alarm, case_id, account FROM cases WHERE alarm <= {} ORDER BY alarm, case_id"


def rows(bench: Bench, *, owed: int) -> Iterator[Row]:
    """Measure a store with so many open obligations beside one with a twentieth of them."""
    few, many = owed // OWED // FEWER, owed // OWED
    with open_store(bench.url) as small, open_store(bench.long_url) as large:
        _fill(small, few)
        _fill(large, many)
        look_small, look_large = _looking(small, few), _looking(large, many)
        for which, look, cases in (("ours", look_small, few), ("long", look_large, many)):
            yield compare(
                f"{bench.name}: {DUE} due of {cases * OWED:,} open, each",
                floor=_bare(bench, which, cases),
                ours=look,
                units=ROUNDS * DUE,
                note="floor: the same query, bare",
            )
        yield compare(
            f"{bench.name}: the same, few open and many",
            floor=look_small,
            ours=look_large,
            units=ROUNDS * DUE,
            goal=2.0,
            note=f"floor: ours, {few * OWED:,} open; ours: {many * OWED:,} open",
        )
        yield from _appends(bench, large)


def _fill(store: Store, cases: int) -> None:
    """Open so many cases; alarms are spread over a year, and not in the order of opening."""
    ids, order = Ticking(), list(range(cases))
    Random(1).shuffle(order)
    for start in range(0, cases, 2000):
        batch = {ids.new_id(): _alarm(place, cases) for place in order[start : start + 2000]}
        store.append(
            [Stored(case, 1, "owed", _owed(alarm)) for case, alarm in batch.items()],
            now=START + start,
            opened=[(case, f"acct-{start + n}") for n, case in enumerate(batch)],
            alarms=batch,
        )


def _alarm(place: int, cases: int) -> int:
    return START + place * YEAR // cases


def _owed(alarm: int) -> bytes:
    """Return what a case owes: the first thing by its alarm, the others weekly after it."""
    return struct.pack(f">{OWED}q", *(alarm + week * YEAR // 52 for week in range(OWED)))


def _looking(store: Store, cases: int) -> Work:
    until = _alarm(DUE - 1, cases)
    assert len(store.ringing(until)) == DUE
    return repeat(ROUNDS, lambda: store.ringing(until))


def _bare(bench: Bench, which: str, cases: int) -> Work:
    connection, query = bench.bare(which), RINGING.format(bench.mark)
    if bench.name == "PostgreSQL":
        connection.execute("VACUUM ANALYZE")  # as the server does by itself after a minute
    until = _alarm(DUE - 1, cases)
    return repeat(ROUNDS, lambda: connection.execute(query, (until,)).fetchall())


def _appends(bench: Bench, store: Store) -> Iterator[Row]:
    """Append to a case, and open one, with an alarm; the floor is the same without one."""
    known, later, state = iter(store.cases(limit=2000)), Random(2), _owed(START)

    def append(case: UUID, version: int, *, rings: bool) -> None:
        opened = [(case, "acct")] if version == 1 else []
        alarms = {case: START + later.randrange(YEAR)} if rings else {}
        store.append(
            [Stored(case, version, "owed", state)], now=START, opened=opened, alarms=alarms
        )

    def go_on(*, rings: bool) -> None:
        append(next(known).case, 2, rings=rings)

    def begin(*, rings: bool) -> None:
        append(uuid4(), 1, rings=rings)

    for work, one in (("append one record", go_on), ("open one case", begin)):
        yield compare(
            f"{bench.name}: {work}, with its alarm",
            floor=repeat(50, lambda: one(rings=False)),
            ours=repeat(50, lambda: one(rings=True)),
            units=50,
            note="floor: ours without an alarm, durable",
        )
