"""The rule book by itself: a page of histories and what they mean."""

import pytest

from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel
from freezecase.core.checked import replace
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.obligations import SECOND_SIGNATURE, key_of
from freezecase.core.state import CheckStage
from freezecase.core.status import Status
from freezecase.replay.by_the_book import Reading, by_the_book
from tests.core.samples import ANA, BY, COURT, DUTY, EVENTS, LATER, NARROW, ROB, WIDE

# what happened                                                              | where the case stands
POSITIONS = """
                                                                             | unopened
freeze-imposed                                                               | in_force
freeze-imposed freeze-upheld                                                 | upheld
freeze-imposed freeze-upheld scope-widened                                   | in_force
freeze-imposed freeze-upheld scope-narrowed                                  | upheld
freeze-imposed appeal-filed                                                  | appealed
freeze-imposed appeal-filed scope-narrowed                                   | appealed
freeze-imposed appeal-filed appeal-withdrawn                                 | in_force
freeze-imposed freeze-upheld appeal-filed appeal-withdrawn                   | upheld
freeze-imposed appeal-filed appeal-rejected                                  | upheld
freeze-imposed appeal-filed appeal-upheld                                    | releasing
freeze-imposed external-review-opened external-review-decided                | in_force
freeze-imposed release-ordered                                               | releasing
freeze-imposed release-ordered legal-hold-placed                             | in_force
freeze-imposed release-ordered scope-narrowed                                | in_force
freeze-imposed release-ordered release-enforced                              | released
freeze-imposed release-ordered release-enforced appeal-filed appeal-upheld   | released
freeze-imposed release-ordered release-enforced appeal-filed appeal-rejected | released
freeze-imposed funds-forfeited                                               | forfeited
freeze-imposed account-offboarded external-review-opened external-review-decided | offboarded
freeze-imposed account-offboarded appeal-filed appeal-upheld                 | releasing
freeze-imposed account-offboarded case-closed                                | closed
freeze-imposed account-offboarded case-closed case-reopened                  | offboarded
freeze-imposed legal-hold-placed                                             | in_force
release-enforced                                                             | released
legal-hold-placed                                                            | unopened
case-reopened appeal-withdrawn                                               | unopened
freeze-imposed case-closed freeze-imposed                                    | in_force
"""
PAST = {kind_of(event): event for event in EVENTS.values()}
HISTORIES = [tuple(line.split("|")) for line in POSITIONS.strip("\n").splitlines()]


@pytest.mark.parametrize(("history", "stands"), HISTORIES)
def test_where_a_case_stands(history: str, stands: str) -> None:
    """Each row is a history, legal or not, and the position it leads to."""
    read = by_the_book([PAST[word] for word in history.split()])
    assert Status(stands.strip()) is read.status


def _read(*events: CaseEvent | type[CaseEvent]) -> Reading:
    return by_the_book([EVENTS[one] if isinstance(one, type) else one for one in events])


def test_what_is_restricted() -> None:
    """What was said last; nothing once the account is free or the case closed."""
    assert _read().scope is None
    assert _read(e.FreezeImposed).scope == WIDE
    assert _read(e.FreezeImposed, e.ScopeNarrowed).scope == NARROW
    assert _read(e.FreezeImposed, e.ReleaseOrdered).scope == WIDE
    assert _read(e.FreezeImposed, e.ReleaseEnforced).scope is None
    assert _read(e.FreezeImposed, e.CaseClosed).scope is None


def test_who_hears_an_appeal() -> None:
    """Nobody, once it is over."""
    assert _read(e.FreezeImposed).appeal is None
    assert _read(e.AppealFiled).appeal is AppealLevel.INTERNAL_REVIEW
    assert _read(e.AppealFiled, e.ExternalReviewOpened).appeal is AppealLevel.EXTERNAL_BODY
    for end in (
        *(e.AppealUpheld, e.AppealRejected, e.AppealWithdrawn),
        *(e.ExternalReviewDecided, e.ReleaseOrdered),
    ):
        assert _read(e.AppealFiled, end).appeal is None


def test_who_decided() -> None:
    """Each decision that can be contested, by its number; a failure only when it is final."""
    final = e.CheckFailed(
        check="device", by=BY, reason="forged", appeal_to=AppealLevel.INTERNAL_REVIEW
    )
    history = (e.FreezeImposed, e.CheckFailed, final, e.ContactReceived, e.ReleaseRefused)
    assert _read(*history).decided == {1: BY, 3: BY, 5: ROB.person}
    assert _read(e.FundsForfeited).decided == {1: COURT.person}


@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        (e.EvidenceSubmitted, CheckStage.SUBMITTED),
        (e.CheckPassed, CheckStage.PASSED),
        (e.CheckFailed, CheckStage.FAILED),
        (e.CheckWaived, CheckStage.WAIVED),
        (e.CheckExpired, CheckStage.EXPIRED),
        (e.ChecksRequested, CheckStage.REQUESTED),
    ],
)
def test_how_far_a_check_has_come(kind: type[CaseEvent], stage: CheckStage) -> None:
    """The newest word on it counts."""
    assert _read(e.ChecksRequested, kind).checks == {"device": stage}


