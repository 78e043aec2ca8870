"""What the documents point to is there, and every page can be found."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, anchors, broken_links, pages
from tests.house.source import ROOT, place


@pytest.mark.parametrize("page", pages(), ids=place)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken_links(page, page.read_text(encoding="utf-8")) == []


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = re.findall(r"- (\S+\.md)$", navigation, re.MULTILINE)

    assert sorted(listed) == sorted(
        page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")
    )


@pytest.mark.parametrize(
    "link", ["gone.md", "errors.md#gone", "#gone", "../gone/", "../../freezecase/gone.py"]
)
def test_a_link_that_leads_nowhere_is_found_out(link: str) -> None:
    page = DOCS / "reference" / "errors.md"

    assert broken_links(page, f"see [it]({link}) and [us](glossary.md)") == [link]


def test_headings_are_what_one_can_point_to() -> None:
    text = "# The `at=` case\n\n```\n# not this\n```\n\n## [Who](x.md) reads, and why\n"

    assert anchors(text) == {"the-at-case", "who-reads-and-why"}
