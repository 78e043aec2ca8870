"""One run of the desk, to the second: who is answered when, who leaves, who is called back."""

from collections.abc import Sequence
from datetime import timedelta
from math import inf, isclose

from hypothesis import given
from hypothesis import strategies as st

from freezecase.desk.floor import Contact, Tally, play
from freezecase.desk.relief import USUAL, Pressure, Relief, SurgePolicy
from freezecase.desk.roster import Roster
from tests.desk import oracle
from tests.laws.settings import QUICK

ONE = Roster(staff=(1,))
TARGET = 120.0


def told(
    *contacts: tuple[float, float] | tuple[float, float, float],
    roster: Roster = ONE,
    surge: SurgePolicy | None = None,
) -> Tally:
    """What is counted of contacts that come, take and, if they do, wait so many seconds."""
    return play((Contact(*(*one, inf)[:3]) for one in contacts), roster, TARGET, surge)


def test_whoever_finds_somebody_free_does_not_wait() -> None:
    """One after the other, even at the very moment."""
    tally = told((0, 60), (60, 60), (200, 60))

    assert (tally.answered, tally.waited, tally.kept[0]) == (3, 0, 3)
    assert tally.worked == 180


def test_whoever_has_waited_longest_is_next() -> None:
    """The second waits for the first, the third for the second."""
    tally = told((0, 100), (10, 100), (20, 100))

    assert (tally.answered, tally.waited) == (3, 90 + 180)
    assert tally.kept[0] == 2


def test_to_the_second_is_in_time() -> None:
    """Two minutes are two minutes."""
    assert told((0, 120), (0, 1)).kept[0] == 2
    assert told((0, 121), (0, 1)).kept[0] == 1


def test_who_loses_patience_leaves_and_is_not_reached() -> None:
    """At the very moment, and whoever comes behind them is next."""
    tally = told((0, 100), (10, 50, 30), (20, 50))

    assert (tally.answered, tally.left, tally.waited) == (2, 1, 30 + 80)
    assert told((0, 100), (40, 50, 60)).left == 1
    assert told((0, 100), (40, 50, 61)).left == 0
    assert told((0, 100), (40, 50, 0)).left == 1
    assert told((0, 100, 0)).left == 0


def test_everybody_who_comes_is_counted_at_the_hour_at_which_they_come() -> None:
    """Also when they are answered in the next one."""
    tally = told((3590, 60), (3595, 60), (7200, 60), (25 * 3600, 60))

    assert (tally.came[0], tally.came[1], tally.came[2], sum(tally.came)) == (2, 1, 1, 4)
    assert tally.kept == tally.came


def test_what_warms_up_the_desk_is_not_counted_but_keeps_it_busy() -> None:
    """Whoever came before the beginning is in the way of those who come after it."""
    tally = told((-50, 100), (-40, 60, 10), (0, 60))

    assert (sum(tally.came), tally.answered, tally.left) == (1, 1, 0)
    assert (tally.waited, tally.worked) == (50, 60)


def test_whoever_goes_off_duty_finishes_what_they_have() -> None:
    """Two on duty in the first hour, one in the second: two contacts go on, none begins."""
    two_then_one = Roster(staff=(2, 1))
    tally = told((3000, 1000), (3000, 1200), (3700, 60), roster=two_then_one)

    assert tally.waited == 4200 - 3700


def test_whoever_is_done_as_their_shift_ends_takes_nobody_on() -> None:
    """They go home; the next one is on duty two hours later."""
    tally = told((3000, 600), (3010, 60), roster=Roster(staff=(1, 0, 0, 1)))

    assert tally.waited == 3 * 3600 - 3010


def test_whoever_comes_on_duty_takes_those_who_wait() -> None:
    """At the hour."""
    tally = told((3000, 60), (3010, 60), roster=Roster(staff=(0, 1)))

    assert tally.waited == 600 + 650


