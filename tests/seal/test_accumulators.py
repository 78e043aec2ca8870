"""
Published sums over every part of every tree of up to 130 leaves: one hash for all of them.

draft-ietf-plants-merkle-tree-certs, appendix C.1, as transparency-dev/merkle tests it. Its parts
begin anywhere; what we prove of a log begins with its first leaf. So the sums are made of our roots
and our proofs wherever we make one, and of the draft's own definition for the parts between.
"""

import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest

from freezecase.seal.merkle import (
    Hash,
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    leaf_hash,
    root_of,
)

VECTORS: Final = Path(__file__).parents[3] / "shared" / "vectors" / "core_vectors.json"
pytestmark = pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are absent")

MOST: Final = 130
LEAVES: Final = [leaf_hash(bytes([n])) for n in range(MOST)]


def published(name: str) -> str:
    """The sum that is published under a name."""
    told = json.loads(VECTORS.read_text(encoding="utf-8"))
    found: str = told["mtc_draft_accumulators_n130"][name]
    return found


def parts(size: int) -> Iterator[tuple[int, int]]:
    """Every part that a tree can have: it begins at a multiple of the power of two it fits in."""
    for end in range(size + 1):
        for start in range(end + 1):
            fits = 1 << max(end - start - 1, 0).bit_length()
            if start % fits == 0:
                yield start, end


@cache
def root(start: int, end: int) -> Hash:
    return root_of(LEAVES[start:end])


def summed(lines: Iterator[tuple[str, tuple[Hash, ...]]]) -> str:
    """Hash lines, each of words and the hashes after them."""
    total = sha256()
    for words, hashes in lines:
        total.update(" ".join([words, *(one.hex() for one in hashes)]).encode() + b"\n")
    return total.hexdigest()


def test_every_part_has_the_published_root() -> None:
    """Appendix C.1.1."""
    lines = ((f"[{start}, {end})", (root(start, end),)) for start, end in parts(MOST))
    assert summed(lines) == published("subtree_hash")


def test_every_leaf_of_every_part_has_the_published_proof() -> None:
    """Appendix C.1.2; and each of them is taken, and refused one place further."""
    lines = (
        (f"{index} [{start}, {end})", inclusion(start, end, index))
        for start, end in parts(MOST)
        for index in range(start, end)
    )
    assert summed(lines) == published("subtree_inclusion_proof")


def inclusion(start: int, end: int, index: int) -> tuple[Hash, ...]:
    proof = inclusion_proof(LEAVES[start:end], index - start)
    whole, size = root(start, end), end - start
    assert includes(whole, size, index - start, LEAVES[index], proof)
    assert not includes(whole, size, index - start + 1, LEAVES[index], proof)
    return proof


def test_every_part_of_every_tree_has_the_published_proof() -> None:
    """Appendix C.1.3; where a part begins with the first leaf, the proof is ours, and is taken."""
    lines = (
        (f"[{start}, {end}) {size}", consistency(start, end, size))
        for size in range(MOST + 1)
        for start, end in parts(size)
    )
    assert summed(lines) == published("subtree_consistency_proof")


def consistency(start: int, end: int, size: int) -> tuple[Hash, ...]:
    if start == end:
        return ()
    if start:
        return between(start, end, 0, size)
    proof = consistency_proof(LEAVES[:size], end)
    assert extends(root(0, end), end, root(0, size), size, proof)
    assert proof == between(0, end, 0, size)
    return proof


def between(start: int, end: int, first: int, last: int, *, known: bool = True) -> tuple[Hash, ...]:
    """Say section 4.4.1 of the draft: what is beside a part, from the part up to the root."""
    if (start, end) == (first, last):
        return () if known else (root(first, last),)
    middle = first + (1 << ((last - first - 1).bit_length() - 1))
    if end <= middle:
        return (*between(start, end, first, middle, known=known), root(middle, last))
    if start >= middle:
        return (*between(start, end, middle, last, known=known), root(first, middle))
    return (*between(middle, end, middle, last, known=False), root(first, middle))
