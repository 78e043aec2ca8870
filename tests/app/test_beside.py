"""What is put on record beside the cases reads back, salted, and only at its own version."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from freezecase.app.beside import append_beside
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.core.actors import Actor
from freezecase.core.custody import SectionsOpened
from freezecase.core.values import Audience
from freezecase.errors import Conflict
from freezecase.wire.codec import read_event

CASE, STREAM, ONE = UUID(int=1), UUID(int=2), UUID(int=3)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EVE = Actor.staff("eve", "auditor")
OPENED = SectionsOpened(
    case=CASE,
    versions=(1,),
    audiences=(Audience.OPERATIONS,),
    reader=EVE.person,
    purpose="audit",
)


@pytest.fixture
def store() -> Store:
    """Return an empty store in memory."""
    return open_store("memory:")


def test_what_happened_beside_a_case_reads_back_with_a_salt(store: Store) -> None:
    """The event is as it was given; the bytes end in a salt, as those of every record do."""
    append_beside(store, STREAM, 1, OPENED, by=EVE, now=NOW, id=ONE)
    [(version, name, state, *_)] = store.read(STREAM)
    assert version == 1
    event: object = read_event(name, state)
    assert event == OPENED
    assert b'},"z":"' in state


def test_a_version_that_is_taken_stays_taken(store: Store) -> None:
    """Who comes second is told, and what stands there stays."""
    append_beside(store, STREAM, 1, OPENED, by=EVE, now=NOW, id=ONE)
    with pytest.raises(Conflict):
        append_beside(store, STREAM, 1, OPENED, by=EVE, now=NOW, id=ONE)
    assert len(list(store.read(STREAM))) == 1
