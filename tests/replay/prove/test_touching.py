"""Which slices an event reaches is said in a table; here it is held against what events do."""

from typing import Final

import attrs
import pytest

from freezecase.core.events import STORED_AS
from freezecase.core.evolve import evolve
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.replay.prove.slices import SLICES
from freezecase.replay.prove.touching import WRITES
from tests.laws.walks import steps, walks

_HOME: Final = {field: one.name for one in SLICES for field in one.fields}
_SHARED: Final = {"status", "stood", "obligations"}
"""What all slices share, and what is owed, which each slice has its part of."""
_OUTSIDE: Final = {
    *("id", "version", "account", "ground", "incident", "imposed", "contracted_at"),
    *("refused", "erased"),
}
"""What no gate may read under proof, or what never changes."""


def _changed(before: CaseState, after: CaseState) -> set[str]:
    """Return the slices that look otherwise afterwards."""
    return {
        home for field, home in _HOME.items() if getattr(before, field) != getattr(after, field)
    }


def test_every_field_of_a_case_lies_in_one_slice_or_is_known_to_lie_outside() -> None:
    """A field that is added to the state must be given a place."""
    listed = [field for one in SLICES for field in one.fields]

    assert len(listed) == len({*listed})
    assert {*listed, *_SHARED, *_OUTSIDE} == {*attrs.fields_dict(CaseState)}


@pytest.fixture(scope="module")
def written() -> dict[type, set[str]]:
    """What each kind of event changed on long walks, slice by slice."""
    found: dict[type, set[str]] = {kind: set() for kind in STORED_AS}
    for step in steps(walks(seeds=20)):
        state = step.turn.before
        for event in step.turn.events:
            after = evolve(state, event)
            if state.status is not Status.UNOPENED:
                found[type(event)] |= _changed(state, after)
            state = after
    return found


def test_no_event_changes_a_slice_that_the_table_does_not_name(
    written: dict[type, set[str]],
) -> None:
    """What is missing in the table would be a move that is not made in other slices."""
    beyond = {kind: slices - WRITES[kind] for kind, slices in written.items()}

    assert {kind: slices for kind, slices in beyond.items() if slices} == {}


def test_the_walks_write_in_every_slice_that_has_a_field(written: dict[type, set[str]]) -> None:
    """Or the test before would show little."""
    assert set().union(*written.values()) == {*_HOME.values()}
