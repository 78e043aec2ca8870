"""Carrying an erasure out: the keys go, whatever breaks off is finished, and nothing comes back."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from typing import cast
from uuid import UUID

import msgspec
import pytest

from freezecase import Casebook
from freezecase import commands as do
from freezecase.app.custody.erasure_log import erasures, record
from freezecase.app.custody.erasure_scan import audiences_of, is_lost
from freezecase.app.stores.store import Row
from freezecase.core.custody import ErasureBegun, ErasureVerified, SubjectKeyDestroyed
from freezecase.core.erasure import ErasureStage, stream_of
from freezecase.core.values import Audience
from freezecase.errors import (
    SealError,
    StoreError,
)
from freezecase.seal.keys import KeyStore, Tombstone
from freezecase.seal.sections import Place, seal_section
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA, ENGINE, ROB, freeze
from tests.app.custody.erasures import (
    ACCOUNT,
    ASKED,
    BY_THE_BOOK,
    Crash,
    Crashing,
    all_bytes,
    approved,
    crashing_at,
    erasing,
    event_of,
    gone,
    key_store,
    left_long_ago,
    over,
    put_section,
    recorded,
    shredder,
)


@pytest.fixture
def sealed(keys: KeyStore, clock: StoryClock) -> Iterator[Casebook]:
    """A book that seals."""
    with Casebook.open("memory:", clock=clock, keys=keys) as made:
        yield made


# --- by the book ---------------------------------------------------------------------------------


def test_by_the_book_the_keys_go_and_each_step_is_on_record(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    """In this order: nothing goes before it was approved, and nothing is verified before."""
    key = put_section(book, keys)
    approved(book, left)
    erasure = shredder(book, keys).carry_out(ACCOUNT)

    assert recorded(book) == BY_THE_BOOK
    assert erasure.stage is ErasureStage.VERIFIED
    assert erasure.gone == {key}
    assert gone(keys)
    assert event_of(book, 4) == SubjectKeyDestroyed(keys=[key], basis=ASKED)
    assert event_of(book, 5) == ErasureVerified(
        upto=book.store.size() - 1, records=2, sections=2, keys=1
    )


def test_not_a_byte_of_the_ledger_changes(book: Casebook, keys: KeyStore, left: datetime) -> None:
    """Records and headers are what they were; what was done stands behind them."""
    before, headers = all_bytes(book), [*book.store.headers()]
    approved(book, left)
    shredder(book, keys).carry_out(ACCOUNT)

    assert all_bytes(book)[: len(before)] == before
    assert [*book.store.headers()][: len(headers)] == headers


def test_an_erasure_is_no_case(book: Casebook, keys: KeyStore, clock: StoryClock) -> None:
    """Neither in the list of cases, nor among those of the account, nor in any view."""
    over(book)
    left = left_long_ago(book, clock)
    cases, due = [*book.cases()], book.due(book.clock.now())
    approved(book, left)
    shredder(book, keys).carry_out(ACCOUNT)

    assert [*book.cases()] == cases
    assert len(book.store.cases_of(ACCOUNT)) == 1
    assert book.catch_up() == book.store.size()
    assert book.due(book.clock.now()) == due
    assert book.portfolio(stored=True).position == book.store.size()


def test_others_keep_their_keys(book: Casebook, keys: KeyStore, left: datetime) -> None:
    put_section(book, keys, "acct-4712")
    approved(book, left)
    shredder(book, keys).carry_out(ACCOUNT)

    assert gone(keys)
    assert not gone(keys, "acct-4712")


def test_of_somebody_without_keys_there_is_only_something_to_verify(
    book: Casebook, keys: KeyStore, clock: StoryClock
) -> None:
    over(book)
    approved(book, left_long_ago(book, clock))

    assert shredder(book, keys).carry_out(ACCOUNT).stage is ErasureStage.VERIFIED
    assert recorded(book) == ["erasure-requested", "erasure-approved", "erasure-verified"]


def test_whoever_comes_back_can_be_erased_again(
    book: Casebook, keys: KeyStore, left: datetime, clock: StoryClock
) -> None:
    approved(book, left)
    shredder(book, keys).carry_out(ACCOUNT)
    keys.begin_anew(ACCOUNT, clock.now())
    over(book)
    put_section(book, keys)
    approved(book, left_long_ago(book, clock))
    erasure = shredder(book, keys).carry_out(ACCOUNT)

    assert recorded(book) == BY_THE_BOOK * 2
    assert len(erasure.gone) == 2
    assert gone(keys)


def test_what_a_case_sealed_is_counted_and_what_others_sealed_is_not(
    sealed: Casebook, keys: KeyStore, clock: StoryClock
) -> None:
    """A section for each record and audience: the proposal was asked for and decided in one."""
    over(sealed)
    over(sealed, "acct-4712")
    approved(sealed, left_long_ago(sealed, clock))
    shredder(sealed, keys).carry_out(ACCOUNT)

    verified = event_of(sealed, 5)
    assert (verified.records, verified.sections, verified.keys) == (1, 1, 1)
    assert gone(keys)
    assert not gone(keys, "acct-4712")


def test_nothing_more_is_sealed_for_somebody_who_was_erased_until_they_come_back(
    sealed: Casebook, keys: KeyStore, clock: StoryClock
) -> None:
    """They can be frozen all the same, and what has no text goes on."""
    over(sealed)
    approved(sealed, left_long_ago(sealed, clock))
    shredder(sealed, keys).carry_out(ACCOUNT)
    again = sealed.execute(freeze(), by=ENGINE).case.id
    size = sealed.store.size()
    with pytest.raises(SealError, match="unless they came back"):
        sealed.execute(do.UpholdFreeze(again, reason="a secret"), by=ANA)
    assert sealed.store.size() == size

    keys.begin_anew(ACCOUNT, clock.now())
    sealed.execute(do.UpholdFreeze(again, reason="a secret"), by=ANA)


# --- what breaks off -----------------------------------------------------------------------------

STOPS = [
    (step, after)
    for step in ("erasure-begun", "destroy", "subject-key-destroyed", "erasure-verified")
    for after in (False, True)
]


@pytest.mark.parametrize(("step", "after"), STOPS)
def test_a_crash_at_any_step_is_finished_or_stands_where_it_stood(
    book: Casebook, keys: KeyStore, left: datetime, step: str, *, after: bool
) -> None:
    """Whether the key went first or its record: what is on record in the end is the same."""
    approved(book, left)
    erase = erasing(book)
    with pytest.raises(Crash):
        crashing_at(shredder(book, keys), step, after=after).carry_out(ACCOUNT)
    broken = erase.erasure(ACCOUNT)
    before_the_first = (step, after) == ("erasure-begun", False)
    verified = (step, after) == ("erasure-verified", True)

    assert [*erase.owed(book.clock.now())] == ([] if verified else [broken])
    resumed = shredder(book, keys).resume()
    assert [one.account for one in resumed.finished] == (
        [] if before_the_first or verified else [ACCOUNT]
    )
    if before_the_first:  # it is approved, as it was, and no key went
        assert not gone(keys)
        shredder(book, keys).carry_out(ACCOUNT)
    assert recorded(book) == BY_THE_BOOK
    assert gone(keys)
    assert shredder(book, keys).resume() == ((), {})


def test_a_copy_that_cannot_be_purged_keeps_it_from_being_verified(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    """It is called again the next time, and with the account alone."""
    asked: list[str] = []

    def purge(account: str) -> None:
        asked.append(account)
        if len(asked) == 1:
            raise StoreError("the search index is away")

    approved(book, left)
    shred = shredder(book, keys, purge)
    with pytest.raises(StoreError, match="search index"):
        shred.carry_out(ACCOUNT)
    assert erasing(book).erasure(ACCOUNT).stage is ErasureStage.DESTROYED

    assert shred.resume().finished[0].stage is ErasureStage.VERIFIED
    assert asked == [ACCOUNT, ACCOUNT]


def test_one_that_cannot_be_finished_is_named_and_holds_up_no_other(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    other = "acct-4712"
    put_section(book, keys, other)
    erase, shred = erasing(book), shredder(book, keys)
    for account in (ACCOUNT, other):
        erase.request(account, by=ENGINE, basis=ASKED, left=left)
        erase.approve(account, by=ROB)
        with pytest.raises(Crash):
            crashing_at(shred, "subject-key-destroyed", after=True).carry_out(account)

    def purge(account: str) -> None:
        if account == ACCOUNT:
            raise StoreError("the search index is away")

    resumed = shredder(book, keys, purge).resume()
    assert [one.account for one in resumed.finished] == [other]
    assert resumed.failed == {ACCOUNT: "the search index is away"}


def test_a_key_store_that_only_says_so_is_not_believed(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    class Deaf(Crashing):
        """A key store that destroys nothing."""

        def destroy(self, *_: object) -> tuple[Tombstone, ...]:
            """Say nothing and do nothing."""
            return ()

    approved(book, left)
    deaf = shredder(book, cast("KeyStore", Deaf(keys, "none", after=False)))
    with pytest.raises(SealError, match="did not destroy the keys of `acct-4711`"):
        deaf.carry_out(ACCOUNT)

    assert recorded(book)[-1] == "erasure-begun"
    assert shredder(book, keys).resume().finished[0].stage is ErasureStage.VERIFIED


def test_a_key_that_was_made_meanwhile_goes_too(
    book: Casebook, keys: KeyStore, left: datetime, clock: StoryClock
) -> None:
    """Somebody wrote to the person again, just before it was to be verified."""
    approved(book, left)
    with pytest.raises(Crash):
        crashing_at(shredder(book, keys), "subject-key-destroyed", after=True).carry_out(ACCOUNT)
    keys.begin_anew(ACCOUNT, clock.now())
    shredder(book, keys).resume()

    assert recorded(book) == [*BY_THE_BOOK[:4], *BY_THE_BOOK[2:]]
    assert gone(keys)


def test_what_was_destroyed_in_part_is_destroyed_in_whole(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    """However the record of it came about: two keys were to go, and one is on record as gone."""
    approved(book, left)
    wanted = (ACCOUNT, Audience.CUSTOMER), (ACCOUNT, Audience.OPERATIONS)
    one, other = sorted(key.id for key in keys.keys_for(wanted).values())
    for event in (
        ErasureBegun(keys=[one, other], basis=ASKED),
        SubjectKeyDestroyed(keys=[one], basis=ASKED),
    ):
        record(book.store, book.clock, erasing(book).erasure(ACCOUNT), event, ROB)
    (erasure,) = shredder(book, keys).resume().finished

    assert erasure.stage is ErasureStage.VERIFIED
    assert erasure.gone == {one, other}
    assert gone(keys)


def test_what_stands_in_another_stream_is_no_erasure(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    """Somebody who can write records cannot have a person erased by writing them elsewhere."""
    approved(book, left)
    elsewhere = UUID(int=4711)
    rows = book.store.read(stream_of(ACCOUNT))
    forged = [Row(elsewhere, version, name, state) for version, name, state, *_ in rows]
    book.store.append(forged, now=0)

    assert [one.account for one in erasures(book.store)] == [ACCOUNT]
    assert shredder(book, keys).resume() == ((), {})


def test_what_still_opens_in_a_case_of_theirs_is_not_called_erased(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    """Whosever key it was sealed under by mistake: it is named, and somebody has to look."""
    approved(book, left)
    with pytest.raises(Crash):
        crashing_at(shredder(book, keys), "erasure-begun", after=True).carry_out(ACCOUNT)
    (case,) = book.store.cases_of(ACCOUNT)
    other = put_section(book, keys, "acct-4712", stream=case)
    with pytest.raises(SealError, match=f"keys `{other}` still open what was sealed"):
        shredder(book, keys).carry_out(ACCOUNT)

    keys.destroy([other], book.clock.now())
    assert shredder(book, keys).resume().finished[0].stage is ErasureStage.VERIFIED


def test_a_lost_key_is_not_called_erased(book: Casebook, keys: KeyStore, left: datetime) -> None:
    """In the person's own cases each section has a key or a tombstone, or is named."""
    approved(book, left)
    with pytest.raises(Crash):
        crashing_at(shredder(book, keys), "erasure-begun", after=True).carry_out(ACCOUNT)
    (case,) = book.store.cases_of(ACCOUNT)
    put_section(book, keys, key_id="lost", stream=case)
    with pytest.raises(SealError, match="keys `lost` are lost, not destroyed: restore"):
        shredder(book, keys).carry_out(ACCOUNT)

    assert recorded(book)[-1] == "subject-key-destroyed"


