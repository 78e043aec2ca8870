"""
Finding words in a text as a reader would, whatever their case, accents of Arabic, or hidden signs.

A word of the lists may hold `*` for any letters and `#` for a number; it matches whole words.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from freezecase.core.ruling import Telling
from freezecase.core.values import Ground
from freezecase.present.notices.catalogue import Catalogue
from freezecase.present.notices.finding import Finding
from freezecase.views.disclosure import NEVER_TOLD

__all__ = ["found_in", "wrong_words"]

_SAME: Final = str.maketrans(
    {
        **dict.fromkeys("\u0622\u0623\u0625\u0671", "\u0627"),  # alef, with whatever above it
        "\u0649": "\u064a",
        "\u0640": None,  # a stroke that only makes words longer
        **dict.fromkeys("\u2018\u2019\u02bc", "'"),
        **dict.fromkeys("\u2010\u2011\u2013", "-"),
    }
)
_VOWELS: Final = re.compile("[\u064b-\u065f\u0670]")


def _folded(text: str) -> str:
    """Return *text* as it is compared: small letters, one spelling, nothing that does not show."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_SAME)
    seen = (char for char in _VOWELS.sub("", plain) if unicodedata.category(char) != "Cf")
    return "".join(seen)


@cache
def _pattern(word: str) -> re.Pattern[str]:
    parts = map(re.escape, _folded(word).split())
    said = r"\s+".join(part.replace(r"\*", r"\w*").replace(r"\#", r"\w+") for part in parts)
    return re.compile(rf"(?<!\w){said}(?!\w)")


def found_in(text: str, words: Iterable[str]) -> Iterator[str]:
    """Yield each of *words* that stands in *text*."""
    folded = _folded(text)
    return (word for word in words if _pattern(word).search(folded))


def wrong_words(
    text: str, catalogues: Iterable[Catalogue], where: str, *, telling: Telling, lifts: bool
) -> Iterator[Finding]:
    """
    Yield what is wrong with words that are to reach a customer, in any of the languages.

    They go to somebody who may be told as much as *telling*; *lifts* says whether somebody owes
    the release, or it happened.
    """
    for one in catalogues:
        looked = one.looked
        for name, words in (
            ("false-reason", looked.false_reasons),
            ("unlock-nobody-owes", () if lifts else looked.unlocks),
            ("time-nobody-owes", looked.deadlines),
        ):
            yield from (Finding(name, where, f"`{word}`") for word in found_in(text, words))
        for ground in _kept_back(telling):
            for word in found_in(text, looked.grounds.get(ground, ())):
                yield Finding("not-cleared", where, f"`{word}` gives `{ground}` away")


def _kept_back(telling: Telling) -> Iterable[Ground]:
    """Return the grounds of which no word may be said: all of them, or those never told."""
    return Ground if telling.rank < Telling.GROUND.rank else NEVER_TOLD
