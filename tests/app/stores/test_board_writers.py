"""Eight who write, several who project, one who rebuilds, and some who are killed: all is right."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from freezecase import Casebook
from freezecase.views.board import VIEWS
from freezecase.views.projecting import catch_up, rebuild
from tests.app.books import freeze_batch, opened, url_of
from tests.house.source import ROOT
from tests.views.stored import assert_right, ought, stored

WRITERS = 8
COMMANDS = 12


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where several processes can write."""
    return url_of(request.param, request, tmp_path)


def started(module: str, *words: object) -> subprocess.Popen[str]:
    """One of the programs that help the tests."""
    asked = [sys.executable, "-m", f"tests.app.{module}", *map(str, words)]
    return subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def writing(url: str, shared: UUID) -> list[subprocess.Popen[str]]:
    """Eight who write to one case that they share, and to cases of their own."""
    return [started("writers", "stream", url, shared, seed, COMMANDS) for seed in range(WRITERS)]


@contextmanager
def projecting(url: str, *names: str) -> Generator[list[subprocess.Popen[str]]]:
    """Projectors that are at work; in the end they are killed wherever they are."""
    running = [started("stores.projectors", name, url) for name in names]
    try:
        yield running
    finally:
        for one in running:
            one.kill()
            one.communicate()


def round_of(projector: subprocess.Popen[str]) -> int:
    """The position that a projector reached in its next round."""
    assert projector.stdout is not None
    return int(projector.stdout.readline())


def test_views_are_right_while_eight_write(url: str) -> None:
    """
    At every moment each row is what the records make it at the position of its view.

    Two projectors and one who rebuilds are at work all the time; what is read is looked at while
    they are, not only in the end. Then the live views and those from zero are equal to the byte.
    """
    with Casebook.open(url, busy_timeout=60) as book:
        shared = opened(book).id
        catch_up(book.store, VIEWS)
        with projecting(url, "keep", "keep", "rebuild"):
            writers, positions = writing(url, shared), list[int]()
            while any(one.poll() is None for one in writers):
                positions.append(assert_right(book.store))
            for one in writers:
                one.communicate(timeout=120)
            assert [one.returncode for one in writers] == [0] * WRITERS
        assert positions == sorted(positions), "readers never go back"
        assert len(set(positions)) > 2, "there was something to see on the way"
        assert catch_up(book.store, VIEWS) == book.store.size() == assert_right(book.store)
        live = stored(book.store)
        assert live[1] == ought(book.store, book.store.size())
        assert rebuild(book.store, VIEWS) == book.store.size()
        assert stored(book.store) == live
        assert len(book.store.board().standings()) == len(VIEWS)
        assert book.portfolio(stored=True).cases == WRITERS + 1


@pytest.mark.parametrize("name", ["keep", "rebuild"])
def test_a_projector_that_is_killed_leaves_what_is_right(url: str, name: str) -> None:
    """After SIGKILL the views are whole as of some position; whoever goes on finishes them."""
    with Casebook.open(url, busy_timeout=60) as book:
        freeze_batch(book, 30)
        catch_up(book.store, VIEWS)
        for batch in range(2):
            with projecting(url, name) as (one,):
                round_of(one)
                opened(book, f"acct-late-{batch}")
            assert_right(book.store)
        assert catch_up(book.store, VIEWS) == book.store.size() == assert_right(book.store)
        rebuild(book.store, VIEWS)
        assert len(book.store.board().standings()) == len(VIEWS), "what was left behind is gone"
        assert stored(book.store)[1] == ought(book.store, book.store.size())


def test_two_that_begin_at_once_make_one_board(url: str) -> None:
    """Nothing is stored yet and both make it from zero: the rows are there once."""
    with Casebook.open(url, busy_timeout=60) as book:
        freeze_batch(book, 30)
        with projecting(url, "keep", "keep") as both:
            assert [round_of(one) for one in both] == [book.store.size()] * 2
        assert assert_right(book.store) == book.store.size()
        assert {one.live for one in book.store.board().standings()} == {True}
