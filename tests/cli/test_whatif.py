"""`freezecase whatif`: what it reports, in words or as data, and how it exits."""

from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase.app.stores.opening import open_store
from freezecase.cli import common
from freezecase.cli import whatif as told
from freezecase.core import commands as do
from freezecase.policy.book import PolicyBook
from freezecase.policy.gate import forbid
from freezecase.policy.standard import standard
from freezecase.replay.parts import CaseRange
from tests.app.intake.logs import log, row, take
from tests.cli.conftest import RECORDS, Run
from tests.cli.test_replay import damage
from tests.policy.some_rules import BUG, says

FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let packages ship the standard policy, a stricter one, and one with a bug."""
    never = says(forbid("never"), "never", on=[do.ImposeFreeze])
    shipped = {
        "same": standard(),
        "two": standard(signatures=2).named("two"),
        "never": standard().adding(never).named("never"),
        "bug": standard().adding(BUG).named("bug"),
    }
    found: Any = {name: PolicyBook.of(one).editions for name, one in shipped.items()}
    monkeypatch.setattr(common, "installed_policies", lambda: found)


def test_a_policy_that_changes_nothing_exits_clean(run: Run, url: str) -> None:
    ran = run("whatif", "--db", url, "--policy", "same")

    assert ran.code == 0
    assert ran.out.splitlines()[:5] == [
        "cases          3",
        "same           3",
        "decided        0",
        "open           0",
        "not evaluable  0",
    ]
    assert ran.out.endswith("\n0 of 3 cases differ in every possible world\n")


def test_stderr_says_what_was_tried_on_what_and_under_which_bounds(run: Run, url: str) -> None:
    said = run("whatif", "--db", url, "--policy", "two", "--assume", "others-sign").err.splitlines()

    assert said[1] == f"  store: `{url}`"
    assert said[2] == f"  range: {RECORDS} records, until 2026-03-20T10:45:00+00:00"
    assert said[3].startswith("  candidate: two v1 sha256:")
    assert said[4:7] == [
        "  foreign logs read as: native",
        "  assumed: others-sign",
        "  possible worlds: at most 64 a case",
    ]
    assert said[7].endswith(" records a second")


def test_what_is_open_has_bounds_and_exits_with_1(run: Run, url: str) -> None:
    ran = run("whatif", "--db", url, "--policy", "two", "--minutes", "approve-release=20")

    assert ran.code == 1
    assert "  frozen hours: 175.7, 175.7 to 608.8\n" in ran.out
    assert "  staff minutes: 40, 40 to 80\n" in ran.out
    assert "  freezes: 3, 3\n" in ran.out
    assert "  aml-alert: 1 same, 0 decided, 0 open, 0 not evaluable\n" in ran.out
    assert "  another signature: 0 same, 0 decided, 2 open, 0 not evaluable\n" in ran.out
    assert "\nopen: case `7e9a95d3-0e4c-5115-9a71-ce4be1601cf0`, 2 possible worlds\n" in ran.out
    assert "  2026-03-02T09:41:00+00:00 version 24: asks `another signature`\n" in ran.out
    assert " more that would not be so, or be so in their place\n" in ran.out


def test_what_cannot_be_derived_is_said(run: Run, url: str) -> None:
    ran = run("whatif", "--db", url, "--policy", "same")

    assert "  staff minutes: not derivable, a record says when something was done, " in ran.out


def test_where_nothing_could_be_evaluated_it_exits_with_2(run: Run, url: str) -> None:
    ran = run("whatif", "--db", url, "--policy", "bug")

    assert ran.code == 2
    assert "not evaluable  3\n" in ran.out
    assert ", rule `bug` at version 1\n" in ran.out


def test_a_store_that_cannot_be_read_exits_with_2(run: Run, url: str) -> None:
    damage(url, "DROP TABLE stored_events")

    ran = run("whatif", "--db", url, "--policy", "same")

    assert ran.code == 2
    assert ran.out == "" or "and not all was tried: " in ran.out


@pytest.mark.parametrize("reached", [None, LAST], ids=["at-once", "half-way"])
def test_where_it_stopped_it_says_how_to_go_on(
    run: Run, url: str, monkeypatch: pytest.MonkeyPatch, reached: UUID | None
) -> None:
    def stops(*given: Any, **options: Any) -> Any:
        whole = told_whatif(*given, **options)
        left = (CaseRange(reached),)
        return attrs.evolve(whole, complete=False, stopped="it went away", left=left)

    told_whatif = vars(told)["whatif"]
    monkeypatch.setattr(told, "whatif", stops)

    ran = run("whatif", "--db", url, "--policy", "same")

    assert ran.code == 2
    more = "" if reached is None else f"; go on with `--after {LAST}`"
    assert ran.out.endswith(f", and not all was tried: it went away{more}\n")


def test_as_json_it_is_one_object_with_exact_figures(run: Run, url: str) -> None:
    ran = run("whatif", "--db", url, "--policy", "never", "--json")

    report = ran.data["report"]
    assert (ran.code, ran.data["format"]) == (1, "freezecase.whatif/1")
    assert report["whole"]["decided"] == 3
    assert report["whole"]["figures"]["freezes"] == {
        "history": [3, 1],
        "least": [0, 1],
        "most": [0, 1],
    }
    assert report["told"]["decided"][0]["rules"] == ["never"]
    assert report["whole"]["figures"].keys() <= ran.data["means"].keys()
    assert report["by_jurisdiction"][""]["cases"] == 3


ROLES = """
[log]
name = "desk"
until = "2025-01-02T00:00:00Z"
"""


def test_an_imported_log_is_read_by_the_roles_that_a_file_declares(
    run: Run, tmp_path: Path
) -> None:
    """Without them its horizon is the day of the import, a year later."""
    url, roles = f"sqlite:///{tmp_path / 'cases.db'}", tmp_path / "roles.toml"
    with open_store(url) as store:
        take(store, log(tmp_path, row(0, "freeze")))
    roles.write_text(ROLES, encoding="utf-8")

    ran = run("whatif", "--db", url, "--policy", "never", "--roles", roles)
    bare = run("whatif", "--db", url, "--policy", "never")

    assert "  foreign logs read as: desk\n" in ran.err
    assert "  frozen hours: 24, 0\n" in ran.out
    assert "  frozen hours: 9,492, 0\n" in bare.out


def test_roles_that_cannot_be_read_are_named(run: Run, url: str, tmp_path: Path) -> None:
    ran = run("whatif", "--db", url, "--roles", tmp_path / "none.toml")

    assert ran.code == 2
    assert "none.toml` cannot be read" in ran.err


def test_a_range_of_cases_is_tried_on_its_own(run: Run, url: str) -> None:
    asked = ("whatif", "--db", url, "--policy", "same", "--json")
    whole = run(*asked, "--after", FIRST, "--upto", LAST).data["report"]
    none = run(*asked, "--after", LAST)

    assert whole["whole"]["cases"] == 3
    assert none.data["report"]["whole"]["cases"] == 0
    assert f"the cases after `{LAST}`" in none.data["read"]["range"]


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--minutes", "approve-release=soon", "no command with minutes, as approve-release=20"),
        ("--minutes", "sleep=3", "`sleep=3` is no command with minutes"),
        ("--assume", "the-best", "'the-best' is not one of"),
        ("--budget", "0", "0 is not in the range"),
    ],
    ids=["minutes", "command", "assumption", "budget"],
)
def test_what_it_does_not_understand_is_usage(
    run: Run, url: str, option: str, value: str, words: str
) -> None:
    ran = run("whatif", "--db", url, "--policy", "same", option, value)

    assert (ran.code, words in ran.err) == (64, True)


def test_two_processes_say_what_one_says(run: Run, url: str) -> None:
    """The cases are divided; the report is not."""
    asked = ("whatif", "--db", url, "--json")  # the standard policy: a worker finds it, too

    assert run(*asked, "--processes", "2").data["report"] == run(*asked).data["report"]
