"""A record, records that Hypothesis makes up, and how one is tampered with."""

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent
from freezecase.core.values import Instant
from freezecase.testing.strategies import actors, commands, events, instants, rulings, values
from freezecase.wire.codec import audit_entry, command_id_of, encode, read_entry, read_event
from freezecase.wire.names import COMMANDS, EVENTS
from freezecase.wire.shapes import Asked, Entry, Source
from tests.core import samples

Data = dict[str, Any]

FEW = settings(max_examples=8)
NAME = "freeze-imposed.v1"
ENTRY = Entry(
    event=samples.EVENTS[EVENTS[NAME]],
    actor=samples.ANA,
    occurred_at=samples.NOW,
    command_id=samples.CASE,
    asked=Asked(command=samples.COMMANDS[COMMANDS["impose-freeze.v1"]], ruling=samples.ALLOWED),
    source=Source(log="log", id="7", row=7, digest="sha256:" + "0" * 64),
)
STATE = encode(ENTRY)[1]
READERS = (read_event, read_entry, audit_entry, command_id_of)
WHOLE = (read_entry, audit_entry)


def asked(kind: type[Command] | None = None) -> SearchStrategy[Asked]:
    """A command of *kind*, or of any, with a ruling."""
    return st.builds(Asked, command=commands(kind), ruling=rulings())


def entries(
    event: SearchStrategy[CaseEvent] | None = None,
    question: SearchStrategy[Asked | None] | None = None,
) -> SearchStrategy[Entry]:
    """Everything a record may say."""
    when: SearchStrategy[Instant] = instants()
    return st.builds(
        Entry,
        event=events() if event is None else event,
        actor=actors(),
        occurred_at=when,
        command_id=st.uuids(),
        asked=st.none() | asked() if question is None else question,
        cause=st.none() | st.integers(1, 9),
        source=st.none() | values(Source),
    )


def changed(state: bytes, change: Callable[[Data], object]) -> bytes:
    """The bytes of a record after *change* was made to its public part, keys in order."""
    data = msgspec.json.decode(state)
    change(data["d"])
    return msgspec.json.encode(data, order="sorted")
