"""
One record spelt for many accounts: everything but the account and the command's id is spelt once.

A batch that freezes thousands of accounts writes the same record thousands of times. What this
makes is byte for byte what `encode` would make of the entry of each account; a test compares them.
"""

import re
from hashlib import sha256
from typing import Any, Self
from uuid import UUID

import attrs
import msgspec

from freezecase.core.checked import replace
from freezecase.wire.codec import encode
from freezecase.wire.shapes import Asked, Entry

__all__ = ["Spelt", "Template", "spelt"]


Spelt = tuple[bytes, bytes]
"""An account and the id of a command, as they stand in records."""


def spelt(account: str, command_id: UUID) -> Spelt:
    """Return the bytes of what differs from record to record."""
    return msgspec.json.encode(account)[1:-1], str(command_id).encode()


@attrs.frozen
class Template:
    """The bytes of a record between the account and the command's id, wherever they stand."""

    name: str
    """The stored name of the event."""
    _pieces: tuple[bytes, ...]
    """The bytes between the places that differ."""
    _places: tuple[int, ...]
    """What stands after each piece but the last: the account (0), or the command's id (1)."""

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the template of an entry of a freeze: the freeze itself, or what is then owed."""
        digest = sha256(encode(entry)[1])  # marks that the record itself cannot hold
        nobody, no_id = digest.hexdigest(), UUID(bytes=digest.digest()[:16])
        blank = attrs.evolve(entry, command_id=no_id)
        if entry.asked is not None:  # the first record of a turn carries what was asked
            command: Any = entry.asked.command
            blank = attrs.evolve(
                blank,
                event=replace(entry.event, account=nobody),
                asked=Asked(command=replace(command, account=nobody), ruling=entry.asked.ruling),
            )
        name, state = encode(blank)
        marks = [nobody.encode(), str(no_id).encode()]
        pieces = re.split(b"(" + b"|".join(marks) + b")", state)
        return cls(name, tuple(pieces[::2]), tuple(map(marks.index, pieces[1::2])))

    def filled(self, spelt: Spelt) -> bytes:
        """Return the bytes of the record for one account and one command."""
        parts = [self._pieces[0]]
        for place, piece in zip(self._places, self._pieces[1:], strict=True):
            parts += (spelt[place], piece)
        return b"".join(parts)
