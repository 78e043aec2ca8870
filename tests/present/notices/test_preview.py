"""The page on which somebody looks at notices: static, in each notice's own direction."""

from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from freezecase.present.notices import NOTICES, Letterhead, available
from freezecase.present.notices.preview import as_html, preview
from tests.present.notices.stories import LETTERHEAD, begin, told


class Page(HTMLParser):
    """What a browser would find: elements with their attributes, and the text in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each such element, in order."""
        return [attributes for name, attributes in self.found if name == tag]


def test_every_language_is_shown_as_it_runs() -> None:
    """Each notice says its language and direction, so a browser and a reader aloud know it."""
    page = Page(preview(told("freeze-imposed", language)[1] for language in available()))

    assert page.open == []
    assert page.all("article") == [
        {"lang": language, "dir": "rtl" if language == "ar" else "ltr"} for language in available()
    ]


@pytest.mark.parametrize("notice", NOTICES)
def test_what_is_isolated_by_signs_is_isolated_by_tags(notice: str) -> None:
    """No sign is left in the page, and each isolate became an element."""
    _story, written = told(notice, "ar")

    page = Page(as_html(written))

    assert page.open == []
    assert "\u2068" not in page.text
    assert len(page.all("bdi")) == written.text.count("\u2068")
    assert len(page.all("h2")) == 1
    assert len(page.all("h3")) == sum(bool(one.heading) for one in written.sections)


def test_nothing_runs_and_nothing_is_fetched() -> None:
    """The policy allows this very style and nothing else; there is no script and no link."""
    page = preview([told("update")[1]])

    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = next(one["content"] for one in Page(page).all("meta") if "http-equiv" in one)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert {"script", "link", "img", "a"}.isdisjoint({tag for tag, _ in Page(page).found})
    assert 'style="' not in page


def test_what_somebody_wrote_is_text_and_never_markup() -> None:
    """Names and words are escaped."""
    letterhead = Letterhead(
        exchange="<script>alert(1)</script>",
        appeal_at=LETTERHEAD.appeal_at,
        human_at=LETTERHEAD.human_at,
        outside=LETTERHEAD.outside,
        terms='<b> & "7"',
    )
    written = begin().render("freeze-imposed", letterhead=letterhead, words="</p><img src=x>")

    page = Page(preview([written], title="<i>"))

    assert {"script", "img", "b", "i"}.isdisjoint({tag for tag, _ in page.found})
    assert "<script>alert(1)</script>" in page.text
    assert "</p><img src=x>" in page.text
