"""A demand is read once, and what is read with it is what the plain reader reads."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.core.events import STORED_AS, ObligationOpened
from freezecase.errors import Unreadable
from freezecase.testing.strategies import events
from freezecase.wire import codec, owed
from freezecase.wire.codec import encode, read_entry, read_event
from freezecase.wire.owed import quickly_opened
from freezecase.wire.shapes import Entry
from tests.core import samples
from tests.wire.entries import FEW, Data, changed

NAME = STORED_AS[ObligationOpened]


def spelt(event: Any) -> bytes:
    """The bytes of a record of this event."""
    entry = Entry(event=event, actor=samples.ANA, occurred_at=samples.NOW, command_id=samples.CASE)
    return encode(entry)[1]


OPENED: Any = samples.EVENTS[ObligationOpened]
STATE = spelt(OPENED)


def plainly(state: bytes) -> Any:
    """What the plain reader of events reads."""
    return codec._read_with(codec._QUICK, NAME, state, "an unnamed place").event


@FEW
@given(events(ObligationOpened))
def test_both_readers_read_the_same(event: ObligationOpened) -> None:
    """Whatever is owed: equal, of the same types, down to the spelling."""
    state = spelt(event)
    for _ in range(2):  # the second time the demand is known
        found = quickly_opened(state)
        assert found == plainly(state) == read_event(NAME, state) == event
        assert read_entry(NAME, state).event == found
        assert repr(found) == repr(plainly(state))
        assert type(found) is ObligationOpened
        assert spelt(found) == state


def test_one_demand_is_one_value() -> None:
    """It is made once, however many owe it, and differs as soon as a byte does."""
    first, second = quickly_opened(STATE), quickly_opened(changed(STATE, _put(subject="other")))
    assert first is not None
    assert second is not None
    assert first.obligation.demand is second.obligation.demand
    assert (first.obligation.subject, second.obligation.subject) == (
        OPENED.obligation.subject,
        "other",
    )
    other = quickly_opened(changed(STATE, _put("demand", kind="other")))
    assert other is not None
    assert other.obligation.demand.kind == "other"


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with ever other demands does not fill the memory."""
    monkeypatch.setattr(owed, "KNOWN", 3)
    known: dict[bytes, Any] = {}
    monkeypatch.setattr(owed, "_known", known)
    sizes = []
    for number in range(8):
        quickly_opened(changed(STATE, _put("demand", kind=f"kind-{number}")))
        sizes.append(len(known))
    assert sizes == [1, 2, 3, 1, 2, 3, 1, 2]


def _put(*path: str, **values: object) -> Callable[[Data], object]:
    """A change that puts values into the obligation, or deeper."""

    def change(public: Data) -> None:
        inner = public["event"]["obligation"]
        for step in path:
            inner = inner[step]
        inner.update(values)

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_put(rung=-1), "Obligation.rung cannot be"),
        (_put(rung="1"), "Expected `int`, got `str` - at `$.d.event.obligation.rung`"),
        (_put(due="2026-01-05T09:00:00"), "UTC"),
        (_put(basis="NO WORD"), "Obligation.basis cannot be"),
        (_put("demand", kind="NO WORD"), "Demand.kind cannot be"),
        (_put("demand", ladder=[]), "Demand.ladder cannot be"),
        (_put("demand", then="never"), "`$.d.event.obligation.demand.then`"),
        (_put("demand", met_by="reply-sent"), "`$.d.event.obligation.demand.met_by`"),
    ],
)
def test_what_is_wrong_is_said_by_the_plain_reader(
    change: Callable[[Data], object], words: str
) -> None:
    """The quick way knows only that it is no good; where and why is said as for any record."""
    state = changed(STATE, change)
    assert quickly_opened(state) is None
    with pytest.raises(Unreadable) as quick:
        read_event(NAME, state)
    with pytest.raises(Unreadable) as plain:
        plainly(state)
    assert str(quick.value) == str(plain.value)
    assert words in str(quick.value)


@given(st.binary(max_size=40), st.integers(0, 200))
def test_rubbish_is_rubbish_to_both(rubbish: bytes, cut: int) -> None:
    """Cut short, overwritten, or nothing at all: no other error, and nothing read."""
    for state in (rubbish, STATE[:cut], STATE[:cut] + rubbish + STATE[cut + len(rubbish) :]):
        quick = quickly_opened(state)
        if quick is not None:
            assert quick == plainly(state)


def test_a_bomb_of_brackets_is_refused() -> None:
    """Nothing that is nested too deep is followed to its end."""
    for bomb in (b'{"d":' * 50_000, STATE.replace(b'"demand":{', b'"demand":' + b"[" * 50_000)):
        assert quickly_opened(bomb) is None
        with pytest.raises(Unreadable):
            read_event(NAME, bomb)


def test_an_unknown_key_is_read_past_as_for_any_event() -> None:
    """The quick way leaves it to the plain reader; only an audit demands one spelling."""
    state = changed(STATE, _put(x=1))
    assert quickly_opened(state) is None
    assert read_event(NAME, state) == plainly(state) == OPENED
