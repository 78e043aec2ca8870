"""
The key of the house: what every subject key is wrapped under (a key-encryption key, `Kek`).

Whoever has the key store and not this key can open nothing; whoever has this key and not the key
store, neither. A file is enough for a start; a key service keeps the key where nobody can copy it.

`FileKek` wraps by AES-KWP (RFC 5649; NIST SP 800-38F, section 6.3), which was made for keys: it is
deterministic, takes no nonce, and notices when a bit was changed.
"""

import os
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import Final, Protocol, Self

import attrs
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap_with_padding,
    aes_key_wrap_with_padding,
)

from freezecase.core.checked import refuse
from freezecase.errors import SealError

__all__ = ["FileKek", "Kek"]

_BYTES: Final = 32
_NAMED: Final = b"fc-kek/1\x00"
_LOOSE: Final = 0o077 if os.name == "posix" else 0  # elsewhere these bits say nothing


class Kek(Protocol):
    """
    The key of the house: wraps subject keys, so that the key store alone opens nothing.

    `wrap` and `unwrap` take and give some dozens of bytes, and must notice when they were altered.
    A key service does both behind its own door; what it raises comes through.
    """

    @property
    def id(self) -> str:
        """Tells it from the key before it and the key after it."""
        ...

    def wrap(self, secret: bytes, /) -> bytes:
        """Return what only this key can make *secret* of again."""
        ...

    def unwrap(self, wrapped: bytes, /) -> bytes:
        """Return what was wrapped, or raise if this key did not wrap it so."""
        ...


@attrs.frozen
class FileKek:
    """
    A key of the house out of a file of 32 random bytes, which only its owner may read.

    The file belongs neither to a backup of the events nor to one of the key store.
    """

    _key: bytes = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what is no key."""
        if len(self._key) != _BYTES:
            raise refuse("FileKek", f"{len(self._key)} bytes", f"a file of {_BYTES} random bytes")

    @property
    def id(self) -> str:
        """A digest of the key: another key has another id, and it tells nothing of the key."""
        return f"file-{sha256(_NAMED + self._key).hexdigest()[:16]}"

    @classmethod
    def make(cls, path: str | Path, chance: bytes) -> Self:
        """
        Write a new key of the house, from 32 random bytes, to a file that does not exist yet.

        Raises:
            SealError: there is one, which may be what opens every key; or it cannot be written.
            InvalidValue: those are not 32 bytes.

        """
        kek = cls(chance)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
                file.write(chance)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise SealError(f"no key of the house was made: {error}") from error
        return kek

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """
        Read a key of the house.

        Raises:
            SealError: there is none, or others may read the file as well.
            InvalidValue: it has not 32 bytes.

        """
        try:
            with Path(path).open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                chance = file.read(_BYTES + 1)
        except OSError as error:
            raise SealError(f"the key of the house cannot be read: {error}") from error
        if not S_ISREG(mode) or mode & _LOOSE:
            raise SealError(
                f"`{path}` is no file that only its owner may read: it takes one with mode 0600 or "
                "0400, and whoever could read it may have a copy"
            )
        return cls(chance)

    def wrap(self, secret: bytes) -> bytes:
        """Return what only this key can make *secret* of again."""
        return aes_key_wrap_with_padding(self._key, secret)

    def unwrap(self, wrapped: bytes) -> bytes:
        """
        Return what was wrapped.

        Raises:
            SealError: this key did not wrap it so.

        """
        try:
            return aes_key_unwrap_with_padding(self._key, wrapped)
        except InvalidUnwrap:
            raise SealError(
                f"the key of the house `{self.id}` does not open this: it was wrapped by another "
                "one, or altered"
            ) from None
