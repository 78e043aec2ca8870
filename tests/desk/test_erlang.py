"""The formulas: against published values, against plain sums, and what must hold of any desk."""

from datetime import timedelta
from fractions import Fraction
from math import isclose
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.desk import (
    Target,
    Traffic,
    abandonment,
    delayed,
    erlang_b,
    erlang_c,
    expected_wait,
    service_level,
    staff_needed,
)
from freezecase.errors import InvalidValue
from tests.desk import oracle
from tests.laws.settings import BRIEF, QUICK

SECOND, MINUTE, HOUR = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours"))

# The load in erlangs that so many lines carry, at a loss of 1 % and of 5 %: from the tables of
# Erlang's loss formula, as in T. Frankel, "Tables for Traffic Management and Design", 1976.
LOSS = """
lines | 1 %   | 5 %
1     | 0.010 | 0.053
2     | 0.153 | 0.381
5     | 1.36  | 2.22
10    | 4.46  | 6.22
20    | 12.0  | 15.2
50    | 37.9  | 44.5
100   | 84.1  | 95.2
"""


def rows(table: str) -> list[list[str]]:
    """The cells of a table without its head."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()[1:]]


@pytest.mark.parametrize(("lines", "one", "five"), rows(LOSS))
def test_the_loss_formula_is_the_published_table(lines: str, one: str, five: str) -> None:
    """The load of each cell lies within its last digit."""
    for load, share in ((one, 0.01), (five, 0.05)):
        step = 0.5 * 10.0 ** -len(load.partition(".")[2])
        assert erlang_b(int(lines), float(load) - step) < share
        assert share < erlang_b(int(lines), float(load) + step)


def test_the_delay_formula_is_the_published_example() -> None:
    """360 calls in half an hour, four minutes each, 55 agents: Mitan's well-known example."""
    calls = Traffic(arrivals=720, handling=4 * MINUTE)

    assert calls.load == 48
    assert round(erlang_c(55, 48), 3) == 0.239
    assert round(service_level(calls, 55, 15 * SECOND), 3) == 0.846
    assert (expected_wait(calls, 55) or HOUR) // (SECOND / 100) == 818


def test_customers_who_leave_are_the_published_comparison() -> None:
    """
    50 agents, 48 calls a minute of one minute each, with and without a patience of two minutes.

    N. Gans, G. Koole and A. Mandelbaum, "Telephone call centers: tutorial, review, and research
    prospects", Manufacturing & Service Operations Management 5(2), 2003: 20.8 s and 3.7 s of
    waiting, 3.1 % who leave, and one in ten who waits 58.1 s and more without leaving.
    """
    staying = Traffic(arrivals=48 * 60, handling=MINUTE)
    leaving = Traffic(arrivals=48 * 60, handling=MINUTE, patience=2 * MINUTE)

    assert (expected_wait(staying, 50) or HOUR) // (SECOND / 10) == 208
    assert (expected_wait(leaving, 50) or HOUR) // (SECOND / 10) == 37
    assert round(abandonment(leaving, 50), 3) == 0.031
    assert round(service_level(staying, 50, 58.1 * SECOND), 3) == 0.9
    assert abandonment(staying, 50) == 0


def test_customers_who_leave_are_the_published_example() -> None:
    """100 calls in half an hour, three minutes each, patience of five: the guide of pyworkforce."""
    calls = Traffic(arrivals=200, handling=3 * MINUTE, patience=5 * MINUTE)

    assert round(delayed(calls, 13), 3) == 0.226
    assert round(service_level(calls, 13, 20 * SECOND), 3) == 0.858
    assert round(abandonment(calls, 13), 3) == 0.025
    assert round((expected_wait(calls, 13) or HOUR) / MINUTE, 3) == 0.125
    assert staff_needed(calls, Target(share=0.8, within=20 * SECOND)) == 13


STAFF = st.integers(0, 40)
LOAD = st.fractions(0, 60, max_denominator=50)
LENGTH = st.integers(1, 60).map(lambda minutes: minutes * MINUTE)
TRAFFIC = st.builds(
    Traffic,
    arrivals=st.floats(0.1, 120),
    handling=st.integers(1, 20).map(lambda minutes: minutes * MINUTE),
    patience=st.none() | LENGTH,
)


