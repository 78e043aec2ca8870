"""`freezecase diff`: what it says, as a gate, and how policies are named."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from freezecase.cli import diff as told
from freezecase.cli.app import app
from freezecase.policy.policy import Policy
from freezecase.replay.diff.diff import diff
from freezecase.replay.diff.report import DiffReport
from tests.replay.diff.stories import AT, some

pytestmark = pytest.mark.no_cover  # the rules are asked many thousand times

OLD = "from freezecase.policy.standard import standard\nPOLICY = standard()\n"
LAX = OLD + "def lax():\n    return POLICY.without('four-eyes')\n"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask in a few cases, so that it takes no time."""
    monkeypatch.setattr(told, "diff", partial(diff, journeys=some()))


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Two files with a policy each."""
    (tmp_path / "old.py").write_text(OLD, encoding="utf-8")
    (tmp_path / "lax.py").write_text(LAX, encoding="utf-8")
    return f"{tmp_path / 'old.py'}:POLICY", f"{tmp_path / 'lax.py'}:lax"


def run(*arguments: object) -> Result:
    """Run the command as users do: by itself it would remember another `--help`."""
    said = ["diff", *map(str, arguments), "--at", AT.isoformat()]
    return CliRunner().invoke(app, said, standalone_mode=False)


def test_no_difference_is_clean(files: tuple[str, str]) -> None:
    ran = run("standard", files[0])

    assert ran.return_value == 0
    assert ran.stdout.splitlines() == [
        "differing rules  none",
        "asked in full    none",
        "asked for duties none: no clock differs",
        "exhaustive       yes",
        "",
        "no difference found",
    ]


def test_what_is_laxer_is_a_finding_with_its_witness(files: tuple[str, str]) -> None:
    ran = run(*files)

    assert ran.return_value == 1
    assert ran.stdout.splitlines()[:7] == [
        "laxer: `approve-release`, ruling, on `account-takeover`",
        "  old   refused by `four-eyes` whoever proposed or already signed a release may not "
        "approve it",
        "  new   allowed by `within-reach`",
        "  in    8 situations; the shortest, told under either:",
        "    given `impose-freeze` on `account-takeover` by `staff:ana` in role `reviewer` "
        "at 2026-01-05T09:00:00Z",
        "    given `propose-release` by `staff:ana` in role `reviewer` at 2026-01-05T09:00:00Z",
        "    when  `approve-release` by `staff:ana` in every role at 2026-01-05T09:00:00Z",
    ]
    assert ran.stdout.endswith("\n0 stricter, 1 laxer, 0 incomparable; 1 difference not allowed\n")


def test_what_is_allowed_is_no_finding(files: tuple[str, str]) -> None:
    """The gate lets through what it names, and nothing else."""
    old, lax = files

    assert run(old, lax, "--allow", "laxer").return_value == 0
    assert run(old, lax, "--allow", "stricter", "--allow", "incomparable").return_value == 1
    assert run(lax, old, "--allow", "stricter").return_value == 0


def test_stderr_says_what_was_compared(files: tuple[str, str]) -> None:
    said = run(*files).stderr.splitlines()

    assert said[1].startswith("  policy: old: standard v1 sha256:")
    assert said[2].startswith("  policy: new: standard v1 sha256:")
    assert said[3:] == [
        "  at: 2026-01-05T09:00:00Z",
        "  allowed: no difference",
        "  range: 5 cases, 64 questions to each",
    ]


def test_as_json_it_says_the_same(files: tuple[str, str]) -> None:
    data = json.loads(run(*files, "--json").stdout)

    (one,) = data["differences"]
    assert data["format"] == "freezecase.diff/1"
    assert (one["direction"], one["command"], one["what"]) == ("laxer", "approve-release", "ruling")
    assert (one["ground"], one["tier"], one["jurisdiction"]) == ("account-takeover", "any", "any")
    assert (one["allowed"], data["not_allowed"]) == (False, 1)
    assert data["coverage"]["rules"] == ["four-eyes"]
    assert not data["coverage"]["exhaustive"]


def test_witnesses_are_written_as_tests(files: tuple[str, str], tmp_path: Path) -> None:
    """One for each difference that is not allowed, whatever its grounds."""
    wrote = tmp_path / "test_policy.py"

    run(*files, "--tests", wrote)

    text = wrote.read_text(encoding="utf-8")
    assert text.count("def test_") == 1
    assert "asked.then_refused(by_rule='four-eyes')" in text


def test_roles_and_width_are_handed_on(
    files: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: dict[str, Any] = {}

    def listening(old: Policy, new: Policy, **more: Any) -> DiffReport:
        heard.update(more)
        return diff(old, new, **more, journeys=some())

    monkeypatch.setattr(told, "diff", listening)

    run(*files, "--role", "teller", "--width", "2")

    assert (heard["roles"], heard["width"]) == (("teller",), 2)
