"""What no file of the project says: paths of somebody's machine, and work left for later.

They are written backwards here, so that this file may be looked at too.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import ROOT, place


def backwards(*words: str) -> str:
    """A pattern for any of these words, which are written from their ends."""
    return "|".join(re.escape(word[::-1]) for word in words)


LATER = backwards("ODOT", "EMXIF", "KCAH")
HOMES = backwards("emoh", "toor", "sresU", "krow", "tnm")
HOSTS = backwards("gro.ipyp", "gro.detsohnohtyp", "gro.sjmpn")
BANNED = re.compile(rf"\b(?:{LATER})\b|(?<![\w.*~/}}-])/(?:{HOMES})/|(?:{HOSTS})")
FOLDERS = ["freezecase", "tests", "docs", "examples", ".ci"]
SUFFIXES = {".py", ".md", ".toml", ".yml", ".json", ".html", ".css", ".js", ".sh", ".lock", ""}


def offences(text: str) -> list[str]:
    """Each banned word, with its line."""
    lines = enumerate(text.splitlines(), start=1)
    return [f"line {n}: {found[0]}" for n, line in lines if (found := BANNED.search(line))]


def files() -> Iterator[Path]:
    """What the project consists of, less what tools leave behind."""
    inside = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    for path in (*inside, *ROOT.glob("*.*"), ROOT / "Makefile"):
        hidden = path.name.startswith(".") or "__pycache__" in path.parts
        if path.is_file() and path.suffix in SUFFIXES and not hidden:
            yield path


@pytest.mark.parametrize("path", sorted(files()), ids=place)
def test_no_file_says_it(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "bad",
    [
        "# " + "ODOT"[::-1] + ": later",
        "# " + "EMXIF"[::-1],
        "open('" + "ana/emoh/"[::-1] + "cases.db')",
        "see " + "seton/toor/"[::-1],
        "https://" + "elpmis/gro.ipyp"[::-1],
    ],
)
def test_it_is_found_out(bad: str) -> None:
    assert [one.partition(":")[0] for one in offences(f"fine\n{bad}")] == ["line 2"]


def test_what_only_looks_like_it_passes() -> None:
    assert offences("~/homely https://example.org/x/ METHODOLOGY tests/mounts/ hacking") == []
