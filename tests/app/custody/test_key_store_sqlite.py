"""The key store in a file: what a stranger with the file in hand can and cannot do to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from freezecase.app.custody.key_store import open_key_store
from freezecase.app.stores.opening import open_store
from freezecase.errors import NotOurStore, SealError, StoreError
from freezecase.seal.keys import KeyStore
from tests.app.custody.key_contract import CUSTOMER, ELSE, KEK, NOW, STAFF


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the key store is."""
    return tmp_path / "keys.db"


@pytest.fixture
def keys(file: Path) -> Iterator[KeyStore]:
    """An empty key store in it."""
    with open_key_store(f"sqlite:///{file}", KEK) as opened:
        yield opened


def by_hand(file: Path, statement: str, **values: Any) -> list[Any]:
    """Change the file with another program, which knows nothing of us."""
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(statement, values).fetchall()


BACK = "UPDATE subject_keys SET wrapped = :bytes, destroyed_at = NULL WHERE id = :id"
BYTES = "UPDATE subject_keys SET wrapped = :bytes WHERE id = :id"
LATE = "UPDATE subject_keys SET destroyed_at = destroyed_at + 1 WHERE id = :id"
MOVED = "UPDATE subject_keys SET epoch = 9 WHERE id = :id"
AWAY = "DELETE FROM subject_keys WHERE id = :id"
AGAIN = "INSERT INTO subject_keys VALUES (NULL, :id, 'x', 'customer', 1, :bytes, 'k', NULL, NULL)"
EPOCH = AGAIN.replace(":id, 'x'", "'another', 'acct-4711'")


@pytest.mark.parametrize(
    "statement",
    [
        BACK,
        BYTES,
        LATE,
        MOVED,
        AWAY,
        AGAIN,
        AGAIN.replace("INSERT", "INSERT OR REPLACE"),
        EPOCH,
        EPOCH.replace("INSERT", "INSERT OR REPLACE"),
    ],
)
def test_a_tombstone_stays(file: Path, keys: KeyStore, statement: str) -> None:
    """No slip of the hand brings it back, moves it, removes it, or gives its place to another."""
    key = keys.keys_for([CUSTOMER])[CUSTOMER]
    (gone,) = keys.destroy([key.id], NOW)
    before = by_hand(file, "SELECT * FROM subject_keys")
    with pytest.raises(sqlite3.IntegrityError):
        by_hand(file, statement, bytes=b"w", id=key.id)
    assert by_hand(file, "SELECT * FROM subject_keys") == before
    assert keys.find(key.id) == gone


@pytest.mark.parametrize(
    "change",
    ["subject = 'acct-9'", "audience = 'privileged'", "epoch = 2", "id = 'x'", "begun_at = 1"],
)
def test_a_key_stays_whose_it_is(file: Path, keys: KeyStore, change: str) -> None:
    """Also while it lives."""
    key = keys.keys_for([CUSTOMER])[CUSTOMER]
    with pytest.raises(sqlite3.IntegrityError, match="a key stays whose it is"):
        by_hand(file, f"UPDATE subject_keys SET {change} WHERE id = :id", id=key.id)


@pytest.mark.parametrize("change", ["wrapped = NULL", "destroyed_at = 1"])
def test_a_key_is_live_or_destroyed(file: Path, keys: KeyStore, change: str) -> None:
    """One that has lost its bytes and says nothing would be a lost key; it cannot be made so."""
    key = keys.keys_for([CUSTOMER])[CUSTOMER]
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        by_hand(file, f"UPDATE subject_keys SET {change} WHERE id = :id", id=key.id)


def test_a_wrapped_key_from_another_row_does_not_open(file: Path, keys: KeyStore) -> None:
    """Whoever can write the file may move bytes: the row that they come to says so."""
    made = keys.keys_for([CUSTOMER, ELSE])
    ((stored,),) = by_hand(
        file, "SELECT wrapped FROM subject_keys WHERE id = :id", id=made[ELSE].id
    )
    by_hand(file, BYTES, bytes=stored, id=made[CUSTOMER].id)
    with (
        open_key_store(f"sqlite:///{file}", KEK) as again,
        pytest.raises(SealError, match="was wrapped for another place"),
    ):
        again.find(made[CUSTOMER].id)


def test_a_key_store_that_cannot_record_an_erasure_says_so(file: Path, keys: KeyStore) -> None:
    """Somebody lets it pass over the change: nothing is called destroyed that is not."""
    key = keys.keys_for([CUSTOMER])[CUSTOMER]
    by_hand(
        file,
        "CREATE TRIGGER quiet BEFORE UPDATE ON subject_keys BEGIN SELECT RAISE(IGNORE); END",
    )
    with pytest.raises(SealError, match=f"did not record that key `{key.id}` is destroyed"):
        keys.destroy([key.id], NOW)
    assert keys.find(key.id) == key


