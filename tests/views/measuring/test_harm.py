"""What freezes cost, hour by hour, as one would count on paper."""

from datetime import timedelta
from fractions import Fraction

import pytest

from freezecase.core import events as e
from freezecase.core.values import Amount, Capability, Scope
from freezecase.views.measuring.harm import HOUR, Harm, harm, stretches
from tests.views.measuring.stories import (
    BEGIN,
    BY,
    END,
    FREE,
    ORDERED,
    Told,
    at,
    case_of,
    closed,
    frozen,
    narrowed,
    widened,
)

THREE = Scope.withdrawals()
ONE = Scope.of(Capability.TRANSFER)
SAME = Scope.of(Capability.TRANSFER)
HALF_A_COIN = Scope.withdrawals(amount=Amount.of("0.5", "BTC"))
SOME = Scope.of(Capability.TRADE, assets=["ETH"])
KNOWN = at(100)


def counted(*told: Told) -> tuple[Harm, dict[str, Fraction]]:
    """The harm of such a case in January, known for a hundred hours."""
    return harm(case_of(*told), BEGIN, END, KNOWN)


@pytest.mark.parametrize(
    ("told", "frozen_hours", "wholly", "in_part"),
    [
        # frozen at 10, free at 14: 4 hours of 3 capabilities
        (((10, frozen(THREE)), (12, ORDERED), (14, FREE)), 4, 12, 0),
        # still frozen: 90 hours to the last record
        (((10, frozen(THREE)),), 90, 270, 0),
        # 3 for 2 hours, 1 for 5, 3 again for 1: 6 + 5 + 3
        (
            ((0, frozen(THREE)), (2, narrowed(ONE)), (7, widened(THREE)), (8, ORDERED), (8, FREE)),
            *(8, 14, 0),
        ),
        # closed while frozen, reopened 10 hours later: nothing in between
        (
            (
                *((0, frozen(ONE)), (5, ORDERED), (5, closed("cleared"))),
                *((15, e.CaseReopened(by=BY, reason="new")), (16, ORDERED), (16, FREE)),
            ),
            *(6, 6, 0),
        ),
        # for some assets only: 4 hours of 1 capability, in part
        (((0, frozen(SOME)), (4, FREE)), 4, 0, 4),
        # before the month: 2 of the 12 hours are in it
        (((-10, frozen(ONE)), (2, FREE)), 2, 2, 0),
        # freed at a time before it was frozen, as foreign logs say: no time at all
        (((10, frozen(ONE)), (3, FREE)), 0, 0, 0),
        # narrowed at such a time: no hour before it was frozen, 2 hours after
        (((10, frozen(THREE)), (3, narrowed(ONE)), (12, FREE)), 2, 2, 0),
    ],
)
def test_time_is_counted_for_each_capability(
    told: tuple[Told, ...], frozen_hours: int, wholly: int, in_part: int
) -> None:
    """Hours times capabilities, those stopped wholly and those stopped in part."""
    found, _held = counted(*told)
    expected = (frozen_hours * HOUR, wholly * HOUR, in_part * HOUR)
    assert expected == (found.frozen, found.wholly, found.in_part)
    assert found.capability_hours == Fraction(wholly + in_part)
    assert int(frozen_hours > 0) == found.n


def test_an_amount_counts_with_its_hours_and_capabilities() -> None:
    """Half a coin, 3 capabilities, 4 hours: 6. Nobody knows what the rest held."""
    found, held = counted((0, frozen(HALF_A_COIN)), (4, widened(THREE)), (6, FREE))
    assert {"BTC": Fraction(6)} == held
    assert (found.valued, found.in_part, found.wholly) == (1, 12 * HOUR, 6 * HOUR)


def test_it_is_exact_to_the_microsecond() -> None:
    """A third of a coin's worth of digits and one microsecond add up."""
    tiny = Scope.of(Capability.TRADE, amount=Amount.of("0.000000000000000001", "ETH"))
    found, held = counted((0, frozen(tiny)), (1 / HOUR, FREE))
    assert (1, {"ETH": Fraction(1, HOUR * 10**18)}) == (found.frozen, held)


def test_the_stretches_of_a_case_meet() -> None:
    """One ends when the next begins; what changes nothing makes none."""
    case = case_of((0, frozen(THREE)), (1, narrowed(ONE)), (3, narrowed(SAME)), (5, widened(THREE)))
    found = [(one.scope, one.since, one.until) for one in stretches(case, KNOWN)]
    assert [(THREE, at(0), at(1)), (ONE, at(1), at(5)), (THREE, at(5), KNOWN)] == found


def test_two_periods_that_meet_add_up() -> None:
    """Whatever the instant between them."""
    case = case_of((0, frozen(THREE)), (9, narrowed(HALF_A_COIN)), (50, FREE))
    whole, held = harm(case, BEGIN, END, KNOWN)
    for hour in (1, 9, 20.25, 60):
        first, early = harm(case, BEGIN, at(hour), KNOWN)
        second, late = harm(case, at(hour), END, KNOWN)
        assert whole.frozen == first.frozen + second.frozen
        assert whole.capability_hours == first.capability_hours + second.capability_hours
        assert held["BTC"] == early.get("BTC", 0) + late.get("BTC", 0)


def test_nothing_after_the_last_record_is_made_up() -> None:
    """A case frozen in the very last instant has cost nothing yet."""
    assert (Harm(), {}) == counted((100, frozen(THREE)))
    assert (Harm(), {}) == harm(
        case_of((0, frozen(THREE))), KNOWN, KNOWN + timedelta(days=1), KNOWN
    )
