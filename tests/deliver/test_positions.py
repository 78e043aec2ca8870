"""A position is there after a crash, or is not; never half of one, and never another's."""

import os
from pathlib import Path

import pytest

from freezecase.deliver.ports import Positions
from freezecase.deliver.positions import FilePositions, MemoryPositions
from freezecase.errors import InvalidValue, StoreError
from tests.deliver.exchange import Crash


@pytest.mark.parametrize("kind", ["memory", "files"])
def test_each_name_has_a_position_of_its_own(kind: str, tmp_path: Path) -> None:
    """And none until one is kept."""
    positions: Positions = MemoryPositions() if kind == "memory" else FilePositions(tmp_path)
    assert positions.load("crm") is None
    positions.save("crm", 7)
    positions.save("app", 0)
    positions.save("crm", 12)
    assert (positions.load("crm"), positions.load("app")) == (12, 0)


def test_files_outlive_the_program(tmp_path: Path) -> None:
    """One small file a name, and nothing beside it."""
    FilePositions(tmp_path).save("crm", 7)
    assert FilePositions(tmp_path).load("crm") == 7
    assert [path.name for path in tmp_path.iterdir()] == ["crm.position"]


@pytest.mark.parametrize("dies", ["fsync", "replace"])
def test_a_crash_while_one_is_written_leaves_the_one_before(
    dies: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it was written down or not: it is replaced as a whole."""
    positions = FilePositions(tmp_path)
    positions.save("crm", 7)

    def crash(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(os if dies == "fsync" else Path, dies, crash)
        with pytest.raises(Crash):
            positions.save("crm", 12)
    assert positions.load("crm") == 7
    positions.save("crm", 13)
    assert positions.load("crm") == 13


@pytest.mark.parametrize("text", ["", "-1", "7\n", "seven", "\u0667", "9" * 30])
def test_what_is_no_position_is_not_guessed_at(text: str, tmp_path: Path) -> None:
    """A made-up position could be ahead of the truth, and skip what was never delivered."""
    (tmp_path / "crm.position").write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="holds no position: remove it"):
        FilePositions(tmp_path).load("crm")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """It is made by nobody but the host."""
    positions = FilePositions(tmp_path / "gone")
    assert positions.load("crm") is None
    with pytest.raises(StoreError, match="cannot be kept"):
        positions.save("crm", 1)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be read"):
        FilePositions(tmp_path / "file").load("crm")


@pytest.mark.parametrize("name", ["", "../crm", "a/b", "CRM", "a b", "é"])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    """A name is a machine word."""
    with pytest.raises(InvalidValue, match="name cannot be"):
        FilePositions(tmp_path).save(name, 1)
    assert [*tmp_path.iterdir()] == []
