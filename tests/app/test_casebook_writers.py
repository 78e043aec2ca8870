"""Many writers, and writers that are killed: nothing acknowledged is lost, nothing is there twice.

The auditor trusts no answer of the book: it reads the rows and counts.
"""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from uuid import UUID

import attrs
import pytest

from freezecase import Casebook
from freezecase.app.record import Record
from freezecase.app.stores.store import Stored
from freezecase.testing.contracts import StoryClock
from tests.app.books import ENGINE, decided, opened, url_of
from tests.app.writers import ACCOUNTS, CHUNK, batch, command_of, write
from tests.house.source import ROOT

WRITERS, EACH = 8, 7


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where several processes can write."""
    return url_of(request.param, request, tmp_path)


def program(*arguments: object) -> subprocess.Popen[str]:
    """A process of its own that writes."""
    words = [sys.executable, "-m", "tests.app.writers", *map(str, arguments)]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def killed(writer: subprocess.Popen[str], alive: int) -> list[str]:
    """What a writer says that is killed once it has said *alive* lines."""
    with writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline().strip() for _ in range(alive)]
        writer.kill()
        return [*said, *writer.stdout.read().splitlines()]


def asked(book: Casebook) -> Counter[UUID]:
    """How often each command stands in the ledger, sure that the ledger is whole."""
    rows = [Stored.of(raw) for raw in book.store.scan()]
    assert [row.index for row in rows] == list(range(1, len(rows) + 1)), "contiguous"
    assert [row.recorded_at for row in rows] == sorted(row.recorded_at for row in rows)
    records: dict[UUID, list[Record]] = {}
    for row in rows:
        read = Record.of(row.case, (row.version, row.name, row.state, row.index, row.recorded_at))
        records.setdefault(row.case, []).append(read)
    for history in records.values():
        assert [one.version for one in history] == list(range(1, len(history) + 1)), "no gap"
    assert set(records) == {listed.case for listed in book.store.cases(limit=99_999)}
    return Counter(
        one.command_id for history in records.values() for one in history if one.ruling is not None
    )


def expected(case: UUID, each: int = EACH) -> Counter[UUID]:
    """The commands of all writers, each once, and the one that opened the shared case."""
    ids = [command_of(seed, n, case)[0] for seed in range(WRITERS) for n in range(each)]
    return Counter([case, *ids])


def test_eight_processes_write_to_one_case_and_to_many(url: str) -> None:
    """Each writes to one shared case and to its own; every command is there exactly once."""
    with Casebook.open(url) as book:
        case = opened(book).id
        writers = [program("stream", url, case, seed, EACH) for seed in range(WRITERS)]
        told = [writer.communicate(timeout=120)[0].split() for writer in writers]
        assert [writer.returncode for writer in writers] == [0] * WRITERS
        assert [len(ids) for ids in told] == [EACH] * WRITERS
        assert asked(book) == expected(case)
        contacts = decided(book.history(case)).count("contact-received")
        assert contacts == WRITERS * (EACH // 2)


@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgres"])
def test_eight_threads_share_one_book(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Threads may share a book; what they write is all there, once."""
    with Casebook.open(url_of(kind, request, tmp_path), busy_timeout=60) as book:
        case = opened(book).id

        def work(seed: int) -> None:
            for number in range(EACH):
                write(book, *command_of(seed, number, case))

        with ThreadPoolExecutor(WRITERS) as threads:
            list(threads.map(work, range(WRITERS)))
        assert asked(book) == expected(case)


def test_one_id_from_eight_threads_is_one_command(url: str) -> None:
    """Whoever asks the same under the same id at the same time gets the same answer."""
    with Casebook.open(url, busy_timeout=60) as book:
        case = opened(book).id
        id, command = command_of(7, 1, case)

        def ask(_: int) -> object:
            return attrs.evolve(book.execute(command, by=ENGINE, id=id), repeated=False)

        with ThreadPoolExecutor(WRITERS) as threads:
            answers = list(threads.map(ask, range(WRITERS)))
        assert answers == answers[:1] * WRITERS
        assert asked(book) == Counter([case, id])


@pytest.mark.parametrize("seed", range(3))
def test_a_writer_that_is_killed_loses_nothing_it_was_promised(url: str, seed: int) -> None:
    """After SIGKILL the book opens and holds what was acknowledged, and at most one more.

    The one in flight is asked again under its id, and its answer is the one answer.
    """
    with Casebook.open(url) as book:
        case = opened(book).id
    alive = Random(seed).randrange(3, 40)
    told = [UUID(line) for line in killed(program("stream", url, case, seed), alive)]

    with Casebook.open(url) as book:
        kept = asked(book)
        in_flight = command_of(seed, len(told), case)
        assert set(told) <= set(kept) <= {case, *told, in_flight[0]}
        assert max(kept.values()) == 1
        answer = book.execute(in_flight[1], by=ENGINE, id=in_flight[0])
        assert answer.repeated or in_flight[0] not in kept
        assert asked(book) == Counter([case, *told, in_flight[0]])
        again = book.execute(in_flight[1], by=ENGINE, id=in_flight[0])
        assert again == attrs.evolve(answer, repeated=True)


def test_a_batch_that_is_killed_goes_on_where_it_stopped(url: str) -> None:
    """Killed between two chunks or in the middle of one, and run again: all are frozen, once."""
    id = UUID(int=4711)
    done = [int(line) for line in killed(program("batch", url, id), 2)]

    with Casebook.open(url) as book:
        before = list(asked(book))
        assert len(before) in {done[-1], done[-1] + CHUNK}, "whole chunks, at most one more"
    batch(url, str(id))
    with Casebook.open(url) as book:
        assert list(asked(book))[: len(before)] == before
        assert [case.account for case in book.cases()] == ACCOUNTS


def test_a_book_that_was_not_closed_is_read_by_the_next(url: str) -> None:
    """Closing is manners, not a condition: what was acknowledged is durable before."""
    book = Casebook.open(url, clock=StoryClock())
    case = opened(book)
    with Casebook.open(url) as other:
        assert other.case(case.id) == case
    book.close()
