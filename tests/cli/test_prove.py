"""`freezecase prove`: what it reports, in words, as data and as tests, and how it exits."""

from pathlib import Path
from typing import Any

import pytest

from freezecase.cli.prove import proof_lines
from freezecase.policy.standard import standard
from freezecase.replay.prove import Bounds, prove
from tests.cli.conftest import Run

HOUSE = """
from freezecase.policy.standard import standard

lax = standard().without("four-eyes").named("lax")
"""


@pytest.fixture
def lax(tmp_path: Path) -> str:
    """A policy in a file, under which somebody approves what they proposed."""
    path = tmp_path / "house.py"
    path.write_text(HOUSE, "utf-8")
    return f"{path}:lax"


def test_what_is_wrong_is_told_with_the_way_to_it(run: Run, lax: str) -> None:
    """Long before everything was looked at: what is found is true all the same."""
    ran = run("prove", "--policy", lax, "--states", "100")

    assert ran.code == 1
    first, second, *_ = ran.out.splitlines()
    assert first.startswith("own-act: `approve-release` is open to whoever did what it is about")
    assert "asks for `impose-freeze`" in second
    assert ran.out.splitlines()[-1].startswith("not proved: ")
    assert ran.err.splitlines()[1].startswith("  policy: lax 1, sha256:")


def test_a_sound_policy_that_was_not_looked_at_whole_is_not_proved(run: Run) -> None:
    """It exits with 2: nothing is wrong so far, and that is all."""
    ran = run("prove", "--states", "20")

    assert ran.code == 2
    assert ran.out.splitlines()[-1] == "not proved: stopped at 20 states; nothing wrong so far"


def test_json_tells_the_same(run: Run, lax: str) -> None:
    """Findings, bounds and what is assumed."""
    data: Any = run("prove", "--policy", lax, "--states", "100", "--json").data

    assert "own-act" in {one["flaw"] for one in data["proof"]["findings"]}
    assert data["proved"] is False
    assert data["assumed"]


def test_each_finding_can_be_kept_as_a_test(run: Run, lax: str, tmp_path: Path) -> None:
    """In a file, ready to be run."""
    kept = tmp_path / "test_kept.py"
    run("prove", "--policy", lax, "--states", "100", "--tests", str(kept))

    compile(kept.read_text("utf-8"), str(kept), "exec")
    assert "def test_own_act() -> None:" in kept.read_text("utf-8")


def test_few_is_a_role_and_a_count(run: Run) -> None:
    """Anything else is refused before a state is looked at."""
    ran = run("prove", "--few", "approver")

    assert ran.code == 64
    assert "`approver` is no role and count" in ran.err


def test_whatever_bounds_a_proof_is_printed_with_it() -> None:
    """Slices, people, few roles, things and what is assumed."""
    bounds = Bounds(slices=("enforcement",), few={"officer": 2})
    lines = [*proof_lines(prove(standard(), bounds))]

    for told in ("slice", "together", "people", "few", "checks", "holds", "day", "assumed"):
        assert any(line.startswith(told) for line in lines), told
