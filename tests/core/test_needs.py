"""What must be there before something may happen: how a refusal speaks. The rules are tables."""

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.decide import decide, fits
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.evolve import fold, unopened
from freezecase.core.moves import MOVES
from freezecase.core.needs import NEEDS, why_not
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.errors import NotAllowedNow
from tests.core.samples import ALLOWED, CASE, EVENTS


def _after(*kinds: type[CaseEvent]) -> CaseState:
    return fold([EVENTS[kind] for kind in kinds], unopened(CASE))


def test_what_needs_something_is_legal_somewhere() -> None:
    """A row for an event that can never happen would be dead."""
    assert set(NEEDS) <= {kind for row in MOVES.values() for kind in row}


def test_an_event_out_of_place_is_told_what_may_happen_instead() -> None:
    """The error names what was asked, where the case stands, and everything it allows."""
    misfit = why_not(_after(e.FreezeImposed), EVENTS[e.CaseReopened])
    assert misfit is not None
    assert misfit.asked == "case-reopened"
    assert misfit.position == "the case is `in_force`"
    assert misfit.allowed == {kind_of(kind) for kind in MOVES[Status.IN_FORCE]}


def test_what_is_lacking_is_told_with_what_was_asked() -> None:
    """And with where the case is instead."""
    misfit = why_not(_after(e.FreezeImposed), EVENTS[e.ReleaseApproved])
    assert misfit is not None
    assert (misfit.asked, misfit.position) == ("release-approved", "no release is proposed")


@pytest.mark.parametrize(
    ("history", "contested"),
    [
        ((e.FreezeImposed,), 1),
        ((e.FreezeImposed, e.NoticeSent, e.FreezeUpheld), 3),
        ((e.FreezeImposed, e.FreezeUpheld, e.NoticeSent, e.ReplySent), 2),
    ],
    ids=["the freeze", "what was decided since", "not what was said since"],
)
def test_an_appeal_that_names_no_decision_contests_the_newest(
    history: tuple[type[CaseEvent], ...], contested: int
) -> None:
    """Customers name none: they are told no versions."""
    appeal = do.FileAppeal(CASE, statement="it was my new phone")
    (filed,) = decide(appeal, _after(*history), ALLOWED)
    assert isinstance(filed, e.AppealFiled)
    assert filed.contests == contested


def test_where_nothing_was_decided_there_is_nothing_to_contest() -> None:
    """As in a muddled history that begins with an answer."""
    undecided = _after(e.ReleaseOrdered)
    assert undecided.decision == 0
    with pytest.raises(NotAllowedNow, match="nothing was decided that can be contested"):
        fits(
            do.FileAppeal(CASE, statement="it was my new phone"),
            attrs.evolve(undecided, status=Status.IN_FORCE),
        )


FROZEN = (e.FreezeImposed,)
APPEALED = (e.FreezeImposed, e.AppealFiled)


