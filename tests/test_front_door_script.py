"""The front door, as a user types it: one account from freeze to release, on every store."""

from datetime import timedelta
from pathlib import Path

import pytest

from freezecase import Actor, Casebook, CaseState, Ground, PolicyForbids, Scope, Status
from freezecase import commands as do
from freezecase.core.appeals import AppealLevel
from tests.app.books import CONSEQUENCES, STORES, decided, url_of


def owed_by(case: CaseState) -> set[tuple[str, str, str]]:
    """Who owes what, about what."""
    return {(one.debtor, kind, about) for (kind, about), one in case.obligations.items()}


@pytest.mark.parametrize("kind", STORES)
def test_one_account_from_freeze_to_release(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """The script of the design, whole, and what each of its lines gives."""
    with Casebook.open(url_of(kind, request, tmp_path)) as book:
        engine = Actor.system("risk-engine")
        ana, rob = Actor.staff("ana", "analyst"), Actor.staff("rob", "reviewer")
        owner = Actor.customer("acct-4711")

        case = book.execute(
            do.ImposeFreeze(
                account="acct-4711", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
            ),
            by=engine,
        ).case
        assert case.status is Status.IN_FORCE
        book.execute(do.RequestChecks(case.id, checks=["liveness", "device"]), by=ana)
        instant = book.history(case.id)[-1].recorded_at

        asked = book.customer_view(case.id)
        assert [(need.check, need.received) for need in asked.we_need] == [
            ("liveness", False),
            ("device", False),
        ]
        assert asked.can_appeal

        appeal = "I was on holiday, that was my new phone"
        book.execute(do.FileAppeal(case.id, statement=appeal), by=owner)
        assert book.case(case.id).status is Status.APPEALED
        assert book.customer_view(case.id).appeal_open
        for check in ("liveness", "device"):
            book.execute(do.SubmitEvidence(case.id, check=check), by=owner)
            book.execute(do.PassCheck(case.id, check=check), by=ana)
        assert book.customer_view(case.id).we_need == ()

        book.execute(do.ProposeRelease(case.id, reason="owner verified"), by=ana)
        with pytest.raises(PolicyForbids, match="four-eyes") as refused:
            book.execute(do.ApproveRelease(case.id), by=ana)
        assert refused.value.ruling.decided_by == ("four-eyes",)
        ordered = book.execute(do.ApproveRelease(case.id), by=rob)
        assert decided(ordered.records) == ["release-approved", "release-ordered"]
        assert book.execute(do.ConfirmRelease(case.id), by=engine).case.status is Status.RELEASED

        then, now = book.case(case.id, at=instant), book.case(case.id)
        history = book.history(case.id)
        told = [record for record in history if record.recorded_at <= instant]
        assert (then.version, then.status, then.frozen) == (len(told), Status.IN_FORCE, True)
        assert (now.version, now.status, now.frozen) == (len(history), Status.RELEASED, False)
        assert decided(told) == ["freeze-imposed", "checks-requested"]
        assert [(r.kind, r.actor) for r in history if r.kind not in CONSEQUENCES] == [
            ("freeze-imposed", engine),
            ("checks-requested", ana),
            ("appeal-filed", owner),
            ("evidence-submitted", owner),
            ("check-passed", ana),
            ("evidence-submitted", owner),
            ("check-passed", ana),
            ("release-proposed", ana),
            ("attempt-refused", ana),
            ("release-approved", rob),
            ("release-ordered", rob),
            ("release-enforced", engine),
        ]
        assert owed_by(then) == {
            ("customer", "appeal-window", ""),
            ("@owner", "update", ""),
            ("exchange", "enforcement", ""),
            ("exchange", "notice", "freeze-imposed"),
            ("reviewer", "review", ""),
            ("customer", "evidence", "liveness"),
            ("customer", "evidence", "device"),
        }
        assert owed_by(now) == {
            ("customer", "appeal-window", ""),
            ("@owner", "post-release-watch", ""),
            ("@owner", "closing", ""),
        }

        later = instant + timedelta(days=3)
        book.execute(do.MakePromise(case.id, promise="apology", due=later), by=ana)
        assert book.due(instant) == ()
        (due,) = book.due(later)
        assert (due.case, due.kind, due.subject, due.debtor) == (
            case.id,
            "promise",
            "apology",
            "staff:ana",
        )

        view = book.customer_view(case.id)
        assert (view.status, view.restricted, view.we_need) == (Status.RELEASED, (), ())
        assert [(owed.what, owed.due) for owed in view.we_owe] == [("apology", later)]
        assert view.appeal_goes_to is AppealLevel.INTERNAL_REVIEW
