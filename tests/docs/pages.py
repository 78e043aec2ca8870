"""The documents, as their checkers read them."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import ROOT

DOCS = ROOT / "docs"
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def pages() -> list[Path]:
    """Every document that people read: those at the top, and those in docs/."""
    return [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]


def text_of(page: str) -> str:
    """What a page in docs/ says."""
    return (DOCS / page).read_text(encoding="utf-8")


def words_in(text: str) -> set[str]:
    """Everything that stands between backticks, code blocks apart."""
    return set(re.findall(r"`([^`\n]+)`", FENCE.sub("", text)))


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """The code blocks of a page: language and text."""
    yield from re.findall(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def anchors(text: str) -> set[str]:
    """What a link may point to within a page."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", one)).strip("-") for one in plain}


def broken_links(page: Path, text: str) -> list[str]:
    """The links of a page that lead nowhere, apart from those that leave the project."""
    links = re.findall(r"(?<!\\)\]\(([^)\s]+)\)", FENCE.sub("", text))
    return [link for link in links if "://" not in link and not leads_somewhere(page, link)]


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether there is such a file, with such a heading in it."""
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target.read_text(encoding="utf-8"))
