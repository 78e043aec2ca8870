"""The key store on a server: what its user may do, and what nobody may."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from freezecase.app.custody.key_store import open_key_store
from freezecase.app.custody.key_store_postgres import KEY_GRANTS
from freezecase.app.stores.opening import open_store
from freezecase.errors import NotOurStore, SealError, StoreError
from freezecase.seal.keys import KeyStore, Tombstone
from tests.app.custody.key_contract import CUSTOMER, ELSE, KEK, NEW_KEK, NOW, STAFF


@pytest.fixture
def keys(postgres_url: str) -> Iterator[KeyStore]:
    """An empty key store in a database of its own."""
    with open_key_store(postgres_url, KEK) as opened:
        yield opened


def by_hand(url: str, statement: str, *values: Any) -> list[Any]:
    """Change the database with another program, which knows nothing of us."""
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


BACK = "UPDATE subject_keys SET wrapped = 'x', destroyed_at = NULL"
STATEMENTS = [
    BACK,
    "UPDATE subject_keys SET destroyed_at = destroyed_at + 1",
    "UPDATE subject_keys SET kek = 'another'",
    "DELETE FROM subject_keys",
    "TRUNCATE subject_keys",
    "INSERT INTO subject_keys SELECT id, 'x', audience, 1, 'w', kek FROM subject_keys",
    "INSERT INTO subject_keys SELECT 'x', subject, audience, epoch, 'w', kek FROM subject_keys",
    "INSERT INTO subject_keys SELECT * FROM subject_keys "
    "ON CONFLICT (id) DO UPDATE SET wrapped = 'x', destroyed_at = NULL",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_tombstone_stays(postgres_url: str, keys: KeyStore, statement: str) -> None:
    """No slip of the hand brings it back, moves it, removes it, or gives its place to another."""
    key = keys.keys_for([CUSTOMER])[CUSTOMER]
    (gone,) = keys.destroy([key.id], NOW)
    with pytest.raises((psycopg.errors.RaiseException, psycopg.errors.UniqueViolation)):
        by_hand(postgres_url, statement)
    assert keys.find(key.id) == gone


@pytest.mark.parametrize(
    "change",
    ["subject = 'acct-9'", "audience = 'privileged'", "epoch = 2", "id = 'x'", "begun_at = 1"],
)
def test_a_key_stays_whose_it_is(postgres_url: str, keys: KeyStore, change: str) -> None:
    """Also while it lives."""
    keys.keys_for([CUSTOMER])
    with pytest.raises(psycopg.errors.RaiseException, match="a key stays whose it is"):
        by_hand(postgres_url, f"UPDATE subject_keys SET {change}")


@pytest.mark.parametrize("change", ["wrapped = NULL", "destroyed_at = 1"])
def test_a_key_is_live_or_destroyed(postgres_url: str, keys: KeyStore, change: str) -> None:
    """One that has lost its bytes and says nothing would be a lost key; it cannot be made so."""
    keys.keys_for([CUSTOMER])
    with pytest.raises(psycopg.errors.CheckViolation):
        by_hand(postgres_url, f"UPDATE subject_keys SET {change}")


def granted(url: str, keys: KeyStore) -> Iterator[str]:
    """The URL of a user who has what `KEY_GRANTS` gives, and nothing else."""
    database = urlsplit(url).path[1:]
    user = Identifier(f"keeper_{database}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL("CREATE USER {}").format(user))
        for grant in KEY_GRANTS:
            connection.execute(SQL(grant).format(schema=Identifier("public"), user=user))
        try:
            yield f"{url}{'&' if '?' in url else '?'}user=keeper_{database}"
        finally:
            connection.execute(SQL("DROP OWNED BY {}").format(user))
            connection.execute(SQL("DROP USER {}").format(user))


@pytest.fixture
def keeper(postgres_url: str, keys: KeyStore) -> Iterator[str]:
    """The URL of such a user."""
    yield from granted(postgres_url, keys)


def test_a_user_with_the_grants_does_everything(keeper: str) -> None:
    """Makes keys, destroys them, gives new ones, and wraps them otherwise."""
    with open_key_store(keeper, KEK) as keys:
        made = keys.keys_for([CUSTOMER, ELSE])
        keys.destroy([made[CUSTOMER].id], NOW)
        (anew,) = keys.begin_anew("acct-4711", NOW)
        assert keys.rewrap(NEW_KEK) == 2
        assert keys.keys_for([CUSTOMER, ELSE]) == {CUSTOMER: anew, ELSE: made[ELSE]}
        assert isinstance(keys.find(made[CUSTOMER].id), Tombstone)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM subject_keys",
        "TRUNCATE subject_keys",
        "UPDATE subject_keys SET subject = 'x'",
        "UPDATE key_meta SET value = 'x'",
        "ALTER TABLE subject_keys DISABLE TRIGGER ALL",
        "DROP TABLE subject_keys",
    ],
)
def test_a_user_with_the_grants_can_do_nothing_else(keeper: str, statement: str) -> None:
    """Not even what a trigger would stop."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        by_hand(keeper, statement)


