"""One turn: what was missed, does it fit, is it allowed, what follows, and what is owed then."""

from datetime import datetime, timedelta

import pytest

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.checked import replace
from freezecase.core.evolve import fold, unopened
from freezecase.core.obligations import Demand, Unit
from freezecase.core.pending import uncovered
from freezecase.errors import InvalidValue, NotAllowedNow
from freezecase.policy.clock import Clock, ladder
from freezecase.policy.gate import Answer, forbid, gate
from freezecase.policy.question import Question
from freezecase.policy.standard import standard
from freezecase.policy.term import Start, Term
from freezecase.policy.turn import CLOCK, Turn, let_time_pass, take_turn
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
    ROB,
)
from tests.policy.some_rules import BUG

UPHOLD = COMMANDS[do.UpholdFreeze]
TIME = COMMANDS[do.LetTimePass]
HOUR = timedelta(hours=1)


def begun(at: datetime = NOW) -> Turn:
    """Return the turn that freezes an account."""
    return take_turn(standard(), unopened(CASE), COMMANDS[do.ImposeFreeze], ENGINE, at)


FROZEN = begun().after


def missed(turns: tuple[Turn, ...]) -> list[str]:
    """Return what these turns missed, in order."""
    events = [event for turn in turns for event in turn.decided]
    return [event.obligation for event in events if isinstance(event, e.ObligationMissed)]


# --- what a turn is ----------------------------------------------------------------------------


def test_a_turn_is_a_ruling_its_events_and_the_case_after_them() -> None:
    """Nobody need fold again; what was decided comes first, and then what is owed."""
    turn = take_turn(standard(), FROZEN, UPHOLD, ANA, NOW)
    assert turn.ruling.allowed
    assert turn.decided == (EVENTS[e.FreezeUpheld],)
    assert {type(event) for event in turn.owed} == {e.ObligationMet, e.ObligationOpened}
    assert turn.events == (*turn.decided, *turn.owed)
    assert (turn.before, turn.missed) == (FROZEN, ())
    assert turn.after == fold(turn.events, FROZEN)


def test_a_freeze_is_owed_for_from_its_first_moment() -> None:
    """Enforced, told, reviewed; with news, and a window of appeal."""
    owed = [event.obligation for event in begun().owed if isinstance(event, e.ObligationOpened)]
    assert sorted(one.demand.kind for one in owed) == [
        *("appeal-window", "enforcement", "notice", "review", "update"),
    ]
    assert not [*uncovered(FROZEN)]


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
    turn = take_turn(standard(), FROZEN, UPHOLD, by, NOW)
    assert not turn.ruling.allowed
    assert (turn.events, turn.after) == ((), FROZEN)


@pytest.mark.parametrize("by", [OWNER, LAB, COURT], ids=["customer", "vendor", "authority"])
def test_but_where_a_rule_broke_the_attempt_is_recorded(by: Actor) -> None:
    """It is our bug that stands in their way, and we owe the repair; a flood is not recorded."""
    policy = standard().adding(BUG)
    first = take_turn(policy, FROZEN, UPHOLD, by, NOW)
    assert first.decided == (
        e.AttemptRefused(command="uphold-freeze", by=by.person, rules=("bug",)),
    )
    assert ("repair", "bug") in first.after.obligations
    again = take_turn(policy, first.after, UPHOLD, by, NOW)
    assert again.owed == ()
    assert take_turn(policy, again.after, UPHOLD, by, NOW).events == ()


def test_facts_reach_the_rules_and_the_ruling() -> None:
    """And nothing else does."""

    @gate("not-today")
    def not_today(question: Question) -> Answer:
        return forbid(f"the band is {question.facts['band']}")

    policy = standard().adding(not_today)
    turn = take_turn(policy, FROZEN, UPHOLD, ANA, NOW, {"band": "high"})
    assert dict(turn.ruling.facts) == {"band": "high"}
    assert turn.ruling.in_words() == "refused by `not-today` the band is high"


def test_a_fact_that_no_rule_knows_the_value_of_is_refused() -> None:
    """Before anything happens: a band has a name."""
    with pytest.raises(InvalidValue, match=r"facts.amount cannot be `'huge'`: one of `small`"):
        take_turn(standard(), FROZEN, UPHOLD, ANA, NOW, {"amount": "huge"})


def test_an_instant_without_a_zone_is_refused() -> None:
    """A ruling is made at an instant, not at a time of somebody's day."""
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    for command in (UPHOLD, TIME):
        with pytest.raises(InvalidValue, match=r"with a zone|aware instant"):
            take_turn(standard(), FROZEN, command, ANA, naive)


def test_a_ruling_keeps_what_the_calendar_said() -> None:
    """Where days were counted; a turn that counts hours alone keeps nothing."""
    assert [one.calendar for one in begun().ruling.calendars] == ["utc"]
    confirmed = take_turn(standard(), FROZEN, COMMANDS[do.ConfirmEnforcement], ENGINE, NOW)
    assert confirmed.ruling.calendars == ()


def test_what_happened_earlier_is_counted_from_then_where_the_law_counts() -> None:
    """The window of appeal is plain words, counted from the record; so is every ladder."""
    late = take_turn(
        *(standard(), unopened(CASE), COMMANDS[do.ImposeFreeze], ENGINE, NOW, None),
        occurred_at=NOW - 24 * HOUR,
    )
    assert late.after == FROZEN


