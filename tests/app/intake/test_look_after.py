"""Imported cases sleep until somebody is told to look after them; what is worked on never does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from freezecase import Actor, Casebook, Status
from freezecase import commands as do
from freezecase.app.clock import micros_of
from freezecase.app.intake import ImportReport, import_log, intake
from freezecase.app.intake.history import Ids
from freezecase.core.pending import uncovered
from freezecase.policy.turn import CLOCK as TIME
from freezecase.testing.contracts import StoryClock
from tests.app.books import alarms, decided, expected_alarms
from tests.app.intake.logs import CLOCK, NOW, STEPS, desk, log, row

ROB = Actor.staff("rob", "reviewer")
AT_ONCE = micros_of(NOW)
MORE = """
[step.close]
[[step.close.events]]
is = "case-closed"
with.outcome = "cleared"

[step.write]
[[step.write.events]]
is = "contact-received"
with.channel = "e-mail"

[step.promise]
[[step.promise.events]]
is = "promise-made"
with.promise = "call-back"
with.due = { column = "until", as = "instant", zone = "UTC" }
"""


@pytest.fixture
def book() -> Iterator[Casebook]:
    """An empty book, a month after the log."""
    with Casebook.open("memory:", clock=StoryClock(NOW)) as made:
        yield made


def case_of(account: str, ordinal: int = 1) -> UUID:
    return Ids("desk").case(account, ordinal)


def take(book: Casebook, folder: Path, *lines: str, **more: Any) -> ImportReport:
    """Import a log of these lines."""
    how: dict[str, Any] = {"strict": False, "clock": CLOCK, **more}
    return import_log(book.store, desk(steps=STEPS + MORE), log(folder, *lines), **how)


def test_imported_cases_wake_nobody_by_themselves(book: Casebook, tmp_path: Path) -> None:
    """Whatever a log of old says, no desk is called to it."""
    promised = row(2, "promise", until="2025-02-01T00:00:00")
    take(book, tmp_path, row(1, "freeze"), promised, row(3, "freeze", "a2"), row(4, "write", "a2"))
    size = book.store.size()
    assert (alarms(book), book.due(NOW)) == ({}, ())
    assert book.run_due(NOW).cases == 0
    assert book.store.size() == size


def test_whoever_is_told_to_look_after_them_is_called(book: Casebook, tmp_path: Path) -> None:
    """The next look lets somebody owe what each case waits for, in a turn of the clock."""
    take(book, tmp_path, row(1, "freeze"), row(2, "freeze", "a2"), look_after=True)
    assert alarms(book) == {case_of("a1"): AT_ONCE, case_of("a2"): AT_ONCE}
    assert book.due(NOW) == ()

    passed = book.run_due(NOW)
    assert (passed.cases, passed.missed, dict(passed.failed)) == (2, 0, {})
    for case in book.cases():
        assert [*uncovered(case)] == []
        assert set(case.obligations) == {
            ("enforcement", ""),
            ("notice", "freeze-imposed"),
            ("review", ""),
        }
        first, *rest = book.history(case.id)[1:]
        assert (first.actor, first.command) == (TIME, do.LetTimePass(case.id))
        assert {one.cause for one in rest} == {first.version}
    assert alarms(book) == expected_alarms(book)
    assert book.run_due(NOW).cases == 0
    clock: Any = book.clock
    assert book.run_due(clock.later(days=1)).missed == 6


def test_what_is_over_stays_asleep(book: Casebook, tmp_path: Path) -> None:
    """A closed case waits for nothing; one that was released waits to be closed."""
    ended = [row(n, what, "over") for n, what in enumerate(("freeze", "free", "close"), 1)]
    freed = [row(n, what, "freed") for n, what in enumerate(("freeze", "free"), 4)]
    take(book, tmp_path, *ended, *freed, look_after=True)
    assert alarms(book) == {case_of("freed"): AT_ONCE}
    book.run_due(NOW)
    assert list(book.case(case_of("freed")).obligations) == [("closing", "")]
    assert book.case(case_of("over")).status is Status.CLOSED


def test_a_case_may_span_batches_and_a_key_several_cases(
    book: Casebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is where each case stands in the end, and each case counts for itself."""
    monkeypatch.setattr(intake, "BATCH", 2)
    story = ["freeze", "write", "free", "close", "freeze", "free", "close", "freeze"]
    lines = [row(n, what) for n, what in enumerate(story, 1)]
    take(book, tmp_path, *lines, look_after=True)
    statuses = [book.case(case_of("a1", n)).status for n in (1, 2, 3)]
    assert statuses == [Status.CLOSED, Status.CLOSED, Status.IN_FORCE]
    first = book.case(case_of("a1"))
    assert first.reply_owed, "whoever writes is owed an answer, closed or not"
    assert alarms(book) == {first.id: AT_ONCE, case_of("a1", 3): AT_ONCE}


