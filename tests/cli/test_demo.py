"""The demonstration: the first thing that anybody sees."""

import re
from pathlib import Path
from tempfile import gettempdir

from freezecase.app.stores.opening import open_store
from tests.cli.conftest import RECORDS, TOLD, Run


def test_it_tells_the_same_three_cases_in_every_run(program: Run) -> None:
    ran = program("demo")

    assert TOLD.read_text(encoding="utf-8") == ran.out
    assert ran.code == 0


def test_it_can_be_read_at_a_hundred_columns() -> None:
    lines = TOLD.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if len(line) > 100] == []


def test_time_is_part_of_the_story() -> None:
    """Nobody reviews and nobody calls: to the minute the ladder climbs to the accountable role."""
    story = TOLD.read_text(encoding="utf-8").partition("3. ")[2]
    late = re.findall(r"(\d+-\d+ \d+:\d+)  system:clock found (?:promise )?`([\w-]+)`", story)
    moves = re.findall(r"system:clock found.*(missed|due)  +(.*)", story)

    assert late == [
        ("03-17 07:55", "review"),
        ("03-17 17:00", "call-back"),
        ("03-18 07:55", "review"),
    ]
    assert [who for _, who in moves] == ["lead, mia", "lead", "accountable"]


def test_nothing_is_left_to_do() -> None:
    """Each case ends with nobody's move."""
    told = TOLD.read_text(encoding="utf-8")

    assert told.count("whose move: nobody's, nothing is waiting") == 3
    assert "0 left open; replayed: no findings" in told


def test_it_says_on_stderr_what_it_read(program: Run) -> None:
    said = program("demo").err.splitlines()

    assert "  store: a temporary file, gone when this ends" in said
    assert f"  range: {RECORDS} records" in said
    assert [line for line in said if line.startswith("  policy: standard v1 sha256:")]


def test_it_leaves_nothing_behind(program: Run, tmp_path: Path) -> None:
    before = set(Path(gettempdir()).glob("freezecase-*"))

    program("demo")

    assert list(tmp_path.iterdir()) == []
    assert before >= set(Path(gettempdir()).glob("freezecase-*"))


def test_it_leaves_its_cases_in_the_store_that_is_named(url: str, run: Run) -> None:
    with open_store(url, create=False) as store:
        assert store.size() == RECORDS

    assert run("history", "acct-4711", "--db", url).code == 0
    assert run("replay", "--db", url).code == 0


def test_it_writes_into_no_store_that_holds_cases(url: str, run: Run) -> None:
    ran = run("demo", "--db", url)

    assert (ran.code, ran.out) == (2, "")
    assert f"holds {RECORDS} records already: the demo wants an empty store" in ran.err


def test_as_json_it_is_one_object_that_names_its_format(run: Run) -> None:
    data = run("demo", "--json").data

    assert data["format"] == "freezecase.demo/1"
    assert [len(story["timeline"]["lines"]) for story in data["stories"]] == [12, 12, 26]
    assert data["report"]["records"] == RECORDS
    assert data["report"]["findings"] == []
