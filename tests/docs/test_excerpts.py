"""Code that a document quotes is the code."""

import re

import pytest

from tests.docs.pages import DOCS, pages
from tests.house.source import ROOT

QUOTED = re.compile(
    r"<!-- from (\S+) -->\n(?:<!--[^\n]*\n)*```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE
)


def quotations(text: str) -> list[tuple[str, str]]:
    """What a document quotes: the file, and the text."""
    return QUOTED.findall(text)


@pytest.mark.parametrize(
    ("file", "quoted"),
    [one for page in pages() for one in quotations(page.read_text(encoding="utf-8"))],
)
def test_what_is_quoted_stands_there(file: str, quoted: str) -> None:
    assert quoted in (ROOT / file).read_text(encoding="utf-8")


def test_quotations_are_found() -> None:
    page = (DOCS / "how-to" / "embed-in-fastapi.md").read_text(encoding="utf-8")

    assert len(quotations(page)) == page.count("<!-- from ") > 4
