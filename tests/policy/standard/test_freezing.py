"""Who may freeze on which ground, how much at most, and with which reasons."""

import pytest

from tests.policy.standard.book import Row, row, sections

GATES = sections("""
own-account:
# case | who      | asks for                                                 | the host says | and hears
new    | owner    | impose-freeze ground=self-lock                           |               | allowed
new    | owner    | impose-freeze ground=self-lock account=acct-0815         |               | forbidden: a customer may freeze only their own account
new    | engine   | impose-freeze account=acct-0815                          |               | allowed

ground-fits-who-freezes:
new    | owner    | impose-freeze ground=self-lock                           |               | allowed
new    | owner    | impose-freeze ground=account-takeover                    |               | allowed
new    | owner    | impose-freeze ground=credential-loss                     |               | allowed
new    | owner    | impose-freeze ground=aml-alert                           |               | forbidden: customers do not freeze their own account on `aml-alert`
new    | engine   | impose-freeze ground=aml-alert                           |               | allowed
new    | engine   | impose-freeze ground=sanctions-match                     |               | allowed
new    | engine   | impose-freeze ground=legal-order                         |               | forbidden: `legal-order` is for authority or staff to say
new    | ana      | impose-freeze ground=legal-order                         |               | allowed
new    | court    | impose-freeze ground=legal-order                         |               | allowed
new    | engine   | impose-freeze ground=owner-deceased                      |               | forbidden: `owner-deceased` is for staff to say
new    | court    | impose-freeze ground=owner-deceased                      |               | forbidden: `owner-deceased` is for staff to say
new    | ana      | impose-freeze ground=owner-deceased                      |               | allowed
new    | engine   | impose-freeze ground=terms-breach reason=spam            |               | forbidden: `terms-breach` is for staff to say
new    | ana      | impose-freeze ground=terms-breach reason=spam            |               | allowed

least-scope:
new    | engine   | impose-freeze ground=account-takeover scope=everything   |               | allowed
new    | engine   | impose-freeze ground=sanctions-match scope=everything    |               | allowed
new    | engine   | impose-freeze ground=incident scope=everything           |               | allowed
new    | court    | impose-freeze ground=legal-order scope=everything        |               | allowed
new    | ana      | impose-freeze ground=owner-deceased scope=everything     |               | allowed
new    | owner    | impose-freeze ground=self-lock scope=everything          |               | allowed
new    | engine   | impose-freeze ground=identity-expired scope=everything   |               | required: a scope without log-in: on `identity-expired` the owner must be able to get in
new    | engine   | impose-freeze ground=identity-expired scope=withdrawals  |               | allowed
new    | engine   | impose-freeze ground=identity-failed scope=log-in        |               | required: a scope without log-in: on `identity-failed` the owner must be able to get in
new    | engine   | impose-freeze ground=aml-alert scope=log-in+trade        |               | required: a scope without log-in: on `aml-alert` the owner must be able to get in
frozen           | ana | widen-scope scope=everything                        |               | allowed     # a takeover
frozen for terms | ana | widen-scope scope=everything                        |               | required: a scope without log-in: on `terms-breach` the owner must be able to get in

reasons-for-discretion:
new    | ana      | impose-freeze ground=terms-breach                        |               | required: a reason: `terms-breach` is a judgement
new    | ana      | impose-freeze ground=terms-breach reason=spam            |               | allowed
new    | engine   | impose-freeze ground=payment-dispute                     |               | required: a reason: `payment-dispute` is a judgement
new    | engine   | impose-freeze ground=payment-dispute reason=charged-back |               | allowed
new    | engine   | impose-freeze ground=aml-alert                           |               | allowed     # the alert is the reason

no-instant-refreeze:
new    | engine   | impose-freeze                                            | released_lately=no          | allowed
new    | engine   | impose-freeze                                            | released_lately=other-ground | allowed
new    | engine   | impose-freeze                                            | released_lately=same-ground | required: a person and new reasons: this ground was cleared a short while ago
new    | engine   | impose-freeze reason=again                               | released_lately=same-ground | required: a person and new reasons: this ground was cleared a short while ago
new    | ana      | impose-freeze                                            | released_lately=same-ground | required: a person and new reasons: this ground was cleared a short while ago
new    | ana      | impose-freeze reason=again                               | released_lately=same-ground | allowed
new    | engine   | impose-freeze                                            |               | allowed     # the host keeps no such list

renewal-takes-new-reasons:
upheld until in 30 days | rob | renew-freeze until=60                        |               | allowed
upheld until in 30 days | rob | renew-freeze until=30                        |               | forbidden: a renewal that ends no later than the freeze itself renews nothing
upheld until in 30 days | rob | renew-freeze until=1                         |               | forbidden: a renewal that ends no later than the freeze itself renews nothing
upheld                  | rob | renew-freeze until=1                         |               | allowed     # it had no end

narrowing-is-a-release:
frozen | ana      | narrow-scope scope=withdraw-crypto                       |               | required: a release in part, proposed by one person and approved by another
frozen | otto     | narrow-scope scope=withdraw-crypto                       |               | required: a release in part, proposed by one person and approved by another
frozen | engine   | narrow-scope scope=withdraw-crypto                       |               | required: a release in part, proposed by one person and approved by another
frozen | court    | narrow-scope scope=withdraw-crypto                       |               | allowed
""")  # noqa: E501 - a row is a rule


@pytest.mark.parametrize(
    ("rule", "cells"), [(rule, cells) for rule, table in GATES.items() for cells in table]
)
def test_freezing(rule: str, cells: Row) -> None:
    """Each row is one rule, in its own words; and no other rule stands in the way."""
    row(rule, cells)
