"""`freezecase conform`: what it reports of a foreign log, and how it exits."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from freezecase.cli.app import app
from tests.app.intake.logs import HEADER, LOG, STEPS, row

POLICY = """
from freezecase import ALLOW, SILENT, forbid, gate
from freezecase import commands as do
from freezecase.policy.policy import Policy

@gate("anybody")
def anybody(question):
    return ALLOW

@gate("another-undoes-it", on=[do.OrderRelease])
def another(question):
    state = question.state
    same = question.actor.person == state.deciders.get(state.decision)
    return forbid("whoever froze it may not undo it") if same else SILENT

@gate("risk-is-known", on=[do.ForfeitFunds], reads={"risk": ("low", "high")})
def risk(question):
    return SILENT if question.fact("risk") == "low" else forbid("the risk is high")

HOUSE = Policy(name="house", version=1, rules=(anybody, another, risk))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a mapping and a policy, to work in."""
    (tmp_path / "desk.toml").write_text(LOG + STEPS, encoding="utf-8")
    (tmp_path / "house.py").write_text(POLICY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, rows: str) -> Result:
    """Hold some rows against the policy of the house."""
    Path("desk.csv").write_text(HEADER + rows, encoding="utf-8")
    said = ["desk.csv", "--mapping", "desk.toml", "--policy", "house.py:HOUSE", *arguments]
    return CliRunner().invoke(app, ["conform", *said], standalone_mode=False)


CLEAN = row(1, "freeze") + row(2, "free", who="rob")
OWN = row(1, "freeze") + row(2, "free")
UNKNOWN = row(1, "freeze") + row(2, "take", amount="7")


def test_a_log_that_conforms_is_clean_and_leaves_nothing_behind(folder: Path) -> None:
    ran = run(rows=CLEAN)

    assert ran.return_value == 0
    assert ran.stdout.splitlines()[-7:] == [
        *("cases         1", "steps         3", "conforming    3", "breaking      0"),
        *("not judged    0", "left out      0", "missed        0"),
    ]
    assert {one.name for one in folder.iterdir()} == {"desk.csv", "desk.toml", "house.py"}


def test_a_broken_rule_is_a_finding() -> None:
    ran = run(rows=OWN)

    assert ran.return_value == 1
    assert ran.stdout.splitlines()[:3] == [
        "broken rules",
        "          1  `another-undoes-it` on `aml-alert`, by staff",
        "             row 3: `release-ordered` by `staff:ana` at 2025-01-01T02:00:00Z: "
        "refused by `another-undoes-it` whoever froze it may not undo it",
    ]


def test_what_could_not_be_judged_is_told_apart() -> None:
    ran = run(rows=UNKNOWN)

    assert ran.return_value == 2
    assert "not judged\n          1  fact-missing: `risk`\n" in ran.stdout
    assert "fact `risk` is not in the log; a rule reads it at 1 step\n" in ran.stdout


def test_a_row_that_could_not_be_taken_in_is_not_judged_either() -> None:
    """It stands in the report, and nobody can say that it conforms."""
    ran = run(rows=CLEAN + row(3, "odd"))

    assert ran.return_value == 2
    assert "\nleft out      1\n" in ran.stdout


def test_a_broken_life_cycle_is_a_finding() -> None:
    assert run(rows=row(1, "freeze") + row(2, "freeze")).return_value == 1


def test_what_was_due_when_the_log_ends_was_missed() -> None:
    """The law that nothing is waited for in vain holds without any clock."""
    ran = run("--until", "2025-03-01T00:00Z", rows=row(1, "freeze"))

    assert ran.return_value == 1
    assert "  `review` by `coverage` on `aml-alert`: 1 opened, 0 in time, 1 missed\n" in ran.stdout


def test_as_json_it_says_the_same() -> None:
    data = json.loads(run("--json", "--show", "0", rows=OWN).stdout)

    assert data["format"] == "freezecase.conform/1"
    assert (data["report"]["steps"], data["report"]["breaking"]) == (3, 1)
    (breach,) = data["report"]["breaches"]
    assert (breach["rule"], breach["steps"], breach["examples"]) == ("another-undoes-it", 1, [])
    assert (data["clean"], data["left_out"]) == (False, 0)


def test_stderr_says_what_was_held_against_what() -> None:
    said = run(rows=CLEAN).stderr.splitlines()

    assert said[1:4] == [
        "  log: desk.csv",
        "  mapping: desk.toml",
        "  range: 2 rows, 3 steps, 0 rows left out",
    ]
    assert said[4].startswith("  policy: house v1 sha256:")
