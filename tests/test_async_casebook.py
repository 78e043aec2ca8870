"""The awaited casebook answers as the casebook does, and leaves no doubt when cancelled."""

import asyncio
import inspect
import threading
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID

import attrs
import pytest

from freezecase import Casebook, Channel, Ground, Scope, Status
from freezecase import commands as do
from freezecase.app.stores.sqlite import SQLiteStore
from freezecase.app.stores.store import Appended, Loaded, Row, Store
from freezecase.async_casebook import AsyncCasebook
from freezecase.errors import InvalidValue, NotAllowedNow, RecordError, StoreError
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA, ENGINE, STORES, freeze, freeze_batch, opened, url_of

T = TypeVar("T")
ID = UUID(int=4711)
PATIENCE = 10  # seconds until a test that hangs says so


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run it on a loop of its own, which complains about whatever nobody looked at."""
    complaints: list[dict[str, Any]] = []

    async def watched() -> T:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: complaints.append(context))
        return await asyncio.wait_for(work, PATIENCE)

    result = asyncio.run(watched())
    assert complaints == []
    return result


@attrs.define
class Slow:
    """A store whose appends wait until they are let go, before they write or after."""

    store: Store
    when: str = "before"
    began: threading.Event = attrs.field(factory=threading.Event)
    go_on: threading.Event = attrs.field(factory=threading.Event)
    appends: int = 0

    def append(self, rows: list[Row], **more: Any) -> Appended:
        """Wait, and write; or write, and wait."""
        self.appends += 1
        if self.when == "before":
            self.wait()
        put = self.store.append(rows, **more)
        if self.when == "after":
            self.wait()
        return put

    def wait(self) -> None:
        """Wait until it is let go."""
        self.began.set()
        assert self.go_on.wait(PATIENCE)

    def __getattr__(self, name: str) -> Any:
        """Do everything else as the store does."""
        return getattr(self.store, name)


def slow_book(when: str = "before", workers: int = 5) -> tuple[AsyncCasebook, Slow]:
    """A book in memory whose writers wait, and what they wait for."""
    book = Casebook.open("memory:", clock=StoryClock())
    slow = Slow(book.store, when)
    return AsyncCasebook(attrs.evolve(book, store=cast("Store", slow)), workers), slow


async def until(event: threading.Event) -> None:
    """Wait for a thread."""
    assert await asyncio.to_thread(event.wait, PATIENCE)


# --- the same names, the same answers ----------------------------------------------------------


def public(kind: type) -> dict[str, Any]:
    """What anybody may call on an object of this kind."""
    return {
        name: value
        for name, value in inspect.getmembers(kind, callable)
        if not name.startswith("_")
    }


def test_every_method_of_the_casebook_is_there_with_its_parameters_and_its_words() -> None:
    """And none beside them but `run`."""
    plain, awaited = public(Casebook), public(AsyncCasebook)
    assert awaited.keys() - plain.keys() == {"run"}
    assert plain.keys() - awaited.keys() == set()
    for name, method in plain.items():
        theirs, ours = (inspect.signature(one).parameters for one in (method, awaited[name]))
        assert {**theirs} == {**ours}
        assert awaited[name].__doc__
    assert {
        name for name, method in awaited.items() if not inspect.iscoroutinefunction(method)
    } == {"cases"}


@pytest.mark.parametrize("kind", STORES)
def test_the_answers_are_those_of_the_casebook(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Whatever is asked, on every store."""

    async def story() -> None:
        clock = StoryClock()
        async with await AsyncCasebook.open(url_of(kind, request, tmp_path), clock=clock) as book:
            case = (await book.execute(freeze(), by=ENGINE, id=ID)).case.id
            assert (await book.execute(freeze(), by=ENGINE, id=ID)).repeated
            contact = do.RecordContact(case, channel=Channel.CHAT)
            assert (await book.execute(contact, by=ANA)).case == book.book.case(case)
            assert await book.case(case, version=1) == book.book.case(case, version=1)
            assert await book.history(case) == book.book.history(case)
            assert await book.customer_view(case) == book.book.customer_view(case)
            assert await book.account("acct-4711") == book.book.account("acct-4711")
            now = clock.later(days=2)
            assert await book.due(now) == book.book.due(now) != ()
            assert (await book.run_due(now)).missed > 0
            assert await book.due(now) == ()
            assert (await book.rebuild_alarms()).cases == 1
            with pytest.raises(NotAllowedNow):
                await book.execute(do.CloseCase(case, outcome="done"), by=ANA)

    run(story())


