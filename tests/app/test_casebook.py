"""The front door: what it takes, what it refuses, and that what it refuses leaves no trace."""

import pickle
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase import (
    Casebook,
    Conflict,
    NoSuchCase,
    NotAllowedNow,
    PolicyForbids,
    Scope,
    Status,
    errors,
    forbid,
    gate,
    standard,
)
from freezecase import commands as do
from freezecase.app.clock import SystemClock
from freezecase.core.values import Channel
from freezecase.errors import InvalidValue, StoreError
from freezecase.policy.effective import ALWAYS
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA, ENGINE, OWNER, ROB, decided, freeze, opened

NAIVE = datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001 - that is what is wrong with it
CASE = UUID(int=1)


@pytest.fixture
def clock() -> StoryClock:
    """A clock that is set by hand."""
    return StoryClock()


@pytest.fixture
def book(clock: StoryClock) -> Iterator[Casebook]:
    """A book with one case, number 1."""
    with Casebook.open("memory:", clock=clock) as made:
        assert opened(made).id == CASE
        yield made


def uphold(book: Casebook, **more: Any) -> object:
    """Ask for something that may happen, in a way that it may not be asked."""
    asked: dict[str, Any] = {"by": ANA, **more}
    return book.execute(do.UpholdFreeze(CASE, reason="seen"), **asked)


@pytest.mark.parametrize("case", [CASE, str(CASE), CASE.hex])
def test_a_case_may_be_named_by_the_text_of_its_id(book: Casebook, case: Any) -> None:
    """As commands take it, so does reading."""
    assert book.case(case).id == book.customer_view(case).case == CASE
    assert decided(book.history(case)) == ["freeze-imposed"]
    assert book.execute(do.UpholdFreeze(case, reason="seen"), by=ANA).case.id == CASE


# --- what the case is in no position for ---------------------------------------------------------


def closed(book: Casebook) -> None:
    """Bring the case to its end."""
    for command, by in (
        (do.ProposeRelease(CASE, reason="verified"), ANA),
        (do.ApproveRelease(CASE), ROB),
        (do.ConfirmRelease(CASE), ENGINE),
        (do.CloseCase(CASE, outcome="cleared"), ANA),
    ):
        book.execute(command, by=by)


def test_a_closed_case_says_what_it_still_allows(book: Casebook) -> None:
    """What was asked, where the case stands, and what would be allowed: all in one line."""
    closed(book)
    before = book.history(CASE)
    with pytest.raises(NotAllowedNow) as refused:
        book.execute(do.NarrowScope(CASE, scope=Scope.everything()), by=ANA)
    assert refused.value.asked == "narrow-scope"
    assert {"reopen-case", "record-contact"} <= refused.value.allowed
    assert "closed" in str(refused.value)
    assert "`reopen-case`" in str(refused.value)
    assert book.history(CASE) == before
    assert book.execute(do.ReopenCase(CASE, reason="new facts"), by=ANA).case.status


def test_an_unknown_case_is_named(book: Casebook) -> None:
    """The id that was asked for, and what to do."""
    with pytest.raises(NoSuchCase, match=f"no case `{UUID(int=7)}`: impose a freeze") as unknown:
        book.execute(do.UpholdFreeze(UUID(int=7), reason="seen"), by=ANA)
    assert unknown.value.case == str(UUID(int=7))
    assert isinstance(unknown.value, LookupError)
    assert book.store.size() == book.case(CASE).version


@pytest.mark.parametrize(
    "ask",
    [
        lambda book: book.case(UUID(int=7)),
        lambda book: book.case(CASE, version=0),
        lambda book: book.execute(do.ApproveRelease(CASE), by=ANA),
        lambda book: book.execute(do.OrderRelease(CASE, reason="x"), by=ANA),
        lambda book: book.execute(freeze(), by=ROB, id=CASE),
    ],
    ids=["no case", "no version", "not now", "forbidden", "reused"],
)
def test_an_error_survives_a_trip_to_another_process(
    book: Casebook, ask: Callable[[Casebook], object]
) -> None:
    """With its kind, its words and its parts."""
    with pytest.raises(errors.FreezeCaseError) as raised:
        ask(book)
    told = pickle.loads(pickle.dumps(raised.value))
    assert (type(told), str(told)) == (raised.type, str(raised.value))
    assert vars(told) == vars(raised.value)


