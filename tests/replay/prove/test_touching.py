"""Which slices an event reaches is said in a table; here it is held against what events do."""

from typing import Final

import attrs
import pytest

from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.evolve import evolve
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.policy.standard import standard
from freezecase.replay.prove.slices import SLICES
from freezecase.replay.prove.touching import WRITES, Homes
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
def written() -> list[tuple[CaseEvent, set[str]]]:
    """What each event of long walks changed, slice by slice."""
    found: list[tuple[CaseEvent, set[str]]] = []
    for step in steps(walks(seeds=20)):
        state = step.turn.before
        for event in step.turn.events:
            after = evolve(state, event)
            if state.status is not Status.UNOPENED:
                found.append((event, _changed(state, after)))
            state = after
    return found


def test_no_event_changes_a_slice_that_the_table_does_not_name(
    written: list[tuple[CaseEvent, set[str]]],
) -> None:
    """What is missing in the table would be a move that is not made in other slices."""
    beyond = {(kind_of(one), *sorted(to - WRITES[type(one)])) for one, to in written}

    assert {row for row in beyond if len(row) > 1} == set()


def test_what_an_event_writes_in_another_slice_is_not_only_that_something_happened(
    written: list[tuple[CaseEvent, set[str]]],
) -> None:
    """Or a move that matters there would count as good as any other: a right that opens again."""
    homes = Homes(standard())
    missed = {
        (kind_of(one), slice_)
        for one, to in written
        for slice_ in to - homes.reached([one]) - {"machines"}  # any move ends a bot's run
    }

    assert missed == set()


def test_the_walks_write_in_every_slice_that_has_a_field(
    written: list[tuple[CaseEvent, set[str]]],
) -> None:
    """Or the tests before would show little."""
    assert set().union(*(to for _, to in written)) == {*_HOME.values()}
