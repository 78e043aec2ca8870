"""Whose move it is, table by table: what happened, and what the case then waits for."""

from datetime import datetime

import pytest
from hypothesis import given

from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel
from freezecase.core.checked import replace
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import fold, unopened
from freezecase.core.status import Status
from freezecase.core.values import Verification
from freezecase.testing.journeys import histories
from freezecase.views.whose_move import Move, moves_owed
from tests.core.samples import ANA, BY, CASE, DEMAND, DUTY, EVENTS, LATER, ROB, WHY

FREEZE = EVENTS[e.FreezeImposed]
BOUND = (FREEZE, EVENTS[e.EnforcementConfirmed])
ASKED = (*BOUND, e.ChecksRequested(checks=(Verification(kind="device", instead=("call",)),), by=BY))
APPEALED = (*BOUND, EVENTS[e.AppealFiled], EVENTS[e.AppealAcknowledged])
STANDS = "decide whether the freeze stands"
RENEW = "renew the freeze or propose its release"
RELEASED = (*BOUND, EVENTS[e.ReleaseOrdered], EVENTS[e.ReleaseEnforced])
RIGHT = replace(DUTY, rung=7, subject="3", demand=replace(DEMAND, kind="appeal", right=True))

TABLE: list[tuple[tuple[CaseEvent, ...], list[tuple[str, str]]]] = [
    # what happened | who must do what
    ((), []),
    (
        (FREEZE,),
        [
            ("reviewer", STANDS),
            ("exchange", "make the freeze bind the account and confirm it"),
        ],
    ),
    (BOUND, [("reviewer", STANDS)]),
    ((*BOUND, EVENTS[e.FreezeUpheld]), [("exchange", RENEW)]),
    (
        (*BOUND, EVENTS[e.CaseAssigned], EVENTS[e.FreezeUpheld]),
        [(ANA.person, RENEW)],
    ),
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
    (
        (*BOUND, EVENTS[e.ReleaseProposed]),
        [("approver", "approve or refuse the proposed release")],
    ),
    (
        (*BOUND, EVENTS[e.AppealFiled]),
        [
            ("exchange", "acknowledge the appeal"),
            ("exchange", "name a reviewer for the appeal"),
        ],
    ),
    (APPEALED, [("exchange", "name a reviewer for the appeal")]),
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
    (RELEASED, [("exchange", "close the case")]),
    ((*RELEASED, EVENTS[e.CaseAssigned]), [(ANA.person, "close the case")]),
    ((*RELEASED, EVENTS[e.CaseClosed]), []),
    (
        (*BOUND, EVENTS[e.ObligationOpened]),
        [("reviewer", STANDS), ("reviewer", "`reply`")],
    ),
    (
        (*BOUND, e.ObligationOpened(obligation=RIGHT)),
        [("reviewer", STANDS), ("reviewer", "`appeal` about `3`")],
    ),
]


@pytest.mark.parametrize(("events", "expected"), TABLE)
def test_a_case_waits_for_somebody(
    events: tuple[CaseEvent, ...], expected: list[tuple[str, str]]
) -> None:
    moves = moves_owed(fold(events, unopened(CASE)))

    assert expected == [(move.who, move.what) for move in moves]


UNTIL = replace(FREEZE, until=LATER)


@pytest.mark.parametrize(
    ("events", "what", "due"),
    [
        ((UNTIL,), STANDS, LATER),
        ((UNTIL, EVENTS[e.FreezeUpheld]), RENEW, LATER),
        ((FREEZE, EVENTS[e.PromiseMade]), "keep promise `call-back`", LATER),
        ((FREEZE, EVENTS[e.ObligationOpened]), "`reply`", LATER),
        (
            (FREEZE, EVENTS[e.NoticeWithheld]),
            "look again whether the customer may be told of `freeze-imposed`",
            LATER,
        ),
        ((FREEZE,), STANDS, None),
    ],
)
def test_a_move_says_by_when_as_far_as_that_is_known(
    events: tuple[CaseEvent, ...], what: str, due: datetime | None
) -> None:
    found = {move.what: move.due for move in moves_owed(fold(events, unopened(CASE)))}

    assert due == found[what]


def test_a_right_is_somebodys_to_leave() -> None:
    rights = [
        move.right
        for move in moves_owed(fold((*BOUND, e.ObligationOpened(obligation=RIGHT)), unopened(CASE)))
    ]

    assert rights == [False, True]


@pytest.mark.parametrize(("debtor", "told"), [("customer", True), ("reviewer", False)])
def test_what_is_owed_inside_is_not_for_customers_to_know(debtor: str, told: bool) -> None:
    ladder = tuple(replace(rung, debtor=debtor) for rung in DEMAND.ladder)
    owed = replace(DUTY, demand=replace(DEMAND, ladder=ladder))
    state = fold((*BOUND, e.ObligationOpened(obligation=owed)), unopened(CASE))

    expected = Move(who=debtor, what="`reply`", due=LATER, told=told)
    assert expected == moves_owed(state)[-1]


def test_a_check_that_failed_for_good_is_no_longer_asked_for() -> None:
    failed = e.CheckFailed(check="device", by=BY, reason=WHY, appeal_to=AppealLevel.INTERNAL_REVIEW)

    moves = moves_owed(fold((*ASKED, failed), unopened(CASE)))

    assert [move.who for move in moves] == ["reviewer"]


@given(histories())
def test_while_a_case_is_open_it_is_somebodys_move(events: tuple[CaseEvent, ...]) -> None:
    state = fold(events, unopened(CASE))

    assert moves_owed(state) or state.status in {Status.UNOPENED, Status.CLOSED}
