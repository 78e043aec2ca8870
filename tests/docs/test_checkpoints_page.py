"""The page on checkpoints says what the code does: each level, each occasion, each number."""

import re
from typing import Final

from freezecase.app.anchoring.checkpoint_schedule import DUE, Occasion, Schedule
from freezecase.replay.assurance import LADDER, Level
from freezecase.seal.trust import MOST_BYTES, Trust
from tests.docs.pages import blocks, text_of, words_in

PAGE: Final = text_of("reference/checkpoints.md")
HOW: Final = text_of("how-to/anchor-the-ledger.md")


def rows(begin: str) -> list[list[str]]:
    """The cells of the table below a heading, its own heading apart."""
    lines = PAGE.partition(f"## {begin}\n")[2].partition("\n## ")[0].splitlines()
    cells = [re.split(r" ?\| ?", line)[1:-1] for line in lines if line.startswith("|")]
    return cells[2:]


def test_every_occasion_is_listed_once() -> None:
    listed = [row[0].strip("`") for row in rows("When a checkpoint is made")]

    assert sorted(listed) == sorted(Occasion)


def test_what_makes_one_due_is_said_with_its_numbers() -> None:
    usual, said = Schedule(), dict(rows("When a checkpoint is made"))

    assert {f"{one}" for one in DUE} <= {name.strip("`") for name in said}
    assert f"{usual.records:,} records" in said["`records`"]
    assert f"{usual.after.total_seconds():.0f} seconds" in said["`time`"]
    assert {*usual.upon} & words_in(PAGE) == {"case-closed.v1"}
    assert f"{usual.alarm_records:,} records" in HOW
    assert f"{usual.alarm_after.total_seconds() / 60:.0f} minutes" in HOW


def test_every_level_is_listed_with_what_it_means() -> None:
    listed = rows("Levels of assurance")

    assert [level for level, _, _ in listed] == [level.name for level in Level]
    for (_, _, means), rung in zip(listed, LADDER.values(), strict=True):
        assert means.split()[-1] in rung.means


def test_what_is_too_long_is_said() -> None:
    assert f"{MOST_BYTES:,} bytes" in PAGE


def test_the_lines_of_a_trust_document_are_those_that_are_read() -> None:
    [document] = [text for _, text in blocks(PAGE) if text.startswith("# whom we trust")]
    written = {line.split()[0] for line in document.splitlines()[1:]}
    listed = {row[0].strip("`").split()[0] for row in rows("The trust document")}

    assert written == listed == {"log", "witness", "group", "quorum"}
    for kind in written:
        assert "a line begins with" not in words_of(kind)


def words_of(kind: str) -> str:
    """What is said of a document with a line of that kind and nothing else."""
    try:
        Trust.read(f"{kind}\n")
    except ValueError as error:
        return str(error)
    return ""
