"""
Marked texts are told to a book, and then looked for in every place where they could turn up.

With keys they stand nowhere but where somebody cleared reads them; without keys the same search
finds them, so it can find them. After an erasure nobody reads them, and the keys are not left
anywhere either.
"""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from freezecase import Casebook
from freezecase import commands as do
from freezecase.app.custody.erasing import Erasing
from freezecase.app.custody.key_store import open_key_store
from freezecase.app.custody.openings import Cleared
from freezecase.app.custody.shredding import Shredder
from freezecase.app.custody.suspicions import Suspicions
from freezecase.core.personal import texts_of
from freezecase.core.suspicion import TippingOff
from freezecase.core.values import Audience, Channel
from freezecase.errors import SealError
from freezecase.seal.keys import FileKek, KeyStore, SubjectKey
from freezecase.seal.unopened import Erased
from freezecase.testing.contracts import StoryClock
from tests.journeys import canary
from tests.journeys.canary import ACCOUNT, ANA, OWNER, ROB, Search

REGISTER = bytes(range(32))
KEK = FileKek(bytes(range(1, 33)))
EVERYBODY = Cleared(actor=ANA, audiences=frozenset(Audience), purpose="canary")


@attrs.frozen
class World:
    """A book full of marked texts, on one kind of store."""

    folder: Path
    url: str
    marked: canary.Canaries
    clock: StoryClock
    sealed: bool

    def search(self) -> Search:
        """Tell the case, and look for its texts in every place."""
        search = Search(self.marked)
        with self.keys() as keys, self.book(keys) as book:
            case = canary.told(book, self.marked)
            self.suspect(book, keys)
            errors = canary.refusals(book, case, self.marked)
            book.catch_up()
            assert book.worklist(stored=True).position == book.store.size()
            search.look(
                ledger=canary.of_ledger(book),
                webhooks=canary.of_webhooks(book, case),
                errors=canary.of_errors(errors),
                open=self.at_rest(),
            )
            if self.sealed:  # else a history shows what stands in it
                search.look(reprs=canary.of_reprs(book, keys, case))
        search.look(closed=self.at_rest())
        return search

    def suspect(self, book: Casebook, keys: KeyStore) -> None:
        """Somebody suspects something, and says why."""
        more: dict[str, Any] = {"keys": keys} if self.sealed else {}
        register = Suspicions(store=book.store, clock=book.clock, key=REGISTER, **more)
        register.begin(
            ACCOUNT,
            reason=self.marked["suspicion"],
            regimes=[TippingOff.ABSOLUTE],
            due=self.clock.now() + timedelta(days=3),
            by=ANA,
        )

    def at_rest(self) -> dict[str, bytes]:
        """What is on disk: files, and dumps of what is in them."""
        places = canary.of_files(self.folder)
        if self.url.startswith("postgresql"):
            return places | canary.of_copies(self.url) | canary.of_server(self.url)
        return places | {"dump": canary.of_dump(self.folder / "cases.db")}

    def teeth(self) -> set[str]:
        """Where the search has to find something, if anything stood in the clear."""
        if self.url.startswith("sqlite"):
            return {"cases.db", "cases.db-wal", "dump"}
        return {f"stored_events as {form}" for form in ("text", "binary")}

    def keys(self) -> KeyStore:
        """The key store, in another database."""
        return open_key_store(f"sqlite:///{self.folder}/keys.db", KEK)

    def book(self, keys: KeyStore) -> Casebook:
        """The book, with the keys or in the clear."""
        return Casebook.open(self.url, clock=self.clock, keys=keys if self.sealed else None)


