"""Histories that broke no rule: played, so they go everywhere a case can go."""

from hypothesis import given
from hypothesis import strategies as st

from freezecase.core.commands import ASKED_AS
from freezecase.core.events import AppealWithdrawn, CaseEvent, ReleaseEnforced, ReleaseProposed
from freezecase.core.evolve import evolve
from freezecase.core.status import Status
from freezecase.policy.policy import Policy
from freezecase.testing.journeys import Step, commands_for, histories, journeys
from tests.core.lifecycle.table import standing
from tests.core.samples import EVENTS
from tests.core.test_evolve import BUSY
from tests.laws.settings import LAW, turned_up


def test_every_position_is_reached() -> None:
    """From where nothing happened yet to where nothing more is expected."""
    been = journeys(min_size=5, max_size=20).map(
        lambda steps: {step.turn.after.status for step in steps}
    )
    turned_up(been, {*Status})


@LAW
@given(journeys(max_size=5))
def test_a_journey_is_a_chain_of_turns_in_time(steps: tuple[Step, ...]) -> None:
    """Each begins where the last one ended, and later."""
    assert len(steps) <= 5
    assert [step.at for step in steps] == sorted({step.at for step in steps})
    assert all(step.turn.ruling.by == step.by.person for step in steps)
    assert all(step.turn.ruling.at == step.at for step in steps)


@LAW
@given(histories(Policy(name="none", version=1, gates=()), max_size=3))
def test_the_policy_is_a_parameter(events: tuple[CaseEvent, ...]) -> None:
    """Where nothing is allowed, nothing happens."""
    assert events == ()


def test_every_command_is_asked_of_a_case_that_is_ready_for_it() -> None:
    """Whatever the case holds is what commands are about."""
    settled = evolve(evolve(BUSY, EVENTS[AppealWithdrawn]), EVENTS[ReleaseProposed])
    elsewhere = [standing(status, ReleaseEnforced) for status in Status]
    ready = [commands_for(state) for state in (*[BUSY, settled] * 5, *elsewhere)]
    turned_up(st.tuples(*ready).map(lambda commands: {*map(type, commands)}), {*ASKED_AS})
