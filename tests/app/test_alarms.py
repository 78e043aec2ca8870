"""The alarm of a case is the first thing that it owes, and finds what is due without the rest."""

from collections import Counter
from datetime import timedelta
from typing import Any

import attrs
import pytest

from freezecase import Casebook, CaseState, Channel, Status
from freezecase import commands as do
from freezecase.app import timing
from freezecase.app.alarms import alarm_of, waking
from freezecase.app.clock import micros_of
from freezecase.app.timing import rebuild_alarms
from freezecase.core.pending import uncovered
from freezecase.testing.contracts import StoryClock
from freezecase.testing.contracts.stage import BEGIN
from freezecase.views.due import due
from tests.app.books import (
    ANA,
    OWNER,
    alarms,
    expected_alarms,
    freeze_batch,
    opened,
)
from tests.app.lives import lived

DAY = timedelta(days=1)


def test_alarms_and_the_due_list_are_what_folding_everything_gives(
    book: Casebook, clock: StoryClock
) -> None:
    """After every turn of ten lives: an alarm is the earliest due, and nothing that is due hides.

    The oracle folds all cases and looks at each.
    """
    clock.ids = 10**6
    seen: Counter[str] = Counter()
    for turns, (case, should_be) in enumerate(lived(book, clock, range(10))):
        assert case == should_be
        seen[case.status] += 1
        if turns % 7 == 0:
            assert alarms(book) == expected_alarms(book)
            for ahead in (timedelta(), timedelta(hours=5), 30 * DAY, 400 * DAY):
                found = due(book.cases(), clock.instant + ahead)
                assert book.due(clock.instant, ahead=ahead) == found
                seen["due"] += len(found)
        if turns % 50 == 49:
            book.run_due(clock.later(days=20))
            assert book.due(clock.instant) == ()
            break
    assert alarms(book) == expected_alarms(book)
    assert len(seen) > 4
    assert seen["due"] > 100
    assert [wait for case in book.cases() for wait in uncovered(case)] == []


def test_an_alarm_that_rings_too_early_is_set_right(book: Casebook) -> None:
    """Nothing is written but the alarm."""
    case = opened(book)
    size = book.store.size()
    book.store.set_alarms({case.id: 1}, upto=size)
    assert book.run_due(book.clock.now()) == timing.TimePassed(cases=1, missed=0, failed={})
    assert (book.store.size(), alarms(book)) == (size, expected_alarms(book))


def test_an_alarm_waits_for_the_first_thing_that_is_due() -> None:
    """A closed case keeps no promises; a case that owes nothing has no alarm."""
    with Casebook.open("memory:", clock=StoryClock()) as book:
        case = opened(book)
        soon = BEGIN + timedelta(minutes=1)
        promised = book.execute(do.MakePromise(case.id, promise="p", due=soon), by=ANA).case
    assert alarm_of(case) == micros_of(BEGIN + timedelta(minutes=10))
    assert alarm_of(promised) == micros_of(soon)
    free = attrs.evolve(promised, obligations={})
    assert alarm_of(free) == micros_of(soon)
    assert alarm_of(attrs.evolve(free, status=Status.CLOSED)) is None
    assert alarm_of(CaseState(id=case.id)) is None
    assert waking(free, 7) == 7, "it waits for what nobody owes"
    assert waking(case, 7) == alarm_of(case)


@pytest.mark.parametrize("wrong", [None, 0, 2**62], ids=["cleared", "too early", "too late"])
def test_a_wrong_index_is_put_right(book: Casebook, clock: StoryClock, wrong: int | None) -> None:
    """Whatever the alarms were, they are made from the records again."""
    clock.ids = 10**6
    for _ in lived(book, clock, range(4)):
        pass
    right = expected_alarms(book)
    book.store.set_alarms({case.id: wrong for case in book.cases()}, upto=book.store.size())
    assert alarms(book) != right
    rebuilt = book.rebuild_alarms()
    assert (rebuilt.cases, dict(rebuilt.failed)) == (4, {})
    assert alarms(book) == right


def test_alarms_are_made_again_in_bounded_steps(
    book: Casebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many at once, and progress is told after each."""
    monkeypatch.setattr(timing, "PAGE", 3)
    freeze_batch(book, 7)
    steps: list[int] = []
    told: list[int] = []
    store: Any = book.store
    put = store.set_alarms

    def counted(alarms: Any, **more: Any) -> None:
        steps.append(len(alarms))
        put(alarms, **more)

    monkeypatch.setattr(store, "set_alarms", counted)
    assert rebuild_alarms(store, progress=told.append).cases == 7
    assert (steps, told) == ([3, 3, 1], [3, 6, 7])


def test_whoever_writes_while_alarms_are_made_again_is_not_overwritten(
    book: Casebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alarm that was named with a newer record stands: made of more, it knows better."""
    case = opened(book).id
    store: Any = book.store
    put = store.set_alarms

    def late(alarms: Any, **more: Any) -> None:
        book.execute(do.RequestHuman(case, channel=Channel.CHAT), by=OWNER)
        put(alarms, **more)

    with monkeypatch.context() as patch:
        patch.setattr(store, "set_alarms", late)
        book.rebuild_alarms()
    assert book.case(case).obligations["human", ""].due == BEGIN + timedelta(minutes=2)
    assert alarms(book) == expected_alarms(book) == {case: micros_of(BEGIN + timedelta(minutes=2))}
