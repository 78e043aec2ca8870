"""Who owes in turn, and for how long at the longest, read off the clocks of a policy."""

from datetime import timedelta

import attrs

from freezecase.core.checked import replace
from freezecase.core.obligations import Then
from freezecase.policy.clock import Clock, ladder
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.replay.prove.bounds import Bounds
from freezecase.replay.prove.flaws import Flaw
from freezecase.replay.prove.ladders import longest, nobody, sleeps


def _with(id: str, **changes: object) -> Policy:
    """Return the standard policy with one clock that demands something else."""
    clock = standard().rule(id)
    assert isinstance(clock, Clock)
    return standard().replacing(attrs.evolve(clock, demand=replace(clock.demand, **changes)))


def test_the_standard_policy_sleeps_nowhere_and_everybody_is_there() -> None:
    """Every ladder ends at the accountable role, and every role is somebody's."""
    assert [*sleeps(standard())] == []
    assert [*nobody(standard(), Bounds())] == []


def test_a_role_that_nobody_has_is_found_on_any_rung() -> None:
    """It is named with what it owes, and with the clock."""
    night = _with("review-clock", ladder=ladder("reviewer 24 hours", "night-shift 24 hours"))
    [spot] = nobody(night, Bounds())
    assert spot.flaw is Flaw.NOBODY
    assert spot.says == "`night-shift` owes `review` and nobody has that role"
    assert spot.rules == ("review-clock",)
    assert [*nobody(night, Bounds(roles=(*Bounds().roles, "night-shift")))] == []


def test_a_role_of_which_there_are_none_is_nobodys() -> None:
    """A house says so by `few`."""
    assert {spot.says for spot in nobody(standard(), Bounds(few={"approver": 0}))} == {
        "`approver` owes `approval` and nobody has that role"
    }


def test_a_duty_that_lapses_sleeps() -> None:
    """When it is missed for good nobody is told, and nobody owes it any more."""
    lapsing = _with("review-clock", then=Then.LAPSE)
    assert [spot.says for spot in sleeps(lapsing)] == ["`review` never comes to `accountable`"]


def test_a_duty_that_stays_at_the_desk_sleeps() -> None:
    """It comes again and again to somebody who did not do it."""
    low = _with("review-clock", ladder=ladder("reviewer 24 hours"))
    assert [spot.flaw for spot in sleeps(low)] == [Flaw.SLEEPS]


def test_what_follows_a_duty_counts_as_its_ladder() -> None:
    """Evidence that nobody shows is decided without, and that comes to the accountable role."""
    assert not [spot for spot in sleeps(standard()) if spot.rules == ("evidence-clock",)]


def test_the_longest_way_to_a_person_is_the_sum_of_the_ladder() -> None:
    """Two minutes, three, and an hour: minutes know no week-ends."""
    assert longest(standard())["human-clock"] == timedelta(minutes=65)
    assert longest(standard())["review-clock"] == timedelta(hours=72)


def test_the_longest_way_over_business_days_is_counted_from_the_worst_day() -> None:
    """Three business days from a Friday morning on take six and end at midnight."""
    days = longest(standard())["acknowledgement-clock"]
    assert timedelta(days=5) < days < timedelta(days=8)


def test_rights_have_no_longest_way() -> None:
    """Whoever may appeal owes nothing."""
    assert "appeal-window-clock" not in longest(standard())
