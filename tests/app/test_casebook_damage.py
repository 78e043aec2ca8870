"""A damaged record is named, with its case, its version and its field; nothing else is harmed."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase import Casebook, Channel, Status
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.clock import micros_of
from freezecase.app.stores.sqlite import SQLiteStore
from freezecase.app.stores.store import Row
from freezecase.errors import (
    NotOurStore,
    RecordError,
    StoreError,
    StoreFull,
    StoreReadOnly,
    UnknownName,
    Unreadable,
    VersionGap,
)
from freezecase.testing.contracts import StoryClock
from freezecase.wire.codec import encode
from freezecase.wire.shapes import Asked, Entry
from tests.app.books import ANA, ENGINE, STORES, decided, freeze, opened, url_of
from tests.app.stores.insider import without_guards
from tests.app.stores.test_store_sqlite import without_privileges
from tests.core import samples
from tests.wire.entries import Data, changed

NAME, SOUND = encode(
    Entry(
        event=samples.EVENTS[e.FreezeImposed],
        actor=samples.ANA,
        occurred_at=samples.NOW,
        command_id=UUID(int=99),
        asked=Asked(command=freeze(), ruling=samples.ALLOWED),
    )
)
FOLDING, AUDITING = "case", "history"


def _put(*path: str, **values: object) -> Callable[[Data], object]:
    """A change that puts values at a path of the public part."""

    def change(public: Data) -> None:
        for step in path:
            public = public[step]
        public.update(values)

    return change


def _of(*path: str, **values: object) -> bytes:
    return changed(SOUND, _put(*path, **values))


DAMAGE: dict[str, tuple[str, str, bytes, type[RecordError], str]] = {
    "an unknown name": (FOLDING, "os.system.v1", SOUND, UnknownName, "`os.system.v1`"),
    "a name of tomorrow": (FOLDING, "freeze-imposed.v2", SOUND, UnknownName, "freeze-imposed.v2"),
    "cut short": (FOLDING, NAME, SOUND[:-40], Unreadable, "truncated"),
    "nothing": (FOLDING, NAME, b"", Unreadable, "truncated"),
    "not UTF-8": (FOLDING, NAME, SOUND.replace(b"acct", b"\xff\xfe"), Unreadable, "utf-8"),
    "an unknown key of the envelope": (FOLDING, NAME, _of(x=1), Unreadable, "unknown field `x`"),
    "an unknown key of the event": (
        AUDITING,
        NAME,
        _of("event", x=1),
        Unreadable,
        "unknown key `x`, where only `account`, `by`, `contracted_at`",
    ),
    "an unknown key of the command": (
        AUDITING,
        NAME,
        _of("asked", "command", x=1),
        Unreadable,
        "`x`, where only `account`",
    ),
    "an unknown key of the ruling": (
        AUDITING,
        NAME,
        _of("asked", "ruling", x=1),
        Unreadable,
        "`x`, where only `allowed`",
    ),
    "an unknown command": (AUDITING, NAME, _of("asked", name="rm.v1"), UnknownName, "`rm.v1`"),
    "text for a number": (FOLDING, NAME, _of(cause="7"), Unreadable, "`int`, got `str`.*d.cause"),
    "an instant without a zone": (
        FOLDING,
        NAME,
        _of("event", until="2026-01-05T09:00:00"),
        Unreadable,
        "UTC.*event",
    ),
    "a claim without a zone": (
        AUDITING,
        NAME,
        _of(occurred_at="2026-01-05T09:00:00"),
        Unreadable,
        "timezone.*occurred_at",
    ),
    "a float for money": (
        FOLDING,
        NAME,
        _of("event", "scope", amount={"asset": "BTC", "units": 0.1}),
        Unreadable,
        "got `float`.*scope.amount.units",
    ),
    "an empty account": (FOLDING, NAME, _of("event", account=""), Unreadable, "1 to 200 print"),
    "an e-mail address": (FOLDING, NAME, _of("event", account="a@b"), Unreadable, "or `@`"),
    "a key twice": (
        AUDITING,
        NAME,
        SOUND.replace(b'"ground"', b'"ground":"self-lock","ground"'),
        Unreadable,
        "one is there twice",
    ),
    "a bomb of brackets": (FOLDING, NAME, b'{"d":' * 50_000, Unreadable, "d"),
    "a number beyond all": (
        FOLDING,
        NAME,
        SOUND.replace(b'"until":null', b'"until":' + b"9" * 5000),
        Unreadable,
        "until",
    ),
    "a zero byte": (FOLDING, NAME, SOUND.replace(b"acct", b"ac\x00t"), Unreadable, "invalid"),
    "half a character": (
        FOLDING,
        NAME,
        SOUND.replace(b'"reason":null', b'"reason":"\\ud800"'),
        Unreadable,
        "malformed",
    ),
}


@pytest.fixture(params=STORES)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Casebook]:
    """An empty book of each kind."""
    with Casebook.open(url_of(request.param, request, tmp_path), clock=StoryClock()) as opened_:
        yield opened_


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_record_is_named_and_harms_nothing_else(book: Casebook, damage: str) -> None:
    """Its case, version and field are named; other cases are read, and written, as before."""
    reader, name, state, kind, words = DAMAGE[damage]
    before, hurt, after = (opened(book, f"acct-{n}").id for n in range(3))
    next_ = book.case(hurt).version + 1
    book.store.append([Row(hurt, next_, name, state)], now=micros_of(book.clock.now()))

    with pytest.raises(kind, match=f"(?s){words}") as named:
        getattr(book, reader)(hurt)
    assert f" at case `{hurt}` version {next_}: " in str(named.value)
    with pytest.raises(RecordError):
        book.history(hurt)
    assert book.case(hurt, version=1).status is Status.IN_FORCE, "what is sound is still read"

    size = book.store.size()
    if reader == FOLDING:
        with pytest.raises(RecordError, match=f"case `{hurt}` version {next_}"):
            book.execute(do.UpholdFreeze(hurt, reason="seen"), by=ANA)
        cases = book.cases()
        assert next(cases).id == before
        with pytest.raises(RecordError):
            next(cases)
        assert [case.id for case in cases] == [after]
    assert book.store.size() == size
    for case in (before, after):
        book.execute(do.UpholdFreeze(case, reason="seen"), by=ANA)
        assert decided(book.history(case)) == ["freeze-imposed", "freeze-upheld"]
    assert decided(book.history(opened(book, "acct-9").id)) == ["freeze-imposed"]


def removed(book: Casebook, case: UUID, version: int) -> None:
    """Remove one record with the database's own means, as somebody with the password could."""
    store: Any = book.store
    by_hand = "DELETE FROM {}stored_events WHERE originator_id = '{}' AND originator_version = {}"
    if isinstance(store, SQLiteStore):
        with store.datastore.writing() as connection:
            without_guards(connection).execute(by_hand.format("", case.hex, version))
    else:
        with store.datastore.connection() as connection:
            connection.execute(by_hand.format("public.", case.hex, version))


