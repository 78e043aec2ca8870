"""
Exporting a store to Parquet.

What is in the files is what was stored, to the byte; and whoever replays it, or judges it again,
comes to the same as over the store itself.
"""

from pathlib import Path
from typing import Any

import pytest

from freezecase.app.clock import fresh_bytes
from freezecase.app.custody.key_store import open_key_store
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.casebook import Casebook
from freezecase.errors import InvalidValue, RecordError
from freezecase.policy.book import PolicyBook
from freezecase.policy.standard import standard
from freezecase.present.export.arrow import Exported, export_parquet
from freezecase.replay.history import replay, replay_in_parts
from freezecase.replay.parts import process_pool
from freezecase.replay.rejudge import rejudge, rejudge_in_parts
from freezecase.seal.keys import FileKek
from tests.benchmarks.lives import many_cases
from tests.benchmarks.material import Ticking, a_case
from tests.replay import workers
from tests.replay.damaged import Damaged, sound_store

parquet: Any = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return many_cases(f"sqlite:///{tmp_path_factory.mktemp('whole')}/cases.db", 840)


def exported(url: str, folder: Path, **options: Any) -> str:
    """Export a store, and return where the export is, as a store."""
    with open_store(url, create=False) as store:
        export_parquet(store, folder, **options)
    return f"parquet:///{folder}"


def everything(store: Store) -> tuple[Any, ...]:
    """Return all that an auditor without keys sees of a store."""
    return (
        [*store.scan()],
        [*store.scan_cases()],
        store.cases(),
        store.head(),
        store.origin,
        store.sealed,
        replay(store),
        rejudge(store, PolicyBook.of(workers.stricter())),
    )


@pytest.mark.parametrize("file", [100, 10_000], ids=["many-files", "one-file"])
def test_an_export_is_replayed_and_judged_like_the_store(
    url: str, tmp_path: Path, file: int
) -> None:
    copy = exported(url, tmp_path / "copy", file=file)

    with open_store(url) as store, open_store(copy) as read:
        assert everything(store) == everything(read)
        assert replay(read).clean
        assert rejudge(read, PolicyBook.of(standard())).clean


def test_several_processes_share_an_export(url: str, tmp_path: Path) -> None:
    copy = exported(url, tmp_path / "copy", file=300)

    with open_store(url) as store, process_pool(2) as pool:
        whole = replay(store), rejudge(store, PolicyBook.of(workers.stricter()))
        parts = (
            replay_in_parts(copy, executor=pool, part=200),
            rejudge_in_parts(copy, workers.stricter, executor=pool, part=200),
        )

    assert whole == parts


def test_it_says_what_it_wrote_and_tells_of_progress(url: str, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []

    with open_store(url) as store:
        size = store.size()
        wrote = export_parquet(
            store, tmp_path / "copy", file=300, progress=lambda *done: heard.append(done)
        )

    assert wrote == Exported(records=size, cases=12, files=3)
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_any_data_tool_reads_it(url: str, tmp_path: Path) -> None:
    exported(url, tmp_path / "copy", file=300)

    table = parquet.read_table(tmp_path / "copy" / "records-00001.parquet")

    assert [(field.name, str(field.type)) for field in table.schema] == [
        ("index", "int64"),
        ("recorded_at", "timestamp[us, tz=UTC]"),
        ("case", "string"),
        ("version", "int64"),
        ("name", "string"),
        ("state", "binary"),
    ]
    cases = table["case"].to_pylist()
    assert cases == sorted(cases)
    assert len({*cases}) in range(2, 8)


@pytest.mark.parametrize("sealed", [False, True], ids=["clear", "sealed"])
def test_what_is_sealed_stays_sealed(tmp_path: Path, sealed: bool) -> None:
    url = f"sqlite:///{tmp_path}/cases.db"
    with open_key_store("memory:", FileKek(fresh_bytes(32))) as keys:
        where: dict[str, Any] = {"keys": keys} if sealed else {}
        with Casebook.open(url, clock=Ticking(), **where) as book:
            a_case(book)

    with open_store(url) as store, open_store(exported(url, tmp_path / "copy")) as read:
        said = [row for row in read.scan() if b"answered every question" in row[5]]
        assert everything(store) == everything(read)
    assert (read.sealed, bool(said)) == (sealed, not sealed)


def test_a_store_without_records_can_be_exported(tmp_path: Path) -> None:
    empty = f"sqlite:///{tmp_path}/empty.db"
    open_store(empty).close()

    with open_store(exported(empty, tmp_path / "copy")) as read:
        assert replay(read).clean
        assert (read.size(), [*read.scan()], read.cases()) == (0, [], [])


def test_what_is_written_meanwhile_is_left_out(tmp_path: Path) -> None:
    url = many_cases(f"sqlite:///{tmp_path}/cases.db", 200)
    with open_store(url) as store:
        before = everything(store)

        def write_on(_done: int, _of: int) -> None:
            with Casebook.open(url, clock=Ticking(next_id=7)) as book:
                a_case(book)

        export_parquet(store, tmp_path / "copy", file=100, progress=write_on)

        assert store.size() > before[3].size
    with open_store(f"parquet:///{tmp_path}/copy") as read:
        assert before == everything(read)


@pytest.mark.parametrize(
    "done",
    [
        "UPDATE ledger_head SET size = 3",
        "DELETE FROM stored_events WHERE rowid = 4",
        "UPDATE stored_events SET state = x'7b' WHERE rowid = 4",
        "UPDATE stored_events SET recorded_at = 5 WHERE rowid = 4",
        "DELETE FROM cases WHERE opened = 2",
    ],
    ids=["behind-the-head", "gap", "unreadable", "time-fell", "unlisted"],
)
def test_damage_is_exported_as_it_is(tmp_path: Path, done: str) -> None:
    damaged = Damaged(sound_store(tmp_path / "cases.db")).sql(done)
    found = damaged.replayed()

    with open_store(exported(f"sqlite:///{damaged.path}", tmp_path / "copy")) as read:
        again = replay(read)

    assert found.found
    assert found == again


@pytest.mark.parametrize(
    "done",
    [
        "UPDATE stored_events SET state = 'words' WHERE rowid = 4",
        "UPDATE cases SET account = x'00'",
    ],
    ids=["record", "case"],
)
def test_what_no_table_could_hold_is_refused_and_nothing_stays(tmp_path: Path, done: str) -> None:
    damaged = Damaged(sound_store(tmp_path / "cases.db")).sql(done)

    with pytest.raises(RecordError, match="that no writer of ours puts there: replay the store"):
        exported(f"sqlite:///{damaged.path}", tmp_path / "copy")
    assert not [*tmp_path.glob("copy*")]


@pytest.mark.parametrize("there", ["copy", "copy.partial"])
def test_nothing_is_written_over(url: str, tmp_path: Path, there: str) -> None:
    (tmp_path / there).mkdir()

    with pytest.raises(InvalidValue, match="it takes a folder that is not there yet"):
        exported(url, tmp_path / "copy")
    assert [there] == [one.name for one in tmp_path.iterdir()]
