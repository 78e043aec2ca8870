"""
What must not leave the house: false reasons, unlocks and times nobody owes, grounds not cleared.

Regulation (EU) 2023/1114 (MiCA) Art. 66(2): what a customer is told is fair, clear and not
misleading, so neutral never means untrue. Directive (EU) 2015/849 Art. 39 and 31 U.S.C. 5318(g)(2):
a suspicion is not told, and so neither by a word that only a suspicion explains.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from freezecase.core.ruling import Telling
from freezecase.core.values import Ground
from freezecase.present.notices.bidi import balanced, isolated, strays
from freezecase.present.notices.catalogue import OTHER, Catalogue
from freezecase.present.notices.finding import ADVICE, Finding
from freezecase.present.notices.letterhead import Letterhead
from freezecase.present.notices.looking import wrong_words
from freezecase.present.notices.messages import MESSAGES, Message
from freezecase.present.notices.notice import Notice

__all__ = ["ADVICE", "Finding", "lint", "lint_notice", "lint_text"]

_INSERT: Final = re.compile(r"\{([^{}]*)\}")
_BRACE: Final = re.compile(r"[{}]")


def lint(catalogue: Catalogue, english: Catalogue | None = None) -> tuple[Finding, ...]:
    """
    Return everything for which a catalogue must not be used.

    With *english*, a text that is the English one is found, and so are English words that give
    something away: who is in a hurry writes them in every language.
    """
    catalogues = tuple(filter(None, (catalogue, english)))
    return (
        *_about(catalogue),
        *_missing(catalogue),
        *(
            finding
            for (message, category), text in catalogue.texts.items()
            for finding in _text(catalogues, message, category, text)
        ),
    )


def _about(catalogue: Catalogue) -> Iterator[Finding]:
    place = f"`{catalogue.language}`"
    if catalogue.direction != catalogue.rules.direction:
        runs = f"it says `{catalogue.direction}` and is written `{catalogue.rules.direction}`"
        yield Finding("wrong-direction", place, runs)
    looked = catalogue.looked
    lists: dict[str, tuple[str, ...]] = {
        "false_reasons": looked.false_reasons,
        "unlocks": looked.unlocks,
        "deadlines": looked.deadlines,
        **{ground: looked.grounds.get(ground, ()) for ground in Ground},
    }
    empty = (name for name, words in lists.items() if not any(map(str.strip, words)))
    yield from (Finding("no-words-to-look-for", place, f"none for `{name}`") for name in empty)


def _missing(catalogue: Catalogue) -> Iterator[Finding]:
    for name, message in MESSAGES.items():
        forms = {category for category, text in catalogue.of(name) if text.strip()}
        if not forms:
            yield Finding("missing-message", _place(catalogue, name), "it says nothing")
            continue
        wanted = catalogue.rules.categories if message.counted else {OTHER}
        for category in sorted(wanted - forms):
            yield Finding("missing-category", _place(catalogue, name), f"no form for `{category}`")
        for category in sorted(forms - wanted):
            yield Finding("needless-category", _place(catalogue, name), f"`{category}`")


def _place(catalogue: Catalogue, message: str) -> str:
    return f"`{catalogue.language}`, `{message}`"


def _text(
    catalogues: tuple[Catalogue, ...], name: str, category: str, text: str
) -> Iterator[Finding]:
    """Yield what is wrong with one text of the first of the catalogues."""
    catalogue = catalogues[0]
    place = _place(catalogue, name)
    message = MESSAGES.get(name)
    if message is None:
        yield Finding("unknown-message", place, "no notice says it")
        return
    yield from _inserts(message, category, text, place)
    yield from _directed(text, catalogue.direction, place)
    if any(char.isdigit() for char in _INSERT.sub("", text)):
        yield Finding("time-nobody-owes", place, "a number that is no insert")
    if _has_words(text) and any(text in one.texts.values() for one in catalogues[1:]):
        yield Finding("untranslated", place, f"`{text}`")
    yield from wrong_words(text, catalogues, place, telling=message.told_from, lifts=message.lifts)


def _has_words(text: str) -> bool:
    return any(char.isalpha() for char in _INSERT.sub("", text))


def _inserts(message: Message, category: str, text: str, place: str) -> Iterator[Finding]:
    there = set(_INSERT.findall(text))
    for name in sorted(there - message.takes):
        takes = ", ".join(f"`{one}`" for one in sorted(message.takes)) or "nothing"
        yield Finding("unknown-placeholder", place, f"`{{{name}}}`: it takes {takes}")
    if _BRACE.search(_INSERT.sub("", text)):
        yield Finding("unknown-placeholder", place, "a brace that begins or ends no insert")
    # `one` may say its number in words, as Arabic does; the form for all others must show it
    unsaid = message.takes - there - ({"count"} if category != OTHER else set())
    yield from (Finding("missing-placeholder", place, f"`{{{name}}}`") for name in sorted(unsaid))


def _directed(text: str, direction: str, place: str) -> Iterator[Finding]:
    bare = _INSERT.sub("", text)
    if not balanced(bare):
        yield Finding("not-isolated", place, "a control of direction that nothing ends")
    elif found := strays(bare, direction):
        yield Finding("not-isolated", place, f"`{found}` runs against the text")


def lint_text(
    text: str,
    *catalogues: Catalogue,
    telling: Telling,
    owed: Iterable[str] = (),
    where: str = "the text",
) -> tuple[Finding, ...]:
    """
    Return everything for which words of your own must not reach a customer.

    Give the catalogue of their language, and the English one beside it; as how much the customer
    may be told `cleared_for` says; as *owed* the kinds of obligation that are open, among which
    `lifting` lets a text say that the freeze ends.
    """
    lifts = "lifting" in owed
    return tuple(wrong_words(text, catalogues, where, telling=telling, lifts=lifts))


_WAYS_OUT: Final = (("no-appeal", "appeal", "appeal_at"), ("no-appeal", "appeal", "outside"))
_HUMAN: Final = (("no-human", "human", "human_at"),)


def lint_notice(notice: Notice, letterhead: Letterhead) -> tuple[Finding, ...]:
    """Return what a notice lacks that every notice says, and what could turn its text around."""
    return (*_ways_out(notice, letterhead), *_turned(notice))


def _ways_out(notice: Notice, letterhead: Letterhead) -> Iterator[Finding]:
    said = {section.name: section.text for section in notice.sections}
    for name, section, place in (*_WAYS_OUT, *_HUMAN):
        there = getattr(letterhead, place)
        if isolated(there) not in said.get(section, ""):
            yield Finding(name, f"notice `{notice.notice}`", f"`{there}` is not in it")


def _turned(notice: Notice) -> Iterator[Finding]:
    where = f"notice `{notice.notice}` in `{notice.language}`"
    if not balanced(notice.text):
        yield Finding("not-isolated", where, "an isolate that does not end in its line")
    elif found := strays(notice.text, notice.direction):
        yield Finding("not-isolated", where, f"`{found}` runs against the text")
