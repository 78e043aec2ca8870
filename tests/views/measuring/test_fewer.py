"""Fewer freezes: a share, with how sure anybody can be of it, or why there is none."""

from datetime import timedelta
from fractions import Fraction

import pytest

from freezecase.errors import InvalidValue
from freezecase.views.measuring.binomial import CONFIDENCE
from freezecase.views.measuring.fewer import Exposure, Fewer, compared, days_of
from tests.views.measuring.stories import BEGIN

MONTH = Fraction(30), Fraction(30)


def fewer(
    before: int,
    after: int,
    days: tuple[Fraction, Fraction] = MONTH,
    exposure: Exposure | None = None,
) -> Fewer:
    """Two counts, compared."""
    return Fewer(before=before, after=after, days=days, exposure=exposure, confidence=CONFIDENCE)


@pytest.mark.parametrize(
    ("before", "after", "days", "accounts", "share"),
    [
        (50, 9, (30, 30), None, "41/50"),  # 82 % fewer
        (31, 28, (31, 28), None, "0"),  # one a day in both
        (10, 10, (10, 20), None, "1/2"),  # as many in twice the time
        (4, 5, (30, 30), None, "-1/4"),  # a quarter more
        (5, 0, (30, 30), None, "1"),
        (50, 9, (30, 30), (1000, 500), "16/25"),  # 50 and 18 for a thousand: 64 % fewer
        (10, 20, (10, 20), (2000, 1000), "-1"),  # 0.5 and 1 a day for a thousand
    ],
)
def test_the_share_is_of_the_rates(
    before: int,
    after: int,
    days: tuple[int, int],
    accounts: tuple[int, int] | None,
    share: str,
) -> None:
    """For each day, and for each active account where their number is known; exact."""
    exposure = Exposure(before=accounts[0], after=accounts[1]) if accounts else None
    found = fewer(before, after, (Fraction(days[0]), Fraction(days[1])), exposure)
    assert Fraction(share) == found.share
    assert found.share is not None
    assert found.between is not None
    assert found.between[0] <= found.share <= found.between[1]
    assert (before + after, "") == (found.n, found.refused)


def test_rates_are_a_day_and_for_a_thousand_accounts() -> None:
    """60 in 30 days are 2 a day; among 4,000 accounts half a one for each thousand."""
    accounts = Exposure(before=4000, after=1000)
    assert (Fraction(2), Fraction(1)) == fewer(60, 30).rates
    assert (Fraction(1, 2), Fraction(1)) == fewer(60, 30, MONTH, accounts).rates


def test_the_interval_is_the_one_of_r() -> None:
    """`poisson.test(c(11, 6+8+7), c(800, 1083+1050+878))`: 1.971488, 0.8584264 to 4.2772659."""
    found = fewer(21, 11, (Fraction(1083 + 1050 + 878), Fraction(800)))
    assert found.share is not None
    assert found.between is not None
    assert pytest.approx(1.971488, abs=5e-7) == 1 - found.share
    least, greatest = found.between
    assert pytest.approx((1 - greatest, 1 - least), abs=5e-8) == (0.8584264, 4.2772659)


def test_of_none_before_there_is_no_share() -> None:
    """It says so, and why; what was counted is still there."""
    found = fewer(0, 5)
    assert (found.share, found.between, found.n) == (None, None, 5)
    assert found.refused == (
        "nobody was frozen before: there is nothing of which it could be a share"
    )


def test_none_after_is_all_fewer_and_not_for_sure() -> None:
    """Three before and none after: none of 3 is credible up to a share of 1 - 0.025^(1/3)."""
    share = 1 - 0.025 ** (1 / 3)  # so 2.42 times as many are still credible
    found = fewer(3, 0)
    assert found.between is not None
    assert found.between[1] == 1.0
    assert pytest.approx(1 - share / (1 - share), abs=1e-9) == found.between[0]


def test_each_ground_is_compared_that_was_there_in_either() -> None:
    """In the order of the grounds."""
    found = compared({"incident": 2}, {"aml-alert": 1}, MONTH, None)
    assert {name: (one.before, one.after) for name, one in found.items()} == {
        "aml-alert": (0, 1),
        "incident": (2, 0),
    }
    assert list(found) == ["aml-alert", "incident"]


def test_days_are_exact() -> None:
    """To the microsecond."""
    assert Fraction(1, 86_400_000_000) == days_of(BEGIN, BEGIN + timedelta(microseconds=1))
    assert Fraction(3, 2) == days_of(BEGIN, BEGIN + timedelta(hours=36))


@pytest.mark.parametrize("accounts", [0, -1, 1.5, True, None], ids=str)
def test_no_accounts_are_no_exposure(accounts: object) -> None:
    """It names the period."""
    with pytest.raises(InvalidValue, match=r"Exposure\.after"):
        Exposure(before=1, after=accounts)  # type: ignore[arg-type]
