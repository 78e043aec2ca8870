"""Stored views: caught up step by step or made from zero, they are the same, to the byte."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase import Casebook, Channel
from freezecase import commands as do
from freezecase.app.stores.board_store import Line, Seen
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Row, Store
from freezecase.errors import StoreError
from freezecase.testing.contracts import StoryClock
from freezecase.views import projecting
from freezecase.views.board import VIEWS, WORKLIST, read_worklist
from freezecase.views.projecting import CaseRead, StoredView, catch_up, read_case, rebuild
from tests.app.books import ANA, ENGINE, STORES, freeze, freeze_batch, opened, url_of
from tests.app.stores.insider import by_hand
from tests.views.stored import assert_right, ought, standings, stored

ELSEWHERE = UUID(int=2**100)
"""A case that nobody of ours opened."""


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few records make many steps."""
    monkeypatch.setattr(projecting, "PAGE", 4)
    monkeypatch.setattr(projecting, "CASES", 2)


@pytest.fixture(params=STORES)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Casebook]:
    """A book of each kind in which a few cases have begun."""
    with Casebook.open(url_of(request.param, request, tmp_path), clock=StoryClock()) as made:
        told(made)
        yield made


@pytest.fixture
def store() -> Iterator[Store]:
    """A store in memory in which a few cases have begun."""
    with Casebook.open("memory:", clock=StoryClock()) as made:
        told(made)
        yield made.store


def told(book: Casebook) -> list[UUID]:
    """A few cases: one frozen, one in talk, one closed; their records are mixed in the ledger."""
    cases = [opened(book, f"acct-{number}").id for number in range(4)]
    for case in cases[1:]:
        book.execute(do.RecordContact(case, channel=Channel.CHAT, topics=["when"]), by=ENGINE)
    for case in cases[2:]:
        book.execute(do.SendReply(case, channel=Channel.CHAT), by=ANA)
    book.execute(do.AssignCase(cases[3], to=ANA.person), by=ANA)
    return cases


def more(book: Casebook) -> None:
    """Something happens to an old case and to a new one."""
    first = next(iter(book.cases())).id
    book.execute(do.RequestHuman(first, channel=Channel.PHONE), by=ENGINE)
    opened(book, "acct-new")


# --- the same, however it comes about ------------------------------------------------------------


def test_views_that_are_caught_up_are_what_the_records_make(book: Casebook) -> None:
    """In one go or after each command, every row is made from all records of its case."""
    assert catch_up(book.store, VIEWS) == book.store.size() == assert_right(book.store)
    for _ in range(3):
        more(book)
        assert catch_up(book.store, VIEWS) == book.store.size() == assert_right(book.store)


def test_views_that_are_rebuilt_are_equal_to_the_byte(book: Casebook) -> None:
    """From zero they come out as they were live; the generation is another, the old one is gone."""
    catch_up(book.store, VIEWS)
    more(book)
    catch_up(book.store, VIEWS)
    live, before = stored(book.store), standings(book.store)
    assert rebuild(book.store, VIEWS) == book.store.size()
    assert stored(book.store) == live
    after = standings(book.store)
    assert {one.generation for one in before.values()} == {1}
    assert {one.generation for one in after.values()} == {2}
    assert len(book.store.board().standings()) == len(VIEWS)
    with book.store.board().snapshot() as seen:
        assert [seen.page(one, Seen()) for one in before.values()] == [[], []], "it is swept away"


def test_catching_up_with_nothing_new_changes_nothing(store: Store) -> None:
    """It costs a look at the position."""
    catch_up(store, VIEWS)
    before = standings(store), stored(store)
    assert catch_up(store, VIEWS) == store.size()
    assert (standings(store), stored(store)) == before


def test_an_empty_book_has_empty_views() -> None:
    """They are there, at position nought, so that reading them is no error."""
    with open_store("memory:") as store:
        assert catch_up(store, VIEWS) == 0
        assert (*read_worklist(store).items, read_worklist(store).behind) == (0,)
        assert rebuild(store, VIEWS) == 0