def test_progress_is_told_where_one_awaits() -> None:
    """Not in a worker: what it changes needs no lock."""

    async def story() -> None:
        seen: list[tuple[threading.Thread, int, int]] = []
        async with await AsyncCasebook.open("memory:") as book:
            await book.freeze_many(
                [f"acct-{number}" for number in range(5)],
                ground=Ground.INCIDENT,
                scope=Scope.withdrawals(),
                by=ENGINE,
                batch=ID,
                chunk=2,
                progress=lambda done, of: seen.append((threading.current_thread(), done, of)),
            )
        here = threading.current_thread()
        assert seen == [(here, 2, 5), (here, 4, 5), (here, 5, 5)]

    run(story())


def test_a_worker_knows_what_the_caller_knows() -> None:
    """What hosts keep in context variables, such as the id of a request."""
    request = ContextVar("request", default="none")

    async def story() -> None:
        async with await AsyncCasebook.open("memory:") as book:
            request.set("r-1")
            assert await book.run(request.get) == "r-1"

    run(story())


def test_many_ask_at_once_and_no_more_than_the_workers_are_busy() -> None:
    """Each gets the answer to what it asked."""

    async def story() -> None:
        async with await AsyncCasebook.open("memory:", clock=StoryClock(), pool_size=3) as book:
            asked = [
                book.execute(freeze(f"acct-{n}"), by=ENGINE, id=UUID(int=n)) for n in range(1, 21)
            ]
            outcomes = await asyncio.gather(*asked)
            assert [outcome.case.account for outcome in outcomes] == [
                f"acct-{n}" for n in range(1, 21)
            ]
            assert book.workers == 3

    run(story())


# --- one by one --------------------------------------------------------------------------------


def test_cases_come_one_by_one_in_the_order_of_opening() -> None:
    """More of them than are fetched at a time; those of an account, or in a status, alone."""

    async def story() -> None:
        async with await AsyncCasebook.open("memory:") as book:
            await book.run(lambda: freeze_batch(book.book, 250))
            assert [case async for case in book.cases()] == [*book.book.cases()]
            assert [case.account async for case in book.cases(account="acct-7")] == ["acct-7"]
            assert [case async for case in book.cases(status=Status.CLOSED)] == []

    run(story())


