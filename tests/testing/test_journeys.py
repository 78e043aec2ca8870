"""Histories that broke no rule: played, so they go everywhere a case can go."""

from datetime import timedelta

import attrs
from hypothesis import given
from hypothesis import strategies as st

from freezecase.core import commands as do
from freezecase.core.actors import ActorKind
from freezecase.core.commands import ASKED_AS
from freezecase.core.events import (
    AppealWithdrawn,
    CaseEvent,
    NoticeSent,
    ReleaseEnforced,
    ReleaseProposed,
)
from freezecase.core.evolve import fold, unopened
from freezecase.core.status import Status
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.policy.turn import CLOCK, take_turn
from freezecase.testing.journeys import Step, commands_for, histories, journeys, steps_of
from tests.core.lifecycle.table import standing
from tests.core.samples import ANA, CASE, COMMANDS, ENGINE, EVENTS, NOW
from tests.core.test_evolve import BUSY
from tests.laws.settings import JOURNEY, turned_up

NOTHING_GOES = Policy(name="none", version=1)


def test_every_position_is_reached() -> None:
    """From where nothing happened yet to where nothing more is expected."""
    been = journeys(min_size=5, max_size=20).map(
        lambda steps: {step.turn.after.status for step in steps}
    )
    turned_up(been, {*Status})


@JOURNEY
@given(journeys(max_size=5))
def test_a_journey_is_a_chain_of_turns_in_time(steps: tuple[Step, ...]) -> None:
    """Each begins where the last one ended, and no earlier."""
    assert len([step for step in steps if step.by != CLOCK]) <= 5
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    state = unopened(CASE)
    for step in steps:
        assert (step.turn.before, step.turn.missed) == (state, ())
        assert (step.turn.ruling.by, step.turn.ruling.at) == (step.by.person, step.at)
        state = step.turn.after


def test_what_is_missed_on_the_way_is_a_step_of_its_own() -> None:
    """The clock's, at the instant of the command that found it late."""
    frozen = take_turn(standard(), unopened(CASE), COMMANDS[do.ImposeFreeze], ENGINE, NOW)
    late = NOW + timedelta(hours=1)
    uphold = COMMANDS[do.UpholdFreeze]
    turn = take_turn(standard(), frozen.after, uphold, ANA, late)
    assert steps_of(uphold, ANA, late, turn) == (
        Step(do.LetTimePass(CASE), CLOCK, late, turn.missed[0]),
        Step(uphold, ANA, late, attrs.evolve(turn, missed=())),
    )


def test_staff_have_the_roles_that_the_standard_policy_asks_for() -> None:
    """So that what takes an officer happens too; nobody but staff has any."""
    roles = journeys(min_size=5).map(
        lambda steps: {(step.by.kind, role) for step in steps for role in step.by.roles}
    )
    asked_for = ("analyst", "lead", "officer", "reviewer")
    turned_up(roles, {(ActorKind.STAFF, role) for role in asked_for})


@JOURNEY
@given(journeys(max_size=5))
def test_a_journey_is_told_without_all_that_came_of_it(steps: tuple[Step, ...]) -> None:
    """What was asked, by whom and when: the rest would fill pages."""
    assert all(len(repr(step)) < 2000 + len(repr(step.command)) for step in steps)


@JOURNEY
@given(histories(NOTHING_GOES, max_size=3))
def test_the_policy_is_a_parameter(events: tuple[CaseEvent, ...]) -> None:
    """Where nothing is allowed, nothing happens."""
    assert events == ()


def test_every_command_is_asked_of_a_case_that_is_ready_for_it() -> None:
    """Whatever the case holds is what commands are about."""
    settled = fold([EVENTS[kind] for kind in (AppealWithdrawn, ReleaseProposed, NoticeSent)], BUSY)
    elsewhere = [standing(status, ReleaseEnforced) for status in Status]
    ready = [commands_for(state) for state in (*[BUSY, settled] * 5, *elsewhere)]
    turned_up(st.tuples(*ready).map(lambda commands: {*map(type, commands)}), {*ASKED_AS})
