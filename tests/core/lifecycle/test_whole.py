"""The tables leave nothing out."""

from collections import Counter

from freezecase.core.commands import ASKED_AS, asked
from freezecase.core.events import STORED_AS, kind_of
from freezecase.core.leads import LEADS
from freezecase.core.needs import NEEDS
from freezecase.core.status import Status
from tests.core.lifecycle.table import kind_said
from tests.core.lifecycle.whole import ALL_MOVES, ALL_STORIES


def test_every_cell_is_in_a_table_once() -> None:
    """Each kind of event, at each position, is said to do something or to be impossible."""
    said = Counter((kind, status) for kind, status, _cell in ALL_MOVES)
    assert dict.fromkeys(((kind_of(k), s) for k in STORED_AS for s in Status), 1) == said


def test_every_command_is_granted_in_some_row() -> None:
    """Each kind of command leads somewhere in a table."""
    granted = {kind_said(when) for _, when, then in ALL_STORIES if "->" in then}
    assert set() == {asked(kind) for kind in ASKED_AS} - granted


def test_every_need_is_told_both_ways() -> None:
    """What needs something is refused in one row and granted in another."""
    leading = {asked(command): kind_of(event) for command, event in LEADS.items()}

    def told(*, granted: bool) -> set[str]:
        return {
            leading.get(kind_said(when), kind_said(when))
            for _, when, then in ALL_STORIES
            if ("->" in then) is granted
        }

    needy = {kind_of(kind) for kind in NEEDS}
    assert set() == needy - told(granted=True)
    assert set() == needy - told(granted=False)
