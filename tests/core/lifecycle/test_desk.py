"""The desk: contacts, people, hand-overs, promises, obligations, and attempts that were refused."""

import pytest

from freezecase.core.status import Status
from tests.core.lifecycle.table import move, moves, stories, tell

MOVES = """
on                       unopened   in_force   upheld     appealed   releasing  released   forfeited  offboarded closed
assignment-failed        -          .          .          .          .          .          .          .          -
case-assigned            -          .          .          .          .          .          .          .          -
case-transferred         -          .          .          .          .          .          .          .          -
hand-over-accepted       -          .          .          .          .          .          .          .          -
contact-received         -          .          .          .          .          .          .          .          .
customer-contacted       -          .          .          .          .          .          .          .          .
contact-code-checked     -          .          .          .          .          .          .          .          .
reply-sent               -          .          .          .          .          .          .          .          .
human-requested          -          .          .          .          .          .          .          .          .
human-joined             -          .          .          .          .          .          .          .          .
promise-made             -          .          .          .          .          .          .          .          -
promise-kept             -          .          .          .          .          .          .          .          -
promise-broken           -          .          .          .          .          .          .          .          -
promise-superseded       -          .          .          .          .          .          .          .          -
obligation-opened        -          .          .          .          .          .          .          .          .
obligation-met           -          .          .          .          .          .          .          .          .
obligation-missed        -          .          .          .          .          .          .          .          .
obligation-extended      -          .          .          .          .          .          .          .          .
obligation-waived        -          .          .          .          .          .          .          .          .
escalated                -          .          .          .          .          .          .          .          -
attempt-refused          -          .          .          .          .          .          .          .          .
"""  # noqa: E501 - a row is a kind of event

