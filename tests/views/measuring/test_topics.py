"""What customers ask about, contact by contact."""

from freezecase.core import events as e
from freezecase.core.values import Channel, Scope
from freezecase.views.measuring.topics import Topic, topics
from tests.views.measuring.stories import BEGIN, BY, END, at, case_of, frozen


def asked(*about: str) -> e.ContactReceived:
    """The customer asks about these."""
    return e.ContactReceived(channel=Channel.CHAT, by=BY, topics=about)


CASE = case_of(
    (0, frozen(Scope.withdrawals())),
    (1, asked("why", "how-long")),
    (2, asked("how-long", "how-long")),
    (3, asked()),
    (4, e.ReplySent(channel=Channel.CHAT, human=True, topics=("why",))),
    (5, asked("my-money")),
)


def test_a_topic_counts_once_a_contact_and_again_in_a_case() -> None:
    """`how-long` came in two contacts of one case; what we answer is no question."""
    expected = {
        "why": Topic(contacts=1, cases=1),
        "how-long": Topic(contacts=2, cases=1, again=1),
        "my-money": Topic(contacts=1, cases=1),
    }
    assert expected == dict(topics(CASE.records, BEGIN, END))
    assert expected["how-long"].n == 2


def test_only_contacts_of_the_period_count() -> None:
    """Its first instant is in it, its end is not."""
    found = dict(topics(CASE.records, at(2), at(5)))
    assert {"how-long": Topic(contacts=1, cases=1)} == found
