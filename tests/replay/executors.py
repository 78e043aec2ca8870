"""Executors that do what a pool seldom does: the last task first, or only some of them."""

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any


class Backwards(Executor):
    """Does the last of its tasks first."""

    def __init__(self) -> None:
        self.tasks: list[Callable[[], None]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = _Asked(self)
        self.tasks.append(lambda: future.set_result(fn(*args, **kwargs)))
        return future


class _Asked(Future[Any]):
    def __init__(self, executor: Backwards) -> None:
        super().__init__()
        self.executor = executor

    def result(self, timeout: float | None = None) -> Any:
        while self.executor.tasks:
            self.executor.tasks.pop()()
        return super().result(timeout)


class Failing(Executor):
    """Does so many tasks, and then is broken, as a pool is of which a process died."""

    def __init__(self, does: int, takes: int = 99) -> None:
        self.does, self.takes, self.futures = does, takes, list[Future[Any]]()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if len(self.futures) == self.takes:
            raise BrokenExecutor("no more")
        future: Future[Any] = Future()
        if len(self.futures) < self.does:
            future.set_result(fn(*args, **kwargs))
        else:
            future.set_exception(BrokenExecutor("a process ended abruptly"))
        self.futures.append(future)
        return future
