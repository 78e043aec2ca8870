"""Two engines read and write the same, and refuse the same."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from freezecase.core.checked import replace
from freezecase.core.commands import ASKED_AS
from freezecase.core.events import STORED_AS
from freezecase.core.resolved import DayOff, Resolved, Weekday
from freezecase.core.ruling import Ruling
from freezecase.errors import Unreadable
from freezecase.testing.strategies import rulings, values
from freezecase.wire.codec import encode, read_event
from freezecase.wire.converter import plain, structured
from freezecase.wire.names import EVENTS
from tests.core import samples
from tests.core.test_resolved import LONDON
from tests.wire.entries import (
    ENTRY,
    FEW,
    changed,
)


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


@settings(FEW, max_examples=30)
@given(rulings())
def test_both_engines_agree_on_rulings(ruling: Ruling) -> None:
    """The ruling too, with whatever facts it holds and whatever calendars it rests on."""
    fast = msgspec.json.encode(replace(ruling, facts=dict(ruling.facts)), order="sorted")
    assert json.loads(fast) == plain(ruling)
    assert structured(plain(ruling), Ruling, "n", "here") == ruling
    assert msgspec.json.decode(fast, type=Ruling) == ruling


NO_DAYS: dict[str, Any] = {
    "without dashes": "20260101",
    "by its week": "2026-W01-4",
    "by its number": "2026-001",
    "without noughts": "2026-1-1",
    "with a blank": "2026-01-01 ",
    "with a time": "2026-01-01T00:00:00Z",
    "that never came": "2026-02-30",
    "of no year": "0000-01-01",
    "as a number": 20260101,
    "as nothing": None,
    "as yes": True,
}


@pytest.mark.parametrize("bad", NO_DAYS)
def test_both_engines_know_one_spelling_of_a_day(bad: str) -> None:
    """A day is ten characters, and one that there was."""
    good: dict[str, Any] = {"day": "0001-01-01", "estimated": False, "name": "the first of all"}
    assert structured(good, DayOff, "n", "here") == msgspec.convert(good, DayOff)
    wrong = good | {"day": NO_DAYS[bad]}
    with pytest.raises(Unreadable, match=r"\$\.day"):
        structured(wrong, DayOff, "n", "here")
    with pytest.raises(msgspec.ValidationError, match=r"\$\.day"):
        msgspec.json.decode(msgspec.json.encode(wrong), type=DayOff)


NO_CALENDARS: dict[str, dict[str, Any]] = {
    "ends before it begins": {"last": "2025-12-31"},
    "no clock": {"offsets": []},
    "clocks out of order": {"offsets": plain([LONDON.offsets[1], LONDON.offsets[0]])},
    "no weekend": {"weekends": []},
    "nobody ever works": {"weekends": [{"days": sorted(Weekday), "since": None}]},
    "a day that is none": {"worked": [7]},
    "an hour past midnight": {"closes": 1441},
    "a path for a zone": {"zone": "/etc/localtime"},
}


@pytest.mark.parametrize("bad", NO_CALENDARS)
def test_both_engines_refuse_what_no_calendar_says(bad: str) -> None:
    """What could not be counted on is not read."""
    wrong = plain(LONDON) | NO_CALENDARS[bad]
    field = next(iter(NO_CALENDARS[bad]))
    field = "days" if bad == "nobody ever works" else field
    with pytest.raises(Unreadable, match=field):
        structured(wrong, Resolved, "n", "here")
    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.json.decode(msgspec.json.encode(wrong), type=Resolved)


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
