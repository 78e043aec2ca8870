"""What every store must do, whatever it is made of: one function for each promise.

`ALONE` holds what one handle can show. `TOGETHER` holds what takes several handles on one
database; they are given a function that opens another, and memory cannot take part. Those on the
alarms of cases are in `store_alarm_contract`.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError, NotSupportedError, StoredEvent, Tracking

from freezecase.app.stores.store import Appended, Head, Listed, Row, Store, Stored
from freezecase.errors import Conflict, InvalidValue, StoreError, VersionGap

Opener = Callable[[], Store]
NOW = 1_700_000_000_000_000


def case(number: int) -> UUID:
    """A case id that is not in the order of its number."""
    return UUID(int=(number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128)


def rows(number: int, first: int, last: int, size: int = 20) -> list[Row]:
    """The versions *first* to *last* of a case."""
    return [
        Row(case(number), version, f"name-{version}.v1", bytes([version % 256]) * size)
        for version in range(first, last + 1)
    ]


def an_append_says_where_it_went(store: Store) -> None:
    """An append answers with the index of its first row and with its time."""
    assert store.append(rows(1, 1, 3), now=NOW) == Appended(1, NOW)
    assert store.append(rows(2, 1, 2), now=NOW + 5) == Appended(4, NOW + 5)
    assert store.head() == Head(5, NOW + 5)
    assert store.size() == 5


def what_was_appended_is_read_back(store: Store) -> None:
    """A case is read by version, each row with its name, its bytes, its index and its time."""
    store.append([Row(case(1), 1, "a.v1", b"\x00\xff"), Row(case(2), 1, "a.b-c.v1", b"")], now=NOW)
    store.append([Row(case(1), 2, "b.v1", b"two")], now=NOW + 1)
    assert store.read(case(1)) == [
        (1, "a.v1", b"\x00\xff", 1, NOW),
        (2, "b.v1", b"two", 3, NOW + 1),
    ]
    assert store.read(case(2)) == [(1, "a.b-c.v1", b"", 2, NOW)]
    assert type(store.read(case(2))[0][2]) is bytes


def a_case_is_read_in_part(store: Store) -> None:
    """Reading takes a version to begin after, one to end with, and an instant to end with."""
    for version in range(1, 6):
        store.append(rows(1, version, version), now=NOW + version)

    def versions(**asked: Any) -> list[int]:
        return [row[0] for row in store.read(case(1), **asked)]

    assert versions(after=3) == [4, 5]
    assert versions(upto=2) == [1, 2]
    assert versions(after=1, upto=3) == [2, 3]
    assert versions(recorded_upto=NOW + 4) == [1, 2, 3, 4]
    assert versions(after=2, upto=9, recorded_upto=NOW + 3) == [3]
    assert versions(after=5) == []


def an_empty_store_has_nothing(store: Store) -> None:
    """A new store has no records, no cases, and answers every question."""
    assert store.head() == Head(0, 0)
    assert store.read(case(1)) == []
    assert not store.exists(case(1))
    assert store.known([case(1)]) == set()
    assert store.versions([]) == {}
    assert store.cases_of("nobody") == store.cases() == []
    assert list(store.scan()) == list(store.scan_cases()) == []


def an_append_of_nothing_writes_nothing(store: Store) -> None:
    """No rows: nothing changes, not even the time of the last record."""
    store.append(rows(1, 1, 1), now=NOW)
    assert store.append([], now=NOW + 9) == Appended(2, NOW)
    assert store.head() == Head(1, NOW)


def time_never_runs_backwards(store: Store) -> None:
    """A clock that went back is held at the last recorded time."""
    store.append(rows(1, 1, 1), now=NOW)
    assert store.append(rows(1, 2, 2), now=NOW - 1_000_000).recorded_at == NOW
    assert store.append(rows(1, 3, 3), now=NOW + 1).recorded_at == NOW + 1


def a_taken_version_is_a_conflict(store: Store) -> None:
    """A version that is stored already is refused by name, and nothing of the append is kept."""
    store.append(rows(1, 1, 3), now=NOW)
    with pytest.raises(Conflict, match="version 3 is stored already") as refused:
        store.append([*rows(2, 1, 1), *rows(1, 3, 4)], now=NOW, opened=[(case(2), "acct")])
    assert (refused.value.case, refused.value.version) == (str(case(1)), 2)
    assert store.size() == 3
    assert not store.exists(case(2))
    assert store.cases() == []


def no_version_may_be_left_out(store: Store) -> None:
    """A version whose predecessor is not stored is refused: the engine would take 1, then 9."""
    store.append(rows(1, 1, 2), now=NOW)
    for wrong, expected, found in [
        (rows(1, 9, 9), 3, 9),  # far ahead
        (rows(1, 4, 5), 3, 4),  # one ahead
        (rows(2, 2, 2), 1, 2),  # a case that never began
        ([*rows(1, 3, 3), *rows(1, 5, 5)], 4, 5),  # within the append
        ([*rows(1, 3, 4), *rows(1, 3, 3)], 5, 3),  # backwards within it
        ([Row(case(2), 0, "a", b"")], 1, 0),  # versions count from 1
    ]:
        with pytest.raises(VersionGap) as refused:
            store.append(wrong, now=NOW)
        assert f"version {expected} should come next, found {found}" in str(refused.value)
    assert store.size() == 2


def indexes_have_no_gaps_after_failures(store: Store) -> None:
    """A failed append uses up no index: a sequence of the database would."""
    store.append(rows(1, 1, 1), now=NOW)
    for _ in range(3):
        with pytest.raises(Conflict):
            store.append([*rows(2, 1, 5), *rows(1, 1, 1)], now=NOW)
    assert store.append(rows(1, 2, 3), now=NOW).first == 2
    assert [raw[0] for raw in store.scan()] == [1, 2, 3]


def cases_are_listed_by_account_and_by_age(store: Store) -> None:
    """Cases are found by their account, and paged through in the order they were opened."""
    store.append([*rows(1, 1, 2), *rows(2, 1, 1)], now=NOW, opened=[(case(2), "b"), (case(1), "a")])
    store.append(rows(3, 1, 1), now=NOW, opened=[(case(3), "a")])
    store.append(rows(4, 1, 1), now=NOW)  # a stream, and no case
    assert store.cases_of("a") == [case(1), case(3)]
    assert store.cases_of("none") == []
    listed = [Listed(1, case(1), "a"), Listed(3, case(2), "b"), Listed(4, case(3), "a")]
    assert store.cases() == listed
    assert store.cases(limit=2) == listed[:2]
    assert store.cases(after=3) == listed[2:]


def a_case_is_opened_with_its_first_record(store: Store) -> None:
    """Only a case whose version 1 is among the rows can be listed as opened, and only once."""
    store.append(rows(1, 1, 1), now=NOW)
    for wrong in ([(case(1), "a")], [(case(9), "a")], [(case(2), "a"), (case(2), "a")]):
        with pytest.raises(InvalidValue, match="opened cannot be"):
            store.append([*rows(1, 2, 2), *rows(2, 1, 1)], now=NOW, opened=wrong)
    assert store.size() == 1


def bulk_work_finds_out_what_is_done(store: Store) -> None:
    """Of many cases, the store says which it knows, and how far each has come."""
    store.append([row for number in range(1200) for row in rows(number, 1, 1)], now=NOW)
    store.append(rows(7, 2, 4), now=NOW)
    asked = [case(number) for number in range(0, 2400, 2)]
    assert store.known(asked) == {case(number) for number in range(0, 1200, 2)}
    assert store.versions([case(7), case(8), case(5000)]) == {case(7): 4, case(8): 1}


def a_scan_is_in_ledger_order(store: Store) -> None:
    """A scan gives every record in the order of commits, or a part of it."""
    for number in range(9):
        store.append([*rows(number, 1, 2), *rows(number + 100, 1, 1)], now=NOW + number)
    raws = list(store.scan())
    assert [raw[0] for raw in raws] == list(range(1, 28))
    assert [raw[0] for raw in store.scan(after=5, until=9)] == [6, 7, 8, 9]
    assert raws[3] == (4, NOW + 1, case(1).hex, 1, "name-1.v1", b"\x01" * 20)
    assert Stored.of(raws[3]) == Stored(4, NOW + 1, case(1), 1, "name-1.v1", b"\x01" * 20)


def a_scan_by_case_folds_one_case_after_another(store: Store) -> None:
    """A scan by case gives whole cases, versions rising, and ranges of ids part the work."""
    numbers = range(12)
    for version in (1, 2, 3):
        store.append([rows(n, version, version)[0] for n in numbers], now=NOW)
    ids = sorted(case(n) for n in numbers)
    whole = [(raw[2], raw[3]) for raw in store.scan_cases()]
    assert whole == [(one.hex, version) for one in ids for version in (1, 2, 3)]
    parts = [*store.scan_cases(last=ids[4]), *store.scan_cases(first=ids[5])]
    assert [(raw[2], raw[3]) for raw in parts] == whole
    assert [raw[3] for raw in store.scan_cases(ids[3], ids[3])] == [1, 2, 3]


def thousands_of_rows_are_one_append(store: Store) -> None:
    """An append of 6,000 rows of 800 bytes ends, in order: pipelines of a driver hang on it."""
    many = [row for number in range(3000) for row in rows(number, 1, 2, size=800)]
    assert store.append(many, now=NOW, opened=[(case(n), f"a{n}") for n in range(3000)]).first == 1
    seen = [(raw[2], raw[3], raw[5]) for raw in store.scan()]
    assert seen == [(row.case.hex, row.version, row.state) for row in many]
    assert len([*store.scan_cases()]) == 6000  # several pages, some ending inside a case
    assert [listed.opened for listed in store.cases(limit=9999)] == list(range(1, 6000, 2))


def a_scan_is_right_while_others_append(store: Store) -> None:
    """A scan ends where the ledger ended when it began, and nothing waits for it."""
    store.append([row for n in range(2500) for row in rows(n, 1, 1)], now=NOW)
    scan = store.scan()
    seen = [next(scan)[0]]
    store.append(rows(1, 2, 3), now=NOW)  # in the middle of it
    seen += [raw[0] for raw in scan]
    assert seen == list(range(1, 2501))


def copies_of_checkpoints_are_streamed(store: Store) -> None:
    """The largest first, each once, page by page; what is kept meanwhile does no harm."""
    kept = [(size, note) for size in (1, 2, 300) for note in ("a", "Z", "e")]
    with pytest.MonkeyPatch.context() as patched:
        for kind in ("sqlite", "postgres"):
            patched.setattr(f"freezecase.app.stores.{kind}.PAGE", 2)
        for size, note in (*kept, *kept):
            store.keep_checkpoint(size, note)
        found = store.checkpoints()
        seen = [next(found)]
        store.keep_checkpoint(4, "later")
        seen += found
    assert [one for one in seen if one != (4, "later")] == sorted(kept, reverse=True)


def threads_share_a_store(store: Store) -> None:
    """Many threads append and read through one handle; every record is there, once."""

    def work(number: int) -> None:
        for version in range(1, 11):
            store.append(rows(number, version, version), now=NOW)
            assert len(store.read(case(number))) == version

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert [raw[0] for raw in store.scan()] == list(range(1, 81))
    assert set(store.versions([case(n) for n in range(8)]).values()) == {10}


def one_of_many_writers_wins(store: Store) -> None:
    """Of writers that want the same version, one gets it, the others a conflict."""
    store.append(rows(1, 1, 1), now=NOW)

    def write(_: int) -> bool:
        try:
            store.append(rows(1, 2, 2), now=NOW)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(write, range(6))) == 1
    assert store.size() == 2


def a_closed_store_says_so(store: Store) -> None:
    """A closed store refuses to work, and may be closed again."""
    store.close()
    store.close()
    for attempt in (store.size, lambda: store.append(rows(1, 1, 1), now=NOW)):
        with pytest.raises(StoreError, match="closed: open it again"):
            attempt()


def the_engine_writes_to_the_same_ledger(store: Store) -> None:
    """What comes by the engine's own way in has an index, a time, and the same checks."""
    insert: Any = store.insert_events  # type: ignore[attr-defined]

    def event(version: int) -> StoredEvent:
        return StoredEvent(case(1), version, "a.v1", b"{}")

    assert list(insert([event(1), event(2)])) == [1, 2]  # by the clock given at the opening
    assert list(insert([event(3)], now=NOW + 7, tracking=None)) == [3]
    assert [row[4] for row in store.read(case(1))] == [NOW, NOW, NOW + 7]
    with pytest.raises(IntegrityError):
        insert([event(2)])
    with pytest.raises(VersionGap):
        insert([event(9)])
    with pytest.raises(NotSupportedError, match="no tracking"):
        insert([event(4)], tracking=Tracking("view", 1))
    assert list(insert([])) == []
    assert store.size() == 3


