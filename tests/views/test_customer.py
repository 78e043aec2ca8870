"""What the owner of an account is shown: what we need, what we owe, how to appeal; no more."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
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
from freezecase import events as e
from freezecase.core.checked import replace
from freezecase.core.evolve import fold, unopened
from freezecase.core.obligations import Demand, Rung, Unit, Within
from freezecase.core.pending import PENDING
from freezecase.policy.standard import standard
from freezecase.testing.contracts import StoryClock
from freezecase.views.customer import CustomerView, customer_view
from freezecase.wire.converter import plain
from tests.app.books import ANA, ENGINE, OWNER, ROB
from tests.core.samples import CASE, DEMAND, EVENTS, LATER
from tests.views.records import owing, records

SECRETS = (
    *("ana", "rob", "staff:", "suspicion", "four-eyes", "within-reach", "AML", "aml"),
    *("reviewer", "lead", "accountable", "@owner", "exchange", "clock", "facts"),
)
NO_CASE = UUID(int=0)
OPEN: list[Casebook] = []


@pytest.fixture(autouse=True)
def _closed_in_the_end() -> Iterator[None]:
    """Every book that a test opens is closed."""
    yield
    while OPEN:
        OPEN.pop().close()


class Played:
    """A fresh case in a book of its own, and what its owner sees of it."""

    def __init__(self, ground: Ground = Ground.ACCOUNT_TAKEOVER) -> None:
        self.clock = StoryClock()
        self.book = Casebook.open("memory:", clock=self.clock)
        OPEN.append(self.book)
        freeze = do.ImposeFreeze(account=OWNER.id, ground=ground, scope=Scope.withdrawals())
        self.case = self.book.execute(freeze, by=ENGINE).case.id

    def then(self, command: Any, by: Actor) -> "Played":
        """Somebody asks for something of it."""
        self.book.execute(replace(command, case=self.case), by=by)
        return self

    def later(self, **by: float) -> "Played":
        """Time passes."""
        self.book.run_due(self.clock.later(**by))
        return self

    @property
    def view(self) -> CustomerView:
        """What the owner sees."""
        return self.book.customer_view(self.case)

    @property
    def owed(self) -> list[str]:
        """What the owner sees that we owe."""
        return [f"{one.what} {one.about}".strip() for one in self.view.we_owe]


def shown(*asked: tuple[Any, Actor]) -> CustomerView:
    """What the owner sees after these commands, each with who asked."""
    played = Played()
    for command, by in asked:
        played.then(command, by)
    return played.view


def day(at: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(f"{at}Z")


ASK = (
    do.RequestChecks(NO_CASE, checks=[Verification(kind="device", instead=("video-call",))]),
    ANA,
)
FAIL = (do.FailCheck(NO_CASE, check="device", reason="AML blur", remedy="more light"), ANA)
SUBMIT = (do.SubmitEvidence(NO_CASE, check="device"), OWNER)
PASS = (do.PassCheck(NO_CASE, check="device"), ANA)
TELL = (do.SendNotice(NO_CASE, notice="freeze-imposed", channel=Channel.EMAIL), ANA)
APPEAL = (do.FileAppeal(NO_CASE, statement="my phone"), OWNER)
RELEASE = (
    (do.ProposeRelease(NO_CASE, reason="verified"), ANA),
    (do.ApproveRelease(NO_CASE), ROB),
    (do.ConfirmRelease(NO_CASE), ENGINE),
)


def test_a_fresh_freeze_says_what_stopped_what_we_owe_and_how_to_appeal() -> None:
    """What does not work is named, and so is the decision to contest; nothing is needed yet."""
    view = shown()
    assert (view.status, view.ground) == (Status.IN_FORCE, None)
    assert [str(one) for one in view.restricted] == ["transfer", "withdraw-crypto", "withdraw-fiat"]
    assert view.we_need == ()
    assert [(one.what, one.due) for one in view.we_owe] == [
        ("review", day("2026-01-06T09:00")),
        ("update", day("2026-01-13T00:00")),
    ]
    assert (view.can_appeal, view.appeal_by) == (True, day("2026-07-06T00:00"))
    assert view.appeal_goes_to is AppealLevel.INTERNAL_REVIEW
    assert not view.appeal_open
    assert not view.human_on_the_way


# --- what we need --------------------------------------------------------------------------------


def test_what_is_needed_says_what_may_be_shown_instead_and_by_when() -> None:
    """A check that was asked for is needed, with its alternatives and its day."""
    (need,) = shown(ASK).we_need
    assert (need.check, need.instead, need.remedy, need.received, need.due) == (
        *("device", ("video-call",), None, False),
        day("2026-01-13T00:00"),
    )


def test_what_was_shown_is_being_looked_at() -> None:
    """Evidence that came in is marked, so that nobody sends it twice; then it is for us to look."""
    view = shown(ASK, SUBMIT)
    (need,) = view.we_need
    assert (need.received, need.due) == (True, None)
    assert ("check-review", "device") in [(one.what, one.about) for one in view.we_owe]


def test_once_their_time_is_over_they_may_still_show_it() -> None:
    """After a reminder somebody reaches out, then we decide without it: they see that."""
    played = Played().then(*ASK)
    dues: list[tuple[datetime | None, bool]] = []
    for _ in range(4):
        (need,) = played.view.we_need
        dues.append((need.due, "decide-without-evidence device" in played.owed))
        played.later(days=8)
    assert dues == [
        (day("2026-01-13T00:00"), False),
        (day("2026-01-21T00:00"), False),
        (None, False),
        (None, True),
    ]


def test_a_failure_says_what_to_do_differently() -> None:
    """The remedy is shown for as long as the failure stands, the reason never."""
    (need,) = shown(ASK, FAIL).we_need
    assert need.remedy == "more light"
    assert [one.remedy for one in shown(ASK, FAIL, SUBMIT).we_need] == [None]


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


def test_a_free_account_owes_us_nothing() -> None:
    """After the release nothing can be shown any more, so nothing is asked for, and none owed."""
    view = shown(ASK, PASS, *RELEASE)
    assert (view.status, view.restricted, view.we_need) == (Status.RELEASED, (), ())
    assert view.can_appeal, "they may still say that we were wrong"
    closed = shown(ASK, PASS, *RELEASE, (do.CloseCase(NO_CASE, outcome="cleared"), ANA))
    assert (closed.we_need, closed.we_owe) == ((), ())
    assert (closed.can_appeal, closed.appeal_by) == (False, None)


# --- how to appeal -------------------------------------------------------------------------------


def test_an_appeal_can_be_filed_once_at_a_time() -> None:
    """While one is heard no other is offered; after a rejection the next level is named."""
    played = Played().then(*APPEAL)
    assert (played.view.appeal_open, played.view.can_appeal, played.view.appeal_by) == (
        *(True, False),
        None,
    )
    reject = do.RejectAppeal(NO_CASE, reason="it was not", next_level=AppealLevel.SECOND_INSTANCE)
    view = played.then(reject, ROB).view
    assert (view.can_appeal, view.appeal_goes_to) == (True, AppealLevel.SECOND_INSTANCE)
    played.then(*APPEAL)
    filed = [one for one in played.book.history(played.case) if one.kind == "appeal-filed"]
    decided = [one for one in played.book.history(played.case) if one.kind == "appeal-rejected"]
    contested = [one.event.contests for one in filed if isinstance(one.event, e.AppealFiled)]
    assert contested == [1, *(one.version for one in decided)], "each time what was decided last"
    barred = do.RejectAppeal(NO_CASE, reason="it was not", bar="final-judgment")
    assert not shown(APPEAL, (barred, ROB)).can_appeal


def test_an_appeal_is_owed_an_acknowledgement_and_a_decision() -> None:
    """Whoever appeals sees by when they will hear; that it is for a reviewer is not theirs."""
    view = shown(APPEAL)
    assert [(one.what, one.due) for one in view.we_owe] == [
        ("acknowledgement", day("2026-01-07T00:00")),
        ("update", day("2026-01-13T00:00")),
        ("appeal-decision", day("2026-01-20T00:00")),
    ]


def test_what_a_body_outside_decides_we_do_not_owe() -> None:
    """We promise no decision of an ombudsman's, neither in its time nor when we ask it again."""
    played = Played().then(do.OpenExternalReview(NO_CASE, contests=1, body="ombudsman"), ANA)
    first = played.owed
    played.then(*TELL).later(days=100)
    assert (first, "appeal-decision" in played.owed) == (["update"], False)
    assert ("appeal-decision", "") in played.book.case(played.case).obligations


