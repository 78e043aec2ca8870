"""No clock, no chance, no environment, but in app/clock.py.

The linter says so while one writes; here the tests say so too, from the same list, and see through
renamed imports.
"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import CLOCK, ROOT, modules, place

RUFF = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
BANNED = sorted(RUFF["lint"]["flake8-tidy-imports"]["banned-api"])


def offences(text: str) -> list[str]:
    """Each use of what is banned, with its line."""
    tree = ast.parse(text)
    known = dict(imported(tree))
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute))
    uses = [(node.lineno, dotted(node, known)) for node in names]
    uses += [(node.lineno, name) for node, name in imports(tree)]
    return sorted({f"line {line}: `{name}`" for line, name in uses if is_banned(name)})


def is_banned(name: str) -> bool:
    return any(name == banned or name.startswith(f"{banned}.") for banned in BANNED)


def imports(tree: ast.AST) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    """Every name that is imported, whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What the names that were imported stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def dotted(node: ast.AST, known: dict[str, str]) -> str:
    """A name or a chain of attributes as one dotted name, as far as it is one."""
    if isinstance(node, ast.Name):
        return known.get(node.id, "")
    if isinstance(node, ast.Attribute):
        before = dotted(node.value, known)
        return f"{before}.{node.attr}" if before else ""
    return ""


@pytest.mark.parametrize("path", [path for path in modules() if path != CLOCK], ids=place)
def test_time_chance_and_settings_come_in_by_one_door(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("bad", "offence"),
    [
        ("import datetime\ndatetime.datetime.now()", "line 2: `datetime.datetime.now`"),
        ("import datetime as dt\ndt.datetime.now(dt.UTC)", "line 2: `datetime.datetime.now`"),
        ("from datetime import datetime as D\nf = D.utcnow", "line 2: `datetime.datetime.utcnow`"),
        ("from datetime import date\ndate.today()", "line 2: `datetime.date.today`"),
        ("from time import time", "line 1: `time.time`"),
        ("def f():\n    import time\n    return time.time()", "line 3: `time.time`"),
        ("import uuid\nid = uuid.uuid4()", "line 2: `uuid.uuid4`"),
        ("from uuid import uuid1 as make", "line 1: `uuid.uuid1`"),
        ("import random", "line 1: `random`"),
        ("from random import choice", "line 1: `random.choice`"),
        ("from secrets import token_hex", "line 1: `secrets.token_hex`"),
        ("import os\nos.environ['A']", "line 2: `os.environ`"),
        ("from os import getenv", "line 1: `os.getenv`"),
    ],
)
def test_every_way_in_is_found_out(bad: str, offence: str) -> None:
    assert offence in offences(bad)


def test_what_only_looks_like_it_passes() -> None:
    good = """
import datetime, uuid
clock.now()
datetime.datetime.fromisoformat(said)
uuid.UUID(said)
random = 1
"""

    assert offences(good) == []
