"""Proofs from what is stored are those of the tree over all headers, at every size."""

from collections.abc import Iterator

import pytest

from freezecase.app.anchoring.proving import Prover
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.errors import CannotVerify, InvalidValue
from freezecase.seal import merkle
from freezecase.seal.merkle import leaf_hash
from tests.app.stores.store_contract import NOW, rows

RECORDS = 1100  # four kept nodes, and a right edge


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store with some records."""
    url = "memory:" if request.param == "memory" else request.getfixturevalue("postgres_url")
    with open_store(url) as opened:
        for number in range(1, RECORDS // 11 + 1):
            opened.append(rows(number, 1, 11), now=NOW)
        yield opened


def test_proofs_are_those_of_the_tree(store: Store) -> None:
    """Roots, inclusion and consistency, made from one node in 256, equal those from all leaves."""
    leaves = [leaf_hash(data) for _, data in store.headers()]
    prover = Prover(store)
    for size in (1, 2, 255, 256, 257, 511, 512, 700, 1024, RECORDS):
        tree = leaves[:size]
        assert prover.root(size) == merkle.root_of(tree)
        for index in {1, size, size // 2 + 1, min(size, 256), min(size, 257)}:
            assert prover.inclusion(index, size) == merkle.inclusion_proof(tree, index - 1)
        for before in {1, size, size // 2 + 1, min(size, 256)}:
            assert prover.consistency(before, size) == merkle.consistency_proof(tree, before)
    assert prover.root() == store.frontier().root
    assert prover.inclusion(3) == merkle.inclusion_proof(leaves, 2)
    assert prover.consistency(300) == merkle.consistency_proof(leaves, 300)


def test_nothing_is_proved_of_what_is_not_there() -> None:
    """An empty tree has the root of nothing; a place or a size that is not there is refused."""
    with open_store("memory:") as store:
        prover = Prover(store)
        assert prover.root() == merkle.EMPTY_ROOT
        store.append(rows(1, 1, 3), now=NOW)
        for attempt in (
            lambda: prover.root(4),
            lambda: prover.inclusion(0),
            lambda: prover.inclusion(4),
            lambda: prover.inclusion(3, 2),
            lambda: prover.consistency(0),
            lambda: prover.consistency(4),
        ):
            with pytest.raises(InvalidValue):
                attempt()


def test_a_ledger_with_a_hole_proves_nothing() -> None:
    """What is lost is named; no proof is made up in its place."""
    with open_store("memory:") as store:
        store.append(rows(1, 1, 3), now=NOW)
        store.headers = lambda *_: iter([])  # type: ignore[method-assign]
        with pytest.raises(CannotVerify, match="lost a part of its ledger"):
            Prover(store).inclusion(3)
