"""What every store must do with the alarms of cases: one function for each promise.

They are run with the rest of the contract: see `store_contract`.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent

from freezecase.app.stores.store import Ringing, Store
from freezecase.errors import Conflict, InvalidValue, VersionGap
from tests.app.stores.store_contract import NOW, Opener, case, rows

EVER = NOW * 2


def opened(store: Store, alarms: dict[int, int | None]) -> None:
    """Open a case for each number, with its alarm."""
    store.append(
        [row for number in alarms for row in rows(number, 1, 1)],
        now=NOW,
        opened=[(case(number), f"acct-{number}") for number in alarms],
        alarms={case(number): alarm for number, alarm in alarms.items()},
    )


def ringing(store: Store, until: int = EVER) -> list[tuple[int, str]]:
    """The alarms by then, each with the account that it is about."""
    return [(ring.alarm, ring.account) for ring in store.ringing(until)]


def pages(store: Store, until: int, limit: int) -> Iterator[list[Ringing]]:
    """What rings by then, in pages."""
    page = store.ringing(until, limit=limit)
    while page:
        yield page
        page = store.ringing(until, after=page[-1][:2], limit=limit)


def a_case_is_opened_with_its_alarm(store: Store) -> None:
    """A case rings from its alarm on; one without an alarm, and one not named, never does."""
    store.append(
        [*rows(1, 1, 2), *rows(2, 1, 1), *rows(3, 1, 1)],
        now=NOW,
        opened=[(case(1), "a"), (case(2), "b"), (case(3), "c")],
        alarms={case(1): NOW + 5, case(2): None},
    )
    assert store.ringing(NOW + 4) == []
    assert store.ringing(NOW + 5) == [Ringing(NOW + 5, case(1), "a")] == store.ringing(EVER)


def an_alarm_is_moved_silenced_and_kept(store: Store) -> None:
    """An append gives the cases that it names another alarm, or none; others keep theirs."""
    opened(store, {1: NOW + 1, 2: NOW + 2, 3: NOW + 3, 4: None})
    moved = {case(1): NOW + 9, case(2): None, case(4): NOW + 4}
    store.append([row for n in (1, 2, 3, 4) for row in rows(n, 2, 2)], now=NOW, alarms=moved)
    assert ringing(store) == [(NOW + 3, "acct-3"), (NOW + 4, "acct-4"), (NOW + 9, "acct-1")]
    store.append(rows(1, 3, 3), now=NOW, alarms={case(1): NOW + 9})
    store.append(rows(3, 3, 3), now=NOW)
    assert ringing(store) == [(NOW + 3, "acct-3"), (NOW + 4, "acct-4"), (NOW + 9, "acct-1")]


def an_append_opens_and_moves_at_once(store: Store) -> None:
    """Cases that begin and cases that go on get their alarms in the same append."""
    opened(store, {1: NOW + 1})
    both = [*rows(1, 2, 2), *rows(2, 1, 1)]
    alarms = {case(1): NOW + 8, case(2): NOW + 7}
    store.append(both, now=NOW, opened=[(case(2), "acct-2")], alarms=alarms)
    assert ringing(store) == [(NOW + 7, "acct-2"), (NOW + 8, "acct-1")]


def a_refused_append_moves_no_alarm(store: Store) -> None:
    """Alarms are stored with the rows, or not at all."""
    opened(store, {1: NOW + 1, 2: NOW + 2})
    alarms = {case(1): None, case(2): NOW + 9, case(3): NOW + 3}
    for wrong, error in [(rows(1, 1, 1), Conflict), (rows(1, 3, 3), VersionGap)]:
        with pytest.raises(error):
            store.append(
                [*rows(2, 2, 2), *rows(3, 1, 1), *wrong],
                now=NOW,
                opened=[(case(3), "acct-3")],
                alarms=alarms,
            )
    assert ringing(store) == [(NOW + 1, "acct-1"), (NOW + 2, "acct-2")]


def a_stream_that_is_no_case_never_rings(store: Store) -> None:
    """The alarm of a stream that is not in the list of cases has no effect and does no harm."""
    store.append(rows(1, 1, 1), now=NOW, alarms={case(1): NOW})
    store.append(rows(1, 2, 2), now=NOW, alarms={case(1): NOW})
    store.set_alarms({case(1): NOW, case(9): NOW}, upto=2)
    assert store.ringing(EVER) == []
    assert store.size() == 2


def an_alarm_without_a_record_is_refused(store: Store) -> None:
    """An alarm is said with a record of its case: anything else would be a slip."""
    opened(store, {1: NOW + 1})
    for given in (rows(2, 1, 1), []):
        with pytest.raises(InvalidValue, match="alarms cannot be"):
            store.append(given, now=NOW, alarms={case(1): NOW + 2})
    assert store.size() == 1
    assert ringing(store) == [(NOW + 1, "acct-1")]


def the_earliest_rings_first_and_pages_lose_none(store: Store) -> None:
    """In pages of any size every case rings once, the earliest first, however many at once."""
    opened(store, {number: NOW + number // 11 for number in range(60)})
    due = sorted(
        Ringing(NOW + number // 11, case(number), f"acct-{number}") for number in range(44)
    )
    assert store.ringing(NOW + 3) == due
    for limit in (1, 7, 11, 43, 44, 100):
        found = list(pages(store, NOW + 3, limit))
        assert [ring for page in found for ring in page] == due
        assert {len(page) for page in found[:-1]} <= {limit}


def thousands_of_alarms_are_moved_at_once(store: Store) -> None:
    """Of many cases in one append, and of more than one transaction takes, all are moved."""
    many = range(4500)
    opened(store, {number: NOW + number for number in many})
    again = [row for number in many for row in rows(number, 2, 2)]
    store.append(again, now=NOW, alarms={case(number): NOW - number for number in many})
    assert [r.alarm for page in pages(store, NOW, 999) for r in page] == [
        *range(NOW - 4499, NOW + 1)
    ]
    store.set_alarms({case(n): None if n % 2 else NOW + n for n in many}, upto=9000)
    assert [r.alarm for page in pages(store, EVER, 999) for r in page] == [
        *range(NOW, NOW + 4500, 2)
    ]


def alarms_are_made_again_from_the_records(store: Store) -> None:
    """The index can be thrown away: who can read the records says what it was."""
    opened(store, {number: NOW + number for number in range(5)})
    before, made_from = store.ringing(EVER), [*store.scan()]
    store.set_alarms({case(number): None for number in range(5)}, upto=store.size())
    assert store.ringing(EVER) == []
    again = {case(number): NOW + number for number in range(5)}
    store.set_alarms(again, upto=made_from[-1][0])
    assert store.ringing(EVER) == before
    assert [*store.scan()] == made_from


def what_was_appended_meanwhile_is_not_undone(store: Store) -> None:
    """Alarms made from the records up to an index leave alone a case that has a later one."""
    opened(store, {1: NOW + 1, 2: NOW + 2})
    upto = store.size()
    store.append(rows(1, 2, 2), now=NOW, alarms={case(1): NOW + 7})
    store.set_alarms({case(1): None, case(2): NOW + 3}, upto=upto)
    assert ringing(store) == [(NOW + 3, "acct-2"), (NOW + 7, "acct-1")]
    store.set_alarms({case(1): None}, upto=upto + 1)
    assert ringing(store) == [(NOW + 3, "acct-2")]


def the_engine_passes_alarms_on(store: Store) -> None:
    """What comes by the engine's own way in brings its alarms."""
    insert: Any = store.insert_events  # type: ignore[attr-defined]
    event = StoredEvent(case(1), 1, "a.v1", b"{}")
    insert([event], now=NOW, opened=[(case(1), "a")], alarms={case(1): NOW + 3})
    assert store.ringing(EVER) == [Ringing(NOW + 3, case(1), "a")]


