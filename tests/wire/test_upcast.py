"""Old versions are read for ever: as what they say today, and to the letter as they were."""

from typing import Any

import msgspec
import pytest

from freezecase.core.commands import AssignCase
from freezecase.core.events import CaseAssigned
from freezecase.errors import UnknownName, Unreadable
from freezecase.wire.codec import audit_entry, command_id_of, encode, read_entry, read_event
from freezecase.wire.shapes import Asked, Entry
from freezecase.wire.upcast import UPCASTS, upcast
from tests.core import samples
from tests.wire.entries import changed

ENTRY = Entry(
    event=CaseAssigned(to="staff:ana"),
    actor=samples.ANA,
    occurred_at=samples.NOW,
    command_id=samples.CASE,
    asked=Asked(command=AssignCase(samples.CASE, to="staff:ana"), ruling=samples.ALLOWED),
)
NEWEST, STATE = encode(ENTRY)
OLD, OLDEST = "case-owned.v2", "case-owned.v1"
OLD_COMMAND = "own-case.v1"
READERS = (read_event, read_entry, audit_entry)


def of_version(event: dict[str, Any], **command: Any) -> bytes:
    """The record as an older version of the library would have written it."""

    def change(public: dict[str, Any]) -> None:
        public["event"] = event
        public["asked"] |= command

    return changed(STATE, change)


V1 = of_version({"owner": "ana"})
V2 = of_version({"owner": "staff:ana"})
V3 = of_version({"to": "staff:ana"})


@pytest.fixture(autouse=True)
def _history(monkeypatch: pytest.MonkeyPatch) -> None:
    """A past: first the owner was a name, then a person, then it was called `to`."""
    table: Any = UPCASTS
    first, second = "case-owned.v1", "case-owned.v2"
    monkeypatch.setitem(
        table, first, (second, lambda old: old | {"owner": f"staff:{old['owner']}"})
    )
    monkeypatch.setitem(table, second, (NEWEST, lambda old: {"to": old["owner"]}))
    monkeypatch.setitem(
        table,
        OLD_COMMAND,
        ("assign-case.v1", lambda old: {"case": old["case"], "to": old["owner"]}),
    )


def test_one_version_is_made_new_after_the_other() -> None:
    """The table is walked from the oldest name to the newest."""
    assert upcast(OLDEST, {"owner": "ana"}) == (NEWEST, {"to": "staff:ana"})
    assert upcast(OLD, {"owner": "staff:ana"}) == (NEWEST, {"to": "staff:ana"})
    assert upcast(NEWEST, {"to": "staff:ana"}) == (NEWEST, {"to": "staff:ana"})


@pytest.mark.parametrize(("name", "state"), [(OLDEST, V1), (OLD, V2), (NEWEST, V3)])
def test_every_reader_reads_every_version(name: str, state: bytes) -> None:
    """Quick, whole and thorough: they all see the event of today."""
    assert read_event(name, state) == ENTRY.event
    assert read_entry(name, state) == audit_entry(name, state) == ENTRY
    assert command_id_of(name, state) == samples.CASE


def test_a_command_of_an_old_version_is_read() -> None:
    """Commands are stored too, and their names are left behind like any others."""
    was = {"case": str(samples.CASE), "owner": "staff:ana"}
    for name, event in ((NEWEST, {"to": "staff:ana"}), (OLDEST, {"owner": "ana"})):
        state = of_version(event, name=OLD_COMMAND, command=was)
        assert read_entry(name, state) == audit_entry(name, state) == ENTRY


BAD: dict[str, tuple[bytes, str]] = {
    "text for an object": (of_version({"owner": "a b"}), "to cannot be `'staff:a b'`"),
    "a key that the change needs": (of_version({}), "it is not what `case-owned.v1` was"),
    "an event that is none": (changed(V1, lambda d: d.update(event=7)), "it is not what"),
    "no event": (changed(V1, lambda d: d.pop("event")), r"no event - at `\$\.d\.event`"),
    "nothing": (b"{}", "no event"),
    "a list": (b"[]", "no event"),
    "cut short": (V1[:-5], "truncated"),
    "a key of the envelope": (changed(V1, lambda d: d.update(x=1)), "unknown field `x`"),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_was_made_new_is_as_strict_as_the_new(bad: str) -> None:
    """A change does not open a back door: what it gives is read strictly, and named."""
    state, why = BAD[bad]
    for read in READERS:
        with pytest.raises(Unreadable, match=f"cannot read `case-owned.v1` at here: .*{why}"):
            read(OLDEST, state, "here")


def test_a_change_that_leaves_a_key_over_is_found() -> None:
    """An extra key of an old event goes through the change, and no further."""
    state = of_version({"owner": "ana", "x": 1})
    table: Any = UPCASTS
    table[OLD] = (NEWEST, lambda old: {"to": old["owner"], "x": old["x"]})
    with pytest.raises(Unreadable, match=r"extra fields found \(x\)"):
        read_event(OLDEST, state)


def test_a_change_may_leave_out_what_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the new version takes by default an old record need not say."""
    table: Any = UPCASTS
    monkeypatch.setitem(table, "joined.v1", ("enforcement-confirmed.v1", lambda _old: {}))
    assert read_event("joined.v1", of_version({"x": 1})) == samples.EVENTS[type(CONFIRMED)]


CONFIRMED = next(e for e in samples.EVENTS.values() if type(e).__name__ == "EnforcementConfirmed")


@pytest.mark.parametrize(
    "state",
    [
        V1.replace(b'"actor":{', b'"actor":{"x":1,'),
        V1.replace(b'"owner":', b'"owner":"eve","owner":'),
        V1.replace(b'"owner":', b'"owner": '),
        msgspec.json.encode(dict(reversed(msgspec.json.decode(V1)["d"].items()))).join(
            [b'{"d":', b"}"]
        ),
    ],
    ids=["a key of the actor", "a key twice", "a blank", "another order"],
)
def test_nothing_hides_in_an_old_record(state: bytes) -> None:
    """One spelling is asked of old records too: that of their own day."""
    assert read_event(OLDEST, state) == ENTRY.event
    with pytest.raises(Unreadable):
        audit_entry(OLDEST, state)


def test_a_name_that_leads_nowhere_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that ends in a name that nothing reads is an error that names it."""
    table: Any = UPCASTS
    monkeypatch.setitem(table, "lost.v1", ("lost.v2", lambda old: old))
    with pytest.raises(UnknownName, match=r"unknown stored name `lost\.v2` at here"):
        read_event("lost.v1", V1, "here")
    state = of_version({"to": "staff:ana"}, name="lost.v1")
    with pytest.raises(UnknownName, match=r"unknown stored name `lost\.v2` at here"):
        read_entry(NEWEST, state, "here")
