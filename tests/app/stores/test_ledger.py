"""A record and its header: what is read is what was recorded, or nothing is read."""

import sqlite3
from pathlib import Path

import pytest

from freezecase.app.stores.ledger import LastLeaves, refuse_names
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Row, Store
from freezecase.errors import InvalidValue, RecordError, StoreError, Tampered
from freezecase.seal.leaf import Header
from freezecase.seal.merkle import leaf_hash, root_of
from tests.app.stores.insider import without_guards
from tests.app.stores.store_contract import NOW, case, rows


def written(path: Path) -> str:
    """A store with three records of one case, and its URL."""
    url = f"sqlite:///{path}"
    with open_store(url, origin="bank.example/log") as store:
        store.append(rows(1, 1, 2), now=NOW)
        store.append([*rows(2, 1, 1), *rows(1, 3, 3)], now=NOW + 5)
    return url


def by_hand(path: Path, *statements: str) -> None:
    """Change the file as its owner may."""
    connection = without_guards(sqlite3.connect(path, isolation_level=None))
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_every_record_has_a_header_that_names_the_one_before(tmp_path: Path) -> None:
    """The header says which log, case, version, name and time, and what the bytes hash to."""
    with open_store(written(tmp_path / "a.db")) as store:
        headers = [Header.read(data) for _, data in store.headers()]
    leaves = [leaf_hash(header.data) for header in headers]
    assert [(one.index, one.stream, one.version, one.recorded_at) for one in headers] == [
        (1, case(1), 1, NOW),
        (2, case(1), 2, NOW),
        (3, case(2), 1, NOW + 5),
        (4, case(1), 3, NOW + 5),
    ]
    assert [one.previous for one in headers] == [None, leaves[0], None, leaves[1]]
    assert {one.origin for one in headers} == {"bank.example/log"}


def test_the_frontier_is_that_of_the_headers(tmp_path: Path) -> None:
    """One root stands for all of them, whatever the records came in."""
    with open_store(written(tmp_path / "a.db")) as store:
        assert store.frontier().root == root_of(leaf_hash(data) for _, data in store.headers())
        assert store.header(4) == next(iter(store.headers(3)))[1]
        assert store.header(5) is None


TAMPERING = [
    # what is changed by hand                                    | code            | version
    ("UPDATE stored_events SET state = x'00' WHERE rowid = 2",     "EVENT_ALTERED",  2),
    ("UPDATE stored_events SET topic = 'other.v1' WHERE rowid = 2", "EVENT_RETYPED", 2),
    ("UPDATE stored_events SET recorded_at = 1 WHERE rowid = 4",   "ROW_MISMATCH",   3),
    ("UPDATE stored_events SET rowid = 9 WHERE rowid = 2",         "UNLEDGERED",     2),
    ("DELETE FROM ledger_leaves WHERE leaf_index = 1",             "UNLEDGERED",     1),
    ("UPDATE ledger_leaves SET header = x'00' WHERE leaf_index = 1", "HEADER_SHAPE", 1),
    ("UPDATE ledger_leaves SET header = (SELECT header FROM ledger_leaves "
     "WHERE leaf_index = 3) WHERE leaf_index = 1",                 "ROW_MISMATCH",   1),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "version"), TAMPERING)
def test_a_changed_record_is_seen_when_the_case_is_read(
    tmp_path: Path, change: str, code: str, version: int
) -> None:
    """Not at night, when somebody verifies: at the next reading, by its code and its place."""
    path = tmp_path / "a.db"
    url = written(path)
    by_hand(path, change)
    with open_store(url) as store, pytest.raises(Tampered) as raised:
        store.read(case(1))
    assert (raised.value.code, raised.value.case, raised.value.version) == (
        code,
        str(case(1)),
        version,
    )


def test_a_record_that_follows_another_than_it_says_is_seen(tmp_path: Path) -> None:
    """The row was changed and its own header made to fit: the next one still names the old."""
    path = tmp_path / "a.db"
    url = written(path)
    with open_store(url) as store:
        old = Header.read(store.header(1) or b"")
    forged = old.data.replace(b'"ts":', b'"ts":1')
    at = Header.read(forged).recorded_at
    by_hand(
        path,
        f"UPDATE ledger_leaves SET header = x'{forged.hex()}' WHERE leaf_index = 1",
        f"UPDATE stored_events SET recorded_at = {at} WHERE rowid = 1",
    )
    with open_store(url) as store:
        with pytest.raises(Tampered, match=r"STREAM_LINK.*does not follow"):
            store.read(case(1))
        assert [row[0] for row in store.read(case(1), after=1)] == [2, 3]


