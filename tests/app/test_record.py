"""A record says what happened, who did it, when, and why it was allowed."""

from uuid import UUID

import attrs
import pytest

from freezecase.app.clock import instant_of, micros_of
from freezecase.app.record import Record, where
from freezecase.errors import Unreadable
from freezecase.wire.codec import encode
from freezecase.wire.shapes import Asked, Entry, Source
from tests.core import samples

SOURCE = Source(log="log", id="7", row=7, digest="sha256:" + "0" * 64)
EVENT, COMMAND = next(iter(samples.EVENTS.values())), next(iter(samples.COMMANDS.values()))
FIRST = Entry(
    event=EVENT,
    actor=samples.ENGINE,
    occurred_at=samples.NOW,
    command_id=UUID(int=9),
    asked=Asked(command=COMMAND, ruling=samples.ALLOWED),
)
LATER = attrs.evolve(FIRST, asked=None, cause=1, source=SOURCE)


def stored(entry: Entry, version: int) -> Record:
    """The record as it is read from its row."""
    recorded = micros_of(samples.LATER)
    return Record.of(samples.CASE, (version, *encode(entry), 41 + version, recorded))


def test_the_first_record_of_a_turn_carries_what_was_asked_and_answered() -> None:
    """Enough to make the decision again."""
    record = stored(FIRST, 1)
    assert (record.case, record.version, record.index) == (samples.CASE, 1, 42)
    assert (record.kind, record.name) == ("freeze-imposed", "freeze-imposed.v1")
    assert (record.event, record.actor) == (EVENT, samples.ENGINE)
    assert (record.command, record.ruling) == (COMMAND, samples.ALLOWED)
    assert (record.cause, record.source) == (None, None)
    assert (record.occurred_at, record.recorded_at) == (samples.NOW, samples.LATER)
    assert record.recorded_at == instant_of(micros_of(samples.LATER))


def test_the_others_point_to_it() -> None:
    """They carry neither command nor ruling, but the version that does."""
    record = stored(LATER, 2)
    assert (record.command, record.ruling, record.cause) == (None, None, 1)
    assert (record.command_id, record.source) == (UUID(int=9), SOURCE)


def test_a_record_is_read_thoroughly() -> None:
    """A row whose bytes hide a key is refused, and named by case and version."""
    name, state = encode(FIRST)
    state = state.replace(b'"actor":{', b'"actor":{"a":1,')
    with pytest.raises(Unreadable, match=f"case `{samples.CASE}` version 3: .* key `a`"):
        Record.of(samples.CASE, (3, name, state, 7, 7))
    assert where(samples.CASE, 3) == f"case `{samples.CASE}` version 3"
