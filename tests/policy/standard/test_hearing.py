"""The customer's own part, appeals, hand-overs, and what ends a duty."""

import pytest

from tests.policy.standard.book import Row, row, sections

GATES = sections("""
own-case:
# case                | who      | asks for                                   | the host says | and hears
asked                 | owner    | submit-evidence check=device               |               | allowed
asked                 | stranger | submit-evidence check=device               |               | forbidden: a customer may act only on a case of their own account
asked                 | lab      | submit-evidence check=device               |               | allowed
frozen                | owner    | record-contact                             |               | allowed
frozen                | stranger | record-contact                             |               | forbidden: a customer may act only on a case of their own account
frozen                | owner    | check-contact-code                         |               | allowed
frozen                | stranger | check-contact-code                         |               | forbidden: a customer may act only on a case of their own account
frozen                | owner    | request-human                              |               | allowed
frozen                | stranger | request-human                              |               | forbidden: a customer may act only on a case of their own account
frozen                | owner    | file-appeal                                |               | allowed
frozen                | stranger | file-appeal                                |               | forbidden: a customer may act only on a case of their own account
appealed              | owner    | withdraw-appeal                            |               | allowed
appealed              | stranger | withdraw-appeal                            |               | forbidden: a customer may act only on a case of their own account

appeal-in-time:
frozen                | owner    | file-appeal                                |               | allowed
frozen long ago       | owner    | file-appeal                                |               | required: somebody of the staff who files the late appeal, or a reinstatement
frozen long ago       | owner    | file-appeal route=reinstatement            |               | allowed
frozen long ago       | ana      | file-appeal                                |               | allowed     # for them
frozen long ago, upheld today | owner | file-appeal                           |               | allowed     # a new decision, a new window

independent-review:
upheld and appealed   | rob      | reject-appeal                              |               | forbidden: whoever made the decision may not review it
upheld and appealed   | rob      | uphold-appeal                              |               | forbidden: whoever made the decision may not review it
upheld and appealed   | lea      | reject-appeal                              |               | allowed
upheld and appealed   | lea      | uphold-appeal                              |               | allowed
appealed              | rob      | reject-appeal                              |               | allowed     # a machine froze

independent-reviewer:
upheld and appealed   | ana      | assign-appeal reviewer=rob                 |               | forbidden: the reviewer must not have made the decision that is contested
upheld and appealed   | rob      | assign-appeal reviewer=lea                 |               | allowed

hand-over-taken-by-whom-it-was-offered:
offered               | rob      | accept-hand-over                           |               | allowed
offered               | ana      | accept-hand-over                           |               | forbidden: the case was offered to somebody else
offered               | lea      | accept-hand-over                           |               | forbidden: the case was offered to somebody else

people-fail-for-good:
shown                 | lab      | fail-check check=device                    |               | allowed     # to be tried again
shown                 | engine   | fail-check check=device remedy= appeal_to=internal-review | | required: a person: no machine fails a check for good
shown                 | lab      | fail-check check=device remedy= appeal_to=internal-review | | required: a person: no machine fails a check for good
shown                 | ana      | fail-check check=device remedy= appeal_to=internal-review | | allowed

nothing-lost-is-asked-for:
locked out            | ana      | request-checks checks=identity+liveness    |               | allowed
locked out            | ana      | request-checks checks=device               |               | required: an alternative to `device`, which the owner has lost
locked out            | ana      | request-checks checks=identity+second-factor |             | required: an alternative to `second-factor`, which the owner has lost
locked out            | ana      | request-checks checks=device/second-factor |               | required: an alternative to `device`, which the owner has lost
locked out            | ana      | request-checks checks=device/video-call    |               | allowed
frozen                | ana      | request-checks checks=device               |               | allowed     # nobody lost anything

duties-end-by-deed:
frozen                | lea      | meet-obligation obligation=review          |               | forbidden: the case still waits for it, until `account-offboarded` or `appeal-filed` or `external-review-opened` or `freeze-upheld` or `funds-forfeited` or `release-ordered` or `release-proposed`
written to us         | otto     | waive-obligation obligation=reply          |               | forbidden: the case still waits for it, until `reply-sent`
asking for a person   | ana      | meet-obligation obligation=human           |               | forbidden: the case still waits for it, until `human-joined`
asked                 | ana      | waive-obligation obligation=evidence subject=device |      | forbidden: the case still waits for it, until `account-offboarded` or `appeal-upheld` or `check-failed` or `check-passed` or `check-waived` or `evidence-submitted` or `funds-forfeited` or `release-ordered`
frozen                | lea      | waive-obligation obligation=update         |               | allowed     # nothing waits for news
held                  | rob      | meet-obligation obligation=hold-review subject=order-7 |   | allowed     # it was looked at
released              | ana      | meet-obligation obligation=post-release-watch |            | allowed

second-signature-by-another:
ordered alone         | otto     | meet-obligation obligation=second-signature |              | forbidden: whoever ordered it alone may not sign for the second time
ordered alone         | eve      | meet-obligation obligation=second-signature |              | allowed
ordered alone         | engine   | meet-obligation obligation=second-signature |              | required: a person of the staff who signs
ordered alone         | eve      | waive-obligation obligation=second-signature |             | forbidden: a second signature is not waived
ordered alone         | eve      | waive-obligation obligation=update         |               | allowed

rights-are-the-customers:
frozen                | lea      | waive-obligation obligation=appeal-window  |               | forbidden: `appeal-window` is a right of the customer's
frozen                | otto     | meet-obligation obligation=appeal-window   |               | forbidden: `appeal-window` is a right of the customer's
frozen                | otto     | meet-obligation obligation=update          |               | allowed
frozen                | lea      | waive-obligation obligation=update         |               | allowed

extension-by-notice:
frozen                | lea      | extend-obligation obligation=review due=3  |               | required: the notice `extension` to the customer first
told of an extension  | lea      | extend-obligation obligation=review due=3  |               | allowed
told of an extension  | ana      | extend-obligation obligation=review due=3  |               | required: a lead: whoever is late does not extend their own time
told of an extension  | otto     | extend-obligation obligation=review due=3  |               | required: a lead: whoever is late does not extend their own time
""")  # noqa: E501 - a row is a rule


@pytest.mark.parametrize(
    ("rule", "cells"), [(rule, cells) for rule, table in GATES.items() for cells in table]
)
def test_hearing(rule: str, cells: Row) -> None:
    """Each row is one rule, in its own words; and no other rule stands in the way."""
    row(rule, cells)
