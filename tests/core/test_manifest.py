"""What the log says of itself: which values are taken, and under which names and ids."""

from datetime import UTC, date, datetime
from typing import Any, get_args
from uuid import UUID

import pytest

from freezecase.core.events import STORED_AS as OF_CASES
from freezecase.core.manifest import (
    STORED_AS,
    LogKeyRotated,
    ManifestEvent,
    StreamHeads,
    key_stream,
    manifest_stream,
)
from freezecase.errors import InvalidValue

EMPTY = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
OLD = "bank.example/log+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NEW = "bank.example/log+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def heads(**changes: Any) -> StreamHeads:
    given: dict[str, Any] = {"day": date(2026, 11, 21), "upto": 7, "streams": 2, "root": EMPTY}
    return StreamHeads(**given | changes)


def test_every_kind_has_a_name_of_its_own_that_no_event_of_a_case_has() -> None:
    """Names are looked up in one place, whatever stream they stand in."""
    assert set(STORED_AS) == set(get_args(ManifestEvent))
    assert len(set(STORED_AS.values())) == len(STORED_AS)
    assert not {*STORED_AS.values()} & {*OF_CASES.values()}


def test_a_manifest_says_what_it_covers() -> None:
    """The day, the index, the count and the root, as they were given."""
    found = heads()
    assert (date(2026, 11, 21), 7, 2, EMPTY) == (found.day, found.upto, found.streams, found.root)


@pytest.mark.parametrize(
    "changes",
    [
        {"day": datetime(2026, 11, 21, tzinfo=UTC)},
        {"day": "2026-11-21"},
        {"upto": 0},
        {"streams": 0},
        {"streams": True},
        {"root": EMPTY[:-1]},
        {"root": EMPTY[:-2] + "V="},
        {"root": f"sha256:{'0' * 64}"},
    ],
)
def test_a_manifest_of_nothing_or_of_another_shape_is_refused(changes: dict[str, Any]) -> None:
    """A root has one spelling: the last two bits of its last digit are none."""
    with pytest.raises(InvalidValue, match=f"StreamHeads.{next(iter(changes))}"):
        heads(**changes)


def test_a_change_of_key_names_both() -> None:
    """Spelt as notes spell them."""
    rotated = LogKeyRotated(old=OLD, new=NEW)
    assert (rotated.old, rotated.new) == (OLD, NEW)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (OLD, OLD, "new"),
        (OLD, "bank.example/log", "new"),
        ("bank example+530d903a+AekyeRrm", NEW, "old"),
        ("bank.example/log+530D903A+AekyeRrm", NEW, "old"),
    ],
    ids=["the same", "a name alone", "a blank in the name", "an id in capitals"],
)
def test_a_change_to_no_other_key_is_refused(old: str, new: str, field: str) -> None:
    """And what is spelt as no key."""
    with pytest.raises(InvalidValue, match=f"LogKeyRotated.{field}"):
        LogKeyRotated(old=old, new=new)


def test_the_streams_of_a_log_follow_from_its_name() -> None:
    """So that a stranger knows them; these two are pinned, and stay (RFC 9562 section 5.5)."""
    origin = "bank.example/freezecase"
    assert UUID("16b32d90-c519-5a58-b36b-a9771b24c493") == manifest_stream(origin)
    assert UUID("7fb36830-d285-5869-aa4e-69bb4b9f72fe") == key_stream(origin)
    assert manifest_stream("bank.example/other") != manifest_stream(origin)
