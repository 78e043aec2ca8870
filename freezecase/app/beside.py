"""Putting on record what happens beside the cases, where nobody's texts are in it."""

from datetime import datetime
from uuid import UUID

from freezecase.app.clock import micros_of
from freezecase.app.custody.sealing import IN_THE_CLEAR
from freezecase.app.stores.store import Appended, Store
from freezecase.core.actors import Actor
from freezecase.core.streams import StreamEvent
from freezecase.wire.shapes import Entry

__all__ = ["append_beside"]


def append_beside(
    store: Store,
    stream: UUID,
    version: int,
    event: StreamEvent,
    *,
    by: Actor,
    now: datetime,
    id: UUID,
) -> Appended:
    """
    Append one record to a stream that is no case, salted as every record is.

    Raises:
        Conflict: that version is taken.
        StoreError: it cannot be stored.

    """
    entry = Entry(event=event, actor=by, occurred_at=now, command_id=id)
    row = IN_THE_CLEAR.row(stream, "", version, entry)
    return store.append([row], now=micros_of(now))
