"""The quickstart does what its docstring says."""

import subprocess
import sys
from pathlib import Path

from tests.house.source import ROOT


def test_the_story_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", ROOT / "examples" / "quickstart.py"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )

    assert done.stdout.splitlines() == [
        "the owner still has to show: device",
        "refused by `four-eyes` whoever proposed or already signed a release may not approve it",
        "freeze-imposed         system:risk-engine",
        "enforcement-confirmed  system:risk-engine",
        "checks-requested       staff:ana",
        "evidence-submitted     customer:acct-4711",
        "appeal-filed           customer:acct-4711",
        "check-passed           staff:ana",
        "check-waived           staff:ana",
        "release-proposed       staff:ana",
        "attempt-refused        staff:ana",
        "release-approved       staff:rob",
        "release-ordered        staff:rob",
        "release-enforced       system:risk-engine",
        "then: appealed",
        "now:  released",
        "open: appeal-window of customer",
        "open: post-release-watch of @owner",
        "open: closing of @owner",
        "due:  0",
    ]
    assert (tmp_path / "cases.db").exists()
