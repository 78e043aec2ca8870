"""What was lost for good, entry by entry."""

from fractions import Fraction

import pytest

from freezecase.core import events as e
from freezecase.core.values import Amount, Scope
from freezecase.views.measuring.lost import Lost, lost
from tests.views.measuring.stories import BEGIN, BY, END, at, case_of, frozen


def taken(units: str | None) -> e.FundsForfeited:
    """Funds were taken."""
    return e.FundsForfeited(
        basis="order", by=BY, amount=None if units is None else Amount.of(units, "BTC")
    )


def hurt(harm: str, units: str | None = None) -> e.HarmRecorded:
    """Somebody lost something by it."""
    return e.HarmRecorded(harm=harm, amount=None if units is None else Amount.of(units, "EUR"))


CASE = case_of(
    (0, frozen(Scope.withdrawals())),
    (1, hurt("rent-unpaid", "40")),
    (2, hurt("rent-unpaid", "2.50")),
    (3, hurt("rent-unpaid")),
    (4, taken("0.1")),
    (5, taken("0.2")),
    (6, taken(None)),
)


def test_entries_add_up_by_what_was_lost_and_by_asset() -> None:
    """To the last digit; where no amount is on record, only the times are known."""
    expected = {
        ("rent-unpaid", "EUR"): Lost(cases=1, times=2, units=Fraction("42.5")),
        ("rent-unpaid", ""): Lost(cases=1, times=1),
        ("funds-forfeited", "BTC"): Lost(cases=1, times=2, units=Fraction(3, 10)),
        ("funds-forfeited", ""): Lost(cases=1, times=1),
    }
    found = dict(lost(CASE.records, BEGIN, END))
    assert found == expected
    assert {1} == {one.n for one in found.values()}


@pytest.mark.parametrize(
    ("since", "until", "units"), [(4, 5, "0.1"), (5, 6, "0.2"), (4, 6, "0.3"), (5.5, 6, "0")]
)
def test_only_entries_of_the_period_count(since: float, until: float, units: str) -> None:
    """Its first instant is in it, its end is not."""
    found = dict(lost(CASE.records, at(since), at(until)))
    nothing = Lost()
    assert Fraction(units) == found.get(("funds-forfeited", "BTC"), nothing).units
