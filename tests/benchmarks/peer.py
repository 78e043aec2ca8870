"""The peer: the `eventsourcing` package as it comes, keeping the same facts its own way."""

from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from freezecase.wire.converter import plain
from freezecase.wire.shapes import Entry


class PeerCase(Aggregate):
    """A case that remembers what kind of thing happened last."""

    @event("Opened")
    def __init__(self) -> None:
        """Open the case."""
        self.happened: list[str] = []

    @event("Happened")
    def happen(
        self, kind: str, actor: Any, command_id: UUID, occurred_at: datetime, data: Any, asked: Any
    ) -> None:
        """Remember one more thing."""
        self.happened.append(kind)


class PeerBook(Application[UUID]):
    """An application over the peer's own recorders and its JSON."""


def facts(name: str, entry: Entry) -> dict[str, Any]:
    """Return what the entry says in the types that the peer's JSON knows."""
    asked = None
    if entry.asked is not None:
        asked = {"command": plain(entry.asked.command), "ruling": plain(entry.asked.ruling)}
    return {
        "kind": name,
        "actor": plain(entry.actor),
        "command_id": entry.command_id,
        "occurred_at": entry.occurred_at,
        "data": plain(entry.event),
        "asked": asked,
    }


def play(named: list[tuple[str, Entry]]) -> PeerCase:
    """Return a case of the peer in which the same things happened."""
    case = PeerCase()
    for name, entry in named:
        case.happen(**facts(name, entry))
    return case


def keep(book: PeerBook, case: PeerCase) -> None:
    """Save a case a few events at a time: larger saves can hang in the peer's PostgreSQL recorder.

    Its pipeline fills the socket and then waits for a reply that cannot come.
    """
    events = case.collect_events()
    for start in range(0, len(events), 50):
        book.save(*events[start : start + 50])


def sqlite_peer(path: str) -> PeerBook:
    """Return the peer over an SQLite file."""
    return PeerBook({"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": path})


def postgres_peer(url: str) -> PeerBook:
    """Return the peer over PostgreSQL."""
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(url)
    return PeerBook(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(parts["dbname"]),
            "POSTGRES_HOST": str(parts["host"]),
            "POSTGRES_PORT": str(parts.get("port") or 5432),
            "POSTGRES_USER": str(parts.get("user") or "postgres"),
            "POSTGRES_PASSWORD": str(parts.get("password") or "-"),
            "ORIGINATOR_ID_TYPE": "uuid",
        }
    )