def test_a_desk_that_is_closed_for_hours_goes_on_until_nobody_waits() -> None:
    """Nobody is forgotten at the end of the run."""
    tally = told((3600, 60), roster=Roster(staff=(1, 0, 0, 0)))

    assert (tally.answered, tally.waited) == (1, 3 * 3600)


def calls_back(pressure: Pressure) -> Relief:
    """Promise a call back within ten minutes to whoever comes when somebody waits already."""
    return Relief(call_back=timedelta(minutes=10)) if pressure.waiting > 1 else USUAL


def test_whoever_is_promised_a_call_back_does_not_wait_on_the_line() -> None:
    """They are called when it is their turn, and cannot lose patience."""
    tally = told((0, 100), (10, 100), (20, 100, 5), surge=calls_back)

    assert (tally.promised, tally.called, tally.left) == (1, 1, 0)
    assert (tally.answered, tally.waited) == (2, 90)
    assert tally.kept[0] == 3


def test_whoever_is_due_first_is_next_be_it_a_call_back() -> None:
    """It goes before one who comes 490 s later, and after one who comes 470 s later."""
    after = told((0, 400), (10, 150), (20, 50), (510, 50), surge=calls_back)
    before = told((0, 400), (10, 150), (20, 50), (490, 50), surge=calls_back)

    assert (after.promised, after.called, after.waited) == (1, 1, 390 + 90)
    assert (before.promised, before.called, before.waited) == (1, 1, 390 + 60)


def test_a_call_back_that_comes_late_is_not_kept() -> None:
    """What was promised is what is measured."""
    tally = told((0, 400), (10, 400), (20, 50), surge=calls_back)

    assert (tally.promised, tally.called) == (1, 0)
    assert (tally.kept[0], sum(tally.came)) == (1, 3)


def test_contacts_that_begin_under_relief_take_less_time() -> None:
    """Those that began before go on as they were."""

    def shorter(pressure: Pressure) -> Relief:
        return Relief(handling=0.5) if pressure.waiting else USUAL

    tally = told((0, 100), (10, 100), (20, 100), (30, 100), surge=shorter)

    assert tally.worked == 100 + 50 + 50 + 100
    assert tally.waited == 90 + 130 + 170


def test_a_policy_sees_the_desk_as_it_is() -> None:
    """Who waits, whoever has just come included; who left is gone; and what it said last."""
    seen = list[Pressure]()
    said = Relief(handling=0.9)

    def watches(pressure: Pressure) -> Relief:
        seen.append(pressure)
        return said

    told((0, 100), (10, 100, 20), (20, 100), (40, 100), surge=watches)

    assert [(one.waiting, one.busy, one.on_duty, one.relief) for one in seen] == [
        (0, 0, 1, USUAL),  # the first begins
        (1, 1, 1, said),
        (2, 1, 1, said),
        (2, 1, 1, said),  # one of the two has left
        (1, 0, 1, said),  # the next begins, one still waits
        (0, 0, 1, said),
    ]
    assert {one.call_backs for one in seen} == {0}


CONTACTS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 600), st.sampled_from([inf, 0, 7, 60, 250])),
    max_size=60,
)


@QUICK
@given(CONTACTS, st.integers(1, 4))
def test_a_run_is_what_the_recursion_of_waiting_times_says(
    contacts: Sequence[tuple[int, int, float]], staff: int
) -> None:
    """Contact for contact, found in another way."""
    came, now = list[Contact](), 0
    for gap, handling, patience in contacts:
        now += gap
        came.append(Contact(now, handling, patience))
    expected = oracle.waits(came, staff)

    tally = play(came, Roster(staff=(staff,)), TARGET, None)

    assert sum(tally.came) == len(came)
    assert tally.left == sum(leaves for _wait, leaves in expected)
    assert tally.answered == len(came) - tally.left
    assert isclose(tally.waited, sum(wait for wait, _leaves in expected))
    assert sum(tally.kept) == sum(wait <= TARGET and not leaves for wait, leaves in expected)
