"""What takes two people was done by two people, whatever a policy of the day allowed."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import attrs
import pytest

from freezecase import Actor
from freezecase.app.anchoring.proving import Prover
from freezecase.app.clock import instant_of
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Row
from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel, AppealRoute
from freezecase.core.draft import Draft
from freezecase.core.evolve import fold, unopened
from freezecase.core.values import Ground, Scope
from freezecase.replay.rules import broken
from freezecase.replay.verify import verify
from freezecase.wire.codec import encode
from freezecase.wire.shapes import Entry, Source
from tests.benchmarks.material import MONDAY
from tests.replay.ledgers import ORIGIN, TRUST, note_of

CASE: Final = UUID(int=0x1E3779B97F4A7C15F39CC0605CEDC835)
ANA, ROB = "staff:ana", "staff:rob"
FREEZE = e.FreezeImposed(account="a", ground=Ground.SELF_LOCK, scope=Scope.withdrawals(), by=ANA)
PROPOSED = e.ReleaseProposed(by=ANA, reason="it was the owner")
FILED = e.AppealFiled(
    contests=1, route=AppealRoute.APPEAL, level=AppealLevel.INTERNAL_REVIEW, statement="no"
)
UPHELD = e.AppealUpheld(by=ANA, reason="you were right")
AGAIN = "`staff:ana` proposed or signed it already"
OWN = "`staff:ana` made the decision that is contested"

TABLE: list[tuple[str, tuple[e.CaseEvent, ...], e.CaseEvent, str]] = [
    # what | what happened before | what happens | what is wrong with it
    ("another-approves", (FREEZE, PROPOSED), e.ReleaseApproved(by=ROB), ""),
    ("who-proposed-approves", (FREEZE, PROPOSED), e.ReleaseApproved(by=ANA), AGAIN),
    ("who-signed-signs-again", (FREEZE, e.ReleaseProposed(by=ROB, reason="it was the owner"),
                                e.ReleaseApproved(by=ANA)), e.ReleaseApproved(by=ANA), AGAIN),
    ("nobody-proposed", (FREEZE,), e.ReleaseApproved(by=ANA), ""),
    ("another-reviews", (FREEZE, FILED), e.AppealAssigned(reviewer=ROB), ""),
    ("who-decided-reviews", (FREEZE, FILED), e.AppealAssigned(reviewer=ANA), OWN),
    ("another-decides", (FREEZE, FILED), e.AppealUpheld(by=ROB, reason="you were right"), ""),
    ("who-decided-decides", (FREEZE, FILED), UPHELD, OWN),
    ("no-appeal", (FREEZE,), UPHELD, ""),
    ("another-kind", (FREEZE,), PROPOSED, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "event", "wrong"), [pytest.param(*row[1:], id=row[0]) for row in TABLE]
)
def test_who_may_not_do_it_alone(
    before: tuple[e.CaseEvent, ...], event: e.CaseEvent, wrong: str
) -> None:
    """Compared as persons, by what is on record alone."""
    state = Draft(fold(before, unopened(CASE)))

    found = broken(state, event)

    assert ((wrong, "another person") if wrong else None) == found


def judged(*rows: Row) -> list[tuple[str, str, str]]:
    """What is found of records that were written by the book, and honestly witnessed."""
    with open_store("memory:", origin=ORIGIN) as store:
        now = (MONDAY - instant_of(0)) // timedelta(microseconds=1)
        store.append(rows, now=now, opened=[(CASE, "a")])
        note = note_of(store.size(), Prover(store).root(), MONDAY)
        report = verify(store, TRUST, [note])
    return [(one.code, one.where, one.said) for one in report.findings]


def row(version: int, event: e.CaseEvent, source: Source | None = None) -> Row:
    """A record of it."""
    entry = Entry(event=event, actor=Actor.staff("ana"), occurred_at=MONDAY, command_id=UUID(int=1))
    return Row(CASE, version, *encode(attrs.evolve(entry, source=source)))


ALONE: tuple[e.CaseEvent, ...] = (FREEZE, PROPOSED, e.ReleaseApproved(by=ANA))


def test_a_release_that_was_approved_alone_is_found() -> None:
    """Four eyes are two people."""
    rows = [row(version, event) for version, event in enumerate(ALONE, 1)]

    where = f"case `{CASE}` version 3, ledger index 3"
    assert [("RULE_BROKEN", where, AGAIN)] == judged(*rows)


def test_what_was_imported_was_ruled_elsewhere() -> None:
    """A log of somebody else's is taken in as it was."""
    source = Source(log="old", id="1", row=1, digest="sha256:" + "0" * 64)
    rows = [row(version, event, source) for version, event in enumerate(ALONE, 1)]

    assert judged(*rows) == []


@pytest.mark.parametrize(
    ("name", "state"),
    [("freeze-melted.v1", b"{}"), ("case-closed.v1", b"{}")],
    ids=["unknown-name", "unreadable"],
)
def test_a_record_that_cannot_be_read_is_found(name: str, state: bytes) -> None:
    """Though it is what was recorded: then the app wrote what no version of ours reads."""
    ((code, where, _said),) = judged(row(1, FREEZE), Row(CASE, 2, name, state))

    assert ("RULE_BROKEN", f"case `{CASE}` version 2, ledger index 2") == (code, where)
