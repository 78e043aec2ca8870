"""Letting go: verified first, two pairs of eyes, a glass to break, and stages where it is risky."""

import pytest

from tests.policy.standard.book import Row, row, sections

GATES = sections("""
checks-settled-first:
# case        | who   | asks for                                        | the host says | and hears
frozen        | ana   | propose-release                                 |               | allowed     # nothing was asked
asked         | ana   | propose-release                                 |               | required: check `device` passed or waived
shown         | ana   | propose-release                                 |               | required: check `device` passed or waived
half settled  | ana   | propose-release                                 |               | required: check `identity` passed or waived
settled       | ana   | propose-release                                 |               | allowed

four-eyes:
proposed      | ana   | approve-release                                 |               | forbidden: whoever proposed or already signed a release may not approve it
proposed      | rob   | approve-release                                 |               | allowed
proposed      | lea   | approve-release                                 |               | allowed

large-amounts-take-an-officer:
proposed      | rob   | approve-release                                 | amount=small  | allowed
proposed      | rob   | approve-release                                 | amount=medium | allowed
proposed      | rob   | approve-release                                 | amount=large  | required: an officer's signature: the amount is large
proposed      | otto  | approve-release                                 | amount=large  | allowed
proposed      | rob   | approve-release                                 |               | allowed     # the host says nothing of it

release-needs-proposal:
frozen        | rob   | order-release                                   |               | required: a proposal by one person and the approval of another
frozen        | lea   | order-release                                   |               | required: a proposal by one person and the approval of another
frozen        | otto  | order-release                                   |               | allowed     # breaking the glass
frozen        | court | order-release                                   |               | allowed

in-stages-where-risky:
frozen        | ana   | propose-release                                 | risk=low      | allowed
frozen        | ana   | propose-release                                 | risk=medium   | allowed
frozen        | ana   | propose-release                                 | risk=high     | required: a first stage that leaves `withdraw-crypto` stopped
frozen        | ana   | propose-release leaving=withdraw-fiat           | risk=high     | required: a first stage that leaves `withdraw-crypto` stopped
frozen        | ana   | propose-release leaving=withdraw-crypto         | risk=high     | allowed
nothing but crypto | ana | propose-release                              | risk=high     | allowed     # the last stage
log-in alone  | ana   | propose-release                                 | risk=high     | allowed     # nothing there that never returns
frozen        | ana   | propose-release                                 |               | allowed     # the host says nothing of it

final-acts-take-an-officer:
frozen        | ana   | offboard-account                                |               | required: an officer
frozen        | lea   | offboard-account                                |               | required: an officer
frozen        | otto  | offboard-account                                |               | allowed
frozen        | ana   | forfeit-funds                                   |               | required: an officer
frozen        | eve   | forfeit-funds                                   |               | allowed
frozen        | court | forfeit-funds                                   |               | allowed
""")  # noqa: E501 - a row is a rule


@pytest.mark.parametrize(
    ("rule", "cells"), [(rule, cells) for rule, table in GATES.items() for cells in table]
)
def test_releasing(rule: str, cells: Row) -> None:
    """Each row is one rule, in its own words; and no other rule stands in the way."""
    row(rule, cells)
