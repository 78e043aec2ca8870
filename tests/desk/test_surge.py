"""Surge begins and ends by published numbers, and never flaps."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.core.obligations import Unit, Within
from freezecase.desk.relief import USUAL, Pressure, Relief
from freezecase.desk.surge import Load, Spell, Surge, SurgeRules, Threshold, rehearsed
from freezecase.errors import InvalidValue
from tests.laws.settings import QUICK

NOW: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
RULES: Final = SurgeRules(
    enter=Threshold(waiting=40, longest=30 * MINUTE),
    leave=Threshold(waiting=10, longest=5 * MINUTE),
    ahead=timedelta(),
)


def load(waiting: int, longest: float = 0, minute: float = 0) -> Load:
    """So many wait, one of them so many minutes, at a minute."""
    return Load(at=NOW + minute * MINUTE, waiting=waiting, longest=longest * MINUTE)


def stepped(*loads: Load, rules: SurgeRules = RULES) -> Surge:
    """What it is after these loads."""
    surge = Surge()
    for one in loads:
        surge = rules.step(one, surge)
    return surge


@pytest.mark.parametrize(
    ("waiting", "longest", "begins"),
    [(39, 29, False), (40, 0, True), (0, 30, True), (100, 100, True), (0, 0, False)],
)
def test_any_line_that_is_reached_is_enough(waiting: int, longest: float, *, begins: bool) -> None:
    """Many who wait a little, or one who waits long: either is surge."""
    assert (stepped(load(waiting, longest)).spell is not None) is begins


@pytest.mark.parametrize(
    ("waiting", "longest", "ends"),
    [(10, 5, True), (11, 5, False), (10, 6, False), (0, 0, True), (39, 29, False)],
)
def test_it_is_over_when_all_of_it_is_calm(waiting: int, longest: float, *, ends: bool) -> None:
    """Between the two lines it stays as it was."""
    surge = stepped(load(40), load(waiting, longest, minute=90))

    assert surge.spells == (Spell(since=NOW, until=NOW + 90 * MINUTE if ends else None),)


def test_it_lasts_at_least_as_long_as_the_rules_say() -> None:
    """Rules that change by the minute are no rules."""
    early = stepped(load(40), load(0, minute=59))
    assert early.spell == Spell(since=NOW)
    assert stepped(load(40), load(0, minute=60)).spell is None


def test_it_may_come_again() -> None:
    """Every time of surge is kept; one may begin where another ended."""
    surge = stepped(load(40), load(0, minute=60), load(50, minute=60), load(9, minute=200))

    assert surge.spells == (
        Spell(since=NOW, until=NOW + 60 * MINUTE),
        Spell(since=NOW + 60 * MINUTE, until=NOW + 200 * MINUTE),
    )


def test_a_load_from_before_the_last_switch_switches_nothing() -> None:
    """What is told late is no news."""
    surge = stepped(load(40), load(0, minute=60))

    assert RULES.step(load(99, minute=30), surge) == surge
    assert RULES.step(load(0, minute=-30), stepped(load(40))) == stepped(load(40))


def test_what_is_published_follows_the_switch() -> None:
    """Customers read which rules are in force."""
    surge = stepped(load(40), load(0, minute=60))
    minutes = (-1, 0, 59, 60)

    assert [RULES.published(surge, NOW + minute * MINUTE) for minute in minutes] == [
        "usual-service",
        "surge-service",
        "surge-service",
        "usual-service",
    ]
    assert RULES.published(stepped(load(40)), NOW + 999 * MINUTE) == "surge-service"
    assert RULES.published(Surge(), NOW) == "usual-service"


def test_a_switch_is_known_before_it_takes_effect() -> None:
    """So that everybody who judges knows of it when the time comes; and back likewise."""
    rules = attrs.evolve(RULES, ahead=5 * MINUTE)
    surge = stepped(load(40), load(0, minute=59), load(0, minute=60), rules=rules)

    assert surge.spells == (Spell(since=NOW + 5 * MINUTE, until=NOW + 65 * MINUTE),)
    assert surge.at(NOW + 4 * MINUTE) is None
    assert surge.at(NOW + 64 * MINUTE) is not None
    again = rules.step(load(40, minute=60), surge)
    assert again.spells[1:] == (Spell(since=NOW + 65 * MINUTE),)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"leave": Threshold(waiting=40)}, "less than `enter`, 40"),
        ({"leave": Threshold(longest=MINUTE)}, "a line wherever `enter` has one"),
        ({"enter": Threshold(), "leave": Threshold()}, "`waiting`, `longest`, or both"),
        ({"shortest": timedelta()}, "more than no time"),
        ({"ahead": -MINUTE}, "no time, or more"),
        (
            {"promises": {"human": Within(count=1, unit=Unit.DAYS)}},
            "no promise of a person: that time stands",
        ),
    ],
)
def test_rules_that_would_flap_or_touch_a_person_are_refused(
    wrong: dict[str, Any], said: str
) -> None:
    """Two lines that do not differ are one line; a person in minutes is never re-priced."""
    right: dict[str, Any] = {"enter": Threshold(waiting=40), "leave": Threshold(waiting=10)}
    with pytest.raises(InvalidValue, match=said):
        SurgeRules(**{**right, **wrong})


# --- no flapping ---------------------------------------------------------------------------------

loads = st.lists(
    st.tuples(st.integers(0, 90), st.integers(0, 60), st.integers(0, 45)), max_size=40
).map(
    lambda steps: [
        load(waiting, longest, minute=sum(pause for _, _, pause in steps[: place + 1]))
        for place, (waiting, longest, _) in enumerate(steps)
    ]
)


@QUICK
@given(loads)
def test_each_spell_lasts_and_they_do_not_overlap(told: list[Load]) -> None:
    """Whatever the load does, spells are in order, apart, and none is too short."""
    spells = stepped(*told).spells

    assert all(one.until is not None for one in spells[:-1])
    for one in spells:
        assert one.until is None or one.until - one.since >= RULES.shortest
    for one, other in pairwise(spells):
        assert one.until is not None
        assert one.until <= other.since


@QUICK
@given(loads)
def test_it_switches_only_where_a_line_is_crossed(told: list[Load]) -> None:
    """A spell begins at a load that reaches a line, and ends at one that is calm."""
    by_instant: dict[datetime, list[Load]] = {}
    for one in told:
        by_instant.setdefault(one.at, []).append(one)
    for spell in stepped(*told).spells:
        assert any(RULES.enter.reached(one) for one in by_instant[spell.since])
        if spell.until is not None:
            assert any(RULES.leave.calm(one) for one in by_instant[spell.until])


@QUICK
@given(
    st.sampled_from([Surge(), stepped(load(40))]),
    st.lists(st.tuples(st.integers(11, 39), st.integers(6, 29)), max_size=30),
)
def test_between_the_lines_nothing_ever_switches(
    before: Surge, wobble: list[tuple[int, int]]
) -> None:
    """A load that wobbles between the two lines leaves it as it was, however often."""
    surge = before
    for minute, (waiting, longest) in enumerate(wobble):
        surge = RULES.step(load(waiting, longest, minute=120 + minute), surge)

    assert surge == before


@QUICK
@given(loads)
def test_a_step_twice_is_a_step(told: list[Load]) -> None:
    """The same load again changes nothing, but where a spell may end at which it began anew."""
    surge = Surge()
    for one in told:
        surge = RULES.step(one, surge)
        assert RULES.step(one, surge) == surge


# --- rehearsed -----------------------------------------------------------------------------------


def test_the_same_lines_can_be_rehearsed() -> None:
    """A rehearsal of the desk switches where the rules do, and back where they do."""
    relief = Relief(handling=0.6)
    policy = rehearsed(RULES, relief)

    def said(waiting: int, now: Relief) -> Relief:
        return policy(Pressure(waiting=waiting, call_backs=0, on_duty=5, busy=5, relief=now))

    assert [said(one, USUAL) for one in (10, 39, 40)] == [USUAL, USUAL, relief]
    assert [said(one, relief) for one in (10, 11, 40)] == [USUAL, relief, relief]


def test_a_line_of_time_alone_cannot_be_rehearsed() -> None:
    """A rehearsal sees who waits, and not since when."""
    by_time = SurgeRules(enter=Threshold(longest=30 * MINUTE), leave=Threshold(longest=5 * MINUTE))
    with pytest.raises(InvalidValue, match="a number of who waits"):
        rehearsed(by_time, Relief(handling=0.6))