# --- a key store out of a copy -------------------------------------------------------------------


def test_a_key_that_came_back_with_a_copy_is_found_and_destroyed_again(
    book: Casebook, left: datetime, tmp_path: Path
) -> None:
    """And that it came back is on record, with another verification."""
    file, copy = tmp_path / "keys.db", tmp_path / "copy.db"
    with key_store(f"sqlite:///{file}") as keys:
        key = put_section(book, keys)
    copyfile(file, copy)
    with key_store(f"sqlite:///{file}") as keys:
        approved(book, left)
        shredder(book, keys).carry_out(ACCOUNT)
        assert shredder(book, keys).bury_again() == ((), ())
    for left_over in tmp_path.glob("keys.db*"):
        left_over.unlink()
    copyfile(copy, file)
    with key_store(f"sqlite:///{file}") as keys:
        assert not gone(keys)
        assert shredder(book, keys).bury_again() == ((key,), ())
        assert gone(keys)

    assert recorded(book) == [*BY_THE_BOOK, *BY_THE_BOOK[3:]]
    assert event_of(book, 6) == SubjectKeyDestroyed(keys=[key], basis="key-store-restored")


def test_a_key_that_came_back_waits_for_no_request_that_is_under_way(
    book: Casebook, keys: KeyStore, left: datetime, clock: StoryClock
) -> None:
    """It goes at once; what was asked since then stands where it stood."""
    key = put_section(book, keys)
    approved(book, left)
    shredder(book, keys).carry_out(ACCOUNT)
    erasing(book).request(ACCOUNT, by=ANA, basis="again", left=left)
    with key_store() as copy:  # the same chance makes the same key
        assert put_section(book, copy) == key
        assert shredder(book, copy).bury_again() == ((key,), ())
        assert gone(copy)

    assert erasing(book).erasure(ACCOUNT).stage is ErasureStage.REQUESTED