def test_a_record_that_was_removed_is_missed(book: Casebook) -> None:
    """A version that is gone is named with the one that was found in its place."""
    hurt, other = opened(book, "acct-1").id, opened(book, "acct-2").id
    for _ in range(3):
        book.execute(do.RecordContact(hurt, channel=Channel.PHONE), by=ENGINE)
    removed(book, hurt, 2)
    book.execute(do.RecordContact(other, channel=Channel.PHONE), by=ENGINE)
    readers: tuple[Callable[[UUID], object], ...] = (book.case, book.history, book.customer_view)
    for read in readers:
        with pytest.raises(VersionGap) as gap:
            read(hurt)
        assert str(gap.value) == f"case `{hurt}` has a gap: version 2 should come next, found 3"
    assert book.case(hurt, version=1).version == 1
    with pytest.raises(VersionGap):
        book.execute(do.UpholdFreeze(hurt, reason="seen"), by=ANA)
    assert decided(book.history(other)) == ["freeze-imposed", "contact-received"]


def test_the_first_record_too(book: Casebook) -> None:
    """A case whose beginning is gone is not taken for a shorter one."""
    hurt = opened(book).id
    book.execute(do.UpholdFreeze(hurt, reason="seen"), by=ANA)
    removed(book, hurt, 1)
    for read in (book.case, book.history):
        with pytest.raises(VersionGap, match="version 1 should come next, found 2"):
            read(hurt)


# --- the database itself -------------------------------------------------------------------------


def test_a_full_disk_loses_nothing_and_can_be_cleared(tmp_path: Path) -> None:
    """When no room is left the command is not stored, says so, and goes through once there is."""
    with Casebook.open(f"sqlite:///{tmp_path}/cases.db", clock=StoryClock()) as book:
        case = opened(book)
        store: Any = book.store
        connection: sqlite3.Connection = store.datastore._writing_connection()
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        long = do.RecordContact(case.id, channel=Channel.PHONE, summary="x" * 19_000)
        id = UUID(int=77)
        with pytest.raises(StoreFull, match="no room is left: nothing was stored"):
            book.execute(long, by=ENGINE, id=id)
        assert book.case(case.id) == case
        # The connection that failed was given up, and with it the limit that we set on it.
        assert not book.execute(long, by=ENGINE, id=id).repeated
        assert decided(book.history(case.id)) == ["freeze-imposed", "contact-received"]


def test_a_file_that_may_only_be_read_is_read(tmp_path: Path) -> None:
    """Cases are shown; a command says that nothing can be written, and harms nothing."""
    path = tmp_path / "cases.db"
    with Casebook.open(f"sqlite:///{path}") as book:
        case = opened(book)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with without_privileges(), Casebook.open(f"sqlite:///{path}") as book:
            assert list(book.cases()) == [case]
            with pytest.raises(StoreReadOnly, match="it may be read, not written"):
                book.execute(do.UpholdFreeze(case.id, reason="seen"), by=ANA)
            assert book.case(case.id) == case
    finally:
        tmp_path.chmod(0o755)


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """What is not ours is refused by name, and not touched."""
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")
    connection.close()
    (tmp_path / "notes.txt").write_text("not a database, but long enough to look like one" * 20)
    for path in (other, tmp_path / "notes.txt"):
        was = path.read_bytes()
        with pytest.raises(NotOurStore, match=path.name):
            Casebook.open(f"sqlite:///{path}")
        assert path.read_bytes() == was


def test_a_book_that_is_closed_says_so(book: Casebook) -> None:
    """Nothing is asked of a closed book; closing twice does no harm."""
    case = opened(book)
    book.close()
    with pytest.raises(StoreError, match="closed: open it again"):
        book.case(case.id)
    book.close()


def test_every_store_opens_the_same_door(book: Casebook) -> None:
    """A book is a value: its policy or its clock may be replaced, its store shared."""
    case = opened(book)
    assert attrs.evolve(book, clock=StoryClock()).case(case.id) == case