def test_the_secret_is_in_no_dump(postgres_url: str, keys: KeyStore) -> None:
    """What lies there is wrapped."""
    made = keys.keys_for([CUSTOMER, STAFF, ELSE])
    dump = repr(by_hand(postgres_url, "SELECT * FROM subject_keys"))
    assert made[CUSTOMER].id in dump
    assert not any(repr(key.secret)[2:-1] in dump for key in made.values())


def test_a_wrapped_key_from_another_row_does_not_open(postgres_url: str, keys: KeyStore) -> None:
    """Whoever can write the table may move bytes: the row that they come to says so."""
    made = keys.keys_for([CUSTOMER, ELSE])
    by_hand(
        postgres_url,
        "UPDATE subject_keys SET wrapped = (SELECT wrapped FROM subject_keys WHERE id = %s)",
        made[ELSE].id,
    )
    with (
        open_key_store(postgres_url, KEK) as again,
        pytest.raises(SealError, match="was wrapped for another place"),
    ):
        again.find(made[CUSTOMER].id)


@pytest.mark.parametrize("schema", ["public", "cases"])
def test_keys_never_lie_in_the_database_of_the_records(postgres_url: str, schema: str) -> None:
    """Nor in another schema of it: one dump would hold what is sealed and what opens it."""
    by_hand(postgres_url, f"CREATE SCHEMA IF NOT EXISTS {schema}")
    with open_store(f"{postgres_url}{'&' if '?' in postgres_url else '?'}schema={schema}"):
        pass
    with pytest.raises(NotOurStore, match=f"holds records in schema `{schema}`"):
        open_key_store(postgres_url, KEK)


def test_what_is_another_s_is_left_as_it_was(postgres_url: str) -> None:
    """A schema with tables that we do not know is nobody's key store."""
    by_hand(postgres_url, "CREATE TABLE mine (a int)")
    with pytest.raises(NotOurStore, match="is no key store of freezecase"):
        open_key_store(postgres_url, KEK)
    assert by_hand(postgres_url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [
        ("mine",)
    ]


def test_a_head_that_was_removed_is_missed(postgres_url: str, keys: KeyStore) -> None:
    """Without it nobody would hear of keys that others destroyed."""
    keys.keys_for([CUSTOMER])
    by_hand(postgres_url, "DELETE FROM key_head")
    with pytest.raises(StoreError, match="has lost its head: restore it"):
        keys.keys_for([CUSTOMER])


def test_a_password_is_not_shown(postgres_url: str) -> None:
    """Neither by the key store nor by its errors."""
    where = urlsplit(postgres_url)
    with pytest.raises(StoreError) as refused:
        open_key_store(f"postgresql://me:secret@localhost:1{where.path}", KEK)
    assert "secret" not in str(refused.value)
