"""
What an append adds to the ledger beside the records: a header each, and the tree grown by them.

Whoever holds the lock of writers knows the end of the ledger; everything else follows from it and
from the rows. So it is computed here, for every store in the same way, and only written there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from freezecase.errors import InvalidValue, RecordError, Tampered, VersionGap
from freezecase.seal.leaf import Header, header_of
from freezecase.seal.merkle import Frontier, Node, leaf_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from freezecase.app.stores.store import Loaded, Row
    from freezecase.seal.merkle import Hash

__all__ = [
    "HASH",
    "End",
    "Found",
    "Grown",
    "LastLeaves",
    "checked",
    "frontier_of",
    "grown",
    "leaf_before",
    "refuse_names",
]

HASH: Final = 32
"""How many bytes a hash has."""
_NAME: Final = re.compile(r"[A-Za-z0-9._:-]{1,200}")

Found = tuple[int, str, bytes, int, int, bytes | None]
"""A record of a case with its header: version, name, state, index, recorded_at, header."""


class End(NamedTuple):
    """The end of the ledger, as the writer who holds the lock finds it."""

    size: int
    recorded_at: int
    frontier: Frontier


class Grown(NamedTuple):
    """What an append writes beside the rows."""

    end: End
    headers: list[bytes]
    nodes: list[Node]
    last: dict[UUID, tuple[int, Hash]]
    """The newest version of each case that was written to, and its leaf hash."""


class LastLeaves:
    """
    The leaf hashes of the records that cases ended with when they were read last, a few thousand.

    A record never changes, so what is remembered of one stays true; whether it is still the last
    is asked by the append itself.
    """

    def __init__(self, most: int = 4096) -> None:
        """Remember nothing yet, and never more than twice *most*."""
        self._most = most
        self._new: dict[UUID, tuple[int, Hash]] = {}
        self._old: dict[UUID, tuple[int, Hash]] = {}

    def follow(self, last: Mapping[UUID, tuple[int, Hash]]) -> None:
        """Take note of a version of each of some cases, and its leaf hash."""
        if len(last) > self._most:  # a batch: it would push out everything else
            return
        new = self._new
        new.update(last)
        if len(new) > self._most:
            self._new, self._old = {}, new

    def of(self, versions: Mapping[UUID, int]) -> dict[UUID, Hash]:
        """Return the leaf hashes of these versions of cases, as far as they are remembered."""
        new, old = self._new, self._old
        known = (
            (case, version, new.get(case) or old.get(case)) for case, version in versions.items()
        )
        return {case: has[1] for case, version, has in known if has and has[0] == version}


def refuse_names(rows: Sequence[Row]) -> None:
    """Raise `InvalidValue` if a row has a name that a header could not spell."""
    for name in {row.name for row in rows}:
        if not _NAME.fullmatch(name):
            raise InvalidValue("name", name, "a stored name such as `freeze-imposed.v1`")


def frontier_of(size: int, roots: bytes, where: str) -> Frontier:
    """Return the frontier that the head holds, or raise `RecordError` if no tree has it."""
    if len(roots) != HASH * size.bit_count():
        raise RecordError(
            f"{where} holds the frontier of another tree: it was changed by hand, verify the "
            "store against a checkpoint before writing to it"
        )
    return Frontier(size, tuple(roots[at : at + HASH] for at in range(0, len(roots), HASH)))


def grown(
    origin: str, end: End, rows: Sequence[Row], before: Mapping[UUID, Hash], now: int
) -> Grown:
    """
    Return what the ledger is once *rows* stand after *end*.

    *before* has the leaf hash of the record before the first of *rows*, for every case that goes
    on in them. *now* is held at the last recorded_at by a clock that went back.
    """
    recorded_at, named = max(end.recorded_at, now), origin.encode()
    last: dict[UUID, tuple[int, Hash]] = {}
    headers: list[bytes] = []
    leaves: list[Hash] = []
    current, stream, newest, leaf = None, b"", 0, None
    for index, (case, version, name, state) in enumerate(rows, end.size + 1):
        if case is not current:  # the records of a case mostly come together
            if current is not None and leaf is not None:
                last[current] = newest, leaf
            leaf = last[case][1] if case in last else before.get(case)
            current, stream = case, str(case).encode()
        header = header_of(
            origin=named,
            index=index,
            stream=stream,
            version=version,
            name=name,
            recorded_at=recorded_at,
            state=state,
            previous=leaf,
        )
        leaf = leaf_hash(header)
        headers.append(header)
        leaves.append(leaf)
        newest = version
    if current is not None and leaf is not None:
        last[current] = newest, leaf
    nodes: list[Node] = []
    frontier = end.frontier.adding(leaves, nodes)
    return Grown(End(end.size + len(rows), recorded_at, frontier), headers, nodes, last)


def leaf_before(case: UUID, version: int, header: bytes | None) -> Hash:
    """Return the leaf hash of a record that another is to follow."""
    if header is None:
        raise Tampered("UNLEDGERED", case, version, "the ledger has no header of it")
    return leaf_hash(header)


def checked(origin: str, case: UUID, found: Sequence[Found]) -> tuple[list[Loaded], Hash | None]:
    """
    Return the records of a case, each of them what its header says, and the last one's leaf hash.

    The first may be any version: what it follows is then taken from its own header. It costs two
    hashes a record, and shows a changed row at the next reading instead of at night.

    Raises:
        Tampered: a record is not what the ledger says of it, or the ledger says nothing.
        VersionGap: one is missing between two others.

    """
    named, stream = origin.encode(), str(case).encode()
    loaded: list[Loaded] = []
    leaf: Hash | None = None
    for version, name, state, index, recorded_at, header in found:
        if not loaded:
            leaf = _follows(header) if version > 1 and header is not None else None
        elif version != loaded[-1][0] + 1:
            raise VersionGap(case, loaded[-1][0] + 1, version)
        spelt = header_of(
            origin=named,
            index=index,
            stream=stream,
            version=version,
            name=name,
            recorded_at=recorded_at,
            state=state,
            previous=leaf,
        )
        if spelt != header:
            raise _tampered(case, version, spelt, header)
        leaf = leaf_hash(spelt)
        loaded.append((version, name, state, index, recorded_at))
    return loaded, leaf


def _follows(header: bytes) -> Hash | None:
    """Return which record a header says it follows; nothing of one that cannot be read."""
    try:
        return Header.read(header).previous
    except InvalidValue:
        return None


_SAYS: Final = {
    "origin": ("ROW_MISMATCH", "its header is of another log"),
    "index": ("ROW_MISMATCH", "its header stands at another place of the ledger"),
    "stream": ("ROW_MISMATCH", "its header is of another case"),
    "version": ("ROW_MISMATCH", "its header is of another version"),
    "name": ("EVENT_RETYPED", "it was recorded under another name"),
    "recorded_at": ("ROW_MISMATCH", "it was recorded at another time"),
    "state_hash": ("EVENT_ALTERED", "its bytes are not those that were recorded"),
    "previous": ("STREAM_LINK", "it does not follow the record before it"),
}
"""What it means when a record and its header disagree on something, the plainest first."""


def _tampered(case: UUID, version: int, spelt: bytes, header: bytes | None) -> Tampered:
    """Say in what a record is not what the ledger says."""
    if header is None:
        return Tampered("UNLEDGERED", case, version, "the ledger has no header of it")
    try:
        said, here = Header.read(header), Header.read(spelt)
    except InvalidValue:
        return Tampered("HEADER_SHAPE", case, version, "its header is none")
    code, why = next(
        words for part, words in _SAYS.items() if getattr(said, part) != getattr(here, part)
    )
    return Tampered(code, case, version, why)
