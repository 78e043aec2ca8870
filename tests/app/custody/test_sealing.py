"""A book that seals texts: nobody reads them but who is cleared, and all else is as it was."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from freezecase import Casebook, Channel, Ground, Scope
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.clock import fresh_bytes
from freezecase.app.custody.key_store import open_key_store
from freezecase.app.custody.openings import Cleared, openings_of
from freezecase.app.custody.sealing import Sealer
from freezecase.app.stores.store import Row
from freezecase.core.personal import PLACEHOLDER
from freezecase.core.values import Audience
from freezecase.errors import CommandReused, SealError, StoreError
from freezecase.seal.keys import FileKek, KeyStore
from freezecase.seal.unopened import Erased, Withheld
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA, ENGINE, OWNER

WHY = "the phone number was changed twice in an hour"
SAID = "I was on holiday, that was my new phone"
CASE = UUID(int=7)
STAFF = Cleared(actor=ANA, audiences=frozenset({Audience.OPERATIONS}), purpose="review")


@pytest.fixture
def keys() -> Iterator[KeyStore]:
    """A key store in memory."""
    with open_key_store("memory:", FileKek(fresh_bytes(32))) as opened:
        yield opened


@pytest.fixture
def book(keys: KeyStore) -> Iterator[Casebook]:
    """A book with one case that says something of the customer, and something the customer said."""
    with Casebook.open("memory:", clock=StoryClock(), keys=keys) as opened:
        opened.execute(freeze(), by=ENGINE, id=CASE)
        opened.execute(contact(), by=OWNER, id=UUID(int=8))
        yield opened


def freeze(reason: str = WHY) -> do.ImposeFreeze:
    """A freeze with a reason."""
    return do.ImposeFreeze(
        account="acct-4711",
        ground=Ground.ACCOUNT_TAKEOVER,
        scope=Scope.withdrawals(),
        reason=reason,
    )


def contact() -> do.RecordContact:
    """What the customer said."""
    return do.RecordContact(CASE, channel=Channel.PHONE, summary=SAID)


def reason(book: Casebook, reader: Cleared | None = None) -> tuple[object, object]:
    """The reason of the freeze, in the event and in the command."""
    first = book.history(CASE, reader)[0]
    event, command = first.event, first.command
    assert isinstance(event, e.FreezeImposed)
    assert isinstance(command, do.ImposeFreeze)
    return event.reason, command.reason


def test_texts_are_not_in_the_records(book: Casebook) -> None:
    """What is stored holds neither the reason nor what the customer said."""
    stored = b"".join(raw[5] for raw in book.store.scan())
    assert WHY.encode() not in stored
    assert SAID.encode() not in stored


def test_a_reader_sees_what_they_are_cleared_for(book: Casebook) -> None:
    """Without clearance a text is withheld, typed and for whom; with it, it is there in full."""
    assert reason(book) == (Withheld(Audience.OPERATIONS), Withheld(Audience.OPERATIONS))
    assert isinstance(reason(book)[0], Withheld)
    assert reason(book, STAFF) == (WHY, WHY)
    summary = next(
        one.event.summary
        for one in book.history(CASE, STAFF)
        if isinstance(one.event, e.ContactReceived)
    )
    assert isinstance(summary, Withheld)
    assert summary.audience is Audience.CUSTOMER


def test_who_read_what_is_on_record(book: Casebook) -> None:
    """In a stream beside the case, which does not change by being read."""
    before = book.case(CASE)
    book.history(CASE)
    assert book.store.read(openings_of(CASE)) == [], "nothing was opened"
    book.history(CASE, STAFF)
    assert len(book.store.read(openings_of(CASE))) == 1
    assert book.case(CASE) == before
    assert [case.id for case in book.cases()] == [CASE]


def test_the_state_and_the_ruling_are_those_of_a_book_in_the_clear(book: Casebook) -> None:
    """Neither ever read a text, so they are the same to the letter."""
    with Casebook.open("memory:", clock=StoryClock()) as clear:
        clear.execute(freeze(), by=ENGINE, id=CASE)
        clear.execute(contact(), by=OWNER, id=UUID(int=8))
        assert clear.case(CASE) == book.case(CASE)
        assert [one.ruling for one in clear.history(CASE)] == [
            one.ruling for one in book.history(CASE)
        ]


def test_a_repeated_command_is_known_by_its_text_too(book: Casebook) -> None:
    """The same command gives the first answer; another text under its id is another command."""
    assert book.execute(freeze(), by=ENGINE, id=CASE).repeated
    with pytest.raises(CommandReused):
        book.execute(freeze("another reason"), by=ENGINE, id=CASE)


def test_what_was_erased_reads_as_erased(book: Casebook, keys: KeyStore) -> None:
    """It says when; the case is what it was, and a repeated command is known by the rest of it."""
    before, now = book.case(CASE), book.clock.now()
    keys.destroy([key.id for key in keys.of_subject("acct-4711")], now)
    said = reason(book, STAFF)[0]
    assert isinstance(said, Erased)
    assert said.at == now
    assert book.case(CASE) == before
    assert book.execute(freeze(), by=ENGINE, id=CASE).repeated


def test_a_customer_reads_what_they_are_asked_for(book: Casebook) -> None:
    """How to pass a check that failed is opened for the customer, and that is on record."""
    book.execute(do.RequestChecks(CASE, checks=["liveness"]), by=ANA)
    book.execute(do.SubmitEvidence(CASE, check="liveness"), by=OWNER)
    book.execute(
        do.FailCheck(CASE, check="liveness", reason="too dark", remedy="use a lamp"), by=ANA
    )
    (needed,) = book.customer_view(CASE).we_need
    assert needed.remedy == "use a lamp"
    assert len(book.store.read(openings_of(CASE))) == 1


def test_a_store_keeps_what_it_was_made_for(tmp_path: Path, keys: KeyStore) -> None:
    """Sealed, it takes no text without keys; in the clear, it takes no keys."""
    sealed, clear = f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/b.db"
    with Casebook.open(sealed, clock=StoryClock(), keys=keys) as made:
        made.execute(freeze(), by=ENGINE, id=CASE)
    with Casebook.open(sealed, clock=StoryClock()) as keyless:
        with pytest.raises(SealError, match="open it with `keys`"):
            keyless.execute(contact(), by=OWNER)
        keyless.execute(do.RecordContact(CASE, channel=Channel.PHONE), by=OWNER)
        assert keyless.execute(freeze(), by=ENGINE, id=CASE).repeated, "as far as it can be told"
        with pytest.raises(SealError, match="open the book with `keys`"):
            keyless.history(CASE, STAFF)
    Casebook.open(clear).close()
    with pytest.raises(StoreError, match="holds texts in the clear"):
        Casebook.open(clear, keys=keys)


def test_a_batch_is_sealed_account_by_account(keys: KeyStore) -> None:
    """Each account's reason is sealed under its own keys, though the record is spelt once."""
    with Casebook.open("memory:", clock=StoryClock(), keys=keys) as book:
        accounts = [f"acct-{n}" for n in range(4)]
        book.freeze_many(
            *(accounts,),
            ground=Ground.INCIDENT,
            scope=Scope.withdrawals(),
            by=ENGINE,
            batch=UUID(int=1),
            reason="phished on Monday",
        )
        assert all(b"Monday" not in raw[5] for raw in book.store.scan())
        for case in book.cases():
            first = book.history(case.id, STAFF)[0].event
            assert isinstance(first, e.FreezeImposed)
            assert first.reason == "phished on Monday"
        assert all(len(keys.of_subject(account)) == 1 for account in accounts)


