"""The boards of memory, an SQLite file and PostgreSQL keep the same promises."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit

import pytest

from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.errors import StoreReadOnly
from tests.app.books import STORES, url_of
from tests.app.stores.board_contract import ALONE, TOGETHER, Opener, begun, moved, read


@pytest.fixture(params=STORES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a fresh store can be, of each kind."""
    return url_of(request.param, request, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A fresh store."""
    with open_store(url) as opened:
        yield opened


@pytest.mark.parametrize("promise", ALONE, ids=lambda promise: promise.__name__)
def test_every_board_keeps_this_promise(promise: Callable[[Store], None], store: Store) -> None:
    """One handle shows it."""
    promise(store)


@pytest.mark.parametrize("url", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize("promise", TOGETHER, ids=lambda promise: promise.__name__)
def test_every_shared_board_keeps_this_promise(promise: Callable[[Opener], None], url: str) -> None:
    """Several handles on one database show it."""
    promise(partial(open_store, url, busy_timeout=30, pool_size=2))


def test_a_file_that_cannot_be_written_shows_the_board_it_has(tmp_path: Path) -> None:
    """What is stored is read from a read-only file; one without a board says that it is one."""
    url, bare = f"sqlite:///{tmp_path}/cases.db", f"sqlite:///{tmp_path}/bare.db"
    with open_store(url) as store:
        standing = begun(store.board(), c1=1)
    open_store(bare).close()
    for name in ("cases.db", "bare.db"):
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    with open_store(url) as store:
        store.datastore.freeze()  # type: ignore[attr-defined]
        assert read(store.board(), standing) == ["c1"]
        with pytest.raises(StoreReadOnly):
            moved(store.board(), standing, 6, {})
    with open_store(bare) as store:
        store.datastore.freeze()  # type: ignore[attr-defined]
        with pytest.raises(StoreReadOnly):
            store.board().standings()


def test_a_writer_of_records_keeps_a_board_with_its_grants(postgres_url: str) -> None:
    """Who may not make tables is told so; let in, they may change views and no record."""
    import psycopg
    from psycopg.sql import SQL, Identifier

    from freezecase.app.stores.postgres import GRANTS
    from freezecase.app.stores.postgres_board import BOARD_GRANTS

    role = f"backend_{abs(hash(postgres_url))}"
    theirs = urlsplit(postgres_url)
    open_store(postgres_url).close()

    def let_in(*grants: LiteralString) -> None:
        with psycopg.connect(postgres_url, autocommit=True) as owner:
            for grant in grants:
                named = SQL(grant).format(schema=Identifier("public"), user=Identifier(role))
                owner.execute(named)

    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(role)))
        owner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    try:
        let_in(*GRANTS)
        at = theirs.netloc.rpartition("@")[2]
        url = theirs._replace(netloc=f"{role}@{at}").geturl()
        with open_store(url, create=False) as store, pytest.raises(StoreReadOnly, match="GRANTS"):
            store.board().standings()
        with open_store(postgres_url) as store:
            store.board().standings()
        let_in(*BOARD_GRANTS)
        with open_store(url, create=False) as store:
            standing = begun(store.board(), c1=1)
            assert read(store.board(), standing) == ["c1"]
            store.board().sweep()
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as owner:
            owner.execute(SQL("DROP OWNED BY {}").format(Identifier(role)))
            owner.execute(SQL("DROP ROLE {}").format(Identifier(role)))
