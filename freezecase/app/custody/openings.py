"""
Opening what is sealed: for a reader who may, and never without a record of it.

Who read what of a case, when and what for, stands in the ledger beside the case: in a stream of its
own, so that the case itself does not change by being read. It is written before anything is shown;
if it cannot be written, nothing is.

    opener = Opener(store, keys, clock)
    reader = Cleared(actor=ana, audiences={Audience.OPERATIONS}, purpose="review")
    opener.open([SealedRecord(place, sections)], reader)
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID, uuid5

import attrs

from freezecase.app.beside import append_beside
from freezecase.app.clock import Clock
from freezecase.app.record import Record
from freezecase.app.stores.store import Store
from freezecase.core.actors import Actor
from freezecase.core.checked import checked
from freezecase.core.custody import SectionsOpened
from freezecase.core.values import Audience, Slug
from freezecase.errors import Conflict, SectionForged
from freezecase.seal.keys import KeyStore, SubjectKey, Tombstone
from freezecase.seal.sections import Place, Section, open_section, section_key
from freezecase.seal.unopened import Erased, Withheld

__all__ = ["Cleared", "Opened", "Opener", "SealedRecord", "openings_of"]

ATTEMPTS: Final = 16
"""How often an opening is written again when others keep writing first."""

Opened: TypeAlias = dict[str, str] | Withheld | Erased
"""The texts of a section by their paths, or why there are none."""


@checked
class Cleared:
    """Who reads, what they are cleared for, and what for."""

    actor: Actor
    audiences: frozenset[Audience]
    purpose: Slug
    """In a word or two, such as `review` or `data-request`."""


class SealedRecord(NamedTuple):
    """What is sealed in one record, and where that stands."""

    place: Place
    sections: Sequence[Section]


def openings_of(case: UUID) -> UUID:
    """Return the id of the stream that says who opened what of a case: the same one, always."""
    return uuid5(case, "sections-opened")


@attrs.frozen
class Opener:
    """Opens sections, and writes down that it did."""

    store: Store
    keys: KeyStore
    clock: Clock

    def open(
        self, records: Iterable[SealedRecord], reader: Cleared
    ) -> tuple[tuple[Opened, ...], ...]:
        """
        Return what each section of each record says to this reader, in the order given.

        Whatever is opened is on record when this returns, once for each case.

        Raises:
            UnknownKey: there is neither a key nor a tombstone. It was lost, not erased.
            SectionForged: a section was not sealed where it stands.
            StoreError: what was opened could not be written down, so it is not shown.

        """
        asked = [*records]
        keys = self._keys(asked, reader)
        found = tuple(
            tuple(_opened(record.place, section, reader, keys) for section in record.sections)
            for record in asked
        )
        for opening in _openings(asked, found, reader):
            self._write(opening, reader.actor)
        return found

    def history(self, case: UUID) -> tuple[Record, ...]:
        """Return who opened what of a case, in order."""
        stream = openings_of(case)
        return tuple(Record.of(stream, row) for row in self.store.read(stream))

    def _keys(
        self, records: Sequence[SealedRecord], reader: Cleared
    ) -> Mapping[str, SubjectKey | Tombstone]:
        """Return each key that this reader needs; those of others are not even asked for."""
        sections = [section for record in records for section in record.sections]
        wanted = {one.key: None for one in sections if one.audience in reader.audiences}
        return {key: self.keys.find(key) for key in wanted}

    def _write(self, opening: SectionsOpened, actor: Actor) -> None:
        stream, now = openings_of(opening.case), self.clock.now()
        id = self.clock.new_id()
        newest = 0
        for _attempt in range(ATTEMPTS):
            newest = self.store.versions([stream]).get(stream, 0)
            try:
                append_beside(self.store, stream, newest + 1, opening, by=actor, now=now, id=id)
            except Conflict:
                continue  # somebody else opened something at the same time
            return
        raise Conflict(stream, newest, f"others wrote first {ATTEMPTS} times; ask again")


def _opened(
    place: Place, section: Section, reader: Cleared, keys: Mapping[str, SubjectKey | Tombstone]
) -> Opened:
    if section.audience not in reader.audiences:
        return Withheld(section.audience)
    key = keys[section.key]
    if key.audience is not section.audience:
        raise SectionForged(
            f"a section for `{section.audience}` of case `{place.stream}` version {place.version} "
            f"names a key for `{key.audience}`: verify the store",
            key=section.key,
            audience=section.audience,
        )
    if isinstance(key, Tombstone):
        return Erased(key.id, key.destroyed_at)
    return open_section(section_key(key.secret, place, section.audience), section, place)


def _openings(
    records: Sequence[SealedRecord], found: Sequence[Sequence[Opened]], reader: Cleared
) -> list[SectionsOpened]:
    """Return what is to be written down: for each case, all that was opened of it."""
    opened: dict[UUID, list[tuple[int, Audience]]] = {}
    for record, answers in zip(records, found, strict=True):
        for section, answer in zip(record.sections, answers, strict=True):
            if isinstance(answer, dict):
                stream, version, _ = record.place
                opened.setdefault(stream, []).append((version, section.audience))
    return [
        SectionsOpened(
            case=case,
            versions=sorted({version for version, _ in what}),
            audiences=sorted({audience for _, audience in what}),
            reader=reader.actor.person,
            purpose=reader.purpose,
        )
        for case, what in opened.items()
    ]
