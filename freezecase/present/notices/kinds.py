"""
The notices: what each is about, in which parts it says it, and whether somebody's own words go in.

A statement of reasons says the restriction, its ground, the facts, how long, whether a machine
decided and how to object: Regulation (EU) 2022/2065 (DSA) Art. 17(3)(a) to (f), Regulation (EU)
2016/679 (GDPR) Art. 22(3). Every notice ends with the ways out, whatever it is about.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import attrs

from freezecase.core import events as e
from freezecase.core.events import CaseEvent
from freezecase.core.ruling import Telling
from freezecase.core.values import Ground, Slug

__all__ = ["ALWAYS", "NOTICES", "Kind", "Words"]


class Words(StrEnum):
    """Whether somebody's own words go into a notice."""

    NO = "no"
    MAY = "may"
    FACTS = "facts"
    """They are the facts: only for a reader who may be told those."""
    MUST = "must"
    """It gives a reason that no record holds in words for the customer."""


ALWAYS: Final = ("appeal", "human", "reference")
"""What every notice ends with: never capped, whatever the ground."""


@attrs.frozen(kw_only=True)
class Kind:
    """One notice."""

    about: tuple[type[CaseEvent], ...] = ()
    """What must have happened: the newest of these. Nothing, where it is about the case."""
    says: tuple[str, ...]
    """Its parts before those that every notice ends with."""
    words: Words = Words.NO
    told_from: Telling = Telling.NEUTRAL
    ground: Ground | None = None
    """The one ground that it is about, if it is about one."""
    unsaid: frozenset[Slug] = frozenset()
    """What is owed and need not be said any more, because this says it."""
    asks_time: bool = False
    """Whether it moves a time that was stated before; it must then state another."""

    @property
    def sections(self) -> tuple[str, ...]:
        """Its parts, in order."""
        return (*self.says, *ALWAYS)


_REASONS: Final = ("what", "scope", "why", "words", "machine", "duration", "need", "next")

NOTICES: Final[Mapping[Slug, Kind]] = {
    "freeze-imposed": Kind(about=(e.FreezeImposed,), says=_REASONS, words=Words.FACTS),
    "incident": Kind(
        about=(e.FreezeImposed,),
        says=_REASONS,
        words=Words.FACTS,
        told_from=Telling.GROUND,
        ground=Ground.INCIDENT,
    ),
    "check-requested": Kind(about=(e.ChecksRequested,), says=("what", "need", "next")),
    "check-failed": Kind(
        about=(e.CheckFailed,), says=("what", "words", "machine", "need", "next"), words=Words.MAY
    ),
    "extension": Kind(says=("what", "words", "next"), words=Words.MUST, asks_time=True),
    "update": Kind(says=("what", "words", "need", "next"), words=Words.MAY),
    "appeal-received": Kind(
        about=(e.AppealFiled,), says=("what", "next"), unsaid=frozenset({"acknowledgement"})
    ),
    "appeal-rejected": Kind(
        about=(e.AppealRejected,), says=("what", "words", "machine", "next"), words=Words.MAY
    ),
    "release-ordered": Kind(
        about=(e.ReleaseOrdered, e.AppealUpheld), says=("what", "need", "next")
    ),
    "released": Kind(about=(e.ReleaseEnforced, e.ScopeNarrowed), says=("what", "next")),
    "promise-superseded": Kind(
        about=(e.PromiseSuperseded,), says=("what", "words", "next"), words=Words.MUST
    ),
}
"""Every notice that the library writes, by its name."""
