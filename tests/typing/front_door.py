"""What the type checkers say of the front door. Checked, never run.

A line that ends in an ignore must be an error: mypy is strict, and an ignore that ignores nothing
is an error itself. So this file holds what a host may write, and what its editor must underline.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_type
from uuid import UUID

from freezecase import (
    Actor,
    Amount,
    AppealLevel,
    Casebook,
    CaseState,
    Channel,
    Ground,
    Outcome,
    Record,
    Ruling,
    Scope,
    Status,
    Verification,
)
from freezecase import commands as do
from freezecase.app.bulk import BatchResult
from freezecase.views.customer import CustomerView
from freezecase.views.due import Due


def what_a_host_may_write(book: Casebook, case: UUID, now: datetime, ana: Actor) -> None:
    """The words of the design's front door, and what they give."""
    freeze = do.ImposeFreeze(
        account="acct-4711", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
    )
    outcome = book.execute(freeze, by=Actor.system("risk-engine"))
    assert_type(outcome, Outcome)
    assert_type(outcome.case, CaseState)
    assert_type(outcome.records, tuple[Record, ...])
    assert_type(outcome.ruling, Ruling)
    assert_type(outcome.case.id, UUID)

    book.execute(do.RequestChecks(case, checks=["liveness", "device"]), by=ana)
    book.execute(do.RequestChecks(case, checks=[Verification(kind="device")]), by=ana)
    book.execute(do.RequestChecks(case, checks=("liveness", Verification(kind="device"))), by=ana)
    book.execute(do.FileAppeal(case, contests=1, statement="my new phone"), by=ana)
    book.execute(do.ProposeRelease(case, reason="verified", leaving=None), by=ana, id=case)
    book.execute(do.ApproveRelease(case), by=ana, facts={"band": "high", "score": 7, "night": True})
    book.execute(do.RecordContact(case, channel=Channel.PHONE, topics=["money"]), by=ana)

    assert_type(book.case(case, at=now, version=7), CaseState)
    assert_type(book.history(case), tuple[Record, ...])
    assert_type(book.cases(account="acct-4711", status=Status.IN_FORCE), Iterator[CaseState])
    assert_type(book.due(now), tuple[Due, ...])
    assert_type(book.customer_view(case), CustomerView)
    assert_type(book.customer_view(case).appeal_goes_to, AppealLevel | None)
    many = book.freeze_many(
        ["a", "b"], ground=Ground.INCIDENT, scope=Scope.everything(), by=ana, batch=case
    )
    assert_type(many, BatchResult)
    with book as same:
        assert_type(same, Casebook)


def what_an_editor_underlines(book: Casebook, case: UUID, ana: Actor) -> None:
    """Each of these is wrong, and seen before it runs."""
    book.execute(do.ApproveRelease(case))  # type: ignore[call-arg]
    book.execute(do.ApproveRelease(case), ana)  # type: ignore[call-arg]
    book.execute("approve", by=ana)  # type: ignore[arg-type]
    book.execute(do.ApproveRelease(case), by="ana")  # type: ignore[arg-type]
    book.execute(do.ApproveRelease(case), by=ana, facts={"score": 0.5})  # type: ignore[dict-item]
    do.ApproveRelease()  # type: ignore[call-arg]
    do.UpholdFreeze(case, "seen")  # type: ignore[call-arg]
    do.UpholdFreeze(case, reson="seen")  # type: ignore[call-arg]
    do.RequestChecks(case, checks=[7])  # type: ignore[list-item]
    do.FileAppeal(case, contests="1", statement="x")  # type: ignore[arg-type]
    do.ImposeFreeze(account=7, ground=Ground.INCIDENT, scope=Scope.everything())  # type: ignore[arg-type]
    Amount.of(0.1, "BTC")  # type: ignore[arg-type]
    Scope.of("trade")  # type: ignore[arg-type]
    Actor.nobody("ana")  # type: ignore[attr-defined]
    book.case(case).status = Status.CLOSED  # type: ignore[misc]
    book.case(case).closed_by  # type: ignore[attr-defined]  # noqa: B018 - looked at by a checker
