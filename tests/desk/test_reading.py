"""To whom a case must not go is read from its records."""

from datetime import timedelta

import pytest

from freezecase import Channel
from freezecase import events as e
from freezecase.core.events import CaseEvent
from freezecase.desk.reading import waiting
from freezecase.desk.routing import Waiting
from tests.core.samples import CASE, LATER, NOW, WHY
from tests.views.records import records

A, B, C, LEAD = (f"staff:{name}" for name in ("ana", "bo", "cy", "lead"))


def never(*events: CaseEvent) -> set[str]:
    """To whom a case in which this happened must not go."""
    return {*waiting(records(events), None).never}


def sent(by: str, to: str) -> CaseEvent:
    return e.CaseTransferred(to=to, by=by, reason=WHY)


def given_to(to: str) -> CaseEvent:
    return e.CaseAssigned(to=to)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((given_to(A),), {A}),  # who has it
        ((given_to(A), sent(A, B)), {A}),
        ((given_to(A), sent(A, B), e.HandOverAccepted(by=B)), {A, B}),
        ((given_to(A), sent(A, B), given_to(C)), {A, C}),
        ((given_to(A), sent(LEAD, B)), {A}),  # a lead who moves it gives nothing away
        ((given_to(A), sent(A, B), sent(B, C)), {A, B}),  # B passed on what was offered
        ((sent(LEAD, B),), {LEAD}),  # nobody had it: whoever sent it had it
        ((given_to(A), sent(A, B), e.CaseClosed(by=B, outcome="done")), {A}),
        (
            (given_to(A), e.CaseClosed(by=A, outcome="done"), sent(LEAD, B)),
            {LEAD},
        ),
    ],
)
def test_whoever_has_it_or_gave_it_away_is_not_given_it(
    events: tuple[CaseEvent, ...], expected: set[str]
) -> None:
    """Nothing goes from A to B to A, and a lead who moves a case gives nothing away."""
    assert never(*events) == expected


def test_whoever_proposed_or_signed_a_release_is_not_given_it_until_it_is_ordered() -> None:
    """Whoever is to approve must not have signed already; afterwards anybody may have it."""
    proposed, signed = e.ReleaseProposed(by=A, reason=WHY), e.ReleaseApproved(by=B)

    assert never(proposed) == {A}
    assert never(proposed, signed) == {A, B}
    assert never(proposed, signed, e.ReleaseOrdered(by=B)) == set()


def test_a_case_without_a_row_is_of_no_queue_and_waits_since_its_last_record() -> None:
    """It is told by its records alone; the customer's language is that of the last notice."""
    told = (
        e.NoticeSent(notice="freeze-imposed", channel=Channel.EMAIL, language="cy"),
        e.NoticeSent(notice="update", channel=Channel.EMAIL, language="vi"),
        e.HumanRequested(channel=Channel.CHAT),
    )

    assert waiting(records(told), None) == Waiting(
        case=CASE, since=NOW + timedelta(minutes=2), language="vi"
    )
    assert waiting(records(told), None).since < LATER
