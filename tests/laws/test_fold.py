"""Laws of folding: it never refuses, it may be done in parts, and it agrees with the book."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from freezecase.core import events as e
from freezecase.core.checked import replace
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import evolve, fold, unopened
from freezecase.core.moves import LANDINGS, OWED, PROPOSE
from freezecase.core.obligations import SECOND_SIGNATURE
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.replay.by_the_book import by_the_book
from freezecase.replay.one_case import reading_of
from freezecase.testing.strategies import event_lists
from tests.core.samples import ANA, CASE, COURT, DUTY, EVENTS
from tests.laws.settings import LAW, QUICK

Events = tuple[CaseEvent, ...]


def _opened(*moot_in: Status, right: bool = False) -> CaseEvent:
    demand = replace(DUTY.demand, moot_in=moot_in, right=right)
    return e.ObligationOpened(obligation=replace(DUTY, demand=demand))


_MUDDLE = (
    *EVENTS.values(),
    *(_opened(status) for status in Status),
    *(_opened(status, right=True) for status in (Status.APPEALED, Status.CLOSED)),
    e.ObligationMet(obligation=SECOND_SIGNATURE),
    *(e.ReleaseOrdered(by=who.person) for who in (ANA, COURT)),
)


def _any_of(*kinds: type[CaseEvent]) -> SearchStrategy[Events]:
    some = [event for event in _MUDDLE if not kinds or type(event) in kinds]
    return st.lists(st.sampled_from(some), max_size=25).map(tuple)


_SAMPLED = _any_of()
"""Events about the same few things in any order: they get in each other's way all the time."""
_OWED = _any_of(*OWED, *LANDINGS)
"""Obligations, and what makes them moot."""
_SIGNED = _any_of(
    *(*PROPOSE, e.ReleaseOrdered, e.ObligationMet, e.AppealUpheld, e.ReleaseEnforced),
    *(e.ScopeNarrowed, e.LegalHoldPlaced, e.CaseClosed),
)
"""The talk about a release, with and without approvals, and what ends it."""


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


@QUICK
@given(_OWED)
def test_production_reads_what_is_owed_by_the_book(events: Events) -> None:
    """What is moot, and what has lapsed."""
    assert by_the_book(events) == reading_of(fold(events, unopened(CASE)))


@QUICK
@given(_SIGNED)
def test_production_reads_who_signed_by_the_book(events: Events) -> None:
    """And who ordered a release alone."""
    assert by_the_book(events) == reading_of(fold(events, unopened(CASE)))
