"""
Rows of records as they are stored: texts sealed for who may read them, and a salt for each.

Whoever writes records makes their rows here. Without a key store the texts stand in the clear, and
a store that was made with one takes no text from whoever comes without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from freezecase.app.clock import fresh_bytes
from freezecase.app.record import where
from freezecase.app.stores.store import Row
from freezecase.core.personal import masked, with_texts
from freezecase.errors import SealError
from freezecase.seal.keys import SubjectKey
from freezecase.seal.sections import (
    NONCE,
    Place,
    Section,
    open_section,
    seal_section,
    section_key,
)
from freezecase.wire.codec import encode
from freezecase.wire.enclosing import SALT, enclosed, sections_in
from freezecase.wire.sealing import EVENT, in_command, taken_out, texts_in

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from freezecase.app.stores.store import Loaded
    from freezecase.core.commands import Command
    from freezecase.core.events import CaseEvent
    from freezecase.seal.keys import Fresh, KeyStore, Wanted
    from freezecase.wire.sealing import Texts
    from freezecase.wire.shapes import Entry

__all__ = ["IN_THE_CLEAR", "Sealer"]


@attrs.frozen
class Sealer:
    """Makes rows of entries; everything secret that it needs comes from *keys* and *chance*."""

    keys: KeyStore | None = None
    must: bool = False
    """Whether a text may not be stored in the clear."""
    chance: Fresh = fresh_bytes

    def rows(self, case: UUID, account: str, first: int, entries: Sequence[Entry]) -> list[Row]:
        """Return the rows of entries that follow one another from version *first*."""
        return [
            self.row(case, account, version, entry) for version, entry in enumerate(entries, first)
        ]

    def row(self, case: UUID, account: str, version: int, entry: Entry) -> Row:
        """
        Return the row of an entry: its texts are sealed for the customer of *account*.

        Raises:
            SealError: it holds a text, and there is no key store; or the customer was erased.

        """
        public, texts = self.divided(entry)
        return self.enclosed(Row(case, version, *encode(public)), account, texts)

    @property
    def seals(self) -> bool:
        """Whether texts are sealed here, or would have to be."""
        return self.must or self.keys is not None

    def divided(self, entry: Entry) -> tuple[Entry, Texts]:
        """Return an entry as it is spelt, and its texts that are to be sealed."""
        return taken_out(entry) if self.seals else (entry, {})

    def taken_out(self, event: CaseEvent) -> tuple[CaseEvent, Texts]:
        """Return an event as it is spelt, and its texts that are to be sealed."""
        if not self.seals:
            return event, {}
        return masked(event), texts_in(EVENT, event)

    def enclosed(self, row: Row, account: str, texts: Texts) -> Row:
        """Return a row with *texts*, which were taken out of it, sealed in it; and a salt."""
        case, version, name, state = row
        sections = self.sections(Place(case, version, name), account, texts) if texts else ()
        return Row(case, version, name, enclosed(state, sections, self.chance(SALT)))

    def sections(self, place: Place, account: str, texts: Texts) -> list[dict[str, str]]:
        """Return texts sealed in their place, a section for each audience, as they are spelt."""
        keys = self.made([(account, audience) for audience in texts])
        return [
            seal_section(
                *(key.secret, key.id, place, key.audience, texts[key.audience]),
                self.chance(NONCE),
            ).spelt()
            for _, key in sorted(keys.items())
        ]

    def made(self, wanted: Collection[Wanted]) -> dict[Wanted, SubjectKey]:
        """Return the keys of these customers and audiences; those of many in one transaction."""
        if self.keys is None:
            raise SealError(
                "this store seals texts, and there is no key store to seal them with: open it "
                "with `keys`"
            )
        return self.keys.keys_for(wanted)

    def says(self, case: UUID, row: Loaded, stored: Command, asked: Command) -> bool:
        """
        Say whether a record holds the very command that is asked again, its texts included.

        What was erased cannot be compared; nor can it without the keys. Nothing of it is shown.
        """
        version, name, state, _, _ = row
        place, texts = Place(case, version, name), dict[str, str]()
        for spelt in sections_in(name, state, where(case, version)):
            section = Section.read(spelt)
            key = None if self.keys is None else self.keys.find(section.key)
            if not isinstance(key, SubjectKey):
                return masked(stored) == masked(asked)
            opened = section_key(key.secret, place, section.audience)
            texts |= open_section(opened, section, place)
        return with_texts(stored, in_command(texts)) == asked


IN_THE_CLEAR: Final = Sealer()
"""For a store that has no keys: what it holds can be read by whoever has the file."""
