"""
The header of a record: the few words about it that stand in the tree, and its place among them.

The header is the leaf, as it stands in its exact bytes (RFC 6962 section 2.1): whoever checks it
hashes what is stored and spells nothing again. It says nothing personal, so all headers can be
given to somebody who may not read a single record; and it holds the hash of the record, so that a
record can be proved, withheld, or one day removed, and the tree stays what it was.

```
{"c": stream, "h": SHA-256 of the record, "i": ledger index, "l": origin of the log,
 "p": leaf hash of the stream's record before, or nothing, "s": "fc-leaf/1",
 "t": stored name, "ts": recorded_at in us since 1970, "v": version}
```

The keys stand in this order, without blanks, as RFC 8785 spells them.
"""

import re
from base64 import b64decode, b64encode
from binascii import b2a_base64 as _base64
from hashlib import sha256
from typing import Final, Self
from uuid import UUID

import attrs

from freezecase.core.checked import refuse
from freezecase.seal.merkle import Hash

__all__ = ["LEAF_FORMAT", "Header", "check_origin", "header_of"]

LEAF_FORMAT: Final = "fc-leaf/1"
"""The name of this spelling, in every header: another would have another name."""

_SPELT: Final = (
    b'{"c":"%b","h":"%b","i":%d,"l":"%b","p":"%b","s":"fc-leaf/1","t":"%b","ts":%d,"v":%d}'
)
_READ: Final = re.compile(
    rb'\{"c":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})","h":"([0-9A-Za-z+/]{43}=)","i":([1-9][0-9]{0,18})'
    rb',"l":"([A-Za-z0-9._/:-]+)","p":"([0-9A-Za-z+/]{43}=|)","s":"fc-leaf/1","t":"([A-Za-z0-9._:-]+)"'
    rb',"ts":(0|-?[1-9][0-9]{0,18}),"v":([1-9][0-9]{0,18})\}'
)
_ORIGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,199}")


def check_origin(origin: object) -> str:
    """
    Return the name of a log, if it can be one.

    C2SP's tlog-checkpoint asks for a name without a scheme that is its owner's. One that needs no
    escape anywhere and that looks like no other is what we take.

    Raises:
        InvalidValue: it holds something else than ASCII letters, digits and `._/:-`.

    """
    if not isinstance(origin, str) or not _ORIGIN.fullmatch(origin):
        raise refuse("origin", origin, "a name such as `bank.example/freezecase`, in ASCII")
    return origin


def header_of(  # noqa: PLR0917 - the parts of a header, and every record pays for the call
    origin: bytes,
    index: int,
    stream: bytes,
    version: int,
    name: str,
    recorded_at: int,
    state: bytes,
    previous: Hash | None,
) -> bytes:
    """
    Return the header of a record, spelt without asking anybody: what an append pays for.

    Args:
        origin: the name of the log, as ASCII.
        index: its place in the ledger, from 1.
        stream: the id of its case, spelt with hyphens, as ASCII.
        version: its place in the case, from 1.
        name: its stored name.
        recorded_at: when it was recorded, in microseconds since 1970.
        state: its bytes.
        previous: the leaf hash of the record before in its case; none for the first.

    """
    return _SPELT % (
        stream,
        _base64(sha256(state).digest(), newline=False),
        index,
        origin,
        _base64(previous, newline=False) if previous else b"",
        name.encode(),
        recorded_at,
        version,
    )


@attrs.frozen(kw_only=True)
class Header:
    """A header, read: what a record is said to be, and which one it follows."""

    origin: str
    index: int
    stream: UUID
    version: int
    name: str
    recorded_at: int
    """Microseconds since 1970."""
    state_hash: Hash
    previous: Hash | None
    """The leaf hash of the record before in its stream; none for the first."""

    @property
    def data(self) -> bytes:
        """Its bytes: the leaf."""
        return _SPELT % (
            str(self.stream).encode(),
            b64encode(self.state_hash),
            self.index,
            self.origin.encode(),
            b64encode(self.previous) if self.previous else b"",
            self.name.encode(),
            self.recorded_at,
            self.version,
        )

    @classmethod
    def read(cls, data: bytes) -> Self:
        """
        Read a header in its one spelling.

        Raises:
            InvalidValue: it is none, or spelt in another way.

        """
        found = _READ.fullmatch(data)
        if found is None:
            raise refuse("header", data[:200], f"the bytes of a `{LEAF_FORMAT}`")
        stream, state, index, origin, previous, name, at, version = found.groups()
        header = cls(
            origin=origin.decode(),
            index=int(index),
            stream=UUID(stream.decode()),
            version=int(version),
            name=name.decode(),
            recorded_at=int(at),
            state_hash=b64decode(state),
            previous=b64decode(previous) or None,
        )
        if header.data != data:
            raise refuse("header", data[:200], f"the one spelling of a `{LEAF_FORMAT}`")
        return header
