"""Records spelt from pieces are the records that `encode` spells whole."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase import Actor
from freezecase.core.events import CaseEvent, HarmRecorded, NoticeSent
from freezecase.testing.strategies import actors, events
from freezecase.wire import stencil
from freezecase.wire.codec import audit_entry, encode
from freezecase.wire.shapes import Entry, Source
from freezecase.wire.stencil import Stencil

DIGEST = "sha256:" + "0" * 64
INSTANTS = st.datetimes(timezones=st.just(UTC), min_value=datetime(1, 1, 1))  # noqa: DTZ001 - given apart
LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20
)


@given(events(), actors(), INSTANTS, st.uuids(), LINES, LINES, st.integers(1, 10**9))
def test_a_record_of_pieces_is_the_record(
    event: CaseEvent, actor: Actor, at: datetime, command: UUID, log: str, row: str, number: int
) -> None:
    """Byte for byte, the first time and when the pieces are remembered."""
    source = Source(log=log, id=row, row=number, digest=DIGEST)
    entry = Entry(event=event, actor=actor, occurred_at=at, command_id=command, source=source)
    spell = Stencil(log)

    for _ in range(2):
        made = spell.record(event, actor, at, str(command), spell.source(row, number, DIGEST))
        assert made == encode(entry)


AT = datetime(2025, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ['","command_id":"', '"command_id":"00000000-0000-0000-0000-000000000000"']
)
def test_no_text_can_pass_for_a_hole(text: str) -> None:
    event = HarmRecorded(harm="x", description=text)
    actor = Actor.staff("00000000-0000-0000-0000-000000000000")
    spell = Stencil("log")

    name, state = spell.record(event, actor, AT, str(UUID(int=7)), spell.source("1", 2, DIGEST))

    assert audit_entry(name, state).event == event


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events that are gone never lend their pieces to others, however many there are."""
    monkeypatch.setattr(stencil, "_REMEMBERED", 2)
    spell, actor = Stencil("log"), Actor.system("x")
    source = spell.source("1", 2, DIGEST)

    for n in range(20):
        event = NoticeSent(notice=f"n{n}", channel="letter")  # type: ignore[arg-type]
        name, state = spell.record(event, actor, AT, str(UUID(int=n)), source)
        assert audit_entry(name, state).event == event
