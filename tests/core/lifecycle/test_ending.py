"""The end: off-boarded, forfeited, closed, reopened, erased; and harm."""

import pytest

from freezecase.core.status import Status
from tests.core.lifecycle.table import move, moves, stories, tell

MOVES = """
on                       unopened   in_force   upheld     appealed   releasing  released   forfeited  offboarded closed
account-offboarded       -          offboarded offboarded -          -          offboarded offboarded -          -
funds-forfeited          -          forfeited  forfeited  -          -          -          .          forfeited  -
harm-recorded            -          .          .          .          .          .          .          .          .
case-closed              -          -          -          -          -          closed     closed     closed     -
case-reopened            -          -          -          -          -          -          -          -          back
personal-data-erased     -          -          -          -          -          -          -          -          .
"""  # noqa: E501 - a row is a kind of event

RULES = """
# given                                  | when                    | then
frozen                                   | offboard-account        | account-offboarded -> offboarded
frozen                                   | engine:offboard-account | refused: no rule allows it  # a human decides
frozen                                   | rob:offboard-account    | refused by final-acts-take-an-officer
frozen forfeit-funds file-appeal         | offboard-account        | not now: an appeal is open
frozen                                   | court:forfeit-funds     | funds-forfeited -> forfeited
frozen                                   | rob:forfeit-funds       | refused by final-acts-take-an-officer
frozen forfeit-funds file-appeal         | forfeit-funds           | not now: an appeal is open
frozen forfeit-funds                     | forfeit-funds           | funds-forfeited -> forfeited  # more may be taken
offboarded                               | forfeit-funds           | funds-forfeited -> forfeited
frozen                                   | record-harm             | harm-recorded -> in_force
frozen                                   | close-case              | not now: the case is `in_force`  # lift first
frozen order-release                     | close-case              | not now: the case is `releasing`
released                                 | close-case              | case-closed -> closed
released file-appeal                     | close-case              | not now: an appeal is open
released place-legal-hold                | close-case              | not now: legal hold `order-7` is in place
released make-promise                    | close-case              | not now: promise `call-back` is still open
released make-promise keep-promise       | close-case              | case-closed -> closed
released record-contact                  | close-case              | not now: the customer was not answered yet
released record-contact send-reply       | close-case              | case-closed -> closed
released request-human                   | close-case              | not now: the customer asked for a person and none has joined yet
released request-human send-reply        | close-case              | not now: the customer asked for a person and none has joined yet  # a reply is no person
released request-human join-conversation | close-case              | case-closed -> closed
released open-obligation                 | close-case              | case-closed -> closed  # what is owed goes on
closed                                   | impose-freeze           | not now: the case is `closed`  # another freeze is another case
closed                                   | file-appeal             | not now: the case is `closed`  # reopen it first
closed                                   | reopen-case             | case-reopened -> offboarded  # where it stood
closed                                   | engine:reopen-case      | refused: no rule allows it
released close-case                      | reopen-case             | case-reopened -> released
frozen                                   | reopen-case             | not now: the case is `in_force`
case-closed case-closed                  | case-reopened           | -> unopened  # closed twice, it still goes back
closed                                   | erase-personal-data     | personal-data-erased -> closed
closed place-legal-hold                  | erase-personal-data     | not now: legal hold `order-7` is in place
closed erase-personal-data               | erase-personal-data     | not now: `customer` is erased already
frozen                                   | erase-personal-data     | not now: the case is `in_force`  # not while it is open
"""  # noqa: E501 - a row is a rule


@pytest.mark.parametrize(("kind", "status", "cell"), moves(MOVES))
def test_ending_moves(kind: str, status: Status, cell: str) -> None:
    """Each cell says what one kind of event does to the position of a case, or that it cannot."""
    move(kind, status, cell)


@pytest.mark.parametrize(("history", "when", "then"), stories(RULES))
def test_ending_rules(history: str, when: str, then: str) -> None:
    """Each row is one rule."""
    tell(history, when, then)
