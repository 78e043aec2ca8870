"""Bytes that were once stored are read for ever, to the letter."""

from pathlib import Path

import msgspec
import pytest

from freezecase.core.commands import ASKED_AS
from freezecase.core.events import STORED_AS
from freezecase.core.streams import STREAM_EVENTS
from freezecase.wire.codec import audit_entry, command_id_of, encode, read_event
from freezecase.wire.upcast import UPCASTS
from tests.core.samples import CASE
from tests.golden import make
from tests.house.source import place

EVENTS = sorted((make.FOLDER / "events").glob("*.json"))
COMMANDS = sorted((make.FOLDER / "commands").glob("*.json"))
BESIDE = sorted((make.FOLDER / "beside").glob("*.json"))
REFUSED = "attempt-refused.v1"


def names(paths: list[Path]) -> set[str]:
    """The stored names that these files are about."""
    return {path.name.removesuffix(".json") for path in paths}


@pytest.mark.parametrize("path", [*EVENTS, *BESIDE], ids=place)
def test_an_event_is_read_and_spelt_as_it_was(path: Path) -> None:
    """The golden bytes are read by every reader, and written again byte for byte."""
    name, state = path.name.removesuffix(".json"), path.read_bytes()
    entry = audit_entry(name, state)
    assert entry.event == read_event(name, state)
    assert command_id_of(name, state) == CASE
    assert name in UPCASTS or encode(entry) == (name, state)


@pytest.mark.parametrize("path", COMMANDS, ids=place)
def test_a_command_is_read_and_spelt_as_it_was(path: Path) -> None:
    """The golden bytes of a command are read with its ruling, and written again the same."""
    name, state = path.name.removesuffix(".json"), path.read_bytes()
    entry = audit_entry(REFUSED, state)
    assert entry.asked is not None
    assert not entry.asked.ruling.allowed
    if name not in UPCASTS and REFUSED not in UPCASTS:
        assert ASKED_AS[type(entry.asked.command)] == name
        assert encode(entry) == (REFUSED, state)


def test_every_name_that_was_ever_stored_has_golden_bytes() -> None:
    """Every name that is written today, and every one that was left behind."""
    old = set(UPCASTS)
    today = {*STORED_AS.values(), *STREAM_EVENTS.values(), *ASKED_AS.values()}
    assert names(EVENTS) | names(BESIDE) | names(COMMANDS) == today | old


def test_no_event_is_stored_under_the_name_of_a_command() -> None:
    """So that one table of old names serves both."""
    assert names(EVENTS).isdisjoint(names(COMMANDS))
    assert names(BESIDE).isdisjoint(names(EVENTS) | names(COMMANDS))


@pytest.mark.parametrize("path", [*EVENTS, *BESIDE, *COMMANDS], ids=place)
def test_every_field_says_something_in_the_golden_bytes(path: Path) -> None:
    """A field that is null in the golden bytes is pinned by none; of two only one may speak."""
    public = msgspec.json.decode(path.read_bytes())["d"]
    said = public["asked"]["command"] if path in COMMANDS else public["event"]
    assert {name for name, value in said.items() if value is None} <= {"appeal_to", "bar"}


@pytest.mark.parametrize("path", COMMANDS, ids=place)
def test_every_part_of_a_ruling_says_something_in_the_golden_bytes(path: Path) -> None:
    """What is empty or null in them is pinned by none."""
    ruling = msgspec.json.decode(path.read_bytes())["d"]["asked"]["ruling"]
    assert [name for name, value in ruling.items() if value in (None, [], {})] == []
    calendars = ruling["calendars"]
    assert all(any(calendar[name] for calendar in calendars) for name in calendars[0])


def test_a_file_that_is_there_is_never_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Making golden bytes adds what is missing, and leaves alone what is there."""
    monkeypatch.setattr(make, "FOLDER", tmp_path)
    there = tmp_path / "events" / "freeze-upheld.v1.json"
    there.parent.mkdir()
    there.write_bytes(b"as it was")
    make.main()
    assert there.read_bytes() == b"as it was"
    assert (
        len(capsys.readouterr().out.splitlines()) == len(names([*EVENTS, *BESIDE, *COMMANDS])) - 1
    )
    make.main()
    assert capsys.readouterr().out == ""