def test_a_case_that_cannot_be_read_raises_in_its_turn_and_the_next_one_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As it does where one does not await."""

    async def story() -> None:
        book = Casebook.open("memory:", clock=StoryClock())
        cases = [opened(book, f"acct-{number}").id for number in range(3)]
        read = book.store.read

        def damaged(case: UUID, **more: Any) -> list[Loaded]:
            rows = read(case, **more)
            return [(v, n, b"{}", i, at) for v, n, _, i, at in rows] if case == cases[1] else rows

        monkeypatch.setattr(book.store, "read", damaged)
        async with AsyncCasebook(book) as awaited:
            found = awaited.cases()
            assert (await anext(found)).id == cases[0]
            with pytest.raises(RecordError):
                await anext(found)
            assert (await anext(found)).id == cases[2]
            with pytest.raises(StopAsyncIteration):
                await anext(found)

    run(story())


# --- cancelled ---------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("times", [1, 3])
def test_a_cancelled_await_ends_when_what_it_began_has_ended(when: str, times: int) -> None:
    """However often it is cancelled; then the same id again gives the one answer."""

    async def story() -> None:
        book, slow = slow_book(when)
        async with book:
            asked = asyncio.create_task(book.execute(freeze(), by=ENGINE, id=ID))
            await until(slow.began)
            for _ in range(times):
                asked.cancel()
                await asyncio.sleep(0)
                assert not asked.done()
            slow.go_on.set()
            with pytest.raises(asyncio.CancelledError):
                await asked
            written = len(slow.store.read(ID))
            assert written > 0
            assert (await book.execute(freeze(), by=ENGINE, id=ID)).repeated
            assert (len(slow.store.read(ID)), slow.appends) == (written, 1)

    run(story())


def test_what_had_not_begun_never_begins() -> None:
    """It waited for a worker, and nobody waits for it any more."""

    async def story() -> None:
        book, slow = slow_book(workers=1)
        async with book:
            first = asyncio.create_task(book.execute(freeze(), by=ENGINE, id=ID))
            await until(slow.began)
            second = asyncio.create_task(book.execute(freeze("acct-2"), by=ENGINE, id=UUID(int=2)))
            await asyncio.sleep(0)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            slow.go_on.set()
            await first
            assert slow.store.read(UUID(int=2)) == []

    run(story())


def test_an_error_in_what_was_cancelled_is_nobodys_surprise() -> None:
    """It is not logged as one that was never looked at."""

    async def story() -> None:
        book, slow = slow_book()

        def fail() -> None:
            slow.wait()
            raise ZeroDivisionError

        async with book:
            asked = asyncio.create_task(book.run(fail))
            await until(slow.began)
            asked.cancel()
            await asyncio.sleep(0)
            slow.go_on.set()
            with pytest.raises(asyncio.CancelledError):
                await asked

    run(story())


def test_a_time_limit_is_a_cancelled_await_like_any_other() -> None:
    """`asyncio.wait_for` raises once what had begun is over."""

    async def story() -> None:
        book, slow = slow_book("after")
        async with book:
            asked = asyncio.wait_for(book.execute(freeze(), by=ENGINE, id=ID), 0.005)
            asyncio.get_running_loop().call_later(0.02, slow.go_on.set)
            with pytest.raises(TimeoutError):
                await asked
            assert slow.store.read(ID) != []

    run(story())


def test_an_iteration_that_is_cancelled_loses_no_case() -> None:
    """Whoever goes on with it gets the one that was being fetched."""

    async def story() -> None:
        book = Casebook.open("memory:", clock=StoryClock())
        cases = [opened(book, f"acct-{number}").id for number in range(3)]
        slow = Slow(book.store)

        def read(*args: Any, **more: Any) -> list[Loaded]:
            slow.wait()
            return book.store.read(*args, **more)

        slow_reader = attrs.evolve(book, store=cast("Store", _Reading(book.store, read)))
        async with AsyncCasebook(slow_reader) as awaited:
            found = awaited.cases()
            fetching = asyncio.ensure_future(anext(found))
            await until(slow.began)
            fetching.cancel()
            await asyncio.sleep(0)
            slow.go_on.set()
            with pytest.raises(asyncio.CancelledError):
                await fetching
            assert [case.id async for case in found] == cases

    run(story())


@attrs.frozen
class _Reading:
    """A store that reads in its own way."""

    store: Store
    read: Callable[..., list[Loaded]]

    def __getattr__(self, name: str) -> Any:
        """Do everything else as the store does."""
        return getattr(self.store, name)


# --- opened and closed -------------------------------------------------------------------------


def test_what_cannot_be_opened_says_so_as_the_casebook_does(tmp_path: Path) -> None:
    """With the same errors."""
    with pytest.raises(StoreError, match="no kind of store"):
        run(AsyncCasebook.open("mongodb://x"))
    with pytest.raises(InvalidValue):
        run(AsyncCasebook.open("memory:", rule_seconds=0))
    with pytest.raises(StoreError):
        run(AsyncCasebook.open(f"sqlite:///{tmp_path}/gone.db", create=False))


def test_a_book_without_workers_is_refused() -> None:
    """It would answer nothing."""
    with pytest.raises(InvalidValue, match=r"AsyncCasebook\.workers cannot be .* 1 or more"):
        AsyncCasebook(Casebook.open("memory:"), 0)


def test_a_book_whose_opening_is_cancelled_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody holds it, so nobody else could."""
    began, go_on = threading.Event(), threading.Event()
    closed: list[Casebook] = []
    real, close = SQLiteStore.__init__, Casebook.close

    def slow_store(*args: Any) -> None:
        began.set()
        assert go_on.wait(PATIENCE)
        real(*args)

    def noted_close(book: Casebook) -> None:
        closed.append(book)
        close(book)

    monkeypatch.setattr(SQLiteStore, "__init__", slow_store)
    monkeypatch.setattr(Casebook, "close", noted_close)

    async def story() -> None:
        opening = asyncio.create_task(AsyncCasebook.open("memory:"))
        await until(began)
        opening.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await opening

    run(story())
    assert len(closed) == 1


def test_closing_lets_what_was_asked_come_to_its_end() -> None:
    """And whoever asks later is told that the book is closed; closing twice does no harm."""

    async def story() -> None:
        book, slow = slow_book()
        asked = asyncio.create_task(book.execute(freeze(), by=ENGINE, id=ID))
        await until(slow.began)
        closing = asyncio.create_task(book.close())
        await asyncio.sleep(0)
        slow.go_on.set()
        await closing
        assert (await asked).case.id == ID
        with pytest.raises(StoreError, match="the book is closed"):
            await book.case(ID)
        await book.close()

    run(story())


def test_a_context_closes_the_book_also_after_an_error() -> None:
    """As every context does."""

    async def story() -> AsyncCasebook:
        book = await AsyncCasebook.open("memory:")

        async def fail() -> None:
            async with book as same:
                assert same is book
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        return book

    book = run(story())
    with pytest.raises(StoreError):
        run(book.case(ID))
