"""Cases are folded from their rows: one at a time, or case by case over a whole store."""

from uuid import UUID

import pytest

from freezecase import Casebook
from freezecase import commands as do
from freezecase.app.reading import Reader, events_of, folded_cases
from freezecase.core.values import Channel
from freezecase.errors import NoSuchCase, RecordError, VersionGap
from freezecase.testing.contracts import StoryClock
from tests.app.books import OWNER, decided, opened


@pytest.fixture
def book() -> Casebook:
    """A book with a few cases, each with a few records, written by turns."""
    book = Casebook.open("memory:", clock=StoryClock())
    cases = [opened(book, f"acct-{n}").id for n in range(4)]
    for turn in range(3):
        for case in cases[turn:]:
            contact = do.RecordContact(case, channel=Channel.CHAT)
            book.execute(contact, by=type(OWNER).customer(book.case(case).account))
    return book


def test_a_whole_store_is_folded_case_by_case(book: Casebook) -> None:
    """Streaming gives the same states as reading each case, in the order of ids."""
    streamed = list(folded_cases(book.store.scan_cases()))
    assert streamed == sorted(book.cases(), key=lambda case: case.id)
    contacts = [decided(book.history(case.id)).count("contact-received") for case in streamed]
    assert contacts == [1, 2, 3, 3]
    assert list(folded_cases([])) == []


@pytest.mark.parametrize(("number", "version"), [(1, 1), (1, 3), (3, 2), (4, 1)])
def test_a_stream_with_a_gap_is_refused_where_it_is(
    book: Casebook, number: int, version: int
) -> None:
    """The first, a middle or a later case: the gap is named by its case and versions."""
    case = UUID(int=number)
    rows = [row for row in book.store.scan_cases() if (row[2], row[3]) != (case.hex, version)]
    with pytest.raises(VersionGap) as gap:
        list(folded_cases(rows))
    assert str(case) in str(gap.value) or case.hex in str(gap.value)
    assert f"version {version} should come next, found {version + 1}" in str(gap.value)


def test_a_stream_cannot_tell_that_the_newest_record_is_missing(book: Casebook) -> None:
    """It is then the case as it was before; the ledger knows better."""
    first, *others = book.cases()
    rows = [row for row in book.store.scan_cases() if row[2:4] != (first.id.hex, first.version)]
    assert list(folded_cases(rows)) == [book.case(first.id, version=first.version - 1), *others]


def test_a_stream_names_the_record_that_it_cannot_read(book: Casebook) -> None:
    """With its case and its version."""
    index, at, case, version, name, _ = next(iter(book.store.scan_cases()))
    with pytest.raises(RecordError, match=f"case `{case}` version {version}"):
        list(folded_cases([(index, at, case, version, name, b"{}")]))


def test_versions_follow_one_another(book: Casebook) -> None:
    """Events are given as long as each version follows the one before."""
    case = next(book.cases()).id
    rows = book.store.read(case)
    assert list(events_of(case, rows)) == [record.event for record in book.history(case)]
    for wrong in (rows[1:], [rows[0], rows[0]], list(reversed(rows))):
        with pytest.raises(VersionGap):
            list(events_of(case, wrong))


def test_ids_are_paged_through(book: Casebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with many cases is listed a page at a time; no page is asked for twice."""
    store = book.store
    pages: list[int] = []
    cases = store.cases

    def small(after: int = 0, limit: int = 3) -> object:
        pages.append(after)
        return cases(after, min(limit, 3))

    monkeypatch.setattr(store, "cases", small)
    ids = list(Reader(store).ids())
    assert ids == [UUID(int=n) for n in (1, 2, 3, 4)]
    *_, third, last = (listed.opened for listed in cases())
    assert pages == [0, third, last]


def test_an_account_nobody_froze_has_no_cases(book: Casebook) -> None:
    """And an unknown case is named."""
    assert list(Reader(book.store).cases("nobody")) == []
    with pytest.raises(NoSuchCase, match="impose a freeze"):
        Reader(book.store).history(UUID(int=77))