def test_a_key_store_that_may_not_be_written_says_so(file: Path, keys: KeyStore) -> None:
    """Another program holds it: the key lives, and the erasure is not done."""
    key = keys.keys_for([CUSTOMER])[CUSTOMER]
    with (
        open_key_store(f"sqlite:///{file}", KEK, busy_timeout=0.05) as impatient,
        closing(sqlite3.connect(file, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another writer held it too long"):
            impatient.destroy([key.id], NOW)
    assert keys.find(key.id) == key


def test_the_secret_is_in_no_file(file: Path, keys: KeyStore) -> None:
    """What lies there is wrapped; the key of the house is not beside it."""
    made = keys.keys_for([CUSTOMER, STAFF, ELSE])
    files = b"".join(one.read_bytes() for one in file.parent.iterdir())
    assert not any(key.secret in files for key in made.values())
    assert bytes(range(32)) not in files


def test_a_file_says_what_it_is(file: Path, keys: KeyStore) -> None:
    """To us, by name and layout; to `file` and other tools, by its application id."""
    assert by_hand(file, "SELECT * FROM key_meta ORDER BY key") == [
        ("format", "freezecase-keys"),
        ("layout", "1"),
    ]
    assert by_hand(file, "PRAGMA application_id") == [(int.from_bytes(b"FZKY"),)]
    assert by_hand(file, "PRAGMA journal_mode") == [("wal",)]


def test_keys_never_lie_where_records_are(file: Path) -> None:
    """One copy of the file would hold what is sealed and what opens it. Nor the other way round."""
    with open_store(f"sqlite:///{file}"):
        pass
    with pytest.raises(NotOurStore, match="keys never lie beside the records that they seal"):
        open_key_store(f"sqlite:///{file}", KEK)
    other = file.with_name("other.db")
    with open_key_store(f"sqlite:///{other}", KEK), pytest.raises(NotOurStore):
        open_store(f"sqlite:///{other}")


def test_what_is_another_s_is_left_as_it_was(file: Path) -> None:
    """A database with tables that we do not know is nobody's key store."""
    by_hand(file, "CREATE TABLE mine (a)")
    before = file.read_bytes()
    with pytest.raises(NotOurStore, match="is no key store of freezecase"):
        open_key_store(f"sqlite:///{file}", KEK)
    assert file.read_bytes() == before


def test_another_layout_is_refused(file: Path) -> None:
    """Which freezecase made it is said, and nothing is guessed."""
    open_key_store(f"sqlite:///{file}", KEK).close()
    by_hand(file, "UPDATE key_meta SET value = '2' WHERE key = 'layout'")
    with pytest.raises(StoreError, match="a key store with layout 2, this freezecase works with 1"):
        open_key_store(f"sqlite:///{file}", KEK)


def test_a_head_that_was_removed_is_missed(file: Path, keys: KeyStore) -> None:
    """Without it nobody would hear of keys that others destroyed."""
    keys.keys_for([CUSTOMER])
    by_hand(file, "DELETE FROM key_head")
    with pytest.raises(StoreError, match="has lost its head: restore it"):
        keys.keys_for([CUSTOMER])


def test_a_folder_must_be_there(tmp_path: Path) -> None:
    """None is made: it may be a disk that is not mounted."""
    with pytest.raises(StoreError, match="there is no folder"):
        open_key_store(f"sqlite:///{tmp_path}/missing/keys.db", KEK)


def test_a_copy_is_a_key_store_like_the_first(file: Path, keys: KeyStore) -> None:
    """VACUUM INTO makes one whose journal, in pieces, would lie on the disk; it gets a log."""
    made = keys.keys_for([CUSTOMER])
    copy = file.with_name("copy.db")
    by_hand(file, f"VACUUM INTO '{copy}'")
    assert by_hand(copy, "PRAGMA journal_mode") == [("delete",)]
    with open_key_store(f"sqlite:///{copy}", KEK, create=False) as again:
        assert again.keys_for([CUSTOMER]) == made
        again.destroy([made[CUSTOMER].id], NOW)
    assert by_hand(copy, "PRAGMA journal_mode") == [("wal",)]
    assert keys.keys_for([CUSTOMER]) == made  # which is why backups are not kept for long


def test_an_empty_file_is_no_key_store_yet(file: Path) -> None:
    """Whoever expects one there is told, and nothing is made in it."""
    file.touch()
    with pytest.raises(StoreError, match="is empty: open it with `create=True`"):
        open_key_store(f"sqlite:///{file}", KEK, create=False)
    assert file.read_bytes() == b""
