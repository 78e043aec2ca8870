"""
Notices as people see them: one static page with many, so that somebody can look at every language.

No script, nothing from elsewhere, and a policy that says so. What is isolated in plain text stands
in `<bdi>`; each notice says its language and which way it runs.
"""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from typing import Final

from freezecase.present.notices.bidi import FSI, PDI
from freezecase.present.notices.notice import Notice, Section

__all__ = ["as_html", "preview"]

_STYLE: Final = """
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, "Noto Sans", "Noto Sans Arabic", sans-serif; margin: 2rem }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: 1.5rem }
article { border: 1px solid #8888; border-radius: .5rem; padding: 0 1.25rem 1rem }
article > p:first-child { color: #777; font-size: .8rem; margin: .5rem 0 0 }
h2 { font-size: 1.2rem; margin: .25rem 0 .75rem }
h3 { font-size: 1rem; margin: 1rem 0 0 }
p { margin: .25rem 0 }
.item { padding-inline-start: 1rem }
"""
_ITEM: Final = "\N{BULLET} "


def preview(notices: Iterable[Notice], title: str = "Notices") -> str:
    """Return a page of HTML that shows *notices*, each in its own direction."""
    shown = "\n".join(_article(notice) for notice in notices)
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    allowed = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'"
    return (
        '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{allowed}; form-action \'none\'">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{escape(title)}</h1>\n<main>\n{shown}\n</main>\n</body>\n</html>\n"
    )


def _article(notice: Notice) -> str:
    name = f'<p lang="en" dir="ltr">{notice.notice}, {notice.language}</p>'
    tongue = f'lang="{notice.language}" dir="{notice.direction}"'
    return f"<article {tongue}>{name}\n{as_html(notice)}\n</article>"


def as_html(notice: Notice) -> str:
    """Return a notice as HTML, to be set in an element with its `lang` and `dir`."""
    sections = "\n".join(map(_section, notice.sections))
    return f"<h2>{_marked(notice.subject)}</h2>\n{sections}"


def _section(section: Section) -> str:
    heading = f"<h3>{_marked(section.heading)}</h3>\n" if section.heading else ""
    return f"<section>\n{heading}{''.join(map(_paragraph, section.paragraphs))}</section>"


def _paragraph(text: str) -> str:
    kind = ' class="item"' if text.startswith(_ITEM) else ""
    return f"<p{kind}>{_marked(text)}</p>\n"


def _marked(text: str) -> str:
    """Return text as HTML; what was isolated by signs is isolated by tags."""
    return escape(text).replace(FSI, "<bdi>").replace(PDI, "</bdi>")
