"""
What is stored is spelt as RFC 8785 spells it, so that any language can spell it again.

Nobody has to, to check a proof: what is hashed is what is stored. The oracle is the package
`rfc8785`, and it is held against the published pairs of the RFC's author first.
"""

import json
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
import pytest

from freezecase.core.values import Audience
from freezecase.seal.leaf import header_of
from freezecase.seal.manifest import StreamHead
from freezecase.seal.merkle import EMPTY_ROOT
from tests.golden.make import FOLDER
from tests.house.source import place
from tests.seal.paper import written

rfc8785: Any = pytest.importorskip("rfc8785")

VECTORS: Final = Path(__file__).parents[3] / "shared" / "vectors" / "jcs"
needs_vectors = pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are absent")
PUBLISHED: Final = {
    "arrays": "as ours",
    "french": "as ours",
    "structures": "a number with a fraction",
    "unicode": "as ours",
    "values": "a number with a fraction",
    "weird": "keys beyond the first plane of Unicode",
}
"""The published pairs; and what is in them that we never write, and would spell otherwise."""
GOLDEN: Final = sorted(FOLDER.glob("*/*.json"))


def respelt(data: bytes) -> bytes:
    """Spell what *data* says as the RFC does."""
    spelt: bytes = rfc8785.dumps(json.loads(data))
    return spelt


@needs_vectors
def test_all_six_pairs_are_read() -> None:
    """cyberphone/json-canonicalization, by the author of the RFC."""
    assert {file.stem for file in (VECTORS / "input").iterdir()} == {*PUBLISHED}


@needs_vectors
@pytest.mark.parametrize("pair", PUBLISHED)
def test_the_oracle_spells_the_published_pairs(pair: str) -> None:
    """All six; and ours does where there is only what we write."""
    given = (VECTORS / "input" / f"{pair}.json").read_bytes()
    expected = (VECTORS / "output" / f"{pair}.json").read_bytes()
    assert respelt(given) == expected
    ours = msgspec.json.encode(msgspec.json.decode(given), order="sorted")
    assert (ours == expected) is (PUBLISHED[pair] == "as ours")


def test_there_are_golden_records() -> None:
    """Or the next test would say nothing."""
    assert len(GOLDEN) > 100


@pytest.mark.parametrize("path", GOLDEN, ids=place)
def test_a_record_is_spelt_as_the_rfc_spells_it(path: Path) -> None:
    """Every golden record: numbers are whole and below 2**53, and keys are ASCII."""
    data = path.read_bytes()
    assert respelt(data) == data
    assert [one for one in numbers(json.loads(data)) if not isinstance(one, int)] == []
    assert max(map(abs, numbers(json.loads(data))), default=0) < 2**53
    assert all(key.isascii() for key in keys(json.loads(data)))


def numbers(value: Any) -> list[Any]:
    """Every number in plain JSON."""
    if isinstance(value, dict | list):
        inside = value.values() if isinstance(value, dict) else value
        return [number for one in inside for number in numbers(one)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def keys(value: Any) -> list[str]:
    """Every key in plain JSON."""
    if isinstance(value, dict):
        return [*value, *(key for one in value.values() for key in keys(one))]
    return [key for one in value for key in keys(one)] if isinstance(value, list) else []


@pytest.mark.parametrize("previous", [None, EMPTY_ROOT], ids=["the first", "a later one"])
def test_a_header_is_spelt_as_the_rfc_spells_it(previous: bytes | None) -> None:
    """Of the first record of a stream and of a later one."""
    header = header_of(
        origin=b"bank.example/log",
        index=2**53 - 1,
        stream=str(UUID(int=7)).encode(),
        version=7,
        name="freeze-imposed.v1",
        recorded_at=1_700_000_000_000_000,
        state=b"{}",
        previous=previous,
    )
    assert respelt(header) == header


def test_an_entry_of_a_manifest_is_spelt_as_the_rfc_spells_it() -> None:
    """An array of a text, a number and a text."""
    entry = StreamHead(UUID(int=7), 12, EMPTY_ROOT).data
    assert respelt(entry) == entry


def test_an_evidence_bundle_is_spelt_as_the_rfc_spells_it() -> None:
    """With sections opened, and whatever the customer wrote in them."""
    bundle = written(5).bundle([Audience.CUSTOMER]).data
    assert respelt(bundle) == bundle