def the_engine_reads_the_same_ledger(store: Store) -> None:
    """The engine's own selects find our records under our indexes."""
    assert store.max_notification_id() is None  # type: ignore[attr-defined]
    store.append([*rows(1, 1, 2), *rows(2, 1, 1)], now=NOW)
    events = store.select_events(case(1), gt=1)  # type: ignore[attr-defined]
    assert events == [StoredEvent(case(1), 2, "name-2.v1", b"\x02" * 20)]
    notes = store.select_notifications(2, 10)  # type: ignore[attr-defined]
    assert [(note.id, note.originator_id) for note in notes] == [(2, case(1)), (3, case(2))]
    assert store.max_notification_id() == 3  # type: ignore[attr-defined]


def other_handles_see_what_was_committed(open_another: Opener) -> None:
    """What one handle has stored, another reads, and another goes on from."""
    with open_another() as one, open_another() as two:
        one.append(rows(1, 1, 1), now=NOW, opened=[(case(1), "a")])
        assert two.append(rows(1, 2, 2), now=NOW).first == 2
        assert one.read(case(1)) == two.read(case(1))
        with pytest.raises(Conflict):
            one.append(rows(1, 2, 2), now=NOW)
    with open_another() as three:
        assert three.size() == 2
        assert three.cases_of("a") == [case(1)]


