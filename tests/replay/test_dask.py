"""
A store in parts on Dask: a scheduler and two workers, each a process of its own.

Any executor will do. This one is the way past one machine, so it is tried with what it brings
along: its own way to send a function, and its own error for a worker that was lost.
"""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from freezecase.app.stores.opening import open_store
from freezecase.policy.book import PolicyBook
from freezecase.replay.history import replay, replay_in_parts
from freezecase.replay.rejudge import rejudge, rejudge_in_parts
from tests.benchmarks.lives import many_cases
from tests.replay import workers

dask: Any = pytest.importorskip("dask")
distributed: Any = pytest.importorskip("distributed")
PART = 100


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give a client of a cluster on this machine that tries nothing twice."""
    cluster = partial(
        distributed.LocalCluster,
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        local_directory=str(tmp_path_factory.mktemp("dask")),
    )
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        cluster() as several,
        distributed.Client(several) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return many_cases(f"sqlite:///{tmp_path_factory.mktemp('parts')}/cases.db", 840)


def test_judged_again_on_dask_it_comes_out_the_same(client: Any, url: str) -> None:
    with open_store(url, create=False) as store:
        whole = rejudge(store, PolicyBook.of(workers.stricter()))

    report = rejudge_in_parts(url, workers.stricter, executor=client.get_executor(), part=PART)

    assert whole == report
    assert report.differs
    assert os.getpid() not in client.run(os.getpid).values()


def test_replayed_on_dask_it_comes_out_the_same(client: Any, url: str) -> None:
    with open_store(url, create=False) as store:
        whole = replay(store)

    assert whole == replay_in_parts(url, executor=client.get_executor(), part=PART)


def test_a_worker_that_was_lost_is_said_to_be_so(client: Any, url: str, tmp_path: Path) -> None:
    policy = partial(workers.deadly, str(tmp_path))

    report = rejudge_in_parts(url, policy, executor=client.get_executor(), part=PART)

    assert report.stopped.startswith("its worker was lost: KilledWorker")
    assert report.left
    assert report.identical
