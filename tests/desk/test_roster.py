"""Who is on duty when, and how many people that takes."""

from typing import Any

import pytest

from freezecase.desk.roster import Contract, Roster, shift_of
from freezecase.errors import InvalidValue


def test_shifts_divide_the_day_and_the_last_goes_past_midnight() -> None:
    """Each hour belongs to one."""
    assert shift_of((0, 8, 16)) == (0,) * 8 + (1,) * 8 + (2,) * 8
    assert shift_of((6, 14, 22)) == (2,) * 6 + (0,) * 8 + (1,) * 8 + (2,) * 2
    assert shift_of((5,)) == (0,) * 24


def test_a_roster_begins_anew_after_its_last_hour() -> None:
    """The same every day."""
    roster = Roster.of_shifts((2, 5, 3), (6, 14, 22))

    assert [roster.on_duty(hour) for hour in (0, 5, 6, 13, 14, 21, 22, 23, 24, 30, -1)] == [
        *(3, 3, 2, 2, 5, 5, 3, 3, 3, 2, 3)
    ]
    assert roster.hours_a_week == 7 * 8 * (2 + 5 + 3)


def test_people_are_away_and_sleep() -> None:
    """One person around the clock takes six, at forty hours of which three tenths are away."""
    one = Roster(staff=(1,))

    assert one.hours_a_week == 168
    assert Contract(hours=40, away=0.3).employed(one) == 6
    assert Contract(hours=42, away=0).employed(one) == 4
    assert Contract().in_words() == "40 paid hours a week, 30% of them away from the desk"


@pytest.mark.parametrize("starts", [(), (8, 0), (0, 0), (24,), (-1,), (0.5,)])
def test_shifts_that_do_not_divide_a_day_are_refused(starts: Any) -> None:
    """With what would be allowed."""
    with pytest.raises(InvalidValue, match="hours from 0 to 23, each once, in order"):
        shift_of(starts)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Roster(staff=(0, 0)), "somebody on duty in at least one hour"),
        (lambda: Roster(staff=()), "somebody on duty in at least one hour"),
        (lambda: Roster(staff=(1, -1)), "whole numbers from 0 to 100,000"),
        (lambda: Roster(staff=(1.5,)), "whole numbers from 0 to 100,000"),  # type: ignore[arg-type]
        (lambda: Roster.of_shifts((1, 2)), "a number for each of 3 shifts"),
        (lambda: Contract(hours=0), "more than 0, at most 168 hours a week"),
        (lambda: Contract(hours=float("nan")), "more than 0, at most 168 hours a week"),
        (lambda: Contract(away=1), "0 or more, less than 1"),
    ],
)
def test_a_roster_that_nobody_works_is_refused(make: Any, says: str) -> None:
    """And a contract under which nobody does."""
    with pytest.raises(InvalidValue) as refused:
        make()
    assert says in str(refused.value)