def test_a_thousand_new_cases_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all records of a case are in the step, the case is not read again."""
    monkeypatch.setattr(projecting, "PAGE", 10_000)
    with Casebook.open("memory:", clock=StoryClock()) as book:
        catch_up(book.store, VIEWS)
        freeze_batch(book, 50)
        watched: Any = Watched(book.store)
        catch_up(watched, VIEWS)
        assert watched.asked.count("read") == 0
        more(book)
        catch_up(watched, VIEWS)
        assert watched.asked.count("read") == 1
        assert_right(book.store)


class Watched:
    """A store that remembers what it was asked."""

    def __init__(self, store: Store) -> None:
        self._store, self.asked = store, list[str]()

    def __getattr__(self, name: str) -> Any:
        """Do as the store does, and remember it."""
        self.asked.append(name)
        return getattr(self._store, name)


def test_views_that_are_apart_come_together(store: Store) -> None:
    """A view that was kept by itself is ahead; the one behind is brought to it, then both go on."""
    catch_up(store, [WORKLIST])
    assert_right(store, [WORKLIST])
    catch_up(store, VIEWS)
    assert assert_right(store) == store.size()
    store.append([Row(ELSEWHERE, 1, "unknown.v1", b"{}")], now=0)
    catch_up(store, [WORKLIST])
    assert {one.position for one in standings(store).values()} == {store.size() - 1, store.size()}
    catch_up(store, VIEWS)
    assert assert_right(store) == store.size()


def test_progress_is_told_in_records(store: Store) -> None:
    """How many are in, of how many; it ends with all."""
    heard: list[tuple[int, int]] = []
    size = store.size()
    rebuild(store, VIEWS, progress=lambda done, of: heard.append((done, of)))
    assert heard == sorted(heard)
    assert heard[-1] == (size, size)
    catch_up(store, VIEWS, progress=lambda *at: heard.append(at))
    assert heard[-1] == (size, size)


# --- damage --------------------------------------------------------------------------------------


def test_a_case_that_cannot_be_read_holds_up_nobody(store: Store) -> None:
    """It has a row that says so; the others are as they are."""
    broken = ELSEWHERE
    store.append([Row(broken, 1, "freeze-imposed.v1", b"{}")], now=0)
    catch_up(store, VIEWS)
    rows = {item.case: item for item in read_worklist(store).items}
    assert len(rows) == 5
    assert rows[broken].debtor == "exchange"
    cannot = f"cannot read `freeze-imposed.v1` at case `{broken}` version 1: "
    assert rows[broken].why[0].startswith(cannot)


def test_a_case_with_a_record_missing_is_not_read_past_the_hole(store: Store) -> None:
    """Somebody removed one by hand: what is left is no history, and the row says so."""
    rows = [raw for raw in store.scan() if raw[2] == next(iter(store.cases())).case.hex]
    whole, holed = read_case(UUID(rows[0][2]), rows), read_case(UUID(rows[0][2]), rows[::2])
    assert (whole.broken, len(whole.records), whole.state.version) == ("", len(rows), len(rows))
    assert (holed.records, holed.state.version, holed.begun) == ((), 0, whole.begun)
    assert "version" in holed.broken


# --- versions of the code ------------------------------------------------------------------------


def version(number: int, text: bytes) -> StoredView:
    """A view of this version, every row of which holds this text."""

    def line(_case: CaseRead) -> Line:
        return Line(b"", frozenset(), text)

    return StoredView("desk", number, line)


def held(store: Store) -> set[bytes]:
    """What the rows of that view hold."""
    return {row[2] for row in stored(store, [version(0, b"")])[1]["desk"]}


def test_rows_of_an_older_version_are_made_anew(store: Store) -> None:
    """Nobody reads old rows with new code: they are replaced as soon as somebody catches up."""
    catch_up(store, [version(1, b"old")])
    assert held(store) == {b"old"}
    assert catch_up(store, [version(2, b"new")]) == store.size()
    assert held(store) == {b"new"}


def test_rows_of_a_newer_version_are_left_alone(store: Store) -> None:
    """While machines are upgraded one by one, an old one does not undo what a new one made."""
    catch_up(store, [version(2, b"new")])
    for attempt in (catch_up, rebuild):
        with pytest.raises(StoreError, match="view `desk` was stored by a newer freezecase, in v"):
            attempt(store, [version(1, b"old")])
    assert held(store) == {b"new"}
    assert len(store.board().standings()) == 1


def test_what_is_not_stored_is_not_read(store: Store) -> None:
    """Without a view, or with one of an older version, the reader is told what to do."""
    with pytest.raises(StoreError, match="view `worklist` is not stored yet: catch up first"):
        read_worklist(store)
    catch_up(store, [attrs.evolve(WORKLIST, version=0)])
    with pytest.raises(StoreError, match="not stored yet"):
        read_worklist(store)


# --- crashes -------------------------------------------------------------------------------------


class Crash(Exception):
    """The process is gone."""


class Dying:
    """A store whose process dies at a step of its work: before it, or just after it."""

    def __init__(self, store: Store, at: int, *, after: bool) -> None:
        self._store, self._at, self._after, self.count = store, at, after, 0

    def __getattr__(self, name: str) -> Any:
        """Do as the store does; its board is watched."""
        return getattr(self._store, name)

    def board(self) -> Any:
        """The board of a process that dies."""
        return _Board(self)

    def call(self, name: str, *values: Any) -> Any:
        """Do it, unless the process is gone."""
        self.count += 1
        if self.count == self._at and not self._after:
            raise Crash
        done = getattr(self._store.board(), name)(*values)
        if self.count == self._at:
            raise Crash
        return done


class _Board:
    def __init__(self, dying: Dying) -> None:
        self._dying = dying

    def __getattr__(self, name: str) -> Any:
        def call(*values: Any) -> Any:
            return self._dying.call(name, *values)

        return call


Work = Callable[[Store], int]


def keep(store: Store) -> int:
    """Bring the views up to date."""
    return catch_up(store, VIEWS)


def anew(store: Store) -> int:
    """Make the views again."""
    return rebuild(store, VIEWS)


@pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("work", [keep, anew])
def test_a_crash_between_any_two_steps_loses_and_doubles_nothing(
    work: Work, *, after: bool
) -> None:
    """Whatever stands there is right; run again, all is as if nobody had died."""
    at, died = 0, True
    while died:
        at += 1
        with Casebook.open("memory:", clock=StoryClock()) as book:
            cases = told(book)
            keep(book.store)
            for case in cases:
                book.execute(do.RecordContact(case, channel=Channel.PHONE), by=ENGINE)
            more(book)
            dying: Any = Dying(book.store, at, after=after)
            died = False
            try:
                work(dying)
            except Crash:
                died = True
            assert_right(book.store)
            more(book)
            assert keep(book.store) == book.store.size() == assert_right(book.store)
            if died:
                assert anew(book.store) == book.store.size()
            assert stored(book.store)[1] == ought(book.store, book.store.size())
            assert len(book.store.board().standings()) == len(VIEWS)
    assert at > 5, "it died at every step"


# --- others at the same time ---------------------------------------------------------------------


class Meddled:
    """A store at whose board somebody else is quicker: they do something before each call."""

    def __init__(self, store: Store, name: str, times: int, do_first: Callable[[], object]) -> None:
        self._store, self._name, self._times, self._do = store, name, times, do_first

    def __getattr__(self, name: str) -> Any:
        """Do as the store does."""
        return getattr(self._store, name)

    def board(self) -> Any:
        """The board at which somebody else is quicker."""
        return self

    def __call(self, name: str) -> Any:
        def call(*values: Any) -> Any:
            if name == self._name and self._times:
                self._times -= 1
                self._do()
            return getattr(self._store.board(), name)(*values)

        return call

    def standings(self) -> Any:
        """Say what stands there."""
        return self.__call("standings")()

    def begin(self, *values: Any) -> Any:
        """Begin a generation."""
        return self.__call("begin")(*values)

    def move(self, *values: Any) -> Any:
        """Take steps."""
        return self.__call("move")(*values)

    def switch(self, *values: Any) -> Any:
        """Switch to generations."""
        return self.__call("switch")(*values)

    def sweep(self) -> Any:
        """Remove what nobody reads."""
        return self.__call("sweep")()


def meddled(store: Store, name: str, first: Callable[[], object], times: int = 2) -> Any:
    """A store at which somebody else is quicker, so many times."""
    return Meddled(store, name, times, first)


def test_who_is_overtaken_looks_again(store: Store) -> None:
    """Another projector took the step in the meantime: nothing is counted twice."""
    rebuild(store, VIEWS)
    for index in range(9):
        store.append([Row(UUID(int=ELSEWHERE.int + index), 1, "unknown.v1", b"{}")], now=0)
    overtaken = meddled(store, "move", lambda: catch_up(store, VIEWS), times=1)
    assert catch_up(overtaken, VIEWS) == store.size() == assert_right(store)


def test_a_rebuild_waits_for_records_that_the_live_view_has(book: Casebook) -> None:
    """Others write and project while it works: it is read only once it is as far as they are."""
    catch_up(book.store, VIEWS)

    def go_on() -> None:
        more(book)
        catch_up(book.store, VIEWS)
        assert {one.generation for one in standings(book.store).values()} == {1}

    assert rebuild(meddled(book.store, "switch", go_on), VIEWS) == book.store.size()
    assert {one.generation for one in standings(book.store).values()} == {2}
    assert assert_right(book.store) == book.store.size()


def test_what_is_made_from_zero_is_as_of_one_moment(
    book: Casebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What others write while it works is in none of its rows, though it reads some of it."""
    for store in ("sqlite", "postgres"):
        monkeypatch.setattr(f"freezecase.app.stores.{store}.PAGE", 5)
    cases, size = [one.id for one in book.cases()], book.store.size()

    def write() -> None:
        for case in cases:
            book.execute(do.AssignCase(case, to=ANA.person), by=ANA)

    assert rebuild(meddled(book.store, "move", write, times=1), VIEWS) == size
    assert assert_right(book.store) == size < book.store.size()
    assert catch_up(book.store, VIEWS) == book.store.size() == assert_right(book.store)