def writers_queue_and_none_fails(open_another: Opener) -> None:
    """Writers on handles of their own wait for each other: none meets "database is locked"."""

    def write(number: int) -> None:
        with open_another() as store:
            for version in range(1, 16):
                store.append(rows(number, version, version), now=NOW + version)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    with open_another() as store:
        raws = list(store.scan())
    assert [raw[0] for raw in raws] == list(range(1, 61))
    assert [raw[1] for raw in raws] == sorted(raw[1] for raw in raws)


def a_follower_of_the_end_misses_nothing(open_another: Opener) -> None:
    """Commits come in the order of indexes: who reads on from the last index misses no record.

    With indexes from a sequence, and no order of commits, one in five was missed for ever.
    """
    done = Event()
    seen: list[int] = []

    def follow() -> None:
        with open_another() as store:
            last_round = False
            while not last_round:
                last_round = done.is_set()
                seen.extend(raw[0] for raw in store.scan(seen[-1] if seen else 0))

    def write(number: int) -> None:
        with open_another() as store:
            for version in range(1, 200, 2):
                store.append(rows(number, version, version + number % 2), now=NOW)
                if number % 2 == 0:
                    store.append(rows(number, version + 1, version + 1), now=NOW)

    open_another().close()
    follower = Thread(target=follow)
    follower.start()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    done.set()
    follower.join()
    assert seen == list(range(1, 801))


