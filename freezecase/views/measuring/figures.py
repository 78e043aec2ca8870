"""
What was done to people in one period: what each case adds, and the sum of it.

Everything counts on the day on which it happened: a freeze, an hour of it, a decision, a narrowing,
a contact. So the figures of two periods that meet are those of both together, but for cases that
have a part in each. What became of it is as the ledger ends, whenever that came.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, Self, TypeVar

import attrs

from freezecase.core import events as e
from freezecase.core.values import Instant
from freezecase.views.contribution import first_of, outcome_of
from freezecase.views.deadlines import counted, summed
from freezecase.views.measuring.again import Again, Earlier, again
from freezecase.views.measuring.harm import Harm, harm
from freezecase.views.measuring.lost import Lost, lost
from freezecase.views.measuring.narrower import Narrower, narrower
from freezecase.views.measuring.overturned import Overturns, overturns
from freezecase.views.measuring.topics import Topic, topics
from freezecase.views.projecting import CaseRead

__all__ = ["EXAMPLES", "Done", "Figures", "Span"]

C = TypeVar("C")

EXAMPLES: Final = 1000
"""How many narrowings are named; all are counted."""


@attrs.frozen(kw_only=True)
class Span:
    """A period, and up to when the ledger knows of it."""

    since: Instant
    until: Instant
    """The first instant after it."""
    known_until: Instant

    def has(self, at: datetime) -> bool:
        """Say whether an instant is in it."""
        return self.since <= at < self.until


def _added(into: dict[str, Any], other: dict[str, Any]) -> None:
    for name, one in other.items():
        into[name] = into[name] + one if name in into else one


def _has_part(case: CaseRead, span: Span) -> bool:
    """Say whether anything of a case can lie in a period: most are over, or come later."""
    times = [record.occurred_at for record in case.records]
    return min(times) < span.until and (case.state.frozen or max(times) >= span.since)


@attrs.define(kw_only=True)
class Done:
    """What some cases add to the figures of a period; sums are the same in any order."""

    freezes: dict[str, int] = attrs.Factory(dict)
    """By ground."""
    apart: dict[str, int] = attrs.Factory(dict)
    """Those that belong to no incident, by ground."""
    again: dict[str, Again] = attrs.Factory(dict)
    """By ground."""
    harm: dict[str, Harm] = attrs.Factory(dict)
    """By outcome."""
    held: dict[tuple[str, str], Fraction] = attrs.Factory(dict)
    """By outcome and asset."""
    lost: dict[tuple[str, str, str], Lost] = attrs.Factory(dict)
    """By outcome, by what was lost, and by asset."""
    rules: dict[str, Overturns] = attrs.Factory(dict)
    topics: dict[str, Topic] = attrs.Factory(dict)
    narrowings: int = 0
    unprompted: int = 0
    """Those in which nothing else had changed."""
    narrower: list[Narrower] = attrs.Factory(list)
    """The first of them by case, and in the case by version."""
    unreadable: int = 0

    @classmethod
    def of(cls, case: CaseRead, span: Span, earlier: Earlier) -> Self:
        """Return what one case adds; one that cannot be read adds that it cannot."""
        done = cls()
        if case.broken:
            done.unreadable = int(span.has(case.begun))
        if case.broken or not _has_part(case, span):
            return done
        done._froze(case, span, earlier)
        done._hurt(case, span)
        for rule, one in overturns(case.records, span.since, span.until):
            counted(done.rules, rule, one)
        done.topics.update(topics(case.records, span.since, span.until))
        done.narrower.extend(narrower(case, span.since, span.until))
        done.narrowings = len(done.narrower)
        done.unprompted = sum(not one.meanwhile for one in done.narrower)
        return done

    @classmethod
    def total(cls, cases: Iterable[CaseRead], span: Span, earlier: Earlier) -> Self:
        """Return what these cases add, one after the other, in flat memory."""
        done = cls()
        for case in cases:
            done.add(cls.of(case, span, earlier))
        return done

    def add(self, other: Self) -> None:
        """Take in what other cases add."""
        for name in ("freezes", "apart", "held"):
            _added(getattr(self, name), getattr(other, name))
        for name in ("again", "harm", "lost", "rules", "topics"):
            mine = getattr(self, name)
            for key, one in getattr(other, name).items():
                mine[key] = summed(mine[key], one) if key in mine else one
        for name in ("narrowings", "unprompted", "unreadable"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        if other.narrower:
            self.narrower = sorted([*self.narrower, *other.narrower])[:EXAMPLES]

    def _froze(self, case: CaseRead, span: Span, earlier: Earlier) -> None:
        imposed = first_of(case.records, e.FreezeImposed)
        if imposed is None or not isinstance(imposed.event, e.FreezeImposed):
            return
        if span.has(imposed.occurred_at):
            self.freezes[imposed.event.ground] = 1
            self.again[imposed.event.ground] = again(imposed, imposed.event, earlier)
            if imposed.event.incident is None:
                self.apart[imposed.event.ground] = 1

    def _hurt(self, case: CaseRead, span: Span) -> None:
        found, held = harm(case, span.since, span.until, span.known_until)
        outcome = outcome_of(case.records)
        if found.cases:
            self.harm[outcome] = found
            self.held = {(outcome, asset): much for asset, much in held.items()}
        for key, one in lost(case.records, span.since, span.until):
            self.lost[outcome, *key] = one


@attrs.frozen(kw_only=True)
class Figures:
    """The figures of one period; each says of itself what it counts, and its n."""

    since: Instant
    until: Instant
    freezes: Mapping[str, int]
    """By ground, the most first."""
    again: Mapping[str, Again]
    """By ground, those first on which most accounts were frozen before: the causes that repeat."""
    harm: Mapping[str, Harm]
    """By what the case is closed as; the empty word for those that are not closed."""
    held: Mapping[tuple[str, str], Fraction]
    """By outcome and asset: units times hours times capabilities."""
    lost: Mapping[tuple[str, str, str], Lost]
    """By outcome, by what was lost, and by asset."""
    rules: Mapping[str, Overturns]
    """By the rule that decided."""
    topics: Mapping[str, Topic]
    """What customers asked about, the most first."""
    narrowings: int
    """How often less sufficed."""
    unprompted: int
    """How often, though nothing else had changed."""
    narrower: tuple[Narrower, ...]
    """The first thousand of them, by case."""
    unreadable: int
    """Cases of the period that cannot be read, and count for nothing else."""

    @classmethod
    def of(cls, done: Done, span: Span) -> Self:
        """Return the figures of what was done in a period."""
        return cls(
            since=span.since,
            until=span.until,
            freezes=_most(done.freezes, lambda count: count),
            again=_most(done.again, lambda one: one.again),
            harm=MappingProxyType(dict(sorted(done.harm.items()))),
            held=MappingProxyType(dict(sorted(done.held.items()))),
            lost=MappingProxyType(dict(sorted(done.lost.items()))),
            rules=MappingProxyType(dict(sorted(done.rules.items()))),
            topics=_most(done.topics, lambda topic: topic.n),
            narrowings=done.narrowings,
            unprompted=done.unprompted,
            narrower=tuple(done.narrower),
            unreadable=done.unreadable,
        )


def _most(found: Mapping[str, C], count: Callable[[C], int]) -> Mapping[str, C]:
    """Return what was found, the most first, and by name where as many."""
    ordered = sorted(found.items(), key=lambda one: (-count(one[1]), one[0]))
    return MappingProxyType(dict(ordered))
