"""
Two periods beside each other: fewer freezes, less harm, and which rules were overturned.

    measures(store, Period(since=..., until=...), Period(since=..., until=...))

One pass over the records, case by case, in flat memory. Nothing is stored.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import attrs

from freezecase.app.clock import instant_of
from freezecase.app.reading import instant
from freezecase.app.stores.store import Store
from freezecase.core.checked import refuse
from freezecase.core.values import Instant
from freezecase.views.board import Period
from freezecase.views.measuring.again import earlier_in
from freezecase.views.measuring.fewer import Exposure, Fewer, compared, days_of
from freezecase.views.measuring.figures import Done, Figures, Span
from freezecase.views.projecting import Progress, all_cases

__all__ = ["Measures", "measures"]


@attrs.frozen(kw_only=True)
class Measures:
    """What was done to people in two periods, and by what share it became less."""

    before: Figures
    after: Figures
    fewer: Fewer
    """Of all freezes."""
    fewer_apart: Fewer
    """Of those that belong to no incident: one incident is one event, however many it froze."""
    fewer_by_ground: Mapping[str, Fewer]
    position: int
    """The index of the last record that is in it."""
    known_until: Instant
    """When that was recorded: a period that ends later is still growing."""


def measures(
    store: Store,
    before: Period,
    after: Period,
    exposure: Exposure | None = None,
    *,
    progress: Progress | None = None,
) -> Measures:
    """
    Return the measures of two periods, with how many active accounts there were, if known.

    Raises:
        InvalidValue: a period has no beginning or no later end, or the two are not in order.
        StoreError: the store cannot be read.

    """
    head = store.head()
    known_until = instant_of(head.recorded_at)
    now, was = _span(after, "after", known_until), _span(before, "before", known_until)
    if was.until > now.since:
        allowed = "a period that begins when `before` has ended: no freeze counts in both"
        raise refuse("after.since", now.since.isoformat(), allowed)
    done, read, earlier = (Done(), Done()), 0, earlier_in(store, head.size)
    for case in all_cases(store, head.size):
        for one, span in zip(done, (was, now), strict=True):
            one.add(Done.of(case, span, earlier))
        read += len(case.records)
        if progress is not None:
            progress(read, head.size)
    return _measured((was, now), done, exposure, head.size)


def _span(period: Period, where: str, known_until: datetime) -> Span:
    ends = [period.get("since"), period.get("until")]
    since, until = (instant(end, f"{where}.{n}") for n, end in zip(_ENDS, ends, strict=True))
    if until <= since:
        raise refuse(f"{where}.until", until.isoformat(), f"an instant after {since.isoformat()}")
    return Span(since=since, until=until, known_until=known_until)


_ENDS = "since", "until"


def _measured(
    spans: tuple[Span, Span], done: tuple[Done, Done], exposure: Exposure | None, position: int
) -> Measures:
    (was, now), (old, new) = spans, done
    days = days_of(was.since, was.until), days_of(now.since, now.until)
    one = {"": sum(old.freezes.values())}, {"": sum(new.freezes.values())}
    apart = {"": sum(old.apart.values())}, {"": sum(new.apart.values())}
    return Measures(
        before=Figures.of(old, was),
        after=Figures.of(new, now),
        fewer=compared(*one, days, exposure)[""],
        fewer_apart=compared(*apart, days, exposure)[""],
        fewer_by_ground=MappingProxyType(compared(old.freezes, new.freezes, days, exposure)),
        position=position,
        known_until=now.known_until,
    )