@pytest.mark.parametrize("name", ["move", "switch"])
def test_the_first_of_two_rebuilds_counts_for_both(store: Store, name: str) -> None:
    """One that began earlier finds its generation gone, and is content with the other's."""
    catch_up(store, VIEWS)
    slow = meddled(store, name, lambda: rebuild(store, VIEWS), times=1)
    assert rebuild(slow, VIEWS) == store.size() == assert_right(store)
    assert {one.generation for one in standings(store).values()} == {3}
    assert len(store.board().standings()) == len(VIEWS)


def test_a_rebuild_by_older_code_that_is_done_first_does_not_count(store: Store) -> None:
    """What it made is not what this code reads, so it is made once more."""
    old, new = version(1, b"old"), version(2, b"new")
    slow = meddled(store, "switch", lambda: rebuild(store, [old]), times=1)
    assert rebuild(slow, [new]) == store.size()
    assert held(store) == {b"new"}


def test_a_projector_goes_on_with_the_new_generation(store: Store) -> None:
    """Who was following the old one when it was replaced finds the new one."""
    catch_up(store, VIEWS)
    store.append([Row(ELSEWHERE, 1, "unknown.v1", b"{}")], now=0)
    replaced = meddled(store, "move", lambda: rebuild(store, VIEWS), times=1)
    assert catch_up(replaced, VIEWS) == store.size() == assert_right(store)


