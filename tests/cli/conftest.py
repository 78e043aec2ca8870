"""What the tests of the command line share: a way to run it, here or as a program of its own."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from freezecase.cli import main

TOLD = Path(__file__).with_name("demo.txt")
"""What the demonstration prints."""
RECORDS = int(re.findall(r"(\d+) records", TOLD.read_text(encoding="utf-8"))[-1])
"""How many records it leaves behind, as it says itself."""


@attrs.frozen
class Ran:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What stands on stdout, as JSON."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, perhaps on a terminal of 90 columns."""

    def go(*arguments: object, on_terminal: bool = False) -> Ran:
        if on_terminal:
            monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
            monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
            monkeypatch.setenv("COLUMNS", "90")
        code = main([str(one) for one in arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return go


@pytest.fixture
def program(tmp_path: Path) -> Run:
    """Run a command as a program of its own, in an empty folder."""

    def go(*arguments: object, code: str = "") -> Ran:
        how = ["-c", code] if code else ["-m", "freezecase"]
        done = subprocess.run(
            [sys.executable, *how, *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return go


@pytest.fixture
def url(tmp_path: Path, run: Run) -> str:
    """The store that the demonstration leaves behind."""
    where = f"sqlite:///{tmp_path / 'demo.db'}"
    assert run("demo", "--db", where).code == 0
    return where
