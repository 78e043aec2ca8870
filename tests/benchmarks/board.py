"""Keep the stored views of a store full of cases, on SQLite and on PostgreSQL.

The floor reads the same cases, parses their records into untyped JSON, and puts the same rows and
tags into bare tables of the same shape, in one transaction a step: what anybody would have to do
who keeps these views. Beyond it are folding, making the rows, and the compare-and-set.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

import attrs
import msgspec

from freezecase.app.clock import micros_of
from freezecase.app.stores.board_store import BEGINNING, Line, Seen, Step, tagged
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Row as Stored
from freezecase.app.stores.store import Store
from freezecase.views import projecting
from freezecase.views.board import VIEWS, read_worklist
from freezecase.views.projecting import catch_up, read_case, rebuild
from tests.benchmarks.harness import Row, Work, compare
from tests.benchmarks.material import MONDAY, fill, records_of_a_case
from tests.benchmarks.stores import Bench

CASES = 400
VERSIONS = 20
ROUNDS = 7
PUT = (
    "DELETE FROM bare_tags WHERE case_id = {0}",
    "DELETE FROM bare_rows WHERE view = {0} AND case_id = {0}",
    "INSERT INTO bare_rows VALUES ({0}, {0}, {0})",
    "INSERT INTO bare_tags VALUES ({0}, {0}, {0}, {0})",
)


def rows(bench: Bench) -> Iterator[Row]:
    """Measure following the ledger, making anew, and reading a page."""
    with open_store(bench.url) as store:
        fill(store, cases=CASES, versions=VERSIONS)
        rebuild(store, VIEWS)
        whole = _Floor(bench, store)
        yield compare(
            f"{bench.name}: stored views from zero, a record",
            floor=whole.work(CASES),
            ours=lambda: rebuild(store, VIEWS),
            units=CASES * VERSIONS,
            rounds=ROUNDS,
            note="floor: read, parse, write the same rows",
        )
        last = store.size()
        name, state = records_of_a_case()[VERSIONS][1:3]
        more = [Stored(case, VERSIONS + 1, name, state) for case in whole.cases]
        store.append(more, now=micros_of(MONDAY))
        yield compare(
            f"{bench.name}: follow, one record of a case of {VERSIONS + 1}",
            floor=_Floor(bench, store).work(CASES),
            ours=lambda: _follow(store, last),
            units=CASES,
            rounds=ROUNDS,
            note="floor: read, parse the case, write its rows",
        )
        yield _page(bench, store)


def _follow(store: Store, last: int) -> None:
    """Take the views back to an index, and follow the ledger from there, step by step."""
    board, head = store.board(), store.size()
    live = [one for one in board.standings() if one.live]
    assert board.move([Step(one.view, one.generation, one.position, last) for one in live])
    assert catch_up(store, VIEWS) == head


@attrs.define
class _Floor:
    """The same rows, made beforehand, and bare tables to put them into."""

    bench: Bench
    store: Store
    cases: list[UUID] = attrs.field(init=False)
    lines: dict[UUID, dict[str, Line | None]] = attrs.field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self.cases = [listed.case for listed in self.store.cases(limit=CASES)]
        for case in self.cases:
            rows_ = [
                (index, recorded_at, case.hex, version, name, state)
                for version, name, state, index, recorded_at in self.store.read(case)
            ]
            read = read_case(case, rows_)
            self.lines[case] = {view.name: view.line(read) for view in VIEWS}

    def work(self, count: int) -> Work:
        """Return what reads, parses and writes so many cases, in steps of our size."""
        connection = self.bench.bare("ours")
        sqlite = self.bench.mark == "?"
        for statement in _tables(sqlite=sqlite):
            connection.execute(statement)
        fetch = (
            "SELECT originator_version, topic, state FROM stored_events "
            f"WHERE originator_id = {self.bench.mark} ORDER BY originator_version"
        )
        untag, remove, put, tag = (one.format(self.bench.mark) for one in PUT)

        def step(cases: list[UUID]) -> None:
            keys = [case.hex if sqlite else case for case in cases]
            for key in keys:
                for _version, _name, state in connection.execute(fetch, (key,)).fetchall():
                    msgspec.json.decode(state)
            found = [
                (name, case, line) for case in cases for name, line in self.lines[case].items()
            ]
            steps = [Step(name, 0, 0, 0, {case: line}) for name, case, line in found]
            tags = [
                (one.view, *row[:2], _key(row[2], sqlite)) for one in steps for row in tagged(one)
            ]
            cursor: Any = connection.cursor()
            connection.execute("BEGIN")
            cursor.executemany(untag, [(key,) for key in keys])
            cursor.executemany(remove, [(name, _key(case, sqlite)) for name, case, _line in found])
            full = [(name, _key(case, sqlite), line.data) for name, case, line in found if line]
            cursor.executemany(put, full)
            cursor.executemany(tag, tags)
            connection.execute("COMMIT")

        def all_of_them() -> None:
            cases = iter(self.cases[:count])
            while some := [*islice(cases, projecting.CASES)]:
                step(some)

        return all_of_them


def _key(case: UUID, sqlite: bool) -> str | UUID:
    return case.hex if sqlite else case


def _tables(*, sqlite: bool) -> Iterator[str]:
    binary, key = ("BLOB", "TEXT") if sqlite else ("bytea", "uuid")
    yield (
        f"CREATE TABLE IF NOT EXISTS bare_rows (view TEXT, case_id {key}, data {binary}, "
        "PRIMARY KEY (view, case_id))"
    )
    yield (
        f"CREATE TABLE IF NOT EXISTS bare_tags (view TEXT, tag TEXT, place {binary}, "
        f"case_id {key}, PRIMARY KEY (view, tag, place, case_id))"
    )
    yield "CREATE INDEX IF NOT EXISTS bare_tags_case ON bare_tags (case_id)"


def _page(bench: Bench, store: Store) -> Row:
    """Read a page of the worklist; the floor is the board's own page, without making rows of it."""
    board, (view, *_others) = store.board(), VIEWS

    def floor() -> None:
        with board.snapshot() as seen:
            live = seen.live(view.name)
            assert live is not None
            assert len(seen.page(live, Seen((), BEGINNING, limit=50))) == 50

    return compare(
        f"{bench.name}: a page of 50 of the worklist",
        floor=floor,
        ours=lambda: read_worklist(store, limit=50),
        units=1,
        note="floor: its bytes",
    )
