"""
One tree over all records: a root that stands for every one of them, and proofs against it.

This is the Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1), with SHA-256. A root of 32
bytes changes if any leaf does. An **inclusion proof** shows that a leaf is in the tree of a root; a
**consistency proof** shows that a later tree only added to an earlier one. Both are checked by
whoever holds the roots, with a few hashes, and without any of the other leaves.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from hashlib import sha256
from itertools import islice, repeat
from typing import Final, NamedTuple, Self, TypeAlias

import attrs

from freezecase.core.checked import refuse

__all__ = [
    "EMPTY_ROOT",
    "LEAF",
    "STEP",
    "Frontier",
    "Hash",
    "Node",
    "Part",
    "Proof",
    "consistency_parts",
    "consistency_proof",
    "extends",
    "includes",
    "inclusion_parts",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root_of",
]

Hash: TypeAlias = bytes
"""A SHA-256 hash: 32 bytes."""
Proof: TypeAlias = tuple[Hash, ...]
"""The hashes of the parts of a tree that whoever checks does not have."""

EMPTY_ROOT: Final[Hash] = sha256().digest()
"""The root of a tree without leaves: the hash of nothing (RFC 6962 section 2.1)."""
LEAF: Final = b"\x00"
"""What stands before a leaf when it is hashed; before two hashes it is another byte."""
_NODE: Final = b"\x01"


def leaf_hash(data: bytes) -> Hash:
    """Return the hash of a leaf. Its first byte differs from a node's, so none passes for both."""
    return sha256(LEAF + data).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Return the hash of a node above two others."""
    return sha256(_NODE + left + right).digest()


STEP: Final = 8
"""Of the full subtrees, those of height 8, 16, 24... are worth keeping: one in 256 leaves."""


_WHOLE: Final = 1 << STEP


class Node(NamedTuple):
    """The root of a full subtree: its height, and its place from 0 among those of that height."""

    height: int
    place: int
    hash: Hash


@attrs.frozen
class Frontier:
    """
    All that is needed of a tree to add to it: the roots of its full subtrees, the largest first.

    A tree of n leaves has as many as n has ones in binary, so it stays small however much is added.
    """

    size: int = 0
    """How many leaves the tree has."""
    roots: tuple[Hash, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse a frontier that no tree of that size has."""
        if self.size < 0 or len(self.roots) != self.size.bit_count():
            raise refuse("Frontier.roots", len(self.roots), "one hash for each full subtree")

    def adding(self, leaves: Iterable[Hash], kept: list[Node] | None = None) -> Self:
        """
        Return the frontier once *leaves*, given by their hashes, are added in order.

        The nodes worth keeping, by which proofs are found quickly later, are added to *kept*.
        Leaves that make a subtree of height `STEP` of their own are hashed level by level.
        """
        size, roots, waiting = self.size, [*self.roots], iter(leaves)
        while some := [*islice(waiting, _WHOLE - size % _WHOLE)]:
            whole = len(some) == _WHOLE
            for added, height in ((_above(some), STEP),) if whole else zip(some, repeat(0)):
                node, place = added, size >> height
                size += 1 << height
                if whole and kept is not None:
                    kept.append(Node(height, place, node))
                while place & 1:  # as many subtrees are completed as the place ends in ones
                    node = sha256(_NODE + roots.pop() + node).digest()  # `node_hash`, no call
                    place, height = place >> 1, height + 1  # noqa: PLW2901
                    if not height % STEP and kept is not None:
                        kept.append(Node(height, place, node))
                roots.append(node)
        return type(self)(size, tuple(roots))

    @property
    def root(self) -> Hash:
        """The root of the whole tree."""
        if not self.roots:
            return EMPTY_ROOT
        *larger, smallest = self.roots
        return reduce(lambda right, left: node_hash(left, right), reversed(larger), smallest)


def _above(nodes: Sequence[Hash]) -> Hash:
    """Return the root above so many nodes as a full subtree has."""
    while len(nodes) > 1:
        pairs = zip(nodes[::2], nodes[1::2], strict=True)
        nodes = [sha256(_NODE + left + right).digest() for left, right in pairs]
    return nodes[0]


def root_of(leaves: Iterable[Hash]) -> Hash:
    """Return the root of the tree of these leaves, given by their hashes."""
    return Frontier().adding(leaves).root


# --- making proofs -------------------------------------------------------------------------------


