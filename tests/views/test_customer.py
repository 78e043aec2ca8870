"""What the owner of an account is shown: what we need, what we owe, how to appeal; no more."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from freezecase import (
    Actor,
    AppealLevel,
    Audience,
    Casebook,
    Channel,
    Ground,
    Scope,
    Status,
    Verification,
)
from freezecase import commands as do
from freezecase.core.checked import replace
from freezecase.core.obligations import Demand, Rung, Unit, Within
from freezecase.testing.contracts import StoryClock
from freezecase.views.customer import CustomerView
from freezecase.wire.converter import plain
from tests.app.books import ANA, ENGINE, OWNER, ROB, opened
from tests.core.samples import DEMAND, LATER

SECRETS = ("ana", "rob", "staff:", "suspicion", "four-eyes", "within-reach", "AML")


def shown(*asked: tuple[Any, Actor]) -> CustomerView:
    """What the owner sees after these commands, each with who asked."""
    with Casebook.open("memory:", clock=StoryClock()) as book:
        case = opened(book)
        for command, by in asked:
            book.execute(replace(command, case=case.id), by=by)
        return book.customer_view(case.id)


NO_CASE = UUID(int=0)
ASK = (
    do.RequestChecks(NO_CASE, checks=[Verification(kind="device", instead=("video-call",))]),
    ANA,
)
FAIL = (do.FailCheck(NO_CASE, check="device", reason="AML blur", remedy="more light"), ANA)


def test_a_fresh_freeze_says_what_stopped_and_how_to_appeal() -> None:
    """Nothing is needed yet; what does not work is named, and so is the decision to contest."""
    view = shown()
    assert (view.status, view.ground) == (Status.IN_FORCE, None)
    assert [str(one) for one in view.restricted] == ["transfer", "withdraw-crypto", "withdraw-fiat"]
    assert (view.we_need, view.we_owe) == ((), ())
    assert (view.can_appeal, view.contests) == (True, 1)
    assert view.appeal_goes_to is AppealLevel.INTERNAL_REVIEW
    assert not view.appeal_open
    assert not view.human_on_the_way


def test_what_is_needed_says_what_may_be_shown_instead() -> None:
    """A check that was asked for is needed, with its alternatives."""
    (need,) = shown(ASK).we_need
    assert (need.check, need.instead, need.remedy, need.received) == (
        "device",
        ("video-call",),
        None,
        False,
    )


def test_what_was_shown_is_being_looked_at() -> None:
    """Evidence that came in is marked, so that nobody sends it twice."""
    (need,) = shown(ASK, (do.SubmitEvidence(NO_CASE, check="device"), OWNER)).we_need
    assert need.received


def test_a_failure_says_what_to_do_differently() -> None:
    """The remedy is shown for as long as the failure stands, the reason never."""
    (need,) = shown(ASK, FAIL).we_need
    assert need.remedy == "more light"
    again = (do.SubmitEvidence(NO_CASE, check="device"), OWNER)
    assert [one.remedy for one in shown(ASK, FAIL, again).we_need] == [None]


@pytest.mark.parametrize(
    "end",
    [
        do.PassCheck(NO_CASE, check="device"),
        do.WaiveCheck(NO_CASE, check="device", reason="known"),
        do.FailCheck(
            NO_CASE,
            check="device",
            reason="forged",
            appeal_to=AppealLevel.SECOND_INSTANCE,
        ),
    ],
    ids=["passed", "waived", "failed for good"],
)
def test_what_is_settled_is_not_needed(end: Any) -> None:
    """Passed, waived or failed for good: nothing more can be shown."""
    assert shown(ASK, (end, ANA)).we_need == ()


RELEASE = (
    (do.ProposeRelease(NO_CASE, reason="verified"), ANA),
    (do.ApproveRelease(NO_CASE), ROB),
    (do.ConfirmRelease(NO_CASE), ENGINE),
)


def test_a_free_account_owes_us_nothing() -> None:
    """After the release nothing can be shown any more, so nothing is asked for."""
    view = shown(ASK, *RELEASE)
    assert (view.status, view.restricted, view.we_need) == (Status.RELEASED, (), ())
    assert view.can_appeal, "they may still say that we were wrong"
    closed = shown(ASK, *RELEASE, (do.CloseCase(NO_CASE, outcome="cleared"), ANA))
    assert (closed.we_need, closed.can_appeal) == ((), False)


def test_an_appeal_can_be_filed_once_at_a_time() -> None:
    """While one is heard no other is offered; after a rejection the next level is named."""
    appeal = (do.FileAppeal(NO_CASE, contests=1, statement="my phone"), OWNER)
    open_ = shown(appeal)
    assert (open_.appeal_open, open_.can_appeal) == (True, False)
    reject = do.RejectAppeal(
        NO_CASE,
        reason="it was not",
        next_level=AppealLevel.SECOND_INSTANCE,
    )
    view = shown(appeal, (reject, ROB))
    assert (view.can_appeal, view.contests) == (True, 3)
    assert view.appeal_goes_to is AppealLevel.SECOND_INSTANCE
    barred = do.RejectAppeal(NO_CASE, reason="it was not", bar="final-judgment")
    assert not shown(appeal, (barred, ROB)).can_appeal


def test_what_we_owe_has_a_time() -> None:
    """Promises and our own obligations; what the customer owes, and rights, are not ours."""
    soon = Within(count=2, unit=Unit.HOURS)
    theirs = Demand(kind="evidence", ladder=(Rung(debtor="customer", within=soon),), met_by=())
    right = Demand(
        kind="window", ladder=(Rung(debtor="reviewer", within=soon),), met_by=(), right=True
    )
    owe = [
        do.OpenObligation(NO_CASE, demand=demand, due=LATER, basis="rule")
        for demand in (DEMAND, theirs, right)
    ]
    promise = do.MakePromise(NO_CASE, promise="call-back", due=LATER + timedelta(1))
    view = shown((promise, ANA), *((one, ANA) for one in owe))
    assert [(one.what, one.due) for one in view.we_owe] == [
        ("call-back", LATER + timedelta(1)),
        ("reply", LATER),
    ]


def test_a_human_who_was_asked_for_is_on_the_way_until_one_joins() -> None:
    """The customer sees that they were heard."""
    ask = (do.RequestHuman(NO_CASE, channel=Channel.CHAT), OWNER)
    assert shown(ask).human_on_the_way
    assert not shown(
        ask, (do.JoinConversation(NO_CASE, channel=Channel.CHAT), ANA)
    ).human_on_the_way


def test_the_ground_is_not_told_while_the_notice_is_withheld() -> None:
    """A freeze that the customer may not be told of shows no ground; a notice shows it again."""
    withhold = do.WithholdNotice(
        NO_CASE,
        notice="freeze-imposed",
        basis="aml.no-tipping-off",
        review_at=LATER,
    )
    assert shown((withhold, ANA)).ground is None
    tell = do.SendNotice(NO_CASE, notice="freeze-imposed", channel=Channel.EMAIL)
    assert shown((withhold, ANA), (tell, ANA)).ground is Ground.ACCOUNT_TAKEOVER


def test_no_name_no_reason_and_no_rule_is_shown() -> None:
    """Whatever staff wrote for staff stays with staff."""
    disclose = do.UpgradeDisclosure(NO_CASE, audience=Audience.OPERATIONS, basis="suspicion")
    view = shown(ASK, FAIL, *RELEASE[:1], (disclose, ANA))
    told = json.dumps(plain(view))
    assert [word for word in SECRETS if word in told] == []


def test_a_suspicion_is_never_shown_as_the_ground() -> None:
    """Even when the customer was told of the freeze, an AML alert is not the customer's to read."""
    with Casebook.open("memory:", clock=StoryClock()) as book:
        freeze = do.ImposeFreeze(
            account="acct-1", ground=Ground.AML_ALERT, scope=Scope.withdrawals()
        )
        case = book.execute(freeze, by=ENGINE).case
        tell = do.SendNotice(case.id, notice="freeze-imposed", channel=Channel.EMAIL)
        book.execute(tell, by=ANA)
        assert book.customer_view(case.id).ground is None


def test_only_what_is_owed_to_the_customer_is_shown() -> None:
    """A reply is theirs to wait for; a report to somebody else is not theirs to know of."""
    report = replace(DEMAND, kind="report")
    view = shown(
        (do.OpenObligation(NO_CASE, demand=report, due=LATER, basis="law"), ANA),
        (
            do.OpenObligation(NO_CASE, demand=replace(DEMAND, kind="reply"), due=LATER, basis="x"),
            ANA,
        ),
    )
    assert [owed.what for owed in view.we_owe] == ["reply"]
