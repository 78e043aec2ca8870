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
        " 1 freeze-imposed         system:risk-engine",
        " 2 enforcement-confirmed  system:risk-engine",
        " 3 checks-requested       staff:ana",
        " 4 evidence-submitted     customer:acct-4711",
        " 5 appeal-filed           customer:acct-4711",
        " 6 check-passed           staff:ana",
        " 7 check-waived           staff:ana",
        " 8 release-proposed       staff:ana",
        " 9 attempt-refused        staff:ana",
        "10 release-approved       staff:rob",
        "11 release-ordered        staff:rob",
        "12 release-enforced       system:risk-engine",
        "then: appealed",
        "now:  released",
        "due:  0",
    ]
    assert (tmp_path / "cases.db").exists()
