"""Waits double up to the longest, never less than half of it, the same again by the same seed."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.deliver.backoff import Backoff, spread
from freezecase.errors import InvalidValue
from tests.laws.settings import QUICK

SECOND = timedelta(seconds=1)


def test_a_wait_doubles_until_it_is_the_longest() -> None:
    """Without jitter it is half of what it may be."""
    backoff = Backoff(first=2 * SECOND, longest=20 * SECOND, jitter=lambda _account, _failures: 0.0)
    waits = [backoff.after("acct-1", failures) / SECOND for failures in (1, 2, 3, 4, 5, 6, 10**9)]
    assert waits == [1, 2, 4, 8, 10, 10, 10]


@QUICK
@given(st.text(max_size=5), st.integers(1, 100))
def test_a_wait_is_never_shorter_than_half_of_it_nor_longer(account: str, failures: int) -> None:
    """Whatever the account, and however often it failed."""
    whole = min(SECOND * 2 ** min(failures - 1, 10), 60 * SECOND)
    assert whole / 2 <= Backoff().after(account, failures) <= whole


def test_accounts_that_fail_together_do_not_come_back_together() -> None:
    """A thousand waits are spread over all that they may be."""
    fractions = sorted(spread(f"acct-{n}", 3) for n in range(1000))
    assert [round(one, 1) for one in fractions[100::100]] == [n / 10 for n in range(1, 10)]
    assert {spread("acct-1", n) for n in range(100)} != {spread("acct-1", 1)}


def test_the_same_seed_gives_the_same_waits() -> None:
    """Chance comes from outside, or not at all."""

    def waits(seed: int) -> list[timedelta]:
        chance = Random(seed)
        backoff = Backoff(jitter=lambda _account, _failures: chance.random())
        return [backoff.after("acct-1", n) for n in range(1, 6)]

    assert waits(7) == waits(7) != waits(8)
    assert Backoff().after("acct-1", 4) == Backoff().after("acct-1", 4)


@pytest.mark.parametrize(
    "wrong", [{"first": timedelta()}, {"first": -SECOND}, {"longest": SECOND / 2}]
)
def test_a_wait_that_is_none_or_shrinks_is_refused(wrong: dict[str, Any]) -> None:
    """It would make the reconciler run in circles."""
    with pytest.raises(InvalidValue, match=r"Backoff.first .* at most the longest wait"):
        Backoff(**wrong)
