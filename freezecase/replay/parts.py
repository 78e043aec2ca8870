"""
A whole store in parts: ranges of case ids, each read by whichever worker is free.

    with ProcessPoolExecutor() as pool:                   # or Dask's, or any other executor
        report = rejudge_in_parts("postgresql://...", standard, executor=pool)

A part is small, so that a fast worker takes more of them. Which cases are in it depends on the
store alone, and what came of the parts is put together in their order: the report is the same
whoever did the work, in however many processes. A worker opens the store by its URL and finds what
it is to do by its name, so both must mean the same where it runs.
"""

import pickle
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import dropwhile
from multiprocessing import get_context
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar
from uuid import UUID

import attrs

from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import HIGHEST, LOWEST, Scanned, Store
from freezecase.core.checked import refuse
from freezecase.errors import FreezeCaseError

__all__ = [
    "ALL",
    "PART",
    "CaseRange",
    "Job",
    "Told",
    "in_parts",
    "joined",
    "process_pool",
    "ranges",
    "records_in",
]

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
Told: TypeAlias = Callable[[int, int], None]
"""Told (parts done, of how many) after each."""

PART: Final = 10_000
"""About how many records a part has: a second or two of work, and little to begin again."""
_LOOKS: Final = 16
"""How many cases are looked at for each part, to find where it ends."""


@attrs.frozen
class CaseRange:
    """The cases past one id, up to and with another; from the first, or to the last, if none."""

    after: UUID | None = None
    upto: UUID | None = None

    def __str__(self) -> str:
        """Name it."""
        ends = (("after", self.after), ("up to", self.upto))
        return " ".join(["the cases", *(f"{word} `{id}`" for word, id in ends if id is not None)])

    def __contains__(self, case: UUID) -> bool:
        """Say whether a case is in it."""
        after, upto = self.after, self.upto
        return (after is None or case > after) and (upto is None or case <= upto)


ALL: Final = CaseRange()


def joined(several: Iterable[CaseRange]) -> tuple[CaseRange, ...]:
    """Return ranges in their order, and as one where one goes on where another ends."""
    found: list[CaseRange] = []
    for one in sorted(several, key=lambda one: one.after or LOWEST):
        if found and found[-1].upto == one.after is not None:
            one = CaseRange(found.pop().after, one.upto)  # noqa: PLW2901 - the two of them
        found.append(one)
    return tuple(found)


def records_in(store: Store, cases: CaseRange) -> Iterator[Scanned]:
    """Stream the records of a range, case by case."""
    rows = store.scan_cases(cases.after or LOWEST, cases.upto or HIGHEST)
    if cases.after is None:
        return rows
    before = cases.after.hex  # a store gives both ends
    return dropwhile(lambda row: row[2] == before, rows)


class Work(Protocol[R_co]):
    """What can be done with a range of the cases of a store."""

    def __call__(self, store: Store, *, after: UUID | None, upto: UUID | None) -> R_co:
        """Do it."""
        ...


@attrs.frozen
class Job(Generic[R]):
    """Something to do with a store, in whatever process; and what to report if it was lost."""

    do: Callable[[Store], R]
    lost: Callable[[str], R]
    """Makes a report of why nothing came of it."""


def in_parts(
    url: str,
    work: Work[R],
    merged: Callable[[Iterable[R]], R],
    lost: Callable[[CaseRange, str], R],
    *,
    executor: Executor | None = None,
    first: Sequence[Job[R]] = (),
    within: CaseRange = ALL,
    part: int = PART,
    progress: Told | None = None,
) -> R:
    """
    Do *work* with all cases of a store, range by range, and return the merged report.

    Args:
        url: the store, as every worker opens it.
        work: a function of a module, or a `functools.partial` of one: workers import it by name.
        merged: puts the reports of the parts together; it is given them in order, one at a time.
        lost: makes the report of a range that no worker came back from, and why.
        executor: who does the work; a pool of processes on this machine, if not said.
        first: what is to be done with the whole store, before the ranges.
        within: leave out the cases that are not in this range.
        part: about how many records a part is to have.
        progress: told (parts done, of how many) after each.

    Raises:
        InvalidValue: no worker could be told what to do, or where.

    """
    _check(url, work)
    with open_store(url, create=False) as store:
        several = ranges(store, within, part)
    jobs = [
        *first,
        *(
            Job(partial(work, after=one.after, upto=one.upto), partial(lost, one))
            for one in several
        ),
    ]
    with _workers(executor) as workers:
        return merged(_results(url, jobs, workers, progress))


