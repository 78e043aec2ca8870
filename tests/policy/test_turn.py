"""One turn: does it fit, is it allowed, what follows, and where that leaves the case."""

from datetime import datetime

import pytest

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.evolve import evolve, fold, unopened
from freezecase.errors import InvalidValue, NotAllowedNow
from freezecase.policy.gate import Answer, forbid, gate
from freezecase.policy.question import Question
from freezecase.policy.standard import standard
from freezecase.policy.turn import take_turn
from tests.core.samples import (
    ANA,
    CASE,
    COMMANDS,
    COURT,
    ENGINE,
    EVENTS,
    LAB,
    NOW,
    OWNER,
)

FROZEN = evolve(unopened(CASE), EVENTS[e.FreezeImposed])


def test_a_turn_is_a_ruling_its_events_and_the_case_after_them() -> None:
    """Nobody need fold again."""
    turn = take_turn(standard(), FROZEN, COMMANDS[do.UpholdFreeze], ANA, NOW)
    assert turn.ruling.allowed
    assert turn.events == (EVENTS[e.FreezeUpheld],)
    assert turn.after == fold(turn.events, FROZEN)


def test_what_does_not_fit_is_refused_before_any_rule_is_asked() -> None:
    """The rules never see a question that makes no sense."""
    asked = []

    @gate("listens")
    def listens(question: Question) -> Answer:
        asked.append(question)
        return forbid("no")

    with pytest.raises(NotAllowedNow):
        take_turn(standard().adding(listens), FROZEN, COMMANDS[do.ReopenCase], ANA, NOW)
    assert asked == []


@pytest.mark.parametrize("by", [ANA, ENGINE], ids=["staff", "system"])
def test_a_refused_attempt_of_staff_or_system_is_recorded_once(by: Actor) -> None:
    """The second time in a row nothing new is said."""
    command = COMMANDS[do.OrderRelease]
    first = take_turn(standard(), FROZEN, command, by, NOW)
    assert not first.ruling.allowed
    assert first.events == (
        e.AttemptRefused(command="order-release", by=by.person, rules=("release-needs-proposal",)),
    )
    again = take_turn(standard(), first.after, command, by, NOW)
    assert not again.ruling.allowed
    assert (again.events, again.after) == ((), first.after)


@pytest.mark.parametrize("by", [OWNER, LAB, COURT], ids=["customer", "vendor", "authority"])
def test_refused_attempts_of_others_leave_no_trace(by: Actor) -> None:
    """A customer may try as they like."""
    turn = take_turn(standard(), FROZEN, COMMANDS[do.UpholdFreeze], by, NOW)
    assert not turn.ruling.allowed
    assert (turn.events, turn.after) == ((), FROZEN)


def test_facts_reach_the_rules_and_the_ruling() -> None:
    """And nothing else does."""

    @gate("not-today")
    def not_today(question: Question) -> Answer:
        return forbid(f"the band is {question.facts['band']}")

    policy = standard().adding(not_today)
    turn = take_turn(policy, FROZEN, COMMANDS[do.UpholdFreeze], ANA, NOW, {"band": "high"})
    assert dict(turn.ruling.facts) == {"band": "high"}
    assert turn.ruling.in_words() == "refused by `not-today` the band is high"


def test_an_instant_without_a_zone_is_refused() -> None:
    """A ruling is made at an instant, not at a time of somebody's day."""
    with pytest.raises(InvalidValue, match="aware instant"):
        take_turn(
            standard(),
            FROZEN,
            COMMANDS[do.UpholdFreeze],
            ANA,
            datetime(2026, 1, 1),  # noqa: DTZ001
        )
