"""An export to Parquet, read as a store: what it gives, and what it refuses."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from freezecase.app.stores import parquet, parquet_files
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Head, Listed, Row, Store
from freezecase.errors import NotOurStore, RecordError, StoreError, StoreReadOnly
from freezecase.present.export.arrow import export_parquet
from tests.app.stores.store_contract import NOW, case

pq: Any = pytest.importorskip("pyarrow.parquet")
pa: Any = pytest.importorskip("pyarrow")
CASES = 5


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Five cases of four records, written turn by turn, so that their records lie mixed."""
    path = tmp_path_factory.mktemp("source") / "cases.db"
    with open_store(f"sqlite:///{path}", origin="bank.example/freezecase") as store:
        for version in range(1, 5):
            for number in range(CASES):
                row = Row(case(number), version, f"name-{version}.v1", bytes([number, version]))
                opened = [(case(number), f"acct-{number % 2}")] if version == 1 else []
                store.append([row], now=NOW + 10 * version + number, opened=opened)
        yield store


@pytest.fixture(scope="module")
def folder(source: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "copy"
    export_parquet(source, folder, file=8)
    assert len([*folder.glob("records-*")]) == 3
    return folder


@pytest.fixture
def read(folder: Path) -> Store:
    return open_store(f"parquet:///{folder}", create=False)


@pytest.fixture
def damaged(source: Store, tmp_path: Path) -> Path:
    """An export to do harm to."""
    export_parquet(source, tmp_path / "copy", file=8)
    return tmp_path / "copy"


# --- what it gives -------------------------------------------------------------------------------


def test_a_case_is_read_in_part(source: Store, read: Store) -> None:
    for options in ({}, {"after": 1, "upto": 3}, {"recorded_upto": NOW + 31}):
        for number in range(CASES + 1):
            expected = source.read(case(number), **options, verify=False)
            assert expected == read.read(case(number), **options, verify=False)


def test_cases_are_found_and_listed(source: Store, read: Store) -> None:
    all_of_them = [case(number) for number in range(CASES + 1)]

    assert read.head() == source.head() == Head(20, NOW + 44)
    assert read.cases() == source.cases()
    assert read.cases(2, 2) == [Listed(3, case(2), "acct-0"), Listed(4, case(3), "acct-1")]
    assert read.cases(5) == []
    assert read.cases_of("acct-1") == source.cases_of("acct-1") == [case(1), case(3)]
    assert read.versions(all_of_them) == source.versions(all_of_them)
    assert read.known(all_of_them) == {*all_of_them[:CASES]}
    assert [read.exists(one) for one in all_of_them] == [True] * CASES + [False]


@pytest.mark.parametrize("stretch", [1, 3, 7, 20, 100])
def test_the_order_of_the_ledger_is_made_stretch_by_stretch(
    source: Store, read: Store, monkeypatch: pytest.MonkeyPatch, stretch: int
) -> None:
    monkeypatch.setattr(parquet, "STRETCH", stretch)

    for ends in ((), (4,), (4, 11), (0, 2**62), (20,)):
        assert [*source.scan(*ends)] == [*read.scan(*ends)]


def test_a_range_of_cases_is_read(source: Store, read: Store) -> None:
    ids = sorted(case(number) for number in range(CASES))

    assert [*source.scan_cases()] == [*read.scan_cases()]
    assert [*source.scan_cases(ids[1], ids[3])] == [*read.scan_cases(ids[1], ids[3])]
    assert [*read.scan_cases(UUID(int=1), UUID(int=2))] == []


def test_it_can_be_taken_elsewhere_and_named_from_there(
    damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = damaged.rename(damaged.with_name("taken along"))
    monkeypatch.chdir(moved.parent)

    with open_store("parquet:///taken%20along") as read:
        assert read.size() == 20
        assert repr(read) == f"<ParquetStore `parquet:///{moved}`>"


# --- what it refuses -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda store: store.append([], now=NOW),
        lambda store: store.set_alarms({}, upto=1),
        lambda store: store.keep_checkpoint(1, "a note"),
    ],
    ids=["append", "alarms", "checkpoint"],
)
def test_nobody_writes_to_it(read: Store, write: Callable[[Store], object]) -> None:
    with pytest.raises(StoreReadOnly, match="is an export: write to the store"):
        write(read)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda store: store.read(case(1)), "headers to hold a case against"),
        (lambda store: store.ringing(NOW), "alarms"),
        (lambda store: store.frontier(), "tree"),
        (lambda store: store.nodes(0, 0, 1), "tree"),
        (lambda store: store.headers(), "headers"),
        (lambda store: store.header(1), "headers"),
        (lambda store: store.checkpoints(), "checkpoints"),
        (lambda store: store.board(), "views"),
    ],
    ids=["read", "ringing", "frontier", "nodes", "headers", "header", "checkpoints", "board"],
)
def test_what_was_not_exported_is_not_there(
    read: Store, ask: Callable[[Store], object], said: str
) -> None:
    with pytest.raises(StoreError, match=f"is an export and has no {said}: ask the store itself"):
        ask(read)


def test_a_folder_without_an_export_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(NotOurStore, match="is no export of freezecase: name a folder"):
        open_store(f"parquet:///{tmp_path}")


def test_a_table_of_somebody_else_is_no_export(damaged: Path) -> None:
    pq.write_table(pa.table({"opened": [1]}), damaged / "cases.parquet")

    with pytest.raises(NotOurStore):
        open_store(f"parquet:///{damaged}")


def test_another_log_than_the_one_that_was_asked_for_is_refused(folder: Path) -> None:
    url = f"parquet:///{folder}"

    assert open_store(url, origin="bank.example/freezecase").size() == 20
    with pytest.raises(StoreError, match=r"is the log `bank.example/freezecase`, not `a.example`"):
        open_store(url, origin="a.example")


def test_a_file_that_is_missing_shows(damaged: Path) -> None:
    (damaged / "records-00002.parquet").unlink()

    with pytest.raises(StoreError, match=r"`records-00002.parquet` cannot be read"):
        open_store(f"parquet:///{damaged}")


def test_a_file_that_was_cut_shows(damaged: Path) -> None:
    path = damaged / "records-00002.parquet"
    pq.write_table(pq.read_table(path).slice(0, 3), path)

    with pytest.raises(RecordError, match=r"has 3 records, and should have .*: export it again"):
        open_store(f"parquet:///{damaged}")


def test_an_export_of_a_later_day_is_refused(damaged: Path) -> None:
    path = damaged / "cases.parquet"
    table = pq.read_table(path)
    said = json.loads(table.schema.metadata[b"freezecase"])
    newer = {b"freezecase": json.dumps(said | {"version": 2}).encode()}
    pq.write_table(table.replace_schema_metadata(newer), path)

    with pytest.raises(StoreError, match=r"was written as .* 2, 1\), this freezecase reads"):
        open_store(f"parquet:///{damaged}")


def test_without_the_extra_it_is_said_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name="pyarrow")

    monkeypatch.setattr(parquet_files, "import_module", missing)

    with pytest.raises(StoreError, match=r"needs `pyarrow`: pip install 'freezecase\[arrow\]'"):
        open_store(f"parquet:///{folder}")
