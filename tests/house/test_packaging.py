"""What is installed is what is stated: locks, minimums, and the commands in the README."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.source import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = sorted((ROOT / ".ci").glob("*.lock"))
PIN = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)(?: ; [^\\]+?)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def lock_offences(text: str) -> list[str]:
    """The lines of a lock that are neither a pin, nor a hash, nor a word on who wants it."""
    good = (PIN, HASH, re.compile(r"^    # +(?!.*//)[a-z0-9:./() -]+$"))
    return [line for line in text.splitlines() if not any(one.match(line) for one in good)]


def pins(text: str) -> dict[str, str]:
    """The versions in a lock; one that differs between platforms is the last of them."""
    return {found[1]: found[2] for line in text.splitlines() if (found := PIN.match(line))}


def stated() -> list[Requirement]:
    """The dependencies of the library and of its extras."""
    extras = PROJECT["project"]["optional-dependencies"].values()
    needs = [PROJECT["project"]["dependencies"], *extras]
    return [Requirement(need) for group in needs for need in group]


def minimum_offences(needs: list[Requirement], oldest: dict[str, str]) -> list[str]:
    """The dependencies that say no minimum, or another than the one that is tested."""
    minimums = {
        need.name: [one.version for one in need.specifier if one.operator == ">="] for need in needs
    }
    return [
        f"`{name}`: stated {versions}, tested {oldest.get(canonicalize_name(name))}"
        for name, versions in minimums.items()
        if not same(versions, oldest.get(canonicalize_name(name)))
    ]


def same(versions: list[str], tested: str | None) -> bool:
    """Whether one version is stated and it is the tested one, trailing zeros apart."""
    return [re.sub(r"(\.0)+$", "", version) for version in versions] == [
        re.sub(r"(\.0)+$", "", tested or "")
    ]


def targets(makefile: str) -> set[str]:
    """What can be made, and says so in the help."""
    return set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))


def commands(text: str) -> set[str]:
    """Everything a document says to make, in its blocks or between backticks."""
    return set(re.findall(r"(?:^(?:\$ )?|`)make ([a-z]+)\b", text, re.MULTILINE))


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_versions_and_hashes_and_no_host(path: Path) -> None:
    assert lock_offences(path.read_text(encoding="utf-8")) == []
    assert pins(path.read_text(encoding="utf-8"))


def test_the_library_runs_on_what_it_is_developed_on() -> None:
    run, dev = (pins((ROOT / ".ci" / f"{name}.lock").read_text()) for name in ("run", "dev"))

    assert run.items() <= dev.items()


@pytest.mark.parametrize("need", stated(), ids=str)
def test_what_is_locked_is_what_is_stated(need: Requirement) -> None:
    dev = pins((ROOT / ".ci" / "dev.lock").read_text())

    assert need.specifier.contains(dev[canonicalize_name(need.name)])


def test_the_stated_minimums_are_the_tested_ones() -> None:
    oldest = pins((ROOT / ".ci" / "oldest.lock").read_text())

    assert minimum_offences(stated(), oldest) == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_what_a_document_says_to_make_can_be_made(document: str) -> None:
    said = commands((ROOT / document).read_text(encoding="utf-8"))

    assert said
    assert said <= targets((ROOT / "Makefile").read_text(encoding="utf-8"))


def test_every_target_is_in_the_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

    assert phony is not None
    assert set(phony[1].split()) == targets(makefile)


@pytest.mark.parametrize(
    "bad",
    [
        "--index-url https://example.org/simple",
        "attrs==26.1.0",
        "attrs>=26.1.0 \\",
        "attrs @ https://example.org/attrs.whl \\",
        "    # from https://example.org/simple",
    ],
)
def test_a_bad_lock_is_found_out(bad: str) -> None:
    assert lock_offences(f"click==8.5.1 \\\n{bad}\n") == [bad]


def test_a_minimum_that_is_not_tested_is_found_out() -> None:
    needs = [
        Requirement("attrs>=25.1"),
        Requirement("cattrs>=25"),
        Requirement("click"),
        Requirement("x>=1"),
    ]

    assert minimum_offences(needs, {"attrs": "25.1.0", "cattrs": "25.1", "click": "8"}) == [
        "`cattrs`: stated ['25'], tested 25.1",
        "`click`: stated [], tested 8",
        "`x`: stated ['1'], tested None",
    ]


def test_what_can_be_made_and_what_is_said_are_read_rightly() -> None:
    assert targets("a: b ## does\nc:\n\td\n") == {"a"}
    assert commands("```sh\nmake demo\n$ make test\n```\nRun `make lint`; make sure.") == {
        "demo",
        "test",
        "lint",
    }
