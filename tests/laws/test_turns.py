"""Laws of turns: what is decided can happen, decisions repeat, and the promises of the policy."""

from hypothesis import given
from hypothesis import strategies as st

from freezecase.core import events as e
from freezecase.core.actors import ActorKind
from freezecase.core.commands import Command
from freezecase.core.events import STORED_AS, CaseEvent
from freezecase.core.evolve import evolve, fold, unopened
from freezecase.core.needs import why_not
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.errors import NotAllowedNow
from freezecase.policy.standard import standard
from freezecase.policy.turn import Turn, take_turn
from freezecase.replay.by_the_book import by_the_book
from freezecase.replay.one_case import reading_of
from freezecase.testing.journeys import commands_for, journeys, steps_of
from tests.core.samples import CASE, COMMANDS, EVENTS, LATER, ROB
from tests.laws.settings import JOURNEY, QUICK
from tests.laws.walks import Steps, steps, walk

_ANY_STATE = st.lists(st.sampled_from(list(EVENTS.values())), max_size=20).map(
    lambda events: fold(events, unopened(CASE))
)
_ANY_COMMAND = st.sampled_from(list(COMMANDS.values()))
_FREEING = (e.ReleaseOrdered, e.ReleaseEnforced, e.ReleaseProposed, e.ReleaseApproved)


def _turn(state: CaseState, command: Command) -> Turn | None:
    try:
        return take_turn(standard(), state, command, ROB, LATER)
    except NotAllowedNow:
        return None


def _states(steps: Steps) -> list[CaseState]:
    return [unopened(CASE), *(step.turn.after for step in steps)]


def _each_legal(state: CaseState, events: tuple[CaseEvent, ...]) -> bool:
    for event in events:
        if why_not(state, event) is not None:
            return False
        state = evolve(state, event)
    return True


def law_what_is_decided_can_happen(steps: Steps) -> None:
    """Every event of every turn is one that the case, as it stands by then, allows."""
    for before, step in zip(_states(steps), steps, strict=False):
        assert before == step.turn.before
        assert _each_legal(before, step.turn.events)


def law_a_refusal_leaves_nothing_but_the_attempt(steps: Steps) -> None:
    """A refused command changes nothing but the record of who tried, and never a customer's."""
    for before, step in zip(_states(steps), steps, strict=False):
        if step.turn.ruling.allowed:
            continue
        after = step.turn.after
        assert (before.status, before.scope, before.release) == (
            *(after.status, after.scope, after.release),
        )
        assert {type(event) for event in step.turn.events} <= {e.AttemptRefused}
        if step.by.kind not in (ActorKind.STAFF, ActorKind.SYSTEM):
            assert step.turn.events == ()


def law_nothing_is_released_under_a_legal_hold(steps: Steps) -> None:
    """While a legal hold is in place, no release moves on and the restriction never shrinks."""
    for before, step in zip(_states(steps), steps, strict=False):
        if before.holds:
            assert not any(isinstance(event, _FREEING) for event in step.turn.events)
            assert before.scope is None or (
                step.turn.after.scope is not None and before.scope.within(step.turn.after.scope)
            )


def law_nobody_approves_what_they_proposed(steps: Steps) -> None:
    """Under the standard policy a release has two pairs of eyes, whoever plays."""
    for before, step in zip(_states(steps), steps, strict=False):
        for event in step.turn.events:
            if isinstance(event, e.ReleaseApproved):
                assert before.release is not None
                assert event.by not in (before.release.proposer, *before.release.approvers)


def law_nobody_reviews_what_they_decided(steps: Steps) -> None:
    """Under the standard policy an appeal is heard by somebody else than the decider."""
    for before, step in zip(_states(steps), steps, strict=False):
        for event in step.turn.events:
            if isinstance(event, e.AppealUpheld | e.AppealRejected):
                assert before.appeal is not None
                assert event.by != before.deciders[before.appeal.contests]


def law_an_account_is_free_only_when_the_case_says_so(steps: Steps) -> None:
    """Until it is released or closed, a case restricts the account; and never once it was free."""
    freed = False
    for state in _states(steps):
        freed = freed or state.status is Status.RELEASED
        if state.status in (Status.IN_FORCE, Status.UPHELD, Status.APPEALED):
            assert state.frozen or freed
        if freed or state.status in (Status.UNOPENED, Status.CLOSED):
            assert not state.frozen


def law_each_turn_misses_at_most_one_thing(steps: Steps) -> None:
    """Time passes one miss at a time, and only what is due by then is missed."""
    for before, step in zip(_states(steps), steps, strict=False):
        missed = [
            event
            for event in step.turn.events
            if isinstance(event, e.ObligationMissed | e.PromiseBroken)
        ]
        assert len(missed) <= 1
        for event in missed:
            due = (
                before.promises[event.promise].due
                if isinstance(event, e.PromiseBroken)
                else before.obligations[event.obligation, event.subject].due
            )
            assert due <= step.at


def law_what_a_turn_leaves_is_what_its_events_fold_to(steps: Steps) -> None:
    """`Turn.after` saves a second fold; it is never anything else than that fold."""
    for before, step in zip(_states(steps), steps, strict=False):
        assert fold(step.turn.events, before) == step.turn.after


def law_production_reads_a_legal_history_by_the_book(steps: Steps) -> None:
    """Whatever is played by the rules, the fold and the rule book say the same of it."""
    events = [event for step in steps for event in step.turn.events]
    assert by_the_book(events) == reading_of(_states(steps)[-1])


LAWS = [law for name, law in sorted(globals().items()) if name.startswith("law_")]


@JOURNEY
@given(journeys(min_size=5, max_size=30))
def test_every_journey_keeps_every_law(steps: Steps) -> None:
    """Whatever is asked, by whomever, of whatever case: each law above holds."""
    for law in LAWS:
        law(steps)


def test_every_long_walk_keeps_every_law_and_meets_everything() -> None:
    """Walks among the words of the tables go far enough for each law to have something to say."""
    met: set[type[CaseEvent]] = set()
    for seed in range(60):
        taken = steps(walk(seed))
        for law in LAWS:
            law(taken)
        met.update(type(event) for step in taken for event in step.turn.events)
    assert met == set(STORED_AS)
    assert len(LAWS) == 9


@QUICK
@given(_ANY_STATE, _ANY_COMMAND)
def test_even_after_a_muddle_what_is_decided_can_happen(state: CaseState, command: Command) -> None:
    """However strange the history, nothing is decided that the tables do not allow."""
    turn = _turn(state, command)
    for step in steps_of(command, ROB, LATER, turn) if turn else ():
        assert _each_legal(step.turn.before, step.turn.events)


@QUICK
@given(st.data(), _ANY_STATE)
def test_the_same_question_has_the_same_answer(data: st.DataObject, state: CaseState) -> None:
    """Deciding reads no clock and no chance: asked again, it says the same to the letter."""
    command = data.draw(commands_for(state))
    assert _turn(state, command) == _turn(state, command)
