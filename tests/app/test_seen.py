"""What is asked upon a case as it was seen is done upon that, or not at all."""

import attrs
import pytest

from freezecase import Casebook, Channel
from freezecase import commands as do
from freezecase.app.seen import as_seen
from freezecase.errors import Conflict
from tests.app.books import ENGINE, OWNER, opened


def test_a_case_that_nobody_wrote_to_is_written_upon() -> None:
    """And other cases are not looked at."""
    with Casebook.open("memory:") as book:
        seen, other = opened(book), opened(book, "acct-0815")
        book.execute(do.RecordContact(other.id, channel=Channel.CHAT), by=ENGINE)
        upon = attrs.evolve(book, store=as_seen(book.store, seen))
        upon.execute(do.RecordContact(seen.id, channel=Channel.CHAT), by=OWNER)
        upon.execute(do.SendReply(other.id, channel=Channel.CHAT), by=ENGINE)
        assert book.case(seen.id).reply_owed


def test_a_case_that_somebody_wrote_to_is_a_conflict() -> None:
    """Nothing is recorded."""
    with Casebook.open("memory:") as book:
        seen = opened(book)
        now = book.execute(do.RecordContact(seen.id, channel=Channel.CHAT), by=OWNER).case
        upon = attrs.evolve(book, store=as_seen(book.store, seen))
        with pytest.raises(Conflict, match="somebody wrote to it since it was looked at"):
            upon.execute(do.SendReply(seen.id, channel=Channel.CHAT), by=ENGINE)
        assert book.case(seen.id) == now