def test_once_the_window_has_closed_no_appeal_is_offered() -> None:
    """A right that lapsed is not shown as open."""
    before, after = Played().later(days=181).view, Played().later(days=182).view
    assert (before.can_appeal, before.appeal_by) == (True, day("2026-07-06T00:00"))
    assert (after.can_appeal, after.appeal_by) == (False, None)


def test_a_case_from_elsewhere_has_no_day_for_an_appeal() -> None:
    """Where nobody counts yet, they may appeal, and no day is made up."""
    imposed = (EVENTS[e.FreezeImposed],)
    view = customer_view(fold(imposed, unopened(CASE)), records(imposed))
    assert (view.can_appeal, view.appeal_by, view.we_owe) == (True, None, ())


# --- what we owe ---------------------------------------------------------------------------------


def test_what_we_owe_has_a_time_and_what_is_due_first_comes_first() -> None:
    """Promises and our own obligations; what the customer owes, and rights, are not ours."""
    soon = Within(count=2, unit=Unit.HOURS)
    theirs = Demand(kind="evidence", ladder=(Rung(debtor="customer", within=soon),), met_by=())
    right = Demand(
        kind="decision", ladder=(Rung(debtor="reviewer", within=soon),), met_by=(), right=True
    )
    owe = [
        do.OpenObligation(NO_CASE, demand=demand, due=LATER + timedelta(hours=1), basis="rule")
        for demand in (DEMAND, theirs, right)
    ]
    promise = do.MakePromise(NO_CASE, promise="call-back", due=LATER + timedelta(1))
    view = shown((promise, ANA), *((one, ANA) for one in owe))
    assert [(one.what, one.due, one.promised) for one in view.we_owe] == [
        ("review", LATER, False),
        ("reply", LATER + timedelta(hours=1), False),
        ("call-back", LATER + timedelta(1), True),
        ("update", day("2026-01-13T00:00"), False),
    ]


