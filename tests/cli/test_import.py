"""`freezecase import`: what is taken in, what is odd about it, and how it exits."""

import json
from pathlib import Path

import pytest

from freezecase import Casebook
from tests.cli.conftest import Run

MAPPING = """
[log]
name = "old-desk"
case = ["account"]
id = ["id"]
kind = "what"

[log.time]
column = "at"
zone = "UTC"

[log.actor]
kind = "staff"
id = "desk"

[step.froze]
[[step.froze.events]]
is = "freeze-imposed"
with.ground = "account-takeover"
with.scope = { capabilities = ["withdraw-crypto"] }
"""
ROWS = ["id,account,what,at", "1,a-1,froze,2025-01-01T10:00:00", "2,a-2,froze,2025-01-02T10:00:00"]
TWICE = [f"{n},a-1,froze,2025-01-0{n}T10:00:00" for n in (3, 4)]


@pytest.fixture
def old(tmp_path: Path) -> list[str]:
    """What to import: a log of two freezes, and into which store."""
    (tmp_path / "old.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "old.csv").write_text("\n".join(ROWS), encoding="utf-8")
    store = ["--db", f"sqlite:///{tmp_path / 'cases.db'}"]
    return [str(tmp_path / "old.csv"), "--mapping", str(tmp_path / "old.toml"), *store]


@pytest.fixture
def odd(old: list[str]) -> list[str]:
    """The same, but the log freezes twice what it has frozen before."""
    Path(old[0]).write_text("\n".join([*ROWS, *TWICE]), encoding="utf-8")
    return old


def test_a_log_without_anomalies_is_taken_in_and_exits_clean(run: Run, old: list[str]) -> None:
    ran = run("import", *old)

    assert ran.code == 0
    assert "2 imported as 2 records, 2 cases opened" in ran.out
    assert f"  log: {old[0]}" in ran.err.splitlines()
    assert "  mode: strict" in ran.err.splitlines()


def test_the_same_log_again_is_nothing_new(run: Run, old: list[str]) -> None:
    run("import", *old)

    ran = run("import", *old)

    assert ran.code == 0
    assert "nothing new; 2 known" in ran.out


def test_what_was_imported_can_be_told_and_replayed(run: Run, old: list[str]) -> None:
    run("import", *old)

    assert "(old-desk row 2)" in run("history", "a-1", *old[-2:]).out
    assert "records   2, 2 of them imported" in run("replay", *old[-2:]).out


@pytest.mark.parametrize(("option", "rung"), [((), 0), (("--look-after",), 2)])
def test_imported_cases_are_looked_after_only_if_that_is_said(
    run: Run, old: list[str], option: tuple[str, ...], rung: int
) -> None:
    """With it, the next look at what is due lets somebody owe what they wait for."""
    run("import", *old, *option)

    with Casebook.open(old[-1]) as book:
        assert book.run_due(book.clock.now()).cases == rung
        assert [bool(case.obligations) for case in book.cases()] == [rung > 0] * 2


def test_strictly_a_row_that_breaks_a_rule_is_a_finding_and_nothing_is_written(
    run: Run, odd: list[str]
) -> None:
    ran = run("import", *odd)

    assert ran.code == 1
    assert "row 4, case `a-1`: repeated-freeze" in ran.out
    assert "nothing was written" in ran.out
    assert "records   0" in run("replay", *odd[-2:]).out


def test_leniently_it_is_written_and_reported(run: Run, odd: list[str]) -> None:
    ran = run("import", *odd, "--lenient")

    assert ran.code == 1
    assert "        2  repeated-freeze" in ran.out.splitlines()
    assert "4 imported as 4 records" in ran.out


def test_as_many_anomalies_are_shown_as_asked_for(run: Run, odd: list[str]) -> None:
    ran = run("import", *odd, "--lenient", "--show", 1)

    assert ran.out.splitlines()[0].startswith("row 4, case `a-1`: repeated-freeze")
    assert ran.out.splitlines()[1] == "... and 1 more; `--report FILE` writes them all"


@pytest.mark.parametrize(("mode", "rows"), [("--lenient", [4, 5]), ("--strict", [4])])
def test_a_report_holds_every_anomaly_after_a_line_that_names_its_format(
    run: Run, odd: list[str], tmp_path: Path, mode: str, rows: list[int]
) -> None:
    report = tmp_path / "odd.jsonl"

    run("import", *odd, mode, "--report", report)

    header, *anomalies = map(json.loads, report.read_text(encoding="utf-8").splitlines())
    assert header["format"] == "freezecase.anomalies/1"
    assert rows == [one["row"] for one in anomalies]
    assert {"repeated-freeze"} == {one["rule"] for one in anomalies}


def test_as_json_it_is_one_object_that_names_its_format(run: Run, odd: list[str]) -> None:
    stopped = run("import", *odd, "--json").data
    came = run("import", *odd, "--lenient", "--json", "--show", 1).data

    assert (
        stopped["format"],
        stopped["stopped_at"]["row"],
        stopped["found"],
    ) == ("freezecase.import/1", 4, 2)
    assert (
        came["format"],
        came["imported"],
        came["by_rule"],
    ) == ("freezecase.import/1", 4, {"repeated-freeze": 2})
    assert [one["row"] for one in came["anomalies"]] == [4]


def test_a_log_that_is_not_there_cannot_be_imported(run: Run, old: list[str]) -> None:
    Path(old[0]).unlink()

    ran = run("import", *old)

    assert (ran.code, ran.out) == (2, "")
    assert "old.csv" in ran.err
