"""Which rules were overturned, decision by decision."""

from fractions import Fraction

import attrs
import pytest

from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel, AppealRoute, Finding
from freezecase.core.values import Scope
from freezecase.views.measuring.overturned import NO_RULE, Overturns, overturns
from tests.views.measuring.stories import BEGIN, BY, END, Told, at, case_of, frozen

FROZEN = frozen(Scope.withdrawals())
UPHELD = e.FreezeUpheld(by=BY, reason="it stands")
RIGHT = e.AppealUpheld(by=BY, reason="you were right")
WRONG = e.AppealRejected(by=BY, reason="it stands", next_level=AppealLevel.SECOND_INSTANCE)
BACK = e.AppealWithdrawn()
FALLS = e.ExternalReviewDecided(finding=Finding.FREEZE_FALLS)
STANDS = e.ExternalReviewDecided(finding=Finding.FREEZE_STANDS)


def appealed(contests: int) -> e.AppealFiled:
    """The customer contests a decision."""
    level = AppealLevel.INTERNAL_REVIEW
    return e.AppealFiled(
        contests=contests, route=AppealRoute.APPEAL, level=level, statement="not me"
    )


def outside(contests: int) -> e.ExternalReviewOpened:
    """A body outside takes a decision up."""
    return e.ExternalReviewOpened(body="ombudsman", contests=contests)


# The freeze is decided by `score`, the review by `human` and `score`, a rejection by `panel`.
SCORE, HUMAN, PANEL = ("score",), ("human", "score"), ("panel",)
OPEN = {"made": 1}
HEARD_OUT = {"made": 1, "contested": 1, "stood": 1}
FELL = {"made": 1, "contested": 1, "overturned": 1}


@pytest.mark.parametrize(
    ("told", "rules", "expected"),
    [
        ((FROZEN,), (SCORE,), [("score", OPEN)]),
        ((FROZEN, appealed(1)), (SCORE,), [("score", {"made": 1, "contested": 1})]),
        ((FROZEN, appealed(1), BACK), (SCORE,), [("score", {"made": 1, "contested": 1})]),
        ((FROZEN, appealed(1), RIGHT), (SCORE,), [("score", FELL)]),
        (
            (FROZEN, appealed(1), WRONG),
            (SCORE, (), PANEL),
            [("score", HEARD_OUT), ("panel", OPEN)],
        ),
        ((FROZEN, outside(1), STANDS), (SCORE,), [("score", HEARD_OUT)]),
        ((FROZEN, outside(1), FALLS), (SCORE,), [("score", FELL)]),
        # a body outside finds the rejection wrong: the freeze that it left standing falls too
        (
            (FROZEN, appealed(1), WRONG, outside(3), FALLS),
            (SCORE, (), PANEL),
            [("score", FELL), ("panel", FELL)],
        ),
        # only the decision that was contested
        (
            (FROZEN, UPHELD, appealed(2), RIGHT),
            (SCORE, HUMAN),
            [("score", OPEN), ("human", FELL), ("score", FELL)],
        ),
        # imported, or by time: no rule is on record
        ((FROZEN,), (), [(NO_RULE, OPEN)]),
        ((FROZEN,), ((),), [(NO_RULE, OPEN)]),
        # as foreign logs have it: an end of an appeal that nobody filed ends nothing
        ((FROZEN, RIGHT, WRONG, STANDS), (SCORE,), [("score", OPEN), (NO_RULE, OPEN)]),
    ],
)
def test_decisions_count_under_the_rules_that_decided(
    told: tuple[e.CaseEvent, ...],
    rules: tuple[tuple[str, ...], ...],
    expected: list[tuple[str, dict[str, int]]],
) -> None:
    """Made, contested, overturned and stood, in the order in which they were made."""
    case = case_of(*((float(n), event) for n, event in enumerate(told)), rules=rules)
    found = [*overturns(case.records, BEGIN, END)]
    assert [(rule, Overturns(**count)) for rule, count in expected] == found


def test_what_follows_in_a_turn_is_decided_by_its_rules() -> None:
    """The ruling stands on the first record of a turn, and the others point to it."""
    told: tuple[Told, ...] = ((0, FROZEN), (1, UPHELD))
    first, second = case_of(*told, rules=(SCORE,)).records
    second = attrs.evolve(second, entry=attrs.evolve(second.entry, cause=1))
    found = [rule for rule, _one in overturns((first, second), BEGIN, END)]
    assert found == ["score", "score"]


def test_a_decision_counts_when_it_was_made() -> None:
    """What became of it, whenever that was."""
    case = case_of((0, FROZEN), (10, UPHELD), (20, appealed(1)), (30, RIGHT), rules=(SCORE, PANEL))
    assert [("score", Overturns(**FELL))] == [*overturns(case.records, at(0), at(10))]
    assert [("panel", Overturns(**OPEN))] == [*overturns(case.records, at(10), at(20))]


def test_a_check_that_failed_for_good_is_a_decision() -> None:
    """One that may be tried again is none."""
    final = e.CheckFailed(
        check="identity", by=BY, reason="forged", appeal_to=AppealLevel.INTERNAL_REVIEW
    )
    again = e.CheckFailed(check="identity", by=BY, reason="blurred", remedy="a sharper picture")
    case = case_of((0, FROZEN), (1, again), (2, final), rules=(SCORE, HUMAN, PANEL))
    assert [rule for rule, _one in overturns(case.records, BEGIN, END)] == ["score", "panel"]


def test_both_rates_stand_beside_their_counts() -> None:
    """2 of 10 made, 2 of 5 heard; of none there is no rate."""
    found = Overturns(made=10, contested=6, overturned=2, stood=3)
    assert (10, Fraction(1, 5), Fraction(2, 5)) == (found.n, found.of_made, found.of_heard)
    assert (Overturns().of_made, Overturns().of_heard) == (None, None)
