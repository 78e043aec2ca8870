"""
One incident, thousands of cases: where they stand, who was told when, and who goes their own way.

A fold over the records of its cases, and nothing else: whoever looks again counts the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.reading import Reader
from freezecase.app.record import Record
from freezecase.app.stores.store import Store
from freezecase.core import events as e
from freezecase.core.events import STORED_AS
from freezecase.core.evolve import fold, unopened
from freezecase.core.status import Status
from freezecase.views.contribution import between, first_of, told_by
from freezecase.views.spread import Spread

__all__ = ["IncidentView", "cases_of_incident", "incident_view"]

_NOTICE: Final = "freeze-imposed"


def cases_of_incident(store: Store, incident: str) -> Iterator[UUID]:
    """
    Yield the cases that one incident opened, in the order in which they were frozen.

    It looks through the ledger once, at the freezes alone, and reads those that name the incident.
    """
    imposed, named = STORED_AS[e.FreezeImposed], incident.encode()
    for _index, _at, case, version, name, state in store.scan():
        if version == 1 and name == imposed and named in state:
            found = UUID(case)
            if Reader(store).case(found, version=1).incident == incident:
                yield found


@attrs.frozen(kw_only=True)
class IncidentView:
    """What became of the accounts that one incident froze."""

    incident: str
    cases: int
    by_status: Mapping[Status, int]
    told: Spread
    """From the freeze to the first notice that did not fail to arrive."""
    notices_missed: int
    """How many customers were not told by the time that the policy gives."""
    withheld: int
    """How many were not told, on a basis that is on record."""
    released: Spread
    """From the freeze to the moment at which the exchange confirmed that the account is free."""
    appealing: tuple[UUID, ...]
    """The cases that contest it by themselves, now or before."""
    held: tuple[UUID, ...]
    """The cases that a legal hold keeps."""


@attrs.frozen
class _Told:
    """What the records of one case say, as far as it counts here."""

    case: UUID
    status: Status
    told: int | None
    released: int | None
    missed: bool
    withheld: bool
    appealed: bool
    held: bool


def incident_view(incident: str, histories: Iterable[tuple[Record, ...]]) -> IncidentView:
    """Return what became of the cases of an incident, given the history of each."""
    told = [_told(history) for history in histories]
    return IncidentView(
        incident=incident,
        cases=len(told),
        by_status=MappingProxyType(dict(sorted(Counter(one.status for one in told).items()))),
        told=_spread([one.told for one in told]),
        notices_missed=sum(one.missed for one in told),
        withheld=sum(one.withheld for one in told),
        released=_spread([one.released for one in told]),
        appealing=tuple(one.case for one in told if one.appealed),
        held=tuple(one.case for one in told if one.held),
    )


def _spread(lengths: list[int | None]) -> Spread:
    known = [length for length in lengths if length is not None]
    return Spread.of(known, waiting=len(lengths) - len(known))


def _told(history: tuple[Record, ...]) -> _Told:
    first, events = history[0], [record.event for record in history]
    state = fold(events, unopened(first.case))
    return _Told(
        case=first.case,
        status=state.status,
        told=between(first, told_by(history)),
        released=between(first, first_of(history, e.ReleaseEnforced)),
        missed=any(
            isinstance(event, e.ObligationMissed) and event.obligation == "notice"
            for event in events
        ),
        withheld=_NOTICE in state.withheld,
        appealed=any(isinstance(event, e.AppealFiled) for event in events),
        held=bool(state.holds),
    )
