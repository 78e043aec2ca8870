"""A backtest in parts: the same report, and what is left is said."""

from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from freezecase.app.stores.opening import open_store
from freezecase.policy.book import PolicyBook
from freezecase.replay.parts import CaseRange, process_pool
from freezecase.replay.whatif import Backtest, whatif
from freezecase.replay.whatif.parts import whatif_in_parts
from tests.benchmarks.lives import many_cases
from tests.replay import workers
from tests.replay.executors import Backwards, Failing


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return many_cases(f"sqlite:///{tmp_path_factory.mktemp('parts')}/cases.db", 420)


OPTIONS: dict[str, Any] = {"minutes": {"close-case": 3}, "budget": 8}


def tried(url: str, **ends: Any) -> Backtest:
    """Try the candidate on the whole store in one."""
    with open_store(url, create=False) as store:
        return whatif(store, PolicyBook.of(workers.stricter()), **OPTIONS, **ends)


@pytest.mark.parametrize(
    ("executor", "part"),
    [
        (partial(ThreadPoolExecutor, 2), 1),
        (Backwards, 60),
        (Backwards, 10_000),
        (partial(process_pool, 2), 60),
    ],
    ids=["threads", "backwards", "one-part", "processes"],
)
def test_a_backtest_is_the_same_whoever_does_it(url: str, executor: Any, part: int) -> None:
    whole = tried(url)

    several: Executor
    with executor() as several:
        report = whatif_in_parts(url, workers.stricter, executor=several, part=part, **OPTIONS)

    assert whole == report
    assert report.whole.differs == report.whole.cases == 6


def test_only_some_cases_are_tried(url: str) -> None:
    with open_store(url, create=False) as store:
        cases = sorted(one.case for one in store.cases())
    within = CaseRange(cases[1], cases[4])

    report = whatif_in_parts(
        url, workers.stricter, executor=Backwards(), within=within, part=60, **OPTIONS
    )

    assert tried(url, after=cases[1], upto=cases[4]) == report
    assert report.whole.cases == 3


def test_what_a_lost_worker_left_is_said_and_can_be_done_later(url: str) -> None:
    whole = tried(url)

    report = whatif_in_parts(url, workers.stricter, executor=Failing(2), part=60, **OPTIONS)

    assert not report.complete
    assert report.stopped == "its worker was lost: BrokenExecutor: a process ended abruptly"
    [left] = report.left
    rest = tried(url, after=left.after, upto=left.upto)
    assert report.whole.cases + rest.whole.cases == whole.whole.cases
    assert (report.policies, report.derivable) == (whole.policies, whole.derivable)
