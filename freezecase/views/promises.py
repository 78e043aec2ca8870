"""
Promise rates: of what was promised to customers, how much was kept: in all, by whom, and where.

The share kept is kept / come. *Come* are the promises that could have been kept by now: those that
were kept, broken or superseded, whenever that was, and those still open whose time has come. So a
promise that is superseded in time was not kept either, and one that nobody marked as broken is not
hidden. A promise still open whose time lies ahead counts neither way.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from operator import attrgetter
from types import MappingProxyType
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.events import CaseEvent
from freezecase.core.values import Instant, Person, Slug

__all__ = ["PromiseRates", "Rate", "Sort", "by_channel", "by_words", "promise_rates", "rates_by"]


@attrs.frozen(kw_only=True)
class Rate:
    """What became of some promises, counted; each is kept, broken, superseded or open."""

    kept: int = 0
    broken: int = 0
    superseded: int = 0
    open: int = 0
    late: int = 0
    """Of the open ones, those whose time has come."""

    @property
    def made(self) -> int:
        """How many were made."""
        return self.kept + self.broken + self.superseded + self.open

    @property
    def come(self) -> int:
        """How many could have been kept by now: what the share is a share of."""
        return self.made - self.open + self.late

    @property
    def share_kept(self) -> Fraction | None:
        """How many of those that could have been kept were, exactly; nothing if there were none."""
        return Fraction(self.kept, self.come) if self.come else None


@attrs.frozen(kw_only=True)
class PromiseRates:
    """What became of the promises: all of them, and those of each person who made some."""

    overall: Rate
    by_person: Mapping[Person, Rate]
    """By who made them, as `kind:id`, in order."""


_ENDS: Final[Mapping[type[CaseEvent], str]] = {
    e.PromiseKept: "kept",
    e.PromiseBroken: "broken",
    e.PromiseSuperseded: "superseded",
}
_COUNTS: Final = tuple(attrs.fields_dict(Rate))
_ENDING: Final = attrgetter("promise")


def promise_rates(records: Iterable[Record], *, now: datetime) -> PromiseRates:
    """
    Return what became of the promises in *records*, which may be of many cases; it is *now*.

    The records of one case come in order, those of several in any order. They are read once; what
    is kept of them are the promises that are open and a count for each person. Under a name that
    is open already a new promise supersedes the old one; an ending of nothing counts for nobody.
    """
    by_person = rates_by(records, _by_person, now=now)
    counts = [attrs.asdict(rate) for rate in by_person.values()]
    everybody = {how: sum(one[how] for one in counts) for how in _COUNTS}
    return PromiseRates(overall=Rate(**everybody), by_person=by_person)


Sort = Callable[[e.PromiseMade], str]
"""Says under what a promise is counted."""


def _by_person(promise: e.PromiseMade) -> str:
    return promise.by


def by_channel(promise: e.PromiseMade) -> str:
    """Count a promise under the channel on which it was made; the empty word if nobody said."""
    return promise.channel or ""


def by_words(promise: e.PromiseMade) -> str:
    """Count it under the notice that stated it, or `reply`; empty if it was made by itself."""
    return promise.said_in or ""


def rates_by(records: Iterable[Record], sort: Sort, *, now: datetime) -> Mapping[str, Rate]:
    """
    Return what became of the promises, counted by whatever *sort* says of each, in order.

    Such as `by_channel` and `by_words`. Records come as for `promise_rates`.
    """
    tally = _Tally(sort)
    for record in records:
        event = record.event
        if isinstance(event, e.PromiseMade):
            tally.made(record.case, event)
        elif type(event) in _ENDS:
            tally.ended(record.case, _ENDING(event), _ENDS[type(event)])
    return tally.finished(now)


class _Tally:
    """Counts as it goes: of each sort, how many promises ended in which way."""

    def __init__(self, sort: Sort) -> None:
        self._sort = sort
        self._open: dict[tuple[UUID, Slug], tuple[str, Instant]] = {}
        self._counts: dict[str, dict[str, int]] = {}

    def made(self, case: UUID, event: e.PromiseMade) -> None:
        self.ended(case, event.promise, "superseded")
        self._open[case, event.promise] = self._sort(event), event.due

    def ended(self, case: UUID, promise: Slug, how: str) -> None:
        known = self._open.pop((case, promise), None)
        if known is not None:
            self._count(known[0], how)

    def finished(self, now: datetime) -> Mapping[str, Rate]:
        for sort, due in self._open.values():
            self._count(sort, "open")
            if due <= now:
                self._count(sort, "late")
        counts = self._counts
        return MappingProxyType({sort: Rate(**counts[sort]) for sort in sorted(counts)})

    def _count(self, sort: str, how: str) -> None:
        self._counts.setdefault(sort, dict.fromkeys(_COUNTS, 0))[how] += 1
