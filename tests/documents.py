"""Runs the Python and console blocks of README.md and docs/.

One document is one namespace and one empty folder of its own, which is gone afterwards. A console
block holds commands behind `$ `, each followed by all it prints; `...` stands for any text, alone
on a line for any lines. A command must succeed, unless the next one is `echo $?`.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

ASKS = "echo $?"


def documents(root: Path) -> Sybil:
    """Everything in README.md and docs/ that claims to run."""
    enter, leave = own_folder()
    return Sybil(
        parsers=[
            PythonCodeBlockParser(),
            CodeBlockParser(language="console", evaluator=run_console),
            SkipParser(),
        ],
        path=str(root),
        patterns=["README.md", "docs/**/*.md"],
        setup=enter,
        teardown=leave,
    )


def own_folder() -> tuple[Callable[[dict[str, Any]], None], Callable[[dict[str, Any]], None]]:
    """How a document gets its folder, and how it loses it."""

    def enter(namespace: dict[str, Any]) -> None:
        folder = tempfile.TemporaryDirectory(prefix="fc-doc-", ignore_cleanup_errors=True)
        namespace["__folder__"], namespace["__home__"] = folder, Path.cwd()
        os.chdir(folder.name)

    def leave(namespace: dict[str, Any]) -> None:
        os.chdir(namespace["__home__"])
        namespace["__folder__"].cleanup()

    return enter, leave


def run_console(example: Example) -> str | None:
    """Run one block; the first difference is the answer."""
    turns, status = transcript(example.parsed), 0
    for (command, expected), (following, _) in zip(turns, [*turns[1:], ("", "")], strict=True):
        status, printed = run(command, status)
        if not matches(expected, printed):
            return f"$ {command}\nprinted\n{printed}\nand not\n{expected}"
        if status != 0 and following != ASKS:
            return f"$ {command}\nexited {status}; show that with `$ {ASKS}`, if it is meant"
    return None


def transcript(block: str) -> list[tuple[str, str]]:
    """The commands of a block, each with what it prints."""
    before, *turns = re.split(r"^\$ ", block, flags=re.MULTILINE)
    if before.strip() or not turns:
        message = "a console block begins with `$ ` and a command"
        raise ValueError(message)
    split = [turn.partition("\n") for turn in turns]
    return [(command.strip(), printed.rstrip()) for command, _, printed in split]


def run(command: str, last_status: int) -> tuple[int, str]:
    """Run a command where the tools of this environment come first; its status and its words."""
    tools = str(Path(sys.executable).parent)
    path = os.pathsep.join([tools, os.environ.get("PATH", os.defpath)])
    plain = {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        ["sh", "-c", f"(exit {last_status}); {command}"],
        check=False,
        env=os.environ | plain | {"PATH": path},
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout.rstrip()


def matches(expected: str, printed: str) -> bool:
    """Whether the words are those expected, line by line."""
    pattern = "".join(
        r"(?:.*\n)*"
        if line.strip() == "..."
        else re.escape(line.rstrip()).replace(r"\.\.\.", ".*") + r"[ \t]*\n"
        for line in expected.splitlines()
    )
    return re.fullmatch(pattern, f"{printed}\n" if printed else "") is not None
