"""Appeal: filed, heard, upheld or rejected; and reviews by somebody outside."""

import pytest

from freezecase.core.status import Status
from tests.core.lifecycle.table import move, moves, stories, tell

MOVES = """
on                       unopened   in_force   upheld     appealed   releasing  released   forfeited  offboarded closed
appeal-filed             -          appealed   appealed   -          -          .          .          .          -
appeal-acknowledged      -          -          -          .          -          .          .          .          -
appeal-assigned          -          -          -          .          -          .          .          .          -
appeal-upheld            -          -          -          releasing  -          .          releasing  releasing  -
appeal-rejected          -          -          -          upheld     -          .          .          .          -
appeal-withdrawn         -          -          -          back       -          .          .          .          -
external-review-opened   -          appealed   appealed   .          -          .          .          .          -
external-review-decided  -          -          -          in_force   -          .          .          .          -
"""  # noqa: E501 - a row is a kind of event

RULES = """
# given                                          | when                           | then
frozen                                           | file-appeal                    | appeal-filed -> appealed  # the imposition itself can be contested
frozen                                           | stranger:file-appeal           | refused by own-case
frozen                                           | contest-the-second-decision    | not now: version 2 is not a decision that can be contested
frozen uphold-freeze                             | contest-the-second-decision    | appeal-filed -> appealed
frozen uphold-freeze file-appeal                 | file-appeal                    | not now: the case is `appealed`  # one appeal at a time
offboarded file-appeal                           | file-appeal                    | not now: an appeal is open
frozen uphold-freeze file-appeal reject-appeal   | file-appeal                    | appeal-filed -> appealed  # at the next level
frozen uphold-freeze file-appeal reject-appeal   | go-back-a-level                | not now: `internal-review` has heard the matter already
frozen uphold-freeze file-appeal reject-for-good | file-appeal                    | not now: a legal bar has ended the appeals
frozen file-appeal reject-for-good renew-freeze  | file-appeal                    | appeal-filed -> appealed  # a new decision starts anew
appealed                                         | acknowledge-appeal             | appeal-acknowledged -> appealed
appealed acknowledge-appeal                      | acknowledge-appeal             | not now: the appeal is acknowledged already
offboarded                                       | acknowledge-appeal             | not now: no appeal is open
appealed                                         | assign-appeal                  | appeal-assigned -> appealed
ana:impose-freeze file-appeal                    | assign-appeal                  | appeal-assigned -> appealed
rob:impose-freeze file-appeal                    | ana:assign-appeal              | refused by independent-reviewer  # not to whom decided
offboarded                                       | assign-appeal                  | not now: no appeal is open
frozen appeal-outside                            | assign-appeal                  | not now: the matter lies with a body outside
appealed                                         | uphold-appeal                  | appeal-upheld -> releasing  # the customer was right
appealed                                         | engine:uphold-appeal           | refused: no rule allows it  # a human hears it
rob:impose-freeze file-appeal                    | uphold-appeal                  | refused by independent-review  # nobody judges their own decision
rob:impose-freeze file-appeal                    | ana:uphold-appeal              | appeal-upheld -> releasing
offboarded                                       | uphold-appeal                  | not now: no appeal is open
frozen appeal-outside                            | uphold-appeal                  | not now: the matter lies with a body outside
appealed place-legal-hold                        | uphold-appeal                  | not now: legal hold `order-7` is in place
appealed place-legal-hold lift-legal-hold        | uphold-appeal                  | appeal-upheld -> releasing
released file-appeal                             | uphold-appeal                  | appeal-upheld -> released  # right all along: nothing left to lift
appealed                                         | reject-appeal                  | appeal-rejected -> upheld
rob:impose-freeze file-appeal                    | reject-appeal                  | refused by independent-review
offboarded                                       | reject-appeal                  | not now: no appeal is open
frozen appeal-outside                            | reject-appeal                  | not now: the matter lies with a body outside
appealed                                         | withdraw-appeal                | appeal-withdrawn -> in_force
frozen uphold-freeze file-appeal                 | withdraw-appeal                | appeal-withdrawn -> upheld  # back to where it stood
appealed                                         | rob:withdraw-appeal            | refused: no rule allows it  # only whoever appealed takes it back
appealed                                         | stranger:withdraw-appeal       | refused by own-case
offboarded                                       | withdraw-appeal                | not now: no appeal is open
frozen                                           | open-external-review           | external-review-opened -> appealed
frozen                                           | ask-an-ombudsman-about-nothing | not now: version 9 is not a decision that can be contested
appealed                                         | open-external-review           | external-review-opened -> appealed
frozen open-external-review                      | decide-external-review         | external-review-decided -> in_force  # the exchange then upholds or releases
frozen open-external-review                      | decide-that-it-falls           | external-review-decided release-ordered -> releasing
frozen open-external-review place-legal-hold     | decide-that-it-falls           | external-review-decided -> in_force  # the hold still binds
released open-external-review                    | decide-that-it-falls           | external-review-decided -> released  # nothing is left to lift
appealed                                         | decide-external-review         | not now: no body outside has taken the matter up
offboarded                                       | decide-external-review         | not now: no body outside has taken the matter up
"""  # noqa: E501 - a row is a rule


@pytest.mark.parametrize(("kind", "status", "cell"), moves(MOVES))
def test_appeal_moves(kind: str, status: Status, cell: str) -> None:
    """Each cell says what one kind of event does to the position of a case, or that it cannot."""
    move(kind, status, cell)


@pytest.mark.parametrize(("history", "when", "then"), stories(RULES))
def test_appeal_rules(history: str, when: str, then: str) -> None:
    """Each row is one rule."""
    tell(history, when, then)
