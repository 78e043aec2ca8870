"""The file of an evidence bundle: one spelling, and nothing in it that nobody knows."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from freezecase.core.values import Audience
from freezecase.errors import InvalidValue
from freezecase.seal.bundle import Bundle
from tests.seal.paper import POLICY, written


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """Everything that a bundle may have."""
    made = written(6).bundle(opened=[Audience.CUSTOMER])
    return msgspec.structs.replace(made, policy=POLICY, tsr=b"\x30\x00", note="as asked")


def test_a_bundle_is_read_as_it_was_written(bundle: Bundle) -> None:
    """To the byte."""
    assert Bundle.read(bundle.data) == bundle
    assert Bundle.read(bundle.data).data == bundle.data


def test_a_bundle_is_spelt_as_it_always_was() -> None:
    """Headers, sections, signatures, manifest, proofs: files that were given away stay files."""
    data = written(2).bundle([Audience.CUSTOMER]).data
    assert (
        sha256(data).hexdigest()
        == "e3d78e58f5c7cbf39189ccda7a7687e0450c28ca3b021674f2917868abe5ec06"
    )


def test_a_bundle_is_plain_json_in_one_spelling(bundle: Bundle) -> None:
    """RFC 8785, as the standard library spells it when there are no fractions."""
    told = json.loads(bundle.data)
    respelt = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert respelt.encode() == bundle.data
    assert sorted(told) == [
        *("checkpoint", "complete", "events", "format", "note", "policy", "stream", "tsr")
    ]
    assert sorted(told["events"][0]) == ["header", "keys", "proof", "state"]


def test_what_is_absent_is_left_out() -> None:
    """Not null: a reader cannot take it for something."""
    bare = written(1, heads=False).bundle()
    hidden = msgspec.structs.replace(bare.events[0], state=UNSET)
    told = json.loads(msgspec.structs.replace(bare, events=(hidden,)).data)
    assert sorted(told) == ["checkpoint", "events", "format", "stream"]
    assert sorted(told["events"][0]) == ["header", "proof"]


def test_a_bundle_of_a_case_of_25_records_is_some_tens_of_kilobytes() -> None:
    """It is a file that somebody sends by mail."""
    assert 10_000 < len(written(25).bundle().data) < 60_000


def respelt(change: Callable[[Any], None]) -> Callable[[bytes], bytes]:
    """Change what a file says, and spell it in the same way."""

    def changed(data: bytes) -> bytes:
        told = json.loads(data)
        change(told)
        text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode()

    return changed


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _data: b"",
    "cut off": lambda data: data[:-1],
    "another end": lambda data: data + b"\n",
    "a blank": lambda data: data.replace(b'{"checkpoint":', b'{"checkpoint": ', 1),
    "said twice": lambda data: data.replace(b'"note":', b'"note":"no","note":', 1),
    "no text": lambda data: data.replace(b"as asked", b"as \xff asked", 1),
    "half a surrogate": lambda data: data.replace(b"as asked", b"as \\ud800", 1),
    "escaped": lambda data: data.replace(b"as asked", b"as\\u0020asked", 1),
    "another format": respelt(lambda told: told.update(format="freezecase-evidence/2")),
    "an unknown part": respelt(lambda told: told.update(more=1)),
    "unknown of a record": respelt(lambda told: told["events"][0].update(more=1)),
    "unknown of the manifest": respelt(lambda told: told["complete"].update(more=1)),
    "null": respelt(lambda told: told.update(note=None)),
    "no checkpoint": respelt(lambda told: told.pop("checkpoint")),
    "an id in capitals": respelt(lambda told: told.update(stream=told["stream"].upper())),
    "a loose proof": respelt(lambda told: told["events"][0]["proof"].append("AB==")),
    "very deep": lambda _data: b'{"checkpoint":' + b"[" * 100_000,
}


@pytest.mark.parametrize("how", SPOILT)
def test_whatever_is_no_bundle_or_spelt_otherwise_is_refused(bundle: Bundle, how: str) -> None:
    """A program that reads it in another way would read something else."""
    spoilt = SPOILT[how](bundle.data)
    assert spoilt != bundle.data
    with pytest.raises(InvalidValue, match="a `freezecase-evidence/1`"):
        Bundle.read(spoilt)
