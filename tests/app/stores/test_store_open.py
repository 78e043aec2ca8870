"""Opening a store: which URLs there are, and what is said to the others."""

import subprocess
import sys
from pathlib import Path

import pytest

from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Row
from freezecase.errors import InvalidValue, StoreError
from tests.app.stores.store_contract import NOW, case


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://me:secret@host/db", "`mysql://`: it takes `sqlite:///relative.db`"),
        ("cases.db", "without `://`"),
        ("sqlite://cases.db", "`sqlite://`: it takes"),
        ("sqlite:///", "names no file"),
        ("sqlite:///cases.db?mode=ro", "no `?` after it"),
        ("postgresql://host/db", "no user"),
        ("postgresql://me:secret@host", "no database"),
        ("postgresql://me:secret@[host/db", "cannot be read"),
        ("postgresql://me:secret@host/db?colour=red", "cannot be read"),
        ("postgresql://me:secret@host/db?sslmode", "cannot be read"),
    ],
)
def test_a_wrong_url_is_told_what_there_is(url: str, said: str) -> None:
    """An address that names no store is refused with those that would; a password stays secret."""
    with pytest.raises(StoreError) as refused:
        open_store(url)
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_synchronous_takes_two_words() -> None:
    """No setting makes a store that forgets what it acknowledged when a program ends."""
    with pytest.raises(InvalidValue, match="`FULL` or `NORMAL`"):
        open_store("memory:", synchronous="OFF")


def test_a_relative_path_is_taken_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three slashes and a name lie in the current folder; what is special is percent-encoded."""
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///my%20cases%3F.db") as store:
        monkeypatch.chdir("/")
        store.append([Row(case(1), 1, "a", b"")], now=NOW)
        assert repr(store) == f"<SQLiteStore `sqlite:///{tmp_path}/my cases?.db`>"
    assert (tmp_path / "my cases?.db").exists()


@pytest.mark.parametrize("url", ["memory:", "sqlite:///:memory:"])
def test_stores_in_memory_are_apart(url: str) -> None:
    """Each store in memory is its own, and leaves no file behind."""
    with open_store(url) as one, open_store(url) as two:
        one.append([Row(case(1), 1, "a", b"")], now=NOW)
        assert (one.size(), two.size()) == (1, 0)
    assert not Path(":memory:").exists()


def test_postgresql_is_only_loaded_when_asked_for() -> None:
    """Who keeps cases in a file needs no PostgreSQL driver."""
    look = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from freezecase.app.stores.opening import open_store\n"
        "import freezecase.app.stores.engine\n"
        "open_store('memory:').close()\n"
        "try: open_store('postgresql://me@host/db')\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("StoreError PostgreSQL needs `psycopg`: pip install")


def test_without_a_clock_a_time_is_asked_for() -> None:
    """The store never looks at the wall clock by itself."""
    with (
        open_store("memory:") as store,
        pytest.raises(StoreError, match="opened without a clock: give `now`"),
    ):
        store.insert_events([])  # type: ignore[attr-defined]
