"""
Signed notes: a short text and signatures over it, one line each, that any tool can check.

The format is C2SP's signed-note (c2sp.org/signed-note), which Go's checksum database and public
transparency logs use. Two kinds of signature are known: Ed25519 (kind 1), and the cosignature of a
witness (c2sp.org/tlog-cosignature, kind 4), which also says when the witness saw the text.

    signer = Signer.of_seed("bank.example/log", seed)
    note = signer.signed(text)
    opened = open_note(note, [signer.key])      # the signatures that hold; none if nobody's does
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from hashlib import sha256
from typing import Final, NamedTuple, Self

import attrs
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from freezecase.core.checked import refuse

__all__ = ["Held", "Kind", "NoteKey", "Opened", "Signer", "open_note"]

MOST_BYTES: Final = 1_000_000
"""A note is short. Whatever is longer is nobody's, and is not looked at (as Go's reader does)."""
MOST_SIGNATURES: Final = 100
_DASH: Final = "\N{EM DASH} "
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ID, _KEY, _SIGNATURE, _TIME = 4, 32, 64, 8
"""How many bytes each of them has."""
_LATEST: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
"""The last second of the calendar. What is signed as of later was signed at no time at all."""


class Kind(IntEnum):
    """The kinds of signature, by the byte that stands for each."""

    ED25519 = 1
    COSIGNATURE = 4


_BYTES: Final = {Kind.ED25519: _SIGNATURE, Kind.COSIGNATURE: _TIME + _SIGNATURE}


class Held(NamedTuple):
    """A signature that holds: whose it is, and when it was made, if it says so."""

    name: str
    at: datetime | None


class Opened(NamedTuple):
    """A note that was read: its text, and the signatures that hold."""

    text: str
    held: tuple[Held, ...]


@attrs.frozen
class NoteKey:
    """
    The public half of a key: whose signature it checks, of which kind.

    Spelt `name+id+key`, as C2SP's verifier keys are; the id follows from the rest.
    """

    name: str
    kind: Kind
    public: bytes

    def __attrs_post_init__(self) -> None:
        """Refuse a name that could not be told from what surrounds it, and half a key."""
        if not self.name or "+" in self.name or any(map(str.isspace, self.name)):
            raise refuse("NoteKey.name", self.name, "a name without blanks and plus signs")
        if not self.name.isprintable():
            raise refuse("NoteKey.name", self.name, "what can be printed")
        if len(self.public) != _KEY:
            raise refuse("NoteKey.public", len(self.public), f"{_KEY} bytes")

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys of one name apart; by chance two may share them."""
        named = f"{self.name}\n".encode()
        return sha256(named + bytes([self.kind]) + self.public).digest()[:_ID]

    def __str__(self) -> str:
        """Spell it as others read it."""
        return f"{self.name}+{self.id.hex()}+{_base64(bytes([self.kind]) + self.public)}"

    @classmethod
    def read(cls, spelt: str) -> Self:
        """
        Read a key as `str` spells it.

        Raises:
            InvalidValue: it is spelt in another way, or its id is another key's.

        """
        allowed = "`name+id+key`: eight hexadecimal digits, and base64 of a kind and 32 bytes"
        name, _, rest = spelt.partition("+")
        id, _, encoded = rest.partition("+")
        known = _decoded(encoded)
        if known is None or len(known) != 1 + _KEY or known[0] not in {*Kind}:
            raise refuse("key", spelt, allowed)
        key = cls(name, Kind(known[0]), known[1:])
        if str(key) != spelt or id != key.id.hex():
            raise refuse("key", spelt, allowed)
        return key

    def holds(self, text: str, signature: bytes) -> bool:
        """Say whether *signature* is one of *text* by this key."""
        seconds = signature[:-_SIGNATURE]
        if len(signature) != _BYTES[self.kind] or int.from_bytes(seconds) > _LATEST:
            return False
        signed = _signed(self.kind, text, seconds)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature[-_SIGNATURE:], signed)
        except InvalidSignature:
            return False
        return True

    def held(self, signature: bytes) -> Held:
        """Return what a signature that holds says."""
        seconds = signature[:-_SIGNATURE]
        at = datetime.fromtimestamp(int.from_bytes(seconds), UTC) if seconds else None
        return Held(self.name, at)


