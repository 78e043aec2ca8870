"""Cases are folded from their rows: one at a time, or case by case over a whole store."""

from uuid import UUID

import pytest

from freezecase import Casebook
from freezecase import commands as do
from freezecase.app.reading import Reader, events_of, folded_cases
from freezecase.core.values import Channel
from freezecase.errors import NoSuchCase, RecordError, VersionGap
from freezecase.testing.contracts import StoryClock
from tests.app.books import OWNER, opened


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
    assert [case.version for case in streamed] == [2, 3, 4, 4]
    assert list(folded_cases([])) == []


@pytest.mark.parametrize("missing", [0, 1, 4])
def test_a_stream_with_a_gap_is_refused_where_it_is(book: Casebook, missing: int) -> None:
    """The first, a middle or a later case: the gap is named by its case and versions."""
    rows = list(book.store.scan_cases())
    hole = rows.pop(missing)
    if rows[missing][2] == hole[2]:
        with pytest.raises(VersionGap) as gap:
            list(folded_cases(rows))
        assert str(UUID(hole[2])) in str(gap.value) or hole[2] in str(gap.value)
        assert f"version {hole[3]} should come next, found {hole[3] + 1}" in str(gap.value)
    else:
        assert len(list(folded_cases(rows))) == 4


def test_a_stream_names_the_record_that_it_cannot_read(book: Casebook) -> None:
    """With its case and its version."""
    index, at, case, version, name, _ = next(iter(book.store.scan_cases()))
    with pytest.raises(RecordError, match=f"case `{case}` version {version}"):
        list(folded_cases([(index, at, case, version, name, b"{}")]))


def test_versions_follow_one_another(book: Casebook) -> None:
    """Events are given as long as each version follows the one before."""
    case = next(book.cases()).id
    rows = book.store.read(case)
    assert len(list(events_of(case, rows))) == 2
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
    assert pages == [0, 3, 4]


def test_an_account_nobody_froze_has_no_cases(book: Casebook) -> None:
    """And an unknown case is named."""
    assert list(Reader(book.store).cases("nobody")) == []
    with pytest.raises(NoSuchCase, match="impose a freeze"):
        Reader(book.store).history(UUID(int=77))
