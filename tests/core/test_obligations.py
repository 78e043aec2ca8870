"""Whose move it is."""

from typing import Any

import pytest

from freezecase.core.checked import replace
from freezecase.core.obligations import Demand, Rung, Then, Unit, Within, key_of
from freezecase.errors import InvalidValue
from tests.core.samples import DEMAND, DUTY


def test_obligations_are_told_apart_by_kind_and_subject() -> None:
    """At most one of each is open in a case."""
    assert key_of(DUTY) == ("reply", "")


@pytest.mark.parametrize(("rung", "debtor"), [(0, "reviewer"), (1, "@owner"), (2, "@owner")])
def test_the_debtor_is_whoever_stands_on_the_rung(rung: int, debtor: str) -> None:
    """Beyond the last, whoever stands there."""
    ladder = (*DEMAND.ladder, replace(DEMAND.ladder[0], debtor="@owner"))
    owed = replace(DUTY, demand=replace(DEMAND, ladder=ladder), rung=rung)
    assert debtor == owed.debtor


def test_a_demand_may_end_in_another_demand() -> None:
    """When nobody sends the evidence, somebody must decide without it."""
    decide = Demand(kind="decide", ladder=DEMAND.ladder, met_by=("freeze-upheld",))
    evidence = Demand(kind="evidence", ladder=DEMAND.ladder, met_by=(), then=decide)
    assert evidence.then == decide
    assert decide.then is Then.AGAIN


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "A Reply"},
        {"ladder": ()},
        {"ladder": ("reviewer",)},
        {"then": "never"},
        {"right": "yes"},
        {"moot_in": ["asleep"]},
    ],
)
def test_a_demand_without_a_debtor_or_an_end_cannot_be_made(wrong: dict[str, Any]) -> None:
    """Somebody owes it, and something follows if they do not."""
    right: dict[str, Any] = {"kind": "reply", "ladder": DEMAND.ladder, "met_by": ()}
    with pytest.raises(InvalidValue):
        Demand(**(right | wrong))


@pytest.mark.parametrize(
    "wrong",
    [{"count": 0, "unit": "hours"}, {"count": 1, "unit": "moons"}, {"count": "1", "unit": "hours"}],
)
def test_a_time_is_a_count_of_a_known_unit(wrong: dict[str, Any]) -> None:
    """At least one of it."""
    with pytest.raises(InvalidValue):
        Within(**wrong)


@pytest.mark.parametrize("debtor", ["", "@"])
def test_somebody_owes(debtor: str) -> None:
    """A role or a relation, and never nobody."""
    within = Within(count=2, unit=Unit.HOURS)
    assert Rung(debtor="@owner", within=within).debtor == "@owner"
    with pytest.raises(InvalidValue):
        Rung(debtor=debtor, within=within)
