"""What may be said to the customer and asked of them, and who judges a complaint."""

import pytest

from tests.policy.standard.book import Row, ask, row, rows, ruling_on, sections

GATES = sections("""
broken-words-are-not-repeated:
# case                    | who    | asks for                                     | the host says | and hears
frozen                    | ana    | make-promise due=1                           |               | allowed
broken                    | ana    | make-promise due=1                           |               | forbidden: promise `call-back` was broken: say something else, and keep it
broken                    | ana    | make-promise promise=letter due=1            |               | allowed
broken, and promised else | ana    | supersede-promise promise=letter by_promise=call-back due=1 |  | forbidden: promise `call-back` was broken: say something else, and keep it
broken, and promised else | ana    | supersede-promise promise=letter by_promise=visit due=1     |  | allowed
broken                    | ana    | send-reply promises=call-back                |               | forbidden: promise `call-back` was broken: say something else, and keep it
broken                    | ana    | send-reply promises=letter                   |               | allowed
broken                    | ana    | send-reply                                   |               | allowed
broken                    | engine | send-notice promises=call-back               |               | forbidden: promise `call-back` was broken: say something else, and keep it
broken                    | engine | send-notice promises=letter                  |               | allowed

another-channel:
told                      | engine | send-notice                                  |               | allowed     # once more does no harm
not reached               | engine | send-notice                                  |               | required: another channel: `e-mail` did not reach the customer
not reached               | engine | send-notice channel=letter                   |               | allowed
not reached               | engine | send-notice notice=update                    |               | allowed     # that was another notice
reached nowhere           | engine | send-notice                                  |               | allowed     # there is no other channel

shown-is-not-asked-for-again:
half settled              | ana    | request-checks checks=device                 |               | required: a reason: `device` was shown, and holds
half settled              | ana    | request-checks checks=liveness+device        |               | required: a reason: `device` was shown, and holds
half settled              | ana    | request-checks checks=device reason=stolen   |               | allowed
half settled              | ana    | request-checks checks=liveness               |               | allowed
settled                   | ana    | request-checks checks=identity               |               | allowed     # waived, so never shown
frozen                    | ana    | request-checks checks=device                 | held=no       | allowed
frozen                    | ana    | request-checks checks=device                 | held=yes      | required: a reason: one of them was shown, and holds
frozen                    | ana    | request-checks checks=device reason=stolen   | held=yes      | allowed

conduct-is-judged-by-another:
complained                | ana    | meet-obligation obligation=conduct           |               | forbidden: whoever looks after the case may not judge a complaint about it
complained                | ana    | waive-obligation obligation=conduct          |               | forbidden: whoever looks after the case may not judge a complaint about it
complained                | lea    | meet-obligation obligation=conduct           |               | allowed
complained                | lea    | waive-obligation obligation=conduct          |               | allowed
complained                | ana    | meet-obligation obligation=update            |               | allowed

no-machine-for-a-person:
in circles                | engine | meet-obligation obligation=bot-in-circles    |               | required: a person: the customer is owed one
in circles                | engine | waive-obligation obligation=bot-in-circles   |               | required: a person: the customer is owed one
in circles                | ana    | meet-obligation obligation=bot-in-circles    |               | allowed
in circles                | ana    | waive-obligation obligation=bot-in-circles   |               | allowed
frozen                    | engine | meet-obligation obligation=update            |               | required: a person: the customer is owed one
complained                | engine | meet-obligation obligation=conduct           |               | allowed     # this one is not met by joining
""")  # noqa: E501 - a row is a rule


@pytest.mark.parametrize(
    ("rule", "cells"), [(rule, cells) for rule, table in GATES.items() for cells in table]
)
def test_serving(rule: str, cells: Row) -> None:
    """Each row is one rule, in its own words; and no other rule stands in the way."""
    row(rule, cells)


ADVERSE = """
# what is decided for good against the customer
frozen   | uphold-freeze
upheld   | renew-freeze until=30
appealed | reject-appeal
proposed | refuse-release
frozen   | offboard-account
frozen   | forfeit-funds
shown    | fail-check check=device remedy= appeal_to=internal-review
"""


@pytest.mark.parametrize(("case", "decision"), rows(ADVERSE))
def test_no_machine_decides_for_good_against_a_customer(case: str, decision: str) -> None:
    """Regulation (EU) 2016/679 (GDPR) Art. 22(1): the same is allowed to a person, or a court."""
    assert not ruling_on(ask(case, "engine", decision)).allowed
    person = "court" if decision == "forfeit-funds" else "otto"
    assert ruling_on(ask(case, person, decision)).allowed
