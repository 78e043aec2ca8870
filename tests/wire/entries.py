"""Records that Hypothesis makes up, and how one is tampered with."""

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent
from freezecase.core.values import Instant
from freezecase.testing.strategies import actors, commands, events, instants, rulings, values
from freezecase.wire.shapes import Asked, Entry, Source

Data = dict[str, Any]


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
