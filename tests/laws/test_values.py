"""Laws of values: commands and events share their checks, and nothing clashes with the envelope."""

from contextlib import suppress
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.core.appeals import AppealLevel
from freezecase.core.checked import replace
from freezecase.core.commands import ASKED_AS, Command, asked
from freezecase.core.decide import decide
from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.core.evolve import fold, unopened
from freezecase.core.leads import LEADS
from freezecase.core.ruling import Ruling
from freezecase.errors import NotAllowedNow
from freezecase.testing.strategies import actors, commands, rulings
from tests.core.samples import ALLOWED, CASE, EVENTS
from tests.laws.settings import BRIEF, LAW, QUICK

ENVELOPE = {"case", "version", "index", "recorded_at", "actor", "name"}
STORY = list(EVENTS.values())
_PAIRS = [(command, event) for command, event in LEADS.items()]


@pytest.mark.parametrize(("asks", "happens"), _PAIRS, ids=lambda kind: kind.__name__)
def test_a_command_never_accepts_what_its_event_refuses(
    asks: type[Command], happens: type[CaseEvent]
) -> None:
    """Whatever a command takes, the event that it leads to takes too."""
    shared = {f.name for f in _fields(asks)} & {f.name for f in _fields(happens)}

    @BRIEF
    @given(commands(asks))
    def law(command: Command) -> None:
        taken: dict[str, Any] = {name: getattr(command, name) for name in shared}
        sample = EVENTS[happens]
        others = {
            name: value
            for field in _fields(happens)
            if (name := field.name) not in shared and (value := getattr(sample, name)) is not None
        }
        if taken.get("shown", "") is None:
            taken["shown"] = taken["check"]
        if taken.get("contests", "") is None:  # the newest decision, whichever that is
            taken["contests"] = getattr(sample, "contests")  # noqa: B009 - not every event has it
        if taken.get("level", "") is None:
            del taken["level"]
            others["level"] = AppealLevel.SECOND_INSTANCE
        event = happens(**(others | taken))
        assert taken == {name: getattr(event, name) for name in taken}

    law()


@QUICK
@given(commands(), st.integers(0, len(STORY)), actors())
def test_deciding_never_fails_on_a_value(command: Command, length: int, by: Any) -> None:
    """Whoever asks, whatever their command holds: it is decided or refused, never broken."""
    state = fold(STORY[:length], unopened(CASE))
    ruling = replace(ALLOWED, by=by.person)
    with suppress(NotAllowedNow):
        assert all(type(event) in STORED_AS for event in decide(command, state, ruling))


@LAW
@given(rulings())
def test_every_ruling_can_be_put_into_words(ruling: Ruling) -> None:
    """A ruling says in one line whether it allowed, and names only rules that it heard."""
    assert ruling.in_words().startswith("allowed" if ruling.allowed else "refused by")
    assert set(ruling.decided_by) <= {opinion.rule for opinion in ruling.opinions}
    assert set(ruling.broken) <= {opinion.rule for opinion in ruling.opinions}


@pytest.mark.parametrize("kind", STORED_AS, ids=kind_of)
def test_no_field_of_an_event_has_the_name_of_a_part_of_the_envelope(
    kind: type[CaseEvent],
) -> None:
    """Framework words belong to the record around an event, not into it."""
    assert set() == {field.name for field in _fields(kind)} & ENVELOPE


@pytest.mark.parametrize("kind", ASKED_AS, ids=asked)
def test_every_command_but_the_first_names_its_case_and_nothing_else_of_the_envelope(
    kind: type[Command],
) -> None:
    """A command says which case it is about; imposing a freeze opens one."""
    named = {field.name for field in _fields(kind)} & ENVELOPE
    assert named == (set() if asked(kind) == "impose-freeze" else {"case"})


def _fields(kind: Any) -> Any:
    return attrs.fields(kind)
