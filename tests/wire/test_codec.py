"""What was written is read back, to the letter; what nobody wrote is not."""

import builtins
import importlib
import json
from datetime import date
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freezecase.core.checked import replace
from freezecase.core.commands import ASKED_AS, CloseCase, Command
from freezecase.core.events import STORED_AS, CaseEvent
from freezecase.errors import UnknownName
from freezecase.testing.strategies import commands, events
from freezecase.wire import codec
from freezecase.wire.codec import audit_entry, command_id_of, encode, read_entry, read_event
from freezecase.wire.names import COMMANDS, EVENTS, command_named, event_named
from freezecase.wire.shapes import Asked, Entry
from tests.core import samples
from tests.core.test_resolved import LONDON
from tests.wire.entries import (
    ENTRY,
    FEW,
    NAME,
    READERS,
    STATE,
    WHOLE,
    asked,
    changed,
    entries,
)

# --- round trips ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", STORED_AS, ids=lambda kind: kind.__name__)
def test_every_kind_of_event_is_read_back(kind: type[CaseEvent]) -> None:
    """Whatever an event says, every reader finds it, and the bytes are its one spelling."""

    @FEW
    @given(entries(events(kind), st.none()))
    def holds(entry: Entry) -> None:
        name, state = encode(entry)
        assert entry.event == read_event(name, state)
        assert entry.command_id == command_id_of(name, state)
        assert entry == read_entry(name, state) == audit_entry(name, state)
        assert (name, state) == encode(read_entry(name, state))

    holds()


@pytest.mark.parametrize("kind", ASKED_AS, ids=lambda kind: kind.__name__)
def test_every_kind_of_command_is_read_back(kind: type[Command]) -> None:
    """A command and its ruling are read back with the first record of their turn."""

    @FEW
    @given(asked(kind))
    def holds(question: Asked) -> None:
        entry = Entry(
            event=ENTRY.event,
            actor=ENTRY.actor,
            occurred_at=ENTRY.occurred_at,
            command_id=ENTRY.command_id,
            asked=question,
        )
        assert entry == audit_entry(*encode(entry))

    holds()


@settings(max_examples=60)
@given(entries())
def test_bytes_are_what_rfc_8785_makes_of_the_same(entry: Entry) -> None:
    """Keys in order and in ASCII, no blanks, no floats, whole numbers below 2**53."""

    def look(value: Any, inside: str = "") -> None:
        if isinstance(value, dict):
            assert inside == "facts" or all(key.isascii() for key in value)
            for key, inner in value.items():
                look(inner, key)
        elif isinstance(value, list):
            for inner in value:
                look(inner)
        elif isinstance(value, int):
            assert abs(value) < 2**53

    state = encode(entry)[1]
    data = json.loads(state, parse_float=_no_floats)
    look(data)
    again = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert state.decode() == again


def _no_floats(text: str) -> float:
    raise AssertionError(f"`{text}` is a float")


def test_what_a_calendar_remembers_is_not_written() -> None:
    """The bytes of a ruling are the same before and after somebody counted on its calendars."""
    calendar = replace(LONDON)  # one that nobody counted on yet
    ruling = replace(samples.ALLOWED, calendars=(calendar,))
    entry = attrs.evolve(ENTRY, asked=Asked(command=samples.COMMANDS[CloseCase], ruling=ruling))
    before = encode(entry)
    assert calendar.why_off(date(2026, 12, 25)).name == "Christmas Day"
    assert date(2026, 12, 26) in calendar.off
    assert before == encode(entry)
    read = read_entry(*before).asked
    assert read is not None
    assert calendar.off == read.ruling.calendars[0].off


def test_what_has_no_spelling_is_no_part_of_a_record() -> None:
    """A value that JSON has no form for is refused before anything is written."""
    nobody: Any = object()
    entry = attrs.evolve(ENTRY, actor=nobody)
    with pytest.raises(TypeError, match="a record cannot hold a `object`"):
        encode(entry)


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "os.system", "freeze-imposed", "freeze-imposed.v2", "NAME"])
def test_an_unknown_name_is_an_error(name: str) -> None:
    """The registry is closed: what is not in it cannot be read, and is named with its place."""
    for read in READERS:
        with pytest.raises(UnknownName, match=f"unknown stored name `{name}` at here") as unknown:
            read(name, STATE, "here")
        assert unknown.value.name == name
    state = changed(STATE, lambda public: public["asked"].update(name=name))
    for read in WHOLE:
        with pytest.raises(UnknownName, match=f"unknown stored name `{name}` at here"):
            read(NAME, state, "here")


def test_names_are_looked_up_and_never_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a database holds as a name, reading it imports nothing."""

    def forbidden(*_args: Any, **_more: Any) -> Any:
        raise AssertionError("reading a record imported something")

    with monkeypatch.context() as patch:
        patch.setattr(importlib, "import_module", forbidden)
        patch.setattr(builtins, "__import__", forbidden)
        for name in ("freezecase.core.events:FreezeImposed", "os:system", "builtins.eval"):
            with pytest.raises(UnknownName):
                read_entry(name, STATE)
            with pytest.raises(UnknownName):
                command_named(name, "here")


def test_every_name_has_one_class_and_says_its_version() -> None:
    """Names are lower-case words with a version; events and commands share none."""
    assert {event_named(name, ""): name for name in EVENTS} == STORED_AS
    assert {command_named(name, ""): name for name in COMMANDS} == ASKED_AS
    assert EVENTS.keys().isdisjoint(COMMANDS)
    for name in (*EVENTS, *COMMANDS):
        word, _, version = name.rpartition(".v")
        assert word.replace("-", "").islower()
        assert int(version) >= 1


def test_a_reader_is_made_once_for_each_name() -> None:
    """Making a decoder is slow; the second record of a kind uses the first one's."""
    made = codec._QUICK.of(NAME, "here")
    assert codec._QUICK.of(NAME, "here") is made
    assert UUID(int=1) == command_id_of(NAME, STATE)


@FEW
@given(commands())
def test_what_is_asked_is_stored_under_its_name(command: Command) -> None:
    """The name of a command stands beside it."""
    question = Asked(command=command, ruling=samples.ALLOWED)
    entry = Entry(
        event=ENTRY.event,
        actor=ENTRY.actor,
        occurred_at=ENTRY.occurred_at,
        command_id=ENTRY.command_id,
        asked=question,
    )
    assert json.loads(encode(entry)[1])["d"]["asked"]["name"] == ASKED_AS[type(command)]
