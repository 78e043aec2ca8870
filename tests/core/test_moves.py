"""The table of moves: its shape, and where it leads when a history does not keep to it."""

import pytest

from freezecase.core import events as e
from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.core.moves import DESK, MOVES, OWED, TALK, Way, landing
from freezecase.core.status import Status
from tests.core.samples import EVENTS

LANDS: dict[type[CaseEvent], Status] = {
    e.FreezeImposed: Status.IN_FORCE,
    e.ScopeNarrowed: Status.IN_FORCE,
    e.ScopeWidened: Status.IN_FORCE,
    e.ExternalReviewDecided: Status.IN_FORCE,
    e.FreezeUpheld: Status.UPHELD,
    e.AppealRejected: Status.UPHELD,
    e.AppealFiled: Status.APPEALED,
    e.ExternalReviewOpened: Status.APPEALED,
    e.AppealUpheld: Status.RELEASING,
    e.ReleaseOrdered: Status.RELEASING,
    e.ReleaseEnforced: Status.RELEASED,
    e.FundsForfeited: Status.FORFEITED,
    e.AccountOffboarded: Status.OFFBOARDED,
    e.CaseClosed: Status.CLOSED,
}


def test_every_status_has_a_row() -> None:
    """And every row holds only kinds of event that are stored."""
    assert set(Status) == set(MOVES)
    assert set(STORED_AS) >= {kind for row in MOVES.values() for kind in row}


def test_every_kind_of_event_is_legal_somewhere() -> None:
    """What can never happen would be a dead word."""
    assert set(STORED_AS) == {kind for row in MOVES.values() for kind in row}


@pytest.mark.parametrize("kind", STORED_AS, ids=kind_of)
def test_an_illegal_event_lands_where_it_always_leads(kind: type[CaseEvent]) -> None:
    """An unfreeze without a freeze still leaves the account free; talk leaves all as it was."""
    assert landing(EVENTS[kind]) is LANDS.get(kind)


def test_talk_may_happen_at_any_time_once_a_case_is_open() -> None:
    """One may always be told, asked and answered."""
    opened = [row for status, row in MOVES.items() if status is not Status.UNOPENED]
    assert all(set(TALK) <= set(row) for row in opened)


def test_what_is_owed_goes_on_wherever_a_case_stands() -> None:
    """A closed one too; and nothing of it ever changes where it stands."""
    assert {kind_of(kind) for kind in OWED} == {
        f"obligation-{what}" for what in ("opened", "met", "missed", "extended", "waived")
    }
    for status, row in MOVES.items():
        cells = {row.get(kind) for kind in OWED}
        assert ({None} if status is Status.UNOPENED else {Way.STAY}) == cells


def test_nobody_works_on_a_closed_case() -> None:
    """What the desk does ends with it: hand-overs, promises, escalations."""
    working = {status for status, row in MOVES.items() if set(DESK) <= set(row)}
    assert working == set(Status) - {Status.UNOPENED, Status.CLOSED}
    assert set(DESK).isdisjoint(MOVES[Status.CLOSED])


def test_only_the_way_back_from_an_appeal_or_a_closing_goes_back() -> None:
    """Nothing else depends on where the case stood before."""
    back = {
        (status, kind_of(kind))
        for status, row in MOVES.items()
        for kind, cell in row.items()
        if cell is Way.BACK
    }
    assert back == {
        (Status.APPEALED, "appeal-withdrawn"),
        (Status.CLOSED, "case-reopened"),
    }
