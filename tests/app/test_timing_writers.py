"""Several who let time pass at once, and some who are killed: each miss is there once."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from freezecase import Casebook, Channel
from freezecase import commands as do
from freezecase.testing.contracts import StoryClock
from freezecase.testing.contracts.stage import BEGIN
from tests.app.books import ENGINE, alarms, decided, expected_alarms, freeze_batch, url_of
from tests.app.stores.salted import unsalted
from tests.house.source import ROOT

CASES = 24
LATER = BEGIN + timedelta(hours=30)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where several processes can write."""
    return url_of(request.param, request, tmp_path)


def schedulers(url: str, count: int) -> list[subprocess.Popen[str]]:
    """Processes that let time pass until 30 hours after the freezes."""
    words = [sys.executable, "-m", "tests.app.writers", "time", url, LATER.isoformat()]
    return [
        subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(count)
    ]


def rows(book: Casebook) -> list[tuple[Any, ...]]:
    """Every row of the ledger but when it was written."""
    return unsalted((row[0], *row[2:]) for row in book.store.scan())


def undisturbed(size: int) -> list[tuple[Any, ...]]:
    """The rows of a book in which one scheduler let time pass, and nobody else."""
    clock = StoryClock()
    with Casebook.open("memory:", clock=clock) as book:
        freeze_batch(book, size)
        clock.instant = LATER
        book.run_due(LATER)
        return rows(book)


def test_four_threads_write_each_miss_once(book: Casebook, clock: StoryClock) -> None:
    """Whoever comes first writes it; the sum of what they say they wrote is what there is."""
    freeze_batch(book, CASES)
    clock.instant = LATER
    late = len(book.due(LATER))
    with ThreadPoolExecutor(4) as threads:
        passed = list(threads.map(lambda _: book.run_due(LATER), range(4)))
    assert [dict(one.failed) for one in passed] == [{}] * 4
    assert sum(one.missed for one in passed) == late == CASES * 3
    assert sorted(row[1:] for row in rows(book)) == sorted(row[1:] for row in undisturbed(CASES))


def test_two_processes_write_each_miss_once(url: str) -> None:
    """So do schedulers on several machines."""
    with Casebook.open(url, clock=StoryClock()) as book:
        freeze_batch(book, CASES)
        running = schedulers(url, 2)
        told = [int(one.communicate(timeout=120)[0].split()[-1]) for one in running]
        assert [one.returncode for one in running] == [0, 0]
        assert sum(told) == CASES * 3
        assert sorted(row[1:] for row in rows(book)) == sorted(
            row[1:] for row in undisturbed(CASES)
        )
        assert alarms(book) == expected_alarms(book)


@pytest.mark.parametrize("alive", [1, 11])
def test_a_scheduler_that_is_killed_goes_on_where_it_stopped(url: str, alive: int) -> None:
    """After SIGKILL each case was looked at whole, or not; run again, all are as if undisturbed."""
    clock = StoryClock()
    with Casebook.open(url, clock=clock) as book:
        freeze_batch(book, CASES)
        (one,) = schedulers(url, 1)
        with one:
            assert one.stdout is not None
            for _ in range(alive):
                assert one.stdout.readline().startswith("wrote")
            one.kill()
    with Casebook.open(url, clock=clock) as book:
        clock.instant = LATER
        counts = Counter(
            decided(book.history(case.id)).count("obligation-missed") for case in book.cases()
        )
        assert set(counts) <= {0, 3}
        assert counts[3] >= alive
        assert alarms(book) == expected_alarms(book)
        assert book.run_due(LATER).missed == counts[0] * 3
        assert rows(book) == undisturbed(CASES)


def test_commands_and_schedulers_at_once_lose_nothing(book: Casebook, clock: StoryClock) -> None:
    """Customers write while time passes: every contact and every miss is there once."""
    freeze_batch(book, 6)
    cases = [case.id for case in book.cases()]
    clock.instant = LATER

    def write(case: UUID) -> None:
        for _ in range(3):
            book.execute(do.RecordContact(case, channel=Channel.CHAT), by=ENGINE)

    work: list[Callable[[], object]] = [
        *(lambda: book.run_due(LATER) for _ in range(3)),
        *(partial(write, case) for case in cases),
    ]
    with ThreadPoolExecutor(len(work)) as threads:
        for done in [threads.submit(one) for one in work]:
            done.result()
    kinds = Counter(kind for case in cases for kind in decided(book.history(case)))
    assert (kinds["contact-received"], kinds["obligation-missed"]) == (18, 18)
    assert (book.due(LATER), alarms(book)) == ((), expected_alarms(book))
