"""
Sealed sections and their keys: every section opens in its place, or its key has a tombstone.

What is in a section is decrypted and dropped: nobody reads it, so nothing is written of it. The
ledger says which keys were destroyed, the key store says which are; both must say the same.
"""

from functools import lru_cache
from typing import Final, TypeAlias
from uuid import UUID

from freezecase.app.stores.store import Scanned
from freezecase.core.custody import STORED_AS, SubjectKeyDestroyed
from freezecase.errors import (
    InvalidValue,
    RecordError,
    SealError,
    SectionForged,
    StoreError,
    UnknownKey,
)
from freezecase.replay.finding import Findings
from freezecase.replay.findings import Privacy
from freezecase.replay.pairs import place
from freezecase.seal.keys import KeyStore, SubjectKey, Tombstone
from freezecase.seal.sections import Place, Section, open_section, section_key
from freezecase.wire.codec import read_event
from freezecase.wire.enclosing import SECTIONS, sections_in

__all__ = ["SealAudit"]

DESTROYED: Final = STORED_AS[SubjectKeyDestroyed]
_KEYS: Final = 65_536
"""How many keys are remembered."""
_Found: TypeAlias = SubjectKey | Tombstone | None


class SealAudit:
    """Takes records, opens what is sealed in them, and compares the key store with the ledger."""

    def __init__(self, keys: KeyStore, findings: Findings) -> None:
        """Look keys up in *keys*, each once."""
        self._keys, self._findings = keys, findings
        self._find = lru_cache(_KEYS)(self._found)
        self._destroyed: dict[str, str] = {}
        """The keys that the ledger says were destroyed, and where it does."""
        self._unknown: set[str] = set()
        self._locked: set[str] = set()
        """Keys that are there and cannot be read."""
        self.trouble: list[str] = []
        """Why keys cannot be read, if so."""
        self._sections = self._opened = 0

    def take(self, row: Scanned) -> None:
        """Look at one record."""
        state: object = row[5]
        if not isinstance(state, bytes):
            return  # found where it is held against the ledger
        if row[4] == DESTROYED:
            self._ledgered(row)
        for section in self._sections_in(row):
            self._open(row, section)

    def _ledgered(self, row: Scanned) -> None:
        try:
            event = read_event(row[4], row[5])
        except RecordError:
            return  # found where its bytes are held against the ledger
        if isinstance(event, SubjectKeyDestroyed):
            where = place(row[2], row[3], row[0])
            self._destroyed.update((key, where) for key in event.keys)

    def _sections_in(self, row: Scanned) -> list[Section]:
        index, _recorded_at, case, version, name, state = row
        if SECTIONS not in state:
            return []
        where = place(case, version, index)
        try:
            return [Section.read(one) for one in sections_in(name, state, where)]
        except (InvalidValue, RecordError) as error:
            self._findings.note("SECTION_FORGED", where, str(error), "sections")
            return []

    def _open(self, row: Scanned, section: Section) -> None:
        """Open one section in its place; a key that is gone needs a tombstone."""
        index, _recorded_at, case, version, name, _state = row
        self._sections += 1
        where = place(case, version, index)
        try:
            key = self._find(section.key)
            if isinstance(key, SubjectKey):
                stands = Place(UUID(case), version, name)
                open_section(section_key(key.secret, stands, section.audience), section, stands)
                self._opened += 1
        except (SectionForged, ValueError, OverflowError) as error:
            said = f"section `{section.audience}`: {error}"
            self._findings.note("SECTION_FORGED", where, said, "one that opens")
            return
        if key is None and section.key not in self._unknown | self._locked:
            self._unknown.add(section.key)
            self._findings.note(
                "KEY_UNKNOWN", where, f"key `{section.key}`", "a key or a tombstone"
            )

    def _found(self, key: str) -> _Found:
        try:
            return self._keys.find(key)
        except UnknownKey:
            return None
        except (SealError, StoreError) as error:
            self._locked.add(key)
            self.trouble = [f"the keys cannot be read: {error}"]
            return None

    def end(self) -> Privacy:
        """Compare every key with what the ledger says, and return what was met."""
        live = erased = resurrected = 0
        for entry in self._keys.every():
            where, ledgered = f"key `{entry.id}`", self._destroyed.get(entry.id)
            gone = entry.destroyed_at is not None
            live, erased = live + (not gone), erased + gone
            if gone and ledgered is None:
                said = "a tombstone, and the ledger says nothing"
                self._findings.note("KEY_DESTROYED_UNLEDGERED", where, said, f"a `{DESTROYED}`")
            elif ledgered is not None and not gone:
                resurrected += 1
                self._findings.note("KEY_RESURRECTED", where, "a live key", f"gone by {ledgered}")
        return Privacy(
            sections=self._sections,
            opened=self._opened,
            live=live,
            erased=erased,
            unknown=len(self._unknown),
            resurrected=resurrected,
        )
