"""How long something took: percentiles by nearest rank, each a length that somebody waited."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.views.spread import Spread, nearest_rank
from tests.laws.settings import LAW

LENGTHS = st.lists(st.integers(-(10**6), 10**15), max_size=40)

# The worked example of https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method
FIVE = (15, 20, 35, 40, 50)
TEN = (3, 6, 7, 8, 8, 10, 13, 15, 16, 20)


@pytest.mark.parametrize(
    ("lengths", "percent", "length"),
    [
        (FIVE, 5, 15),  # ceil(0.25) = 1st
        (FIVE, 30, 20),  # ceil(1.5) = 2nd
        (FIVE, 40, 20),  # ceil(2.0) = 2nd
        (FIVE, 50, 35),  # ceil(2.5) = 3rd
        (FIVE, 100, 50),  # 5th
        (TEN, 25, 7),  # ceil(2.5) = 3rd
        (TEN, 50, 8),  # 5th
        (TEN, 75, 15),  # ceil(7.5) = 8th
        (TEN, 0, 3),  # the shortest
        ((7,), 99, 7),
        ((), 50, None),
    ],
)
def test_a_percentile_is_the_one_of_nearest_rank(
    lengths: tuple[int, ...], percent: int, length: int | None
) -> None:
    """Of n lengths in order it is number ceil(p n / 100), counted by hand."""
    assert nearest_rank(lengths, percent) == length


@pytest.mark.parametrize(
    ("waiting", "half", "most"),
    [
        (0, 8, 16),  # of ten: the 5th, the 9th
        (1, 10, 20),  # of eleven: the 6th, the 10th
        (2, 10, None),  # of twelve: the 6th, the 11th, which has not come
        (10, 20, None),  # of twenty: the 10th
        (11, None, None),  # of twenty-one: the 11th, which has not come
    ],
)
def test_those_that_wait_count_as_longer_than_any(
    waiting: int, half: int | None, most: int | None
) -> None:
    """Half of all is said only once it has come for half of all."""
    found = Spread.of(TEN, waiting=waiting)
    assert (found.came, found.waiting) == (10, waiting)
    assert (found.p50, found.p90) == (_micros(8), _micros(16)), "of those for which it came"
    assert (found.half, found.most) == (_micros(half), _micros(most))


def _micros(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(microseconds=count)


def test_of_nothing_nothing_is_said() -> None:
    """There is no length of which nobody waited."""
    found = Spread.of([], waiting=3)
    assert (found.shortest, found.p50, found.longest, found.half) == (None,) * 4


@LAW
@given(LENGTHS, st.integers(1, 100))
def test_at_least_that_share_took_no_longer(lengths: list[int], percent: int) -> None:
    """And without it fewer did: what a percentile means."""
    found = nearest_rank(sorted(lengths), percent)
    if found is None:
        assert lengths == []
        return
    share = Fraction(percent, 100)
    assert found in lengths
    assert sum(one <= found for one in lengths) >= share * len(lengths)
    assert sum(one < found for one in lengths) < share * len(lengths)


@LAW
@given(LENGTHS)
def test_the_order_in_which_they_come_does_not_matter(lengths: list[int]) -> None:
    """Figures are of what there is, and not of how it was read."""
    assert Spread.of(lengths) == Spread.of(reversed(lengths)) == Spread.of(sorted(lengths))
