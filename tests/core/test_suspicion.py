"""What is kept of suspicions: which values are taken, under which names, and what is sealed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, get_args

import attrs
import pytest

from freezecase.core import suspicion as s
from freezecase.core.checked import replace
from freezecase.core.events import STORED_AS as OF_CASES
from freezecase.core.suspicion import STORED_AS, SuspicionEvent, TippingOff, kind_of
from freezecase.core.values import Audience, Sealed
from freezecase.errors import InvalidValue
from tests.core.names import expected_name
from tests.core.suspicions import BY_THE_BOOK, LATER, restricted


def test_every_kind_has_a_name_of_its_own_that_no_event_of_a_case_has() -> None:
    """A case that had one of these would tell."""
    assert set(STORED_AS) == set(get_args(SuspicionEvent))
    assert {kind: expected_name(kind) for kind in STORED_AS} == STORED_AS
    assert not {*STORED_AS.values()} & {*OF_CASES.values()}


def test_a_kind_in_words_is_its_name_without_the_version() -> None:
    """For a kind as for an event of it."""
    assert kind_of(restricted()) == kind_of(s.DisclosureRestricted) == "disclosure-restricted"


def _marks(kind: Any) -> dict[str, Sealed]:
    """The fields that are sealed, and how: found in whatever the annotation is made of."""
    return {field.name: mark for field in attrs.fields(kind) for mark in _marks_in(field.type)}


def _fields(kind: Any) -> set[str]:
    return {*attrs.fields_dict(kind)}


def _marks_in(hint: Any) -> Iterator[Sealed]:
    for part in get_args(hint):
        if isinstance(part, Sealed):
            yield part
        else:
            yield from _marks_in(part)


def test_whose_it_is_is_sealed_and_so_is_every_word() -> None:
    """For those alone who may know of suspicions, under a key that is not the customer's."""
    marks = {kind.__name__: sorted(_marks(kind)) for kind in STORED_AS}
    assert marks == {
        "SuspicionRaised": ["account", "case", "reason"],
        "SuspicionAssessed": ["reason"],
        "ReportFiled": ["reference"],
        "ReportDeclined": ["reason"],
        "AuthorityAnswered": ["text"],
        "DisclosureRestricted": ["basis"],
        "DisclosureReviewed": ["reason"],
        "DisclosureAllowed": ["reason"],
        "SuspicionClosed": ["reason"],
    }
    sealed = {mark for kind in STORED_AS for mark in _marks(kind).values()}
    assert sealed == {Sealed("suspicion", Audience.CONFIDENTIAL)}


def test_what_is_in_the_clear_is_no_text_that_could_say_whose_it_is() -> None:
    """Words of closed lists, ids of rules and persons of the house, instants: nothing else."""
    clear = {name for kind in STORED_AS for name in _fields(kind)} - {
        name for kind in STORED_AS for name in _marks(kind)
    }
    assert clear == {
        *("regimes", "regime", "due", "by", "conclusion", "authority", "answer", "until"),
        *("rules", "withheld", "carve_out", "review_at", "expires"),
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"regime": "absolute"}, "review_at"),
        ({"regime": "absolute", "review_at": None, "expires": LATER}, "expires"),
        ({"regime": "prejudice-test", "review_at": None}, "review_at"),
        ({"rules": []}, "rules"),
        ({"withheld": []}, "withheld"),
        ({"basis": " "}, "basis"),
    ],
    ids=[
        *("a look at what is for ever", "an end of what is for ever", "a test nobody makes again"),
        *("no rule", "nothing", "no words"),
    ],
)
def test_what_is_withheld_says_what_why_and_how_long(changes: dict[str, Any], field: str) -> None:
    """What is absolute has no end; whether telling does harm is asked again and again."""
    with pytest.raises(InvalidValue, match=rf"DisclosureRestricted.{field} cannot be"):
        restricted(**changes)


@pytest.mark.parametrize("regime", TippingOff)
def test_every_regime_can_be_restricted_by(regime: TippingOff) -> None:
    """With a day, and where it is absolute without one."""
    day = None if regime is TippingOff.ABSOLUTE else LATER
    made = restricted(regime=regime, review_at=day, rules=["b.rule", "a.rule"])
    assert (made.regime, made.rules, made.review_at) == (regime, ("a.rule", "b.rule"), day)


def test_a_suspicion_falls_under_a_regime_and_has_a_day() -> None:
    """Somebody decides by then whether it is reported."""
    raised = BY_THE_BOOK[0]
    assert isinstance(raised, s.SuspicionRaised)
    with pytest.raises(InvalidValue, match=r"SuspicionRaised.regimes cannot be"):
        replace(raised, regimes=())
    with pytest.raises(InvalidValue, match=r"SuspicionRaised.due cannot be"):
        replace(raised, due=LATER.replace(tzinfo=None) + timedelta(1))
