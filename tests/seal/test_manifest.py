"""The entries of a day-end manifest: exact bytes, one a stream, in order, and proofs of them."""

from hashlib import sha256
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.errors import InvalidValue
from freezecase.seal.leaf import header_of
from freezecase.seal.manifest import Heads, StreamHead, entries_at, head_proof, heads_root
from freezecase.seal.merkle import EMPTY_ROOT, includes, leaf_hash
from tests.laws.settings import LAW

ENTRY: Final = (
    b'["00000000-0000-0000-0000-000000000007",12,"bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="]'
)
HEAD: Final = StreamHead(UUID(int=7), 12, leaf_hash(b""))


def headers(streams: list[int]) -> list[bytes]:
    """The headers of records of these streams, one after another."""
    return [
        header_of(
            origin=b"bank.example/log",
            index=index,
            stream=str(UUID(int=stream)).encode(),
            version=streams[:index].count(stream),
            name="freeze-imposed.v1",
            recorded_at=index,
            state=b"{}",
            previous=None,
        )
        for index, stream in enumerate(streams, 1)
    ]


def test_an_entry_is_an_array_in_its_one_spelling() -> None:
    """RFC 8785: no blanks, a plain number; it is read as it is written."""
    assert HEAD.data == ENTRY
    assert StreamHead.read(ENTRY) == HEAD


@pytest.mark.parametrize(
    "data",
    [
        b"",
        ENTRY + b"\n",
        ENTRY.replace(b",12,", b", 12,"),
        ENTRY.replace(b",12,", b",012,"),
        ENTRY.replace(b",12,", b",0,"),
        ENTRY.replace(b"0007", b"000A"),
        ENTRY.replace(b"B0=", b"B1="),
        ENTRY.replace(b"-0000-", b"-00-00"),
        ENTRY.replace(b"00000000-", b"000-00000"),
    ],
    ids=[
        "nothing",
        "an end",
        "a blank",
        "a zero",
        "no version",
        "capitals",
        "bits",
        "id",
        "hyphen",
    ],
)
def test_an_entry_in_another_spelling_is_refused(data: bytes) -> None:
    """What two programs could read in two ways is no evidence."""
    with pytest.raises(InvalidValue, match="RFC 8785"):
        StreamHead.read(data)


def test_the_entries_are_the_newest_of_each_stream_in_order() -> None:
    """Whatever order their first records came in."""
    whole = headers([9, 3, 9, 5, 3, 9])
    expected = [(3, 2, whole[4]), (5, 1, whole[3]), (9, 3, whole[5])]
    found = [StreamHead.read(one) for one in entries_at(whole)]
    assert [(UUID(int=n), version, leaf_hash(data)) for n, version, data in expected] == found


def test_headers_may_come_in_parts() -> None:
    """Page by page, and asked for in between: for a manifest after each day."""
    whole, heads = headers([9, 3, 9, 5, 3, 9]), Heads()
    for cut in range(len(whole)):
        assert entries_at(whole[:cut]) == heads.entries()
        heads.take([whole[cut]])
    assert entries_at(iter(whole)) == heads.entries()


def test_the_root_is_that_of_a_tree_over_the_entries() -> None:
    """RFC 6962 section 2.1, said once more for two and for none."""
    one, two = entries_at(headers([3, 9]))
    hashes = [sha256(b"\x00" + entry).digest() for entry in (one, two)]
    assert sha256(b"\x01" + hashes[0] + hashes[1]).digest() == heads_root([one, two])
    assert heads_root([]) == EMPTY_ROOT


@LAW
@given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_every_stream_has_a_proof_and_it_fits_no_other(streams: list[int]) -> None:
    """The proof shows where a stream stood; with another entry it shows nothing."""
    entries = entries_at(headers(streams))
    root = heads_root(entries)
    assert len({*streams}) == len(entries)
    for stream in {*streams}:
        found = head_proof(entries, UUID(int=stream))
        shown = StreamHead.read(found.entry)
        assert (UUID(int=stream), streams.count(stream)) == shown[:2]
        assert includes(root, found.size, found.place, leaf_hash(found.entry), found.proof)
        other = shown._replace(version=shown.version + 1).data
        assert not includes(root, found.size, found.place, leaf_hash(other), found.proof)


def test_a_manifest_that_leaves_out_a_stream_has_another_root() -> None:
    """Whoever has the headers finds it out."""
    entries = entries_at(headers([3, 9, 5]))
    for n in range(len(entries)):
        assert heads_root(entries) != heads_root([*entries[:n], *entries[n + 1 :]])


@pytest.mark.parametrize("stream", [1, 4, 10])
def test_there_is_no_proof_for_a_stream_that_began_later(stream: int) -> None:
    """Wherever it would stand among the others."""
    with pytest.raises(InvalidValue, match="the manifest covers"):
        head_proof(entries_at(headers([3, 9, 5])), UUID(int=stream))
