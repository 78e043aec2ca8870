"""
The event-sourcing engine, running on a store that is already open.

    engine = Engine(store, mapper=mapper)
    engine.save(event, now=now, opened=[(case, "acct-1")], alarms={case: due})
    engine.notification_log.select(start=1, limit=10)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory, NotSupportedError, TrackingRecorder
from eventsourcing.utils import Environment

if TYPE_CHECKING:
    from eventsourcing.persistence import Mapper
    from eventsourcing.utils import EnvType

    from freezecase.app.stores.recorder import LedgerRecorder

__all__ = ["Engine"]


class Engine(Application[UUID]):
    """The engine's application over our store and our mapper; closing it closes the store."""

    def __init__(self, store: LedgerRecorder, *, mapper: Mapper[UUID]) -> None:
        """Take what the engine would make for itself out of environment variables."""
        self._given_store, self._given_mapper = store, mapper
        super().__init__()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Leave the process's environment out: the engine lets it override every setting."""
        return Environment(name, dict(env or {}))

    def construct_factory(self, env: Environment) -> InfrastructureFactory[TrackingRecorder]:
        """Give the engine a factory that has one thing to hand out."""
        return _Factory(self._given_store, env)

    def construct_mapper(self) -> Mapper[UUID]:
        """Use the given mapper."""
        return self._given_mapper


class _Factory(InfrastructureFactory[TrackingRecorder]):
    """Hands out the store; nothing else of the engine's keeps anything in our database."""

    def __init__(self, store: LedgerRecorder, env: Environment) -> None:
        super().__init__(env)
        self._store = store

    def application_recorder(self) -> LedgerRecorder:
        return self._store

    def aggregate_recorder(self, purpose: str = "events") -> NoReturn:
        raise NotSupportedError(f"a ledger keeps no {purpose} beside its records")

    def tracking_recorder(self, tracking_recorder_class: Any = None) -> NoReturn:
        raise NotSupportedError("a ledger keeps no tracking positions: keep them in the view")

    def process_recorder(self) -> NoReturn:
        raise NotSupportedError("a ledger keeps no tracking positions: keep them in the view")

    def close(self) -> None:
        self._store.close()