class Part(NamedTuple):
    """The leaves of a tree from *first* up to, and without, *end*; counted from 0."""

    first: int
    end: int


def inclusion_parts(size: int, index: int) -> tuple[Part, ...]:
    """
    Return the parts of a tree whose roots show that the leaf at *index* (from 0) is in it.

    RFC 6962 section 2.1.1. They are about as many as the binary logarithm of *size*.

    Raises:
        InvalidValue: there is no leaf at that index.

    """
    if not 0 <= index < size:
        raise refuse("index", index, f"from 0 to {size - 1}")
    return tuple(_beside(Part(0, size), index))


def _beside(part: Part, index: int) -> Iterator[Part]:
    """Yield the parts beside the way from a leaf up."""
    if part.end - part.first <= 1:
        return
    left, right = _halves(part)
    here, there = (left, right) if index < left.end else (right, left)
    yield from _beside(here, index)
    yield there


def consistency_parts(size: int, before: int) -> tuple[Part, ...]:
    """
    Return the parts whose roots show that a tree only added to that of its first *before* leaves.

    RFC 6962 section 2.1.2.

    Raises:
        InvalidValue: there was no tree of that size: a proof about an empty one would show nothing.

    """
    if not 0 < before <= size:
        raise refuse("before", before, f"from 1 to {size}")
    return tuple(_added(Part(0, size), before, known=True))


def _added(part: Part, before: int, *, known: bool) -> Iterator[Part]:
    """Yield the parts of a proof; *known* says whether the checker has the root of the old part."""
    if before == part.end:
        if not known:
            yield part
        return
    left, right = _halves(part)
    if before <= left.end:
        yield from _added(left, before, known=known)
        yield right
    else:
        yield from _added(right, before, known=False)
        yield left


def inclusion_proof(leaves: Sequence[Hash], index: int) -> Proof:
    """Return what shows that the leaf at *index* (from 0) is among these; `inclusion_parts`."""
    return _roots(leaves, inclusion_parts(len(leaves), index))


def consistency_proof(leaves: Sequence[Hash], before: int) -> Proof:
    """Return what shows that these only added to the first *before*; `consistency_parts`."""
    return _roots(leaves, consistency_parts(len(leaves), before))


def _roots(leaves: Sequence[Hash], parts: Iterable[Part]) -> Proof:
    return tuple(root_of(leaves[part.first : part.end]) for part in parts)


def _halves(part: Part) -> tuple[Part, Part]:
    """Divide a part as the tree does: the left one holds the largest power of two that is less."""
    middle = part.first + (1 << ((part.end - part.first - 1).bit_length() - 1))
    return Part(part.first, middle), Part(middle, part.end)


# --- checking proofs -----------------------------------------------------------------------------


def includes(root: Hash, size: int, index: int, leaf: Hash, proof: Sequence[Hash]) -> bool:
    """
    Say whether *proof* shows that *leaf*, a leaf's hash, stands at *index* of the tree of *root*.

    RFC 9162 section 2.1.3.2. Whatever is malformed shows nothing.
    """
    if not 0 <= index < size or not _hashes(root, leaf, *proof):
        return False
    node, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False  # longer than the way to the root
        if node & 1 or node == last:
            found = node_hash(beside, found)
            while not node & 1 and node:  # a part without a right side goes up as it is
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def extends(before: Hash, size: int, after: Hash, larger: int, proof: Sequence[Hash]) -> bool:
    """
    Say whether *proof* shows that the tree of *after* only added to the tree of *before*.

    They have *larger* and *size* leaves. RFC 9162 section 2.1.4.2. An empty tree shows nothing of
    what comes later, so no proof is taken for one.
    """
    if size == larger > 0:
        return not proof and before == after
    if not 0 < size < larger or not _hashes(before, after, *proof):
        return False
    way = list(proof)
    if size & (size - 1) == 0:  # the old tree is full: its root is a node of the new one
        way.insert(0, before)
    if not way:
        return False
    node, last = size - 1, larger - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = way[0]
    for beside in way[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, beside)
        node, last = node >> 1, last >> 1
    return last == 0 and old == before and new == after


_SIZE: Final = len(EMPTY_ROOT)


def _hashes(*given: Hash) -> bool:
    """Say whether all of them are as long as a hash."""
    return all(len(one) == _SIZE for one in given)