def test_a_copy_older_than_the_key_gets_its_tombstone_back(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    """Whoever reads would be told that the key was lost; the ledger knows who it was and when."""
    key = put_section(book, keys)
    approved(book, left)
    shredder(book, keys).carry_out(ACCOUNT)
    when = book.clock.now()
    with key_store() as older:
        assert is_lost(older, key)
        assert shredder(book, older).bury_again() == ((), (key,))
        assert older.find(key) == Tombstone(key, ACCOUNT, Audience.OPERATIONS, when)
        assert shredder(book, older).bury_again() == ((), ())
        with pytest.raises(SealError, match="`begin_anew` says so"):
            older.keys_for([(ACCOUNT, Audience.OPERATIONS)])


def test_a_key_that_sealed_nothing_needs_no_tombstone(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    """Nobody asks for it; one that came back beside it is destroyed all the same."""
    key = put_section(book, keys)
    keys.keys_for([(ACCOUNT, Audience.PRIVILEGED)])
    approved(book, left)
    shredder(book, keys).carry_out(ACCOUNT)
    with key_store() as older:
        assert put_section(book, older) == key
        assert shredder(book, older).bury_again() == ((key,), ())


def test_of_a_record_that_two_keys_sealed_only_the_lost_one_is_looked_for(book: Casebook) -> None:
    """The other may live, or be somebody else's."""
    place = Place(UUID(int=1), 1, "a-note.v1")
    sealed = [
        seal_section(bytes(32), key, place, audience, {"event.reason": "a secret"}, bytes(12))
        for key, audience in (("lost", Audience.CUSTOMER), ("there", Audience.COMPLIANCE))
    ]
    state = msgspec.json.encode({"d": {}, "s": [one.spelt() for one in sealed]})
    book.store.append([Row(place.stream, place.version, place.name, state)], now=0)
    assert audiences_of(book.store, ["lost", "nowhere"]) == {"lost": Audience.CUSTOMER}


def test_keys_that_came_back_and_keys_that_are_missing_are_both_buried(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    """What is missing first: else nobody could verify that what came back is gone."""
    first = put_section(book, keys)
    wanted = (ACCOUNT, Audience.COMPLIANCE)
    second = put_section(book, keys, key_id=keys.keys_for([wanted])[wanted].id)
    approved(book, left)
    shredder(book, keys).carry_out(ACCOUNT)
    with key_store() as older:
        assert put_section(book, older) == first
        assert shredder(book, older).bury_again() == ((first,), (second,))
        assert gone(older)
    assert erasing(book).erasure(ACCOUNT).stage is ErasureStage.VERIFIED