def test_what_is_damaged_can_still_be_looked_at(tmp_path: Path) -> None:
    """Whoever investigates opens the store to read whatever is there."""
    path = tmp_path / "a.db"
    url = written(path)
    by_hand(path, "UPDATE stored_events SET state = x'00' WHERE rowid = 2")
    with open_store(url, verify=False) as store:
        assert [row[2] for row in store.read(case(1))][1] == b"\x00"


def test_nobody_writes_behind_a_ledger_that_was_cut(tmp_path: Path) -> None:
    """A header too few, a frontier of another tree, a record without a header to follow."""
    for number, (change, said) in enumerate(
        [
            ("DELETE FROM ledger_leaves WHERE leaf_index = 4", "should end with header 4"),
            ("UPDATE ledger_head SET frontier = x'00'", "frontier of another tree"),
            ("DELETE FROM ledger_leaves WHERE leaf_index = 3", "UNLEDGERED"),
        ]
    ):
        path = tmp_path / f"{number}.db"
        url = written(path)
        by_hand(path, change)
        with open_store(url) as store, pytest.raises(RecordError, match=said):
            store.append(rows(2, 2, 2), now=NOW)


def test_the_name_of_a_log_never_changes(tmp_path: Path) -> None:
    """It stands in every header; a store that lost it is not read by guessing."""
    path = tmp_path / "a.db"
    url = written(path)
    with pytest.raises(StoreError, match=r"is the log `bank\.example/log`"):
        open_store(url, origin="bank.example/other")
    by_hand(path, "DELETE FROM store_meta WHERE key = 'origin'")
    with pytest.raises(RecordError, match="lost the name of its log"):
        open_store(url)


def test_a_log_that_nobody_named_has_a_name_of_its_own() -> None:
    """It belongs to nobody (RFC 2606), and no two have the same."""
    with open_store("memory:") as one, open_store("memory:") as other:
        assert one.origin.startswith("freezecase.invalid/")
        assert one.origin != other.origin


@pytest.mark.parametrize("name", ["", 'a"b', "a b", "é", "a" * 201, "a\n"])
def test_a_record_has_a_name_that_a_header_can_spell(name: str) -> None:
    """What would need an escape is refused before anything is written."""
    with pytest.raises(InvalidValue, match="name"):
        refuse_names([Row(case(1), 1, name, b"")])


def test_the_last_leaves_of_many_cases_are_remembered_in_bounds() -> None:
    """The newest are, an older version of one is not given for it, and a batch pushes none out."""
    leaves = LastLeaves(most=2)
    for number in range(1, 8):
        leaves.follow({case(number): (1, bytes([number]))})
    assert leaves.of({case(7): 1, case(6): 1, case(1): 1}) == {case(7): b"\x07", case(6): b"\x06"}
    assert leaves.of({case(7): 2}) == {}
    leaves.follow({case(number): (9, b"") for number in range(10, 14)})
    assert leaves.of({case(7): 1, case(10): 9}) == {case(7): b"\x07"}


def test_the_tables_cannot_be_changed_by_mistake(tmp_path: Path) -> None:
    """Rails on the file: a statement that changes or removes is refused, whoever says it."""
    path = tmp_path / "a.db"
    written(path)
    connection = sqlite3.connect(path)
    for table in ("stored_events", "ledger_leaves"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET rowid = rowid + 100"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                connection.execute(statement)
    connection.close()


def test_a_copy_of_a_checkpoint_is_kept_once(tmp_path: Path) -> None:
    """Nobody trusts it there; it is kept so that it is found."""
    with open_store(written(tmp_path / "a.db")) as store:
        kept: Store = store
        for size, note in ((4, "b"), (2, "a"), (4, "b")):
            kept.keep_checkpoint(size, note)
        assert [*kept.checkpoints()] == [(4, "b"), (2, "a")]
