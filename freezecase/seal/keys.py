"""
Keys of people: what their texts are sealed under, and what is destroyed when they are erased.

    key of the house (`Kek`)    in a file or a key service; wraps every subject key
    subject key                 256 random bits for one person, one audience and one epoch
    section key                 follows from a subject key and a place (`sections.section_key`)

To erase a person is to destroy their subject keys (NIST SP 800-88 calls it cryptographic erase):
the records stay as they are, and with them every proof, and nobody can read the texts any more. A
destroyed key leaves a **tombstone**. Only a tombstone reads as erased; a key of which nothing is
known was lost, and that is another thing.

What the key of the house wraps is the secret and a digest of whose it is, so that the wrapped key
of one person is of no use in another's row.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple, Protocol, Self, TypeAlias

import attrs
import msgspec

from freezecase.core.checked import refuse
from freezecase.core.values import Audience
from freezecase.errors import SealError
from freezecase.seal.kek import FileKek, Kek

__all__ = [
    "FileKek",
    "Fresh",
    "Kek",
    "KeyEntry",
    "KeyStore",
    "SubjectKey",
    "Tombstone",
    "Wanted",
    "unwrapped",
    "wrapped",
]

Fresh: TypeAlias = Callable[[int], bytes]
"""Gives so many random bytes, fit for keys."""
Wanted: TypeAlias = tuple[str, Audience]
"""Whose key is wanted: the subject, which is the id of an account, and the audience."""

_SECRET: Final = 32
_ID: Final = 16
_WHOSE: Final = b"fc-subject-key/1\x00"
_SPELL: Final = msgspec.json.Encoder(order="sorted").encode


@attrs.frozen
class SubjectKey:
    """The key of one person for one audience."""

    id: str
    """So many random digits: says nothing of whose it is, and is never given to another."""
    subject: str
    audience: Audience
    epoch: int
    """Which it is in a row, from 1; the next begins when somebody erased comes back."""
    secret: bytes = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what is no key."""
        if len(self.secret) != _SECRET:
            raise refuse("SubjectKey.secret", f"{len(self.secret)} bytes", f"{_SECRET} bytes")

    @classmethod
    def fresh(cls, subject: str, audience: Audience, epoch: int, chance: Fresh) -> Self:
        """Make a new key out of chance."""
        return cls(chance(_ID).hex(), subject, audience, epoch, chance(_SECRET))


@attrs.frozen
class Tombstone:
    """What is left of a key that was destroyed."""

    id: str
    subject: str
    audience: Audience
    destroyed_at: datetime


class KeyEntry(NamedTuple):
    """What a key store says of a key without opening it."""

    id: str
    subject: str
    audience: Audience
    epoch: int
    destroyed_at: datetime | None
    """Nothing while it lives."""


class KeyStore(Protocol):
    """
    Where subject keys live: in another database than the records that they seal.

    Safe to share between threads; for processes, open one in each. Every method may raise
    `StoreError`, and what reads keys `SealError` where the key of the house does not open them.
    """

    where: str
    """The database as errors name it, without any password."""

    def keys_for(self, wanted: Collection[Wanted]) -> dict[Wanted, SubjectKey]:
        """
        Return the newest key for each subject and audience, and make those that are missing.

        However many ask at once, all get the same. Those that are made are durable on return.

        Raises:
            SealError: that key was destroyed, or all that the person had; nothing was made.

        """
        ...

    def find(self, key_id: str) -> SubjectKey | Tombstone:
        """
        Return the key of that id, or what is left of it.

        Raises:
            UnknownKey: there is neither.

        """
        ...

    def of_subject(self, subject: str) -> tuple[SubjectKey | Tombstone, ...]:
        """Return every key that a person has or had, by audience and epoch."""
        ...

    def destroy(self, key_ids: Collection[str], at: datetime) -> tuple[Tombstone, ...]:
        """
        Destroy keys, all of them or none, and return their tombstones in the order asked.

        One that was destroyed before keeps its tombstone, so that asking again does no harm: it
        finishes what a crash left undone.

        Raises:
            UnknownKey: one of them is not there; none was destroyed.
            SealError: they are destroyed, and it cannot be shown that their bytes are gone. Ask
                again until it can.

        """
        ...

    def bury(self, tombstones: Collection[Tombstone]) -> None:
        """
        Put tombstones where nothing is left of keys; where there is one, it stays as it is.

        For a key store that was restored from a copy older than keys that are destroyed.

        Raises:
            SealError: one of these keys lives; nothing was changed.

        """
        ...

    def begin_anew(self, subject: str, at: datetime) -> tuple[SubjectKey, ...]:
        """Give somebody who was erased and came back new keys in place of the destroyed ones."""
        ...

    def every(self) -> Iterator[KeyEntry]:
        """Return what is said of each key, live or destroyed, by id; in flat memory."""
        ...

    def rewrap(self, new: Kek) -> int:
        """
        Wrap every live key under a new key of the house, and say how many were not yet.

        From then on new keys are wrapped under it as well. After a crash, ask again.
        """
        ...

    def close(self) -> None:
        """Let go of the database, and of every secret in memory. Closing twice does no harm."""
        ...

    def __enter__(self) -> Self:
        """Give the key store itself."""
        ...

    def __exit__(self, *raised: object) -> None:
        """Close it."""
        ...


# --- wrapping ------------------------------------------------------------------------------------


def wrapped(key: SubjectKey, kek: Kek) -> bytes:
    """Return a subject key as it is stored."""
    return kek.wrap(key.secret + _whose(key.id, key.subject, key.audience, key.epoch))


def unwrapped(entry: KeyEntry, stored: bytes, kek: Kek) -> SubjectKey:
    """
    Return the subject key that is stored in a row.

    Raises:
        SealError: it was wrapped by another key of the house, for another row, or altered.

    """
    id, subject, audience, epoch, _ = entry
    opened = kek.unwrap(stored)
    if opened[_SECRET:] != _whose(id, subject, audience, epoch):
        raise SealError(
            f"key `{id}` was wrapped for another place: restore the key store, somebody changed it",
            key=id,
        )
    return SubjectKey(id, subject, audience, epoch, opened[:_SECRET])


def _whose(id: str, subject: str, audience: Audience, epoch: int) -> bytes:
    """Return what a wrapped key is bound to."""
    row = {"a": audience.value, "e": epoch, "i": id, "s": subject}
    return sha256(_WHOSE + _SPELL(row)).digest()