def test_what_is_worked_on_here_is_looked_after_in_any_case(book: Casebook, tmp_path: Path) -> None:
    """Rows that come later to a case of our desk let somebody owe what is new, at once."""
    rows = [row(1, "freeze"), row(2, "freeze", "a2")]
    take(book, tmp_path, *rows)
    case = case_of("a1")
    book.execute(do.UpholdFreeze(case, reason="it stands"), by=ROB)
    assert alarms(book) == expected_alarms(book) != {}

    take(book, tmp_path, *rows, row(3, "write"), row(4, "write", "a2"))
    assert alarms(book) == {case: AT_ONCE}, "the other sleeps on"
    assert (book.run_due(NOW).cases, [*uncovered(book.case(case))]) == (1, [])
    assert book.case(case).obligations["reply", ""].debtor == "@owner"

    take(book, tmp_path, *rows, row(3, "write"), row(5, "free"), row(6, "close"))
    assert alarms(book) == expected_alarms(book)
    assert set(book.case(case).obligations) == {("reply", ""), ("appeal-window", "")}


def test_twice_is_once_and_wakes_nobody_again(book: Casebook, tmp_path: Path) -> None:
    """A second import writes nothing, and leaves alarms as they are."""
    rows = [row(1, "freeze"), row(2, "freeze", "a2")]
    take(book, tmp_path, *rows, look_after=True)
    book.run_due(NOW)
    before = alarms(book)
    assert take(book, tmp_path, *rows, look_after=True).events == 0
    assert alarms(book) == before


def test_a_strict_import_looks_after_its_cases_too(book: Casebook, tmp_path: Path) -> None:
    take(book, tmp_path, row(1, "freeze"), strict=True, look_after=True)
    assert alarms(book) == {case_of("a1"): AT_ONCE}


def test_sleeping_cases_are_woken_later_and_stay_as_they_are_until_then(
    book: Casebook, tmp_path: Path
) -> None:
    """Making alarms again leaves sleeping cases as they are, unless they are to be looked after."""
    promised = row(2, "promise", until="2025-02-01T00:00:00")
    take(book, tmp_path, row(1, "freeze"), promised, row(4, "freeze", "a2"))
    take(book, tmp_path, row(5, "freeze", "a3"), look_after=True)
    quiet = alarms(book)
    assert quiet == {case_of("a3"): AT_ONCE}
    assert book.rebuild_alarms().cases == 3
    assert alarms(book) == quiet
    book.rebuild_alarms(look_after=True)
    assert alarms(book) == {case_of(account): AT_ONCE for account in ("a1", "a2", "a3")}
    book.run_due(NOW)
    book.rebuild_alarms()
    assert alarms(book) == expected_alarms(book)


def test_a_case_that_sleeps_is_woken_by_the_first_command(book: Casebook, tmp_path: Path) -> None:
    """Whoever works on it has somebody owe all that it waits for, in the same turn."""
    take(book, tmp_path, row(1, "freeze"))
    case = case_of("a1")
    after = book.execute(do.AssignCase(case, to=ROB.person), by=ROB).case
    assert [*uncovered(after)] == []
    assert decided(book.history(case)) == ["freeze-imposed", "case-assigned"]
    assert alarms(book) == expected_alarms(book) != {}
