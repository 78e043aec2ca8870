"""The example package with a policy of its own: it installs, is found, and decides."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.house.source import ROOT

PLUGIN = ROOT / "examples" / "policy_plugin"
TESTS = "test_acme_policy.py"
USES_IT = """
import json
import acme_policy
from freezecase import (
    Actor, Casebook, Channel, Ground, PolicyBook, PolicyForbids, Scope, installed_policies,
)
from freezecase import commands as do

editions = installed_policies()["acme"]
ana, owner = Actor.staff("ana"), Actor.customer("acct-4711")
freeze = do.ImposeFreeze(account="acct-4711", ground=Ground.AML_ALERT, scope=Scope.withdrawals())
with Casebook.open("memory:", policy=PolicyBook.of(*editions)) as book:
    case = book.execute(freeze, by=Actor.system("risk-engine")).case.id
    book.execute(do.RecordContact(case, channel=Channel.PHONE), by=owner)
    try:
        book.execute(do.UpholdFreeze(case, reason="sound"), by=ana)
    except PolicyForbids as refusal:
        refused = refusal.ruling
    book.execute(do.RecordHarm(case, harm="missed-rent"), by=ana)
    owed = [(kind, one.debtor, one.basis) for (kind, _), one in book.case(case).obligations.items()]
print(json.dumps({
    "module": acme_policy.__file__,
    "names": [(one.policy.name, one.policy.version) for one in editions],
    "refused": refused.in_words(),
    "judged by": [refused.policy.name, refused.policy.digest == editions[0].policy.ref.digest],
    "owed": owed,
}))
"""


def run(*command: str | Path, site: Path, folder: Path) -> str:
    """Run a program in a folder, with what is installed on its path; return what it prints."""
    done = subprocess.run(
        [sys.executable, *command],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(site)},
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the package was installed, as any other, without a network."""
    folder = tmp_path_factory.mktemp("plugin")
    source = shutil.copytree(PLUGIN, folder / "source")
    quietly = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-index"]
    alone: list[str | Path] = ["--no-deps", "--no-build-isolation", "--target", folder / "site"]
    run("-m", "pip", "install", *quietly, *alone, source, site=folder, folder=folder)
    return folder / "site"


@pytest.fixture(scope="module")
def used(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of using it, in a process of its own."""
    told = run("-c", USES_IT, site=site, folder=tmp_path_factory.mktemp("host"))
    found: dict[str, Any] = json.loads(told)
    return found


def test_the_package_is_found_where_it_was_installed(site: Path, used: dict[str, Any]) -> None:
    assert Path(used["module"]).parent == site
    assert used["names"] == [["acme", 1]]


def test_its_rule_decides_in_a_casebook(used: dict[str, Any]) -> None:
    assert used["refused"] == "refused by `hear-first` an answer to what the customer wrote"
    assert used["judged by"] == ["acme", True]


def test_its_clock_opens_an_obligation(used: dict[str, Any]) -> None:
    assert ["harm-answer", "lead", "harm-clock"] in used["owed"]


def test_its_own_tests_pass_on_what_was_installed(site: Path, tmp_path: Path) -> None:
    shutil.copy(PLUGIN / TESTS, tmp_path)

    told = run("-m", "pytest", "-q", "-p", "no:cacheprovider", TESTS, site=site, folder=tmp_path)

    assert "3 passed" in told


def test_its_own_tests_fail_without_its_rule(site: Path, tmp_path: Path) -> None:
    shutil.copy(PLUGIN / TESTS, tmp_path)
    without = 'from freezecase import standard\nACME = standard().named("acme")\n'
    (tmp_path / "acme_policy.py").write_text(without, encoding="utf-8")

    with pytest.raises(AssertionError, match="2 failed, 1 passed"):
        run("-m", "pytest", "-q", "-p", "no:cacheprovider", TESTS, site=site, folder=tmp_path)
