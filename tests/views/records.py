"""Records made by hand, for views that fold them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from freezecase.app.record import Record
from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.events import STORED_AS, CaseEvent, ObligationOpened
from freezecase.core.obligations import Demand, Obligation, Rung, Unit, Within
from freezecase.core.pending import PENDING
from freezecase.core.ruling import Ruling
from freezecase.wire.shapes import Asked, Entry, Source
from tests.core.samples import ALLOWED, ANA, CASE, LATER, NOW


def record(
    event: CaseEvent,
    *,
    by: Actor = ANA,
    version: int = 1,
    command: Command | None = None,
    ruling: Ruling = ALLOWED,
    cause: int | None = None,
    occurred_at: datetime | None = None,
    source: Source | None = None,
) -> Record:
    """One record of the case, a minute after the one before it; *cause* says what it follows."""
    at = NOW + timedelta(minutes=version - 1)
    return Record(
        case=CASE,
        version=version,
        index=version,
        recorded_at=at,
        name=STORED_AS[type(event)],
        entry=Entry(
            event=event,
            actor=by,
            occurred_at=occurred_at or at,
            command_id=CASE,
            asked=Asked(command=command, ruling=ruling) if command else None,
            cause=cause,
            source=source,
        ),
    )


def records(events: Iterable[CaseEvent], *, by: Actor = ANA) -> list[Record]:
    """The records of a case in which this happened."""
    return [record(event, by=by, version=n) for n, event in enumerate(events, start=1)]


def owing(
    kind: str, *debtors: str, subject: str = "", rung: int = 0, right: bool = False
) -> ObligationOpened:
    """The debtors of a ladder owe it, one after the other; one of them owes it until `LATER`."""
    ends = {row.what: tuple(sorted(row.ends)) for row in PENDING}
    within = Within(count=2, unit=Unit.HOURS)
    demand = Demand(
        kind=kind,
        ladder=tuple(Rung(debtor=one, within=within) for one in debtors),
        met_by=ends.get(kind, ()),
        right=right,
    )
    return ObligationOpened(
        obligation=Obligation(
            demand=demand, subject=subject, rung=rung, opened_at=NOW, due=LATER, basis="rule"
        )
    )
