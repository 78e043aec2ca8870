"""What somebody asks: every kind keeps the same manners."""

from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core.appeals import AppealLevel
from freezecase.core.commands import ASKED_AS, Command, asked
from freezecase.core.leads import LEADS
from freezecase.core.values import Verification
from freezecase.errors import InvalidValue
from tests.core.names import expected_name
from tests.core.samples import CASE, COMMANDS, WHY

KINDS = list(ASKED_AS)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=asked)


def test_every_kind_of_command_has_a_name_an_example_and_somewhere_to_lead() -> None:
    """Only the passing of time leads to whatever is due."""
    kinds = set(KINDS)
    assert kinds == set(COMMANDS)
    assert kinds == set(Command.__args__)
    assert kinds - {do.LetTimePass} == set(LEADS)
    assert {kind.__name__ for kind in kinds} < set(do.__all__)


@each_kind
def test_a_name_is_the_words_of_the_class_and_a_version(kind: type[Command]) -> None:
    """`ImposeFreeze` is stored as `impose-freeze.v1`, for ever."""
    assert expected_name(kind) == ASKED_AS[kind]
    assert asked(kind) == asked(COMMANDS[kind])


@each_kind
def test_a_command_is_frozen_and_comparable(kind: type[Command]) -> None:
    """Two that ask the same are equal, and neither can be changed."""
    command: Any = COMMANDS[kind]
    assert command == attrs.evolve(command)
    assert hash(command) == hash(attrs.evolve(command))
    assert not hasattr(command, "__dict__")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        command.case = CASE


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not do.ImposeFreeze], ids=asked)
def test_the_case_comes_first_and_may_go_without_its_name(kind: type[Command]) -> None:
    """`UpholdFreeze(case.id, reason=...)` reads as it is said."""
    fields: Any = attrs.fields(kind)  # type: ignore[arg-type]
    assert fields[0].name == "case"
    assert [field.name for field in fields if not field.kw_only] == ["case"]
    assert COMMANDS[kind].case == CASE  # type: ignore[union-attr]


def test_a_case_may_be_named_by_its_text() -> None:
    """As it arrives in a request."""
    assert do.AcceptHandOver(str(CASE)).case == UUID(int=1)  # type: ignore[arg-type]


def test_a_check_may_be_named_by_its_kind_alone() -> None:
    """`checks=["device"]` asks for the plain check."""
    short: Any = ["device", Verification(kind="identity", instead=("video-call",))]
    assert do.RequestChecks(CASE, checks=short).checks == (
        Verification(kind="device"),
        Verification(kind="identity", instead=("video-call",)),
    )


def test_a_request_for_checks_may_leave_them_to_the_plan() -> None:
    """None named is said by saying nothing."""
    assert do.RequestChecks(CASE).checks == ()
    assert do.RequestChecks(CASE) == do.RequestChecks(CASE, checks=[])


@pytest.mark.parametrize("checks", [["device", "device"], "device", 7])
def test_checks_are_several_and_each_once(checks: Any) -> None:
    """Nothing else can be asked for."""
    with pytest.raises(InvalidValue):
        do.RequestChecks(CASE, checks=checks)


@pytest.mark.parametrize("checks", ["device", 7])
def test_one_check_is_asked_for_in_a_list(checks: Any) -> None:
    """A text is not taken for its letters."""
    with pytest.raises(InvalidValue) as caught:
        do.RequestChecks(CASE, checks=checks)
    assert str(caught.value) == (
        f"RequestChecks.checks cannot be `{checks!r}`: it takes several: a list or a tuple"
    )


def test_what_is_wrong_inside_is_named_from_inside() -> None:
    """The error speaks of the check that was meant, not of the list."""
    wrong: Any = ["Not A Word"]
    with pytest.raises(InvalidValue) as caught:
        do.RequestChecks(CASE, checks=wrong)
    assert caught.value.field == "Verification.kind"


def test_failing_a_check_offers_a_way_out() -> None:
    """The command refuses what the event would refuse."""
    with pytest.raises(InvalidValue):
        do.FailCheck(CASE, check="device", reason=WHY)


def test_rejecting_an_appeal_says_where_next() -> None:
    """The command refuses what the event would refuse."""
    with pytest.raises(InvalidValue):
        do.RejectAppeal(
            CASE, reason=WHY, next_level=AppealLevel.SECOND_INSTANCE, bar="final-judgement"
        )
