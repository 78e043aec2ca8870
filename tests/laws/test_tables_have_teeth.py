"""
Change a table, and somebody notices: each cell, each need, each name, one after the other.

Tools that mutate code leave module tables alone. So every entry of every table is swapped or
dropped here, in place, and the rows that an accountant reads must fail; then it is put back.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, cast

import pytest

from freezecase.core import pending
from freezecase.core.commands import ASKED_AS
from freezecase.core.effects import EFFECTS
from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.core.leads import LEADS
from freezecase.core.moves import MOVES, Way
from freezecase.core.needs import NEEDS, Need
from freezecase.core.owing import SUBJECTS
from freezecase.core.pending import PENDING
from freezecase.core.status import Status
from freezecase.errors import FreezeCaseError
from tests.core import test_owing, test_pending
from tests.core.lifecycle.table import kind_said, move, tell
from tests.core.lifecycle.whole import ALL_MOVES, ALL_STORIES
from tests.core.names import expected_name
from tests.core.test_evolve import EFFECTS_IN_WORDS, show_effect

_SAID = {(kind, status): cell for kind, status, cell in ALL_MOVES}
_NOTICES = (AssertionError, LookupError, TypeError, AttributeError, FreezeCaseError)


@contextmanager
def _changed(table: Any, key: Any, value: Any = None) -> Generator[None]:
    """Put *value* into a table, or nothing; put the old entry back at the old place."""
    before = dict(table)
    if value is None:
        del table[key]
    else:
        table[key] = value
    try:
        yield
    finally:
        table.clear()
        table.update(before)


def _noticed(probe: Callable[..., object], rows: Iterable[tuple[Any, ...]]) -> bool:
    """Say whether one of the *rows* fails."""
    for row in rows:
        try:
            probe(*row)
        except _NOTICES:
            return True
    return False


@pytest.mark.parametrize("status", Status)
def test_every_cell_of_the_moves_has_teeth(status: Status) -> None:
    """A cell that is dropped, swapped or added fails the row that says what it should be."""
    row = cast("dict[type[CaseEvent], Status | Way]", MOVES[status])
    missed = []
    for kind in STORED_AS:
        cell, said = row.get(kind), [(kind_of(kind), status, _SAID[kind_of(kind), status])]
        others: list[Any] = [one for one in (*Status, *Way) if one is not cell]
        for other in [*others, None] if cell is not None else others:
            with _changed(row, kind, other):
                if not _noticed(move, said) and not _means_the_same(cell, other, status):
                    missed.append((kind_of(kind), other))
    assert missed == []


def _means_the_same(cell: Status | Way | None, other: Status | Way | None, here: Status) -> bool:
    """Say whether both cells leave a case that stands *here* at the same position."""
    meant = {Way.STAY: here, Way.BACK: _STOOD.get(here, Status.UNOPENED)}
    return cell is not None and meant.get(cast("Any", cell), cell) is meant.get(
        cast("Any", other), other
    )


_STOOD = {Status.APPEALED: Status.UPHELD, Status.CLOSED: Status.OFFBOARDED}
"""Where the case stood before, in the tables of moves."""


_NEVER = Need(lambda _state, _asked: False, lambda _state, _asked: "it never may")


@pytest.mark.parametrize("kind", NEEDS, ids=kind_of)
def test_every_need_has_teeth(kind: type[CaseEvent]) -> None:
    """A need that is dropped lets something through; one that never holds stops something."""
    needs, told = NEEDS[kind], _about(kind)
    for at in range(len(needs)):
        with _changed(NEEDS, kind, (*needs[:at], *needs[at + 1 :])):
            assert _noticed(tell, told), f"nobody misses need {at}"
    with _changed(NEEDS, kind, (*needs, _NEVER)):
        assert _noticed(tell, told)


def _about(kind: type[CaseEvent]) -> list[tuple[str, str, str]]:
    """Return the stories that ask for *kind*, by a command or as an event."""
    words = {kind_of(kind)} | {name for name, leads_to in _LEADING.items() if leads_to is kind}
    return [story for story in ALL_STORIES if kind_said(story[1]) in words]


_LEADING = {ASKED_AS[command].rpartition(".v")[0]: event for command, event in LEADS.items()}


@pytest.mark.parametrize(("command", "other"), list(pairwise([*LEADS, next(iter(LEADS))])))
def test_every_lead_has_teeth(command: type[Any], other: type[Any]) -> None:
    """A command that leads to the event of another is found out."""
    with _changed(LEADS, command, LEADS[other]):
        assert _noticed(tell, ALL_STORIES)


@pytest.mark.parametrize("kind", [kind for kind in EFFECTS if EFFECTS[kind]], ids=kind_of)
def test_every_effect_has_teeth(kind: type[CaseEvent]) -> None:
    """An event that leaves no trace in the state is found out."""
    with _changed(EFFECTS, kind, lambda _draft, _event: None):
        assert _noticed(show_effect, [(kind, EFFECTS_IN_WORDS[kind])])


@pytest.mark.parametrize("at", range(len(PENDING)), ids=lambda at: PENDING[at].what)
def test_every_row_of_what_is_pending_has_teeth(at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait that is forgotten, always there, or ended by anything else is found out."""
    row = PENDING[at]
    wrong = (
        None,
        row._replace(about=lambda _state: ("",)),
        row._replace(ends=frozenset({"harm-recorded"})),
    )
    for other in wrong:
        changed = (*PENDING[:at], *([other] if other else []), *PENDING[at + 1 :])
        monkeypatch.setattr(pending, "PENDING", changed)
        told = _noticed(test_pending.test_what_a_case_waits_for, test_pending.STANDING)
        assert told or _noticed(test_pending.test_what_ends_a_wait, test_pending.ENDS)


@pytest.mark.parametrize("kind", STORED_AS, ids=kind_of)
def test_every_subject_has_teeth(kind: type[CaseEvent]) -> None:
    """An event that is about something else, or about everything, is found out."""
    for about in {None, lambda _event: frozenset({"something"})} - {SUBJECTS.get(kind)}:
        with _changed(SUBJECTS, kind, about):
            assert _noticed(test_owing.test_what_an_event_is_about, [(kind,)])


@pytest.mark.parametrize("names", [STORED_AS, ASKED_AS], ids=["stored-as", "asked-as"])
def test_every_name_has_teeth(names: dict[type[Any], str]) -> None:
    """Two names that change places, or one that changes its version, are found out."""
    for one, other in pairwise([*names, next(iter(names))]):
        for wrong in (names[other], names[one].replace(".v1", ".v2")):
            with _changed(names, one, wrong):
                assert expected_name(one) != names[one]
    assert [expected_name(kind) for kind in names] == list(names.values())
