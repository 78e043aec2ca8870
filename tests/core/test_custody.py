"""What is kept of openings and erasures: which values are taken, and under which names."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args
from uuid import UUID

import pytest

from freezecase.core import custody
from freezecase.core.custody import STORED_AS, CustodyEvent, kind_of
from freezecase.core.events import STORED_AS as OF_CASES
from freezecase.core.values import Audience
from freezecase.errors import InvalidValue

CASE = UUID(int=7)


def opened(**changes: Any) -> custody.SectionsOpened:
    """Somebody who opened two records."""
    given: dict[str, Any] = {
        "case": CASE,
        "versions": [1, 4],
        "audiences": [Audience.CUSTOMER],
        "reader": "staff:ana",
        "purpose": "appeal",
    }
    return custody.SectionsOpened(**given | changes)


def test_every_kind_has_a_name_of_its_own_that_no_event_of_a_case_has() -> None:
    assert set(STORED_AS) == set(get_args(CustodyEvent))
    assert len(set(STORED_AS.values())) == len(STORED_AS)
    assert not {*STORED_AS.values()} & {*OF_CASES.values()}


def test_every_name_is_of_the_first_version() -> None:
    """A changed shape would be a new name; these have not changed."""
    assert {name.rpartition(".")[2] for name in STORED_AS.values()} == {"v1"}


def test_a_kind_in_words_is_its_name_without_the_version() -> None:
    blocked = custody.ErasureBlocked(why=["legal-hold"])

    assert kind_of(blocked) == kind_of(custody.ErasureBlocked) == "erasure-blocked"


def test_what_was_opened_is_kept_in_order_and_once() -> None:
    found = opened(versions=[4, 1, 4], audiences=["operations", "customer"])

    assert found.versions == (1, 4)
    assert found.audiences == (Audience.CUSTOMER, Audience.OPERATIONS)


@pytest.mark.parametrize(
    "changes",
    [
        {"versions": []},
        {"versions": [0]},
        {"audiences": []},
        {"audiences": ["everybody"]},
        {"purpose": "Because I can"},
        {"reader": "ana@bank.example"},
    ],
    ids="-".join,
)
def test_an_opening_says_what_who_and_what_for(changes: dict[str, Any]) -> None:
    """An empty list, or a purpose in prose, says nothing."""
    with pytest.raises(InvalidValue):
        opened(**changes)


def test_a_block_names_what_stands_in_the_way() -> None:
    """A refusal without a reason cannot be checked by whoever asked."""
    with pytest.raises(InvalidValue):
        custody.ErasureBlocked(why=[])


def test_instants_are_kept_in_utc() -> None:
    local = datetime(2031, 5, 1, 2, tzinfo=timezone(timedelta(hours=2)))

    assert custody.ErasureBlocked(why=["retention"], until=local).until == datetime(
        2031, 5, 1, tzinfo=UTC
    )


def test_nothing_of_a_person_but_an_opaque_id_can_be_named() -> None:
    """An e-mail address is no account, and no key is named after one."""
    with pytest.raises(InvalidValue):
        custody.ErasureRequested(account="ana@mail.example", basis="asked", by="staff:ana")
    with pytest.raises(InvalidValue):
        custody.SubjectKeyDestroyed(keys=["ana@mail.example"], basis="asked")
