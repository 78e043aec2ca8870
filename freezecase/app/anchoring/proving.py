"""
Proofs from a store: that a record is in the tree of a checkpoint, and that a tree only added.

The store keeps one node in 256, so a proof costs a few hundred headers at the right edge of its
parts and not the whole ledger. Nothing is remembered: what is proved is what is stored now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from freezecase.core.checked import refuse
from freezecase.errors import CannotVerify
from freezecase.seal.merkle import (
    EMPTY_ROOT,
    STEP,
    Frontier,
    Part,
    consistency_parts,
    inclusion_parts,
    leaf_hash,
    node_hash,
)

if TYPE_CHECKING:
    from freezecase.app.stores.store import Store
    from freezecase.seal.merkle import Hash, Proof

__all__ = ["Prover"]


@attrs.frozen
class Prover:
    """Makes proofs about the ledger of a store, at its end or as it was at a smaller size."""

    store: Store

    def root(self, size: int | None = None) -> Hash:
        """
        Return the root of the tree of the first *size* records.

        Raises:
            InvalidValue: there are not so many.
            CannotVerify: the ledger has lost what it is made of.

        """
        size = self._size(size)
        return self._root_of(Part(0, size)) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> Proof:
        """
        Return what shows that the record at *index*, from 1, is among the first *size*.

        It is checked by `merkle.includes(root, size, index - 1, leaf, proof)`.

        Raises:
            InvalidValue: there is no such record, or no such size.
            CannotVerify: the ledger has lost what it is made of.

        """
        size = self._size(size)
        if not 1 <= index <= size:
            raise refuse("index", index, f"from 1 to {size}")
        return tuple(map(self._root_of, inclusion_parts(size, index - 1)))

    def consistency(self, before: int, size: int | None = None) -> Proof:
        """
        Return what shows that the first *size* records only added to the first *before*.

        It is checked by `merkle.extends`.

        Raises:
            InvalidValue: *before* is 0, or more than *size*.
            CannotVerify: the ledger has lost what it is made of.

        """
        return tuple(map(self._root_of, consistency_parts(self._size(size), before)))

    def _size(self, size: int | None) -> int:
        whole = self.store.size()
        if size is None:
            return whole
        if not 0 <= size <= whole:
            raise refuse("size", size, f"from 0 to {whole}")
        return size

    def _root_of(self, part: Part) -> Hash:
        """Return the root of a part: its full subtrees are of falling size, from the left."""
        found = Frontier(part.end - part.first, tuple(map(self._full, _subtrees(part))))
        return found.root

    def _full(self, subtree: tuple[int, int]) -> Hash:
        """Return the root of the full subtree of a height at a place, out of what is kept."""
        height, place = subtree
        kept = height - height % STEP
        first, end = place << (height - kept), (place + 1) << (height - kept)
        level = self._kept(kept, first, end) if kept else self._leaves(first, end)
        if len(level) != end - first:
            raise CannotVerify(
                f"{self.store.where} has lost a part of its ledger below record {end << kept}: "
                "verify the store, and restore it from a copy"
            )
        while len(level) > 1:
            level = [node_hash(level[at], level[at + 1]) for at in range(0, len(level), 2)]
        return level[0]

    def _kept(self, height: int, first: int, end: int) -> list[Hash]:
        nodes = self.store.nodes(height, first, end)
        return [nodes[place] for place in sorted(nodes)]

    def _leaves(self, first: int, end: int) -> list[Hash]:
        return [leaf_hash(header) for _, header in self.store.headers(first, end)]


def _subtrees(part: Part) -> list[tuple[int, int]]:
    """Return the full subtrees of a part, the largest first: the height and the place of each."""
    found: list[tuple[int, int]] = []
    first, left = part
    left -= first
    while left:
        height = left.bit_length() - 1
        found.append((height, first >> height))
        first, left = first + (1 << height), left - (1 << height)
    return found
