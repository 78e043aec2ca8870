"""
What is asked of each record and its header, in the order of the ledger, each looked at once.

The header is spelt again from the row and compared in its bytes: where they are the same, the row
is what was recorded, in its place, after the record before it in its case. Only where they differ
does anybody look closer. What stays in memory is one entry a stream.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from freezecase.app.clock import instant_of, micros_of
from freezecase.app.stores.store import Scanned
from freezecase.errors import InvalidValue
from freezecase.replay.finding import Findings
from freezecase.replay.ledger import hyphened, is_case
from freezecase.replay.pairs import LARGEST, Pair, differences, place, read_header, spelt
from freezecase.replay.roots import TreeAudit
from freezecase.replay.vouching import Mark
from freezecase.seal.leaf import Header
from freezecase.seal.merkle import LEAF, Hash, leaf_hash
from freezecase.wire.names import BESIDE

__all__ = ["SKEW", "TOLD", "HeaderAudit", "Newest"]

TOLD: Final = 1000
"""How many records are read between two words on the progress."""

SKEW: Final = timedelta(minutes=1)
"""How far the clocks of whoever writes and of witnesses may be apart."""


class Newest(NamedTuple):
    """The newest record of a stream so far."""

    version: int
    leaf: Hash | None
    stream: bytes
    """The id of the stream as headers spell it."""


class HeaderAudit:
    """Takes records and headers, in order, and notes what is wrong with them."""

    def __init__(
        self,
        origin: str,
        tree: TreeAudit,
        findings: Findings,
        newest: Callable[[str, int], Newest | None],
        skew: timedelta = SKEW,
    ) -> None:
        """
        Begin where the tree begins.

        Args:
            origin: the name of the log, as it is trusted.
            tree: takes every leaf.
            findings: takes what is found.
            newest: is asked, where the tree does not begin with nothing, for the newest record of
                a stream (32 hex digits) at or below an index.
            skew: how far clocks may be apart.

        """
        self._origin, self._tree, self._findings, self._skew = origin, tree, findings, skew
        self._bytes = origin.encode()
        self._begin, self._newest = tree.index, newest
        self._leaves, self._next = tree.leaves, tree.next
        self.streams: dict[str, tuple[int, Hash | None, bytes]] = {}
        """How each stream stands, as `Newest` has it; a plain tuple is made quicker."""
        self.flawed: set[str] = set()
        """Streams with a finding, so that nobody folds them and wonders."""
        self.records = 0
        self.seen = self.index = self._marked = tree.index
        self.latest = 0
        """The newest instant of recording so far, in us since 1970."""
        self._floor = -(2**63)
        self._newer = (0, "", 0)
        """Where the newest instant stands: index, case, version."""

    def through(
        self, pairs: Iterable[Pair], again: Callable[[Pair], Pair], *, every: bool
    ) -> Iterator[tuple[int, Scanned | None]]:
        """
        Look at one index after the other, and yield those of which more may be asked.

        These are what is not as it should be, the first records of cases, what lies beside the
        cases, and now and then another; or *every* one. A ledger is long: what is done where all
        is well is short, and calls nothing that it can do without. Where something is missing,
        *again* looks once more.
        """
        origin, streams, put = self._bytes, self.streams, self._leaves.append
        for index, row, header in pairs:
            if row is None or header is None:
                index, row, header = again((index, row, header))  # noqa: PLW2901
            self.seen = index
            if row is not None and header is not None and index == self.index + 1:
                _index, recorded_at, case, version, name, _state = row
                known = streams.get(case) or self._before(case)
                agrees = version == known[0] + 1 and header == spelt(origin, row, known)
                if agrees and len(header) <= LARGEST:
                    self.index, self.records = index, self.records + 1
                    leaf = sha256(LEAF + header).digest()  # `leaf_hash`, without a call
                    streams[case] = version, leaf, known[2]
                    if self._floor <= recorded_at >= self.latest:
                        self.latest, self._newer = recorded_at, (index, case, version)
                    else:
                        self._timed(index, recorded_at, case, version)
                    put(leaf)
                    if index >= self._next:
                        self.stop()
                    if version == 1 or every or name in BESIDE or not index % TOLD:
                        yield index, row
                    continue
            self._otherwise(index, row, header)
            yield index, row

    def stop(self) -> None:
        """Hold what was taken so far against what was said of it."""
        for mark in self._tree.stop(self.index):
            self.sandwiched(mark)
        self._next = self._tree.next

    def end(self) -> None:
        """Say what can be said only at the end."""
        self.stop()
        self._tree.end()

    def _before(self, case: str) -> Newest:
        """Return how a stream stood where this began; a stream that is new has no record."""
        if not is_case(case):
            return Newest(0, None, b"")  # spelt as no writer spells it, it agrees with no header
        stood = self._newest(case, self._begin) if self._begin else None
        return stood or Newest(0, None, hyphened(case))

    def _timed(self, index: int, at: int, case: str, version: int) -> None:
        """Ask whether time went on, and lies after what witnesses saw before."""
        if at < self._floor:
            self._note("BACKDATED", index, case, version, _at(at), f"{_at(self._floor)} or later")
        if at >= self.latest:
            self.latest, self._newer = at, (index, case, version)
            return
        self._note("TIME_BACKWARDS", index, case, version, _at(at), f"{_at(self.latest)} or later")

    def sandwiched(self, mark: Mark) -> None:
        """Learn when witnesses saw the ledger at a size: what it holds is not newer."""
        seen = mark.since or mark.earliest
        if not mark.quorum or seen is None or mark.earliest is None:
            return
        ceiling = micros_of(seen + self._skew)
        if self._newer[0] > self._marked and self.latest > ceiling:
            self._note("FUTURE", *self._newer, _at(self.latest), f"{_at(ceiling)} or earlier")
        self._marked = mark.size
        self._floor = max(self._floor, micros_of(mark.earliest - self._skew))

    # --- where something is not -----------------------------------------------------------------

    def _otherwise(self, index: int, row: Scanned | None, header: bytes | None) -> None:
        """Look at an index where not everything is as it should be."""
        if header is None:
            self._unledgered(index, row)
            return
        if index != self.index + 1:
            self._gap(index)
        self.index, self.records = index, self.records + (row is not None)
        leaf = leaf_hash(header) if type(header) is bytes else b""
        self._look_closer(index, row, header, leaf)
        self._leaves.append(leaf)
        if index >= self._next:
            self.stop()

    def _note(  # noqa: PLR0917 - the parts of one line
        self, code: str, index: int, case: str, version: int, said: str, expected: str
    ) -> None:
        self.flawed.add(case)
        self._findings.note(code, place(case, version, index), said, expected)

    def _unledgered(self, index: int, row: Scanned | None) -> None:
        _index, _at, case, version, *_ = row or (0, 0, "", 0)
        self._note("UNLEDGERED", index, case, version, "no header", "a header")

    def _gap(self, index: int) -> None:
        self._tree.missing()
        where, expected = f"ledger index {index}", f"after {index - 1}"
        self._findings.note("LEAF_GAP", where, f"after {self.index}", expected)

    def _look_closer(self, index: int, row: Scanned | None, header: bytes, leaf: Hash) -> None:
        """Note in what a record, its header and the record before it do not agree."""
        try:
            said = read_header(header)
        except InvalidValue as error:
            self._shapeless(index, row, leaf, str(error))
            return
        case = said.stream.hex
        if row is None:
            self._note("EVENT_MISSING", index, case, said.version, "no record", "a record")
        else:
            self._disagree(index, row, said)
        self._follows(index, said)
        self.streams[case] = said.version, leaf, str(said.stream).encode()
        if said.index == index:  # one that was written for another place is old or new there
            self._timed(index, said.recorded_at, case, said.version)

    def _shapeless(self, index: int, row: Scanned | None, leaf: Hash, why: str) -> None:
        _index, _at, case, version, *_ = row or (0, 0, "", 0)
        self._note("HEADER_SHAPE", index, case, version, why, "a header in its one spelling")
        if type(version) is int and is_case(case):
            self.streams[case] = version, leaf, hyphened(case)

    def _disagree(self, index: int, row: Scanned, said: Header) -> None:
        for code, here, there in differences(self._origin, row, said):
            self.flawed.add(f"{row[2]}")
            self._note(code, index, said.stream.hex, said.version, here, there)

    def _follows(self, index: int, said: Header) -> None:
        """Ask whether a header follows the one before it in its stream."""
        case = said.stream.hex
        known = self.streams.get(case) or self._before(case)
        if said.index != index:
            return  # it was written for another place: what it follows there is not asked here
        if said.version != known[0] + 1:
            said_, expected = f"version {said.version}", f"version {known[0] + 1}"
            self._note("STREAM_GAP", index, case, said.version, said_, expected)
        elif said.previous != known[1]:
            said_, expected = f"after {_hex(said.previous)}", f"after {_hex(known[1])}"
            self._note("STREAM_LINK", index, case, said.version, said_, expected)


def _at(micros: int) -> str:
    try:
        return f"recorded {instant_of(micros).isoformat()}"
    except OverflowError:
        return f"recorded {micros} us after 1970"


def _hex(leaf: Hash | None) -> str:
    return "nothing" if leaf is None else f"leaf {leaf.hex()}"
