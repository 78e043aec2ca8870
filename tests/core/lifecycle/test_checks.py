"""Checks: requested, shown, passed, failed, waived, expired."""

import pytest

from freezecase.core.status import Status
from tests.core.lifecycle.table import move, moves, stories, tell

MOVES = """
on                       unopened   in_force   upheld     appealed   releasing  released   forfeited  offboarded closed
checks-requested         -          .          .          .          .          -          -          -          -
evidence-submitted       -          .          .          .          .          -          -          -          -
check-passed             -          .          .          .          .          -          -          -          -
check-failed             -          .          .          .          .          -          -          -          -
check-waived             -          .          .          .          .          -          -          -          -
check-expired            -          .          .          .          .          .          -          -          -
"""  # noqa: E501 - a row is a kind of event

RULES = """
# given                                        | when                        | then
frozen                                         | request-checks              | checks-requested -> in_force
asked                                          | request-checks              | not now: one of them was asked for already and is still open
asked                                          | request-device-and-identity | not now: one of them was asked for already and is still open
asked                                          | request-identity            | checks-requested -> in_force
asked submit-evidence                          | request-checks              | not now: one of them was asked for already and is still open
asked pass-check                               | request-checks              | refused by shown-is-not-asked-for-again
asked pass-check                               | request-checks-with-reason  | checks-requested -> in_force  # what was settled may be asked anew, with a reason
asked pass-check expire-check                  | request-checks              | checks-requested -> in_force
frozen                                         | request-what-is-planned     | checks-requested -> in_force
asked                                          | request-what-is-planned     | checks-requested -> in_force  # the rest of the plan
frozen request-what-is-planned                 | request-what-is-planned     | not now: no check is planned that was not asked for already
frozen                                         | submit-evidence             | not now: check `device` was never requested
asked                                          | submit-evidence             | evidence-submitted -> in_force
asked                                          | owner:submit-evidence       | evidence-submitted -> in_force
asked                                          | stranger:submit-evidence    | refused by own-case
asked submit-evidence                          | submit-evidence             | evidence-submitted -> in_force  # more may be shown
asked fail-check                               | submit-evidence             | evidence-submitted -> in_force  # a failure with a remedy may be retried
asked expire-check                             | submit-evidence             | evidence-submitted -> in_force
asked fail-check-for-good                      | submit-evidence             | not now: check `device` is `refused`  # the way is an appeal
asked pass-check                               | submit-evidence             | not now: check `device` is `passed`
frozen request-identity                        | show-video-call             | evidence-submitted -> in_force  # an alternative settles it too
frozen request-identity                        | show-letter                 | not now: `authority-letter` does not settle check `identity`
frozen                                         | pass-check                  | not now: check `device` was never requested
asked                                          | pass-check                  | check-passed -> in_force
asked                                          | lab:pass-check              | check-passed -> in_force  # a vendor who verifies
asked                                          | owner:pass-check            | refused: no rule allows it  # nobody passes their own check
asked submit-evidence                          | pass-check                  | check-passed -> in_force
asked fail-check                               | pass-check                  | not now: check `device` is `failed`
asked pass-check                               | pass-check                  | not now: check `device` is `passed`
asked                                          | fail-check                  | check-failed -> in_force
asked submit-evidence                          | fail-check-for-good         | check-failed -> in_force
asked submit-evidence                          | engine:fail-check-for-good  | refused by people-fail-for-good
asked pass-check                               | fail-check                  | not now: check `device` is `passed`
frozen                                         | fail-check                  | not now: check `device` was never requested
asked fail-check                               | waive-check                 | check-waived -> in_force
asked submit-evidence                          | waive-check                 | check-waived -> in_force
asked pass-check                               | waive-check                 | not now: check `device` is `passed`
frozen                                         | waive-check                 | not now: check `device` was never requested
asked                                          | expire-check                | check-expired -> in_force  # never shown
asked pass-check                               | expire-check                | check-expired -> in_force  # too old to count
asked waive-check                              | expire-check                | not now: check `device` is `waived`
asked expire-check                             | expire-check                | check-expired -> in_force
frozen                                         | expire-check                | not now: check `device` was never requested
asked pass-check order-release confirm-release | expire-check                | check-expired -> released
"""  # noqa: E501 - a row is a rule


@pytest.mark.parametrize(("kind", "status", "cell"), moves(MOVES))
def test_checks_moves(kind: str, status: Status, cell: str) -> None:
    """Each cell says what one kind of event does to the position of a case, or that it cannot."""
    move(kind, status, cell)


@pytest.mark.parametrize(("history", "when", "then"), stories(RULES))
def test_checks_rules(history: str, when: str, then: str) -> None:
    """Each row is one rule."""
    tell(history, when, then)
