"""
The entries of a day-end manifest: the newest record of every stream, under one root.

An entry is the RFC 8785 spelling of `[stream, version, leaf hash]`: the id with hyphens, a number,
and base64. They stand in the order of the ids, each once, and are the leaves of a tree of RFC 6962
section 2.1. None passes for a leaf of the ledger: those begin with `{`.

    entries = entries_at(headers)           # of every record that the manifest covers, in order
    heads_root(entries)                     # what its record says
    head_proof(entries, case)               # that nothing newer of this case was left out
"""

import re
from base64 import b64decode, b64encode
from binascii import b2a_base64
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Self
from uuid import UUID

import attrs

from freezecase.core.checked import refuse
from freezecase.seal.merkle import Hash, Proof, inclusion_proof, leaf_hash, root_of

__all__ = ["HeadProof", "Heads", "StreamHead", "entries_at", "head_proof", "heads_root"]

_SPELT: Final = b'["%b",%b,"%b"]'
_READ: Final = re.compile(rb'\["([0-9a-f-]{36})",([1-9][0-9]{0,15}),"([0-9A-Za-z+/]{43}=)"\]')
_STREAM: Final = slice(len(b'{"c":"'), len(b'{"c":"') + 36)
"""Where a header says which stream it is of."""


class StreamHead(NamedTuple):
    """An entry, read: a stream, the version of its newest record, and that record's leaf hash."""

    stream: UUID
    version: int
    leaf: Hash

    @property
    def data(self) -> bytes:
        """Its bytes: the leaf of the manifest's own tree."""
        named = str(self.stream).encode(), str(self.version).encode()
        return _SPELT % (*named, b64encode(self.leaf))

    @classmethod
    def read(cls, data: bytes) -> Self:
        """
        Read an entry in its one spelling.

        Raises:
            InvalidValue: it is none, or spelt in another way.

        """
        found = _READ.fullmatch(data)
        if found is not None:
            stream, version, leaf = found.groups()
            entry = cls(UUID(stream.decode()), int(version), b64decode(leaf))
            if entry.data == data:
                return entry
        raise refuse("entry", data[:200], "the RFC 8785 bytes of `[stream, version, leaf hash]`")


@attrs.define
class Heads:
    """The newest header of each stream, as headers come by in the order of the ledger."""

    _newest: dict[bytes, bytes] = attrs.field(factory=dict[bytes, bytes])

    def take(self, headers: Iterable[bytes]) -> Self:
        """Look at the headers that come next, once each."""
        self._newest.update((header[_STREAM], header) for header in headers)
        return self

    def entries(self) -> tuple[bytes, ...]:
        """
        Return an entry for each stream so far, in the order of their ids.

        Headers are copied from and not read, for there may be many: check them before, or with it.
        """
        newest = self._newest
        return tuple(_entry(stream, newest[stream]) for stream in sorted(newest))


def _entry(stream: bytes, header: bytes) -> bytes:
    """Return the entry of a stream, by its newest header, which ends with its version."""
    version = header.rpartition(b'"v":')[2].removesuffix(b"}")
    return _SPELT % (stream, version, b2a_base64(leaf_hash(header), newline=False))


def entries_at(headers: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the entries of a manifest that covers these headers, given in ledger order."""
    return Heads().take(headers).entries()


def heads_root(entries: Iterable[bytes]) -> Hash:
    """Return the root over entries, which are in order."""
    return root_of(map(leaf_hash, entries))


class HeadProof(NamedTuple):
    """What shows that an entry is in a manifest: its place from 0, of how many, and the proof."""

    entry: bytes
    place: int
    size: int
    proof: Proof


def head_proof(entries: Sequence[bytes], stream: UUID) -> HeadProof:
    """
    Return what shows where *stream* stood, by a manifest of these entries.

    Raises:
        InvalidValue: there was no such stream yet.

    """
    begins = b'["%b",' % str(stream).encode()
    place = bisect_left(entries, begins)
    if place == len(entries) or not entries[place].startswith(begins):
        raise refuse("stream", stream, "a stream with a record that the manifest covers")
    proof = inclusion_proof([*map(leaf_hash, entries)], place)
    return HeadProof(entries[place], place, len(entries), proof)
