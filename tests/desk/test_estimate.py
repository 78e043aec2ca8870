"""What was measured is told with an error that is as wide as it says."""

from math import isclose, sqrt

import pytest

from freezecase.app.clock import seeded
from freezecase.desk.estimate import Estimate, ratio, student

# Two-sided quantiles of Student's t, from W. S. Gosset's table as it stands in every textbook.
STUDENT = """
4 | 2.776 | 4.604
5 | 2.571 | 4.032
9 | 2.262 | 3.250
19 | 2.093 | 2.861
29 | 2.045 | 2.756
120 | 1.980 | 2.617
"""


@pytest.mark.parametrize("row", STUDENT.strip().splitlines())
def test_the_expansion_is_the_published_table(row: str) -> None:
    """At 95 % to three digits; at 99 % to two, where few replications make it hardest."""
    freedom, usual, strict = row.split("|")

    assert round(student(0.95, int(freedom)), 3) == pytest.approx(float(usual), abs=0.0015)
    assert student(0.99, int(freedom)) == pytest.approx(float(strict), rel=0.005)


def test_a_ratio_is_of_all_and_its_error_of_how_they_differ() -> None:
    """By hand: 3 of 4, 5 of 10 and so on."""
    parts, wholes = [3, 5, 4, 6, 2], [4, 10, 6, 6, 4]
    found = ratio(parts, wholes, share=True)

    share = 20 / 30
    squares = sum((part - share * whole) ** 2 for part, whole in zip(parts, wholes, strict=True))
    assert found is not None
    assert (found.value, found.of) == (share, 30)
    assert isclose(found.error, 2.776 * sqrt(squares / 4 / 5) / 6, rel_tol=1e-3)
    assert (found.low, found.high) == (found.value - found.error, found.value + found.error)


def test_the_mean_of_one_from_each_has_the_error_in_every_textbook() -> None:
    """The standard deviation over the root of how many there are, times Student's t."""
    found = ratio([8, 9, 10, 11, 12], [1, 1, 1, 1, 1], share=False)

    assert found is not None
    assert found.value == 10
    assert isclose(found.error, 2.776 * sqrt(2.5 / 5), rel_tol=1e-3)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Of a thousand, each from ten draws, nine hundred and fifty; within what chance allows."""
    draw, held = seeded("interval"), 0
    for _try in range(1000):
        found = ratio([draw() for _ in range(10)], [1] * 10, share=False)
        assert found is not None
        held += found.low <= 0.5 <= found.high

    assert (
        925 <= held <= 970
    )  # four standard deviations around 950, uniform draws being what they are


def test_none_missed_is_no_proof_that_none_ever_will_be() -> None:
    """The rule of three: of a hundred and not one missed, three in a hundred may be."""
    everybody = Estimate(value=1.0, error=0.03, of=100)

    assert ratio([20] * 5, [20] * 5, share=True) == everybody
    assert ratio([0] * 5, [20] * 5, share=True) == Estimate(value=0.0, error=0.03, of=100)
    assert ratio([1, 0, 0, 0, 0], [1, 0, 0, 0, 0], share=True) == Estimate(value=1, error=1, of=1)
    assert ratio([20] * 5, [20] * 5, share=False) == Estimate(value=1.0, error=0.0, of=100)


def test_of_nothing_there_is_no_share() -> None:
    """Rather none than a number that means nothing."""
    assert ratio([0] * 5, [0] * 5, share=True) is None
