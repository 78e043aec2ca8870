"""
One record spelt for many accounts: everything but the account and the command's id is spelt once.

A batch that freezes thousands of accounts writes the same record thousands of times. What this
makes is byte for byte what `encode` would make of the entry of each account; a test compares them.
"""

from hashlib import sha256
from typing import Any, Self
from uuid import UUID

import attrs
import msgspec

from freezecase.core.checked import replace
from freezecase.wire.codec import encode
from freezecase.wire.shapes import Asked, Entry

__all__ = ["Template"]


@attrs.frozen
class Template:
    """The bytes of a record between the account, the command's id, and the account again."""

    _parts: tuple[bytes, bytes, bytes, bytes]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the template of an entry whose event and command name an account."""
        asked: Any = entry.asked  # the first record of a turn carries what was asked
        digest = sha256(encode(entry)[1])  # marks that the record itself cannot hold
        nobody, no_id = digest.hexdigest(), UUID(bytes=digest.digest()[:16])
        blank = attrs.evolve(
            entry,
            event=replace(entry.event, account=nobody),
            asked=Asked(command=replace(asked.command, account=nobody), ruling=asked.ruling),
            command_id=no_id,
        )
        _name, state = encode(blank)
        before, between, rest = state.split(nobody.encode())
        middle, after = between.split(str(no_id).encode())
        return cls((before, middle, after, rest))

    def for_account(self, account: str, command_id: UUID) -> bytes:
        """Return the bytes of the record for *account*, opened by the command *command_id*."""
        name = msgspec.json.encode(account)[1:-1]
        before, middle, after, rest = self._parts
        return b"".join((before, name, middle, str(command_id).encode(), after, name, rest))
