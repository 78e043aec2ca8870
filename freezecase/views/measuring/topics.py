"""What customers ask about: where a text to help themselves would spare the most contacts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e

__all__ = ["Topic", "topics"]


@attrs.frozen(kw_only=True)
class Topic:
    """How often customers asked about one thing."""

    contacts: int = 0
    cases: int = 0
    again: int = 0
    """In how many of the cases it was asked more than once: the first answer did not do."""

    definition: ClassVar[str] = (
        "contacts received from customers in the period that name the topic, and in how many "
        "cases; a contact that names several counts under each, one that names none under none"
    )

    @property
    def n(self) -> int:
        """Of how many contacts it is."""
        return self.contacts


def topics(
    records: Sequence[Record], since: datetime, until: datetime
) -> Iterator[tuple[str, Topic]]:
    """Yield what one case adds to each topic that was asked about in it, in a period."""
    asked = Counter(
        topic
        for record in records
        if isinstance(record.event, e.ContactReceived) and since <= record.occurred_at < until
        for topic in dict.fromkeys(record.event.topics)
    )
    for topic, count in asked.items():
        yield topic, Topic(contacts=count, cases=1, again=int(count > 1))
