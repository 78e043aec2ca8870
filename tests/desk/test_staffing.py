"""How many people it takes, so that every hour of the day keeps the target, and not one more."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from freezecase.app.clock import seeded
from freezecase.desk import (
    USUAL,
    Estimate,
    Pressure,
    Rehearsal,
    Rehearsed,
    Relief,
    Roster,
    Series,
    Target,
    Times,
    Traffic,
    rehearse,
    service_level,
    staff_needed,
    staffing,
)
from freezecase.desk.series import Chance
from freezecase.desk.staffing import _Shift, by_formula
from freezecase.errors import InvalidValue

MINUTE = timedelta(minutes=1)
BY_HOUR = Series(rates=tuple(2.0 if hour < 8 else 12.0 if hour < 16 else 6.0 for hour in range(24)))
PLAN = Rehearsal(series=BY_HOUR, handling=Times(mean=5 * MINUTE), hours=72, replications=8)

SATURDAYS = attrs.evolve(
    PLAN,
    series=Series(rates=tuple(90.0 if hour == 5 * 24 + 10 else 45.0 for hour in range(168))),
    hours=168,
    replications=5,
)
"""Busy in one hour of the week, for which the formula asks more than the hour of a day needs."""


def lows(found: Rehearsed) -> list[float]:
    """The lower ends of all hours that missed anybody."""
    return [one.low for one in found.by_hour if one is not None and one.value < 1]


@pytest.mark.parametrize("plan", [PLAN, SATURDAYS], ids=["every-day", "saturdays"])
@pytest.mark.parametrize("share", [0.8, 0.99])
def test_every_hour_keeps_the_target_and_one_person_less_does_not(
    plan: Rehearsal, share: float
) -> None:
    """Measured on the customers it was found with; and on others it is not surely wrong."""
    found = staffing(plan, share)

    assert min(lows(rehearse(plan, found.roster)), default=1) >= share
    for shift in range(3):
        fewer = [staff - (shift == n) for n, staff in enumerate(found.staff)]
        if fewer[shift]:
            assert min(lows(rehearse(plan, Roster.of_shifts(fewer)))) < share
    assert all(one.high >= share for one in filter(None, found.rehearsed.by_hour))
    assert found.rehearsed == rehearse(plan, found.roster, first=plan.replications)


def test_on_a_steady_load_the_answer_is_that_of_erlang_c() -> None:
    """At most one more on duty, and what is measured is off from the formula as it says."""
    traffic = Traffic(arrivals=40, handling=5 * MINUTE)
    plan = attrs.evolve(PLAN, series=Series(rates=(40.0,)), patience=None, hours=168)
    found = staffing(plan, 0.8)

    needed = staff_needed(traffic, Target(share=0.8))
    assert found.formula == (needed,) * 3
    assert set(found.staff) <= {needed, needed + 1}
    (staff,) = {*found.staff}
    kept = found.rehearsed.kept
    assert kept is not None
    assert kept.low <= service_level(traffic, staff, plan.within) <= kept.high


def test_it_is_near_the_formula_where_the_formula_holds() -> None:
    """Steady within each shift, exponential handling times: at most two more, and never less."""
    found = staffing(PLAN, 0.9)

    assert found.formula == by_formula(PLAN, 0.9)
    assert all(0 <= n - f <= 2 for n, f in zip(found.staff, found.formula, strict=True))


def test_thirteen_times_as_many_customers_take_fewer_than_thirteen_times_as_many_people() -> None:
    """A big desk is idle less often: what the formula says, too."""
    today, grown = staffing(PLAN, 0.8), staffing(attrs.evolve(PLAN, growth=13.0), 0.8)

    for now, then in ((today.staff, grown.staff), (today.formula, grown.formula)):
        assert 2 * sum(now) < sum(then) < 13 * sum(now) / 2


def test_hours_that_swing_take_more_people_than_the_formula_knows() -> None:
    """It sees the average hour, customers see theirs."""
    calm, wild = (
        staffing(attrs.evolve(PLAN, series=attrs.evolve(BY_HOUR, swing=swing), growth=3.0), 0.8)
        for swing in (0.0, 0.6)
    )

    assert wild.formula == calm.formula
    assert all(many > few for few, many in zip(calm.staff, wild.staff, strict=True))


def test_a_surge_policy_takes_fewer_people() -> None:
    """Contacts that are shorter while everybody else is busy, for example."""

    def shorter(pressure: Pressure) -> Relief:
        return Relief(handling=0.6) if pressure.busy + 1 >= pressure.on_duty else USUAL

    plan = attrs.evolve(PLAN, growth=6.0)
    alone, helped = staffing(plan, 0.95), staffing(attrs.evolve(plan, surge=shorter), 0.95)

    assert sum(helped.staff) < sum(alone.staff)


def test_the_answer_is_the_same_from_the_same_seed() -> None:
    """To the last digit; and from another one nearly so."""
    found = staffing(PLAN, 0.8)
    other = staffing(attrs.evolve(PLAN, seed=2), 0.8)

    assert repr(staffing(PLAN, 0.8)) == repr(found)
    assert other.rehearsed != found.rehearsed
    assert all(abs(one - two) <= 1 for one, two in zip(found.staff, other.staff, strict=True))


def test_somebody_is_there_even_when_nobody_comes() -> None:
    """Around the clock means around the clock."""
    nobody = attrs.evolve(PLAN, series=Series(rates=(0.0,)))

    assert staffing(nobody, 0.8).staff == (1, 1, 1)
    assert staffing(nobody, 0.8, least=2, starts=(7, 19)).staff == (2, 2)


def test_the_busiest_day_of_a_week_counts() -> None:
    """A Saturday at ten on a roster that is the same every day."""
    saturday = Series(rates=tuple(60.0 if hour == 5 * 24 + 10 else 1.0 for hour in range(168)))
    day = Series(rates=tuple(60.0 if hour == 10 else 1.0 for hour in range(24)))

    week = by_formula(attrs.evolve(PLAN, series=saturday), 0.8)
    assert week == by_formula(attrs.evolve(PLAN, series=day), 0.8)
    assert week[1] > 2 * week[0] == 2 * week[2]


def test_a_pattern_that_is_no_day_goes_round_the_clock() -> None:
    """Every hour of it falls on every hour of a day some day, if it does not divide one."""
    odd = attrs.evolve(PLAN, series=Series(rates=(1.0, 1.0, 1.0, 1.0, 30.0)))
    even = attrs.evolve(PLAN, series=Series(rates=(1.0, 30.0)))

    assert by_formula(odd, 0.8, starts=tuple(range(24))) == (4,) * 24
    assert by_formula(even, 0.8, starts=tuple(range(24))) == (1, 4) * 12


def test_where_nobody_leaves_the_formula_is_erlang_c() -> None:
    """Which needs more than there is work, or has no answer."""
    patient = attrs.evolve(PLAN, patience=None)

    assert by_formula(patient, 0.8) == (1, 3, 2)


def test_whoever_watches_sees_replications_add_up() -> None:
    """Over all rosters that are tried; how many there will be nobody knows."""
    told = list[tuple[int, int | None]]()
    found = staffing(PLAN, 0.8, watch=lambda *at: told.append(at))

    assert told == [(n, None) for n in range(1, 8 * found.rounds + 1)]


def test_an_estimate_that_missed_nobody_keeps_any_target() -> None:
    """A quiet hour is no reason to hire without end: 99 % of forty contacts cannot be measured."""
    quiet = attrs.evolve(PLAN, series=Series(rates=(0.2,)), replications=5)
    found = staffing(quiet, 0.99)

    assert all(staff <= 3 for staff in found.staff)
    assert found.rehearsed.worst is not None
    assert isinstance(found.rehearsed.worst, Estimate)
    assert found.rehearsed.worst.low < 0.99


def test_if_other_customers_say_no_more_people_are_asked_for() -> None:
    """Those it is measured on come four times as often here as those it was found with."""

    def chance(seed: str) -> Chance:
        draw = seeded(seed)
        _seed, replication, what = seed.split()
        hurried = what == "arrivals" and int(replication) >= PLAN.replications
        return (lambda: 1 - (1 - draw()) ** 0.25) if hurried else draw

    found, hurried = staffing(PLAN, 0.8), staffing(attrs.evolve(PLAN, chance=chance), 0.8)

    assert sum(hurried.staff) > sum(found.staff)
    assert all(one.high >= 0.8 for one in filter(None, hurried.rehearsed.by_hour))


def test_what_was_enough_beside_a_bigger_shift_is_tried_anew_beside_a_smaller_one() -> None:
    """Whoever a shift before did not get to is left to it."""
    shift = _Shift(few=3, tried=5)
    shift.learn(short=False)
    shift.go_on()
    assert (shift.tried, shift.settled) == (4, False)

    shift.learn(short=False)
    assert shift.settled
    shift.learn(short=True)
    assert (shift.few, shift.enough, shift.settled) == (4, None, False)
    shift.go_on()
    assert shift.tried == 5


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"share": 1.0}, "no number of people keeps all of it"),
        ({"least": 0}, "people on duty at any hour: 1 or more, around the clock"),
        ({"starts": ()}, "hours from 0 to 23, each once, in order"),
        ({"starts": (8, 0)}, "hours from 0 to 23, each once, in order"),
    ],
)
def test_what_has_no_answer_is_refused(wrong: dict[str, Any], says: str) -> None:
    """At once."""
    asked: dict[str, Any] = {"share": 0.8, **wrong}
    with pytest.raises(InvalidValue) as refused:
        staffing(PLAN, **asked)
    assert says in str(refused.value)