def test_all_that_is_raised_has_one_root() -> None:
    """Whoever catches `FreezeCaseError` catches everything that is raised on purpose."""
    kinds = [getattr(errors, name) for name in errors.__all__]
    assert all(issubclass(kind, errors.FreezeCaseError) for kind in kinds)
    assert {Conflict, InvalidValue, NoSuchCase, StoreError} <= set(kinds)


# --- when ----------------------------------------------------------------------------------------


def test_what_happened_earlier_is_recorded_now(book: Casebook, clock: StoryClock) -> None:
    """A claim about the past stands beside the instant of recording, in UTC, however old."""
    tokyo = timezone(timedelta(hours=9))
    for claimed in (
        datetime(2025, 12, 31, 23, 0, tzinfo=tokyo),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        clock.instant + timedelta(minutes=5),  # clocks differ a little
    ):
        before = book.case(CASE).version
        contact = do.RecordContact(CASE, channel=Channel.LETTER)
        outcome = book.execute(contact, by=OWNER, occurred_at=claimed)
        record, *rest = book.history(CASE)[before:]
        assert outcome.records == (record, *rest)
        for one in outcome.records:
            assert (one.occurred_at, one.recorded_at) == (claimed, clock.instant)
            assert one.occurred_at.tzinfo is UTC
        assert record.ruling is not None
        assert record.ruling.at == clock.instant


def test_a_clock_without_a_zone_is_found_out(book: Casebook) -> None:
    """A host's clock that gives naive instants is refused before anything is recorded."""
    naive = attrs.evolve(book, clock=SystemClock(lambda: NAIVE))
    with pytest.raises(InvalidValue, match="now cannot be"):
        uphold(naive)


# --- facts, policies and settings ----------------------------------------------------------------


def test_facts_are_recorded_with_the_ruling(book: Casebook) -> None:
    """What the rules could see is in the history, in the order of its names."""
    facts: dict[str, str | int | bool] = {"night": False, "band": "high", "score": -(2**53) + 1}
    before = book.case(CASE).version
    uphold(book, facts=facts)
    ruling = book.history(CASE)[before].ruling
    assert ruling is not None
    assert dict(ruling.facts) == facts
    assert list(ruling.facts) == ["band", "night", "score"]


def test_a_book_is_judged_by_the_policy_it_was_opened_with() -> None:
    """A rule of the host's own forbids, is named in the refusal, and in the record of it."""

    @gate("not-on-mondays", on=[do.UpholdFreeze])
    def not_on_mondays(_question: Any) -> Any:
        """Nobody decides on a Monday."""
        return forbid("it is Monday")

    policy = standard().adding(not_on_mondays)
    with Casebook.open("memory:", policy=policy, clock=StoryClock()) as book:
        opened(book)
        with pytest.raises(PolicyForbids, match="`not-on-mondays` it is Monday"):
            uphold(book)
        ruling = book.history(CASE)[-1].ruling
        assert ruling is not None
        assert ruling.decided_by == ("not-on-mondays",)
        assert ruling.policy == policy.ref != standard().ref


def test_a_status_may_be_named_by_its_word(book: Casebook) -> None:
    """A status that came over the wire finds the same cases."""
    word: Any = "in_force"
    assert [case.id for case in book.cases(status=word)] == [CASE]
    assert list(book.cases(status=Status.CLOSED)) == []


def test_a_book_opens_with_this_machines_clock_and_the_standard_policy(tmp_path: Any) -> None:
    """A URL is enough."""
    with Casebook.open(f"sqlite:///{tmp_path}/cases.db") as book:
        assert isinstance(book.clock, SystemClock)
        (edition,) = book.policies.editions
        assert (edition.policy.ref, edition.effective) == (standard().ref, ALWAYS)
        before = datetime.now(UTC)
        record = book.history(opened(book).id)[0]
        assert before <= record.recorded_at <= datetime.now(UTC)
    with pytest.raises(StoreError, match="no such file"):
        Casebook.open(f"sqlite:///{tmp_path}/other.db", create=False)


def test_a_view_is_of_one_moment(book: Casebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """The customer's view is folded from one reading: nobody writes between its two halves."""
    reads: list[UUID] = []
    store: Any = book.store
    read = store.read

    def watched(case: UUID, **more: Any) -> Any:
        reads.append(case)
        return read(case, **more)

    monkeypatch.setattr(store, "read", watched)
    book.customer_view(CASE)
    assert reads == [CASE]