def test_nothing_is_shown_twice() -> None:
    """Each thing we owe has one line, told apart by what it is about."""
    played = Played().then(do.RequestChecks(NO_CASE, checks=["device", "liveness"]), ANA)
    for check in ("device", "liveness"):
        played.then(do.SubmitEvidence(NO_CASE, check=check), OWNER)
    played.then(do.RecordContact(NO_CASE, channel=Channel.CHAT), OWNER)
    assert sorted(played.owed) == sorted(set(played.owed))
    assert {"check-review device", "check-review liveness", "reply", "review"} <= set(played.owed)


def test_a_broken_promise_is_answered_for() -> None:
    """The customer sees that a promise was broken on them, and by when somebody answers for it."""
    played = Played().then(do.MakePromise(NO_CASE, promise="call-back", due=LATER), ANA)
    assert "call-back" in played.owed
    assert "broken-promise call-back" in played.later(days=1).owed
    assert "call-back" not in played.owed


def test_a_human_who_was_asked_for_is_on_the_way_until_one_joins() -> None:
    """The customer sees that they were heard."""
    ask = (do.RequestHuman(NO_CASE, channel=Channel.CHAT), OWNER)
    assert shown(ask).human_on_the_way
    assert "human" in [one.what for one in shown(ask).we_owe]
    joined = shown(ask, (do.JoinConversation(NO_CASE, channel=Channel.CHAT), ANA))
    assert not joined.human_on_the_way


INSIDE = {
    *("approval", "closing", "enforcement", "evidence", "hand-over", "notice", "renewal"),
    *("withheld-notice", "appeal-window", "escalation", "hold-review", "post-release-watch"),
    *("run-around", "second-signature", "bot-in-circles", "capacity", "impostor", "undelivered"),
}
"""What is owed inside, by the customer, or is a right."""


@pytest.mark.parametrize(
    "kind",
    sorted({*(row.what for row in PENDING), *(one.demand.kind for one in standard().clocks)}),
)
def test_only_what_is_owed_to_the_customer_is_shown(kind: str) -> None:
    """A reply is theirs to wait for; a report to somebody else is not theirs to know of."""
    events = (EVENTS[e.FreezeImposed], owing(kind, "lead"))
    view = customer_view(fold(events, unopened(CASE)), records(events))
    assert (kind in INSIDE) == (view.we_owe == ())


@pytest.mark.parametrize("first", ["customer", "authority"])
def test_what_was_somebody_elses_part_first_is_not_ours_when_it_climbs(first: str) -> None:
    """We owe no reply of theirs, however far up the ladder somebody asks for it."""
    events = (EVENTS[e.FreezeImposed], owing("reply", first, "lead", rung=1))
    assert customer_view(fold(events, unopened(CASE)), records(events)).we_owe == ()


# --- what is not theirs to know ------------------------------------------------------------------


def test_the_ground_is_not_told_while_the_notice_is_withheld() -> None:
    """A freeze that the customer may not be told of shows no ground; a notice shows it again."""
    withhold = do.WithholdNotice(
        NO_CASE, notice="freeze-imposed", basis="aml.no-tipping-off", review_at=LATER
    )
    assert shown((withhold, ANA)).ground is None
    assert shown((withhold, ANA), TELL).ground is Ground.ACCOUNT_TAKEOVER


def test_no_name_no_role_no_reason_and_no_rule_is_shown() -> None:
    """Whatever staff wrote for staff stays with staff, and so does who owes what to whom."""
    disclose = do.UpgradeDisclosure(NO_CASE, audience=Audience.OPERATIONS, basis="suspicion")
    told = [
        shown(),
        shown(ASK, FAIL, (disclose, ANA)),
        shown(APPEAL, (do.AssignAppeal(NO_CASE, reviewer="staff:rob"), ANA)),
        shown(ASK, PASS, *RELEASE[:2]),
        shown(ASK, PASS, *RELEASE),
        Played(Ground.AML_ALERT).then(*TELL).then(*ASK).later(days=30).view,
    ]
    text = json.dumps(plain(told))
    assert [word for word in SECRETS if word in text] == []


def test_a_suspicion_is_shown_in_nothing_but_that_no_ground_is() -> None:
    """Apart from the ground, what a suspect sees is what everybody sees."""

    def seen(ground: Ground) -> list[CustomerView]:
        played = Played(ground)
        views = [played.view]
        for command, by in (TELL, ASK, SUBMIT, APPEAL):
            views.append(played.then(command, by).view)
        return [*views, played.later(days=3).view]

    suspect, victim = seen(Ground.AML_ALERT), seen(Ground.ACCOUNT_TAKEOVER)
    assert {view.ground for view in suspect} == {None}
    assert [replace(view, ground=None) for view in victim] == suspect
