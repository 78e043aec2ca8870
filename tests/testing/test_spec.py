"""Given, when, then: what a story demands, and how it fails."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.evolve import fold, unopened
from freezecase.core.status import Status
from freezecase.errors import NotAllowedNow, PolicyForbids
from freezecase.policy.gate import Answer, forbid, gate
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.standard import standard
from freezecase.testing import A_CASE, SOME_DAY, Asked, given
from tests.core.samples import ANA, CASE, COMMANDS, COURT, ENGINE, EVENTS, LATER, OWNER, ROB

FROZEN = given(EVENTS[e.FreezeImposed])
OWED = given().after(COMMANDS[do.ImposeFreeze], by=ENGINE)
"""The same, told in a command: so there is something that somebody owes."""
UPHOLD = COMMANDS[do.UpholdFreeze]
TEN_PAST, HALF_PAST = SOME_DAY + timedelta(minutes=10), SOME_DAY + timedelta(minutes=30)
ATTEMPT = e.AttemptRefused(
    command="order-release", by=ANA.person, rules=("release-needs-proposal",)
)


@gate("never")
def never(question: Question) -> Answer:
    """Nothing goes."""
    return forbid(f"it is {question.now:%H:%M} and the band is {question.facts.get('band')}")


def test_a_story_begins_with_what_happened() -> None:
    """Events are folded; another case may be named."""
    assert FROZEN.state == fold([EVENTS[e.FreezeImposed]], unopened(A_CASE))
    assert given(case=CASE).state == unopened(CASE)
    assert given().policy is standard()


def test_then_demands_all_events_in_order_and_where_the_case_stands() -> None:
    """Demands may follow one another."""
    (
        FROZEN.after(COMMANDS[do.ProposeRelease], by=ANA)
        .when(COMMANDS[do.ApproveRelease], by=ROB)
        .then(EVENTS[e.ReleaseApproved], EVENTS[e.ReleaseOrdered])
        .then_status(Status.RELEASING)
    )


def test_a_journey_may_be_told_in_commands() -> None:
    """Each step is taken as the casebook would take it."""
    journey = (
        given()
        .after(COMMANDS[do.ImposeFreeze], by=ENGINE)
        .after(UPHOLD, by=ANA, at=LATER, facts={"band": "low"})
    )
    assert journey.state.status is Status.UPHELD
    assert [*journey.state.deciders.values()] == [ENGINE.person, ANA.person]


def test_then_nothing_demands_that_nothing_followed() -> None:
    """Such as when time passes and nothing is due."""
    FROZEN.when(COMMANDS[do.LetTimePass], by=ENGINE).then_nothing().then_status(Status.IN_FORCE)


def test_a_refusal_may_be_demanded_by_kind_and_by_rule() -> None:
    """What cannot happen, and what the policy forbids."""
    FROZEN.when(COMMANDS[do.ReopenCase], by=ANA).then_refused(NotAllowedNow).then_recorded()
    tried = FROZEN.when(COMMANDS[do.OrderRelease], by=ANA)
    tried.then_refused().then_refused(PolicyForbids)
    tried.then_refused(PolicyForbids, by_rule="release-needs-proposal").then_recorded(ATTEMPT)
    tried.then_status(Status.IN_FORCE)


def test_another_policy_may_judge() -> None:
    """With the facts and at the instant that the story names; the old story stays."""
    strict = FROZEN.under(standard().adding(never))
    asked = strict.when(UPHOLD, by=ANA, facts={"band": "high"})
    asked.then_refused(PolicyForbids, by_rule="never")
    assert "it is 09:00 and the band is high" in str(asked.refusal())
    assert f"{SOME_DAY:%H:%M}" == "09:00"
    FROZEN.when(UPHOLD, by=ANA).then(EVENTS[e.FreezeUpheld])
    FROZEN.under(Policy(name="none", version=1)).when(UPHOLD, by=ANA).then_refused()


def test_a_refused_command_leaves_the_case_as_it_was() -> None:
    """But for what is on record of the attempt."""
    assert FROZEN.when(COMMANDS[do.ReopenCase], by=ANA).after == FROZEN.state
    assert OWED.when(COMMANDS[do.OrderRelease], by=ANA).after.refused != ()
    assert FROZEN.when(COMMANDS[do.OrderRelease], by=COURT).after.release is not None


def test_what_follows_for_whoever_owes_is_told_apart_from_what_was_decided() -> None:
    """`then` is about what the command led to; `then_owed` about who owes what, until when."""
    enforced = OWED.when(COMMANDS[do.ConfirmEnforcement], by=ENGINE)
    enforced.then(EVENTS[e.EnforcementConfirmed]).then_not_owed("enforcement")
    enforced.then_owed("notice", "freeze-imposed").then_owed("review", by="reviewer")
    enforced.then_owed("review", by="reviewer", due=LATER).then_not_owed("notice")


def test_a_story_goes_on_in_time() -> None:
    """With everything missed by then; `then_missed` tells what was missed on the way."""
    assert OWED.later(SOME_DAY) == OWED
    late = OWED.later(TEN_PAST)
    assert late.state.obligations["enforcement", ""].debtor == "lead"
    late.when(UPHOLD, by=ANA, at=HALF_PAST).then_missed()
    asked = OWED.when(UPHOLD, by=ANA, at=HALF_PAST)
    asked.then_missed("enforcement").then(EVENTS[e.FreezeUpheld])
    asked.then_owed("enforcement", by="lead", due=HALF_PAST + timedelta(hours=1))


def test_time_that_passes_misses_one_thing_itself() -> None:
    """So that is what was missed."""
    by_then = SOME_DAY + timedelta(days=1)
    OWED.when(COMMANDS[do.LetTimePass], by=ENGINE, at=by_then).then_missed("enforcement")


def test_what_was_missed_before_a_refusal_was_missed() -> None:
    """The policy is asked after the misses; what does not fit is never a turn."""
    refused = OWED.when(UPHOLD, by=OWNER, at=HALF_PAST)
    refused.then_missed("enforcement").then_refused().then_owed("enforcement", by="lead")
    with pytest.raises(AssertionError, match="`reopen-case` by `staff:ana` was refused: cannot"):
        OWED.when(COMMANDS[do.ReopenCase], by=ANA, at=HALF_PAST).then_missed("enforcement")


@pytest.mark.parametrize(
    ("demand", "message"),
    [
        (
            lambda: OWED.when(UPHOLD, by=ANA).then_owed("lunch"),
            "nobody owes `lunch` after `uphold-freeze` by `staff:ana`, but `",
        ),
        (
            lambda: given().when(COMMANDS[do.LetTimePass], by=ANA).then_owed("lunch"),
            "nobody owes `lunch` after `let-time-pass` by `staff:ana`, but nothing",
        ),
        (
            lambda: OWED.when(UPHOLD, by=ANA).then_owed("notice"),
            "nobody owes `notice` after `uphold-freeze` by `staff:ana`, but `",
        ),
        (
            lambda: OWED.when(UPHOLD, by=ANA).then_owed("enforcement", by="lead"),
            "`enforcement` is owed by `exchange`, not by `lead`",
        ),
        (
            lambda: OWED.when(UPHOLD, by=ANA).then_owed("enforcement", due=LATER),
            f"`enforcement` is due at {TEN_PAST}, not at {LATER}",
        ),
        (
            lambda: OWED.when(UPHOLD, by=ANA).then_not_owed("enforcement"),
            "`enforcement` is still owed after `uphold-freeze` by `staff:ana`",
        ),
        (
            lambda: OWED.when(UPHOLD, by=ANA).then_missed("enforcement"),
            "missed were (), not ('enforcement',)",
        ),
        (
            lambda: FROZEN.when(UPHOLD, by=ANA).then(EVENTS[e.FreezeUpheld], ATTEMPT),
            "- attempt-refused",
        ),
        (lambda: FROZEN.when(UPHOLD, by=ANA).then_nothing(), "- nothing\n+ freeze-upheld"),
        (
            lambda: FROZEN.when(UPHOLD, by=ROB).then(EVENTS[e.FreezeUpheld]),
            "-     by = 'staff:ana'",
        ),
        (
            lambda: FROZEN.when(UPHOLD, by=OWNER).then(EVENTS[e.FreezeUpheld]),
            "`uphold-freeze` by `customer:acct-4711` was refused: refused by no rule",
        ),
        (
            lambda: FROZEN.when(COMMANDS[do.ReopenCase], by=ANA).then_nothing(),
            "`reopen-case` by `staff:ana` was refused: cannot reopen-case while the case is",
        ),
        (
            lambda: FROZEN.after(UPHOLD, by=OWNER),
            "`uphold-freeze` by `customer:acct-4711` was refused",
        ),
        (
            lambda: FROZEN.when(UPHOLD, by=ANA).then_refused(),
            "`uphold-freeze` by `staff:ana` was allowed:\nfreeze-upheld",
        ),
        (
            lambda: FROZEN.when(COMMANDS[do.ReopenCase], by=ANA).then_refused(PolicyForbids),
            "was refused as NotAllowedNow, not as PolicyForbids",
        ),
        (
            lambda: FROZEN.when(COMMANDS[do.ReopenCase], by=ANA).then_refused(by_rule="four-eyes"),
            "was refused, not by `four-eyes`",
        ),
        (
            lambda: FROZEN.when(UPHOLD, by=OWNER).then_refused(by_rule="four-eyes"),
            "was refused, not by `four-eyes`",
        ),
        (
            lambda: FROZEN.when(COMMANDS[do.OrderRelease], by=ANA).then_recorded(),
            "- nothing\n+ attempt-refused",
        ),
        (
            lambda: FROZEN.when(UPHOLD, by=ANA).then_status(Status.CLOSED),
            "the case is `upheld` after `uphold-freeze` by `staff:ana`, not `closed`",
        ),
    ],
)
def test_a_story_that_ends_otherwise_says_how(demand: Callable[[], Asked], message: str) -> None:
    """The difference is told event by event and field by field."""
    with pytest.raises(AssertionError, match=re.escape(message)):
        demand()


def test_fields_that_say_nothing_are_left_out_of_a_difference() -> None:
    """So that the one that matters is seen."""
    with pytest.raises(AssertionError) as caught:
        FROZEN.when(COMMANDS[do.ConfirmEnforcement], by=ENGINE).then_nothing()
    assert str(caught.value).splitlines()[1:] == ["- nothing", "+ enforcement-confirmed"]
