"""
What surrounds the public part of a record: sealed sections, and a salt.

They are put behind the public part, whose bytes they do not change.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import UNSET

from freezecase.errors import Unreadable
from freezecase.wire.shapes import Enclosed

__all__ = ["BROKEN", "SALT", "SECTIONS", "enclosed", "sections_in", "surrounding"]

BROKEN: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What bad bytes make the engine raise. Invalid UTF-8 is not a `MsgspecError`."""
SECTIONS: Final = b'},"s":[{'
"""Stands before the sections of a record; without it there are none."""
SALT: Final = 16
"""How many random bytes a salt has."""
_SPELL: Final = msgspec.json.Encoder(order="sorted").encode
_READ: Final = msgspec.json.Decoder(Enclosed).decode


def enclosed(state: bytes, sections: Sequence[Mapping[str, str]], salt: bytes) -> bytes:
    """Return the bytes of a record: its public part as `encode` spells it, sections, and salt."""
    sealed = b',"s":' + _SPELL(sections) if sections else b""
    return b'%b%b,"z":"%b"}' % (state[:-1], sealed, b64encode(salt))


def surrounding(name: str, state: bytes, where: str) -> tuple[bytes, tuple[dict[str, str], ...]]:
    """
    Return the bytes of a record as they were before it was enclosed, and its sealed sections.

    Raises:
        Unreadable: what surrounds the public part is spelt in another way than it is written.

    """
    try:
        found = _READ(state)
    except BROKEN as error:
        raise Unreadable(name, where, str(error)) from None
    public = b'{"d":%b}' % bytes(found.d)
    sections: tuple[dict[str, str], ...] = ()
    if found.s is not UNSET:
        sections = tuple(msgspec.to_builtins(one) for one in found.s)
    salt = b"" if found.z is UNSET else b',"z":"%b"' % found.z.encode()
    sealed = b',"s":' + _SPELL(sections) if sections else b""
    if public[:-1] + sealed + salt + b"}" != state:
        raise Unreadable(name, where, "what surrounds it is spelt in another way - at `$`")
    return public, sections


def sections_in(name: str, state: bytes, where: str) -> tuple[dict[str, str], ...]:
    """Return the sealed sections of a record, each as it is spelt there."""
    return surrounding(name, state, where)[1] if SECTIONS in state else ()
