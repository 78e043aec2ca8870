"""What is opened, for whom, and that it is on record."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase import Actor
from freezecase.app.custody.key_store import open_key_store
from freezecase.app.custody.openings import Cleared, Opener, SealedRecord, openings_of
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Appended, Row, Store
from freezecase.core.custody import SectionsOpened
from freezecase.core.values import Audience
from freezecase.errors import Conflict, InvalidValue, SectionForged, StoreError, UnknownKey
from freezecase.seal.keys import KeyStore, SubjectKey
from freezecase.seal.sections import Place, Section, seal_section
from freezecase.seal.unopened import Erased, Withheld
from freezecase.testing.contracts import StoryClock
from tests.app.custody.key_contract import KEK, NOW

CASE, OTHER = UUID(int=1, version=4), UUID(int=2, version=4)
ANA = Actor.staff("ana", "analyst")
SAID = {Audience.CUSTOMER: "it was me", Audience.OPERATIONS: "he sounds right"}
OF_ALL = frozenset(Audience)
PLACE = Place(CASE, 3, "appeal-filed.v1")


def reader(*audiences: Audience) -> Cleared:
    """Ana, cleared for these."""
    return Cleared(actor=ANA, audiences=frozenset(audiences), purpose="review")


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with open_store("memory:") as opened:
        yield opened


@pytest.fixture
def keys() -> Iterator[KeyStore]:
    """An empty key store."""
    with open_key_store("memory:", KEK) as opened:
        yield opened


@pytest.fixture
def opener(store: Store, keys: KeyStore) -> Opener:
    """What opens sections, at an hour that is set by hand."""
    return Opener(store, keys, StoryClock(NOW))


def key_of(keys: KeyStore, audience: Audience) -> SubjectKey:
    """The key of the customer for one audience."""
    return keys.keys_for([("acct-4711", audience)])["acct-4711", audience]


def sealed(keys: KeyStore, version: int = 3, case: UUID = CASE) -> SealedRecord:
    """A record with a text for the customer and one for the desk."""
    place = PLACE._replace(stream=case, version=version)
    sections = [
        seal_section(key.secret, key.id, place, audience, {"event.statement": text}, bytes(12))
        for audience, text in SAID.items()
        for key in [key_of(keys, audience)]
    ]
    return SealedRecord(place, sections)


def openings(opener: Opener, case: UUID = CASE) -> list[Any]:
    """What is on record of a case's openings."""
    return [record.entry.event for record in opener.history(case)]


def test_whoever_is_cleared_reads_it(opener: Opener, keys: KeyStore) -> None:
    """Each text under its path, in the order of the sections."""
    found = opener.open([sealed(keys)], reader(*Audience))
    assert found == (tuple({"event.statement": text} for text in SAID.values()),)


def test_whoever_is_not_cleared_is_told_that_there_is_something(
    opener: Opener, keys: KeyStore
) -> None:
    """In words; and the key store is not even asked."""
    keys.close()
    record = SealedRecord(
        Place(CASE, 3, "x.v1"),
        [Section(audience, "k", b"", b"", b"") for audience in Audience],
    )
    (found,) = opener.open([record], reader())
    assert found == ("[withheld]",) * len(Audience)
    assert [type(one) for one in found] == [Withheld] * len(Audience)
    assert openings(opener) == []


def test_each_section_is_for_its_own_audience(opener: Opener, keys: KeyStore) -> None:
    """One may be opened beside one that is withheld."""
    (found,) = opener.open([sealed(keys)], reader(Audience.OPERATIONS))
    assert isinstance(found[0], Withheld)
    assert found[1] == {"event.statement": "he sounds right"}


def test_what_was_erased_says_so(opener: Opener, keys: KeyStore) -> None:
    """When, and which key; nothing was opened, so nothing is on record."""
    record = sealed(keys)
    keys.destroy([section.key for section in record.sections], NOW)
    (found,) = opener.open([record], reader(*Audience))
    assert found == ("[erased on 2026-11-22]",) * 2
    erased = found[0]
    assert isinstance(erased, Erased)
    assert (erased.key, erased.at) == (record.sections[0].key, NOW)
    assert openings(opener) == []


def test_a_lost_key_is_no_erasure(opener: Opener, keys: KeyStore) -> None:
    """It is raised: somebody has to restore the key store; of the rest nothing is shown."""
    record = sealed(keys)
    lost = [record.sections[0], record.sections[1]._replace(key="gone")]
    with pytest.raises(UnknownKey, match="`gone`"):
        opener.open([record._replace(sections=lost)], reader(*Audience))
    assert openings(opener) == []


def test_what_does_not_belong_there_is_not_opened(opener: Opener, keys: KeyStore) -> None:
    """A section that stood in another record."""
    moved = sealed(keys)._replace(place=Place(CASE, 4, "appeal-filed.v1"))
    with pytest.raises(SectionForged, match="version 4"):
        opener.open([moved], reader(*Audience))
    assert openings(opener) == []


