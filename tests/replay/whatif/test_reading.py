"""Histories are read out of a store; what cannot be read is counted and said, never left out."""

from pathlib import Path
from uuid import UUID

import attrs
import pytest

from freezecase.app.stores.opening import open_store
from freezecase.policy.book import PolicyBook
from freezecase.policy.standard import standard
from freezecase.replay.whatif import Backtest, Role, Why, histories, whatif
from tests.replay.damaged import Damaged

TAKE_OVER = UUID("7e9a95d3-0e4c-5115-9a71-ce4be1601cf0")


def tried(path: Path) -> Backtest:
    with open_store(f"sqlite:///{path}", create=False, verify=False) as opened:
        return whatif(opened, PolicyBook.of(standard()))


def index_of(path: Path, version: int) -> int:
    with open_store(f"sqlite:///{path}", create=False) as opened:
        return opened.read(TAKE_OVER)[version - 1][3]


def test_every_turn_is_a_step_with_the_role_of_whoever_acted(told: Path) -> None:
    with open_store(f"sqlite:///{told}", create=False) as opened:
        (case,) = (one for one in histories(opened) if one.case == TAKE_OVER)

    roles = {step.actor.person: step.role for step in case.steps}
    assert roles == {
        "customer:acct-4711": Role.GIVEN,
        "staff:ana": Role.ATTEMPT,
        "staff:rob": Role.ATTEMPT,
        "system:notices": Role.ATTEMPT,
        "system:risk-engine": Role.ATTEMPT,
        "system:wallets": Role.ATTEMPT,
        "vendor:id-lab": Role.GIVEN,
    }
    assert sum(len(step.events) for step in case.steps) == case.records
    assert [step.n for step in case.steps] == sorted({step.n for step in case.steps})


@pytest.mark.parametrize(
    ("version", "change", "why", "words"),
    [
        (15, "UPDATE stored_events SET state = x'7b' WHERE rowid = {}", Why.UNREADABLE, "15"),
        (14, "DELETE FROM stored_events WHERE rowid = {}", Why.HISTORY_BROKEN, "no version 14"),
    ],
    ids=["unreadable", "missing"],
)
def test_a_case_with_a_record_that_is_damaged_is_not_evaluable(
    damaged: Damaged, version: int, change: str, why: Why, words: str
) -> None:
    report = tried(damaged.sql(change.format(index_of(damaged.path, version))).path)

    (row,) = report.told["not-evaluable"]
    assert (row.case, row.because, words in row.detail) == (str(TAKE_OVER), (why,), True)
    assert (report.whole.cases, report.whole.same, report.complete) == (3, 2, True)


def test_so_is_one_with_a_record_that_belongs_to_no_turn(damaged: Damaged) -> None:
    index = index_of(damaged.path, 7)

    report = tried(damaged.rewritten(index, lambda entry: attrs.evolve(entry, asked=None)).path)

    (row,) = report.told["not-evaluable"]
    assert (row.because, row.detail) == ((Why.HISTORY_BROKEN,), "a record belongs to no turn")


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        ("DROP TABLE stored_events", 0),
        ("UPDATE stored_events SET originator_id = '5zz' WHERE rowid = 1", 1),
    ],
    ids=["gone", "no-case"],
)
def test_a_store_that_cannot_be_read_to_its_end_is_said(
    damaged: Damaged, change: str, cases: int
) -> None:
    report = tried(damaged.sql(change).path)

    assert (report.complete, report.whole.cases) == (False, cases)
    assert report.stopped
