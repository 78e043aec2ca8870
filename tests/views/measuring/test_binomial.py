"""The exact interval of a share, held against published values and against its definition."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.errors import InvalidValue
from freezecase.views.measuring.binomial import share_between
from tests.laws.settings import LAW


@pytest.mark.parametrize(
    ("some", "among", "least", "greatest"),
    [
        (0, 10, 0.0, 0.3085),  # tables of Clopper and Pearson, 95 %
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (682, 925, 0.7076683, 0.7654066),  # `?binom.test` of R: Conover (1971) on Mendel's peas
    ],
)
def test_the_interval_is_the_published_one(
    some: int, among: int, least: float, greatest: float
) -> None:
    """To every digit that was printed."""
    assert (least, greatest) == pytest.approx(share_between(some, among), abs=6e-5)


@pytest.mark.parametrize(("error", "greatest"), [(5, 0.0000029957), (1, 0.0000046052)])
def test_of_a_million_without_one_it_is_the_rule_of_three(error: int, greatest: float) -> None:
    """None of n: 1 - (error)^(1/n), which is -ln(error) / n, with the whole error on one side."""
    found = share_between(0, 10**6, Fraction(100 - 2 * error, 100))
    assert (0.0, greatest) == pytest.approx(found, rel=1e-4)


def or_more(some: int, among: int, share: Fraction) -> Fraction:
    """The chance that some or more come: every term of it, without rounding."""
    return sum(
        (comb(among, k) * share**k * (1 - share) ** (among - k) for k in range(some, among + 1)),
        Fraction(0),
    )


@LAW
@given(st.data())
def test_each_end_leaves_half_of_the_error(data: st.DataObject) -> None:
    """By definition: the tails at both ends, summed in fractions, are 2.5 % each."""
    among = data.draw(st.integers(1, 40))
    some = data.draw(st.integers(0, among))
    least, greatest = share_between(some, among)
    if some:
        assert float(or_more(some, among, Fraction(least))) == pytest.approx(0.025, rel=1e-9)
    if some < among:
        missing = or_more(among - some, among, 1 - Fraction(greatest))
        assert float(missing) == pytest.approx(0.025, rel=1e-9)
    assert least <= some / among <= greatest


@pytest.mark.parametrize(
    ("some", "among", "confidence"),
    [(-1, 3, "1/2"), (4, 3, "1/2"), (0, 0, "1/2"), (1, 3, "0"), (1, 3, "1")],
)
def test_what_is_no_share_is_refused(some: int, among: int, confidence: str) -> None:
    """And so is a confidence that says nothing, or everything."""
    with pytest.raises(InvalidValue):
        share_between(some, among, Fraction(confidence))
