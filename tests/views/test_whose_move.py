"""Whose move it is, table by table: what happened, and what the case then waits for."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given

from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel
from freezecase.core.checked import replace
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import evolve, fold, unopened
from freezecase.core.pending import PENDING, pending
from freezecase.core.status import Status
from freezecase.core.values import Verification
from freezecase.policy.owing import REPAIR
from freezecase.policy.standard import standard
from freezecase.testing.journeys import histories
from freezecase.views.whose_move import Move, debtor_of, moves_owed
from tests.core.samples import ANA, BY, CASE, DEMAND, DUTY, EVENTS, LATER, ROB, WHY
from tests.views.records import owing

FREEZE = EVENTS[e.FreezeImposed]
BOUND = (FREEZE, EVENTS[e.EnforcementConfirmed], EVENTS[e.NoticeSent])
ASKED = (*BOUND, e.ChecksRequested(checks=(Verification(kind="device", instead=("call",)),), by=BY))
APPEALED = (*BOUND, EVENTS[e.AppealFiled], EVENTS[e.AppealAcknowledged])
STANDS = "decide whether the freeze stands"
RENEW = "renew the freeze or propose its release"
TELL = "tell the customer, or record why not"
BIND = "make the freeze bind the account and confirm it"
NAME = "name a reviewer for the appeal, and decide it"
AGAIN = "look again whether the customer may be told of `freeze-imposed`"
RELEASED = (*BOUND, EVENTS[e.ReleaseOrdered], EVENTS[e.ReleaseEnforced])

TABLE: list[tuple[tuple[CaseEvent, ...], list[tuple[str, str]]]] = [
    # what happened | who must do what, where nobody owes anything yet
    ((), []),
    ((FREEZE,), [("reviewer", STANDS), ("exchange", BIND), ("exchange", TELL)]),
    ((FREEZE, EVENTS[e.NoticeSent]), [("reviewer", STANDS), ("exchange", BIND)]),
    (BOUND, [("reviewer", STANDS)]),
    ((*BOUND, EVENTS[e.FreezeUpheld]), [("exchange", RENEW)]),
    ((*BOUND, EVENTS[e.CaseAssigned], EVENTS[e.FreezeUpheld]), [(ANA.person, RENEW)]),
    (ASKED, [("customer", "show `device` or `call`"), ("reviewer", STANDS)]),
    (
        (*ASKED, EVENTS[e.EvidenceSubmitted]),
        [("exchange", "look at what was shown for `device`"), ("reviewer", STANDS)],
    ),
    (
        (*ASKED, EVENTS[e.EvidenceSubmitted], EVENTS[e.CheckFailed]),
        [("customer", "show `device` or `call`"), ("reviewer", STANDS)],
    ),
    ((*ASKED, EVENTS[e.CheckWaived]), [("reviewer", STANDS)]),
    ((*ASKED, EVENTS[e.ReleaseOrdered]), [("exchange", "lift the freeze and confirm it")]),
    ((*BOUND, EVENTS[e.ReleaseProposed]), [("approver", "approve or refuse the proposed release")]),
    (
        (*BOUND, EVENTS[e.AppealFiled]),
        [("exchange", "acknowledge the appeal"), ("exchange", NAME)],
    ),
    (APPEALED, [("exchange", NAME)]),
    ((*APPEALED, EVENTS[e.AppealAssigned]), [(ROB.person, "decide the appeal")]),
    ((*BOUND, EVENTS[e.ExternalReviewOpened]), [("external-body", "decide the matter")]),
    (
        (*BOUND, EVENTS[e.ContactReceived]),
        [("exchange", "answer the customer"), ("reviewer", STANDS)],
    ),
    (
        (*BOUND, EVENTS[e.HumanRequested]),
        [("exchange", "let a person join the conversation"), ("reviewer", STANDS)],
    ),
    (
        (*BOUND, EVENTS[e.CaseTransferred]),
        [("reviewer", STANDS), (ROB.person, "take over the case")],
    ),
    ((*BOUND, EVENTS[e.NoticeWithheld]), [("reviewer", STANDS), ("exchange", AGAIN)]),
    (
        (*BOUND, EVENTS[e.PromiseMade]),
        [("reviewer", STANDS), (ANA.person, "keep promise `call-back`")],
    ),
    (RELEASED, [("exchange", "close the case")]),
    ((*RELEASED, EVENTS[e.CaseAssigned]), [(ANA.person, "close the case")]),
    ((*RELEASED, EVENTS[e.CaseClosed]), []),
]


@pytest.mark.parametrize(("events", "expected"), TABLE)
def test_a_case_waits_for_somebody(
    events: tuple[CaseEvent, ...], expected: list[tuple[str, str]]
) -> None:
    """What is pending is told by who would usually do it, the customer's part first."""
    moves = moves_owed(fold(events, unopened(CASE)))

    assert expected == [(move.who, move.what) for move in moves]


