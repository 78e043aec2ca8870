"""Why a notice must not be sent: not cleared, not in the record, without reasons, ill promised."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import attrs

from freezecase.app.record import Record
from freezecase.core.events import kind_of
from freezecase.core.ruling import Telling
from freezecase.core.state import CaseState
from freezecase.core.values import Slug, Stated
from freezecase.errors import BadNotice
from freezecase.present.notices.catalogue import Catalogue
from freezecase.present.notices.finding import Finding
from freezecase.present.notices.kinds import NOTICES, Kind, Words
from freezecase.present.notices.lint import lint_text
from freezecase.present.notices.reading import load
from freezecase.present.notices.told import Told, deed_of

__all__ = [
    "Asked",
    "kind_called",
    "not_cleared",
    "not_said",
    "record_of",
    "refusal",
    "refuse",
    "wrong_promises",
    "wrongly_said",
]


@attrs.frozen(kw_only=True)
class Asked:
    """What was asked for: a notice about a case, somebody's words, new promises."""

    notice: Slug
    translated: bool
    """Whether it is in another language than the one that staff write into the record."""
    kind: Kind
    case: CaseState
    words: str | None
    promises: tuple[Stated, ...]

    @property
    def where(self) -> str:
        """How a finding speaks of it."""
        return f"notice `{self.notice}`"


def refuse(notice: str, findings: Iterable[Finding]) -> None:
    """
    Raise everything that was found, if something was.

    Raises:
        BadNotice: something was.

    """
    if found := tuple(findings):
        raise refusal(notice, *found)


def refusal(notice: str, *findings: Finding) -> BadNotice:
    """Return the error that says why a notice must not be sent."""
    said = "; ".join(map(str, findings))
    return BadNotice(f"notice `{notice}` must not be sent: {said}", findings=findings)


def kind_called(notice: str) -> Kind:
    """
    Return the notice of that name.

    Raises:
        BadNotice: there is none.

    """
    if notice not in NOTICES:
        known = ", ".join(f"`{name}`" for name in NOTICES)
        raise refusal(notice, Finding("unknown-notice", f"`{notice}`", f"there is {known}"))
    return NOTICES[notice]


def not_cleared(asked: Asked, level: Telling) -> Iterator[Finding]:
    """Yield why this reader may not have this notice at all."""
    kind = asked.kind
    if level.rank < kind.told_from.rank:
        may = f"the customer may be told `{level}`, and it says `{kind.told_from}`"
        yield Finding("not-cleared", asked.where, may)
    elif kind.ground is not None and asked.case.ground is not kind.ground:
        yield Finding("not-in-the-record", asked.where, f"the ground is not `{kind.ground}`")


def record_of(asked: Asked, history: Sequence[Record]) -> Record:
    """
    Return the newest record of what the notice is about; the newest of all, if it is about all.

    Raises:
        BadNotice: what it is about did not happen.

    """
    about = asked.kind.about
    there = (one for one in reversed(history) if not about or isinstance(one.event, about))
    found = next(there, None)
    if found is None:
        never = " or ".join(f"`{kind_of(event)}`" for event in about)
        lacks = Finding("not-in-the-record", asked.where, f"{never} did not happen")
        raise refusal(asked.notice, lacks)
    return found


def not_said(asked: Asked, told: Told) -> Iterator[Finding]:
    """Yield what the notice should say and does not, or may not say."""
    takes, words = asked.kind.words, asked.words
    if takes is Words.MUST and not words:
        yield Finding("words-missing", asked.where, "it has none")
    if told.said and asked.translated and not words:
        yield Finding("words-missing", asked.where, "the record says it in another language")
    if takes is Words.NO and words:
        yield Finding("words-not-taken", asked.where, "it takes none")
    if takes is Words.FACTS and words and told.level.rank < Telling.FACTS.rank:
        yield Finding("not-cleared", asked.where, f"facts, where `{told.level}` may be told")
    if asked.kind.asks_time and not told.owed:
        yield Finding("no-new-time", asked.where, "it states none")


def wrong_promises(asked: Asked, told: Told) -> Iterator[Finding]:
    """Yield the new promises that cannot be made: too early, too late, or under a taken name."""
    names = [one.promise for one in asked.promises]
    taken = {*asked.case.promises, *asked.case.broken}
    for one in asked.promises:
        name = f"`{one.promise}`"
        if one.due <= told.at:
            yield Finding("time-past", asked.where, f"{name} is due {one.due.isoformat()}")
        if one.promise in taken or names.count(one.promise) > 1:
            yield Finding("promise-taken", asked.where, name)
        owed = () if asked.kind.asks_time else _owed(asked.case, deed_of(one.promise))
        if any(one.due > due for due in owed):
            yield Finding("later-than-owed", asked.where, f"{name}, owed {min(owed).isoformat()}")


def _owed(case: CaseState, deed: Slug) -> tuple[datetime, ...]:
    """Return when what a promise is about is owed; what any notice meets, this one meets."""
    demands = (owed for owed in case.obligations.values() if owed.demand.kind == deed)
    return tuple(owed.due for owed in demands if "notice-sent" not in owed.demand.met_by)


def wrongly_said(asked: Asked, told: Told, catalogue: Catalogue) -> tuple[Finding, ...]:
    """Return what is wrong with somebody's words, in the language of the notice or in English."""
    said = asked.words or told.said
    if said is None:
        return ()
    catalogues = {one.language: one for one in (catalogue, load("en"))}.values()
    owed = [one.what for one in told.owed]
    where = f"the words of {asked.where}"
    return lint_text(said, *catalogues, telling=told.level, owed=owed, where=where)
