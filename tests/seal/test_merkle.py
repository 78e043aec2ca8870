"""The tree of RFC 6962: published values, published good and bad proofs, and a plain oracle."""

import json
from base64 import b64decode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.errors import InvalidValue
from freezecase.seal.merkle import (
    EMPTY_ROOT,
    Frontier,
    Hash,
    Node,
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
)
from tests.laws.settings import LAW

VECTORS: Final = Path(__file__).parents[3] / "shared" / "vectors"
needs_vectors = pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are absent")


def read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def leaves(number: int) -> list[Hash]:
    return [leaf_hash(bytes([n])) for n in range(number)]


# --- published values ----------------------------------------------------------------------------

# Certificate Transparency's own: eight leaves in hexadecimal, and the root after each
CT: Final = """
                                 | 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
00                               | fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
10                               | aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
2021                             | d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
3031                             | 4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
40414243                         | 76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
5051525354555657                 | ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
606162636465666768696a6b6c6d6e6f | 5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
"""
ROWS: Final = [
    tuple(bytes.fromhex(cell.strip()) for cell in row.split("|"))
    for row in CT.strip("\n").split("\n")
]


def test_the_published_leaves_and_nodes_have_the_published_hashes() -> None:
    """RFC 6962 section 2.1, as Certificate Transparency computes it."""
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    published = "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert leaf_hash(b"L123456").hex() == published
    published = "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    assert node_hash(b"N123", b"N456").hex() == published


@pytest.mark.parametrize("size", range(9))
def test_the_published_trees_have_the_published_roots(size: int) -> None:
    """Nine roots, from no leaf to eight."""
    roots = [EMPTY_ROOT, *(root for _, root in ROWS)]
    assert root_of(leaf_hash(leaf) for leaf, _ in ROWS[:size]) == roots[size]


def files(kind: str) -> list[Path]:
    return sorted((VECTORS / "rfc6962" / kind).rglob("*.json"))


def decoded(hashes: Sequence[str] | None) -> tuple[bytes, ...]:
    return tuple(b64decode(one) for one in hashes or ())


@needs_vectors
def test_the_published_inclusion_proofs_are_taken_and_refused() -> None:
    """transparency-dev/merkle: 98 of them, most of them bad."""
    said = {}
    for file in files("inclusion"):
        told = read(file)
        root, leaf = decoded([told["root"] or "", told["leafHash"] or ""])
        proof = decoded(told["proof"])
        shown = includes(root, told["treeSize"], told["leafIdx"], leaf, proof)
        said[file] = shown is not told["wantErr"]
    assert len(said) == 98
    assert [file for file, right in said.items() if not right] == []


@needs_vectors
def test_the_published_consistency_proofs_are_taken_and_refused() -> None:
    """transparency-dev/merkle: 98 of them, most of them bad."""
    said = {}
    for file in files("consistency"):
        told = read(file)
        before, after = decoded([told["root1"] or "", told["root2"] or ""])
        proof = decoded(told["proof"])
        shown = extends(before, told["size1"], after, told["size2"], proof)
        said[file] = shown is not told["wantErr"]
    assert len(said) == 98
    assert [file for file, right in said.items() if not right] == []


# --- a plain oracle ------------------------------------------------------------------------------


