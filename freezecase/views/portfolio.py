"""
The figures of many cases: sums of what each adds, exact, in whatever order they are added.

A **period** takes the cases that were frozen in it, and all that has happened to them since: a case
counts once, in the period in which the account was frozen. So the figures of two periods add up to
those of both, and those of the last period are still growing.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import TypeVar

import attrs

from freezecase.core.checked import refuse
from freezecase.core.values import Instant, Person
from freezecase.views.contribution import Appeals, Contribution, Decided
from freezecase.views.deadlines import Deadlines, summed
from freezecase.views.promises import PromiseRates, Rate
from freezecase.views.spread import Spread

__all__ = ["Portfolio", "fewer", "overturned", "portfolio"]

C = TypeVar("C")


@attrs.frozen(kw_only=True)
class Portfolio:
    """The figures of the cases of a period, as they were at one place of the ledger."""

    since: Instant | None
    """The first instant of the period; nothing if it has no beginning."""
    until: Instant | None
    """The first instant after it."""
    now: Instant
    """By when an open promise counts as late."""
    position: int
    """The index of the last record that is in it."""
    cases: int
    unreadable: int
    """Cases that cannot be read, which count for nothing else."""
    freezes: Mapping[str, int]
    """By ground."""
    frozen: Mapping[str, int]
    """Those that still restrict the account, by ground."""
    to_told: Spread
    """From the freeze to the notice of it; it waits while nobody told and the account is frozen."""
    to_human: Spread
    """From the first time that a customer asked for a person to when one joined."""
    to_release: Spread
    """From the freeze to the first time that the account was free of it."""
    release_by_ground: Mapping[str, Spread]
    release_by_way: Mapping[str, Spread]
    """By how it was freed: `desk`, `appeal` or `outside`."""
    release_by_outcome: Mapping[str, Spread]
    """By what the case was closed as; the empty word for those that are not closed."""
    appeals: Mapping[str, Appeals]
    """By the level that heard them."""
    promises: PromiseRates
    deadlines: Mapping[str, Deadlines]
    """By what was owed."""
    run_around: Mapping[str, int]
    """How often each detector found something."""
    decisions: Mapping[str, Decided]
    """Who decided, by the kind of event."""

    @property
    def missed(self) -> Mapping[str, int]:
        """How often the exchange missed what it owed, by what it was; what was kept is left out."""
        return {kind: one.missed for kind, one in self.deadlines.items() if one.missed}


def portfolio(
    cases: Iterable[Contribution],
    *,
    now: datetime,
    position: int,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Portfolio:
    """Return the figures of the cases that were frozen from *since* on, and before *until*."""
    found = [case for case in cases if _within(case.opened, since, until)]
    read = [case for case in found if case.readable]
    frozen = [case for case in read if case.ground]
    return Portfolio(
        since=since,
        until=until,
        now=now,
        position=position,
        cases=len(found),
        unreadable=len(found) - len(read),
        freezes=_counted(case.ground for case in frozen),
        frozen=_counted(case.ground for case in frozen if case.frozen),
        to_told=_spread(frozen, lambda case: case.to_told, lambda case: case.frozen),
        to_human=_spread(read, lambda case: case.to_human, lambda case: case.asked),
        to_release=_releases(frozen),
        release_by_ground=_grouped(frozen, lambda case: case.ground),
        release_by_way=_grouped((case for case in frozen if case.way), lambda case: case.way),
        release_by_outcome=_grouped(frozen, lambda case: case.outcome),
        appeals=_added(case.appeals for case in read),
        promises=_promises(read, now),
        deadlines=_added(case.deadlines for case in read),
        run_around=_tallied(case.found for case in read),
        decisions=_added(case.decisions for case in read),
    )


def _within(opened: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or opened >= since) and (until is None or opened < until)


# --- sums ----------------------------------------------------------------------------------------


def _counted(names: Iterable[str]) -> Mapping[str, int]:
    return _tallied({name: 1} for name in names)


def _tallied(counts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for one in counts:
        for name, count in one.items():
            found[name] = found.get(name, 0) + count
    return MappingProxyType(dict(sorted(found.items())))


def _added(counts: Iterable[Mapping[str, C]]) -> Mapping[str, C]:
    found: dict[str, C] = {}
    for one in counts:
        for name, count in one.items():
            found[name] = summed(found[name], count) if name in found else count
    return MappingProxyType(dict(sorted(found.items())))


def _promises(cases: Iterable[Contribution], now: datetime) -> PromiseRates:
    """Return what became of the promises; whether an open one is late is a matter of *now*."""
    read = [*cases]
    late = ({by: Rate(late=1)} for case in read for by, due in case.promised if due <= now)
    by_person: Mapping[Person, Rate] = _added([*(case.promises for case in read), *late])
    overall = _added({"": rate} for rate in by_person.values())
    return PromiseRates(overall=overall.get("", Rate()), by_person=by_person)


# --- lengths of time -----------------------------------------------------------------------------


def _spread(
    cases: Iterable[Contribution],
    length: Callable[[Contribution], int | None],
    waits: Callable[[Contribution], bool],
) -> Spread:
    """Return the spread of a length; a case without it waits for it if *waits* says so."""
    read = [*cases]
    lengths = [found for case in read if (found := length(case)) is not None]
    return Spread.of(lengths, waiting=sum(length(case) is None and waits(case) for case in read))


def _releases(cases: Iterable[Contribution]) -> Spread:
    return _spread(cases, lambda case: case.to_release, lambda case: case.frozen)


def _grouped(
    cases: Iterable[Contribution], name: Callable[[Contribution], str]
) -> Mapping[str, Spread]:
    groups: dict[str, list[Contribution]] = {}
    for case in cases:
        groups.setdefault(name(case), []).append(case)
    return MappingProxyType({group: _releases(groups[group]) for group in sorted(groups)})


# --- comparisons ---------------------------------------------------------------------------------


def fewer(before: Portfolio, after: Portfolio) -> Fraction | None:
    """
    Return by what share there were fewer freezes a day, such as 41/50; nothing if none before.

    Freezes are counted in the length of each period, so that a month compares with a year. It is
    negative where there were more.

    Raises:
        InvalidValue: one of the periods has no beginning or no end.

    """
    was, now = _rate(before, "before"), _rate(after, "after")
    return None if not was else (was - now) / was


def _rate(figures: Portfolio, where: str) -> Fraction:
    if figures.since is None or figures.until is None or figures.until <= figures.since:
        allowed = "figures of a period with a beginning and a later end: ask with `since`, `until`"
        raise refuse(where, (figures.since, figures.until), allowed)
    length = (figures.until - figures.since) // timedelta(microseconds=1)
    return Fraction(sum(figures.freezes.values()), length)


def overturned(appeals: Mapping[str, Appeals]) -> Fraction | None:
    """Return the share of decided appeals in which the customer was right; nothing if none was."""
    upheld = sum(one.upheld for one in appeals.values())
    decided = upheld + sum(one.rejected for one in appeals.values())
    return Fraction(upheld, decided) if decided else None
