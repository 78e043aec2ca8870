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
    for hours, state in enumerate(states):
        at = BEGIN + timedelta(hours=hours)
        assert book.case(case.id, version=state.version) == state
        assert book.case(case.id, at=at) == book.case(case.id, at=at + timedelta(minutes=59))
        assert book.case(case.id, at=at) == state
        assert book.case(case.id, at=at, version=states[-1].version) == state
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
    newest = case.version
    ahead = raises(NoSuchCase, lambda: book.case(case.id, version=newest + 1))
    assert f"at version {newest + 1}: it has versions 1 to {newest}" in str(ahead)
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
    history, theirs = book.history(case.id), book.history(other.id)
    assert [record.version for record in history] == list(range(1, len(history) + 1))
    indexes = sorted(record.index for record in history + theirs)
    assert indexes == list(range(1, len(indexes) + 1)), "one order over all cases"
    for turn in (history[: case.version], *(answer.records for answer in answers), theirs):
        first, *rest = turn
        assert (first.cause, first.ruling is None) == (None, False)
        assert {(one.cause, one.ruling) for one in rest} == {(first.version, None)}
    answered = answers[0].records + answers[1].records
    assert history[case.version :] == answered, "what was answered is stored"
    assert fold((r.event for r in history), unopened(case.id)) == answers[1].case


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
    history = book.history(case.id)
    recorded = [record.recorded_at for record in history]
    assert recorded == sorted(recorded)
    assert set(recorded) == {BEGIN, BEGIN + timedelta(hours=1)}
    assert back.records == history[case.version : back.case.version]
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
    late = [(one.kind, one.subject) for one in book.due(clock.instant)]
    assert ("promise", "call-back") in late
    misses = [book.execute(pass_time, by=ENGINE).records[0].kind for _ in late]
    assert sorted(misses) == sorted(
        "promise-broken" if kind == "promise" else "obligation-missed" for kind, _ in late
    )
    assert book.execute(pass_time, by=ENGINE).records == ()
    assert kinds(book, case) == ["promise-made", *misses]
