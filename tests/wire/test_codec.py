"""What was written is read back, to the letter; what nobody wrote is not."""

import builtins
import importlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import attrs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freezecase.core.commands import ASKED_AS, Command
from freezecase.core.events import STORED_AS, CaseEvent
from freezecase.errors import RecordError, UnknownName, Unreadable
from freezecase.testing.strategies import commands, events, rulings, values
from freezecase.wire import codec
from freezecase.wire.codec import audit_entry, command_id_of, encode, read_entry, read_event
from freezecase.wire.converter import plain, structured
from freezecase.wire.names import COMMANDS, EVENTS, command_named, event_named
from freezecase.wire.shapes import Asked, Entry, Source
from tests.core import samples
from tests.wire.entries import Data, asked, changed, entries

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


def test_what_has_no_spelling_is_no_part_of_a_record() -> None:
    """A value that JSON has no form for is refused before anything is written."""
    nobody: Any = object()
    entry = attrs.evolve(ENTRY, actor=nobody)
    with pytest.raises(TypeError, match="a record cannot hold a `object`"):
        encode(entry)


# --- the two engines -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*STORED_AS, *ASKED_AS], ids=lambda kind: kind.__name__)
def test_both_engines_read_and_write_the_same(kind: type[Any]) -> None:
    """What msgspec makes of a value, cattrs makes of it too, and both read it back."""

    @FEW
    @given(values(kind))
    def holds(value: Any) -> None:
        fast = msgspec.json.encode(value, order="sorted")
        assert json.loads(fast) == plain(value)
        assert {type(part) for part in parts(plain(value))} <= {str, int, bool, type(None)}
        assert structured(plain(value), kind, "n", "here") == value
        assert msgspec.json.decode(fast, type=kind) == value

    holds()


def parts(data: Any) -> list[Any]:
    """The leaves of plain data: lists and dicts are of just these types."""
    if type(data) is dict:
        return [leaf for inner in data.values() for leaf in parts(inner)]
    return [leaf for inner in data for leaf in parts(inner)] if type(data) is list else [data]


@FEW
@given(rulings())
def test_both_engines_agree_on_rulings(ruling: Any) -> None:
    """The ruling too, with whatever facts it holds."""
    assert structured(plain(ruling), type(ruling), "n", "here") == ruling


MISREAD: dict[str, tuple[str, Any]] = {
    "text for a number": ("appeal-filed.v1", {"contests": "7"}),
    "a float for a number": ("appeal-filed.v1", {"contests": 7.5}),
    "yes for a number": ("appeal-filed.v1", {"contests": True}),
    "a number below the least": ("appeal-filed.v1", {"contests": 0}),
    "a number for a text": ("freeze-upheld.v1", {"reason": 7}),
    "nothing for a text": ("freeze-upheld.v1", {"reason": None}),
    "a number for a word": ("check-failed.v1", {"appeal_to": 1}),
    "a number for yes": ("reply-sent.v1", {"human": 1}),
    "a word that is none": ("freeze-imposed.v1", {"ground": "whim"}),
    "an instant without a zone": ("freeze-renewed.v1", {"until": "2026-01-05T09:00:00"}),
    "an instant in another zone": ("freeze-renewed.v1", {"until": "2026-01-05T09:00:00+02:00"}),
    "a day for an instant": ("freeze-renewed.v1", {"until": "2026-01-05"}),
    "a number for an instant": ("freeze-renewed.v1", {"until": 1767603600}),
    "a text for a list": ("attempt-refused.v1", {"rules": "ab"}),
    "an object for a list": ("attempt-refused.v1", {"rules": {"a": 1}}),
    "a list for an object": ("freeze-imposed.v1", {"scope": []}),
    "a float for money": ("funds-forfeited.v1", {"amount": {"asset": "BTC", "units": 0.15}}),
    "a number for money": ("funds-forfeited.v1", {"amount": {"asset": "BTC", "units": 2}}),
    "money in exponents": ("funds-forfeited.v1", {"amount": {"asset": "BTC", "units": "1e3"}}),
    "an empty account": ("freeze-imposed.v1", {"account": ""}),
    "an e-mail address": ("freeze-imposed.v1", {"account": "ana@example.org"}),
    "a consequence that is none": ("obligation-opened.v1", {"obligation": 7}),
    "capabilities out of order": (
        "freeze-imposed.v1",
        {"scope": {"amount": None, "assets": [], "capabilities": ["transfer", "card"]}},
    ),
}


@pytest.mark.parametrize("bad", MISREAD)
def test_both_engines_refuse_the_same(bad: str) -> None:
    """What the fast engine refuses, the describing one refuses too, and both name the field."""
    name, wrong = MISREAD[bad]
    kind = EVENTS[name]
    data = plain(samples.EVENTS[kind]) | wrong
    field = next(iter(wrong))
    with pytest.raises(Unreadable, match=field):
        structured(data, kind, name, "here")
    state = changed(encode(ENTRY)[1], lambda public: public.update(event=data))
    with pytest.raises(Unreadable, match=r"case 7 version 2: .*" + field):
        read_event(name, state, "case 7 version 2")


# --- what nobody wrote ---------------------------------------------------------------------------


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