def process_pool(processes: int | None = None) -> ProcessPoolExecutor:
    """Return a pool of processes on this machine: so many, or as many as it has processors."""
    return ProcessPoolExecutor(
        processes,
        get_context("spawn"),  # a fork would take along locks, and connections that others use
        _let_the_parent_be_interrupted,
    )


def _let_the_parent_be_interrupted() -> None:
    """Leave Ctrl-C to the process that waits: it lets the parts under way come to their end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _workers(executor: Executor | None) -> Generator[Executor]:
    if executor is not None:  # somebody else's, who will go on using it
        yield executor
        return
    with process_pool() as own:
        yield own


# --- which cases are in which part ---------------------------------------------------------------


def ranges(store: Store, within: CaseRange = ALL, part: int = PART) -> tuple[CaseRange, ...]:
    """
    Divide the cases of a store into ranges of about *part* records each.

    Ids are whatever a host makes: where they lie is looked up, at cases that were opened at even
    distances in the ledger. The same store is always divided in the same way.
    """
    try:
        borders = _borders(store, within, part)
    except (FreezeCaseError, ValueError):  # the list of cases is damaged: whoever reads will say so
        borders = []
    ends = [within.after, *borders, within.upto]
    return tuple(map(CaseRange, ends, ends[1:]))


def _borders(store: Store, within: CaseRange, part: int) -> list[UUID]:
    size = store.size()
    parts = size // part + 1
    step = max(1, size // (parts * _LOOKS))
    looked = {one.case for at in range(0, size, step) for one in store.cases(at, 1)}
    seen = sorted(looked)
    picked = {seen[len(seen) * number // parts] for number in range(1, parts)} if seen else set()
    return sorted(one for one in picked if one in within and one != within.upto)


# --- who does what -------------------------------------------------------------------------------


def _check(url: str, work: object) -> None:
    """Refuse what no other process could open, or import."""
    if url in {"memory:", "sqlite:///:memory:"}:
        raise refuse("url", url, "it takes a store that other processes can open, too")
    try:
        pickle.dumps(work)
    except Exception as error:
        names = "a worker imports it by its name, so it takes functions of a module"
        raise refuse(
            "work", work, f"{names}, such as `freezecase.policy.standard.standard`"
        ) from error


def _results(
    url: str, jobs: Sequence[Job[R]], workers: Executor, progress: Told | None
) -> Iterator[R]:
    """Yield what comes of each job, in their order; what comes of later ones has to wait."""
    waiting = deque((one, _submitted(workers, url, one.do)) for one in jobs)
    try:
        while waiting:
            yield _result(*waiting.popleft())  # and so it is let go
            if progress is not None:
                progress(len(jobs) - len(waiting), len(jobs))
    finally:
        for _job, future in waiting:
            future.cancel()


def _submitted(workers: Executor, url: str, do: Callable[[Store], Any]) -> Future[Any]:
    try:
        return workers.submit(_done, url, do)
    except BrokenExecutor as broken:  # a worker died while the last of the jobs were handed out
        future: Future[Any] = Future()
        future.set_exception(broken)
        return future


def _result(job: Job[R], future: Future[Any]) -> R:
    try:
        result, failed = future.result()
    except Exception as error:  # noqa: BLE001 - each kind of executor has its own for a lost worker
        return job.lost(f"its worker was lost: {_said(error)}")
    return job.lost(failed) if failed else result


def _done(url: str, do: Callable[[Store], R]) -> tuple[R | None, str]:
    """Do one job, in the worker. What was raised is told in words: not every error can travel."""
    try:
        with open_store(url, create=False) as store:
            return do(store), ""
    except Exception as error:  # noqa: BLE001 - whatever it was, the part is not done
        return None, _said(error)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
