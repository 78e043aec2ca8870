"""What readers of a store are tested on: attacked ledgers, and the stories of the demonstration."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from freezecase.app.stores.opening import open_store
from freezecase.casebook import Casebook
from freezecase.cli.stories import STORIES, Stage, StoryClock
from tests.replay import ledgers
from tests.replay.damaged import Damaged
from tests.replay.ledgers import ORIGIN, Insider, PostgresInsider, SQLiteInsider, World


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stories of the demonstration, in a store."""
    path = tmp_path_factory.mktemp("told") / "cases.db"
    clock = StoryClock()
    with Casebook.open(f"sqlite:///{path}", clock=clock) as book:
        for _title, story in STORIES:
            story(Stage(book, clock))
    return path


@pytest.fixture
def damaged(told: Path, tmp_path: Path) -> Damaged:
    """The same, for somebody to damage."""
    return Damaged.copy(told, tmp_path)


@pytest.fixture(scope="session")
def world() -> World:
    """A sound ledger with checkpoints, built once: take a copy of what is changed."""
    return ledgers.told()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def insider(request: pytest.FixtureRequest) -> Iterator[Insider]:
    """The owner of an empty store, who fills it as they like; one store for a whole module."""
    if request.param == "sqlite":
        with open_store("memory:", origin=ORIGIN, verify=False) as store:
            yield SQLiteInsider(store)
        return
    import psycopg

    server = request.getfixturevalue("postgres_server")
    name = f"attacked_{request.module.__name__.rpartition('.')[2]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        url = urlsplit(server)._replace(path=f"/{name}").geturl()
        try:
            with (
                open_store(url, origin=ORIGIN, verify=False) as store,
                psycopg.connect(url, autocommit=True) as owner,
            ):
                yield PostgresInsider(store, owner)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
