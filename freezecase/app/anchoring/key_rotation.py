"""Saying on record that another key signs for the log from now on."""

from datetime import datetime
from uuid import uuid5

from freezecase.app.beside import append_beside
from freezecase.app.record import where
from freezecase.app.stores.store import Store
from freezecase.core.actors import Actor
from freezecase.core.manifest import LogKeyRotated, key_stream
from freezecase.wire.codec import read_event

__all__ = ["record_rotation", "rotations"]


def rotations(store: Store) -> tuple[LogKeyRotated, ...]:
    """
    Return every change of the log's key that is on record, in order.

    Raises:
        StoreError: the store cannot be read.
        RecordError: what is stored there is no such record.

    """
    stream = key_stream(store.origin)
    found: list[object] = [
        read_event(name, state, where(stream, version))
        for version, name, state, _index, _at in store.read(stream)
    ]
    return tuple(event for event in found if isinstance(event, LogKeyRotated))


def record_rotation(store: Store, event: LogKeyRotated, by: Actor, now: datetime) -> None:
    """
    Put a change of the log's key on record, unless it is the last that stands there.

    So whoever crashed between the record and the checkpoint over it can do both again.

    Raises:
        Conflict: somebody else changed it at the same time.
        StoreError: it cannot be stored.

    """
    before, stream = rotations(store), key_stream(store.origin)
    if before[-1:] == (event,):
        return
    version = len(before) + 1
    id = uuid5(stream, f"{version} {event.old} {event.new}")
    append_beside(store, stream, version, event, by=by, now=now, id=id)
