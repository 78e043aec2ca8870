"""Memory, an SQLite file and PostgreSQL keep the same promises."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from tests.app.stores import store_alarm_contract as alarms
from tests.app.stores.store_contract import ALONE, NOW, TOGETHER, Opener


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a fresh store can be, of each kind."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/cases.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A fresh store."""
    with open_store(url, clock=lambda: NOW) as opened:
        yield opened


@pytest.mark.parametrize("promise", [*ALONE, *alarms.ALONE], ids=lambda promise: promise.__name__)
def test_every_store_keeps_this_promise(promise: Callable[[Store], None], store: Store) -> None:
    """One handle shows it."""
    promise(store)


@pytest.mark.parametrize("url", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize(
    "promise", [*TOGETHER, *alarms.TOGETHER], ids=lambda promise: promise.__name__
)
def test_every_shared_store_keeps_this_promise(promise: Callable[[Opener], None], url: str) -> None:
    """Several handles on one database show it."""
    promise(partial(open_store, url, busy_timeout=30, pool_size=2))
