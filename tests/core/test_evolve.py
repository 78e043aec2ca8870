"""What each kind of event changes, field by field, and that nothing else changes."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

import attrs
import pytest

from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel, AppealRoute
from freezecase.core.checked import replace
from freezecase.core.effects import EFFECTS
from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.core.evolve import evolve, fold, unopened
from freezecase.core.obligations import SECOND_SIGNATURE, key_of
from freezecase.core.state import Appeal, CaseState, CheckStage, OpenCheck, Promise, Release
from freezecase.core.status import Status
from freezecase.core.values import Channel, Ground, Verification
from tests.core.samples import (
    ANA,
    BY,
    CASE,
    COURT,
    DUTY,
    ENGINE,
    EVENTS,
    LATER,
    NARROW,
    ROB,
    WIDE,
    WIDEST,
)

BUSY: Final = fold(
    [
        EVENTS[kind]
        for kind in (
            *(e.FreezeImposed, e.FreezeUpheld, e.NoticeWithheld, e.ChecksRequested),
            *(e.CaseAssigned, e.CaseTransferred, e.ContactReceived, e.HumanRequested),
            *(e.PromiseMade, e.ObligationOpened, e.EnforcementConfirmed, e.ReleaseProposed),
            *(e.LegalHoldPlaced, e.ReleaseProposed, e.AppealFiled),
        )
    ],
    unopened(CASE),
)
"""A case with something of everything: owned and offered, checked, promised, owed, appealed."""

_VERSION: Final = BUSY.version + 1
_DECIDED: Final = {"decision": _VERSION, "deciders": {**BUSY.deciders, _VERSION: BY}}
_BY_ROB: Final = {"decision": _VERSION, "deciders": {**BUSY.deciders, _VERSION: ROB.person}}
_DEVICE: Final = Verification(kind="device")
_APPEAL: Final = Appeal(contests=1, level=AppealLevel.INTERNAL_REVIEW, route=AppealRoute.APPEAL)
_NOT_RESTRICTED: Final = {"scope": None, "enforced": False, "release": None}
_BY_EMAIL: Final = frozenset({("freeze-imposed", Channel.EMAIL)})
_HEARD: Final[Mapping[str, Any]] = {"appeal": None}


def _device(stage: CheckStage, failures: int = 0) -> dict[str, Any]:
    return {"checks": {"device": OpenCheck(_DEVICE, stage, failures)}}


EFFECTS_IN_WORDS: Final[Mapping[type[CaseEvent], Mapping[str, Any]]] = {
    e.FreezeImposed: {"status": Status.IN_FORCE, "enforced": False, **_DECIDED},
    e.ScopeNarrowed: {"scope": NARROW, "enforced": False, "release": None},
    e.ScopeWidened: {
        "scope": WIDEST,
        "enforced": False,
        "release": None,
        **_DECIDED,
    },
    e.FreezeRenewed: {"until": LATER, **_DECIDED},
    e.FreezeUpheld: {"status": Status.UPHELD, **_DECIDED},
    e.EnforcementConfirmed: {},
    e.EnforcementFailed: {"enforced": False},
    e.NoticeSent: {"sent": _BY_EMAIL, "withheld": {}},
    e.DeliveryConfirmed: {"sent": _BY_EMAIL, "withheld": {}},
    e.DeliveryFailed: {"unreached": _BY_EMAIL},
    e.NoticeWithheld: {},
    e.DisclosureUpgraded: {},
    e.ChecksRequested: {},
    e.EvidenceSubmitted: _device(CheckStage.SUBMITTED),
    e.CheckPassed: _device(CheckStage.PASSED),
    e.CheckFailed: _device(CheckStage.FAILED, failures=1),
    e.CheckWaived: _device(CheckStage.WAIVED),
    e.CheckExpired: _device(CheckStage.EXPIRED),
    e.AssignmentFailed: {},
    e.CaseAssigned: {"offered_to": None},
    e.CaseTransferred: {"transfers": 2},
    e.HandOverAccepted: {"owner": ROB.person, "offered_to": None},
    e.ContactReceived: {},
    e.CustomerContacted: {},
    e.ContactCodeChecked: {},
    e.ReplySent: {"reply_owed": False},
    e.HumanRequested: {},
    e.HumanJoined: {"human_wanted": False},
    e.PromiseMade: {},
    e.PromiseKept: {"promises": {}},
    e.PromiseBroken: {"promises": {}, "broken": frozenset({"call-back"})},
    e.PromiseSuperseded: {"promises": {}},
    e.ObligationOpened: {},
    e.ObligationMet: {"obligations": {}},
    e.ObligationMissed: {"obligations": {}},
    e.ObligationExtended: {
        "obligations": {key_of(DUTY): replace(DUTY, due=LATER + timedelta(days=1))}
    },
    e.ObligationWaived: {"obligations": {}},
    e.Escalated: {},
    e.AttemptRefused: {"refused": ("approve-release", BY, "four-eyes")},
    e.AppealFiled: {},
    e.AppealAcknowledged: {"appeal": attrs.evolve(_APPEAL, acknowledged=True)},
    e.AppealAssigned: {"appeal": attrs.evolve(_APPEAL, reviewer=ROB.person)},
    e.AppealUpheld: {
        "status": Status.RELEASING,
        "release": Release(ROB.person, leaving=None, ordered=True),
        "enforced": False,
        **_HEARD,
    },
    e.AppealRejected: {
        "status": Status.UPHELD,
        "next_level": AppealLevel.SECOND_INSTANCE,
        **_HEARD,
        **_BY_ROB,
    },
    e.AppealWithdrawn: {"status": Status.UPHELD, "appeal": None},
    e.ExternalReviewOpened: {
        "appeal": Appeal(
            contests=1,
            level=AppealLevel.EXTERNAL_BODY,
            route=AppealRoute.APPEAL,
            acknowledged=True,
        )
    },
    e.ExternalReviewDecided: {"status": Status.IN_FORCE, **_HEARD},
    e.ReleaseProposed: {},
    e.ReleaseApproved: {"release": Release(BY, leaving=None, approvers=(ROB.person,))},
    e.ReleaseRefused: {"release": None, **_BY_ROB},
    e.ReleaseOrdered: {
        "status": Status.RELEASING,
        "release": Release(BY, leaving=None, ordered=True),
        "ordered_alone": ROB.person,
        "enforced": False,
        "appeal": None,
    },
    e.ReleaseEnforced: {"status": Status.RELEASED, **_NOT_RESTRICTED},
    e.LegalHoldPlaced: {"release": None},
    e.LegalHoldLifted: {"holds": frozenset()},
    e.AccountOffboarded: {"status": Status.OFFBOARDED, **_DECIDED},
    e.FundsForfeited: {
        "status": Status.FORFEITED,
        "decision": _VERSION,
        "deciders": {**BUSY.deciders, _VERSION: "authority:court"},
    },
    e.HarmRecorded: {},
    e.CaseClosed: {
        "status": Status.CLOSED,
        "owner": None,
        "offered_to": None,
        "enforced": False,
        "release": None,
    },
    e.CaseReopened: {},
    e.PersonalDataErased: {"erased": frozenset({"customer"})},
}
"""What each kind of event changes of a busy case; what is not named stays as it was."""

_FROM_NOTHING: Final[Mapping[type[CaseEvent], Mapping[str, Any]]] = {
    e.FreezeImposed: {
        "status": Status.IN_FORCE,
        "account": "acct-4711",
        "ground": Ground.ACCOUNT_TAKEOVER,
        "imposed": WIDE,
        "scope": WIDE,
        "decision": 1,
        "deciders": {1: BY},
    },
    e.EnforcementConfirmed: {"enforced": True},
    e.NoticeWithheld: {"withheld": {"freeze-imposed": LATER}},
    e.ChecksRequested: {"checks": {"device": OpenCheck(_DEVICE)}},
    e.CaseAssigned: {"owner": ANA.person},
    e.CaseTransferred: {"offered_to": ROB.person, "transfers": 1},
    e.ContactReceived: {"reply_owed": True},
    e.HumanRequested: {"human_wanted": True},
    e.PromiseMade: {"promises": {"call-back": Promise(LATER, BY)}},
    e.ObligationOpened: {"obligations": {key_of(DUTY): DUTY}},
    e.AppealFiled: {"status": Status.APPEALED, "appeal": _APPEAL},
    e.ReleaseProposed: {"release": Release(BY, leaving=None)},
    e.LegalHoldPlaced: {"holds": frozenset({"order-7"})},
}
"""What those change that a busy case holds already."""


def show_effect(kind: type[CaseEvent], changes: Mapping[str, Any]) -> None:
    """Demand that an event changes a busy case, and an empty one, as the tables say."""
    assert _with(BUSY, changes) == evolve(BUSY, EVENTS[kind])
    if kind in _FROM_NOTHING:
        empty = unopened(CASE)
        assert _with(empty, _FROM_NOTHING[kind]) == evolve(empty, EVENTS[kind])


def _with(state: CaseState, changes: Mapping[str, Any]) -> CaseState:
    return attrs.evolve(state, version=state.version + 1, **changes)


@pytest.mark.parametrize(("kind", "changes"), EFFECTS_IN_WORDS.items())
def test_each_event_changes_what_the_table_says(
    kind: type[CaseEvent], changes: Mapping[str, Any]
) -> None:
    """Every field that an event changes is named, and no other field changes."""
    show_effect(kind, changes)


def test_every_kind_of_event_has_an_effect_or_says_that_it_has_none() -> None:
    """A kind without an entry would fail in the middle of a fold."""
    assert set(STORED_AS) == set(EFFECTS)
    assert set(STORED_AS) == set(EFFECTS_IN_WORDS)
    silent = {kind for kind in EFFECTS if EFFECTS[kind] is None}
    assert {kind_of(kind) for kind in silent} == {
        *("disclosure-upgraded", "escalated", "harm-recorded", "case-reopened"),
        *("assignment-failed", "contact-code-checked", "customer-contacted"),
    }


def test_the_remembered_attempt_is_forgotten_by_the_next_event() -> None:
    """Only the newest record can be the same attempt again."""
    tried = evolve(BUSY, EVENTS[e.AttemptRefused])
    assert evolve(tried, EVENTS[e.ContactReceived]).refused == ()


def test_a_final_failure_is_a_decision_that_can_be_contested() -> None:
    """The failure with a remedy is none: the customer may simply try again."""
    final = e.CheckFailed(
        check="device", by=BY, reason="forged", appeal_to=AppealLevel.INTERNAL_REVIEW
    )
    expected = _with(BUSY, {**_device(CheckStage.REFUSED, failures=1), **_DECIDED})
    assert expected == evolve(BUSY, final)


def test_a_check_that_is_asked_again_remembers_how_often_it_failed() -> None:
    """Failures add up over requests."""
    failed = fold([EVENTS[e.CheckFailed], EVENTS[e.ChecksRequested]], BUSY)
    assert failed.checks["device"] == OpenCheck(_DEVICE, CheckStage.REQUESTED, failures=1)


@pytest.mark.parametrize(
    "kind",
    [e.AppealAcknowledged, e.AppealAssigned, e.ReleaseApproved, e.ObligationExtended],
    ids=kind_of,
)
def test_what_is_about_nothing_changes_nothing(kind: type[CaseEvent]) -> None:
    """In a foreign history something may be acknowledged that was never filed."""
    empty = unopened(CASE)
    assert _with(empty, {}) == evolve(empty, EVENTS[kind])


def test_a_new_decision_is_contested_from_the_first_level_on() -> None:
    """However far the appeals against an older one had gone."""
    barred = evolve(unopened(CASE), EVENTS[e.AppealRejected])
    assert barred.next_level is AppealLevel.SECOND_INSTANCE
    assert evolve(barred, EVENTS[e.FreezeRenewed]).next_level is AppealLevel.INTERNAL_REVIEW


def test_an_order_without_a_proposal_has_whoever_ordered_it_for_proposer() -> None:
    """As a court does."""
    after = evolve(unopened(CASE), EVENTS[e.ReleaseOrdered])
    assert after.release == Release(ROB.person, leaving=None, ordered=True)


def test_an_appeal_that_is_upheld_when_nothing_is_restricted_orders_no_release() -> None:
    """The customer was right all along, and there is nothing left to lift."""
    assert evolve(unopened(CASE), EVENTS[e.AppealUpheld]).release is None


def test_an_outside_review_goes_on_from_the_appeal_it_takes_over() -> None:
    """Who asks to be let back in still does so before the ombudsman."""
    appeal = replace(EVENTS[e.AppealFiled], route=AppealRoute.REINSTATEMENT)
    taken = fold([appeal, EVENTS[e.ExternalReviewOpened]], unopened(CASE)).appeal
    assert taken is not None
    assert taken.route is AppealRoute.REINSTATEMENT


def test_the_day_of_the_contract_is_kept() -> None:
    """Some law goes by it."""
    imposed = replace(EVENTS[e.FreezeImposed], contracted_at=LATER)
    assert evolve(unopened(CASE), imposed).contracted_at == LATER
    assert evolve(evolve(unopened(CASE), imposed), EVENTS[e.FreezeImposed]).contracted_at is None


# --- who ordered a release alone ------------------------------------------------------------------

BY_COURT: Final = e.ReleaseOrdered(by=COURT.person)
BY_ENGINE: Final = e.ReleaseOrdered(by=ENGINE.person)
SIGNED: Final = e.ObligationMet(obligation=SECOND_SIGNATURE)


@pytest.mark.parametrize(
    ("history", "alone"),
    [
        ((e.ReleaseOrdered,), ROB.person),
        ((e.ReleaseProposed, e.ReleaseOrdered), ROB.person),
        ((e.ReleaseProposed, e.ReleaseApproved, e.ReleaseOrdered), None),
        ((e.ReleaseProposed, e.ReleaseApproved, e.LegalHoldPlaced, e.ReleaseOrdered), ROB.person),
        ((e.ReleaseApproved, e.ReleaseOrdered), ROB.person),
        ((BY_COURT,), None),
        ((BY_ENGINE,), None),
        ((e.ReleaseOrdered, SIGNED), None),
        ((e.ReleaseOrdered, e.ObligationMet), ROB.person),
        ((e.ReleaseOrdered, e.ReleaseEnforced, e.CaseClosed), ROB.person),
        ((e.ReleaseOrdered, e.LegalHoldPlaced, BY_COURT), ROB.person),
    ],
)
def test_who_ordered_a_release_alone_is_remembered_until_somebody_else_signs(
    history: tuple[type[CaseEvent] | CaseEvent, ...], alone: str | None
) -> None:
    """Staff without an approval; never a court or a machine."""
    assert alone == fold(_happened(e.FreezeImposed, *history), unopened(CASE)).ordered_alone


def _happened(*history: type[CaseEvent] | CaseEvent) -> list[CaseEvent]:
    return [EVENTS[one] if isinstance(one, type) else one for one in history]


# --- what is moot, and what has lapsed ------------------------------------------------------------


def _owed(*moot_in: Status, right: bool = False, subject: str = "") -> e.ObligationOpened:
    demand = replace(DUTY.demand, moot_in=moot_in, right=right)
    return e.ObligationOpened(obligation=replace(DUTY, demand=demand, subject=subject))


UNTIL_FREE: Final = _owed(Status.RELEASED, Status.CLOSED)
KEY: Final = key_of(DUTY)


@pytest.mark.parametrize(
    ("history", "owed"),
    [
        ((UNTIL_FREE,), True),
        ((UNTIL_FREE, e.FreezeUpheld, e.ReleaseOrdered), True),
        ((UNTIL_FREE, e.ReleaseOrdered, e.ReleaseEnforced), False),
        ((UNTIL_FREE, e.AccountOffboarded), True),
        ((UNTIL_FREE, e.AccountOffboarded, e.CaseClosed), False),
        ((UNTIL_FREE, e.AccountOffboarded, e.CaseClosed, e.CaseReopened), False),
        ((e.ReleaseOrdered, e.ReleaseEnforced, UNTIL_FREE), False),
        ((e.ReleaseOrdered, e.ReleaseEnforced, UNTIL_FREE, e.AccountOffboarded), False),
        ((_owed(), e.ReleaseOrdered, e.ReleaseEnforced, e.CaseClosed), True),
        ((_owed(), e.AccountOffboarded, e.CaseClosed, UNTIL_FREE), True),
        ((_owed(Status.IN_FORCE), e.FreezeUpheld), False),
        ((_owed(Status.APPEALED), e.FreezeUpheld, e.AppealFiled, e.AppealWithdrawn), False),
    ],
)
def test_what_nobody_needs_any_more_is_not_owed(
    history: tuple[type[CaseEvent] | CaseEvent, ...], owed: bool
) -> None:
    """It ends where it becomes moot, is not opened where it is moot, and does not come back."""
    state = fold(_happened(e.FreezeImposed, *history), unopened(CASE))
    assert ({KEY} if owed else set()) == set(state.obligations)


def test_only_what_is_moot_is_let_go() -> None:
    """Others stay as they are."""
    others = [_owed(subject="stays"), _owed(Status.CLOSED, subject="stays-too")]
    state = fold(_happened(e.FreezeImposed, UNTIL_FREE, *others, e.ReleaseOrdered), unopened(CASE))
    after = evolve(state, EVENTS[e.ReleaseEnforced])
    expected = [owed for key, owed in state.obligations.items() if key != KEY]
    assert expected == list(after.obligations.values())


A_RIGHT: Final = _owed(Status.CLOSED, right=True)


@pytest.mark.parametrize(
    ("history", "lapsed"),
    [
        ((A_RIGHT,), False),
        ((A_RIGHT, e.ObligationMissed), True),
        ((A_RIGHT, e.ObligationMet), False),
        ((A_RIGHT, e.ObligationWaived), False),
        ((e.ObligationMissed,), False),
        ((_owed(), e.ObligationMissed), False),
        ((A_RIGHT, e.ObligationMissed, A_RIGHT), False),
        ((A_RIGHT, e.ObligationMissed, _owed(right=True, subject="another")), True),
        ((A_RIGHT, e.CaseClosed, e.ObligationMissed), False),
        ((A_RIGHT, e.ObligationMissed, e.CaseClosed), True),
        ((A_RIGHT, e.ObligationMissed, e.CaseClosed, A_RIGHT), True),
    ],
)
def test_a_right_whose_time_passed_unused_has_lapsed(
    history: tuple[type[CaseEvent] | CaseEvent, ...], lapsed: bool
) -> None:
    """A duty does not lapse, nor a right that was used, ended or never opened; anew, it is open."""
    state = fold(_happened(e.FreezeImposed, *history), unopened(CASE))
    assert ({KEY} if lapsed else set()) == set(state.lapsed)


def test_a_state_cannot_be_written_on() -> None:
    """Every collection in a folded state is read-only, and so is the state."""
    for field in attrs.fields(CaseState):
        value = getattr(BUSY, field.name)
        assert not isinstance(value, dict | list | set)
    assert isinstance(BUSY.checks, MappingProxyType)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        BUSY.status = Status.CLOSED  # type: ignore[misc]


CLOSED_TWICE = (*(e.FreezeImposed, e.ReleaseEnforced, e.CaseClosed), e.CaseClosed)
APPEALED_TWICE = (*(e.FreezeImposed, e.FreezeUpheld, e.AppealFiled), e.AppealFiled)


@pytest.mark.parametrize(
    ("twice", "then", "stands"),
    [
        (CLOSED_TWICE, e.CaseReopened, Status.RELEASED),
        (APPEALED_TWICE, e.AppealWithdrawn, Status.UPHELD),
        ((*APPEALED_TWICE, e.CaseClosed), e.CaseReopened, Status.UPHELD),
    ],
    ids=["closed", "appealed", "closed under appeal"],
)
def test_a_case_that_goes_away_twice_still_goes_back(
    twice: tuple[type[CaseEvent], ...], then: type[CaseEvent], stands: Status
) -> None:
    """However strange the history, back is where the case last stood, never where it is stuck."""
    state = fold([EVENTS[kind] for kind in twice], unopened(CASE))
    assert stands is evolve(state, EVENTS[then]).status


def test_every_notice_that_was_sent_is_remembered() -> None:
    """A second one does not take the place of the first."""
    second = replace(EVENTS[e.NoticeSent], notice="letter")
    after = fold([EVENTS[e.FreezeImposed], EVENTS[e.NoticeSent], second], unopened(CASE))
    assert after.told == {"freeze-imposed", "letter"}


def test_a_check_that_was_passed_unasked_is_taken_as_asked_for() -> None:
    """And is valid for as long as the event says."""
    passed = e.CheckPassed(check="device", by=BY, valid_until=LATER)
    check = fold([EVENTS[e.FreezeImposed], passed], unopened(CASE)).checks["device"]
    assert check == OpenCheck(Verification(kind="device"), CheckStage.PASSED, 0, LATER)


def test_a_check_that_is_waived_is_the_one_that_was_asked_for() -> None:
    """With whatever may be shown instead."""
    asked = Verification(kind="device", instead=("video-call",))
    requested = e.ChecksRequested(checks=(asked,), by=BY)
    waived = replace(EVENTS[e.CheckWaived], check="device")
    after = fold([EVENTS[e.FreezeImposed], requested, waived], unopened(CASE))
    assert after.checks["device"] == OpenCheck(asked, CheckStage.WAIVED)


def test_a_promise_that_was_never_made_may_be_kept() -> None:
    """In a history from elsewhere: nothing is left to forget."""
    kept = fold([EVENTS[e.FreezeImposed], EVENTS[e.PromiseKept]], unopened(CASE))
    assert kept.promises == {}


@pytest.mark.parametrize(
    ("one", "change", "field", "both"),
    [
        (
            *(e.DeliveryFailed, {"notice": "letter"}, "unreached"),
            {("freeze-imposed", Channel.EMAIL), ("letter", Channel.EMAIL)},
        ),
        (e.PromiseBroken, {"promise": "letter"}, "broken", {"call-back", "letter"}),
        (e.PersonalDataErased, {"subject": "witness"}, "erased", {"customer", "witness"}),
    ],
    ids=["unreached", "broken", "erased"],
)
def test_a_second_one_does_not_take_the_place_of_the_first(
    one: type[CaseEvent], change: Mapping[str, str], field: str, both: set[object]
) -> None:
    """Whatever did not arrive, was broken or was erased is remembered, each beside the others."""
    second = replace(EVENTS[one], **change)
    assert both == getattr(fold([EVENTS[one], second], BUSY), field)


def test_a_check_that_expires_still_says_until_when_it_was_valid() -> None:
    """Nothing but its stage changes."""
    passed = e.CheckPassed(check="device", by=BY, valid_until=LATER)
    after = fold([passed, EVENTS[e.CheckExpired]], BUSY)
    assert after.checks["device"] == OpenCheck(_DEVICE, CheckStage.EXPIRED, 0, LATER)


def test_a_signature_changes_nothing_else_of_the_release() -> None:
    """Neither what is to be left, nor that it was ordered before somebody signed, as may happen."""
    in_part = replace(EVENTS[e.ReleaseProposed], leaving=NARROW)
    signed = fold([in_part, EVENTS[e.ReleaseApproved]], BUSY)
    assert signed.release == Release(BY, leaving=NARROW, approvers=(ROB.person,))
    late = fold([EVENTS[e.ReleaseOrdered], EVENTS[e.ReleaseApproved]], BUSY)
    assert late.release == Release(BY, leaving=None, approvers=(ROB.person,), ordered=True)


def test_an_order_keeps_who_signed() -> None:
    """Whoever looks at it later sees that it was not given alone."""
    ordered = fold([EVENTS[e.ReleaseApproved], EVENTS[e.ReleaseOrdered]], BUSY)
    assert ordered.release == Release(BY, leaving=None, approvers=(ROB.person,), ordered=True)


BY_BOT: Final = replace(EVENTS[e.ReplySent], human=False)


@pytest.mark.parametrize(
    ("history", "count"),
    [
        ((BY_BOT, BY_BOT), 2),
        ((BY_BOT, e.ContactReceived, e.PromiseBroken, BY_BOT), 2),
        ((BY_BOT, BY_BOT, e.ReplySent), 0),
        ((BY_BOT, BY_BOT, e.HumanJoined), 0),
        ((BY_BOT, BY_BOT, e.ChecksRequested), 0),
        ((BY_BOT, BY_BOT, e.ChecksRequested, BY_BOT), 1),
    ],
    ids=["two", "nothing moved", "a person answered", "a person came", "moved", "moved and again"],
)
def test_answers_of_a_machine_are_counted_until_the_case_moves(
    history: tuple[type[CaseEvent] | CaseEvent, ...], count: int
) -> None:
    """Or a person speaks; what the customer says and what is broken moves nothing."""
    assert count == fold(_happened(e.FreezeImposed, *history), unopened(CASE)).bot_replies