def test_a_step_from_the_end_is_no_step(store: Store) -> None:
    """Who is told to go on where there is nothing more changes nothing."""
    catch_up(store, VIEWS)
    before = store.board().standings()
    work = projecting._Work(store, store.board(), VIEWS)
    work.advance(before, store.size())
    assert store.board().standings() == before


def test_time_that_passes_is_in_the_views(book: Casebook) -> None:
    """Misses are records like others."""
    catch_up(book.store, VIEWS)
    clock: Any = book.clock
    clock.later(days=2)
    book.run_due(clock.now())
    catch_up(book.store, VIEWS)
    assert assert_right(book.store) == book.store.size()
    late = [item for item in book.worklist(stored=True).items if "`review` was missed" in item.why]
    assert len(late) == 4
    assert all(item.late(clock.now() + timedelta(days=1)) for item in late)


def test_the_book_is_the_door(book: Casebook) -> None:
    """It catches up before it reads, unless what is stored will do."""
    with pytest.raises(StoreError, match="catch up first"):
        book.worklist(stored=True)
    assert len(book.worklist().items) == 4
    book.execute(freeze("acct-late"), by=ENGINE)
    old = book.worklist(stored=True)
    assert (len(old.items), old.position + old.behind) == (4, book.store.size())
    assert book.portfolio().cases == 5
    assert book.portfolio(stored=True).position == book.store.size()
    assert book.rebuild_board() == book.catch_up() == book.store.size()


def test_a_case_that_was_tampered_with_holds_up_no_view(tmp_path: Path) -> None:
    """What was changed behind the ledger is named in the row of its case; the others go on."""
    path = tmp_path / "cases.db"
    with Casebook.open(f"sqlite:///{path}", clock=StoryClock()) as book:
        cases = told(book)
        book.catch_up()
        for case in cases[:2]:
            book.execute(do.RecordContact(case, channel=Channel.CHAT), by=ENGINE)
        first = f"WHERE originator_id = '{cases[1].hex}' AND originator_version = 1"
        with closing(by_hand(str(path))) as connection, connection:
            connection.execute("UPDATE stored_events SET recorded_at = 1 WHERE rowid = 1")
            connection.execute(f"DELETE FROM stored_events {first}")
        book.catch_up()
        why = {row.case: row.why for row in book.worklist().items}
    assert "ROW_MISMATCH" in why[cases[0]][0]
    assert "version" in why[cases[1]][0]
    assert all("cannot" not in one for one in why[cases[3]])
