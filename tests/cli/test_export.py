"""`freezecase export`: what it writes, and that the other commands read it."""

from pathlib import Path

import pytest

from tests.cli.conftest import RECORDS, Run

pytest.importorskip("pyarrow")


def test_an_export_is_replayed_and_judged_like_the_store(
    run: Run, url: str, tmp_path: Path
) -> None:
    ran = run("export", "--db", url, "-o", tmp_path / "copy")

    assert (ran.code, ran.out) == (
        0,
        f"{RECORDS} records of 3 cases in 1 file, and the list of cases, in `{tmp_path}/copy`\n",
    )
    assert f"  range: {RECORDS} records\n" in ran.err
    for name in ("replay", "rejudge"):
        again = run(name, "--db", f"parquet:///{tmp_path}/copy")
        assert (again.code, again.out) == (0, run(name, "--db", url).out)


def test_as_json_it_says_what_it_wrote(run: Run, url: str, tmp_path: Path) -> None:
    told = run("export", "--db", url, "-o", tmp_path / "copy", "--file", 60, "--json").data

    assert (told["format"], told["folder"]) == ("freezecase.export/1", f"{tmp_path}/copy")
    assert told["exported"] == {"records": RECORDS, "cases": 3, "files": 3}


def test_a_folder_that_is_there_is_left_alone(run: Run, url: str, tmp_path: Path) -> None:
    ran = run("export", "--db", url, "-o", tmp_path)

    assert ran.code == 2
    assert "it takes a folder that is not there yet" in ran.err
