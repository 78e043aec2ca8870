"""
Notices: what a customer is told of a freeze, generated from the record, in their language.

    notice = render("freeze-imposed", book.history(case.id), letterhead, at=now, language="cy")
    book.execute(
        do.SendNotice(
            case.id, notice=notice.notice, channel="e-mail", language=notice.language,
            text=notice.text, promises=notice.promises,
        ),
        by=engine,
    )

A language is a file of data in `languages/`: adding one adds a language. Needs
`pip install 'freezecase[notices]'`, for the plural categories, dates and numbers of Babel.

In reading order: `messages` (what every language must say), `catalogue` (what one says), `reading`
(from a file), `told` (what this reader may be told), `kinds` (which notice says what), `writing`
(a catalogue with a pen), `parts` (paragraphs), `render`; `lint` refuses what must not leave.
"""

from freezecase.present.notices.catalogue import Catalogue
from freezecase.present.notices.kinds import NOTICES
from freezecase.present.notices.letterhead import Letterhead
from freezecase.present.notices.lint import Finding, lint, lint_notice, lint_text
from freezecase.present.notices.notice import Notice, Section
from freezecase.present.notices.reading import available, load, read
from freezecase.present.notices.render import render

__all__ = [
    "NOTICES",
    "Catalogue",
    "Finding",
    "Letterhead",
    "Notice",
    "Section",
    "available",
    "lint",
    "lint_notice",
    "lint_text",
    "load",
    "read",
    "render",
]
