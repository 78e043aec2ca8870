"""The event-sourcing engine runs over our store, and takes nothing from the environment."""

from typing import Any
from uuid import UUID

import attrs
import pytest
from eventsourcing.persistence import (
    Mapper,
    NotSupportedError,
    StoredEvent,
    Transcoder,
)

from freezecase.app.stores.engine import Engine
from freezecase.app.stores.opening import open_store
from freezecase.errors import StoreError
from tests.app.stores.store_contract import NOW, case


@attrs.frozen
class Happened:
    """An event as the engine wants it: slots, no base class."""

    originator_id: UUID
    originator_version: int
    what: str


class NullTranscoder(Transcoder):
    """The mapper below needs none."""

    def encode(self, obj: Any) -> bytes:
        raise NotImplementedError

    def decode(self, data: bytes) -> Any:
        raise NotImplementedError


class PlainMapper(Mapper[UUID]):
    """Events to bytes and back."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        event = domain_event
        return StoredEvent(
            event.originator_id, event.originator_version, "a.v1", event.what.encode()
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        stored = stored_event
        return Happened(stored.originator_id, stored.originator_version, stored.state.decode())  # type: ignore[arg-type]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    """An engine over each kind of store."""
    kind = request.param
    url = request.getfixturevalue("postgres_url") if kind == "postgres" else "memory:"
    url = f"sqlite:///{tmp_path}/cases.db" if kind == "sqlite" else url
    with Engine(open_store(url, clock=lambda: NOW), mapper=PlainMapper(NullTranscoder())) as made:  # type: ignore[arg-type]
        yield made


def test_what_the_engine_saves_is_in_the_ledger(engine: Any) -> None:
    """Saving gives our indexes, and passes on the time, the opened cases and their alarms."""
    saved = engine.save(Happened(case(1), 1, "one"), Happened(case(1), 2, "two"))
    assert [recording.notification.id for recording in saved] == [1, 2]
    opened, alarms = [(case(2), "acct")], {case(2): NOW + 9}
    engine.save(Happened(case(2), 1, "three"), now=NOW + 5, opened=opened, alarms=alarms)
    assert engine.recorder.head() == (3, NOW + 5)
    assert engine.recorder.ringing(NOW + 9) == [(NOW + 9, case(2), "acct")]
    assert engine.recorder.cases_of("acct") == [case(2)]
    assert [event.what for event in engine.events.get(case(1))] == ["one", "two"]
    assert [note.id for note in engine.notification_log.select(start=2, limit=10)] == [2, 3]


def test_closing_the_engine_closes_the_store(engine: Any) -> None:
    """There is one thing to close."""
    engine.close()
    with pytest.raises(StoreError, match="closed"):
        engine.recorder.size()


def test_the_environment_configures_nothing(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable puts a cipher, another database or snapshots under an engine."""
    for name in ("IS_SNAPSHOTTING_ENABLED", "PERSISTENCE_MODULE", "AGGREGATE_CACHE_MAXSIZE"):
        monkeypatch.setenv(name, "1")
    again = Engine(engine.recorder, mapper=PlainMapper(NullTranscoder()))
    assert dict(again.env) == {}
    assert again.snapshots is None
    assert again.repository.cache is None


def test_nothing_else_is_kept_in_our_database(engine: Any) -> None:
    """Snapshots and tracking positions are refused: they would be records outside the ledger."""
    factory = engine.factory
    for wish in (factory.aggregate_recorder, factory.tracking_recorder, factory.process_recorder):
        with pytest.raises(NotSupportedError, match="a ledger keeps no"):
            wish()