def all_may_start_at_once(open_another: Opener) -> None:
    """Several that open an empty database at the same time make one store between them."""
    with ThreadPoolExecutor(6) as threads:
        stores = list(threads.map(lambda _: open_another(), range(6)))
    for number, store in enumerate(stores):
        assert store.append(rows(number, 1, 1), now=NOW).first == number + 1
        store.close()


ALONE = (
    an_append_says_where_it_went,
    what_was_appended_is_read_back,
    a_case_is_read_in_part,
    an_empty_store_has_nothing,
    an_append_of_nothing_writes_nothing,
    time_never_runs_backwards,
    a_taken_version_is_a_conflict,
    no_version_may_be_left_out,
    indexes_have_no_gaps_after_failures,
    cases_are_listed_by_account_and_by_age,
    a_case_is_opened_with_its_first_record,
    bulk_work_finds_out_what_is_done,
    a_scan_is_in_ledger_order,
    a_scan_by_case_folds_one_case_after_another,
    thousands_of_rows_are_one_append,
    a_scan_is_right_while_others_append,
    copies_of_checkpoints_are_streamed,
    threads_share_a_store,
    one_of_many_writers_wins,
    a_closed_store_says_so,
    the_engine_writes_to_the_same_ledger,
    the_engine_reads_the_same_ledger,
)
TOGETHER = (
    other_handles_see_what_was_committed,
    writers_queue_and_none_fails,
    a_follower_of_the_end_misses_nothing,
    all_may_start_at_once,
)
