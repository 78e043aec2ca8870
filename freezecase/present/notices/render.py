"""Writing a notice from the record: what it may say, what it must say, and what it promises."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

from freezecase.app.record import Record
from freezecase.core.ruling import Telling
from freezecase.core.state import CaseState
from freezecase.core.values import Instant, Stated
from freezecase.present.notices.catalogue import Catalogue
from freezecase.present.notices.kinds import Kind
from freezecase.present.notices.letterhead import Letterhead
from freezecase.present.notices.lint import lint_notice
from freezecase.present.notices.notice import Notice, Section
from freezecase.present.notices.parts import HEADINGS, PARTS, Page
from freezecase.present.notices.reading import load
from freezecase.present.notices.refusing import (
    Asked,
    kind_called,
    not_cleared,
    not_said,
    record_of,
    refuse,
    wrong_promises,
    wrongly_said,
)
from freezecase.present.notices.told import told_of
from freezecase.present.notices.writing import Pen
from freezecase.views.disclosure import cleared_for

__all__ = ["render"]


def render(
    notice: str,
    case: CaseState,
    history: Sequence[Record],
    letterhead: Letterhead,
    *,
    at: Instant,
    language: str | Catalogue = "en",
    words: str | None = None,
    promises: Sequence[Stated] = (),
    at_most: Telling = Telling.EVIDENCE,
) -> Notice:
    """
    Return a notice about *case*, written *at* an instant, in a language that ships or your own.

    It says what the customer may be told, and no more; *at_most* may lower that, never raise it.
    *words* are your own, in the same language: the facts, or the reason, as `NOTICES` says.
    *promises* are what the text promises anew. Send it with all that it returns:
    `SendNotice(..., text=notice.text, promises=notice.promises)`.

    Raises:
        BadNotice: it must not be sent; `.findings` says why, and what to do about each.

    """
    kind = kind_called(notice)
    catalogue = load(language) if isinstance(language, str) else language
    level = min(cleared_for(case, history), at_most, key=attrgetter("rank"))
    asked = Asked(
        notice=notice,
        kind=kind,
        case=case,
        words=words,
        promises=tuple(promises),
        translated=catalogue.language != letterhead.language,
    )
    refuse(notice, not_cleared(asked, level))
    record = record_of(asked, history)
    told = told_of(kind, case, history, record=record, at=at, level=level, promises=promises)
    refuse(notice, (*not_said(asked, told), *wrong_promises(asked, told)))
    refuse(notice, wrongly_said(asked, told, catalogue))
    page = Page(notice=notice, told=told, letterhead=letterhead, words=words)
    written = _written(page, kind, catalogue, Pen(catalogue, letterhead.zone))
    refuse(notice, lint_notice(written, letterhead))
    return written


def _written(page: Page, kind: Kind, catalogue: Catalogue, pen: Pen) -> Notice:
    sections = tuple(_sections(page, kind, pen))
    return Notice(
        notice=page.notice,
        language=catalogue.language,
        direction=catalogue.direction,
        subject=pen.say(f"{page.notice}.subject"),
        sections=sections,
        stated=tuple(sorted({one.at for one in pen.stated})),
        promises=tuple(one.promise for one in pen.stated if one.promise),
    )


def _sections(page: Page, kind: Kind, pen: Pen) -> Iterator[Section]:
    for name in kind.sections:
        paragraphs = tuple(PARTS[name](page, pen))
        if paragraphs:
            heading = HEADINGS.get(name, "").format(notice=page.notice)
            yield Section(name, pen.say(heading) if heading else "", paragraphs)