@QUICK
@given(STAFF, LOAD)
def test_the_recursion_says_what_the_sums_say(staff: int, load: Fraction) -> None:
    """In exact fractions, to the last digits of a float."""
    assert isclose(erlang_b(staff, float(load)), oracle.loss(staff, load), rel_tol=1e-12)
    assert isclose(erlang_c(staff, float(load)), oracle.delay(staff, load), rel_tol=1e-9)


@BRIEF
@given(
    st.floats(0.5, 60),
    st.integers(1, 15).map(lambda minutes: minutes * MINUTE),
    st.integers(1, 30).map(lambda minutes: minutes * MINUTE),
    st.integers(0, 12),
    st.integers(0, 10).map(lambda minutes: minutes * MINUTE),
)
def test_leaving_customers_are_as_their_chain_has_it(
    arrivals: float, handling: timedelta, patience: timedelta, staff: int, within: timedelta
) -> None:
    """The chain of the queue and that of a place in it, each solved in another way."""
    traffic = Traffic(arrivals=arrivals, handling=handling, patience=patience)
    handled, left = oracle.per_hour(handling), oracle.per_hour(patience)
    chances = oracle.states(Fraction(arrivals), Fraction(handled), Fraction(left), staff)
    waiting = sum(max(0, there - staff) * share for there, share in enumerate(chances))

    assert isclose(delayed(traffic, staff), sum(chances[staff:]), abs_tol=1e-12)
    assert isclose(abandonment(traffic, staff), float(waiting) * left / arrivals, abs_tol=1e-12)
    wait = expected_wait(traffic, staff)
    assert wait is not None
    assert abs(wait - float(waiting) / arrivals * HOUR) < timedelta(microseconds=10)
    assert isclose(
        service_level(traffic, staff, within),
        oracle.kept(arrivals, handled, left, staff, within / HOUR),
        abs_tol=1e-9,
    )


@QUICK
@given(TRAFFIC, STAFF, LENGTH)
def test_more_people_more_time_and_fewer_customers_never_keep_less(
    traffic: Traffic, staff: int, within: timedelta
) -> None:
    """Nor does anybody wait longer, or leave more often."""
    level, nothing = service_level(traffic, staff, within), 1e-12
    quieter = Traffic(
        arrivals=traffic.arrivals * 0.9, handling=traffic.handling, patience=traffic.patience
    )

    assert 0 <= level <= 1
    assert level <= service_level(traffic, staff + 1, within) + nothing
    assert level <= service_level(traffic, staff, within + MINUTE) + nothing
    assert level <= service_level(quieter, staff, within) + nothing
    assert abandonment(traffic, staff + 1) <= abandonment(traffic, staff) + nothing
    more, fewer = expected_wait(traffic, staff + 1), expected_wait(traffic, staff)
    assert fewer is None or (more is not None and more <= fewer + timedelta(microseconds=1))


@QUICK
@given(TRAFFIC, st.floats(0.01, 0.999), st.sampled_from([0 * MINUTE, MINUTE, 2 * MINUTE, HOUR]))
def test_what_is_needed_is_enough_and_one_less_is_not(
    traffic: Traffic, share: float, within: timedelta
) -> None:
    """The answer is the smallest, however it was found."""
    needed = staff_needed(traffic, Target(share=share, within=within))

    assert service_level(traffic, needed, within) >= share
    assert needed == 0 or service_level(traffic, needed - 1, within) < share


@QUICK
@given(st.floats(0.1, 100), st.integers(1, 30), LENGTH)
def test_patience_without_end_is_erlang_c(load: float, spare: int, within: timedelta) -> None:
    """With a patience of a day both formulas say nearly the same, where a desk keeps up well."""
    arrivals, staff = load * 60, int(load * 1.25) + spare
    patient = Traffic(arrivals=arrivals, handling=MINUTE, patience=24 * HOUR)
    endless = Traffic(arrivals=arrivals, handling=MINUTE)

    there = service_level(endless, staff, within)
    assert isclose(service_level(patient, staff, within), there, abs_tol=0.002)
    assert isclose(delayed(patient, staff), delayed(endless, staff), abs_tol=0.005)