def test_a_term_of_law_runs_from_when_it_happened() -> None:
    """From now, where nothing else is said."""
    law = Clock(
        id="law-clock",
        on=[e.FreezeImposed],
        demand=Demand(kind="law", ladder=ladder("lead 1 days"), met_by=("freeze-upheld",)),
        term=Term(count=9, unit=Unit.DAYS, start=Start.NEXT_DAY),
    )
    freeze = COMMANDS[do.ImposeFreeze]
    unsaid, now, earlier = (
        take_turn(standard().adding(law), unopened(CASE), freeze, ENGINE, NOW, None, since)
        .after.obligations["law", ""]
        .due
        for since in (None, NOW, NOW - 24 * HOUR)
    )
    assert (unsaid, now - earlier) == (now, 24 * HOUR)


def test_what_nobody_owes_yet_is_found_by_the_clock_and_not_by_who_is_turned_away() -> None:
    """A case that came from elsewhere knows no obligations."""
    elsewhere = fold([EVENTS[e.FreezeImposed]], unopened(CASE))
    assert take_turn(standard(), elsewhere, UPHOLD, OWNER, NOW).events == ()
    clocked = take_turn(standard(), elsewhere, TIME, CLOCK, NOW)
    assert not [*uncovered(clocked.after)]


# --- what comes first: time --------------------------------------------------------------------


def test_what_is_due_is_missed_before_anything_is_judged() -> None:
    """The enforcement is owed within ten minutes; an hour later it was missed, by whomever."""
    turn = take_turn(standard(), FROZEN, UPHOLD, ANA, NOW + HOUR)
    assert missed(turn.missed) == ["enforcement"]
    [clocked] = turn.missed
    assert (clocked.ruling.by, clocked.ruling.at) == (CLOCK.person, NOW + HOUR)
    assert (clocked.before, clocked.after) == (FROZEN, turn.before)
    assert turn.before.obligations["enforcement", ""].debtor == "lead"
    assert turn.events == (*turn.decided, *turn.owed)
    assert turn.decided == (EVENTS[e.FreezeUpheld],)


def test_each_turn_of_the_clock_misses_one_thing_the_longest_due_first() -> None:
    """Promises among them."""
    promise = replace(COMMANDS[do.MakePromise], due=NOW + 2 * HOUR)
    promised = take_turn(standard(), FROZEN, promise, ANA, NOW).after
    turns = tuple(let_time_pass(standard(), promised, NOW + 24 * HOUR))
    assert [event for turn in turns for event in turn.decided] == [
        e.ObligationMissed(obligation="enforcement"),
        e.PromiseBroken(promise="call-back"),
        e.ObligationMissed(obligation="notice", subject="freeze-imposed"),
        e.ObligationMissed(obligation="review"),
    ]
    assert all(turn.missed == () for turn in turns)


def test_time_that_passes_makes_one_miss_whoever_asks_for_it() -> None:
    """It asks nobody's leave: all it can do is to let the next one owe."""
    for by in (CLOCK, ENGINE, ROB, OWNER, LAB, COURT):
        turn = take_turn(standard(), FROZEN, TIME, by, NOW + 48 * HOUR)
        assert turn.ruling.allowed
        assert turn.decided == (e.ObligationMissed(obligation="enforcement"),)


def test_where_nothing_is_due_nothing_is_missed() -> None:
    """And nothing else happens."""
    turn = take_turn(standard(), FROZEN, TIME, CLOCK, NOW)
    assert (turn.events, turn.after) == ((), FROZEN)
    assert tuple(let_time_pass(standard(), FROZEN, NOW)) == ()


def test_before_a_case_begins_nothing_is_owed() -> None:
    """Not even by the passing of time."""
    turn = take_turn(standard(), unopened(CASE), TIME, CLOCK, NOW)
    assert (turn.events, turn.after) == ((), unopened(CASE))


def test_what_the_misses_took_away_is_not_there_to_be_asked_for() -> None:
    """A promise that was broken on the way cannot be kept; no rule is asked about that."""
    promise = replace(COMMANDS[do.MakePromise], due=NOW + HOUR)
    promised = take_turn(standard(), FROZEN, promise, ANA, NOW).after
    for by in (ANA, OWNER):
        with pytest.raises(NotAllowedNow, match="no promise `call-back` is open"):
            take_turn(standard(), promised, COMMANDS[do.KeepPromise], by, NOW + HOUR)


def test_a_refusal_comes_after_the_misses_too() -> None:
    """Whoever is turned down is turned down by the case as it stands by then."""
    turn = take_turn(standard(), FROZEN, UPHOLD, OWNER, NOW + HOUR)
    assert not turn.ruling.allowed
    assert missed(turn.missed) == ["enforcement"]
    assert (turn.events, turn.after) == ((), turn.before)


def test_what_a_right_leaves_behind_is_seen_by_the_rules() -> None:
    """Half a year later the window has closed, in the very turn that asks."""
    in_time, late = (
        take_turn(standard(), FROZEN, COMMANDS[do.FileAppeal], OWNER, NOW + days * 24 * HOUR)
        for days in (180, 190)
    )
    assert in_time.ruling.allowed
    assert late.ruling.decided_by == ("appeal-in-time",)
