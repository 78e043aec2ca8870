"""Bytes that nobody wrote are refused, in our words, and nothing hides in a record."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freezecase.errors import RecordError, Unreadable
from freezecase.wire.codec import audit_entry, command_id_of, encode, read_entry, read_event
from freezecase.wire.names import EVENTS
from freezecase.wire.shapes import Entry
from tests.core import samples
from tests.wire.entries import (
    ENTRY,
    NAME,
    READERS,
    STATE,
    WHOLE,
    Data,
    changed,
)


def _bomb(public: Data) -> None:
    nested: list[Any] = []
    for _ in range(200):
        nested = [nested]
    public["event"]["scope"] = nested


BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "cut short": STATE[:-9],
    "something after it": STATE + b"{}",
    "not UTF-8": STATE.replace(b"acct-4711", b"acct-\xff11"),
    "a lone surrogate": STATE.replace(b'"reason":null', b'"reason":"\\ud800"'),
    "a byte of zero": STATE.replace(b"acct-4711", b"acct-\x004711"),
    "an escaped zero": STATE.replace(b"acct-4711", b"acct-\\u00004711"),
    "another kind of file": b"SQLite format 3\x00",
    "a list": b"[]",
    "a number": b"7",
    "no public part": b"{}",
    "an empty public part": b'{"d":{}}',
    "a public part that is none": b'{"d":7}',
    "no event": changed(STATE, lambda public: public.pop("event")),
    "a hundred thousand brackets": b'{"d":' + b"[" * 100_000,
    "nested too deep": changed(STATE, _bomb),
    "not a number": STATE.replace(b'"until":null', b'"until":NaN'),
    "a number of 5,000 digits": STATE.replace(b'"until":null', b'"until":' + b"9" * 5000),
    "a number beyond all": STATE.replace(b'"until":null', b'"until":1e400'),
    "the event of another name": changed(
        STATE, lambda public: public.update(event={"reason": "x", "by": "staff:ana"})
    ),
    "a cause of zero": changed(STATE, lambda public: public.update(cause=0)),
    "an unknown key of the record": changed(STATE, lambda public: public.update(x=1)),
    "an unknown key beside it": STATE.replace(b'{"d":', b'{"e":1,"d":'),
}


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize("broken", BROKEN)
def test_broken_bytes_are_named(broken: str, read: Callable[..., Any]) -> None:
    """Whatever the bytes are, the error is ours, and says what was read and where."""
    with pytest.raises(Unreadable, match=r"cannot read `freeze-imposed\.v1` at case 7 version 2: "):
        read(NAME, BROKEN[broken], "case 7 version 2")


@given(st.binary(max_size=60) | st.integers(0, len(STATE)).map(lambda end: STATE[:end]))
def test_no_bytes_whatever_raise_anything_else(state: bytes) -> None:
    """Bytes of any kind are read, or refused as a record that cannot be read."""
    for read in READERS:
        if state != STATE:
            with pytest.raises(Unreadable):
                read(NAME, state)


@settings(max_examples=200)
@given(st.integers(0, len(STATE) - 1), st.integers(0, 255))
def test_no_changed_byte_raises_anything_else(place: int, byte: int) -> None:
    """A byte that was changed is refused, or read as what it says; there is no third."""
    state = STATE[:place] + bytes([byte]) + STATE[place + 1 :]
    for read in READERS:
        try:
            read(NAME, state)
        except RecordError:
            continue


INNER: dict[str, tuple[Callable[[Data], object], str]] = {
    "event": (lambda d: d["event"].update(x=1), r"unknown key `x`.* at `\$\.d\.event`"),
    "scope": (lambda d: d["event"]["scope"].update(x=1), r"`x`.*`\$\.d\.event\.scope`"),
    "actor": (lambda d: d["actor"].update(x=1), r"`x`.*`\$\.d\.actor`"),
    "command": (lambda d: d["asked"]["command"].update(x=1), r"`x`.*`\$\.d\.asked\.command`"),
    "ruling": (lambda d: d["asked"]["ruling"].update(x=1), r"`x`.*`\$\.d\.asked\.ruling`"),
    "policy": (lambda d: d["asked"]["ruling"]["policy"].update(x=1), r"`x`.*ruling\.policy`"),
    "source": (lambda d: d["source"].update(x=1), r"`x`.*where only `digest`, .*`\$\.d\.source`"),
    "a key left out": (lambda d: d["event"].pop("reason"), r"lacks the key `reason`.*event`"),
    "another spelling": (
        lambda d: d.update(command_id=d["command_id"].replace("-", "")),
        r"should be spelt .* at `\$\.d\.command_id`",
    ),
    "a zero at the end": (
        lambda d: d.update(occurred_at="2026-01-05T09:00:00.000Z"),
        r"should be spelt .* at `\$\.d\.occurred_at`",
    ),
}


@pytest.mark.parametrize("place", INNER)
def test_nothing_hides_from_an_audit(place: str) -> None:
    """What a folding reader reads past, an auditor finds, and says where it is."""
    change, why = INNER[place]
    state = changed(STATE, change)
    assert read_event(NAME, state) == ENTRY.event
    with pytest.raises(Unreadable, match=why):
        audit_entry(NAME, state, "here")


@pytest.mark.parametrize(
    "state",
    [
        STATE.replace(b'"by":', b'"by":"staff:eve","by":'),
        STATE.replace(b'"until":null', b'"until": null'),
        json.dumps(dict(reversed(json.loads(STATE)["d"].items()))).join(['{"d":', "}"]).encode(),
    ],
    ids=["a key twice", "a blank", "another order"],
)
def test_another_writing_of_the_same_is_found(state: bytes) -> None:
    """Bytes that say the same in another way are not what we wrote."""
    assert read_event(NAME, state) == ENTRY.event
    with pytest.raises(Unreadable, match="keys are not in order, or one is there twice"):
        audit_entry(NAME, state)


def test_a_list_that_is_misspelt_is_named_by_its_place() -> None:
    """The first of several that differs is named."""
    event = samples.EVENTS[EVENTS["checks-requested.v1"]]
    entry = Entry(event=event, actor=samples.ANA, occurred_at=samples.NOW, command_id=samples.CASE)
    name, state = encode(entry)
    state = changed(state, lambda public: public["event"]["checks"][0].update(x=1))
    with pytest.raises(Unreadable, match=r"`x`.* at `\$\.d\.event\.checks\[0\]`"):
        audit_entry(name, state)


def test_a_command_id_that_is_none_is_named() -> None:
    """The quick reader takes the id as text; where it is needed it must be one."""
    state = changed(STATE, lambda public: public.update(command_id="seven"))
    assert read_event(NAME, state) == ENTRY.event
    with pytest.raises(Unreadable, match=r"at here: `seven` is no UUID - at `\$\.d\.command_id`"):
        command_id_of(NAME, state, "here")
    for read in WHOLE:
        with pytest.raises(Unreadable, match="command_id"):
            read(NAME, state)


BAD_COMMANDS: dict[str, Callable[[Data], object]] = {
    "text for a scope": lambda d: d["asked"]["command"].update(scope="all"),
    "an empty account": lambda d: d["asked"]["command"].update(account=""),
    "no object": lambda d: d["asked"].update(command=7),
}


@pytest.mark.parametrize("bad", BAD_COMMANDS)
def test_a_command_that_cannot_be_read_is_named(bad: str) -> None:
    """The error names the command's stored name, and where the record is."""
    state = changed(STATE, BAD_COMMANDS[bad])
    with pytest.raises(Unreadable, match=r"cannot read `impose-freeze\.v1` at here: "):
        read_entry(NAME, state, "here")