def test_every_record_has_its_own_salt() -> None:
    """So that a record that was removed cannot be guessed from its hash."""
    with Casebook.open("memory:", clock=StoryClock()) as book:
        book.execute(freeze(), by=ENGINE, id=CASE)
        salts = [raw[5][-26:] for raw in book.store.scan()]
    assert all(salt.endswith(b'=="}') for salt in salts)
    assert len(set(salts)) == len(salts) > 1


def test_a_record_beside_the_cases_is_sealed_too(keys: KeyStore) -> None:
    """An event without a command, taken out by itself, as an import does."""
    event = e.FreezeImposed(
        account="a", ground=Ground.INCIDENT, scope=Scope.withdrawals(), by="system:x", reason=WHY
    )
    public, texts = Sealer(keys).taken_out(event)
    assert texts == {Audience.OPERATIONS: {"event.reason": WHY}}
    assert isinstance(public, e.FreezeImposed)
    assert public.reason == PLACEHOLDER
    assert Sealer().taken_out(event) == (event, {})


def test_chance_is_handed_in() -> None:
    """A test may say what it is; nobody else does."""
    row = Sealer(chance=bytes).enclosed(Row(CASE, 1, "a.v1", b"{}"), "acct-4711", {})
    assert row.state == b'{,"z":"AAAAAAAAAAAAAAAAAAAAAA=="}'
