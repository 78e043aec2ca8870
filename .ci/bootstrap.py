"""Make the project's virtual environment, once, then run what was asked in it.

    python3 .ci/bootstrap.py                   build .venv with all that works on the project
    python3 .ci/bootstrap.py pytest -n auto    the same, then run pytest from it
    python3 .ci/bootstrap.py --lock run freezecase demo    with what the library needs, no more

Needs Python 3.11 and its standard library, nothing else: no pip, no compiler. Every package comes
from a lock file with its hash. What was built is remembered in a stamp, so that a second call
costs a tenth of a second.

Exit codes: that of the command, or 69 when the environment cannot be built; the last line says
what would help.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import NoReturn
from urllib.error import URLError
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
UNAVAILABLE = 69
HELP = "install python3-venv, or set PIP_INDEX_URL or PIP_FIND_LINKS, and call again"
SCRIPTS, EXE = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")


def main() -> int:
    """Build what is missing, then run the command."""
    if sys.version_info < OLDEST:
        stop(
            "this Python is older than 3.11: name a newer one, as in `make PYTHON=python3.13 test`"
        )
    asked = arguments()
    home = ROOT / asked.venv
    with one_at_a_time():
        build(home, asked.lock)
    if not asked.command:
        return 0
    program, *rest = asked.command
    try:
        return subprocess.call([home / SCRIPTS / f"{program}{EXE}", *rest])
    except KeyboardInterrupt:
        return 130
    except FileNotFoundError:
        stop(f"`{program}` is not in {asked.venv}: is its package in .ci/{asked.lock}.lock?")


def arguments() -> argparse.Namespace:
    """Read the command line; everything after the first word is the command's own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--lock",
        default="dev",
        choices=["run", "dev", "oldest"],
        help="which .ci/*.lock to install",
    )
    parser.add_argument("--venv", default=".venv", help="where, below the checkout")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def build(home: Path, lock: str) -> None:
    """Bring `home` to what the lock and pyproject.toml say, doing as little as possible."""
    stamp = home / ".stamp"
    found = read(stamp)
    if lock == "run" and found.get("name") == "dev":
        lock = "dev"  # it holds everything that `run` holds
    wanted = fingerprint(lock)
    if found == wanted:
        return
    stamp.unlink(missing_ok=True)
    if found.get("place") != wanted["place"]:
        say(f"setting up {home.name} from .ci/{lock}.lock (once, takes about half a minute)")
        create(home)
        found = {}
    pip: list[Path | str] = [home / SCRIPTS / f"python{EXE}", "-m", "pip"]
    install = [*pip, "install", "--quiet", "--no-input", "--no-compile"]
    if found.get("lock") != wanted["lock"]:
        locked = ROOT / ".ci" / f"{lock}.lock"
        run([*install, "--require-hashes", "--only-binary=:all:", "--requirement", locked])
        remove_all_but(locked, pip)
    run([*install, "--no-deps", "--no-build-isolation", "--editable", ROOT])
    stamp.write_text(json.dumps(wanted), encoding="utf-8")


def fingerprint(lock: str) -> dict[str, str]:
    """All that makes an environment stale; the path is in it because scripts hold it."""
    return {
        "name": lock,
        "place": f"{sys.version} {sys.base_prefix} {ROOT}",
        "lock": digest(ROOT / ".ci" / f"{lock}.lock"),
        "project": digest(ROOT / "pyproject.toml"),
    }


def remove_all_but(locked: Path, pip: Sequence[Path | str]) -> None:
    """Take out what an earlier lock brought and this one does not name."""
    wanted = set(re.findall(r"^([a-z0-9-]+)==", locked.read_text(encoding="utf-8"), re.MULTILINE))
    wanted |= {"freezecase", "pip", "setuptools"}
    listed = subprocess.run([*pip, "list", "--format=json"], check=True, capture_output=True)
    there = {re.sub(r"[-_.]+", "-", one["name"]).lower() for one in json.loads(listed.stdout)}
    if there - wanted:
        run([*pip, "uninstall", "--quiet", "--yes", *sorted(there - wanted)])


