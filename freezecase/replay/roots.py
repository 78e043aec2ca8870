"""
The tree over the headers, held against every root that was said of it and every node that is kept.

Leaves are taken a few thousand at a time; the frontier is all that stays.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from freezecase.app.stores.store import Store
from freezecase.replay.finding import Findings
from freezecase.replay.vouching import Mark
from freezecase.seal.merkle import STEP, Frontier, Hash, Node

__all__ = ["FAR", "TreeAudit"]

FAR: Final = 2**62
"""Past the end of any ledger."""
_BATCH: Final = 4096
_LOUDER: Final = ("LEAF_GAP", "HEADER_SHAPE", "ROW_MISMATCH", "ROOT_MISMATCH")
"""Where one of them was found the headers are not what was written: no node can agree with them."""


class TreeAudit:
    """Grows the tree over the headers, and notes where it is not the one that was vouched for."""

    def __init__(
        self, store: Store, marks: Iterable[Mark], findings: Findings, begin: Frontier
    ) -> None:
        """Begin after the leaves of *begin*, which are vouched for already."""
        self._store, self._findings = store, findings
        self._said = [
            (size, list(same))
            for size, same in groupby(marks, key=attrgetter("size"))
            if size > begin.size
        ]
        self._said.reverse()
        self.leaves: list[Hash] = []
        """Takes the next leaves, until it is time to `stop`."""
        self._broken = False
        self.frontier = begin
        self.index = self.good = begin.size
        self.bad: int | None = None
        self.proven: list[Mark] = []
        """The marks that the tree agrees with, before any that it does not."""
        self.anchored: Mark | None = None
        """The newest of them with a quorum."""
        self.next = self._next_stop()
        """The index at which it is time to `stop`."""

    def _next_stop(self) -> int:
        batch = self.index + _BATCH
        return min(batch, self._said[-1][0]) if self._said else batch

    def missing(self) -> None:
        """Learn that a leaf is missing here: no root that is said of a later size can be right."""
        self._broken = True

    def stop(self, index: int) -> Sequence[Mark]:
        """Grow the tree by its leaves up to *index*; return the marks reached that agree."""
        kept: list[Node] = []
        self.index = index
        self.frontier = self.frontier.adding(self.leaves, kept)
        self.leaves.clear()
        self._compare(kept)
        reached: list[Mark] = []
        while self._said and self._said[-1][0] <= self.index:
            size, marks = self._said.pop()
            reached += self._judge(size, marks)
        self.next = self._next_stop()
        return reached

    def _judge(self, size: int, marks: Sequence[Mark]) -> list[Mark]:
        """Compare the root at one size with what was said of it."""
        root = None if self._broken or size != self.frontier.size else self.frontier.root
        right = [mark for mark in marks if mark.root == root]
        vouched = [mark for mark in marks if mark.quorum] or marks
        if not all(mark in right for mark in vouched):
            self._disagrees(size, marks[0])
        if right and self.bad is not None and self.bad != size:
            where, said = f"sizes {self.bad} and {size}", "no history has both roots"
            self._findings.note("FORK", where, said, "one history")
        if right and self.bad is None:
            self.good = size
            self.proven += right
            self.anchored = next((mark for mark in right if mark.quorum), self.anchored)
        return right

    def _disagrees(self, size: int, mark: Mark) -> None:
        """Note the first size that does not agree: it brackets where the history changed."""
        if self.bad is None:
            self.bad = size
            where = f"index {self.good + 1} to {size}"
            said = f"the tree of size {size} has another root"
            self._findings.note("ROOT_MISMATCH", where, said, f"root {mark.root.hex()}")

    def end(self) -> None:
        """Say what can be said only at the end of the ledger."""
        if self._said:
            size = self._said[0][0]
            gone = f"{size - self.index:,} or more are gone"
            said = f"the ledger ends with index {self.index}: {gone}"
            self._findings.note("TRUNCATED", f"size {size}", said, f"index {size} or a later one")
        for height in range(STEP, self.index.bit_length() + STEP + 1, STEP):
            beyond = self._store.nodes(height, self.index >> height, FAR)
            if self.sound:
                self._stale(beyond, {}, height)

    @property
    def root(self) -> str:
        """The root as far as the tree is grown, as checkpoints spell it."""
        return b64encode(self.frontier.root).decode()

    @property
    def sound(self) -> bool:
        """Whether the headers stand, so that what is made from them can be judged by them."""
        return not any(self._findings.found[code] for code in _LOUDER)

    def _compare(self, kept: Iterable[Node]) -> None:
        """Hold the nodes that are kept against those that the tree has."""
        for height, nodes in groupby(sorted(kept), key=attrgetter("height")):
            made = {node.place: node.hash for node in nodes}
            first, last = min(made), max(made)
            found = self._store.nodes(height, first, last + 1)
            if found != made and self.sound:
                self._stale(found, made, height)

    def _stale(self, found: dict[int, Hash], made: dict[int, Hash], height: int) -> None:
        for place in sorted(found.keys() | made.keys()):
            said, right = found.get(place), made.get(place)
            if said != right:
                where = f"the node of height {height} at place {place}"
                self._findings.note("HEAD_STALE", where, _hex(said), _hex(right))


def _hex(hash: object) -> str:
    if hash is None:
        return "nothing"
    return hash.hex() if isinstance(hash, bytes) else f"`{hash!r:.80}`"