WITHOUT = e.ObligationOpened(
    obligation=replace(
        owing("evidence", "reviewer", subject="device").obligation,
        demand=replace(owing("evidence", "reviewer").obligation.demand, kind="decide-without"),
    )
)
OUTSIDE = (*BOUND, EVENTS[e.ExternalReviewOpened])
HEARD = (*APPEALED, EVENTS[e.AppealAssigned])

COVERED: list[tuple[tuple[CaseEvent, ...], CaseEvent, tuple[str, str]]] = [
    # what happened | what is owed for it | who must do what
    (BOUND, owing("review", "reviewer", "lead"), ("reviewer", STANDS)),
    (BOUND, owing("review", "reviewer", "lead", rung=1), ("lead", STANDS)),
    (BOUND, owing("review", "@owner"), ("exchange", STANDS)),
    ((*BOUND, EVENTS[e.CaseAssigned]), owing("review", "@owner"), (ANA.person, STANDS)),
    ((*BOUND, EVENTS[e.CaseAssigned]), owing("review", "@boss"), ("exchange", STANDS)),
    (
        (*BOUND, EVENTS[e.CaseTransferred]),
        owing("hand-over", "@offered", "lead"),
        (ROB.person, "take over the case"),
    ),
    (APPEALED, owing("appeal-decision", "reviewer", "lead"), ("reviewer", NAME)),
    (APPEALED, owing("appeal-decision", "@reviewer", "lead"), ("exchange", NAME)),
    (HEARD, owing("appeal-decision", "reviewer", "lead"), (ROB.person, "decide the appeal")),
    (HEARD, owing("appeal-decision", "@reviewer", "lead"), (ROB.person, "decide the appeal")),
    (HEARD, owing("appeal-decision", "reviewer", "lead", rung=1), ("lead", "decide the appeal")),
    (
        OUTSIDE,
        owing("appeal-decision", "authority", "lead"),
        ("external-body", "decide the matter"),
    ),
    (
        OUTSIDE,
        owing("appeal-decision", "authority", "lead", rung=1),
        ("lead", "ask the body outside how far it is"),
    ),
    (
        ASKED,
        owing("evidence", "customer", "@owner", subject="device"),
        ("customer", "show `device` or `call`"),
    ),
    (
        ASKED,
        owing("evidence", "customer", "lead", subject="device", rung=1),
        ("lead", "reach the customer, who was to show `device` or `call`"),
    ),
    (ASKED, WITHOUT, ("reviewer", "decide without `device` or `call`")),
]


@pytest.mark.parametrize(("events", "opened", "expected"), COVERED)
def test_whoever_owes_what_is_waited_for_is_told_with_its_time(
    events: tuple[CaseEvent, ...], opened: CaseEvent, expected: tuple[str, str]
) -> None:
    """The duty that covers a wait says who owes it by when; who is known by name goes by it."""
    moves = [move for move in moves_owed(fold((*events, opened), unopened(CASE))) if move.due]

    assert [(*expected, LATER, True, False)] == [
        (move.who, move.what, move.due, move.waited, move.right) for move in moves
    ]


