"""The table of what can be found: each code told in full, also on the page for people."""

from freezecase.replay.finding import Severity
from freezecase.replay.findings import VERIFY_CODES
from tests.house.source import ROOT

PAGE = ROOT / "docs" / "how-to" / "verify-a-store.md"


def test_the_page_tells_every_code_in_the_order_of_the_table() -> None:
    """Word for word, so that what is printed can be looked up."""
    told = [
        line
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `") and line[3].isupper()
    ]

    assert [
        f"| `{code}` | {kind.means} | {kind.advice} |" for code, kind in VERIFY_CODES.items()
    ] == told


def test_what_is_only_beside_the_ledger_comes_last() -> None:
    """A warning says that the records hold, and something beside them does not."""
    weights = [kind.severity for kind in VERIFY_CODES.values()]

    assert sorted(weights) == weights
    assert {Severity.ERROR, Severity.WARNING} == {*weights}