def test_a_big_desk_is_no_trouble() -> None:
    """Twenty thousand calls at once neither overflow nor vanish."""
    assert 0 < erlang_b(20_000, 20_000.0) < 0.01
    assert 0 < erlang_c(20_100, 20_000.0) < 1
    assert erlang_b(5_000, 10.0) == 0
    busy = Traffic(arrivals=300_000, handling=4 * MINUTE, patience=5 * MINUTE)
    assert busy.load == 20_000
    assert isclose(abandonment(busy, 10_000), 0.5, rel_tol=1e-9)
    assert isclose(abandonment(busy, 0), 1)


def test_an_overrun_desk_has_an_answer_only_where_customers_leave() -> None:
    """Erlang C says that the queue grows without end, and not a probability above one."""
    staying = Traffic(arrivals=600, handling=10 * MINUTE)
    leaving = Traffic(arrivals=600, handling=10 * MINUTE, patience=5 * MINUTE)

    assert (delayed(staying, 40), service_level(staying, 40, MINUTE)) == (1, 0)
    assert expected_wait(staying, 40) is None
    assert expected_wait(staying, 100) is None
    assert round(abandonment(leaving, 40), 3) == 0.6
    wait = expected_wait(leaving, 40)
    assert wait is not None
    assert isclose(wait.total_seconds(), 0.6 * 5 * 60, rel_tol=1e-3)


def test_where_nobody_comes_nobody_is_needed() -> None:
    """And nobody waits, or leaves, or is missed."""
    for patience in (None, MINUTE):
        nobody = Traffic(arrivals=0, handling=MINUTE, patience=patience)
        assert staff_needed(nobody, Target(share=0.99)) == 0
        assert service_level(nobody, 0, MINUTE) == 1
        assert (delayed(nobody, 0), abandonment(nobody, 0)) == (0, 0)
        assert expected_wait(nobody, 0) == 0 * MINUTE


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"arrivals": -1.0}, "Traffic.arrivals cannot be `-1.0`: contacts an hour, 0 or more"),
        ({"arrivals": float("nan")}, "Traffic.arrivals cannot be `nan`: contacts an hour"),
        ({"arrivals": True}, "Traffic.arrivals cannot be `True`: contacts an hour"),
        ({"handling": 0 * MINUTE}, "more than nothing, at most a day"),
        ({"handling": 480}, "Traffic.handling cannot be `480`: a `timedelta`, how long one"),
        ({"patience": -MINUTE}, "at most a day; None if they wait for ever"),
        ({"arrivals": 1e9}, "at most 50,000 people busy at once, on average: split the desk"),
    ],
)
def test_traffic_that_cannot_be_is_refused(wrong: dict[str, Any], says: str) -> None:
    """With what would be allowed."""
    asked: dict[str, Any] = {"arrivals": 60.0, "handling": MINUTE, **wrong}
    with pytest.raises(InvalidValue) as refused:
        Traffic(**asked)
    assert says in str(refused.value)


@pytest.mark.parametrize("share", [0, 1, 1.5, float("nan"), "80%"])
def test_a_share_that_nobody_can_keep_is_refused(share: Any) -> None:
    """All of it is one of them."""
    with pytest.raises(InvalidValue, match=r"Target\.share .* no number of people keeps all of it"):
        Target(share=share)


@pytest.mark.parametrize("staff", [-1, 1.5, True, 100_001])
def test_people_are_counted_in_whole_numbers(staff: Any) -> None:
    """By every formula, whether or not anybody comes."""
    some = Traffic(arrivals=1, handling=MINUTE, patience=MINUTE)
    none = Traffic(arrivals=0, handling=MINUTE)
    for ask in (
        lambda: erlang_b(staff, 1.0),
        lambda: erlang_c(staff, 1.0),
        lambda: delayed(none, staff),
        lambda: abandonment(some, staff),
        lambda: service_level(none, staff, MINUTE),
        lambda: expected_wait(some, staff),
    ):
        with pytest.raises(InvalidValue, match=r"a whole number from 0 to 100,000"):
            ask()


def test_a_load_and_a_time_are_checked_too() -> None:
    """The error names the unit."""
    with pytest.raises(InvalidValue, match=r"load cannot be `-1`: erlangs"):
        erlang_b(1, -1)
    with pytest.raises(InvalidValue, match=r"Target\.within cannot be `120`: a `timedelta`"):
        Target(share=0.8, within=120)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match=r"within cannot be .*such as two minutes"):
        service_level(Traffic(arrivals=1, handling=MINUTE), 1, -MINUTE)