def test_what_is_promised_and_owed() -> None:
    """Until it is kept or broken, met or missed; extended, the time moves."""
    assert _read(e.PromiseMade).promises == {"call-back"}
    assert _read(e.PromiseMade, e.PromiseKept).promises == set()
    assert _read(e.PromiseKept, e.PromiseMade).promises == {"call-back"}
    assert _read(e.ObligationOpened).obligations == {key_of(DUTY): LATER}
    assert _read(e.ObligationOpened, e.ObligationWaived).obligations == {}
    assert _read(e.ObligationOpened, e.ObligationExtended).obligations[key_of(DUTY)] > LATER
    assert _read(e.ObligationExtended).obligations == {}


def _opened(*moot_in: Status, right: bool = False) -> CaseEvent:
    demand = replace(DUTY.demand, moot_in=moot_in, right=right)
    return e.ObligationOpened(obligation=replace(DUTY, demand=demand))


UNTIL_FREE = _opened(Status.RELEASED, Status.CLOSED)


@pytest.mark.parametrize(
    ("history", "owed"),
    [
        ((UNTIL_FREE,), True),
        ((UNTIL_FREE, e.ReleaseOrdered), True),
        ((UNTIL_FREE, e.ReleaseOrdered, e.ReleaseEnforced), False),
        ((UNTIL_FREE, e.ReleaseEnforced, e.AccountOffboarded), False),
        ((e.ReleaseEnforced, UNTIL_FREE), False),
        ((e.ReleaseEnforced, UNTIL_FREE, e.AccountOffboarded), False),
        ((e.ReleaseEnforced, e.ObligationOpened, UNTIL_FREE), True),
        ((e.ObligationOpened, e.ReleaseEnforced, e.CaseClosed), True),
    ],
)
def test_what_nobody_needs_is_not_owed(
    history: tuple[CaseEvent | type[CaseEvent], ...], owed: bool
) -> None:
    """It ends where it becomes moot, and is not opened where it is moot already."""
    read = _read(e.FreezeImposed, *history)
    assert ({key_of(DUTY): LATER} if owed else {}) == read.obligations


A_RIGHT = _opened(Status.CLOSED, right=True)


@pytest.mark.parametrize(
    ("history", "lapsed"),
    [
        ((A_RIGHT,), False),
        ((A_RIGHT, e.ObligationMissed), True),
        ((A_RIGHT, e.ObligationMet), False),
        ((A_RIGHT, e.ObligationExtended, e.ObligationMissed), True),
        ((e.ObligationMissed,), False),
        ((e.ObligationOpened, e.ObligationMissed), False),
        ((A_RIGHT, e.ObligationMissed, A_RIGHT), False),
        ((A_RIGHT, e.ObligationMissed, e.CaseClosed, A_RIGHT), True),
        ((A_RIGHT, e.CaseClosed, e.ObligationMissed), False),
    ],
)
def test_which_rights_have_lapsed(
    history: tuple[CaseEvent | type[CaseEvent], ...], lapsed: bool
) -> None:
    """Those that were open and whose time passed, until they are opened anew."""
    read = _read(e.FreezeImposed, *history)
    assert ({key_of(DUTY)} if lapsed else set()) == read.lapsed


SIGNED = e.ObligationMet(obligation=SECOND_SIGNATURE)


@pytest.mark.parametrize(
    ("history", "alone"),
    [
        ((), None),
        ((e.ReleaseOrdered,), ROB.person),
        ((e.ReleaseOrdered(by=COURT.person),), None),
        ((e.ReleaseOrdered, SIGNED), None),
        ((e.ReleaseOrdered, e.ObligationMet), ROB.person),
        ((e.ReleaseApproved, e.ReleaseOrdered), ROB.person),
        ((e.ReleaseProposed, e.ReleaseApproved, e.ReleaseOrdered), None),
        ((e.ReleaseProposed, e.ReleaseApproved, e.ReleaseProposed, e.ReleaseOrdered), ROB.person),
        ((e.ReleaseProposed, e.ReleaseApproved, e.ReleaseRefused, e.ReleaseOrdered), ROB.person),
        ((e.ReleaseProposed, e.ReleaseApproved, e.ScopeNarrowed, e.ReleaseOrdered), ROB.person),
        ((e.ReleaseProposed, e.ReleaseApproved, e.AppealUpheld, e.ReleaseOrdered), ROB.person),
        ((e.AppealUpheld, e.ReleaseApproved, e.ReleaseOrdered), None),
        ((e.ReleaseEnforced, e.AppealUpheld, e.ReleaseApproved, e.ReleaseOrdered), ROB.person),
    ],
)
def test_who_ordered_a_release_alone(
    history: tuple[CaseEvent | type[CaseEvent], ...], alone: str | None
) -> None:
    """Staff, without an approval of the release that was under way; until somebody signs it too."""
    assert alone == _read(e.FreezeImposed, *history).ordered_alone


def test_holds_and_owners() -> None:
    """A hold until it is lifted; an owner until somebody else takes the case, or it is closed."""
    assert _read(e.LegalHoldPlaced).holds == {"order-7"}
    assert _read(e.LegalHoldPlaced, e.LegalHoldLifted).holds == set()
    assert _read(e.CaseAssigned).owner == ANA.person
    assert _read(e.CaseAssigned, e.CaseTransferred, e.HandOverAccepted).owner == ROB.person
    assert _read(e.CaseAssigned, e.CaseClosed).owner is None
    assert _read().owner is None
