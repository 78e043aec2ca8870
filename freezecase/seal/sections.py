"""
Sealed sections: texts of one record that only some may read, and that one key can make unreadable.

What may hold somebody's words or name is encrypted before it is stored: with AES-256-GCM (NIST
SP 800-38D), under a key of its own that follows from the key of the person and from the place of
the section, and bound to that place as associated data. So a section that is moved, or given to
another reader, does not open; and the key of one section may be handed on without any other.

GCM alone does not commit to its key: one ciphertext can be made that opens without an error under
two keys, to two texts (Dodis, Grubbs, Ristenpart and Woodage, "Fast Message Franking", CRYPTO 2018;
Len, Grubbs and Ristenpart, "Partitioning Oracle Attacks", USENIX Security 2021). Each section
therefore carries a **commitment** to its key, an HMAC-SHA256 (RFC 2104) that is compared before
anything is decrypted: to have two keys with one commitment is to have a collision of SHA-256.

    section = seal_section(key.secret, key.id, place, audience, {"event.reason": "..."}, nonce)
    open_section(section_key(key.secret, place, audience), section, place)
"""

from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from hmac import compare_digest, digest
from typing import Final, NamedTuple, Self
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from freezecase.core.checked import refuse
from freezecase.core.values import Audience
from freezecase.errors import SectionForged

__all__ = ["NONCE", "Place", "Section", "open_section", "seal_section", "section_key"]

NONCE: Final = 12
"""How many bytes of chance a section takes: the 96 bits for which GCM is made."""
_KEY, _TAG, _COMMITMENT = 32, 16, 32
_BLOCK: Final = 64
"""Texts are padded to a multiple of so many bytes, so that their length says little."""
_SECTION, _COMMIT = b"fc-section/1\x00", b"fc-commit/1"
_SPELL: Final = msgspec.json.Encoder(order="sorted").encode
_TEXTS: Final = msgspec.json.Decoder(dict[str, str]).decode


class Place(NamedTuple):
    """Where a section stands: the stream, the version, and the stored name of its record."""

    stream: UUID
    version: int
    name: str


class Section(NamedTuple):
    """A sealed section, as it is stored."""

    audience: Audience
    key: str
    """The id of the subject key that it was sealed under."""
    nonce: bytes
    ciphertext: bytes
    commitment: bytes
    """Stands for the key of this section, and for no other."""

    def spelt(self) -> dict[str, str]:
        """Spell it as it stands in a record."""
        return {
            "a": self.audience.value,
            "ct": _base64(self.ciphertext),
            "k": self.key,
            "kc": _base64(self.commitment),
            "n": _base64(self.nonce),
        }

    @classmethod
    def read(cls, spelt: Mapping[str, str]) -> Self:
        """
        Read a section as `spelt` spells it.

        Raises:
            InvalidValue: it is spelt in another way, or is no section.

        """
        try:
            audience, key = _AUDIENCES[spelt["a"]], spelt["k"]
            parts = _decoded(spelt["n"]), _decoded(spelt["ct"]), _decoded(spelt["kc"])
        except (KeyError, TypeError, ValueError):
            raise refuse("section", spelt, _ALLOWED) from None
        found = cls(audience, key, *parts)
        if len(spelt) != len(found) or not _shaped(found):
            raise refuse("section", spelt, _ALLOWED)
        return found


_AUDIENCES: Final = {audience.value: audience for audience in Audience}
_ALLOWED: Final = (
    "`a`, `ct`, `k`, `kc` and `n`: an audience, the id of a key, and in base64 a text sealed in "
    f"blocks of {_BLOCK} bytes, {_COMMITMENT} bytes and {NONCE} bytes"
)


def _shaped(section: Section) -> bool:
    """Say whether everything in a section is as long as it is in every section."""
    sealed = len(section.ciphertext) - _TAG
    return (
        sealed > 0
        and sealed % _BLOCK == 0
        and len(section.nonce) == NONCE
        and len(section.commitment) == _COMMITMENT
        and type(section.key) is str
        and section.key != ""
    )


def section_key(subject_key: bytes, place: Place, audience: Audience) -> bytes:
    """
    Return the key of the sections in one place for one audience; it opens those and no others.

    It follows from the subject key by HMAC-SHA256 as a pseudo-random function (RFC 2104; so does
    the expansion of RFC 5869). Only the last of what is hashed varies in length.
    """
    where = place.stream.bytes + place.version.to_bytes(8, "big") + audience.encode()
    return digest(subject_key, _SECTION + where, "sha256")


def seal_section(  # noqa: PLR0917 - everything that it is bound to
    secret: bytes,
    key_id: str,
    place: Place,
    audience: Audience,
    texts: Mapping[str, str],
    nonce: bytes,
) -> Section:
    """
    Seal *texts*, each under its path, for one audience in one place.

    Args:
        secret: the secret of the subject key.
        key_id: the id of the subject key, which will stand in the section in the clear.
        place: where the section will stand, and nowhere else.
        audience: who may read it.
        texts: what is sealed, by paths such as `event.reason`.
        nonce: so many fresh random bytes as `NONCE` says, never used before.

    Raises:
        InvalidValue: the nonce has another length.

    """
    if len(nonce) != NONCE:
        raise refuse("nonce", len(nonce), f"{NONCE} bytes")
    key = section_key(secret, place, audience)
    plain = _SPELL(texts)
    plain += b" " * (-len(plain) % _BLOCK)
    sealed = AESGCM(key).encrypt(nonce, plain, _bound_to(place, audience, key_id))
    return Section(audience, key_id, nonce, sealed, digest(key, _COMMIT, "sha256"))


def open_section(key: bytes, section: Section, place: Place) -> dict[str, str]:
    """
    Return the texts of a section, given the key of that section.

    Args:
        key: what `section_key` returns, not the subject key itself.
        section: what was sealed.
        place: where it stands now.

    Raises:
        SectionForged: it was not sealed in this place under this key.

    """
    if len(key) != _KEY or not compare_digest(digest(key, _COMMIT, "sha256"), section.commitment):
        raise _forged(section, place, "its commitment stands for another key")
    bound = _bound_to(place, section.audience, section.key)
    try:
        plain = AESGCM(key).decrypt(section.nonce, section.ciphertext, bound)
        return _TEXTS(plain)
    except (InvalidTag, ValueError):  # also a nonce of another length, or no texts in it
        raise _forged(section, place, "it was sealed in another place, or altered") from None


class _Bound(msgspec.Struct):
    """What a section is bound to: in this order of keys, its JSON is the one of RFC 8785."""

    a: str
    c: UUID
    k: str
    t: str
    v: int


def _bound_to(place: Place, audience: Audience, key_id: str) -> bytes:
    return _SPELL(_Bound(audience.value, place.stream, key_id, place.name, place.version))


def _forged(section: Section, place: Place, why: str) -> SectionForged:
    """Name the section that does not open; what may stand in it is not said."""
    return SectionForged(
        f"section `{section.audience}` of case `{place.stream}` version {place.version} cannot be "
        f"opened: {why}: verify the store",
        key=section.key,
        audience=section.audience,
    )


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")


def _decoded(encoded: str) -> bytes:
    """Decode base64 in its one spelling; a decoder passes over what it does not know."""
    data = a2b_base64(encoded)
    if _base64(data) != encoded:
        raise ValueError
    return data
