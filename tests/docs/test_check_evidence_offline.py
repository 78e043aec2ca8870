"""The page on evidence does what it says: its script is the whole script, and checks its bundle."""

import os
from pathlib import Path

from tests.docs.pages import blocks, text_of
from tests.documents import matches, run, transcript
from tests.house.source import ROOT

PAGE = "how-to/check-evidence-offline.md"
SCRIPT = "docs/reference/check_evidence.py"


def test_the_whole_script_stands_on_the_page() -> None:
    """To the letter: whoever saves it has what the tests try."""
    whole = (ROOT / SCRIPT).read_text(encoding="utf-8")
    assert [text for _, text in blocks(text_of(PAGE)) if text == whole] == [whole]
    assert f"`{SCRIPT}`" in text_of(PAGE)


def test_what_the_page_writes_is_checked_by_the_script_of_the_page(tmp_path: Path) -> None:
    """The evidence holds; altered, it is refused."""
    *_, script = [text for language, text in blocks(text_of(PAGE)) if language == "python"]
    making = next(text for language, text in blocks(text_of(PAGE)) if language == "python")
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        exec(compile(making, PAGE, "exec"), {})
        Path("check_evidence.py").write_text(script, encoding="utf-8")
        status = 0
        for language, text in blocks(text_of(PAGE)):
            for command, expected in transcript(text) if language == "console" else []:
                status, printed = run(command, status)
                assert matches(expected, printed), printed
    finally:
        os.chdir(here)
    assert status == 0