def test_a_section_is_sealed_for_whom_it_says(opener: Opener, keys: KeyStore) -> None:
    """Under a key of another audience it is nobody's, also before and after that key is gone."""
    place, key = Place(CASE, 3, "x.v1"), key_of(keys, Audience.PRIVILEGED)
    section = seal_section(key.secret, key.id, place, Audience.CUSTOMER, {"p": "t"}, bytes(12))
    for _ in range(2):
        with pytest.raises(SectionForged, match=r"for `customer` .* names a key for `privileged`"):
            opener.open([SealedRecord(place, [section])], reader(Audience.CUSTOMER))
        keys.destroy([key.id], NOW)


def test_a_key_that_is_at_hand_clears_nobody(opener: Opener, keys: KeyStore) -> None:
    """What counts is for whom a section says it is, whatever key it names beside that."""
    (customer, desk) = sealed(keys).sections
    named = customer._replace(key=desk.key)
    (found,) = opener.open([SealedRecord(PLACE, [desk, named])], reader(Audience.OPERATIONS))
    assert found == ({"event.statement": "he sounds right"}, "[withheld]")


def test_every_opening_is_on_record(opener: Opener, keys: KeyStore, store: Store) -> None:
    """Who, what for, which records, for which audiences; once for each time and each case."""
    records = [sealed(keys, version, case) for case in (CASE, OTHER) for version in (5, 3)]
    opener.open([*records, records[0]], reader(Audience.OPERATIONS, Audience.COMPLIANCE))
    opener.open(records[:1], reader(*Audience))
    more = {"reader": "staff:ana", "purpose": "review"}
    desk = [Audience.OPERATIONS]
    both = [Audience.CUSTOMER, Audience.OPERATIONS]
    assert openings(opener) == [
        SectionsOpened(case=CASE, versions=[3, 5], audiences=desk, **more),
        SectionsOpened(case=CASE, versions=[5], audiences=both, **more),
    ]
    assert openings(opener, OTHER) == [
        SectionsOpened(case=OTHER, versions=[3, 5], audiences=desk, **more)
    ]
    (first, second) = opener.history(CASE)
    assert (first.name, first.version, first.index) == ("sections-opened.v1", 1, 1)
    assert (second.actor, second.occurred_at, second.recorded_at) == (ANA, NOW, NOW)
    assert [*store.cases()] == []


def test_a_case_is_not_changed_by_being_read(opener: Opener, keys: KeyStore, store: Store) -> None:
    """What was opened stands in a stream of its own, which follows from the case."""
    opener.open([sealed(keys)], reader(*Audience))
    assert store.versions([CASE, openings_of(CASE)]) == {openings_of(CASE): 1}
    assert openings_of(CASE) != openings_of(OTHER)


@attrs.define
class Hindered:
    """A store to which others write first, or nobody can write."""

    store: Store
    times: int
    error: Exception

    def __getattr__(self, name: str) -> Any:
        """Do as the store does."""
        return getattr(self.store, name)

    def append(self, rows: Sequence[Row], **more: Any) -> Appended:
        if self.times:
            self.times -= 1
            raise self.error
        return self.store.append(rows, **more)


def hindered(opener: Opener, times: int, error: Exception) -> Opener:
    """The opener over such a store."""
    store: Any = Hindered(opener.store, times, error)
    return attrs.evolve(opener, store=store)


def test_what_cannot_be_recorded_is_not_shown(opener: Opener, keys: KeyStore) -> None:
    """The record comes first: a reader without one would be the very thing it is there for."""
    with pytest.raises(StoreError, match="no room"):
        hindered(opener, 1, StoreError("no room")).open([sealed(keys)], reader(*Audience))


def test_two_may_open_at_once(opener: Opener, keys: KeyStore) -> None:
    """Whoever comes second writes behind; who always comes second is told."""
    busy = Conflict(CASE, 1, "somebody was first")
    hindered(opener, 3, busy).open([sealed(keys)], reader(*Audience))
    assert len(openings(opener)) == 1
    with pytest.raises(Conflict, match="others wrote first 16 times; ask again"):
        hindered(opener, 16, busy).open([sealed(keys)], reader(*Audience))


def test_nothing_is_opened_of_nothing(opener: Opener, store: Store) -> None:
    """No records, no keys, no trace."""
    assert opener.open([], reader(*Audience)) == ()
    assert store.size() == 0


def test_a_purpose_is_a_word() -> None:
    """Nobody's story is told in it: it is on record in the clear."""
    with pytest.raises(InvalidValue, match=r"Cleared\.purpose"):
        Cleared(actor=ANA, audiences=OF_ALL, purpose="because Max Muster asked")
