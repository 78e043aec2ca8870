"""Key stores that many processes use at once, and that a power cut meets in the worst moment."""

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import sleep

import pytest

from freezecase.app.custody.key_store import open_key_store
from freezecase.app.stores.sqlite_connections import Connections
from freezecase.core.values import Audience
from freezecase.errors import SealError
from freezecase.seal.keys import KeyStore, SubjectKey, Tombstone
from tests.app.books import STORES, url_of
from tests.app.custody.key_contract import CUSTOMER, ELSE, KEK, LATER, STAFF

ROOT = Path(__file__).parents[3]
SHARED = STORES[1:]
posix = pytest.mark.skipif(os.name != "posix", reason="elsewhere there is no SIGKILL")


def started(*args: str) -> subprocess.Popen[str]:
    """A program of `keepers`, under way."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.app.custody.keepers", *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def killed(*args: str) -> int:
    """A program of `keepers`, to its end: what it ended with."""
    with started(*args) as program:
        program.communicate()
    return program.returncode


def kept(folder: Path) -> dict[str, bytes]:
    """The bytes of each live key in the file."""
    with closing(sqlite3.connect(folder / "cases.db")) as connection:
        rows = connection.execute("SELECT id, wrapped FROM subject_keys WHERE wrapped NOT NULL")
        return dict(rows.fetchall())


def found(folder: Path, data: bytes) -> list[str]:
    """The files in which some bytes are: the database, its log, whatever lies beside it."""
    return [file.name for file in sorted(folder.iterdir()) if data in file.read_bytes()]


@pytest.mark.parametrize("kind", SHARED)
def test_eight_processes_get_the_same_keys(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """All of them ask for people whom nobody knew, at the same moment."""
    url = url_of(kind, request, tmp_path)
    subjects = [f"acct-{number}" for number in range(20)]
    makers = [started("make", url, *subjects[start:], *subjects[:start]) for start in range(8)]
    for maker in makers:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "ready\n"
    for maker in makers:
        assert maker.stdin is not None
        maker.stdin.write("go\n")
        maker.stdin.flush()
    said = [sorted(maker.communicate()[0].splitlines()) for maker in makers]
    assert [maker.returncode for maker in makers] == [0] * 8
    assert said == [said[0]] * 8
    assert len({*said[0]}) == len(subjects) * len(Audience)
    with open_key_store(url, KEK) as keys:
        assert len([*keys.every()]) == len(subjects) * len(Audience)


@pytest.mark.parametrize("kind", STORES)
def test_many_threads_get_the_same_keys(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """One key store is shared between threads, also while keys are destroyed."""
    with open_key_store(url_of(kind, request, tmp_path), KEK) as keys:
        erased = keys.keys_for([ELSE])[ELSE]
        wanted = [(f"acct-{number}", Audience.CUSTOMER) for number in range(30)]
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(keys.keys_for, wanted) for _ in range(12)]
            gone = [pool.submit(keys.destroy, [erased.id], LATER) for _ in range(4)]
        answers = [one.result() for one in asked]
        assert answers == [answers[0]] * 12
        assert [one.result() for one in gone] == [(Tombstone(erased.id, *ELSE, LATER),)] * 4
        assert len([*keys.every()]) == 31


@posix
@pytest.mark.parametrize("kind", SHARED)
@pytest.mark.parametrize("crash", ["changed", "stored"])
def test_a_power_cut_leaves_it_done_or_undone(
    kind: str, crash: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """All keys are destroyed or none is; and whoever asks again finishes it."""
    url = url_of(kind, request, tmp_path)
    with open_key_store(url, KEK) as keys:
        made = keys.keys_for([CUSTOMER, STAFF, ELSE])
        going = [made[CUSTOMER].id, made[STAFF].id]
        assert killed("destroy", url, crash, *going) == -signal.SIGKILL
        left = SubjectKey if crash == "changed" else Tombstone
        assert [type(keys.find(id)) for id in going] == [left, left]
        assert [type(one) for one in keys.destroy(going, LATER)] == [Tombstone, Tombstone]
        assert keys.keys_for([ELSE]) == {ELSE: made[ELSE]}
        with pytest.raises(SealError, match="was destroyed"):
            keys.keys_for([CUSTOMER])


@posix
@pytest.mark.parametrize("again", ["opened", "asked"])
def test_what_a_power_cut_left_in_the_log_is_removed(tmp_path: Path, again: str) -> None:
    """By whoever opens the key store next, and by whoever has it open and asks again."""
    url = f"sqlite:///{tmp_path}/cases.db"
    with open_key_store(url, KEK) as keys:
        key = keys.keys_for([CUSTOMER])[CUSTOMER]
        stored = kept(tmp_path)[key.id]
        assert found(tmp_path, stored)
        assert killed("destroy", url, "stored", key.id) == -signal.SIGKILL
        assert isinstance(keys.find(key.id), Tombstone)
        assert found(tmp_path, stored)  # else nothing is shown here
        if again == "asked":
            keys.destroy([key.id], LATER)
        else:
            open_key_store(url, KEK).close()
        assert found(tmp_path, stored) == []


@pytest.mark.parametrize("kind", SHARED)
def test_killed_at_any_moment_it_keeps_what_it_said(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """What was acknowledged is destroyed for good; the rest lives, but for one under way."""
    url = url_of(kind, request, tmp_path)
    wanted = [(f"acct-{number}", Audience.CUSTOMER) for number in range(400)]
    with open_key_store(url, KEK) as keys:
        going = [key.id for key in keys.keys_for(wanted).values()]
    stored = kept(tmp_path) if kind == "sqlite" else {}
    acknowledged: list[str] = []
    for moment in (0.0, 0.01, 0.03):
        left = [id for id in going if id not in acknowledged]
        killer = started("one_by_one", url, *left)
        assert killer.stdout is not None
        assert killer.stdout.readline() == "ready\n"
        sleep(moment)
        killer.kill()
        acknowledged += killer.communicate()[0].split()
        with open_key_store(url, KEK) as keys:
            gone = {entry.id for entry in keys.every() if entry.destroyed_at is not None}
            assert gone >= {*acknowledged}
            # one more may have gone each time without a word
            assert len(gone) <= len({*acknowledged}) + 3
        for id in gone if stored else ():
            assert found(tmp_path, stored[id]) == []


def test_a_reader_of_what_was_before_is_waited_for(tmp_path: Path) -> None:
    """As long as somebody reads the page as it was, it stays in the log: that is said, loudly."""
    url = f"sqlite:///{tmp_path}/cases.db"
    with open_key_store(url, KEK, busy_timeout=0.05) as keys:
        key = keys.keys_for([CUSTOMER])[CUSTOMER]
        stored = kept(tmp_path)[key.id]
        reader = sqlite3.connect(tmp_path / "cases.db", isolation_level=None)
        reader.execute("BEGIN").execute("SELECT count(*) FROM subject_keys").fetchall()
        with pytest.raises(SealError, match="their bytes are still in its log"):
            keys.destroy([key.id], LATER)
        assert isinstance(keys.find(key.id), Tombstone)
        assert found(tmp_path, stored)
        reader.close()
        assert keys.destroy([key.id], LATER) == (Tombstone(key.id, *CUSTOMER, LATER),)
        assert found(tmp_path, stored) == []


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, KeyStore, list[str]]:
    """A key store with many keys in a file, on an SQLite that overwrites nothing unless told."""
    connect = Connections.connect

    def connected(datastore: Connections) -> sqlite3.Connection:
        connection = connect(datastore)
        connection.execute("PRAGMA secure_delete = OFF").fetchall()
        return connection

    monkeypatch.setattr(Connections, "connect", connected)
    keys = open_key_store(f"sqlite:///{tmp_path}/cases.db", KEK)
    wanted = [(f"acct-{number}", Audience.CUSTOMER) for number in range(2000)]
    return tmp_path, keys, [key.id for key in keys.keys_for(wanted).values()]


def test_no_byte_of_a_destroyed_key_stays(filled: tuple[Path, KeyStore, list[str]]) -> None:
    """Not in the file, not in its log, not in what is left over of pages; the others are whole."""
    folder, keys, made = filled
    stored = kept(folder)
    assert all(found(folder, stored[id]) for id in made[:20])
    going = made[::2] + made[501:901:2]
    for start in range(0, len(going), 100):
        keys.destroy(going[start : start + 100], LATER)
    files = [file.read_bytes() for file in folder.iterdir()]
    halves = [part for id in going for part in (stored[id][:24], stored[id][-24:])]
    assert [part for part in halves if any(part in data for data in files)] == []
    assert kept(folder) == {id: stored[id] for id in made if id not in {*going}}
    keys.close()


def test_no_byte_stays_that_an_old_key_of_the_house_would_open(
    filled: tuple[Path, KeyStore, list[str]],
) -> None:
    """Once every key is wrapped anew, whoever finds the old key of the house finds nothing."""
    from tests.app.custody.key_contract import NEW_KEK

    folder, keys, made = filled
    before = kept(folder)
    assert keys.rewrap(NEW_KEK) == len(made)
    files = [file.read_bytes() for file in folder.iterdir()]
    assert [id for id in made if any(before[id] in data for data in files)] == []
    keys.close()
