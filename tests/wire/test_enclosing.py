"""What surrounds the public part of a record: sections and a salt, in one spelling."""

from itertools import cycle
from uuid import UUID

import attrs
import pytest

from freezecase.core.personal import personal, texts_of
from freezecase.errors import Unreadable
from freezecase.wire.codec import audit_entry, encode, read_entry, read_event
from freezecase.wire.enclosing import enclosed, sections_in, surrounding
from freezecase.wire.sealing import filled, placeholders, taken_out, texts_in
from freezecase.wire.shapes import Asked, Entry
from tests.core import samples

ENTRIES = [
    Entry(
        event=event,
        actor=samples.ANA,
        occurred_at=samples.NOW,
        command_id=UUID(int=9),
        asked=Asked(command=command, ruling=samples.ALLOWED),
    )
    for event, command in zip(samples.EVENTS.values(), cycle(samples.COMMANDS.values()))
]
SECTION = {"a": "operations", "ct": "AA==", "k": "key-1", "kc": "AA==", "n": "AA=="}
SALT = bytes(16)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: type(entry.event).__name__)
def test_what_surrounds_a_record_changes_nothing_of_it(entry: Entry) -> None:
    """It is read as it was before, quickly and thoroughly, and what was put around it is found."""
    name, state = encode(entry)
    for sections in ((), (SECTION,), (SECTION, SECTION)):
        stored = enclosed(state, sections, SALT)
        assert stored.startswith(state[:-1])
        assert surrounding(name, stored, "here") == (state, tuple(sections))
        assert sections_in(name, stored, "here") == tuple(sections)
        assert read_entry(name, stored) == audit_entry(name, stored) == entry
        assert read_event(name, stored) == entry.event


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: type(entry.event).__name__)
def test_texts_are_taken_out_and_put_back(entry: Entry) -> None:
    """What is left has placeholders, and with the texts again it is what it was."""
    public, texts = taken_out(entry)
    said = {path: text for each in texts.values() for path, text in each.items()}
    left = {path for each in placeholders(public).values() for path in each}
    assert left == said.keys()
    assert filled(public, said) == entry
    assert taken_out(public)[0] == public
    assert all(text.encode() not in encode(public)[1] for text in said.values())


def test_a_record_that_follows_another_has_texts_of_its_event_alone() -> None:
    """It holds no command: that stands in the first record of the turn."""
    entry = attrs.evolve(next(one for one in ENTRIES if texts_of(one.event)), asked=None)
    public, texts = taken_out(entry)
    said = {path: text for each in texts.values() for path, text in each.items()}
    assert {path.partition(".")[0] for path in said} == {"event"}
    assert filled(public, said) == entry


def test_a_path_says_where_a_text_stands() -> None:
    """In the event, or in the command that led to it."""
    paths = {path for entry in ENTRIES for each in taken_out(entry)[1].values() for path in each}
    assert {path.partition(".")[0] for path in paths} == {"event", "command"}
    event = next(entry.event for entry in ENTRIES if personal(type(entry.event)))
    assert all(path.startswith("x.") for each in texts_in("x.", event).values() for path in each)


def test_what_holds_texts_of_its_own_has_no_placeholders() -> None:
    """So a record that was written in the clear is not taken for a sealed one."""
    clear = next(entry for entry in ENTRIES if taken_out(entry)[1])
    assert placeholders(clear) == {}


def stored() -> tuple[str, bytes]:
    """A record with a section and a salt."""
    name, state = encode(ENTRIES[0])
    return name, enclosed(state, (SECTION,), SALT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b',"z":"AAAAAAAAAAAAAAAAAAAAAA=="', b',"z":"AAAAAAAAAAAAAAAAAAAAAB=="'),
        (b',"z":"AAAAAAAAAAAAAAAAAAAAAA=="', b',"z":"AAAA"'),
        (b',"z":"AAAAAAAAAAAAAAAAAAAAAA=="', b',"z": "AAAAAAAAAAAAAAAAAAAAAA=="'),
        (b',"z":"AAAAAAAAAAAAAAAAAAAAAA=="', b',"z":1'),
        (b'"a":"operations",', b""),
        (b'"a":"operations",', b'"a":"operations","b":"",'),
        (b'"a":"operations","ct":"AA==",', b'"ct":"AA==","a":"operations",'),
        (b',"s":[{', b',"s":[],"s":[{'),
        (b'"}],"z"', b'"}] ,"z"'),
        (b'"k":"key-1"', b'"k":"key-1","k":"key-1"'),
    ],
)
def test_another_spelling_around_it_is_refused(old: bytes, new: bytes) -> None:
    """Nothing can hide around a record either: no blank, no other order, nothing twice."""
    name, state = stored()
    changed = state.replace(old, new)
    assert changed != state
    with pytest.raises(Unreadable):
        audit_entry(name, changed)


def test_what_cannot_be_read_has_no_sections() -> None:
    """It is named, as every record is that cannot be read."""
    with pytest.raises(Unreadable, match="at here"):
        sections_in("a.v1", b'{"d":{},"s":[{', "here")
    assert sections_in("a.v1", b"rubbish", "here") == ()
