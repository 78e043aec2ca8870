"""
Entries to the engine's stored events and back, so that the engine's own tools can read our log.

The engine's mapper stores class paths and rebuilds objects around their constructors. This one
stores names from the closed registry, and reads through the strict codec.
"""

from typing import Any, Final
from uuid import UUID

import attrs
from eventsourcing.persistence import Mapper, StoredEvent, Transcoder

from freezecase.app.record import where
from freezecase.wire.codec import encode, read_entry
from freezecase.wire.shapes import Entry

__all__ = ["CaseMapper", "Filed"]


@attrs.frozen
class Filed:
    """An entry in its place, under the names that the engine gives them."""

    originator_id: UUID
    originator_version: int
    entry: Entry


class CaseMapper(Mapper[UUID]):
    """Maps `Filed` entries; knows no compression and no cipher, which belong to sections."""

    def __init__(self) -> None:
        """Take nothing: what is stored is decided by `wire` alone."""
        super().__init__(transcoder=_NO_TRANSCODER)

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Return the stored form of a `Filed` entry."""
        name, state = encode(domain_event.entry)
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=name,
            state=state,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Return the `Filed` entry of a stored event."""
        case, version = stored_event.originator_id, stored_event.originator_version
        entry = read_entry(stored_event.topic, stored_event.state, where(case, version))
        return Filed(UUID(str(case)), version, entry)


class _NoTranscoder(Transcoder):
    def encode(self, obj: Any) -> bytes:
        raise NotImplementedError("`wire` writes the bytes")

    def decode(self, data: bytes) -> Any:
        raise NotImplementedError("`wire` reads the bytes")


_NO_TRANSCODER: Final = _NoTranscoder()
