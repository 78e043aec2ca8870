"""Laws of folding: it never refuses, it may be done in parts, and it agrees with the book."""

from hypothesis import given
from hypothesis import strategies as st

from freezecase.core.events import CaseEvent
from freezecase.core.evolve import evolve, fold, unopened
from freezecase.core.state import CaseState
from freezecase.replay.by_the_book import by_the_book
from freezecase.replay.one_case import reading_of
from freezecase.testing.strategies import event_lists
from tests.core.samples import CASE, EVENTS
from tests.laws.settings import LAW, QUICK

Events = tuple[CaseEvent, ...]
_SAMPLED = st.lists(st.sampled_from(list(EVENTS.values())), max_size=25).map(tuple)
"""Events about the same few things in any order: they get in each other's way all the time."""


def _one_by_one(events: Events) -> CaseState:
    state = unopened(CASE)
    for event in events:
        state = evolve(state, event)
    return state


@QUICK
@given(event_lists())
def test_folding_never_refuses(events: Events) -> None:
    """Whatever is said to have happened, in whatever order, folds: what happened happened."""
    assert len(events) == fold(events, unopened(CASE)).version


@QUICK
@given(_SAMPLED, st.integers(0, 25))
def test_a_history_may_be_folded_in_parts(events: Events, cut: int) -> None:
    """The fold of the rest onto the fold of a beginning is the fold of the whole."""
    whole = fold(events, unopened(CASE))
    assert whole == fold(events[cut:], fold(events[:cut], unopened(CASE)))


@QUICK
@given(_SAMPLED)
def test_folding_is_evolving_again_and_again(events: Events) -> None:
    """`fold` is `evolve`, event by event; the draft that it writes on is never seen."""
    assert _one_by_one(events) == fold(events, unopened(CASE))


@QUICK
@given(_SAMPLED)
def test_an_old_state_stays_as_it_was(events: Events) -> None:
    """Folding on from a state does not change it, however deep what it holds."""
    half = len(events) // 2
    state = fold(events[:half], unopened(CASE))
    before = repr(state)
    fold(events[half:], state)
    assert before == repr(state)


@LAW
@given(event_lists())
def test_production_reads_any_history_by_the_book(events: Events) -> None:
    """So it is with events in any order: legal or not, they are read alike."""
    assert by_the_book(events) == reading_of(fold(events, unopened(CASE)))


@QUICK
@given(_SAMPLED)
def test_production_reads_a_muddle_by_the_book(events: Events) -> None:
    """And with events about the same few things, which meet each other all the time."""
    assert by_the_book(events) == reading_of(fold(events, unopened(CASE)))