BESIDE: list[tuple[e.ObligationOpened, str, bool]] = [
    # what is owed beside | in words | whether the customer may know
    (owing("update", "lead"), "tell the customer how it stands", True),
    (
        owing("broken-promise", "lead", subject="call-back"),
        "answer for promise `call-back`, which was broken",
        True,
    ),
    (
        owing("hold-review", "lead", subject="order-7"),
        "look again whether legal hold `order-7` must stand",
        False,
    ),
    (owing("second-signature", "officer"), "sign what was ordered alone", False),
    (owing("escalation", "lead"), "take up what was escalated", False),
    (owing("run-around", "lead"), "find out why the case goes from hand to hand", False),
    (owing("post-release-watch", "lead"), "look whether the release held", False),
    (owing(REPAIR, "exchange", subject="four-eyes"), "repair rule `four-eyes`", False),
    (owing("report", "lead"), "`report`", False),
    (owing("report", "lead", subject="x"), "`report` about `x`", False),
    (owing("form", "customer"), "`form`", True),
]


@pytest.mark.parametrize(("opened", "what", "told"), BESIDE)
def test_what_is_owed_beside_is_told_and_not_waited_for(
    opened: e.ObligationOpened, what: str, told: bool
) -> None:
    """The case does not wait for it; a customer knows of what is theirs or for them."""
    moves = moves_owed(fold((*BOUND, opened), unopened(CASE)))

    who = opened.obligation.debtor
    assert Move(who=who, what=what, due=LATER, waited=False, told=told) == moves[-1]
    assert [move.waited for move in moves] == [True, False]


WINDOW = owing("appeal-window", "customer", right=True)


def test_a_right_is_somebodys_to_leave() -> None:
    """A right is told as one: it is theirs to use or to leave."""
    moves = moves_owed(fold((*BOUND, WINDOW), unopened(CASE)))

    assert moves[-1] == Move(
        who="customer", what="appeal", due=LATER, right=True, waited=False, told=True
    )


@pytest.mark.parametrize(
    "events",
    [
        (EVENTS[e.AppealFiled],),
        (*RELEASED[3:], EVENTS[e.AppealFiled]),
        (EVENTS[e.ReleaseOrdered],),
        (*RELEASED[3:], EVENTS[e.CaseClosed]),
    ],
    ids=["it is used", "it is used late", "on the way to freedom", "closed"],
)
def test_a_right_that_cannot_be_used_now_is_nobodys_move(events: tuple[CaseEvent, ...]) -> None:
    """The window stays open while nobody could go through it, and is then no move."""
    state = fold((*BOUND, WINDOW, *events), unopened(CASE))

    assert ("appeal-window", "") in state.obligations
    assert not [move for move in moves_owed(state) if move.right]


UNTIL = replace(FREEZE, until=LATER)


@pytest.mark.parametrize(
    ("events", "what", "due"),
    [
        ((UNTIL,), STANDS, LATER),
        ((UNTIL, EVENTS[e.FreezeUpheld]), RENEW, LATER),
        ((FREEZE, EVENTS[e.PromiseMade]), "keep promise `call-back`", LATER),
        ((FREEZE, EVENTS[e.ObligationOpened]), "`reply`", LATER),
        ((FREEZE, EVENTS[e.NoticeWithheld]), AGAIN, LATER),
        ((FREEZE,), STANDS, None),
    ],
)
def test_a_move_says_by_when_as_far_as_that_is_known(
    events: tuple[CaseEvent, ...], what: str, due: datetime | None
) -> None:
    """Where nobody owes it yet, the case itself may name the day."""
    found = {move.what: move.due for move in moves_owed(fold(events, unopened(CASE)))}

    assert due == found[what]


