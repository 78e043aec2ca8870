"""Laws of time: in which steps it may pass, what it changes, and what silence ends in."""

from collections import Counter
from datetime import datetime, timedelta
from functools import cache

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.owing import next_due
from freezecase.core.pending import uncovered
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.policy.owing import COVERAGE
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.policy.turn import CLOCK, Turn, let_time_pass, take_turn
from tests.core.samples import CASE
from tests.laws.odd_policies import ODD
from tests.laws.walks import walk, walks

STANDARD = standard()
POLICIES = {
    "standard": STANDARD,
    **{name: ODD[name] for name in ("clocks that everything starts", "a gate that breaks")},
}
WEEK, YEAR = timedelta(days=7), timedelta(days=364)


@pytest.mark.parametrize("name", POLICIES)
def test_a_turn_is_the_turns_of_the_clock_and_then_the_turn(name: str) -> None:
    """`turn(c, now) == LetTimePass* then c`: the same events, the same case, the same answer."""
    policy, late = POLICIES[name], 0
    for one in walks(policy, seeds=4):
        if isinstance(one.command, do.LetTimePass):
            continue  # it is one of them
        state, clocked = one.state, list[Turn]()
        while next_due(state, one.at) is not None:
            clocked.append(take_turn(policy, state, do.LetTimePass(CASE), CLOCK, one.at))
            state = clocked[-1].after
        last = take_turn(policy, state, one.command, one.by, one.at)
        assert attrs.evolve(last, missed=tuple(clocked)) == one.turn
        late += len(clocked)
    assert late > 50


# --- in which steps time may pass --------------------------------------------------------------


@cache
def _rest(seed: int) -> tuple[CaseState, datetime]:
    """Return a case as a walk leaves it, and the instant at which it is left alone."""
    *_, last = walk(seed)
    return last.turn.after, last.at


SEEDS = range(12)


def _run(state: CaseState, *instants: datetime, policy: Policy = STANDARD) -> list[Turn]:
    """Let time pass until each of these instants in turn."""
    turns: list[Turn] = []
    for now in instants:
        turns += let_time_pass(policy, turns[-1].after if turns else state, now)
    return turns


def _on_time(state: CaseState, until: datetime) -> list[Turn]:
    """Let time pass to each instant at which something falls due, and miss it there and then."""
    turns: list[Turn] = []
    while (due := _first_due(turns[-1].after if turns else state)) is not None and due <= until:
        turns += _run(turns[-1].after if turns else state, due)
    return turns


def _first_due(state: CaseState) -> datetime | None:
    dues = [one.due for one in state.obligations.values()]
    if state.status is not Status.CLOSED:
        dues += [one.due for one in state.promises.values()]
    return min(dues, default=None)


def _left(state: CaseState, turns: list[Turn]) -> CaseState:
    return turns[-1].after if turns else state


def _events(turns: list[Turn]) -> list[object]:
    return [event for turn in turns for event in turn.events]


def test_time_that_passed_has_passed() -> None:
    """To let it pass until now twice is to let it pass once, and it never runs back."""
    for state, at in map(_rest, SEEDS):
        turns = _run(state, at + YEAR)
        assert turns
        assert _run(_left(state, turns), at + YEAR, at) == []


def test_between_two_due_times_time_may_pass_in_any_steps() -> None:
    """Looking more often than anything falls due changes nothing, to the letter."""
    for state, at in map(_rest, SEEDS[:5]):
        on_time = _on_time(state, at + WEEK)
        dues = {turn.ruling.at for turn in on_time}
        hourly = {at + timedelta(hours=hours) for hours in range(7 * 24)}
        assert _events(on_time) == _events(_run(state, *sorted(dues | hourly)))


def test_who_looks_too_late_finds_each_duty_one_rung_higher_and_no_more() -> None:
    """A miss climbs from when it is recorded: an outage makes one miss a duty, not a flood."""
    for state, at in map(_rest, SEEDS):
        missed = Counter(
            (event.obligation, event.subject)
            for event in _events(_run(state, at + YEAR))
            if isinstance(event, e.ObligationMissed)
        )
        assert {*missed.values()} == {1}


def test_who_looks_late_and_who_looks_in_time_leave_the_same_case() -> None:
    """But for how far each ladder was climbed; there, in-time is always as far or farther."""
    farther = 0
    for state, at in map(_rest, SEEDS[5:]):
        late = _left(state, _run(state, at + 2 * WEEK))
        in_time = _left(state, _on_time(state, at + 2 * WEEK))
        assert _but_for_what_is_owed(late) == _but_for_what_is_owed(in_time)
        for key, owed in in_time.obligations.items():
            if key in late.obligations:
                assert late.obligations[key].rung <= owed.rung
                farther += late.obligations[key].rung < owed.rung
    assert farther, "so it is not the same, and nobody may say so"


def _but_for_what_is_owed(state: CaseState) -> CaseState:
    return attrs.evolve(state, version=0, obligations={}, refused=())


# --- what silence ends in ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_a_year_of_silence_ends_with_the_accountable_role(seed: int) -> None:
    """Nobody moves, and whoever looked after the case has left: nothing falls asleep on the way."""
    (state, at), opened_by = _rest(seed), {COVERAGE, *(clock.id for clock in STANDARD.clocks)}
    turns = _run(state, *(at + week * WEEK for week in range(1, 53)))
    for turn in turns:
        assert [*uncovered(turn.after)] == []
    for owed in _left(state, turns).obligations.values():
        assert owed.due > at + YEAR
        assert owed.debtor == STANDARD.accountable or owed.basis not in opened_by