def digest(path: Path) -> str:
    """The file's SHA-256, indifferent to the line ends of a checkout."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def read(stamp: Path) -> dict[str, str]:
    """What the stamp says, or nothing when there is none or it is damaged."""
    try:
        said = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def create(home: Path) -> None:
    """An empty virtual environment with pip in it, also where the system has cut ensurepip out."""
    shutil.rmtree(home, ignore_errors=True)
    with contextlib.suppress(ImportError, subprocess.CalledProcessError):
        import ensurepip  # noqa: F401  (Debian ships it apart)

        venv.create(home, with_pip=True, symlinks=os.name != "nt")
        return
    shutil.rmtree(home, ignore_errors=True)
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    python = home / SCRIPTS / f"python{EXE}"
    with tempfile.TemporaryDirectory() as folder:
        wheel = pip_nearby() or pip_from_index(Path(folder))
        if wheel is not None:
            run([python, wheel / "pip", "install", "--quiet", "--no-index", "--no-deps", wheel])
            return
    host = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "pip"]
    if subprocess.run(host, check=False, stderr=subprocess.DEVNULL).returncode != 0:
        shutil.rmtree(home, ignore_errors=True)
        stop(f"this Python has neither ensurepip nor pip: {HELP}")


def pip_nearby() -> Path | None:
    """The newest pip wheel in the folders of PIP_FIND_LINKS; Python can run it, it is a zip."""
    places = [urlsplit(place) for place in os.environ.get("PIP_FIND_LINKS", "").split()]
    folders = [Path(unquote(place.path)) for place in places if place.scheme in ("", "file")]
    wheels = [wheel for folder in folders for wheel in folder.glob("pip-*-py3-none-any.whl")]
    return max(wheels, key=lambda wheel: version(wheel.name), default=None)


def pip_from_index(folder: Path) -> Path | None:
    """The newest pip wheel of the index in PIP_INDEX_URL, if one is named; its hash is checked."""
    index = os.environ.get("PIP_INDEX_URL")
    if not index or os.environ.get("PIP_NO_INDEX"):
        return None
    page = f"{index.rstrip('/')}/pip/"
    ask = Request(page, headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    try:
        with urlopen(ask, timeout=60) as answer:
            files = json.load(answer)["files"]
        wheels = [
            file
            for file in files
            if file["filename"].endswith("-py3-none-any.whl") and not file.get("yanked")
        ]
        newest = max(wheels, key=lambda file: version(file["filename"]))
        with urlopen(urljoin(page, newest["url"]), timeout=60) as answer:
            content = answer.read()
    except (URLError, OSError, ValueError, KeyError) as problem:
        stop(f"pip could not be fetched ({problem}): {HELP}")
    if hashlib.sha256(content).hexdigest() != newest["hashes"].get("sha256"):
        stop("pip as fetched does not have the hash that its index states")
    wheel: Path = folder / newest["filename"]
    wheel.write_bytes(content)
    return wheel


def version(name: str) -> tuple[int, ...]:
    """The version in a wheel's name as numbers; pre-releases sort before everything."""
    parts = name.split("-")[1].split(".")
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else ()


def run(command: Sequence[object]) -> None:
    """Run a step of the set-up; its own words say what went wrong."""
    settings = {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_USER": "0",
        "PIP_REQUIRE_VIRTUALENV": "0",
    }
    if subprocess.call([str(part) for part in command], env=os.environ | settings, cwd=ROOT) != 0:
        stop("not installed: pip needs a package index, or a folder of wheels in PIP_FIND_LINKS")


@contextlib.contextmanager
def one_at_a_time() -> Generator[None]:
    """Let two calls at once take turns, where the system can lock a file."""
    try:
        from fcntl import LOCK_EX, flock
    except ImportError:
        yield
        return
    with (ROOT / "pyproject.toml").open("rb") as file:
        flock(file, LOCK_EX)
        yield


def say(text: str) -> None:
    """A word to the person waiting."""
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


def stop(advice: str) -> NoReturn:
    """Give up with advice."""
    say(advice)
    sys.exit(UNAVAILABLE)


if __name__ == "__main__":
    sys.exit(main())
