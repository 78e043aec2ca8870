"""Who may import whom: the contracts in pyproject.toml hold, and each of them can fail."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT

BREAKS = [
    # contract | a module   | what it must not say
    ("flow",   "core/bad.py",   "import freezecase.wire"),
    ("flow",   "errors.py",     "import freezecase.core"),
    ("flow",   "policy/bad.py", "from freezecase import wire"),
    ("flow",   "views/bad.py",  "import freezecase.cli"),
    ("pure",   "core/bad.py",   "import json"),
    ("pure",   "core/bad.py",   "from cattrs import structure"),
    ("pure",   "errors.py",     "import logging"),
    ("pure",   "policy/bad.py", "import logging.handlers"),
    ("pure",   "core/bad.py",   "def f():\n    import sqlite3"),
    ("stores", "wire/bad.py",   "import sqlite3"),
    ("stores", "errors.py",     "from psycopg import sql"),
    ("stores", "cli/bad.py",    "import eventsourcing.application"),
]  # fmt: skip
ALLOWED = [
    ("app/good.py", "import eventsourcing.application\nimport sqlite3"),
    ("cli/good.py", "import freezecase.app.good\nimport freezecase.core"),
    ("core/good.py", "import attrs\nimport freezecase.errors"),
]
PURE = ["core", "errors", "policy"]
LAYERS = ["app", "cli", "core", "policy", "views", "wire"]


def contracts_broken(folder: Path) -> tuple[int, str]:
    """The linter's exit code and words about the tree in this folder."""
    program = "from importlinter.cli import lint_imports_command as main; main()"
    options: list[Path | str] = ["--no-cache", "--no-logo", "--config", ROOT / "pyproject.toml"]
    done = subprocess.run(
        [sys.executable, "-c", program, *options],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
    )
    return done.returncode, done.stdout + done.stderr


def sketch(folder: Path, *said: tuple[str, str]) -> Path:
    """A package with our layers, and these words in these modules."""
    package = folder / "freezecase"
    for layer in LAYERS:
        (package / layer).mkdir(parents=True)
        (package / layer / "__init__.py").touch()
    for name in ("__init__.py", "errors.py"):
        (package / name).touch()
    for name, words in said:
        (package / name).write_text(f"{words}\n", encoding="utf-8")
    return folder


def test_the_package_keeps_its_layers() -> None:
    status, words = contracts_broken(ROOT)

    assert status == 0, words


def test_everything_pure_that_is_there_is_under_the_contract() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {one["id"]: one for one in project["tool"]["importlinter"]["contracts"]}
    there = {f"freezecase.{Path(name).stem}" for name in PURE if (PACKAGE / name).exists()}

    assert there <= set(contracts["pure"]["source_modules"])


def test_what_the_layers_allow_passes(tmp_path: Path) -> None:
    status, words = contracts_broken(sketch(tmp_path, *ALLOWED))

    assert status == 0, words


@pytest.mark.parametrize(("contract", "module", "words"), BREAKS)
def test_each_contract_can_fail(tmp_path: Path, contract: str, module: str, words: str) -> None:
    names = {
        "flow": "Data flows one way",
        "pure": "What is true and what is allowed know no framework",
        "stores": "Only app speaks to a store",
    }
    status, said = contracts_broken(sketch(tmp_path, (module, words)))

    assert status == 1
    assert f"{names[contract]} BROKEN" in " ".join(said.split())
