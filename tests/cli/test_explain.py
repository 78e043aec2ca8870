"""`freezecase explain`: one turn of a case as a tree, for staff."""

from pathlib import Path

import pytest

from freezecase.casebook import Casebook
from freezecase.cli.stories import STORIES, Stage, StoryClock
from freezecase.policy.policy import Policy
from tests.cli.conftest import Run

TAKE_OVER = "7e9a95d3-0e4c-5115-9a71-ce4be1601cf0"
TRIED = 23
"""The version of the attempt to approve one's own release."""


def test_a_refusal_is_explained_rule_by_rule(run: Run, url: str) -> None:
    """Which rule said what, in its own words, and who asked."""
    ran = run("explain", TAKE_OVER, TRIED, "--db", url)

    lines = ran.out.splitlines()
    assert (ran.code, lines[0]) == (
        0,
        f"version {TRIED}: `approve-release` by `staff:ana` at 2026-03-02 09:25",
    )
    assert lines[1:4] == [
        "├─ refused: a rule forbids it, whatever others allow",
        (
            "│  ├─ rule `four-eyes` forbids it: "
            "whoever proposed or already signed a release may not approve it"
        ),
        "│  │  └─ Whoever proposed or already signed a release may not approve it.",
    ]
    assert lines[-1] == "   └─ nothing new"


def test_without_a_version_the_newest_turn_is_explained(run: Run, url: str) -> None:
    """Any version of a turn names it, and an account with one case names the case."""
    newest = run("explain", TAKE_OVER, "--db", url).out

    assert newest.startswith("version 32: `close-case` by `staff:ana`")
    assert newest == run("explain", "acct-4711", "--db", url).out
    first = run("explain", TAKE_OVER, 1, "--db", url).out
    assert first == run("explain", TAKE_OVER, 6, "--db", url).out
    assert "`reviewer` owes `review` by 2026-03-03 08:14" in first


def test_stderr_says_what_was_read(run: Run, url: str) -> None:
    """Store, range and policies, so that a saved output is evidence by itself."""
    said = run("explain", TAKE_OVER, "--db", url).err.splitlines()

    assert said[0].endswith(" explain, record format 1")
    assert said[1:3] == [f"  store: `{url}`", f"  range: versions 1 to 32 of case {TAKE_OVER}"]
    assert said[3].startswith("  policy: standard v1 sha256:")


def test_what_is_not_there_is_said_to_be_so(run: Run, url: str) -> None:
    """A case, or a version of one."""
    nobody = run("explain", "acct-9", "--db", url)
    beyond = run("explain", TAKE_OVER, 99, "--db", url)

    assert (nobody.code, beyond.code, nobody.out + beyond.out) == (2, 2, "")
    assert "no case `acct-9`" in nobody.err
    assert "it has versions 1 to 32" in beyond.err


def test_of_an_account_with_several_cases_one_has_to_be_named(run: Run, tmp_path: Path) -> None:
    """The error names them."""
    url = f"sqlite:///{tmp_path}/two.db"
    clock = StoryClock()
    with Casebook.open(url, clock=clock) as book:
        cases = [STORIES[0][1](Stage(book, clock)) for _ in range(2)]

    ran = run("explain", "acct-4711", "--db", url)

    named = ", ".join(f"`{one}`" for one in cases)
    assert (ran.code, ran.out) == (2, "")
    assert f"account `acct-4711` has several cases: name one of {named}" in ran.err


def test_rules_speak_for_themselves_only_under_their_own_policy(
    run: Run, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed policy is named by its entry point; another one's words are not borrowed."""
    installed = {"acme": (Policy(name="acme", version=3, rules=()),)}
    monkeypatch.setattr("freezecase.cli.common.installed_policies", lambda: installed)

    told = run("explain", TAKE_OVER, TRIED, "--db", url, "--policy", "acme").out

    assert "rule `four-eyes` forbids it" in told
    assert "Whoever proposed" not in told
    assert "its code is not at hand as it was then" in told


def test_as_json_it_is_one_object_that_names_its_format(run: Run, url: str) -> None:
    """The tree as data: what is said, and what it rests on."""
    data = run("explain", TAKE_OVER, TRIED, "--db", url, "--json").data

    assert data["format"] == "freezecase.explain/1"
    tree = data["explanation"]
    assert tree["said"].startswith(f"version {TRIED}: `approve-release`")
    assert tree["because"][-1] == {
        "said": "what is owed since",
        "because": [{"said": "nothing new", "because": []}],
    }
