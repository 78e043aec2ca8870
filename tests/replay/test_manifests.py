"""Day-end manifests: what they count is what the headers add up to, and one that lies is found."""

from base64 import b64encode
from collections.abc import Callable
from datetime import date
from typing import Any

import attrs
import pytest

from freezecase import Casebook
from freezecase.app.anchoring.day_end import DayEnds
from freezecase.app.clock import instant_of
from freezecase.app.stores.opening import open_store
from freezecase.core.checked import replace
from freezecase.core.manifest import StreamHeads, manifest_stream
from freezecase.policy.book import PolicyBook
from freezecase.policy.standard import standard
from freezecase.seal.manifest import entries_at, heads_root
from freezecase.seal.merkle import Frontier, leaf_hash
from freezecase.wire.codec import encode, read_entry
from tests.benchmarks.material import Ticking
from tests.replay.ledgers import (
    ORIGIN,
    Insider,
    Ledger,
    Record,
    SQLiteInsider,
    note_of,
    tell,
    verified,
)

DAY = date(2026, 1, 5)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """Two manifests of one day, with something recorded between and after them."""
    with open_store("memory:", origin=ORIGIN) as store:
        clock = Ticking()
        book = Casebook(store, PolicyBook.of(standard()), clock)
        ends = DayEnds(store, clock)
        for _ in range(2):
            tell(book)
            assert ends.write(DAY) is not None
        tell(book)
        return SQLiteInsider(store).read()


def note(ledger: Ledger) -> str:
    """A checkpoint of all of it."""
    root = Frontier().adding(map(leaf_hash, ledger.leaves.values())).root
    return note_of(ledger.size, root, instant_of(ledger.head[1]))


def at_manifests(ledger: Ledger) -> list[int]:
    """Where they stand."""
    return [at for at, one in ledger.records.items() if one.name == "stream-heads.v1"]


def test_manifests_that_tell_the_truth_are_counted(insider: Insider, ledger: Ledger) -> None:
    """Each is held against the headers up to the index that it covers."""
    report = verified(insider, ledger, [note(ledger)])

    assert dict(report.found) == {}
    assert report.manifests == 2
    assert len(at_manifests(ledger)) == 2


def retold(ledger: Ledger, change: Callable[[StreamHeads], StreamHeads]) -> Ledger:
    """The same, but that the app wrote another manifest, and all was honestly witnessed."""
    told = ledger.copy()
    at = at_manifests(told)[-1]
    old = told.records[at]
    entry = read_entry(old.name, old.state)
    said: Any = entry.event
    name, state = encode(attrs.evolve(entry, event=change(said)))
    told.records[at] = Record(old.case, old.version, name, state, old.recorded_at)
    told.recomputed()
    return told


def test_a_manifest_that_omits_a_head_is_found(insider: Insider, ledger: Ledger) -> None:
    """Whoever leaves a case out of the count leaves it out of every proof that it was whole."""

    def omitting(said: StreamHeads) -> StreamHeads:
        headers = (ledger.leaves[index] for index in range(1, said.upto + 1))
        entries = entries_at(headers)[1:]
        root = b64encode(heads_root(entries)).decode()
        return replace(said, streams=len(entries), root=root)

    told = retold(ledger, omitting)

    report = verified(insider, told, [note(told)])

    assert dict(report.found) == {"MANIFEST_MISMATCH": 1}
    assert report.findings[0].where.startswith(f"case `{manifest_stream(ORIGIN)}` version 2")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda said: replace(said, upto=said.upto - 1), id="covers-less"),
        pytest.param(lambda said: replace(said, upto=10_000), id="covers-the-future"),
        pytest.param(lambda said: replace(said, streams=said.streams + 1), id="counts-more"),
        pytest.param(lambda said: replace(said, root="A" * 43 + "="), id="another-root"),
    ],
)
def test_a_manifest_that_says_something_else_is_found(
    insider: Insider, ledger: Ledger, change: Callable[[StreamHeads], StreamHeads]
) -> None:
    """Whatever it says otherwise."""
    told = retold(ledger, change)

    report = verified(insider, told, [note(told)])

    assert dict(report.found) == {"MANIFEST_MISMATCH": 1}