def plain_root(hashes: Sequence[Hash]) -> Hash:
    """Say the definition of RFC 6962 section 2.1 once more, with nothing kept."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else sha256(b"").digest()
    split = max(2**n for n in range(64) if 2**n < len(hashes))
    return sha256(b"\x01" + plain_root(hashes[:split]) + plain_root(hashes[split:])).digest()


SOME: Final = st.integers(1, 70)


@LAW
@given(SOME, SOME)
def test_a_tree_is_the_same_however_its_leaves_are_added(first: int, more: int) -> None:
    """At once, in two parts, or by the definition."""
    whole = leaves(first + more)
    grown = Frontier().adding(whole[:first]).adding(whole[first:])
    assert grown == Frontier().adding(whole)
    assert grown.root == plain_root(whole)
    assert grown.size == first + more


@cache
def _leaf(number: int) -> Hash:
    return leaf_hash(number.to_bytes(4))


@cache
def _begun(size: int) -> Frontier:
    return Frontier().adding(map(_leaf, range(size)))


@pytest.mark.parametrize("first", [0, 1, 255, 256, 257, 511, 768, 65_535])
@pytest.mark.parametrize("more", [1, 255, 256, 257, 512, 1300])
def test_whole_subtrees_at_once_make_the_tree_that_leaf_by_leaf_makes(
    first: int, more: int
) -> None:
    """With the same nodes worth keeping, wherever the first leaf stands."""
    at_once, one_by_one = list[Node](), list[Node]()
    added = [*map(_leaf, range(first, first + more))]

    whole = _begun(first).adding(added, at_once)
    slow = _begun(first)
    for leaf in added:
        slow = slow.adding([leaf], one_by_one)

    assert (whole, at_once) == (slow, one_by_one)
    for node in at_once:
        begin, end = node.place << node.height, node.place + 1 << node.height
        assert node.hash == plain_root([*map(_leaf, range(begin, end))])


@LAW
@given(st.data(), SOME)
def test_a_leaf_that_is_there_is_shown_to_be_there(data: st.DataObject, size: int) -> None:
    """And nowhere else, and no other leaf, and in no other tree."""
    whole, index = leaves(size), data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(whole, index), root_of(whole)
    assert includes(root, size, index, whole[index], proof)
    assert not includes(root, size, index, leaf_hash(b"another"), proof)
    assert not includes(leaf_hash(b"another"), size, index, whole[index], proof)
    assert not includes(root, size, index, whole[index], (*proof, root))
    for other in {index - 1, index + 1, index ^ 1, size}:
        assert not includes(root, size, other, whole[index], proof)


@LAW
@given(st.data(), SOME)
def test_a_tree_that_only_grew_is_shown_to_have_grown(data: st.DataObject, size: int) -> None:
    """And a tree with one leaf changed before is not."""
    whole, before = leaves(size), data.draw(st.integers(1, size))
    proof, old, new = consistency_proof(whole, before), root_of(whole[:before]), root_of(whole)
    assert extends(old, before, new, size, proof)
    changed = data.draw(st.integers(0, before - 1))
    other = root_of([*whole[:changed], leaf_hash(b"another"), *whole[changed + 1 : before]])
    assert not extends(other, before, new, size, proof)
    assert not extends(old, before, new, size, (*proof, old))
    assert not proof or not extends(old, before, new, size, proof[:-1])


@LAW
@given(st.data(), st.integers(2, 40))
def test_a_proof_with_one_bit_changed_shows_nothing(data: st.DataObject, size: int) -> None:
    """Of a leaf or of a tree that grew."""
    whole, index = leaves(size), data.draw(st.integers(0, size - 1))
    proof = [*inclusion_proof(whole, index)]
    which = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = int.from_bytes(proof[which]) ^ (1 << bit)
    proof[which] = flipped.to_bytes(32)
    assert not includes(root_of(whole), size, index, whole[index], proof)


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index: int) -> None:
    """The error names where it may be."""
    with pytest.raises(InvalidValue, match="from 0 to 2"):
        inclusion_proof(leaves(3), index)


@pytest.mark.parametrize("before", [-1, 0, 4])
def test_there_is_no_proof_that_a_tree_grew_from_nothing(before: int) -> None:
    """Or from more than it is."""
    with pytest.raises(InvalidValue, match="from 1 to 3"):
        consistency_proof(leaves(3), before)


@pytest.mark.parametrize(("size", "roots"), [(-1, ()), (0, (EMPTY_ROOT,)), (3, (EMPTY_ROOT,))])
def test_a_frontier_that_no_tree_has_is_refused(size: int, roots: tuple[Hash, ...]) -> None:
    """It would give a root that stands for nothing."""
    with pytest.raises(InvalidValue, match="one hash for each full subtree"):
        Frontier(size, roots)


def test_what_is_too_short_for_a_hash_shows_nothing() -> None:
    """Whatever else fits."""
    whole = leaves(2)
    root, proof = root_of(whole), inclusion_proof(whole, 0)
    assert includes(root, 2, 0, whole[0], proof)
    assert not includes(root, 2, 0, whole[0], [proof[0] + b"\x00"])
    assert not extends(whole[0], 1, root, 2, [whole[1] + b"\x00"])
    assert extends(whole[0], 1, root, 2, [whole[1]])
