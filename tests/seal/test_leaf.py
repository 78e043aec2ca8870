"""The header of a record: spelt once, read strictly, and canonical JSON all the while."""

import json
from contextlib import suppress
from hashlib import sha256
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.errors import InvalidValue
from freezecase.seal.leaf import Header, check_origin, header_of

CASE = UUID("00000000-0000-4000-8000-000000000001")
HEADER = Header(
    origin="bank.example/freezecase",
    index=7,
    stream=CASE,
    version=2,
    name="freeze-imposed.v1",
    recorded_at=1_600_000_000_000_000,
    state_hash=sha256(b"{}").digest(),
    previous=bytes(32),
)
SPELT = (
    b'{"c":"00000000-0000-4000-8000-000000000001",'
    b'"h":"RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=","i":7,"l":"bank.example/freezecase",'
    b'"p":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","s":"fc-leaf/1",'
    b'"t":"freeze-imposed.v1","ts":1600000000000000,"v":2}'
)


def test_a_header_has_these_bytes() -> None:
    """They are what is hashed, for ever: this text never changes."""
    assert HEADER.data == SPELT
    assert Header.read(SPELT) == HEADER


def test_an_append_spells_it_alike() -> None:
    """The quick way and the way that reads make the same bytes."""
    spelt = header_of(
        origin=b"bank.example/freezecase",
        index=7,
        stream=str(CASE).encode(),
        version=2,
        name="freeze-imposed.v1",
        recorded_at=1_600_000_000_000_000,
        state=b"{}",
        previous=bytes(32),
    )
    assert spelt == SPELT


def test_the_first_of_a_case_follows_nothing() -> None:
    """Where there is no record before, the link is empty, and is read so."""
    first = attrs.evolve(HEADER, version=1, previous=None)
    assert b'"p":""' in first.data
    assert Header.read(first.data) == first


@given(
    index=st.integers(1, 2**53 - 1),
    version=st.integers(1, 2**31),
    at=st.integers(-(2**53) + 1, 2**53 - 1),
    state=st.binary(),
    previous=st.none() | st.binary(min_size=32, max_size=32),
)
def test_it_is_canonical_json(
    index: int, version: int, at: int, state: bytes, previous: bytes | None
) -> None:
    """Sorted keys, no blanks, ASCII: the bytes are those of RFC 8785."""
    header = attrs.evolve(
        HEADER,
        index=index,
        version=version,
        recorded_at=at,
        state_hash=sha256(state).digest(),
        previous=previous,
    )
    spelt = json.dumps(json.loads(header.data), sort_keys=True, separators=(",", ":"))
    assert header.data == spelt.encode()
    assert Header.read(header.data) == header


@pytest.mark.parametrize("place", range(len(SPELT)))
def test_no_byte_of_it_can_be_another_unseen(place: int) -> None:
    """Changed anywhere, it is no header or another one."""
    for flip in (0x01, 0x20, 0x80):
        changed = bytearray(SPELT)
        changed[place] ^= flip
        with suppress(InvalidValue):
            assert Header.read(bytes(changed)) != HEADER


@pytest.mark.parametrize(
    "other",
    [
        SPELT.replace(b'"v":2', b'"v":02'),
        SPELT.replace(b'"ts":1', b'"ts":-0'),
        SPELT.replace(b'"i":7', b'"i":0'),
        SPELT.replace(b"fc-leaf/1", b"fc-leaf/2"),
        SPELT.replace(b"q/4o=", b"q/4p="),
        SPELT.replace(b"-4000-", b"-40-0-"),
        SPELT + b"\n",
        b" " + SPELT,
        b"",
    ],
)
def test_another_spelling_is_no_header(other: bytes) -> None:
    """Leading zeros, stray bits in base64, another format: none of it is read."""
    with pytest.raises(InvalidValue, match="header"):
        Header.read(other)


@pytest.mark.parametrize(
    "origin", ["", "https://", 'a"b', "a b", "b\u0430nk.example", "a" * 201, 7, "/a"]
)
def test_a_log_has_a_plain_name(origin: object) -> None:
    """No blanks, no quotes, no letter that looks like another."""
    if origin == "https://":
        assert check_origin(origin) == origin
        return
    with pytest.raises(InvalidValue, match="origin"):
        check_origin(origin)
