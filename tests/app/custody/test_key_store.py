"""Every key store keeps the same contract; and what a URL may name."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from freezecase.app.custody.key_store import open_key_store
from freezecase.errors import StoreError
from freezecase.seal.keys import KeyStore
from tests.app.books import STORES, url_of
from tests.app.custody.key_contract import (
    CUSTOMER,
    KEK,
    KeyStoreContract,
    Open,
    SharedKeyStoreContract,
    opener,
)


@pytest.mark.parametrize("kind", STORES)
class TestKeyStore(KeyStoreContract):
    """In memory, in a file, on a server."""

    @pytest.fixture
    def keys(self, kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyStore]:
        """An empty key store of this kind."""
        with open_key_store(url_of(kind, request, tmp_path), KEK) as keys:
            yield keys


@pytest.mark.parametrize("kind", STORES[1:])
class TestSharedKeyStore(SharedKeyStoreContract):
    """In a file, on a server."""

    @pytest.fixture
    def open_keys(self, kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Open:
        """Open the same key store of this kind."""
        return opener(url_of(kind, request, tmp_path))


@pytest.mark.parametrize(
    "url", ["mysql://me:secret@host/db", "keys.db", "sqlite:///", "sqlite:///keys.db?mode=ro"]
)
def test_a_wrong_url_is_told_what_there_is(url: str) -> None:
    """With what it takes; what may be a password is not repeated."""
    with pytest.raises(StoreError, match="names no key store: it takes `sqlite:///") as refused:
        open_key_store(url, KEK)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["memory:", "sqlite:///:memory:"])
def test_key_stores_in_memory_are_apart(url: str) -> None:
    """Each is its own, and leaves no file behind."""
    with open_key_store(url, KEK) as one, open_key_store(url, KEK) as other:
        assert one.keys_for([CUSTOMER]) != other.keys_for([CUSTOMER])
    assert not Path(":memory:").exists()


def test_postgresql_is_only_loaded_when_asked_for() -> None:
    """Who keeps keys in a file needs no PostgreSQL driver."""
    look = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from freezecase.app.custody.key_store import open_key_store\n"
        "from freezecase.seal.kek import FileKek\n"
        "open_key_store('memory:', FileKek(bytes(32))).close()\n"
        "try: open_key_store('postgresql://me@host/db', FileKek(bytes(32)))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("StoreError PostgreSQL needs `psycopg`: pip install")