@pytest.mark.parametrize(
    ("history", "kind", "allowed"),
    [
        ((*FROZEN, e.ChecksRequested, e.CheckPassed), e.CheckPassed, set()),
        ((*FROZEN, e.ChecksRequested), e.ChecksRequested, {"checks that are not open"}),
        ((*FROZEN, e.LegalHoldPlaced), e.ReleaseOrdered, {"lift-legal-hold"}),
        ((e.AccountOffboarded,), e.AppealAcknowledged, {"file-appeal"}),
        (
            (*FROZEN, e.AccountOffboarded, e.AppealFiled),
            e.AppealFiled,
            {"uphold-appeal", "reject-appeal", "withdraw-appeal"},
        ),
        ((*FROZEN, e.ExternalReviewOpened), e.AppealUpheld, {"decide-external-review"}),
        (APPEALED, e.ExternalReviewDecided, {"open-external-review"}),
        ((*FROZEN, e.FreezeUpheld), e.FreezeUpheld, None),
        ((e.FreezeUpheld, e.FreezeUpheld), e.AppealFiled, None),
        ((e.EnforcementConfirmed, e.FreezeUpheld), e.AppealFiled, {"2"}),
        ((*FROZEN, e.ReleaseProposed), e.ReleaseProposed, {"approve-release", "refuse-release"}),
        (FROZEN, e.ReleaseApproved, {"propose-release"}),
        ((*FROZEN, e.ScopeNarrowed), e.ScopeNarrowed, {"a scope within the one in force"}),
        (
            (*FROZEN, e.ScopeWidened),
            e.ScopeWidened,
            {"a scope that holds the one in force", "imposing another freeze"},
        ),
        ((*FROZEN, e.ReleaseOrdered), e.ScopeNarrowed, {"confirm-release"}),
        (FROZEN, e.HandOverAccepted, {"transfer-case"}),
        ((*FROZEN, e.PromiseMade), e.PromiseMade, {"keep-promise", "supersede-promise"}),
        (FROZEN, e.PromiseKept, set()),
        (FROZEN, e.ObligationMet, set()),
        ((*FROZEN, e.LegalHoldPlaced), e.LegalHoldPlaced, set()),
        (FROZEN, e.LegalHoldLifted, set()),
        (
            (e.AccountOffboarded, e.PromiseMade),
            e.CaseClosed,
            {"keep-promise", "supersede-promise"},
        ),
        ((e.AccountOffboarded, e.ContactReceived), e.CaseClosed, {"send-reply"}),
        ((e.AccountOffboarded, e.HumanRequested), e.CaseClosed, {"join-conversation"}),
        ((e.AccountOffboarded, e.HumanRequested, e.HumanJoined), e.CaseClosed, None),
        ((e.AccountOffboarded, e.ObligationOpened), e.CaseClosed, None),
        ((e.CaseClosed,), e.ObligationMet, set()),
        ((e.CaseClosed, e.ObligationOpened), e.ObligationMet, None),
        ((e.AccountOffboarded,), e.ReleaseProposed, set()),
        ((*APPEALED, e.AppealAcknowledged), e.AppealAcknowledged, set()),
        ((e.CaseClosed, e.PersonalDataErased), e.PersonalDataErased, set()),
    ],
)
def test_a_refusal_says_what_would_be_allowed(
    history: tuple[type[CaseEvent], ...], kind: type[CaseEvent], allowed: set[str] | None
) -> None:
    """The way on, in words; nothing where there is none."""
    misfit = why_not(_after(*history), EVENTS[kind])
    assert allowed == (None if misfit is None else set(misfit.allowed))


def test_what_is_in_the_right_stage_is_named() -> None:
    """Whoever passes the wrong check hears of those that are open."""
    state = _after(e.FreezeImposed, e.ChecksRequested)
    misfit = why_not(state, e.CheckPassed(check="identity", by="staff:ana"))
    assert misfit is not None
    assert misfit.allowed == {"device"}


def test_what_settles_a_check_is_named() -> None:
    """Whoever shows the wrong thing hears of the right ones."""
    misfit = why_not(
        _after(e.FreezeImposed, e.ChecksRequested),
        e.EvidenceSubmitted(check="device", shown="letter"),
    )
    assert misfit is not None
    assert misfit.allowed == {"device"}


def test_open_promises_obligations_and_holds_are_named() -> None:
    """Whoever names the wrong one hears of those there are."""
    state = _after(e.FreezeImposed, e.PromiseMade, e.ObligationOpened, e.LegalHoldPlaced)
    others: list[CaseEvent] = [
        e.PromiseKept(promise="other"),
        e.ObligationMet(obligation="other"),
        e.LegalHoldLifted(hold="other", by="authority:court"),
    ]
    named = [misfit.allowed for event in others if (misfit := why_not(state, event))]
    assert named == [{"call-back"}, {"reply"}, {"order-7"}]


def test_a_release_that_leaves_as_much_is_told_so() -> None:
    """And what would be less."""
    state = _after(e.FreezeImposed)
    misfit = why_not(state, e.ReleaseOrdered(by="authority:court", leaving=state.scope))
    assert misfit is not None
    assert misfit.allowed == {"a scope within the one in force, or none"}
