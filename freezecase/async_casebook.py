"""
The casebook for hosts that await: the same names, the same answers, in worker threads.

    async with await AsyncCasebook.open("sqlite:///cases.db") as book:
        outcome = await book.execute(command, by=ana, id=key)

An `await` that is cancelled leaves nothing going on behind anybody's back: what had not begun never
begins, and what had begun is waited for. Whether it was written then, a repeat under the same id
says: so give an id to whatever may be cancelled.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial, wraps
from typing import Any, Concatenate, Final, Generic, ParamSpec, Self, TypeVar, cast

import attrs

from freezecase.casebook import Casebook
from freezecase.core.allowed import at_least
from freezecase.core.checked import refuse
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.errors import FreezeCaseError, StoreError

__all__ = ["AsyncCasebook"]

P = ParamSpec("P")
T = TypeVar("T")

WORKERS: Final = 5
"""As many as a store keeps connections, unless said otherwise."""
_AT_ONCE: Final = 100
"""How many a worker fetches at a time for whoever goes through them one by one."""


def _awaited(
    method: Callable[Concatenate[Casebook, P], T],
) -> Callable[Concatenate["AsyncCasebook", P], Coroutine[Any, Any, T]]:
    """Return the same method, to be awaited; `progress` is called where one awaits."""

    @wraps(method)
    async def awaited(self: "AsyncCasebook", /, *args: P.args, **kwargs: P.kwargs) -> T:
        progress: Any = kwargs.get("progress")
        if progress is not None:
            kwargs["progress"] = partial(asyncio.get_running_loop().call_soon_threadsafe, progress)
        return await self.run(partial(method, self.book, *args, **kwargs))

    return awaited


def _opened(
    plain: Callable[P, Casebook],
) -> Callable[Concatenate[type["AsyncCasebook"], P], Coroutine[Any, Any, "AsyncCasebook"]]:
    """Return the same opening, to be awaited; there are as many workers as connections."""

    @wraps(cast("Any", plain).__func__)
    async def opened(
        cls: type["AsyncCasebook"], /, *args: P.args, **kwargs: P.kwargs
    ) -> "AsyncCasebook":
        books: list[Casebook] = []
        try:
            await _aside(lambda: books.append(plain(*args, **kwargs)))
        except asyncio.CancelledError:
            for book in books:  # nobody else could close it
                await _aside(book.close)
            raise
        workers: Any = kwargs.get("pool_size", WORKERS)
        return cls(books[0], workers)

    return opened


@attrs.frozen
class AsyncCasebook:
    """
    A `Casebook` whose answers are awaited.

    Safe to share between the tasks of one event loop. At most *workers* things go on at once; the
    rest waits its turn.

    Raises:
        InvalidValue: there is not one worker.

    """

    book: Casebook
    """The book itself, for whoever is in a thread anyway."""
    workers: int = WORKERS
    _pool: ThreadPoolExecutor = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Make the workers; they start when they are needed."""
        allowed = at_least(1)
        if not allowed.holds(self.workers):
            raise refuse("AsyncCasebook.workers", self.workers, f"it takes {allowed.allows}")
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="freezecase")
        object.__setattr__(self, "_pool", pool)

    open = classmethod(_opened(Casebook.open))
    execute = _awaited(Casebook.execute)
    freeze_many = _awaited(Casebook.freeze_many)
    case = _awaited(Casebook.case)
    history = _awaited(Casebook.history)
    due = _awaited(Casebook.due)
    run_due = _awaited(Casebook.run_due)
    rebuild_alarms = _awaited(Casebook.rebuild_alarms)
    customer_view = _awaited(Casebook.customer_view)
    account = _awaited(Casebook.account)
    worklist = _awaited(Casebook.worklist)
    portfolio = _awaited(Casebook.portfolio)
    catch_up = _awaited(Casebook.catch_up)
    rebuild_board = _awaited(Casebook.rebuild_board)

    def cases(
        self, *, account: str | None = None, status: Status | None = None
    ) -> AsyncIterator[CaseState]:
        """
        Return cases in the order of opening, as `Casebook.cases` does, for `async for`.

        A case that cannot be read raises `RecordError` in its turn; `anext` then gives the one
        after it.
        """
        return _OneByOne(self, partial(self.book.cases, account=account, status=status))

    async def run(self, work: Callable[[], T]) -> T:
        """
        Let a worker do something with the book that has no name here, such as reading a view.

        Raises:
            StoreError: the book is closed.

        """
        try:
            future = self._pool.submit(copy_context().run, work)
        except RuntimeError:
            raise StoreError("the book is closed: open it again") from None
        return await _ended(future)

    async def close(self) -> None:
        """Let everything that was asked come to its end, and let go of the store."""
        await _aside(self._close)

    def _close(self) -> None:
        self._pool.shutdown()
        self.book.close()

    async def __aenter__(self) -> Self:
        """Return the book itself."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.close()


class _OneByOne(Generic[T]):
    """Goes through what a worker fetches, a hundred at a time."""

    def __init__(self, book: AsyncCasebook, start: Callable[[], Iterator[T]]) -> None:
        self._book, self._start = book, start
        self._left: Iterator[T] | None = None
        self._ready: deque[T | FreezeCaseError] = deque()
        self._over = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while not self._ready:
            if self._over:
                raise StopAsyncIteration
            await self._book.run(self._fetch)
        found = self._ready.popleft()
        if isinstance(found, FreezeCaseError):
            raise found
        return found

    def _fetch(self) -> None:
        """Fetch some, up to the first that cannot be read; in a worker."""
        if self._left is None:
            self._left = self._start()
        for _ in range(_AT_ONCE):
            try:
                self._ready.append(next(self._left))
            except StopIteration:
                self._over = True
                return
            except FreezeCaseError as error:
                self._ready.append(error)
                return


async def _aside(work: Callable[[], T]) -> T:
    """Do something in a thread of its own."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="freezecase")
    try:
        return await _ended(pool.submit(work))
    finally:
        pool.shutdown(wait=False)


async def _ended(future: Future[T]) -> T:
    """Wait for a worker, even while one is cancelled: only what has not begun is called off."""
    waiting = asyncio.wrap_future(future)
    cancelled: asyncio.CancelledError | None = None
    while not waiting.done():
        try:
            await asyncio.wait([waiting])
        except asyncio.CancelledError as error:
            cancelled = error
            future.cancel()
    if cancelled is None:
        return waiting.result()
    if not waiting.cancelled():
        waiting.exception()  # nobody is left to see it
    raise cancelled
