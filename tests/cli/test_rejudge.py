"""`freezecase rejudge`: what it reports, in words or as data, and how it exits."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from freezecase.cli import common
from freezecase.cli import rejudge as told
from freezecase.policy.book import PolicyBook
from freezecase.policy.gate import forbid
from freezecase.policy.standard import standard
from freezecase.replay.parts import CaseRange
from freezecase.replay.rejudge import rejudge
from tests.cli.conftest import Run
from tests.cli.test_replay import damage
from tests.policy.some_rules import says

FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let packages ship a policy that is known by the name of the standard one, and another."""
    strict = standard().adding(says(forbid("never"), "never"))
    shipped = {"strict": strict, "acme": standard().named("acme")}
    found: Any = {name: PolicyBook.of(one).editions for name, one in shipped.items()}
    monkeypatch.setattr(common, "installed_policies", lambda: found)


def test_a_sound_store_exits_clean_and_says_so(run: Run, url: str) -> None:
    ran = run("rejudge", "--db", url)

    assert ran.code == 0
    assert ran.out.splitlines() == [
        "cases          3",
        "decisions      47",
        "identical      47",
        "differs        0",
        "not evaluable  0",
        "imported       0",
        "",
        "47 of 47 decisions identical",
    ]


def test_stderr_says_what_was_read_and_how_fast(run: Run, url: str) -> None:
    said = run("rejudge", "--db", url).err.splitlines()

    assert said[1] == f"  store: `{url}`"
    span = "recorded 2026-03-02T08:14:00Z to 2026-03-20T10:45:00Z"
    assert said[2] == f"  range: 47 decisions, {span}"
    assert said[3].startswith("  policy: standard v1 sha256:")
    assert said[3].endswith(", 47 identical")
    assert said[4].endswith(" decisions a second")


@pytest.mark.usefixtures("never")
def test_a_policy_that_changed_under_its_version_exits_with_1(run: Run, url: str) -> None:
    ran = run("rejudge", "--db", url, "--policy", "strict")

    assert ran.code == 1
    assert "\nchanged under the same version: standard v1 sha256:" in ran.out
    assert "\n  known now  sha256:" in ran.out
    assert "  rule `never`\n    recorded  nothing\n    again     forbid: never\n" in ran.out
    assert " more that came out so\n" in ran.out


@pytest.mark.usefixtures("never")
def test_where_not_all_could_be_judged_it_exits_with_2(run: Run, url: str) -> None:
    ran = run("rejudge", "--db", url, "--policy", "acme")

    assert ran.code == 2
    assert "not evaluable  47: 47 policy-unknown" in ran.out
    assert "policy-unknown: `standard` version 1 is not known" in ran.out
    assert ran.out.endswith("\n0 of 47 decisions identical\n")


@pytest.mark.usefixtures("never")
def test_the_policy_that_made_a_ruling_goes_before_one_of_its_name(
    run: Run, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever else is given, in whatever order."""
    installed: Any = vars(common)["installed_policies"]()
    both = {**installed, "standard": PolicyBook.of(standard()).editions}
    monkeypatch.setattr(common, "installed_policies", lambda: both)

    one = run("rejudge", "--db", url, "--policy", "strict", "--policy", "standard")
    other = run("rejudge", "--db", url, "--policy", "standard", "--policy", "strict")

    assert (one.code, other.code) == (0, 0)


def test_a_store_that_cannot_be_read_exits_with_2(run: Run, url: str) -> None:
    damage(url, "DROP TABLE stored_events")

    ran = run("rejudge", "--db", url)

    assert ran.code == 2
    assert "0 of 0 decisions identical, and not all was judged: " in ran.out


def test_a_record_that_cannot_be_read_exits_with_2(run: Run, url: str) -> None:
    damage(url, "UPDATE stored_events SET state = x'7b' WHERE rowid = 1")

    ran = run("rejudge", "--db", url)

    assert ran.code == 2
    assert "1 unreadable" in ran.out
    assert "of rulings that cannot be read, 1 not-evaluable" in ran.err


def test_as_json_it_is_one_object_that_names_its_format(run: Run, url: str) -> None:
    ran = run("rejudge", "--db", url, "--json")

    report = ran.data["report"]
    assert (ran.code, ran.data["format"], ran.data["clean"]) == (0, "freezecase.rejudge/1", True)
    assert (report["decisions"], report["identical"], report["differing"]) == (47, 47, [])


def test_a_range_of_cases_is_judged_on_its_own(run: Run, url: str) -> None:
    whole = run("rejudge", "--db", url, "--after", FIRST, "--upto", LAST, "--json").data["report"]
    none = run("rejudge", "--db", url, "--after", LAST, "--json")

    assert (whole["decisions"], whole["left"]) == (47, [])
    assert none.data["report"]["decisions"] == 0
    assert f"the cases after `{LAST}`" in none.data["read"]["range"]


def test_where_it_stopped_it_says_how_to_go_on(
    run: Run, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "rejudge", partial(_stopping, rejudge))

    ran = run("rejudge", "--db", url)

    assert ran.code == 2
    assert (
        f"and not all was judged: it went away; go on with `--after {LAST}`; "
        f"go on with `--after {FIRST} --upto {LAST}`\n"
    ) in ran.out


def _stopping(judge: Any, *given: Any, **options: Any) -> Any:
    import attrs

    whole = judge(*given, **options)
    left = (CaseRange(LAST), CaseRange(FIRST, LAST))
    return attrs.evolve(whole, complete=False, stopped="it went away", left=left)


def test_on_a_terminal_a_bar_is_shown_on_stderr(run: Run, url: str) -> None:
    ran = run("rejudge", "--db", url, on_terminal=True)

    assert "judging again" in ran.err
    assert "judging again" not in ran.out


@pytest.mark.parametrize("options", [(), ("--upto", UUID(int=2**127))], ids=["all", "some"])
def test_several_processes_say_the_same(run: Run, url: str, options: tuple[object, ...]) -> None:
    judge = partial(run, "rejudge", "--db", url, "--json", *options)

    one, two = judge(), judge("--processes", 2)

    assert (one.code, one.data) == (two.code, two.data)


def test_no_processes_are_too_few(run: Run, url: str) -> None:
    assert run("rejudge", "--db", url, "--processes", 0).code == 64
