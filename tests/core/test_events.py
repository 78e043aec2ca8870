"""What happened, in the past tense: every kind keeps the same manners."""

import pickle
from typing import Any

import attrs
import pytest

from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel
from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.errors import InvalidValue
from tests.core.names import expected_name
from tests.core.samples import BY, EVENTS

KINDS = list(STORED_AS)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=kind_of)


def test_every_kind_of_event_has_a_name_and_an_example() -> None:
    """The registry, the union, the front door and the samples list the same kinds."""
    kinds = set(KINDS)
    assert kinds == set(EVENTS)
    assert kinds == set(CaseEvent.__args__)
    assert {kind.__name__ for kind in kinds} < set(e.__all__)


@each_kind
def test_a_stored_name_is_the_words_of_the_class_and_a_version(kind: type[CaseEvent]) -> None:
    """`FreezeImposed` is stored as `freeze-imposed.v1`, for ever."""
    assert expected_name(kind) == STORED_AS[kind]


def test_stored_names_are_told_apart() -> None:
    """No two kinds share a name."""
    assert len(set(STORED_AS.values())) == len(STORED_AS)


def test_a_kind_in_words_is_its_name_without_the_version() -> None:
    """Of an event and of its class alike."""
    assert kind_of(e.FreezeImposed) == "freeze-imposed"
    assert kind_of(EVENTS[e.FreezeImposed]) == "freeze-imposed"


@each_kind
def test_an_event_is_frozen(kind: type[CaseEvent]) -> None:
    """What happened cannot be changed."""
    name = next((field.name for field in _fields(kind)), "anything")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(EVENTS[kind], name, None)


@each_kind
def test_an_event_has_slots_and_no_room_for_more(kind: type[CaseEvent]) -> None:
    """Nothing can be hung onto it."""
    assert not hasattr(EVENTS[kind], "__dict__")


@each_kind
def test_an_event_is_equal_to_another_that_says_the_same(kind: type[CaseEvent]) -> None:
    """And to nothing else; it survives a trip through a process pool."""
    event: Any = EVENTS[kind]
    again = attrs.evolve(event)
    assert event == again
    assert event is not again
    assert hash(event) == hash(again)
    assert event == pickle.loads(pickle.dumps(event))
    assert event != next(other for other in EVENTS.values() if type(other) is not kind)


@each_kind
def test_an_event_takes_names_only(kind: Any) -> None:
    """The order of fields is nobody's business."""
    with pytest.raises(TypeError):
        kind("something")


@pytest.mark.parametrize(
    "offer", [{}, {"remedy": "try again", "appeal_to": AppealLevel.INTERNAL_REVIEW}]
)
def test_a_failed_check_offers_a_remedy_or_an_appeal(offer: dict[str, Any]) -> None:
    """A failure that leaves the customer nothing to do, or unsure what, cannot be constructed."""
    with pytest.raises(InvalidValue) as caught:
        e.CheckFailed(check="device", by=BY, reason="blurred", **offer)
    assert str(caught.value) == (
        f"CheckFailed.appeal_to cannot be `{offer.get('appeal_to')!r}`: "
        "give a `remedy` to retry, or `appeal_to` for a final failure"
    )


def test_a_failure_is_final_when_it_cannot_be_retried() -> None:
    """It then names who hears an appeal."""
    assert not e.CheckFailed(check="device", by=BY, reason="blurred", remedy="again").final
    assert e.CheckFailed(
        check="device", by=BY, reason="forged", appeal_to=AppealLevel.INTERNAL_REVIEW
    ).final


@pytest.mark.parametrize(
    "where", [{}, {"next_level": AppealLevel.SECOND_INSTANCE, "bar": "final-judgement"}]
)
def test_a_rejection_names_the_next_level_or_the_bar(where: dict[str, Any]) -> None:
    """A rejection that is a dead end without saying so cannot be constructed."""
    with pytest.raises(InvalidValue) as caught:
        e.AppealRejected(by=BY, reason="it was not you", **where)
    assert str(caught.value) == (
        f"AppealRejected.next_level cannot be `{where.get('next_level')!r}`: "
        "name the `next_level` of appeal, or the `bar` that ends it"
    )


def _fields(kind: Any) -> Any:
    return attrs.fields(kind)