def the_alarm_of_the_writer_who_won_stands(open_another: Opener) -> None:
    """Of writers that want the same version, the alarm is that of the one who got it."""
    with open_another() as store:
        opened(store, {1: NOW})

    def write(number: int) -> list[int]:
        won = []
        with open_another() as store:
            for version in range(2, 22):
                alarm = NOW + version * 10 + number
                try:
                    store.append(rows(1, version, version), now=NOW, alarms={case(1): alarm})
                except Conflict:
                    continue
                won.append(alarm)
        return won

    with ThreadPoolExecutor(4) as threads:
        won = sorted(alarm for mine in threads.map(write, range(4)) for alarm in mine)
    with open_another() as store:
        assert store.size() == len(won) + 1 == 21
        assert ringing(store) == [(won[-1], "acct-1")]


def making_alarms_again_undoes_no_writer(open_another: Opener) -> None:
    """While others append, alarms are made again and again from what was read before."""
    done, made = Event(), list[int]()
    numbers = range(1, 4)
    with open_another() as store:
        opened(store, dict.fromkeys(numbers, NOW + 1))

    def make_again() -> None:
        with open_another() as store:
            while not done.is_set() or len(made) < 2:  # a busy machine may be late
                upto = store.size()
                newest = store.versions([case(number) for number in numbers])
                store.set_alarms({id: NOW + version for id, version in newest.items()}, upto=upto)
                made.append(upto)

    def write(number: int) -> None:
        with open_another() as store:
            for version in range(2, 60):
                alarms = {case(number): NOW + version}
                store.append(rows(number, version, version), now=NOW, alarms=alarms)
                assert (NOW + version, f"acct-{number}") in ringing(store)

    with ThreadPoolExecutor(4) as threads:
        maker = threads.submit(make_again)
        try:
            list(threads.map(write, numbers))
        finally:
            done.set()
        maker.result()
    assert len(made) > 1


ALONE = (
    a_case_is_opened_with_its_alarm,
    an_alarm_is_moved_silenced_and_kept,
    an_append_opens_and_moves_at_once,
    a_refused_append_moves_no_alarm,
    a_stream_that_is_no_case_never_rings,
    an_alarm_without_a_record_is_refused,
    the_earliest_rings_first_and_pages_lose_none,
    thousands_of_alarms_are_moved_at_once,
    alarms_are_made_again_from_the_records,
    what_was_appended_meanwhile_is_not_undone,
    the_engine_passes_alarms_on,
)
TOGETHER = (
    the_alarm_of_the_writer_who_won_stands,
    making_alarms_again_undoes_no_writer,
)
