"""Laws of what is owed: nothing is waited for in vain or lost, and time unlocks nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.core import events as e
from freezecase.core.commands import LetTimePass
from freezecase.core.evolve import fold
from freezecase.core.leads import LEADS
from freezecase.core.obligations import Demand, Key, Obligation, Then
from freezecase.core.pending import pending, uncovered
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.policy.owing import COVERAGE, REPAIR
from freezecase.policy.standard import standard
from freezecase.testing.journeys import Step, journeys
from tests.laws.odd_policies import BREAKS_ON, ODD
from tests.laws.settings import JOURNEY
from tests.laws.walks import Steps, steps, walk, walks

Laws = dict[str, Callable[[Step], None]]

PLAIN = standard().without(*(clock.id for clock in standard().clocks))
"""The gates alone: whatever is owed is owed by the law of coverage."""
SOUND = {"standard": standard(), "plain": PLAIN}
POLICIES = {**SOUND, **ODD}


# --- under every policy ------------------------------------------------------------------------


def law_nothing_is_waited_for_that_nobody_owes(step: Step) -> None:
    """After every turn, each row of `PENDING` is covered by an open duty with a due time."""
    assert [*uncovered(step.turn.after)] == []


def law_what_comes_to_be_owed_is_owed_from_now_on(step: Step) -> None:
    """It opens at the instant of its turn and is due later, by whatever calendar and term."""
    for event in step.turn.owed:
        if isinstance(event, e.ObligationOpened):
            assert event.obligation.opened_at == step.at < event.obligation.due


def law_a_turn_of_the_clock_makes_one_miss_or_none(step: Step) -> None:
    """And nothing else, of what was due by then; who asks for it does not matter."""
    if isinstance(step.command, LetTimePass):
        assert step.turn.ruling.allowed
        assert len(step.turn.decided) <= 1
        for miss in step.turn.decided:
            assert isinstance(miss, e.ObligationMissed | e.PromiseBroken)
            assert _due(miss, step.turn.before) <= step.at


def law_time_unlocks_nothing(step: Step) -> None:
    """No turn of the clock leads to a release, or changes the position or the restriction."""
    if isinstance(step.command, LetTimePass):
        assert _locks(step.turn.before) == _locks(step.turn.after)
        assert {*map(type, step.turn.events)} <= {*_TIMELY}


def law_nothing_owed_is_simply_gone(step: Step) -> None:
    """What was owed is owed, or was met, waived, superseded, let go as moot, or missed."""
    for key, owed in step.turn.before.obligations.items():
        if step.turn.after.obligations.get(key) != owed:
            assert _ends(key, owed, step), f"{key} is gone without a word"


def law_a_miss_is_followed(step: Step) -> None:
    """By the next rung, by the last one again, by another demand; only what lapses ends there."""
    for miss in step.turn.decided:
        if isinstance(miss, e.ObligationMissed):
            missed = step.turn.before.obligations[miss.obligation, miss.subject]
            assert _followed(missed, step.turn.after)


EVERYWHERE: Laws = {name: law for name, law in globals().items() if name.startswith("law_")}


def _due(miss: Any, before: CaseState) -> datetime:
    if isinstance(miss, e.PromiseBroken):
        return before.promises[miss.promise].due
    return before.obligations[miss.obligation, miss.subject].due


def _locks(state: CaseState) -> tuple[object, ...]:
    return state.status, state.scope, state.enforced, state.release, state.appeal, state.holds


_TIMELY = (e.ObligationMissed, e.PromiseBroken, e.ObligationOpened, e.ObligationMet)
_ENDINGS = (e.ObligationMet, e.ObligationMissed, e.ObligationWaived, e.ObligationExtended)


def _ends(key: Key, owed: Obligation, step: Step) -> bool:
    """Say whether the events of the step tell what became of a duty."""
    told = {
        _named(one) for one in step.turn.events if isinstance(one, (*_ENDINGS, e.ObligationOpened))
    }
    return key in told or bool({*owed.demand.moot_in} & {*_passed(step)})


def _passed(step: Step) -> Iterator[Status]:
    """Yield where the case stood in the course of the turn."""
    for number in range(len(step.turn.events)):
        yield fold(step.turn.events[: number + 1], step.turn.before).status


def _named(one: Any) -> Key:
    """Return what an event, or what a case waits for, is about."""
    if isinstance(one, e.ObligationOpened):
        return one.obligation.demand.kind, one.obligation.subject
    return getattr(one, "what", None) or one.obligation, one.subject


def _followed(missed: Obligation, after: CaseState) -> bool:
    demand, then, key = missed.demand, missed.demand.then, (missed.demand.kind, missed.subject)
    last = missed.rung + 1 == len(demand.ladder)
    if then is Then.LAPSE and last:
        return key in after.lapsed or key in after.obligations or not demand.right
    following = then if isinstance(then, Demand) and last else demand
    owed = after.obligations.get((following.kind, missed.subject))
    return owed is not None or after.status in following.moot_in


@pytest.mark.parametrize("name", POLICIES)
def test_every_long_walk_keeps_every_law(name: str) -> None:
    """Whatever is asked, whenever, under whichever policy, however broken: each law above holds."""
    for step in steps(walks(POLICIES[name], seeds=4)):
        for law in EVERYWHERE.values():
            law(step)
    assert len(EVERYWHERE) == 6


@JOURNEY
@given(st.sampled_from(sorted(POLICIES)).flatmap(lambda name: journeys(POLICIES[name], 5, 15)))
def test_every_journey_keeps_every_law(taken: Steps) -> None:
    """So it is with whatever Hypothesis makes up."""
    for step in taken:
        for law in EVERYWHERE.values():
            law(step)


# --- under a sound policy ----------------------------------------------------------------------

_ROWS = {clock.id: clock.covers for clock in standard().clocks if clock.covers}
_BEGUN_ANEW = {
    ("appeal-decision", e.ExternalReviewOpened),  # another body hears it
    ("evidence", e.CheckFailed),  # another try
    ("hand-over", e.CaseTransferred),  # offered to somebody else
    ("renewal", e.FreezeRenewed),
    ("renewal", e.FreezeUpheld),  # looked at, and found to stand
    ("withheld-notice", e.NoticeWithheld),  # looked at, and withheld further
}
"""The deeds after which a case waits for the same again."""


def sound_no_duty_is_stale(step: Step) -> None:
    """What was opened because the case waits for it is owed no longer than the case waits."""
    waits = {*map(_named, pending(step.turn.after))}
    for (kind, subject), owed in step.turn.after.obligations.items():
        what = kind if owed.basis == COVERAGE else _ROWS.get(owed.basis)
        assert what is None or (what, subject) in waits, f"{kind} is owed and nobody waits for it"


def sound_a_wait_begins_anew_only_by_a_deed(step: Step) -> None:
    """What ends a wait ends it, but for a few deeds: no ladder is set back to its first rung."""
    waited = {*map(_named, pending(step.turn.before))} & {*map(_named, pending(step.turn.after))}
    met = {_named(event) for event in step.turn.owed if isinstance(event, e.ObligationMet)}
    for what, _subject in waited & met:
        assert {(what, type(event)) for event in step.turn.decided} & _BEGUN_ANEW


def sound_happening_again_puts_nothing_off(step: Step) -> None:
    """A duty that stands falls due when it did, unless it was met, missed, or moved by hand."""
    moved = (e.ObligationMissed, e.ObligationExtended, e.ObligationOpened)
    by_hand = {_named(event) for event in step.turn.decided if isinstance(event, moved)}
    met = {_named(event) for event in step.turn.events if isinstance(event, e.ObligationMet)}
    for key, owed in step.turn.before.obligations.items():
        now = step.turn.after.obligations.get(key, owed)
        assert now.due <= owed.due or now.demand.right or key in met | by_hand


OF_SOUND_ONES: Laws = {name: law for name, law in globals().items() if name.startswith("sound_")}


@pytest.mark.parametrize("name", SOUND)
def test_every_long_walk_keeps_the_laws_of_a_sound_policy(name: str) -> None:
    """Of the policy that ships, and of its gates with nothing but the law of coverage."""
    for step in steps(walks(SOUND[name], seeds=40)):
        for law in OF_SOUND_ONES.values():
            law(step)
    assert len(OF_SOUND_ONES) == 3


@JOURNEY
@given(st.sampled_from(sorted(SOUND)).flatmap(lambda name: journeys(SOUND[name], 5, 15)))
def test_every_journey_keeps_the_laws_of_a_sound_policy(taken: Steps) -> None:
    """So it is with whatever Hypothesis makes up."""
    for step in taken:
        for law in OF_SOUND_ONES.values():
            law(step)


# --- under a policy with a bug in it -----------------------------------------------------------

BUG = "breaks-on-half-of-it"


def test_a_rule_that_breaks_lets_nothing_through_and_is_repaired() -> None:
    """Whoever asks, the answer is no, and the exchange owes the repair: once, until it is done."""
    broke = owed = 0
    for seed in range(12):
        taken = steps(walk(seed, ODD["a gate that breaks"]))
        for step in taken:
            if type(step.command) in BREAKS_ON:
                broke += 1
                assert step.turn.ruling.broken == (BUG,)
                assert LEADS[type(step.command)] not in map(type, step.turn.events)
                assert (REPAIR, BUG) in step.turn.after.obligations or _closed(step)
        begun, ended = (sum(map(at, taken)) for at in (_repair_begins, _repair_ends))
        owed += begun
        assert begun - ended in {0, 1}
    assert broke > 100 > owed > 0


def _closed(step: Step) -> bool:
    """Say whether nobody needs a repair any more."""
    return step.turn.after.status is Status.CLOSED


def _repair_begins(step: Step) -> bool:
    return any(
        isinstance(event, e.ObligationOpened)
        and _named(event) == (REPAIR, BUG)
        and event.obligation.rung == 0
        for event in step.turn.owed
    )


def _repair_ends(step: Step) -> bool:
    """Say whether it was done, waived, or of no use to anybody any more."""
    key = REPAIR, BUG
    return key in step.turn.before.obligations and key not in step.turn.after.obligations
