"""What is owed is found, what is missed is recorded once, and nothing is waited for in vain."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.pending import uncovered
from freezecase.core.state import CaseState
from freezecase.core.values import Channel
from freezecase.testing.contracts.stage import (
    ANA,
    ENGINE,
    OWNER,
    StoryClock,
    freeze,
    interrupted,
    looked_at,
    story,
)
from freezecase.views.due import due

__all__ = [
    "a_miss_is_written_by_whoever_comes_first",
    "alarms_are_made_again_from_the_records",
    "nothing_is_waited_for_that_nobody_owes",
    "run_due_twice_is_run_due_once",
    "what_is_due_is_found_without_looking_at_the_rest",
]

_LONG: Final = 24 * 366
"""Hours in which everything that can be missed was missed."""


def run_due_twice_is_run_due_once(book: Casebook) -> None:
    """What was missed is recorded once, however often somebody looks, and whatever comes next."""
    book, clock = _desk(book)
    for hours in (1, 24, 24 * 30, _LONG):
        now = clock.later(hours=hours)
        late = book.due(now)
        first = book.run_due(now)
        assert (first.missed, dict(first.failed)) == (len(late), {})
        size, cases = book.store.size(), [*book.cases()]
        assert (book.run_due(now).missed, book.due(now)) == (0, ())
        assert book.run_due(now - timedelta(hours=hours)).missed == 0
        assert (book.store.size(), [*book.cases()]) == (size, cases), "nothing more was written"


def nothing_is_waited_for_that_nobody_owes(book: Casebook) -> None:
    """Whatever a case waits for, somebody owes it by a time, however long everybody is silent."""
    book, clock = _desk(book)
    assert _sleeping(book.cases()) == []
    for _ in range(12):
        book.run_due(clock.later(hours=24 * 30))
        assert _sleeping(book.cases()) == []
    assert all(case.obligations for case in book.cases())


def what_is_due_is_found_without_looking_at_the_rest(book: Casebook) -> None:
    """The due list is what folding every case would give, and only cases that ring are read."""
    book, clock = _desk(book)
    calm = book.execute(freeze("acct-9"), by=ENGINE).case
    book.execute(do.ConfirmEnforcement(calm.id), by=ENGINE)
    for hours in (0, 1, 3, 20, 50, _LONG):
        now = clock.instant + timedelta(hours=hours)
        watched, read = looked_at(book)
        found = watched.due(now)
        assert found == due(book.cases(), now) == book.due(clock.instant, ahead=now - clock.instant)
        assert sorted(read) == sorted({one.case for one in found})
        assert (calm.id in read) == (hours > 20)


def a_miss_is_written_by_whoever_comes_first(book: Casebook) -> None:
    """Of two who let time pass at once, one writes a miss; the other finds that it is written."""
    book, clock = _desk(book)
    now = clock.later(hours=30)
    late = len(book.due(now))
    other = interrupted(book, lambda: book.run_due(now))
    passed = other.run_due(now)
    assert (passed.missed, dict(passed.failed)) == (0, {}), "all was written by somebody else"
    missed = [one for case in book.cases() for one in book.history(case.id) if _is_miss(one.kind)]
    assert len(missed) == late


def alarms_are_made_again_from_the_records(book: Casebook) -> None:
    """An index of alarms that was lost or is wrong is put right, and finds what is due again."""
    book, clock = _desk(book)
    now = clock.later(hours=30)
    late = book.due(now)
    size = book.store.size()
    for wrong in (None, 0, 2**62):
        book.store.set_alarms(dict.fromkeys((case.id for case in book.cases()), wrong), upto=size)
        assert (book.due(now) == late) == (wrong == 0), "rung too early, all are looked at"
        rebuilt = book.rebuild_alarms()
        assert (rebuilt.cases, dict(rebuilt.failed)) == (len([*book.cases()]), {})
        watched, read = looked_at(book)
        assert watched.due(now) == late
        assert sorted(read) == sorted({one.case for one in late})


def _desk(book: Casebook) -> tuple[Casebook, StoryClock]:
    """Return a book with three cases, each as far as another, and its clock."""
    book, clock, case = story(book)
    book.execute(do.RecordContact(case.id, channel=Channel.CHAT), by=OWNER)
    appealed = book.execute(freeze("acct-2"), by=ENGINE).case
    appeal = do.FileAppeal(appealed.id, contests=1, statement="it was my new phone")
    book.execute(appeal, by=ENGINE)
    asked = book.execute(freeze("acct-3"), by=ENGINE).case
    book.execute(do.RequestChecks(asked.id, checks=["liveness"]), by=ANA)
    promised = clock.instant + timedelta(hours=2)
    book.execute(do.MakePromise(asked.id, promise="call-back", due=promised), by=ANA)
    return book, clock


def _sleeping(cases: Iterable[CaseState]) -> list[str]:
    """Return what nobody owes, though a case waits for it."""
    return [wait.what for case in cases for wait in uncovered(case)]


def _is_miss(kind: str) -> bool:
    return kind in {"obligation-missed", "promise-broken"}
