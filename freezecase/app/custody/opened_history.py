"""A history with its sealed texts opened, as far as whoever reads it is cleared for them."""

from collections.abc import Sequence
from typing import Protocol

import attrs

from freezecase.app.clock import Clock
from freezecase.app.custody.openings import Cleared, Opened, Opener, SealedRecord
from freezecase.app.record import Record, where
from freezecase.app.stores.store import Store
from freezecase.errors import SealError
from freezecase.seal.keys import KeyStore
from freezecase.seal.sections import Place, Section
from freezecase.wire.enclosing import sections_in
from freezecase.wire.sealing import filled, placeholders

__all__ = ["Book", "opened_for"]


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
    if not history:
        return ()
    case = history[0].case
    sealed: dict[int, SealedRecord] = {}
    for version, name, state, _, _ in book.store.read(case, upto=history[-1].version):
        sections = tuple(map(Section.read, sections_in(name, state, where(case, version))))
        if sections:
            sealed[version] = SealedRecord(Place(case, version, name), sections)
    wanted = [sealed[record.version] for record in history if record.version in sealed]
    if not wanted:
        return tuple(history)
    if book.keys is None:
        raise SealError("texts of this case are sealed: open the book with `keys` to read them")
    opened = Opener(book.store, book.keys, book.clock).open(wanted, reader)
    said = {one.place.version: (one, found) for one, found in zip(wanted, opened, strict=True)}
    return tuple(
        _told(record, *said[record.version]) if record.version in said else record
        for record in history
    )


def _told(record: Record, sealed: SealedRecord, opened: Sequence[Opened]) -> Record:
    """Return a record with what its sections say, or why they say nothing."""
    left, texts = placeholders(record.entry), dict[str, str]()
    for section, found in zip(sealed.sections, opened, strict=True):
        texts |= found if isinstance(found, dict) else dict.fromkeys(left[section.audience], found)
    return attrs.evolve(record, entry=filled(record.entry, texts))
