"""
Single records, held against the checkpoints without reading what lies between them.

Each is compared with its header, and its header is proved to be in the tree that was vouched for,
by an inclusion proof out of the store: what the store makes up does not lead to that root.
"""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.anchoring.proving import Prover
from freezecase.app.clock import seeded
from freezecase.app.stores.store import Scanned, Store
from freezecase.errors import CannotVerify, InvalidValue
from freezecase.replay.finding import Findings
from freezecase.replay.pairs import differences, place, read_header, spelt
from freezecase.replay.run import Run
from freezecase.replay.vouching import Mark
from freezecase.seal.merkle import Hash, includes, leaf_hash

__all__ = ["SpotAudit", "one_case", "sample"]

_TOLD: Final = 1000
"""How many indexes are passed between two words on the progress."""


def one_case(run: Run, case: UUID) -> None:
    """Look at the records of one case, or of another stream."""
    run.looked_at = f"case `{case}`"
    spots = _begin(run)
    spots.follow(run.store.scan_cases(case, case))
    run.records, run.streams = spots.records, int(spots.records > 0)
    if not spots.records:
        run.why_not.append(f"there is no record of case `{case}`")


def sample(run: Run, share: float, seed: str) -> None:
    """Look at about a *share* of all records: the same ones for the same seed."""
    run.looked_at = f"a sample of {share:g} of all records, seed `{seed}`"
    spots, chance = _begin(run), seeded(seed)
    for index in range(1, run.leaves + 1):
        if chance() < share:
            spots.take(index, next(run.store.scan(index - 1, index), None))
        if not index % _TOLD:
            run.step(_TOLD, run.leaves)
    run.records = spots.records


def _begin(run: Run) -> "SpotAudit":
    """Choose the newest tree that is vouched for; the ledger must reach as far as any of them."""
    run.leaves = run.store.size()
    size = max((mark.size for mark in run.marks), default=0)
    if size > run.leaves:
        said = f"the ledger ends with index {run.leaves}"
        run.findings.note("TRUNCATED", f"size {size}", said, f"index {size} or a later one")
    vouched = [mark for mark in run.marks if mark.quorum and mark.size <= run.leaves]
    run.anchored = max(vouched, key=lambda mark: mark.size, default=None)
    return SpotAudit(run.store, run.origin, run.anchored, run.findings)


@attrs.define
class SpotAudit:
    """Takes single records, and notes what is wrong with them."""

    _store: Store
    _origin: str
    _anchored: Mark | None
    """The tree that they are to be in; what came after it cannot be proved yet."""
    _findings: Findings
    records: int = 0
    proved: int = 0
    """How many are proved to be in that tree."""

    def follow(self, rows: Iterator[Scanned]) -> None:
        """Take the records of one stream, each after the one before it."""
        version, leaf = 0, None
        for row in rows:
            index, case = row[0], row[2]
            if row[3] != version + 1:
                said, expected = f"version {row[3]}", f"version {version + 1}"
                where = place(case, row[3], index)
                self._findings.note("STREAM_GAP", where, said, expected)
                leaf = None  # which record it follows is not known
            header = self.take(index, row, leaf)
            version, leaf = row[3], None if header is None else leaf_hash(header)

    def take(self, index: int, row: Scanned | None, previous: Hash | None = None) -> bytes | None:
        """Look at one index; *previous* is the leaf that the record follows, if that is known."""
        header = self._store.header(index)
        where = f"ledger index {index}" if row is None else place(row[2], row[3], index)
        if header is None or row is None:
            code, gone = ("LEAF_GAP", "header") if row is None else ("UNLEDGERED", "header")
            code, gone = ("EVENT_MISSING", "record") if header is not None else (code, gone)
            self._findings.note(code, where, f"no {gone}", f"a {gone}")
            return header
        self.records += 1
        self._compare(row, header, previous, where)
        self._prove(index, header, where)
        return header

    def _compare(self, row: Scanned, header: bytes, previous: Hash | None, where: str) -> None:
        try:
            said = read_header(header)
        except InvalidValue as error:
            self._findings.note("HEADER_SHAPE", where, str(error), "a header in its one spelling")
            return
        follows = said.previous if previous is None else previous
        known = row[3], follows, str(said.stream).encode()
        if header == spelt(self._origin.encode(), row, known):
            return
        found = [*differences(self._origin, row, said)]
        for code, here, there in found or [
            ("STREAM_LINK", "another record before", "the last one")
        ]:
            self._findings.note(code, where, here, there)

    def _prove(self, index: int, header: bytes, where: str) -> None:
        mark = self._anchored
        if mark is None or index > mark.size:
            return
        try:
            proof = Prover(self._store).inclusion(index, mark.size)
            right = includes(mark.root, mark.size, index - 1, leaf_hash(header), proof)
        except (CannotVerify, InvalidValue) as error:
            self._findings.note("ROOT_MISMATCH", where, str(error), "a proof")
            return
        self.proved += right
        if not right:
            said = f"it is not in the tree of size {mark.size}"
            self._findings.note("ROOT_MISMATCH", where, said, f"root {mark.root.hex()}")
