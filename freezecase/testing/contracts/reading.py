"""What was recorded is read as it was, in order, and time does not run backwards."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast
from uuid import UUID

from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.evolve import fold, unopened
from freezecase.core.status import Status
from freezecase.core.values import Channel
from freezecase.errors import NoSuchCase
from freezecase.testing.contracts.stage import (
    ANA,
    BEGIN,
    ENGINE,
    OWNER,
    ROB,
    freeze,
    kinds,
    raises,
    story,
)

__all__ = [
    "a_case_can_be_read_as_it_was",
    "cases_are_found_by_account_and_status",
    "history_is_whole_and_in_order",
    "recorded_time_never_falls",
    "time_that_misses_nothing_writes_nothing",
    "what_is_not_there_is_named",
]


def a_case_can_be_read_as_it_was(book: Casebook) -> None:
    """A case is read at any version, and as it was recorded at any instant."""
    book, clock, case = story(book)
    states = [case]
    for channel in (Channel.PHONE, Channel.CHAT, Channel.LETTER):
        clock.later(hours=1)
        states.append(book.execute(do.RecordContact(case.id, channel=channel), by=OWNER).case)
    for version, state in enumerate(states, start=1):
        at = BEGIN + timedelta(hours=version - 1)
        assert book.case(case.id, version=version) == state
        assert book.case(case.id, at=at) == book.case(case.id, at=at + timedelta(minutes=59))
        assert book.case(case.id, at=at) == state
        assert book.case(case.id, at=at, version=4) == state
    assert book.case(case.id) == states[-1]


def what_is_not_there_is_named(book: Casebook) -> None:
    """An unknown case, a version to come and an instant before all are errors that say which."""
    book, clock, case = story(book)
    nobody = UUID(int=7)
    for ask, words in (
        (lambda: book.case(nobody), "impose a freeze"),
        (lambda: book.history(nobody), "impose a freeze"),
        (lambda: book.customer_view(nobody), "impose a freeze"),
        (lambda: book.execute(do.UpholdFreeze(nobody, reason="seen"), by=ANA), "impose a freeze"),
    ):
        error = raises(NoSuchCase, cast("Callable[[], object]", ask))
        assert (error.case, words in str(error)) == (str(nobody), True)
    ahead = raises(NoSuchCase, lambda: book.case(case.id, version=2))
    assert "at version 2: it has versions 1 to 1" in str(ahead)
    early = raises(NoSuchCase, lambda: book.case(case.id, at=clock.later(days=-1)))
    assert "it was recorded from 2026-01-05T09:00:00+00:00 on" in str(early)


def history_is_whole_and_in_order(book: Casebook) -> None:
    """Every record is there once, in order, with its turn; folding them gives the case."""
    book, _, case = story(book)
    other = book.execute(freeze("acct-2"), by=ENGINE).case
    answers = [
        book.execute(do.ProposeRelease(case.id, reason="verified"), by=ANA),
        book.execute(do.ApproveRelease(case.id), by=ROB),
    ]
    history = book.history(case.id)
    assert [record.version for record in history] == [1, 2, 3, 4]
    assert [record.index for record in history] == [1, 3, 4, 5], "one order over all cases"
    assert [record.cause for record in history] == [None, None, None, 3]
    assert [record.ruling is None for record in history] == [False, False, False, True]
    assert history[1:] == answers[0].records + answers[1].records, "what was answered is stored"
    assert fold((r.event for r in history), unopened(case.id)) == answers[1].case
    assert len(book.history(other.id)) == 1


def cases_are_found_by_account_and_status(book: Casebook) -> None:
    """Several cases on one account are several cases, in the order they were opened."""
    book, _, first = story(book)
    other = book.execute(freeze("acct-2"), by=ENGINE).case
    second = book.execute(freeze("acct-1"), by=ENGINE).case
    upheld = book.execute(do.UpholdFreeze(first.id, reason="seen"), by=ANA).case
    assert list(book.cases()) == [upheld, other, second]
    assert list(book.cases(account="acct-1")) == [upheld, second]
    assert list(book.cases(status=Status.IN_FORCE)) == [other, second]
    assert list(book.cases(account="acct-1", status=Status.UPHELD)) == [upheld]
    assert list(book.cases(account="nobody")) == []


def recorded_time_never_falls(book: Casebook) -> None:
    """When the clock goes back, records are held at the last time, and order is kept."""
    book, clock, case = story(book)
    clock.later(hours=-5)
    back = book.execute(do.RecordContact(case.id, channel=Channel.PHONE), by=OWNER)
    clock.later(hours=6)
    book.execute(do.RecordContact(case.id, channel=Channel.PHONE), by=OWNER)
    recorded = [record.recorded_at for record in book.history(case.id)]
    assert recorded == [BEGIN, BEGIN, BEGIN + timedelta(hours=1)]
    assert back.records == book.history(case.id)[1:2]
    assert book.case(case.id, at=BEGIN) == back.case


def time_that_misses_nothing_writes_nothing(book: Casebook) -> None:
    """Letting time pass records what was missed, one miss at a time, and then nothing."""
    book, clock, case = story(book)
    due = clock.instant + timedelta(hours=2)
    book.execute(do.MakePromise(case.id, promise="call-back", due=due), by=ANA)
    pass_time = do.LetTimePass(case.id)
    assert book.execute(pass_time, by=ENGINE).records == ()
    assert book.due(clock.instant) == ()
    clock.later(hours=2)
    assert [(one.kind, one.subject) for one in book.due(clock.instant)] == [
        ("promise", "call-back")
    ]
    missed = book.execute(pass_time, by=ENGINE)
    assert [record.kind for record in missed.records] == ["promise-broken"]
    assert book.execute(pass_time, by=ENGINE).records == ()
    assert kinds(book, case) == ["promise-made", "promise-broken"]
