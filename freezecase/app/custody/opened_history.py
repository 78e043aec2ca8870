"""A history with its sealed texts opened, as far as whoever reads it is cleared for them."""

from collections.abc import Sequence
from typing import Protocol

import attrs

from freezecase.app.clock import Clock
from freezecase.app.custody.openings import Cleared, Opened, Opener, SealedRecord
from freezecase.app.record import Record
from freezecase.app.stores.store import Store
from freezecase.errors import SealError
from freezecase.seal.keys import KeyStore
from freezecase.seal.sections import Place, Section
from freezecase.wire.sealing import filled, placeholders

__all__ = ["Book", "opened_for", "unsealed"]


class Book(Protocol):
    """What has the records, the keys and the time."""

    @property
    def store(self) -> Store:
        """Where the records are."""
        ...

    @property
    def keys(self) -> KeyStore | None:
        """What opens what is sealed."""
        ...

    @property
    def clock(self) -> Clock:
        """When it is read."""
        ...


def opened_for(book: Book, history: Sequence[Record], reader: Cleared) -> tuple[Record, ...]:
    """
    Return records with the texts that *reader* may read; it is on record before it returns.

    Raises:
        SealError: there are sealed texts, and no key store to open them.
        UnknownKey: there is neither a key nor a tombstone. It was lost, not erased.
        SectionForged: a section was not sealed where it stands.

    """
    if not any(record.sealed for record in history):
        return tuple(history)
    if book.keys is None:
        raise SealError("texts of this case are sealed: open the book with `keys` to read them")
    return unsealed(Opener(book.store, book.keys, book.clock), history, reader)


def unsealed(opener: Opener, records: Sequence[Record], reader: Cleared) -> tuple[Record, ...]:
    """Return records with what their sections say to a reader, or why they say nothing."""
    asked = [_sealed(record) for record in records]
    answers = opener.open(asked, reader)
    return tuple(
        _told(record, one, found) if found else record
        for record, one, found in zip(records, asked, answers, strict=True)
    )


def _sealed(record: Record) -> SealedRecord:
    place = Place(record.case, record.version, record.name)
    return SealedRecord(place, tuple(map(Section.read, record.sealed)))


def _told(record: Record, sealed: SealedRecord, opened: Sequence[Opened]) -> Record:
    """Return a record with what its sections say, or why they say nothing."""
    left, texts = placeholders(record.entry), dict[str, str]()
    for section, found in zip(sealed.sections, opened, strict=True):
        texts |= found if isinstance(found, dict) else dict.fromkeys(left[section.audience], found)
    return attrs.evolve(record, entry=filled(record.entry, texts))
