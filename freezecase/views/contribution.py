"""
What one case adds to the figures of all: counts and lengths of time, made from its records alone.

Lengths are in whole microseconds, and nothing here is ever averaged: sums of these are exact, in
whatever order they are made.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.appeals import Finding
from freezecase.core.events import kind_of
from freezecase.core.values import Channel, Instant, Person
from freezecase.views.deadlines import Deadlines, counted, deadlines
from freezecase.views.projecting import CaseRead
from freezecase.views.promises import Rate, promise_rates
from freezecase.views.run_around import run_around

__all__ = [
    "Appeals",
    "Contribution",
    "Decided",
    "between",
    "contribution",
    "first_of",
    "outcome_of",
    "told_by",
]


@attrs.frozen(kw_only=True)
class Appeals:
    """What became of some appeals; each is upheld, rejected, withdrawn or open."""

    filed: int = 0
    upheld: int = 0
    rejected: int = 0
    withdrawn: int = 0


@attrs.frozen(kw_only=True)
class Decided:
    """Who made some decisions."""

    human: int = 0
    automated: int = 0
    outside: int = 0
    """By an authority, a body outside or a vendor."""


@attrs.frozen(kw_only=True)
class Contribution:
    """What one case adds to the figures."""

    opened: Instant
    """When the account was frozen; without a freeze, when the first thing happened."""
    ground: str
    """Empty, if nobody froze anything in it."""
    frozen: bool
    """Whether it restricts the account now."""
    readable: bool = True
    to_told: int | None = None
    """From the freeze to the notice of it that did not fail to arrive."""
    asked: bool = False
    """Whether the customer ever asked for a person."""
    to_human: int | None = None
    """From the first time that the customer asked for a person to when one joined."""
    to_release: int | None = None
    """From the freeze to the first time that the account was free of it."""
    way: str = ""
    """How it was freed: `desk`, by an `appeal`, or by a body `outside`."""
    outcome: str = ""
    """What it was closed as, if it was."""
    appeals: Mapping[str, Appeals] = attrs.Factory(dict)
    """By the level that heard them."""
    promises: Mapping[Person, Rate] = attrs.Factory(dict)
    """What became of those that ended or are open, by who made them."""
    promised: tuple[tuple[Person, Instant], ...] = ()
    """Those that are open: who made them, and when they are due."""
    deadlines: Mapping[str, Deadlines] = attrs.Factory(dict)
    """By what was owed."""
    found: Mapping[str, int] = attrs.Factory(dict)
    """How often each detector of a run-around found something."""
    decisions: Mapping[str, Decided] = attrs.Factory(dict)
    """By the kind of event."""


def contribution(case: CaseRead) -> Contribution:
    """Return what a case adds; one that cannot be read adds that it cannot."""
    if case.broken:
        return Contribution(opened=case.begun, ground="", frozen=False, readable=False)
    records, state = case.records, case.state
    imposed = first_of(records, e.FreezeImposed)
    began = imposed or records[0]
    freed = first_of(records, e.ReleaseEnforced) if imposed else None
    asked = first_of(records, e.HumanRequested)
    return Contribution(
        opened=began.occurred_at,
        ground=imposed.event.ground
        if imposed and isinstance(imposed.event, e.FreezeImposed)
        else "",
        frozen=state.frozen,
        to_told=between(imposed, told_by(records)),
        asked=asked is not None,
        to_human=between(asked, first_of(records, e.HumanJoined, after=asked)),
        to_release=between(imposed, freed),
        way=_way(records, freed) if freed else "",
        outcome=outcome_of(records),
        appeals=_appeals(records),
        promises=dict(promise_rates(records, now=_BEFORE_ALL).by_person),
        promised=tuple(sorted((one.by, one.due) for one in state.promises.values())),
        deadlines=deadlines(records, state),
        found=dict(Counter(one.detector for one in run_around(records))),
        decisions=_decisions(records),
    )


_BEFORE_ALL: Final = datetime(1, 1, 1, tzinfo=UTC)
"""Then no promise is late yet: whether an open one is, is asked when the figures are."""

# --- lengths of time -----------------------------------------------------------------------------


def first_of(
    records: Iterable[Record], kind: type[e.CaseEvent], after: Record | None = None
) -> Record | None:
    """Return the first record of a kind, or the first *after* another."""
    late = 0 if after is None else after.version
    return next((r for r in records if isinstance(r.event, kind) and r.version > late), None)


def told_by(records: Iterable[Record]) -> Record | None:
    """Return the record by which the customer was first told of the freeze, as far as is known."""
    told: dict[Channel, Record] = {}
    for record in records:
        event = record.event
        if isinstance(event, _DELIVERIES) and event.notice == _NOTICE:
            if isinstance(event, e.DeliveryFailed):
                told.pop(event.channel, None)
            else:
                told.setdefault(event.channel, record)
    return min(told.values(), key=lambda record: record.version, default=None)


_DELIVERIES: Final = (e.NoticeSent, e.DeliveryConfirmed, e.DeliveryFailed)


_NOTICE: Final = "freeze-imposed"


def between(begin: Record | None, end: Record | None) -> int | None:
    """Return how long after *begin* *end* happened, in microseconds; nothing if one did not."""
    if begin is None or end is None:
        return None
    return (end.occurred_at - begin.occurred_at) // timedelta(microseconds=1)


def _way(records: Iterable[Record], freed: Record) -> str:
    """Say who was right: the customer before us, a body outside, or whoever released it."""
    before = [record.event for record in records if record.version < freed.version]
    outside = (isinstance(one, e.ExternalReviewDecided) and _falls(one) for one in before)
    if any(outside):
        return "outside"
    return "appeal" if any(isinstance(one, e.AppealUpheld) for one in before) else "desk"


def _falls(event: e.ExternalReviewDecided) -> bool:
    return event.finding is Finding.FREEZE_FALLS


def outcome_of(records: Iterable[Record]) -> str:
    """Return what a case is closed as; the empty word, if it is not."""
    found = ""
    for record in records:
        if isinstance(record.event, e.CaseClosed):
            found = record.event.outcome
        elif isinstance(record.event, e.CaseReopened):
            found = ""
    return found


# --- appeals and decisions -----------------------------------------------------------------------

_ENDS: Final[Mapping[type[e.CaseEvent], Callable[[Any], str]]] = {
    e.AppealUpheld: lambda _: "upheld",
    e.AppealRejected: lambda _: "rejected",
    e.AppealWithdrawn: lambda _: "withdrawn",
    e.ExternalReviewDecided: lambda event: "upheld" if _falls(event) else "rejected",
}
"""How an appeal ends. What a body outside decides ends the one that it took up."""


def _appeals(records: Iterable[Record]) -> dict[str, Appeals]:
    found: dict[str, Appeals] = {}
    heard: str | None = None
    for record in records:
        event = record.event
        if isinstance(event, e.AppealFiled):
            heard = event.level
            counted(found, heard, Appeals(filed=1))
        elif isinstance(event, e.ExternalReviewOpened):
            heard = _OUTSIDE
            counted(found, heard, Appeals(filed=1))
        elif type(event) in _ENDS and heard is not None:
            counted(found, heard, Appeals(**{_ENDS[type(event)](event): 1}))
            heard = None
    return found


_OUTSIDE: Final = "external-body"


_DECISIONS: Final = (
    e.FreezeImposed,
    e.ScopeNarrowed,
    e.ScopeWidened,
    e.FreezeRenewed,
    e.FreezeUpheld,
    e.AppealUpheld,
    e.AppealRejected,
    e.ReleaseApproved,
    e.ReleaseRefused,
    e.ReleaseOrdered,
    e.AccountOffboarded,
    e.FundsForfeited,
)
"""What somebody decided; each says who."""
_WHO: Final = {"staff": Decided(human=1), "system": Decided(automated=1)}


def _decisions(records: Iterable[Record]) -> dict[str, Decided]:
    found: dict[str, Decided] = {}
    for record in records:
        event = record.event
        if isinstance(event, e.ExternalReviewDecided):
            counted(found, kind_of(event), Decided(outside=1))
        elif isinstance(event, _DECISIONS):
            who = event.by.partition(":")[0]
            counted(found, kind_of(event), _WHO.get(who, Decided(outside=1)))
    return found