@attrs.frozen
class Signer:
    """A key that signs. It is a secret: whoever has it can sign in its name."""

    key: NoteKey
    _private: Ed25519PrivateKey = attrs.field(repr=False, eq=False)

    @classmethod
    def of_seed(cls, name: str, seed: bytes, kind: Kind = Kind.ED25519) -> Self:
        """
        Return the signer of a seed of 32 random bytes, which is all of its secret.

        Raises:
            InvalidValue: the seed is of another length, or the name cannot be one.

        """
        if len(seed) != _KEY:
            raise refuse("seed", len(seed), f"{_KEY} bytes")
        private = Ed25519PrivateKey.from_private_bytes(seed)
        return cls(NoteKey(name, kind, private.public_key().public_bytes_raw()), private)

    def signed(self, text: str, *, at: datetime | None = None) -> str:
        """
        Return the note of *text* with this signature; a witness says when, by *at*.

        Raises:
            InvalidValue: no note can have that text, or there is a time too much or too little.

        """
        return f"{_checked(text)}\n{self.line(text, at=at)}"

    def line(self, text: str, *, at: datetime | None = None) -> str:
        """Return the line that signs *text*, to be added to a note."""
        witness = self.key.kind is Kind.COSIGNATURE
        if (at is not None) is not witness:
            raise refuse("at", at, "an instant for a cosignature, and nothing for a signature")
        seconds = b"" if at is None else int((at - _EPOCH).total_seconds()).to_bytes(_TIME)
        signature = self._private.sign(_signed(self.key.kind, _checked(text), seconds))
        return f"{_DASH}{self.key.name} {_base64(self.key.id + seconds + signature)}\n"


def open_note(note: str | bytes, keys: Iterable[NoteKey]) -> Opened:
    """
    Return the text of a note, and the signatures of *keys* that hold.

    What others signed is passed over: nothing can be said of it. A signature that claims to be by
    one of *keys* and is not spoils the note; none at all leaves a text that nobody vouches for.

    Raises:
        InvalidValue: it is no note, or a signature by one of *keys* does not hold.

    """
    text, lines = _parts(note)
    known = {(key.name, key.id): key for key in keys}
    held: dict[NoteKey, Held] = {}
    for line in lines:
        name, blob = _signature(line)
        key, signature = known.get((name, blob[:_ID])), blob[_ID:]
        if key is None or key in held:
            continue
        if not key.holds(text, signature):
            raise refuse("note", line, f"a signature of `{name}` over this very text")
        held[key] = key.held(signature)
    return Opened(text, tuple(held.values()))


# --- how it is spelt -----------------------------------------------------------------------------


def _parts(note: str | bytes) -> tuple[str, Sequence[str]]:
    """Return the text of a note, with its last line's end, and the lines of signatures."""
    if len(note) > MOST_BYTES:
        raise refuse("note", f"{len(note)} bytes", f"at most {MOST_BYTES}")
    try:
        whole = note if isinstance(note, str) else note.decode()
    except UnicodeDecodeError:
        raise refuse("note", note[:40], "text in UTF-8") from None
    text, gap, signatures = whole.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise refuse("note", whole[-40:], "a text, an empty line, and lines of signatures")
    lines = signatures.removesuffix("\n").split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise refuse("note", f"{len(lines)} signatures", f"at most {MOST_SIGNATURES}")
    return _checked(f"{text}\n"), lines


def _checked(text: str) -> str:
    if not text.endswith("\n") or any(char < " " and char != "\n" for char in text):
        raise refuse("text", text[-40:], "lines, each ended, without control characters")
    return text


def _signature(line: str) -> tuple[str, bytes]:
    """Return whose signature a line says it is, and its bytes: the id of a key, and the rest."""
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    blob = _decoded(encoded)
    if not line.startswith(_DASH) or not name or blob is None or len(blob) <= _ID:
        raise refuse("note", line, f"`{_DASH}name base64`")
    return name, blob


def _signed(kind: Kind, text: str, seconds: bytes) -> bytes:
    """Return the bytes that a signature is over."""
    if kind is Kind.ED25519:
        return text.encode()
    return f"cosignature/v1\ntime {int.from_bytes(seconds)}\n{text}".encode()


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _decoded(encoded: str) -> bytes | None:
    """Decode base64 in its one spelling; nothing if it is another."""
    try:
        data = b64decode(encoded, validate=True)
    except (NotBase64, ValueError):
        return None
    return data if _base64(data) == encoded else None
