"""The PostgreSQL of the tests: there, fresh for each test, shared by all, and gone afterwards."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import postgres

USER = """
import sys
from pathlib import Path
from tests.postgres import shared_server
with shared_server(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""
ROOT = Path(__file__).parents[2]
unavailable = postgres.unavailable()
needs_a_server = pytest.mark.skipif(unavailable is not None, reason=unavailable or "")


def user_of(meeting_point: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that uses the server of this meeting point, and the server's folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, meeting_point],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    return process, Path(parse_qs(urlsplit(url).query)["host"][0])


def gone(folder: Path) -> bool:
    """Whether the folder goes within a generous while."""
    until = time.monotonic() + 60
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    return not folder.exists()


def end(process: subprocess.Popen[str], how: signal.Signals | None = None) -> None:
    """End a user in order, or by a signal."""
    if how is not None:
        process.send_signal(how)
    process.communicate()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_database_is_fresh_and_empty(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE once (n int)")
        zone = connection.execute("SHOW timezone").fetchone()

    assert zone == ("UTC",)


def test_the_next_database_knows_nothing_of_the_last(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute("SELECT to_regclass('once')").fetchone()

    assert tables == (None,)


@needs_a_server
def test_users_share_a_server_that_goes_with_the_last_even_if_killed(tmp_path: Path) -> None:
    first, folder = user_of(tmp_path)
    second, same_folder = user_of(tmp_path)
    server = int((folder / "data" / "postmaster.pid").read_text().split()[0])

    assert same_folder == folder
    end(first)
    assert alive(server)
    end(second, signal.SIGKILL)
    assert gone(folder)
    assert not alive(server)


@needs_a_server
def test_who_comes_after_the_last_has_left_gets_a_new_server(tmp_path: Path) -> None:
    first, old = user_of(tmp_path)
    end(first)
    second, new = user_of(tmp_path)

    assert new != old
    assert (new / "data" / "postmaster.pid").exists()
    end(second)
    assert gone(new)


def test_where_there_is_no_wheel_the_reason_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres, "find_spec", lambda _name: None)

    assert "--postgres-url" in (postgres.unavailable() or "")
