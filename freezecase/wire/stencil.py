"""
Records of an imported log, spelt from pieces: what many of them share is spelt once.

An import writes the same notice a hundred thousand times, by the same actor, and only the row it
comes from differs. What this makes is byte for byte what `encode` would make of the whole entry;
a test compares them.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from freezecase.core.actors import Actor
from freezecase.core.events import CaseEvent
from freezecase.wire.codec import encode
from freezecase.wire.shapes import Entry

__all__ = ["Stencil"]

_NO_ID: Final = UUID(int=0)
_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ID_HOLE: Final = f'"{_NO_ID}"'.encode()
_BEFORE_ID: Final = b',"command_id":'
_TIME_HOLE: Final = b'"1970-01-01T00:00:00Z"}}'
_REMEMBERED: Final = 4096


class _Pieces(NamedTuple):
    """A record without its command, its time and its source; and what it was spelt of."""

    event: CaseEvent
    actor: Actor
    name: str
    before: bytes
    between: bytes


class Stencil:
    """Spells the records of one log."""

    def __init__(self, log: str) -> None:
        """Take the name of the log, as `Source` does."""
        self._log = msgspec.json.encode(log)
        self._pieces: dict[tuple[int, int], _Pieces] = {}

    def source(self, id: str, row: int, digest: str) -> bytes:
        """Return the piece that says which row a record comes from."""
        said = msgspec.json.encode(id)
        return b'{"digest":"%b","id":%b,"log":%b,"row":%d}' % (
            digest.encode(),
            said,
            self._log,
            row,
        )

    def record(
        self, event: CaseEvent, actor: Actor, at: datetime, command: str, source: bytes
    ) -> tuple[str, bytes]:
        """Return the stored name of *event*, and the bytes of the record of it."""
        key = (
            id(event),
            id(actor),
        )  # both are kept with the pieces, so neither id is given out again
        pieces = self._pieces.get(key)
        if pieces is None:
            pieces = _cut(event, actor)
            if len(self._pieces) >= _REMEMBERED:
                self._pieces.clear()
            self._pieces[key] = pieces
        return pieces.name, b'%b"%b"%b%b,"source":%b}}' % (
            pieces.before,
            command.encode(),
            pieces.between,
            _time(at),
            source,
        )


def _cut(event: CaseEvent, actor: Actor) -> _Pieces:
    """Spell a record, and cut out of it what differs from row to row."""
    blank = Entry(event=event, actor=actor, occurred_at=_NO_TIME, command_id=_NO_ID)
    name, state = encode(blank)
    # The first such text is the key itself: within the actor before it, quotes are escaped.
    at = state.index(_BEFORE_ID + _ID_HOLE) + len(_BEFORE_ID)
    between = state[at + len(_ID_HOLE) : -len(_TIME_HOLE)]
    return _Pieces(event, actor, name, state[:at], between)


@lru_cache(_REMEMBERED)
def _time(at: datetime) -> bytes:
    return msgspec.json.encode(at)
