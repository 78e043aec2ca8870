"""The freeze: imposed, narrowed, widened, renewed, upheld, enforced, told."""

import pytest

from freezecase.core.status import Status
from tests.core.lifecycle.table import move, moves, stories, tell

MOVES = """
on                       unopened   in_force   upheld     appealed   releasing  released   forfeited  offboarded closed
freeze-imposed           in_force   -          -          -          -          -          -          -          -
scope-narrowed           -          .          .          .          in_force   -          -          -          -
scope-widened            -          .          in_force   .          -          -          -          -          -
freeze-renewed           -          .          .          .          -          -          -          -          -
freeze-upheld            -          upheld     .          -          -          -          -          -          -
enforcement-confirmed    -          .          .          .          .          -          .          .          -
enforcement-failed       -          .          .          .          .          -          .          .          -
notice-sent              -          .          .          .          .          .          .          .          .
delivery-confirmed       -          .          .          .          .          .          .          .          .
delivery-failed          -          .          .          .          .          .          .          .          .
notice-withheld          -          .          .          .          .          .          .          .          .
disclosure-upgraded      -          .          .          .          .          .          .          .          .
"""  # noqa: E501 - a row is a kind of event

RULES = """
# given                                 | when                              | then
                                        | impose-freeze                     | freeze-imposed -> in_force
                                        | stranger:impose-freeze            | refused by own-account  # nobody locks somebody else out
                                        | owner:impose-freeze               | freeze-imposed -> in_force  # a customer may lock themselves
                                        | lab:impose-freeze                 | refused: no rule allows it  # a vendor may not
frozen                                  | impose-freeze                     | not now: the case is `in_force`  # one case, one freeze
frozen                                  | uphold-freeze                     | freeze-upheld -> upheld
frozen                                  | engine:uphold-freeze              | refused: no rule allows it  # a human decides
frozen                                  | narrow-scope                      | scope-narrowed -> in_force
frozen                                  | rob:narrow-scope                  | refused by narrowing-is-a-release
frozen                                  | narrow-to-the-same                | not now: that scope is not narrower than the one in force
frozen                                  | narrow-to-more                    | not now: that scope is not narrower than the one in force
impose-a-little                         | narrow-to-the-same-said-otherwise | not now: that scope is not narrower than the one in force  # 0.10 is 0.1
frozen place-legal-hold                 | narrow-scope                      | not now: legal hold `order-7` is in place  # part of a release is a release
frozen place-legal-hold lift-legal-hold | narrow-scope                      | scope-narrowed -> in_force
frozen order-in-part                    | narrow-scope                      | scope-narrowed -> in_force  # what was ordered to be left
frozen order-release                    | narrow-scope                      | not now: a release is ordered that leaves something else
freeze-imposed                          | scope-narrowed                    | -> in_force
                                        | scope-narrowed                    | not now: the case is `unopened`
frozen                                  | widen-scope                       | scope-widened -> in_force
frozen                                  | widen-to-the-same                 | not now: that scope is not wider than the one in force
frozen                                  | widen-to-less                     | not now: that scope is not wider than the one in force
frozen                                  | widen-to-something-else           | not now: that scope is not wider than the one in force  # impose another freeze
frozen uphold-freeze                    | widen-scope                       | scope-widened -> in_force  # a wider restriction needs its own review
frozen uphold-freeze                    | narrow-scope                      | scope-narrowed -> upheld
frozen uphold-freeze                    | uphold-freeze                     | freeze-upheld -> upheld
frozen uphold-freeze file-appeal        | narrow-scope                      | scope-narrowed -> appealed
frozen                                  | renew-freeze                      | freeze-renewed -> in_force
frozen                                  | engine:renew-freeze               | refused: no rule allows it  # new reasons are a human's
frozen                                  | confirm-enforcement               | enforcement-confirmed -> in_force
offboarded                              | confirm-enforcement               | enforcement-confirmed -> offboarded
released offboard-account               | confirm-enforcement               | not now: nothing is restricted
frozen                                  | report-enforcement-failure        | enforcement-failed -> in_force
frozen                                  | send-notice                       | notice-sent -> in_force
frozen                                  | tell-with-a-promise               | notice-sent promise-made -> in_force  # what is said is promised
frozen                                  | confirm-delivery                  | not now: notice `freeze-imposed` was not sent by `e-mail`
frozen send-notice                      | confirm-delivery                  | delivery-confirmed -> in_force
frozen                                  | report-delivery-failure           | not now: notice `freeze-imposed` was not sent by `e-mail`
frozen send-notice                      | lab:report-delivery-failure       | delivery-failed -> in_force  # whoever carries it says so
frozen send-notice delivery-failed      | confirm-delivery                  | delivery-confirmed -> in_force  # it arrived late
frozen send-notice delivery-failed      | send-notice                       | refused by another-channel
frozen send-notice delivery-failed      | tell-by-letter                    | notice-sent -> in_force
frozen                                  | withhold-notice                   | notice-withheld -> in_force
frozen                                  | upgrade-disclosure                | disclosure-upgraded -> in_force
closed                                  | send-notice                       | notice-sent -> closed  # one may be told at any time
                                        | send-notice                       | not now: the case is `unopened`
"""  # noqa: E501 - a row is a rule


@pytest.mark.parametrize(("kind", "status", "cell"), moves(MOVES))
def test_freeze_moves(kind: str, status: Status, cell: str) -> None:
    """Each cell says what one kind of event does to the position of a case, or that it cannot."""
    move(kind, status, cell)


@pytest.mark.parametrize(("history", "when", "then"), stories(RULES))
def test_freeze_rules(history: str, when: str, then: str) -> None:
    """Each row is one rule."""
    tell(history, when, then)
