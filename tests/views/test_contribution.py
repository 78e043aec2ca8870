"""What one case adds to the figures: counts and lengths, each computed here by hand."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase import Actor, AppealLevel, Channel, Ground, Status
from freezecase import events as e
from freezecase.app.record import Record
from freezecase.core.appeals import AppealRoute, Finding
from freezecase.core.checked import replace
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import fold, unopened
from freezecase.testing import strategies as made
from freezecase.views.contribution import Appeals, Contribution, Decided, contribution
from freezecase.views.deadlines import Deadlines
from freezecase.views.projecting import CaseRead
from freezecase.views.promises import Rate
from tests.core.samples import ANA, CASE, EVENTS, LATER, NARROW, NOW, ROB, WHY, WIDE
from tests.laws.settings import LAW
from tests.laws.walks import walk
from tests.views.records import owing, record, records

MINUTE = 60_000_000
"""In microseconds. In these tests each record comes a minute after the one before."""

FROZEN = e.FreezeImposed(
    account="acct-1", ground=Ground.AML_ALERT, scope=WIDE, by="system:risk-engine"
)
CONTACT = EVENTS[e.ContactReceived]
TOLD = e.NoticeSent(notice="freeze-imposed", channel=Channel.EMAIL)
NOT_TOLD = e.DeliveryFailed(notice="freeze-imposed", channel=Channel.EMAIL, reason=WHY)
ARRIVED = e.DeliveryConfirmed(notice="freeze-imposed", channel=Channel.EMAIL)
LETTER = e.NoticeSent(notice="freeze-imposed", channel=Channel.LETTER)
OTHER = e.NoticeSent(notice="update", channel=Channel.EMAIL)
WANT = e.HumanRequested(channel=Channel.CHAT)
JOIN = e.HumanJoined(by=ANA.person, channel=Channel.CHAT)
FREE = e.ReleaseEnforced()
UPHELD = e.AppealUpheld(by=ROB.person, reason="you were right")
REJECTED = EVENTS[e.AppealRejected]


def read(told: Sequence[Record]) -> CaseRead:
    """A case with these records."""
    state = fold((one.event for one in told), unopened(CASE))
    return CaseRead(id=CASE, records=tuple(told), state=state, begun=NOW)


def adds(*events: CaseEvent) -> Contribution:
    """What a case adds in which this happened, a minute apart."""
    return contribution(read(records(events)))


def filed(level: AppealLevel = AppealLevel.INTERNAL_REVIEW) -> e.AppealFiled:
    """An appeal at this level."""
    return e.AppealFiled(contests=1, route=AppealRoute.APPEAL, level=level, statement="my phone")


# --- lengths of time -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "to_told"),
    [
        ([], None),
        ([OTHER], None),
        ([TOLD], 1 * MINUTE),
        ([CONTACT, TOLD, TOLD], 2 * MINUTE),  # the first counts
        ([TOLD, NOT_TOLD], None),  # it did not arrive
        ([TOLD, NOT_TOLD, TOLD], 3 * MINUTE),
        ([TOLD, LETTER, NOT_TOLD], 2 * MINUTE),  # the letter did
        ([LETTER, TOLD, NOT_TOLD], 1 * MINUTE),
        ([TOLD, NOT_TOLD, ARRIVED], 3 * MINUTE),  # it did after all
        ([TOLD, ARRIVED], 1 * MINUTE),
    ],
)
def test_told_is_the_first_notice_that_did_not_fail(
    events: list[CaseEvent], to_told: int | None
) -> None:
    """From the freeze to the notice of it."""
    assert adds(FROZEN, *events).to_told == to_told


@pytest.mark.parametrize(
    ("events", "asked", "to_human"),
    [
        ([], False, None),
        ([JOIN], False, None),  # nobody asked
        ([WANT], True, None),
        ([WANT, JOIN], True, 1 * MINUTE),
        ([JOIN, WANT, CONTACT, JOIN], True, 2 * MINUTE),  # who was there before does not count
        ([WANT, WANT, JOIN, WANT, JOIN], True, 2 * MINUTE),  # from the first asking
    ],
)
def test_a_person_is_waited_for_from_the_first_asking(
    events: list[CaseEvent], asked: bool, to_human: int | None
) -> None:
    """To the first who joined after it."""
    found = adds(FROZEN, *events)
    assert (found.asked, found.to_human) == (asked, to_human)


@pytest.mark.parametrize(
    ("events", "to_release", "way", "outcome", "frozen"),
    [
        ([], None, "", "", True),
        ([EVENTS[e.ReleaseOrdered]], None, "", "", True),
        ([CONTACT, EVENTS[e.ReleaseOrdered], FREE], 3 * MINUTE, "desk", "", False),
        ([filed(), UPHELD, FREE], 3 * MINUTE, "appeal", "", False),
        (
            [
                EVENTS[e.ExternalReviewOpened],
                e.ExternalReviewDecided(finding=Finding.FREEZE_FALLS),
                FREE,
            ],
            *(3 * MINUTE, "outside", "", False),
        ),
        (
            [EVENTS[e.ExternalReviewOpened], EVENTS[e.ExternalReviewDecided], FREE],
            *(3 * MINUTE, "desk", "", False),  # it found that the freeze stands
        ),
        ([FREE, filed(), UPHELD], 1 * MINUTE, "desk", "", False),  # what comes after is not why
        ([FREE, e.CaseClosed(by=ANA.person, outcome="mistake")], MINUTE, "desk", "mistake", False),
        (
            [
                FREE,
                e.CaseClosed(by=ANA.person, outcome="mistake"),
                EVENTS[e.CaseReopened],
            ],
            *(MINUTE, "desk", "", False),
        ),
        ([e.ScopeNarrowed(scope=NARROW, by=ANA.person)], None, "", "", True),
    ],
)
def test_a_release_says_how_long_and_how(
    events: list[CaseEvent], to_release: int | None, way: str, outcome: str, frozen: bool
) -> None:
    """From the freeze to the first time that the account was free."""
    found = adds(FROZEN, *events)
    assert (found.to_release, found.way, found.outcome, found.frozen) == (
        to_release,
        way,
        outcome,
        frozen,
    )


def test_what_counts_is_when_it_happened() -> None:
    """An imported log is recorded today, and was long ago; before its beginning is negative."""
    long = NOW - timedelta(days=3000)
    told = [
        record(FROZEN, version=1, occurred_at=long),
        record(TOLD, version=2, occurred_at=long - timedelta(minutes=1)),
        record(FREE, version=3, occurred_at=long + timedelta(days=17)),
    ]
    found = contribution(read(told))
    assert (found.opened, found.to_told, found.to_release) == (long, -MINUTE, 17 * 24 * 60 * MINUTE)


def test_a_case_that_begins_elsewhere_has_no_ground() -> None:
    """Its first record is its beginning, and it counts as no freeze."""
    found = adds(CONTACT, FREE)
    assert (found.opened, found.ground, found.to_release, found.way) == (NOW, "", None, "")


def test_a_case_that_cannot_be_read_adds_that_it_cannot() -> None:
    """And nothing else."""
    broken = CaseRead(id=CASE, records=(), state=unopened(CASE), begun=NOW, broken="damaged")
    assert contribution(broken) == Contribution(opened=NOW, ground="", frozen=False, readable=False)


# --- counts --------------------------------------------------------------------------------------


def test_appeals_count_at_the_level_that_heard_them() -> None:
    """Each ends once; a body outside upholds or rejects what it took up."""
    second = filed(AppealLevel.SECOND_INSTANCE)
    found = adds(
        *(FROZEN, filed(), REJECTED, second, EVENTS[e.AppealWithdrawn], filed()),
        *(EVENTS[e.ExternalReviewOpened], e.ExternalReviewDecided(finding=Finding.FREEZE_FALLS)),
        REJECTED,  # of nothing: it counts for nobody
    )
    assert found.appeals == {
        "internal-review": Appeals(filed=2, rejected=1),
        "second-instance": Appeals(filed=1, withdrawn=1),
        "external-body": Appeals(filed=1, upheld=1),
    }


def test_decisions_count_by_who_made_them() -> None:
    """By staff, by a machine, or by somebody outside; what is no decision does not count."""
    found = adds(
        *(FROZEN, CONTACT, TOLD, EVENTS[e.FreezeUpheld], EVENTS[e.FreezeUpheld]),
        *(e.FreezeRenewed(by="system:clock", reason=WHY, until=LATER), UPHELD),
        *(EVENTS[e.FundsForfeited], EVENTS[e.ExternalReviewDecided]),
    )
    assert found.decisions == {
        "freeze-imposed": Decided(automated=1),
        "freeze-upheld": Decided(human=2),
        "freeze-renewed": Decided(automated=1),
        "appeal-upheld": Decided(human=1),
        "funds-forfeited": Decided(outside=1),
        "external-review-decided": Decided(outside=1),
    }


def test_promises_count_for_whoever_made_them() -> None:
    """Those that are open come with their time: whether they are late depends on when one asks."""
    letter = e.PromiseMade(promise="letter", due=LATER, by=ROB.person)
    call = EVENTS[e.PromiseMade]
    found = adds(FROZEN, call, EVENTS[e.PromiseKept], call, EVENTS[e.PromiseBroken], letter)
    assert found.promises == {
        ANA.person: Rate(kept=1, broken=1),
        ROB.person: Rate(open=1),
    }
    assert found.promised == ((ROB.person, LATER),)


def test_what_detectors_found_is_counted() -> None:
    """Three hand-overs and one more are found twice by one detector."""
    moves = [e.CaseTransferred(to=f"staff:{n}", by=ANA.person, reason=WHY) for n in range(4)]
    found = adds(FROZEN, *moves).found
    assert found["third-transfer"] == 2
    assert found["never-taken"] == 3


# --- deadlines -----------------------------------------------------------------------------------

DUTY = owing("reply", "reviewer", "lead")
MET = e.ObligationMet(obligation="reply")
MISSED = e.ObligationMissed(obligation="reply")
WAIVED = EVENTS[e.ObligationWaived]
EXTENDED = EVENTS[e.ObligationExtended]
LEAD = owing("reply", "reviewer", "lead", rung=1)
CUSTOMER = owing("reply", "customer")
RIGHT = owing("reply", "customer", right=True)


def deadlines(*events: tuple[CaseEvent, int]) -> Deadlines:
    """How the duty to reply ended in a frozen case; each event with the turn it is of."""
    told = [record(FROZEN)]
    for version, (event, turn) in enumerate(events, start=2):
        one = record(event, version=version)
        entry = attrs.evolve(one.entry, command_id=UUID(int=turn))
        told.append(attrs.evolve(one, entry=entry))
    return contribution(read(told)).deadlines["reply"]


@pytest.mark.parametrize(
    ("events", "ended"),
    [
        ([(DUTY, 1)], Deadlines(opened=1, open=1)),
        ([(DUTY, 1), (MET, 2)], Deadlines(opened=1, met=1)),
        ([(DUTY, 1), (WAIVED, 2)], Deadlines(opened=1, waived=1)),
        ([(DUTY, 1), (EXTENDED, 2)], Deadlines(opened=1, open=1, extended=1)),
        ([(DUTY, 1), (DUTY, 2)], Deadlines(opened=2, open=1, replaced=1)),
        # missed, and the next on the ladder owes it: one duty, missed once, still open
        ([(DUTY, 1), (MISSED, 2), (LEAD, 2)], Deadlines(opened=1, open=1, missed=1)),
        # missed twice, met by the lead
        (
            [(DUTY, 1), (MISSED, 2), (LEAD, 2), (MISSED, 3), (LEAD, 3), (MET, 4)],
            Deadlines(opened=1, met=1, missed=2),
        ),
        # missed, and followed by nothing of its kind; then a new one
        ([(DUTY, 1), (MISSED, 2)], Deadlines(opened=1, missed=1, passed_on=1)),
        (
            [(DUTY, 1), (MISSED, 2), (DUTY, 3)],
            Deadlines(opened=2, open=1, missed=1, passed_on=1),
        ),
        ([(CUSTOMER, 1), (MISSED, 2)], Deadlines(opened=1, missed_by_others=1, passed_on=1)),
        ([(RIGHT, 1), (MISSED, 2)], Deadlines(opened=1, lapsed=1)),
        # of what was never owed nothing is counted
        ([(DUTY, 1), (MET, 2), (MET, 3), (MISSED, 4), (EXTENDED, 5)], Deadlines(opened=1, met=1)),
    ],
)
def test_each_deadline_ends_in_one_way(
    events: list[tuple[CaseEvent, int]], ended: Deadlines
) -> None:
    """Counted by hand, record by record."""
    assert deadlines(*events) == ended


def test_what_nobody_needs_any_more_is_moot() -> None:
    """Where the case moved on and dropped it, it was neither met nor missed."""
    review = owing("review", "reviewer")
    demand = replace(review.obligation.demand, moot_in=(Status.RELEASED,))
    moot = e.ObligationOpened(obligation=replace(review.obligation, demand=demand))
    assert adds(FROZEN, moot, FREE).deadlines == {"review": Deadlines(opened=1, moot=1)}


def balanced(one: Deadlines) -> bool:
    """Whether each that was opened has one end."""
    ends = one.met + one.waived + one.replaced + one.moot + one.lapsed + one.passed_on + one.open
    return one.opened == ends


@pytest.mark.parametrize("seed", range(20))
def test_in_long_walks_every_deadline_has_one_end(seed: int) -> None:
    """However a case goes on, what was opened is what ended and what is open."""
    told = [
        record(event, version=version, by=Actor.system("clock"))
        for version, event in enumerate(
            (event for taken in walk(seed) for event in taken.turn.events), start=1
        )
    ]
    found = contribution(read(told))
    assert found.deadlines
    assert [kind for kind, one in found.deadlines.items() if not balanced(one)] == []


@LAW
@given(st.lists(made.events(), min_size=1, max_size=30))
def test_no_history_is_too_strange_to_count(events: list[CaseEvent]) -> None:
    """It is counted, it balances, and its bytes are read back as they were written."""
    found = adds(*events)
    assert all(map(balanced, found.deadlines.values()))
    assert all(rate.made >= 0 for rate in found.promises.values())
    encoded = msgspec.json.encode(found, order="deterministic")
    assert msgspec.json.decode(encoded, type=Contribution) == found