RULES = """
# given                                                         | when                     | then
frozen                                                          | assign-case              | case-assigned -> in_force
frozen                                                          | ana:transfer-case        | case-transferred -> in_force
frozen                                                          | accept-hand-over         | not now: the case was not offered to anybody
frozen transfer-case                                            | rob:accept-hand-over     | hand-over-accepted -> in_force
frozen transfer-case                                            | ana:accept-hand-over     | refused by hand-over-taken-by-whom-it-was-offered
frozen transfer-case assign-case                                | rob:accept-hand-over     | not now: the case was not offered to anybody
frozen                                                          | owner:record-contact     | contact-received -> in_force
frozen                                                          | stranger:record-contact  | refused by own-case
frozen                                                          | contact-customer         | customer-contacted -> in_force
frozen                                                          | owner:contact-customer   | refused: no rule allows it
frozen                                                          | owner:check-contact-code | contact-code-checked -> in_force
frozen                                                          | stranger:check-contact-code | refused by own-case
frozen                                                          | report-assignment-failure | assignment-failed -> in_force
closed                                                          | report-assignment-failure | not now: the case is `closed`
frozen                                                          | send-reply               | reply-sent -> in_force
frozen                                                          | answer-with-a-promise    | reply-sent promise-made -> in_force  # what is said is promised
frozen make-promise                                             | answer-with-a-promise    | not now: promise `call-back` is open already
frozen make-promise promise-broken                              | answer-with-a-promise    | refused by broken-words-are-not-repeated
frozen make-promise promise-broken                              | make-promise             | refused by broken-words-are-not-repeated
frozen make-promise promise-broken                              | make-another-promise     | promise-made -> in_force  # in other words
frozen make-promise promise-broken make-another-promise         | supersede-letter         | refused by broken-words-are-not-repeated
frozen                                                          | owner:send-reply         | refused: no rule allows it
frozen                                                          | owner:request-human      | human-requested -> in_force
frozen                                                          | stranger:request-human   | refused by own-case
frozen                                                          | join-conversation        | human-joined -> in_force
frozen                                                          | engine:join-conversation | refused: no rule allows it  # a machine is nobody to talk to
frozen                                                          | make-promise             | promise-made -> in_force
frozen make-promise                                             | make-promise             | not now: promise `call-back` is open already
frozen make-promise                                             | make-another-promise     | promise-made -> in_force
frozen                                                          | keep-promise             | not now: no promise `call-back` is open
frozen make-promise                                             | keep-promise             | promise-kept -> in_force
frozen make-promise keep-promise                                | make-promise             | promise-made -> in_force
frozen                                                          | supersede-promise        | not now: no promise `call-back` is open
frozen make-promise                                             | supersede-promise        | promise-superseded promise-made -> in_force
frozen make-promise                                             | promise-anew             | promise-superseded promise-made -> in_force
frozen make-promise make-another-promise                        | supersede-promise        | not now: promise `letter` is open already
freeze-imposed                                                  | promise-broken           | not now: no promise `call-back` is open
freeze-imposed promise-made                                     | promise-broken           | -> in_force
frozen make-promise                                             | let-time-pass            | promise-broken -> in_force  # when its time has come
frozen                                                          | open-obligation          | obligation-opened -> in_force
frozen open-obligation                                          | open-obligation          | obligation-opened -> in_force  # a new one supersedes
frozen                                                          | meet-obligation          | not now: nobody owes `reply` about ``
frozen open-obligation                                          | meet-something-else      | not now: nobody owes `reply` about `another`
frozen open-obligation                                          | meet-obligation          | obligation-met -> in_force
frozen                                                          | extend-obligation        | not now: nobody owes `reply` about ``
frozen open-obligation                                          | extend-obligation        | refused by extension-by-notice  # the customer is told first
frozen tell-of-extension open-obligation                        | extend-obligation        | obligation-extended -> in_force
frozen tell-of-extension open-obligation                        | rob:extend-obligation    | refused by extension-by-notice  # nobody gives themselves time
frozen tell-of-extension open-obligation extend-obligation      | extend-obligation        | not now: `reply` is due no earlier than that already
frozen                                                          | waive-obligation         | not now: nobody owes `reply` about ``
frozen open-obligation                                          | waive-obligation         | obligation-waived -> in_force
freeze-imposed                                                  | obligation-missed        | not now: nobody owes `reply` about ``
freeze-imposed obligation-opened                                | obligation-missed        | -> in_force
frozen open-obligation                                          | let-time-pass            | obligation-missed -> in_force
frozen tell-of-extension open-obligation extend-obligation      | let-time-pass            | -> in_force  # it is not due yet
frozen open-obligation meet-obligation                          | let-time-pass            | -> in_force  # nothing is owed
                                                                | let-time-pass            | -> unopened
closed                                                          | open-obligation          | obligation-opened -> closed  # whoever writes about it is owed an answer
closed open-obligation                                          | meet-obligation          | obligation-met -> closed
closed open-obligation                                          | waive-obligation         | obligation-waived -> closed
closed tell-of-extension open-obligation                        | extend-obligation        | obligation-extended -> closed
closed open-obligation                                          | let-time-pass            | obligation-missed -> closed  # what is owed goes on
freeze-imposed obligation-opened account-offboarded case-closed | let-time-pass            | obligation-missed -> closed
freeze-imposed promise-made account-offboarded case-closed      | let-time-pass            | -> closed  # a promise does not
closed                                                          | make-promise             | not now: the case is `closed`
                                                                | open-obligation          | not now: the case is `unopened`
frozen                                                          | owner:let-time-pass      | -> in_force  # time asks nobody's leave
frozen                                                          | escalate                 | escalated -> in_force
freeze-imposed                                                  | attempt-refused          | -> in_force
"""  # noqa: E501 - a row is a rule


@pytest.mark.parametrize(("kind", "status", "cell"), moves(MOVES))
def test_desk_moves(kind: str, status: Status, cell: str) -> None:
    """Each cell says what one kind of event does to the position of a case, or that it cannot."""
    move(kind, status, cell)


@pytest.mark.parametrize(("history", "when", "then"), stories(RULES))
def test_desk_rules(history: str, when: str, then: str) -> None:
    """Each row is one rule."""
    tell(history, when, then)
