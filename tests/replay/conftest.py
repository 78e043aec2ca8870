"""What the attacks need: a store of each kind, and somebody who owns its tables."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from freezecase.app.stores.opening import open_store
from tests.replay.ledgers import ORIGIN, Insider, PostgresInsider, SQLiteInsider, World, told


@pytest.fixture(scope="session")
def world() -> World:
    """A sound ledger with checkpoints, built once: take a copy of what is changed."""
    return told()


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
