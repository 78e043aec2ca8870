"""Records made by hand, for views that fold them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from freezecase.app.record import Record
from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.events import STORED_AS, CaseEvent
from freezecase.core.ruling import Ruling
from freezecase.wire.shapes import Asked, Entry, Source
from tests.core.samples import ALLOWED, ANA, CASE, NOW


def record(
    event: CaseEvent,
    *,
    by: Actor = ANA,
    version: int = 1,
    command: Command | None = None,
    ruling: Ruling = ALLOWED,
    occurred_at: datetime | None = None,
    source: Source | None = None,
) -> Record:
    """One record of the case, a minute after the one before it."""
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
            cause=None if command else 1,
            source=source,
        ),
    )


def records(events: Iterable[CaseEvent], *, by: Actor = ANA) -> list[Record]:
    """The records of a case in which this happened."""
    return [record(event, by=by, version=n) for n, event in enumerate(events, start=1)]