def test_the_day_of_the_duty_goes_before_the_day_of_the_case() -> None:
    """Who owes it sooner than the freeze ends is told by their own time."""
    sooner = replace(owing("review", "reviewer").obligation, due=LATER - timedelta(hours=1))
    opened = e.ObligationOpened(obligation=sooner)

    moves = moves_owed(fold((UNTIL, *BOUND[1:], opened), unopened(CASE)))

    assert [LATER - timedelta(hours=1)] == [move.due for move in moves]


def test_what_only_keeps_people_awake_covers_nothing() -> None:
    """An update is owed beside the review, and says nothing of who reviews."""
    update = replace(DUTY, demand=replace(DEMAND, kind="update", met_by=("reply-sent",)))

    moves = moves_owed(fold((*BOUND, e.ObligationOpened(obligation=update)), unopened(CASE)))

    assert [(move.what, move.due) for move in moves] == [
        (STANDS, None),
        ("tell the customer how it stands", LATER),
    ]


@pytest.mark.parametrize(
    ("debtor", "known"),
    [
        ("lead", "lead"),
        ("customer", "customer"),
        ("@owner", ANA.person),
        ("@offered", ROB.person),
        ("@reviewer", "exchange"),
        ("@boss", "exchange"),
    ],
)
def test_who_stands_in_a_relation_is_named(debtor: str, known: str) -> None:
    """A relation is told as the person; where nobody stands in it, the exchange owes."""
    offered = (*BOUND, EVENTS[e.CaseAssigned], EVENTS[e.CaseTransferred])
    state = fold(offered, unopened(CASE))

    assert known == debtor_of(state, owing("reply", debtor).obligation)


TOLD = {
    *("evidence", "check-review", "human", "reply", "acknowledgement", "appeal-decision"),
    *("review", "lifting"),
}


def told_of(what: str) -> set[bool]:
    """Whether the customer may know, wherever the table above waits for it and Max owes it."""
    states = [fold(events, unopened(CASE)) for events, _ in TABLE]
    waits = [(state, wait) for state in states for wait in pending(state) if wait.what == what]
    opened = [
        evolve(state, owing(what, "max", "max", subject=wait.subject, rung=1))
        for state, wait in waits
    ]
    return {move.told for state in opened for move in moves_owed(state) if move.who == "max"}


@pytest.mark.parametrize("what", [row.what for row in PENDING])
def test_a_customer_knows_of_what_concerns_them_and_of_nothing_else(what: str) -> None:
    """Of each thing that a case can wait for it is settled whether the customer may know."""
    assert {what in TOLD} == told_of(what)


def test_a_check_that_failed_for_good_is_no_longer_asked_for() -> None:
    """Nothing that is shown could change the outcome."""
    failed = e.CheckFailed(check="device", by=BY, reason=WHY, appeal_to=AppealLevel.INTERNAL_REVIEW)

    moves = moves_owed(fold((*ASKED, failed), unopened(CASE)))

    assert [move.who for move in moves] == ["reviewer"]


def test_every_clock_of_the_standard_policy_is_told_in_words() -> None:
    """What the policy that ships demands has a sentence, and is not told by its kind alone."""
    plainly = [
        move.what
        for clock in standard().clocks
        for state in [fold((*BOUND, owing(clock.demand.kind, "lead")), unopened(CASE))]
        for move in moves_owed(state)
        if move.what.startswith(f"`{clock.demand.kind}`") and not clock.covers
    ]

    assert plainly == []


@given(histories())
def test_while_a_case_is_open_it_is_somebodys_move(events: tuple[CaseEvent, ...]) -> None:
    """An open case waits for somebody who owes it by a time."""
    state = fold(events, unopened(CASE))

    waited = [move for move in moves_owed(state) if move.waited]
    assert waited or state.status in {Status.UNOPENED, Status.CLOSED}
    assert [move for move in waited if move.due is None] == []
