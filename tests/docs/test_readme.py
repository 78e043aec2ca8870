"""What the README says that it prints is what it prints."""

from pathlib import Path

import pytest

from tests.docs.pages import blocks
from tests.house.source import ROOT


def test_what_the_first_page_prints_is_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its one program, run in an empty folder, prints the block below it to the letter."""
    told = list(blocks((ROOT / "README.md").read_text(encoding="utf-8")))
    ((_, program),) = [one for one in told if one[0] == "python"]
    ((_, printed),) = [one for one in told if one[0] == "text"]
    monkeypatch.chdir(tmp_path)

    exec(program, {})

    assert printed == capsys.readouterr().out