@pytest.fixture(params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """A place for marked texts."""
    url = f"sqlite:///{tmp_path}/cases.db"
    if request.param == "postgres":
        url = str(request.getfixturevalue("postgres_url"))
    return World(tmp_path, url, canary.canaries(), StoryClock(), sealed=True)


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that is logged, by whomever."""
    caplog.set_level(logging.DEBUG)
    return caplog


def test_nothing_that_somebody_said_stands_anywhere_in_the_clear(
    world: World, logs: pytest.LogCaptureFixture
) -> None:
    """In no file, no dump, no header, no stored view, no webhook, no log, and no error."""
    search = world.search()
    search.look(logs={"all": logs.text.encode()})

    assert search.found == {}
    assert search.looked > 100


def test_the_same_search_finds_every_text_where_nothing_is_sealed(world: World) -> None:
    """Else the test above would prove nothing. Errors and webhooks are clean even then."""
    search = attrs.evolve(world, sealed=False).search()
    places = {where.partition(":")[0] for where in search.found}

    assert {"ledger", "open", "closed"} == places
    assert {where.partition(" ")[2] for where in search.found} >= world.teeth()
    assert set().union(*search.found.values()) >= {*canary.TEXTS} - {"refused"}


def test_whoever_is_cleared_reads_every_text_to_the_letter(world: World) -> None:
    with world.keys() as keys, world.book(keys) as book:
        case = canary.told(book, world.marked)
        said = texts(book, case)

    assert said == {*world.marked.values()} - {world.marked[n] for n in ("refused", "suspicion")}


def test_after_an_erasure_nobody_reads_them_and_no_key_is_left(world: World) -> None:
    """Not in the key store, nor in a page that it freed, nor in its log of writes."""
    with world.keys() as keys, world.book(keys) as book:
        case = canary.told(book, world.marked)
        records = [*book.store.scan()]
        secrets = [o.secret for o in keys.of_subject(ACCOUNT) if isinstance(o, SubjectKey)]
        wrapped = rows_of_keys(world.folder / "keys.db")
        assert len(secrets) == len(wrapped) == 2
        erase(world, book, keys)

        assert texts(book, case) == set()
        assert [*book.store.scan()][: len(records)] == records
        open_files = canary.of_files(world.folder)
    for files in (open_files, canary.of_files(world.folder)):
        kept = b"".join(data for name, data in files.items() if name.startswith("keys"))
        assert not [one for one in (*secrets, *wrapped) if one in kept]


def test_a_text_that_can_no_longer_be_sealed_is_not_repeated_either(world: World) -> None:
    """Somebody writes to a person who was erased: it is refused, and the words are nowhere."""
    with world.keys() as keys, world.book(keys) as book:
        case = canary.told(book, world.marked)
        erase(world, book, keys)
        contact = do.RecordContact(case, channel=Channel.PHONE, summary=world.marked["refused"])
        error = canary.raised(lambda: book.execute(contact, by=OWNER))
        search = Search(world.marked)
        search.look(errors=canary.of_errors([error]), files=world.at_rest())

    assert isinstance(error, SealError)
    assert search.found == {}


def test_before_the_erasure_the_wrapped_keys_are_there_to_be_found(world: World) -> None:
    """Else the test above would look in the wrong place."""
    with world.keys() as keys, world.book(keys) as book:
        canary.told(book, world.marked)
        wrapped = rows_of_keys(world.folder / "keys.db")
        files = canary.of_files(world.folder)

    kept = b"".join(data for name, data in files.items() if name.startswith("keys"))
    assert all(one in kept for one in wrapped)


def texts(book: Casebook, case: Any) -> set[str]:
    """What somebody who is cleared for everything reads in a case, commands included."""
    said: set[str] = set()
    for record in book.history(case, reader=EVERYBODY):
        for part in filter(None, (record.event, record.command)):
            said |= {text for text in texts_of(part).values() if not isinstance(text, Erased)}
    return said


def rows_of_keys(path: Path) -> list[bytes]:
    """What is stored of each live key: its wrapped bytes."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT wrapped FROM subject_keys WHERE wrapped IS NOT NULL")
        return [bytes(wrapped) for (wrapped,) in found]


def erase(world: World, book: Casebook, keys: KeyStore) -> None:
    """Erase the customer, who left; five years later."""
    left = world.clock.now()
    world.clock.later(days=6 * 366)
    erasing = Erasing(store=book.store, clock=world.clock)
    erasing.request(ACCOUNT, by=ANA, basis="retention-ended", left=left)
    erasing.approve(ACCOUNT, by=ROB)
    Shredder(erasing=erasing, keys=keys).carry_out(ACCOUNT)
