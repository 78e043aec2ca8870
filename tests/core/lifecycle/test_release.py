"""Release: proposed, approved, ordered, enforced; and legal holds, which stand in its way."""

import pytest

from freezecase.core.status import Status
from tests.core.lifecycle.table import move, moves, stories, tell

MOVES = """
on                       unopened   in_force   upheld     appealed   releasing  released   forfeited  offboarded closed
release-proposed         -          .          .          .          -          -          .          .          -
release-approved         -          .          .          .          -          -          .          .          -
release-refused          -          .          .          .          -          -          .          .          -
release-ordered          -          releasing  releasing  releasing  -          -          releasing  releasing  -
release-enforced         -          -          -          -          released   -          -          -          -
legal-hold-placed        -          .          .          .          in_force   .          .          .          .
legal-hold-lifted        -          .          .          .          .          .          .          .          .
"""  # noqa: E501 - a row is a kind of event

RULES = """
# given                                                        | when                    | then
frozen                                                         | propose-release         | release-proposed -> in_force
frozen                                                         | propose-in-part         | release-proposed -> in_force
asked                                                          | propose-release         | refused by checks-settled-first
asked pass-check                                               | propose-release         | release-proposed -> in_force
frozen                                                         | propose-leaving-all     | not now: what it leaves is not less than what is restricted now
frozen propose-release                                         | propose-release         | not now: a release is under way already
frozen place-legal-hold                                        | propose-release         | not now: legal hold `order-7` is in place
released offboard-account                                      | propose-release         | not now: nothing is restricted
frozen propose-release                                         | rob:approve-release     | release-approved release-ordered -> releasing
frozen propose-release                                         | ana:approve-release     | refused by four-eyes
frozen propose-release                                         | engine:approve-release  | refused: no rule allows it  # a human signs
frozen                                                         | approve-release         | not now: no release is proposed
frozen propose-release place-legal-hold                        | approve-release         | not now: no release is proposed  # a hold ends the proposal
frozen propose-release narrow-scope                            | approve-release         | not now: no release is proposed  # it was about another scope
frozen propose-release                                         | refuse-release          | release-refused -> in_force
frozen propose-release refuse-release                          | propose-release         | release-proposed -> in_force
frozen                                                         | refuse-release          | not now: no release is proposed
freeze-imposed legal-hold-placed release-proposed              | release-approved        | not now: legal hold `order-7` is in place
freeze-imposed release-proposed                                | release-approved        | -> in_force  # the order is an event of its own
freeze-imposed funds-forfeited release-ordered funds-forfeited | release-approved        | not now: no release is proposed  # it is ordered already
frozen                                                         | order-release           | release-ordered -> releasing
frozen                                                         | order-in-part           | release-ordered -> releasing
frozen                                                         | order-leaving-all       | not now: what it leaves is not less than what is restricted now
frozen                                                         | rob:order-release       | refused by release-needs-proposal
frozen                                                         | engine:order-release    | refused by release-needs-proposal
frozen                                                         | chief:order-release     | release-ordered -> releasing  # whoever breaks the glass
frozen place-legal-hold                                        | order-release           | not now: legal hold `order-7` is in place
released offboard-account                                      | order-release           | not now: nothing is restricted
frozen                                                         | confirm-release         | not now: the case is `in_force`
frozen order-release                                           | confirm-release         | release-enforced -> released
frozen order-in-part                                           | confirm-release         | scope-narrowed enforcement-confirmed -> in_force  # what is left goes on
frozen propose-in-part rob:approve-release                     | confirm-release         | scope-narrowed enforcement-confirmed -> in_force
frozen order-release                                           | place-legal-hold        | legal-hold-placed -> in_force  # a hold stops a release on its way
frozen                                                         | place-legal-hold        | legal-hold-placed -> in_force
frozen place-legal-hold                                        | place-legal-hold        | not now: legal hold `order-7` is in place already
frozen place-legal-hold                                        | place-another-hold      | legal-hold-placed -> in_force
frozen                                                         | engine:place-legal-hold | refused: no rule allows it
frozen                                                         | lift-legal-hold         | not now: there is no legal hold `order-7`
frozen place-legal-hold                                        | lift-legal-hold         | legal-hold-lifted -> in_force
frozen place-legal-hold lift-legal-hold                        | propose-release         | release-proposed -> in_force
frozen place-legal-hold place-another-hold lift-legal-hold     | propose-release         | not now: legal hold `order-8` is in place
"""  # noqa: E501 - a row is a rule


@pytest.mark.parametrize(("kind", "status", "cell"), moves(MOVES))
def test_release_moves(kind: str, status: Status, cell: str) -> None:
    """Each cell says what one kind of event does to the position of a case, or that it cannot."""
    move(kind, status, cell)


@pytest.mark.parametrize(("history", "when", "then"), stories(RULES))
def test_release_rules(history: str, when: str, then: str) -> None:
    """Each row is one rule."""
    tell(history, when, then)
