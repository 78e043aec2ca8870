"""
What an insider can do to sealed sections and their keys, and what is found of it.

The numbers are those of the threat model. The key store is another database, so whoever owns the
one that holds the records does not own the other; each test says which of them is attacked.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from freezecase import Actor, Casebook
from freezecase.app.clock import instant_of, micros_of
from freezecase.app.custody.key_store import open_key_store
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Row
from freezecase.core.custody import SubjectKeyDestroyed
from freezecase.core.erasure import stream_of
from freezecase.core.values import Audience
from freezecase.errors import SealError
from freezecase.policy.book import PolicyBook
from freezecase.policy.standard import standard
from freezecase.replay.findings import Outcome, Privacy, Report
from freezecase.replay.verify import verify
from freezecase.seal.keys import KeyStore
from freezecase.testing.contracts import StoryClock
from freezecase.wire.codec import encode
from freezecase.wire.shapes import Entry
from tests.app.books import url_of
from tests.app.custody.erasures import (
    ACCOUNT,
    KEK,
    Crash,
    approved,
    crashing_at,
    key_store,
    left_long_ago,
    numbered,
    over,
    shredder,
)
from tests.benchmarks.material import Ticking
from tests.replay.ledgers import (
    ORIGIN,
    TRUST,
    Insider,
    Ledger,
    World,
    note_of,
    tell,
    verified,
    world_of,
)


def found(report: Report) -> dict[str, int]:
    """How often each code was found."""
    return dict(report.found)


# --- the owner of the records --------------------------------------------------------------------


@pytest.fixture(scope="module")
def keys() -> Iterator[KeyStore]:
    """The keys of everybody in the sealed ledger."""
    with key_store() as made:
        yield made


@pytest.fixture(scope="module")
def sealed(keys: KeyStore) -> World:
    """A sound ledger whose texts are sealed."""
    with open_store("memory:", origin=ORIGIN, sealed=True) as store:
        tell(Casebook(store, PolicyBook.of(standard()), Ticking(), keys))
        return world_of(store)


def with_sections(ledger: Ledger) -> list[int]:
    """The indexes of the records in which something is sealed."""
    return [at for at, one in ledger.records.items() if b'"s":[' in one.state]


def test_untouched_every_section_opens_in_its_place(
    insider: Insider, sealed: World, keys: KeyStore
) -> None:
    """A0: and how many there are is told, not what they hold."""
    report = verified(insider, sealed.ledger, sealed.notes, keys=keys)

    sections = len(with_sections(sealed.ledger))
    assert found(report) == {}
    assert report.privacy is not None
    assert (sections, sections) == (report.privacy.sections, report.privacy.opened)
    assert sections == 2


def swapped(ledger: Ledger) -> tuple[int, int]:
    """Swap the payloads of two records of two cases in which something is sealed."""
    one, *others = with_sections(ledger)
    other = next(at for at in others if ledger.records[at].case != ledger.records[one].case)
    first, second = ledger.records[one], ledger.records[other]
    first.state, second.state = second.state, first.state
    first.name, second.name = second.name, first.name
    return one, other


def test_swapped_sections_do_not_open_where_they_stand_now(
    insider: Insider, sealed: World, keys: KeyStore
) -> None:
    """A7."""
    ledger = sealed.ledger.copy()
    swapped(ledger)

    report = verified(insider, ledger, sealed.notes, keys=keys)

    assert found(report) == {"EVENT_ALTERED": 2, "EVENT_RETYPED": 2, "SECTION_FORGED": 2}


def test_swapped_sections_do_not_open_though_everything_is_hashed_anew(
    insider: Insider, sealed: World, keys: KeyStore
) -> None:
    """A7b."""
    ledger = sealed.ledger.copy()
    swapped(ledger)
    ledger.recomputed()

    report = verified(insider, ledger, sealed.notes, keys=keys)

    assert {"ROOT_MISMATCH", "SECTION_FORGED"} <= found(report).keys()
    assert found(report)["SECTION_FORGED"] == 2


def test_one_byte_of_a_section_changed_and_hashed_anew_is_forged(
    insider: Insider, sealed: World, keys: KeyStore
) -> None:
    """A section is bound to its place, its key and its own bytes."""
    ledger = sealed.ledger.copy()
    at = with_sections(ledger)[-1]
    state = ledger.records[at].state
    place = state.index(b'"ct":"') + 8
    ledger.records[at].state = (
        state[:place] + (b"A" if state[place : place + 1] != b"A" else b"B") + state[place + 1 :]
    )
    ledger.recomputed()

    report = verified(insider, ledger, sealed.notes, keys=keys)

    assert found(report)["SECTION_FORGED"] == 1


def test_what_is_no_section_is_forged(insider: Insider, sealed: World, keys: KeyStore) -> None:
    """Also where its parts have another length than in any section."""
    ledger = sealed.ledger.copy()
    at = with_sections(ledger)[-1]
    ledger.records[at].state = ledger.records[at].state.replace(b'"kc":"', b'"kc":"AAAA')
    ledger.recomputed()

    report = verified(insider, ledger, sealed.notes, keys=keys)

    assert found(report)["SECTION_FORGED"] == 1


# --- the owner of the key store ------------------------------------------------------------------


def test_a_lost_key_is_unknown_and_not_erased(insider: Insider, sealed: World) -> None:
    """A16: a key store that never heard of them. Each key is told once."""
    with key_store() as empty:
        report = verified(insider, sealed.ledger, sealed.notes, keys=empty)

    named = {one.said for one in report.findings}
    assert {"KEY_UNKNOWN": len(named)} == found(report)
    assert report.privacy is not None
    assert (0, len(named)) == (report.privacy.opened, report.privacy.unknown)


def test_keys_that_cannot_be_read_are_out_of_reach_and_not_unknown(
    insider: Insider, sealed: World, keys: KeyStore
) -> None:
    """Somebody has the wrong key of the house: nothing is found, and nothing is shown."""
    stand_in: Any = _Locked(keys)

    report = verified(insider, sealed.ledger, sealed.notes, keys=stand_in)

    assert found(report) == {}
    assert (report.outcome, report.exit_code) == (Outcome.COULD_NOT, 2)
    assert report.why_not == ("the keys cannot be read: the key of the house does not open it",)


class _Locked:
    """A key store that does not open, as with another key of the house."""

    def __init__(self, whole: KeyStore) -> None:
        self._whole = whole

    def find(self, key_id: str) -> Any:
        """Open nothing."""
        raise SealError("the key of the house does not open it", key=key_id)

    def every(self) -> Any:
        """List them all the same."""
        return self._whole.every()


@pytest.fixture(params=["sqlite", "postgres"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Casebook]:
    """A book with a customer whose case is over, sealed; it is long ago."""
    url = url_of(request.param, request, tmp_path)
    with (
        open_key_store(f"sqlite:///{tmp_path}/keys.db", KEK, fresh=numbered()) as keys,
        Casebook.open(url, clock=StoryClock(), origin=ORIGIN, keys=keys) as made,
    ):
        over(made)
        yield made


def asked(book: Casebook) -> None:
    """The customer asked to be erased, and somebody else agreed."""
    clock: Any = book.clock
    approved(book, left_long_ago(book, clock))


def keys_of(book: Casebook) -> KeyStore:
    """The key store of a book."""
    assert book.keys is not None
    return book.keys


def judged(book: Casebook) -> Report:
    """What `verify` says of it, with a checkpoint of now."""
    store = book.store
    note = note_of(store.size(), store.frontier().root, instant_of(store.head().recorded_at))
    return verify(store, TRUST, [note], keys=keys_of(book))


def test_an_erasure_by_the_book_is_clean(book: Casebook) -> None:
    """A17: nothing opens any more, and every proof still holds."""
    before = judged(book).privacy
    asked(book)
    shredder(book, keys_of(book)).carry_out(ACCOUNT)

    report = judged(book)

    assert found(report) == {}
    assert before is not None
    assert before.opened == before.sections > 0
    assert report.privacy == Privacy(
        sections=before.sections,
        opened=0,
        live=0,
        erased=before.live,
        unknown=0,
        resurrected=0,
    )


def test_a_key_that_was_destroyed_without_a_record_is_found(book: Casebook) -> None:
    """A18."""
    keys = keys_of(book)
    going = [one.id for one in keys.every()]
    keys.destroy(going, book.clock.now())

    assert {"KEY_DESTROYED_UNLEDGERED": len(going)} == found(judged(book))


def test_an_old_copy_of_the_key_store_brings_keys_back(book: Casebook, tmp_path: Path) -> None:
    """A19: what the ledger says is gone opens again."""
    live = [one.id for one in keys_of(book).every()]
    kept = tmp_path / "backup.db"
    with closing(sqlite3.connect(tmp_path / "keys.db")) as source:
        source.execute("VACUUM INTO ?", (str(kept),))
    asked(book)
    shredder(book, keys_of(book)).carry_out(ACCOUNT)
    with open_key_store(f"sqlite:///{kept}", KEK, create=False) as restored:
        store = book.store
        note = note_of(store.size(), store.frontier().root, instant_of(store.head().recorded_at))
        report = verify(store, TRUST, [note], keys=restored)

    assert {"KEY_RESURRECTED": len(live)} == found(report)
    assert report.privacy is not None
    assert len(live) == report.privacy.resurrected


def test_an_erased_key_is_not_made_again(book: Casebook) -> None:
    """A19b: whoever asks for the key of somebody erased is refused."""
    asked(book)
    shredder(book, keys_of(book)).carry_out(ACCOUNT)
    with pytest.raises(SealError):
        keys_of(book).keys_for([(ACCOUNT, Audience.OPERATIONS)])

    assert found(judged(book)) == {}


@pytest.mark.parametrize(
    ("step", "after", "code"),
    [
        pytest.param("destroy", True, "KEY_DESTROYED_UNLEDGERED", id="before-the-event"),
        pytest.param("destroy", False, "", id="before-the-key"),
    ],
)
def test_a_crash_between_the_key_and_its_event_is_found_until_it_is_finished(
    book: Casebook, step: str, after: bool, code: str
) -> None:
    """To add: the intent is on record before a key goes; that it went, only after it did."""
    asked(book)
    with suppress(Crash):
        crashing_at(shredder(book, keys_of(book)), step, after=after).carry_out(ACCOUNT)
    broken_off = judged(book)
    shredder(book, keys_of(book)).resume()

    assert ([code] if code else []) == [*found(broken_off)]
    assert found(judged(book)) == {}


def test_an_event_without_its_deed_is_found(book: Casebook) -> None:
    """To add, the other order: the ledger says it is gone, and it is not."""
    live = tuple(sorted(one.id for one in keys_of(book).every()))
    said = Entry(
        event=SubjectKeyDestroyed(keys=live, basis="asked-by-the-customer"),
        actor=Actor.system("erasure"),
        occurred_at=book.clock.now(),
        command_id=UUID(int=1),
    )
    row = Row(stream_of(ACCOUNT), 1, *encode(said))
    book.store.append([row], now=micros_of(book.clock.now()))

    assert {"KEY_RESURRECTED": len(live)} == found(judged(book))
