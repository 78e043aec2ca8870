"""
A store in parts: whoever does the work, in whatever order, the report is the same.

What no worker came back from is left, and said to be so: nothing is dropped, nothing done twice.
"""

import signal
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Row
from freezecase.errors import InvalidValue, StoreError
from freezecase.policy.book import PolicyBook
from freezecase.policy.standard import standard
from freezecase.replay.history import replay, replay_in_parts
from freezecase.replay.parts import ALL, CaseRange, in_parts, joined, process_pool, ranges
from freezecase.replay.rejudge import rejudge, rejudge_in_parts
from freezecase.replay.rejudged import RejudgeReport
from tests.benchmarks.lives import many_cases
from tests.benchmarks.material import Ticking, fill
from tests.replay import workers
from tests.replay.damaged import Damaged
from tests.replay.executors import Backwards, Failing

CASES = 12
STANDARD = PolicyBook.of(standard())


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Twelve cases, of six kinds."""
    return many_cases(f"sqlite:///{tmp_path_factory.mktemp('parts')}/cases.db", 840)


@pytest.fixture(scope="module")
def whole(url: str) -> RejudgeReport:
    with open_store(url, create=False) as store:
        return rejudge(store, PolicyBook.of(workers.stricter()))


# --- the same report, whoever does the work ------------------------------------------------------


@pytest.mark.parametrize(
    ("executor", "part"),
    [
        *((partial(ThreadPoolExecutor, 3), part) for part in (1, 100, 10_000)),
        *((Backwards, part) for part in (1, 100, 10_000)),
        (partial(process_pool, 2), 100),
    ],
    ids=["threads-1", "threads-100", "threads-all", "back-1", "back-100", "back-all", "processes"],
)
def test_a_report_is_the_same_whoever_judges_in_however_many_parts(
    url: str, whole: RejudgeReport, executor: Callable[[], Executor], part: int
) -> None:
    with executor() as several:
        report = rejudge_in_parts(url, workers.stricter, executor=several, part=part)

    assert report == whole
    assert report.differs == CASES


def test_only_the_earliest_are_told_however_many_parts_there_are(
    url: str, whole: RejudgeReport
) -> None:
    report = rejudge_in_parts(url, workers.stricter, executor=Backwards(), part=1, keep=2)

    assert report.differs == whole.differs
    assert report.differing == whole.differing[:2]


def test_a_pool_of_processes_does_it_if_nobody_else_is_asked(url: str) -> None:
    with open_store(url, create=False) as store:
        expected = replay(store)

    assert expected == replay_in_parts(url, part=100)
    assert expected.clean


def test_processes_share_a_server(postgres_url: str) -> None:
    many_cases(postgres_url, 840)
    with open_store(postgres_url, create=False) as store:
        expected = replay(store), rejudge(store, PolicyBook.of(workers.stricter()))

    with process_pool(2) as pool:
        found = (
            replay_in_parts(postgres_url, executor=pool, part=200),
            rejudge_in_parts(postgres_url, workers.stricter, executor=pool, part=200),
        )

    assert expected == found
    assert expected[1].differs == CASES


def test_progress_is_told_after_each_part(url: str) -> None:
    heard: list[tuple[int, int]] = []

    with open_store(url, create=False) as store:
        parts = len(ranges(store, part=100))
    rejudge_in_parts(
        url, standard, executor=Backwards(), part=100, progress=lambda *done: heard.append(done)
    )

    assert parts > 3
    assert heard == [(done, parts) for done in range(1, parts + 1)]


def test_a_process_begins_afresh_and_leaves_ctrl_c_to_who_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "TOUCHED", True)

    with process_pool(1) as pool:
        pool.submit(signal.raise_signal, signal.SIGINT).result()
        assert pool.submit(workers.untouched).result()
    assert not workers.untouched()


# --- which cases are in which part ---------------------------------------------------------------


def by_time(number: int) -> UUID:
    """An id that begins with the time, as UUIDs of version 7 do: all lie close together."""
    return UUID(int=(0x019B8A7F0000 + number // 3 << 80) | 7 << 76 | number)


@pytest.mark.parametrize(
    "id_of", [lambda number: Ticking(next_id=number).new_id(), by_time], ids=["random", "by-time"]
)
def test_parts_are_of_about_one_size_wherever_ids_lie(
    tmp_path: Path, id_of: Callable[[int], UUID]
) -> None:
    cases = [id_of(number) for number in range(1, 2001)]
    rows = [Row(case, 1, "freeze-imposed.v1", b"{}") for case in cases]
    with open_store(f"sqlite:///{tmp_path}/ids.db") as store:
        store.append(rows, now=1, opened=[(case, "acct-4711") for case in cases])

        parts = ranges(store, part=100)

    sizes = [sum(case in one for case in cases) for one in parts]
    assert sum(sizes) == 2000
    assert (len(parts), parts[0].after, parts[-1].upto) == (21, None, None)
    assert min(sizes) >= 50
    assert max(sizes) <= 150


def test_a_range_is_divided_within_its_ends(url: str) -> None:
    with open_store(url, create=False) as store:
        cases = sorted(one.case for one in store.cases())

        parts = ranges(store, CaseRange(cases[2], cases[8]), part=1)

    assert [CaseRange(*ends) for ends in pairwise(cases[2:9])] == [*parts]


def test_a_list_of_cases_that_is_damaged_divides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    with open_store(f"sqlite:///{path}") as store:
        fill(store, cases=20, versions=20)
        Damaged(path).sql("UPDATE cases SET case_id = 'none' WHERE opened = 1")

        assert ranges(store, part=10) == (ALL,)


def test_ranges_that_follow_one_another_are_one() -> None:
    a, b, c, d = (UUID(int=number) for number in range(4))
    ends = CaseRange(c, d), CaseRange(None, a), CaseRange(b, c)

    assert joined(ends) == (CaseRange(None, a), CaseRange(b, d))
    assert joined([]) == ()


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        (ALL, "the cases"),
        (CaseRange(UUID(int=1)), f"the cases after `{UUID(int=1)}`"),
        (CaseRange(upto=UUID(int=2)), f"the cases up to `{UUID(int=2)}`"),
    ],
    ids=["all", "after", "upto"],
)
def test_a_range_is_named(cases: CaseRange, said: str) -> None:
    assert str(cases) == said


# --- who does not come back ----------------------------------------------------------------------


def adds_up(url: str, report: RejudgeReport) -> int:
    """Judge what is left, and return how many decisions came out identical in all."""
    with open_store(url, create=False) as store:
        more = [rejudge(store, STANDARD, after=one.after, upto=one.upto) for one in report.left]
    return report.identical + sum(one.identical for one in more)


def test_where_a_process_dies_what_is_left_is_said_and_can_be_done_later(
    url: str, whole: RejudgeReport, tmp_path: Path
) -> None:
    with process_pool(2) as pool:
        report = rejudge_in_parts(
            url, partial(workers.deadly, str(tmp_path)), executor=pool, part=100
        )

    assert not report.complete
    assert report.stopped.startswith("its worker was lost: BrokenProcessPool")
    assert report.left
    assert adds_up(url, report) == whole.decisions


@pytest.mark.parametrize("takes", [99, 5], ids=["while-working", "while-handing-out"])
def test_what_was_done_before_a_worker_died_counts(
    url: str, whole: RejudgeReport, takes: int
) -> None:
    report = rejudge_in_parts(url, standard, executor=Failing(3, takes), part=100)

    (left,) = report.left
    assert left.after is not None
    assert left.upto is None
    assert 0 < report.identical < whole.decisions
    assert adds_up(url, report) == whole.decisions


def test_a_replay_says_which_parts_were_lost(url: str) -> None:
    report = replay_in_parts(url, executor=Failing(2), part=10_000)

    assert report.complete
    report = replay_in_parts(url, executor=Failing(0), part=10_000)
    assert not report.complete
    assert [(one.code, one.where) for one in report.findings] == [
        ("part-lost", "the ledger"),
        ("part-lost", "the cases"),
    ]


def test_what_a_worker_raises_is_told_and_the_others_go_on(url: str) -> None:
    def put_together(found: Iterable[list[str]]) -> list[str]:
        return [one for several in found for one in several]

    with ThreadPoolExecutor(1) as threads:
        first, *others = in_parts(
            url, workers.fails, put_together, lambda _, why: [why], executor=threads, part=100
        )

    assert first.startswith("up to ")
    assert {"OSError: no way"} == set(others)


def test_who_stops_waiting_leaves_nothing_to_do(url: str) -> None:
    """Ctrl-C, for example, while parts are under way."""
    pending: list[Future[Any]] = []

    class Never(Backwards):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            if not pending:
                future.set_result(fn(*args, **kwargs))
            pending.append(future)
            return future

    def stop(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rejudge_in_parts(url, standard, executor=Never(), part=100, progress=stop)
    assert len(pending) > 3
    assert all(one.cancelled() for one in pending[1:])


# --- what no worker could do ---------------------------------------------------------------------


def test_a_policy_that_no_worker_could_import_is_refused(url: str) -> None:
    with pytest.raises(InvalidValue, match="by its name, so it takes functions of a module"):
        rejudge_in_parts(url, lambda: STANDARD, executor=Backwards())


@pytest.mark.parametrize("url", ["memory:", "sqlite:///:memory:"])
def test_a_store_in_memory_is_refused(url: str) -> None:
    with pytest.raises(
        InvalidValue, match=r"url cannot be `'.*memory:'`: it takes a store that other"
    ):
        rejudge_in_parts(url, standard, executor=Backwards())


def test_a_store_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such file"):
        replay_in_parts(f"sqlite:///{tmp_path}/none.db", executor=Backwards())
