"""
A record and its header, side by side: which belong together, and in what they do not agree.

Pure functions over what a store gives: `headers` asks them of a whole ledger in order, `spots` of
single records.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import zip_longest
from typing import Final, TypeAlias
from uuid import UUID

from freezecase.app.record import where
from freezecase.app.stores.store import Scanned
from freezecase.core.checked import refuse
from freezecase.seal.leaf import Header, header_of
from freezecase.seal.merkle import Hash

__all__ = ["LARGEST", "Leaf", "Pair", "differences", "joined", "place", "read_header", "spelt"]

LARGEST: Final = 65_535
"""No tile holds a larger leaf (c2sp.org/tlog-tiles)."""
Pair: TypeAlias = tuple[int, Scanned | None, bytes | None]
"""An index, the record that stands there, and the header; one of them may be missing."""
Leaf: TypeAlias = tuple[int, bytes]
"""An index, and the header that stands there."""


def joined(rows: Iterable[Scanned], leaves: Iterable[Leaf]) -> Iterator[Pair]:
    """Yield records and headers of one index together; both come in the order of the ledger."""
    records, headers = iter(rows), iter(leaves)
    row, leaf = None, None
    for row, leaf in zip_longest(records, headers):  # as it is in every sound ledger
        if row is None or leaf is None or row[0] != leaf[0]:
            break
        yield row[0], row, leaf[1]
    else:
        return
    while row is not None and leaf is not None:
        if row[0] == leaf[0]:
            yield row[0], row, leaf[1]
            row, leaf = next(records, None), next(headers, None)
        elif row[0] < leaf[0]:
            yield row[0], row, None
            row = next(records, None)
        else:
            yield leaf[0], None, leaf[1]
            leaf = next(headers, None)
    while row is not None:
        yield row[0], row, None
        row = next(records, None)
    while leaf is not None:
        yield leaf[0], None, leaf[1]
        leaf = next(headers, None)


def spelt(origin: bytes, row: Scanned, known: tuple[int, Hash | None, bytes]) -> bytes:
    """
    Return the header that a record should have; nothing of a row that no writer puts there.

    *known* is the record before it in its stream: its version, its leaf hash, and the id of the
    stream as headers spell it.
    """
    index, recorded_at, _case, version, name, state = row
    if type(recorded_at) is not int or type(version) is not int:
        return b""  # SQLite keeps what it is given, and half a microsecond is spelt like a whole
    try:
        return header_of(origin, index, known[2], version, name, recorded_at, state, known[1])
    except (AttributeError, TypeError, ValueError):
        return b""


def read_header(header: object) -> Header:
    """
    Read a header that nobody needs to have written.

    Raises:
        InvalidValue: it is none, or no log could publish it.

    """
    if not isinstance(header, bytes) or len(header) > LARGEST:
        raise refuse("header", f"{header!r:.40}...", f"at most {LARGEST} bytes")
    return Header.read(header)


_PLACE: Final = ("log", "index", "case", "version", "recorded_at")


def differences(origin: str, row: Scanned, said: Header) -> Iterator[tuple[str, str, str]]:
    """
    Yield in what a record is not what its header says: the code, the record's word, the header's.

    A record at another place than its header is another record, and no more is said of it.
    """
    index, recorded_at, case, version, name, state = row
    stands = (origin, index, case, version, recorded_at)
    recorded = (said.origin, said.index, said.stream.hex, said.version, said.recorded_at)
    for part, mine, theirs in zip(_PLACE, stands, recorded, strict=True):
        if mine != theirs or type(mine) is not type(theirs):
            yield "ROW_MISMATCH", f"the record: {part} `{mine!s:.80}`", f"its header: `{theirs}`"
            return
    if name != said.name:
        yield "EVENT_RETYPED", f"name `{name!s:.80}`", f"name `{said.name}`"
    held: object = state  # SQLite keeps text where bytes were
    hash_ = sha256(held).digest() if isinstance(held, bytes) else b""
    if hash_ != said.state_hash:
        found = f"bytes of hash {hash_.hex()}" if hash_ else f"`{held!r:.80}`"
        yield "EVENT_ALTERED", found, f"bytes of hash {said.state_hash.hex()}"


def place(case: str, version: int, index: int) -> str:
    """Say where a record stands, in its case and in the ledger."""
    return f"{where(_uuid(case), version)}, ledger index {index}"


def _uuid(case: str) -> str:
    try:
        return str(UUID(case))
    except ValueError:
        return case
