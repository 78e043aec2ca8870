"""Each pattern of bad service is found where it is, and nowhere else."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase import Casebook, Channel
from freezecase import commands as do
from freezecase import events as e
from freezecase.core.checked import replace
from freezecase.core.events import CaseEvent
from freezecase.core.values import Verification
from freezecase.testing import strategies as made
from freezecase.testing.contracts import StoryClock
from freezecase.views.run_around import DETECTORS, Found, run_around
from tests.app.books import ANA, ENGINE, OWNER, opened
from tests.core.samples import BY, EVENTS, LATER, NOW, WHY
from tests.laws.settings import LAW
from tests.views.records import owing, record, records

A, B, C, D, LEAD = (f"staff:{name}" for name in ("ana", "bo", "cy", "di", "lead"))

# --- what happens, in short ----------------------------------------------------------------------


def sent(by: str, to: str) -> CaseEvent:
    return e.CaseTransferred(to=to, by=by, reason=WHY)


def taken(by: str) -> CaseEvent:
    return e.HandOverAccepted(by=by)


def given_to(to: str) -> CaseEvent:
    return e.CaseAssigned(to=to)


def asked(*checks: str) -> CaseEvent:
    return e.ChecksRequested(checks=tuple(Verification(kind=one) for one in checks), by=BY)


def passed(minutes: int | None = None) -> CaseEvent:
    until = None if minutes is None else NOW + timedelta(minutes=minutes)
    return e.CheckPassed(check="device", by=BY, valid_until=until)


def contact(*topics: str) -> CaseEvent:
    return e.ContactReceived(channel=Channel.CHAT, by=OWNER.person, topics=topics)


def replied(*, human: bool) -> CaseEvent:
    return e.ReplySent(channel=Channel.CHAT, human=human)


def missed(kind: str, subject: str = "") -> CaseEvent:
    return e.ObligationMissed(obligation=kind, subject=subject)


def owed_for(minutes: int, *debtors: str, right: bool = False) -> CaseEvent:
    """Something that is owed from now on, for so many minutes."""
    opened = owing("reply", *(debtors or ("lead",)), right=right).obligation
    due = opened.opened_at + timedelta(minutes=minutes)
    return e.ObligationOpened(obligation=replace(opened, due=due))


FROZEN = EVENTS[e.FreezeImposed]
ASKED = asked("device")
SHOWN = EVENTS[e.EvidenceSubmitted]
FAILED = EVENTS[e.CheckFailed]
EXPIRED = EVENTS[e.CheckExpired]
WAIVED = EVENTS[e.CheckWaived]
CLOSED = EVENTS[e.CaseClosed]
REOPENED = EVENTS[e.CaseReopened]
PROMISED = EVENTS[e.PromiseMade]
BROKEN = EVENTS[e.PromiseBroken]
KEPT = EVENTS[e.PromiseKept]
BOT = replied(human=False)
PERSON = replied(human=True)
WANTED = EVENTS[e.HumanRequested]
JOINED = EVENTS[e.HumanJoined]
TOLD = EVENTS[e.NoticeSent]
REPLY_MET = EVENTS[e.ObligationMet]
PUT_OFF = EVENTS[e.ObligationExtended]

# --- the table -----------------------------------------------------------------------------------

Speaks = tuple[Sequence[CaseEvent], Sequence[tuple[str, tuple[int, ...]]]]

SPEAKS: Final[Mapping[str, Sequence[Speaks]]] = {
    "third-transfer": [
        (
            [sent(A, B), taken(B), sent(B, C), taken(C), sent(C, D)],
            [("third-transfer", (1, 3, 5))],
        ),
        (  # and once more
            [sent(A, B), taken(B), sent(B, C), taken(C), sent(C, D), taken(D), sent(D, LEAD)],
            [("third-transfer", (1, 3, 5)), ("third-transfer", (3, 5, 7))],
        ),
        (  # what was offered to B was over when C was given it: B had nothing to give away
            [given_to(A), sent(A, B), given_to(C), sent(B, D), taken(D), sent(D, B)],
            [("third-transfer", (2, 4, 6))],
        ),
    ],
    "back-again": [
        ([given_to(A), sent(A, B), taken(B), sent(B, A)], [("back-again", (2, 4))]),
        ([sent(A, B), taken(B), given_to(A)], [("back-again", (1, 3))]),
        # whoever was offered it gives it back without taking it
        ([given_to(A), sent(A, B), sent(B, A)], [("back-again", (2, 3)), ("never-taken", (2, 3))]),
        # whoever was offered it sends it on, and gets it back
        (
            [given_to(A), sent(A, B), sent(B, C), taken(C), given_to(B)],
            [("never-taken", (2, 3)), ("back-again", (3, 5))],
        ),
        # taken back by whoever gave it away
        ([given_to(A), sent(A, B), taken(A)], [("back-again", (2, 3))]),
        # moved by a lead: it was still A who had it
        ([given_to(A), sent(LEAD, B), taken(B), sent(B, A)], [("back-again", (2, 4))]),
        # to and fro: once a way
        (
            [given_to(A), sent(A, B), taken(B), given_to(A), sent(A, B)],
            [("back-again", (2, 4))],
        ),
        (
            [given_to(A), sent(A, B), taken(B), sent(B, A), taken(A), given_to(B)],
            [("back-again", (2, 4)), ("back-again", (4, 6))],
        ),
    ],
    "never-taken": [
        ([given_to(A), sent(A, B), sent(A, C)], [("never-taken", (2, 3))]),
    ],
    "question-asked-twice": [
        ([ASKED, SHOWN, ASKED], [("question-asked-twice", (2, 3))]),
        # among others, and asked for once more
        (
            [ASKED, SHOWN, asked("address", "device"), ASKED],
            [("question-asked-twice", (2, 3)), ("question-asked-twice", (2, 4))],
        ),
        ([ASKED, SHOWN, passed(), SHOWN, ASKED], [("question-asked-twice", (4, 5))]),
    ],
    "evidence-asked-twice": [
        ([ASKED, SHOWN, passed(), ASKED], [("evidence-asked-twice", (3, 4))]),
        ([passed(minutes=2), ASKED], [("evidence-asked-twice", (1, 2))]),
    ],
    "topic-raised-twice": [
        ([contact("fees"), contact("fees")], [("topic-raised-twice", (1, 2))]),
        # in any order, with a machine between, and once more
        (
            [contact("fees", "delay"), BOT, contact("delay", "fees"), contact("fees", "delay")],
            [("topic-raised-twice", (1, 3)), ("topic-raised-twice", (3, 4))],
        ),
    ],
    "reopened": [
        ([CLOSED, REOPENED, REOPENED], [("reopened", (1, 2))]),
        (
            [CLOSED, TOLD, REOPENED, CLOSED, REOPENED],
            [("reopened", (1, 3)), ("reopened", (4, 5))],
        ),
    ],
    "promise-repeated": [
        ([PROMISED, BROKEN, PROMISED, KEPT, PROMISED], [("promise-repeated", (2, 3))]),
    ],
    "bot-in-circles": [
        ([BOT, BOT, BOT], [("bot-in-circles", (1, 2, 3))]),
        ([BOT, BOT, BOT, BOT], [("bot-in-circles", (1, 2, 3))]),
        # talk, what is owed and what time does are no way on
        (
            [contact("fees"), BOT, REPLY_MET, WANTED, BOT, TOLD, BROKEN, EXPIRED, BOT],
            [("bot-in-circles", (2, 5, 9))],
        ),
        (
            [BOT, BOT, BOT, PERSON, BOT, BOT, BOT],
            [("bot-in-circles", (1, 2, 3)), ("bot-in-circles", (5, 6, 7))],
        ),
    ],
    "human-missed": [
        ([WANTED, missed("human")], [("human-missed", (1, 2))]),
        # found in the order in which it showed, whenever it began
        (
            [WANTED, CLOSED, REOPENED, missed("human")],
            [("reopened", (2, 3)), ("human-missed", (1, 4))],
        ),
        # who asks twice waits since the first time; one wait is missed once
        (
            [WANTED, PERSON, WANTED, missed("human"), missed("human")],
            [("human-missed", (1, 4))],
        ),
        (
            [WANTED, missed("human"), JOINED, WANTED, missed("human")],
            [("human-missed", (1, 2)), ("human-missed", (4, 5))],
        ),
    ],
    "silence": [
        ([FROZEN, missed("update")], [("silence", (1, 2))]),
        ([FROZEN, TOLD, contact(), missed("update"), missed("update")], [("silence", (2, 4))]),
    ],
    "missed-rung-by-rung": [
        (
            [
                *(owing("review", "reviewer", "lead"), missed("review")),
                *(owing("review", "reviewer", "lead", rung=1), missed("review")),
            ],
            [("missed-rung-by-rung", (2, 4))],
        ),
        (  # one rung twice, and then another: it began with the first
            [
                *(owing("review", "a", "b", "c", rung=1), missed("review")),
                *(owing("review", "a", "b", "c", rung=1), missed("review")),
                *(owing("review", "a", "b", "c", rung=2), missed("review")),
            ],
            [("missed-rung-by-rung", (2, 6))],
        ),
        (  # rung by rung; the last of them again and again
            [
                *(owing("review", "a", "b", "c"), missed("review")),
                *(owing("review", "a", "b", "c", rung=1), missed("review")),
                *(owing("review", "a", "b", "c", rung=2), missed("review")),
                *(owing("review", "a", "b", "c", rung=2), missed("review")),
            ],
            [("missed-rung-by-rung", (2, 4)), ("missed-rung-by-rung", (2, 4, 6))],
        ),
    ],
    "conduct-complaint": [
        ([contact("conduct")], [("conduct-complaint", (1,))]),
        ([contact("fees", "conduct")], [("conduct-complaint", (1,))]),
    ],
    "pause-without-question": [
        ([owed_for(60), PUT_OFF], [("pause-without-question", (2,))]),
        # what was asked is answered: there is nothing to wait for
        ([ASKED, SHOWN, owed_for(60), PUT_OFF], [("pause-without-question", (4,))]),
        # and once more
        (
            [owed_for(60), PUT_OFF, PUT_OFF],
            [("pause-without-question", (2,)), ("pause-without-question", (3,))],
        ),
    ],
    "pause-before-breach": [
        # ten minutes, of which one is left
        (
            [ASKED, owed_for(10), *[BOT] * 2, PERSON, *[BOT] * 2, PERSON, TOLD, PUT_OFF],
            [("pause-before-breach", (10,))],
        ),
        # it is over already
        ([ASKED, owed_for(1), TOLD, PUT_OFF], [("pause-before-breach", (4,))]),
    ],
}
"""For each detector: a history, and who speaks of it, with the versions that show it."""

NEAR: Final[Mapping[str, Sequence[Sequence[CaseEvent]]]] = {
    "third-transfer": [
        [sent(A, B), taken(B), sent(B, C), taken(C)],
        [given_to(A), given_to(B), given_to(C), given_to(D)],
    ],
    "back-again": [
        [given_to(A), sent(A, B), taken(B), sent(B, C)],
        [given_to(A), given_to(B), given_to(A)],  # nobody gave it away
        [given_to(A), sent(A, A), taken(A)],
        [given_to(A), sent(LEAD, B), taken(B), sent(B, LEAD)],  # it was not the lead's to give
    ],
    "never-taken": [
        [sent(A, B), taken(B), sent(B, C)],
        [sent(A, B), given_to(C), sent(C, D)],
        [sent(A, B), CLOSED, sent(A, B)],
        [sent(A, B), taken(B)],
    ],
    "question-asked-twice": [
        [ASKED, ASKED],  # nothing was shown yet: it is a reminder
        [ASKED, SHOWN, asked("address")],
        [ASKED, SHOWN, FAILED, ASKED],
        [ASKED, SHOWN, EXPIRED, ASKED],
    ],
    "evidence-asked-twice": [
        [passed(), FAILED, ASKED],
        [passed(), EXPIRED, ASKED],
        [passed(), WAIVED, ASKED],
        [passed(minutes=1), ASKED],  # good until that very moment
        [passed(), asked("address")],
    ],
    "topic-raised-twice": [
        [contact("fees"), PERSON, contact("fees")],
        [contact("fees"), JOINED, contact("fees")],
        [contact("fees"), contact("delay")],
        [contact("fees"), contact("fees", "delay")],
        [contact(), contact()],
    ],
    "reopened": [[CLOSED, CLOSED], [REOPENED]],
    "promise-repeated": [
        [PROMISED, KEPT, PROMISED],
        [PROMISED, BROKEN, replace(EVENTS[e.PromiseMade], promise="letter")],
        [PROMISED, EVENTS[e.PromiseSuperseded], PROMISED],
    ],
    "bot-in-circles": [
        [BOT, BOT],
        [BOT, BOT, PERSON, BOT],
        [BOT, BOT, JOINED, BOT],
        [BOT, BOT, SHOWN, BOT],
        [BOT, BOT, EVENTS[e.LegalHoldPlaced], BOT],
        [BOT, BOT, EVENTS[e.LegalHoldLifted], BOT],
    ],
    "human-missed": [
        [WANTED, JOINED, missed("human")],
        [WANTED, missed("reply")],
        [missed("human")],
    ],
    "silence": [[FROZEN, missed("reply")], [missed("update")], [FROZEN, TOLD]],
    "missed-rung-by-rung": [
        # one rung, again and again
        [owing("review", "lead"), missed("review"), owing("review", "lead"), missed("review")],
        [  # the customer was late, and then one of us
            *(owing("evidence", "customer", "customer", "@owner"), missed("evidence")),
            *(owing("evidence", "customer", "customer", "@owner", rung=1), missed("evidence")),
            *(owing("evidence", "customer", "customer", "@owner", rung=2), missed("evidence")),
        ],
        [  # a body outside was late, and then one of us
            *(owing("report", "authority", "lead"), missed("report")),
            *(owing("report", "authority", "lead", rung=1), missed("report")),
        ],
        [  # a right lapses, it is not missed
            *(owing("window", "a", "b", right=True), missed("window")),
            *(owing("window", "a", "b", rung=1, right=True), missed("window")),
        ],
        [  # about two things
            *(owing("review", "a", "b", subject="x"), missed("review", "x")),
            *(owing("review", "a", "b", subject="y", rung=1), missed("review", "y")),
        ],
        [  # done in between
            *(owing("reply", "a", "b"), missed("reply"), owing("reply", "a", "b", rung=1)),
            *(REPLY_MET, missed("reply"), owing("reply", "a", "b", rung=1), missed("reply")),
        ],
        [  # done, and yet said to be missed
            *(owing("reply", "a", "b"), REPLY_MET, missed("reply")),
            *(owing("reply", "a", "b", rung=1), missed("reply")),
        ],
        [  # let go in between
            *(owing("reply", "a", "b"), missed("reply")),
            *(EVENTS[e.ObligationWaived], owing("reply", "a", "b", rung=1), missed("reply")),
        ],
        [  # a new duty of the same name in between
            *(owing("reply", "a", "b"), missed("reply"), owing("reply", "a", "b")),
            *(owing("reply", "a", "b", rung=1), missed("reply")),
        ],
        [missed("review"), missed("review")],
    ],
    "conduct-complaint": [[contact("fees")], [contact()], [replied(human=True)]],
    "pause-without-question": [
        [ASKED, owed_for(60), PUT_OFF],
        [ASKED, SHOWN, FAILED, owed_for(60), PUT_OFF],
        [owed_for(60, "customer"), PUT_OFF],  # the customer is given time
        [owed_for(60, "authority"), PUT_OFF],
        [owed_for(60, right=True), PUT_OFF],
        [PUT_OFF],
    ],
    "pause-before-breach": [
        [ASKED, owed_for(10), *[BOT] * 2, PERSON, *[BOT] * 2, PERSON, PUT_OFF],  # two are left
        [ASKED, owed_for(1, "customer"), TOLD, PUT_OFF],
    ],
}
"""For each detector: histories that only look like it, and of which nobody speaks."""

CLEAN: Final = (
    *(FROZEN, TOLD, given_to(A), ASKED, contact("fees"), BOT, contact("delay"), BOT, PERSON),
    *(SHOWN, FAILED, ASKED, SHOWN, passed(), PROMISED, KEPT, PROMISED, KEPT, sent(A, B), taken(B)),
    *(WANTED, JOINED, contact("fees"), PERSON, owing("review", "reviewer", "lead")),
    *(missed("review"), owing("review", "reviewer", "lead", rung=1)),
    *(e.ObligationMet(obligation="review"), sent(B, C), taken(C), asked("address")),
    *(EVENTS[e.ReleaseOrdered], EVENTS[e.ReleaseEnforced], CLOSED, contact("fees"), PERSON),
)
"""A case that went well: one late review, that the next one made."""

IDS: Final = [one.id for one in DETECTORS]


def spoken(found: Sequence[Found]) -> list[tuple[str, tuple[int, ...]]]:
    return [(one.detector, one.versions) for one in found]


@pytest.mark.parametrize(
    ("happened", "spoke"),
    [pytest.param(*row, id=name) for name, rows in SPEAKS.items() for row in rows],
)
def test_a_pattern_is_found_with_the_records_that_show_it(
    happened: Sequence[CaseEvent], spoke: Sequence[tuple[str, tuple[int, ...]]]
) -> None:
    """Exactly these detectors speak, in the order in which it showed."""
    assert spoken(run_around(records(happened))) == spoke


@pytest.mark.parametrize(
    "happened", [pytest.param(one, id=name) for name, rows in NEAR.items() for one in rows]
)
def test_what_only_looks_like_it_is_not_found(happened: Sequence[CaseEvent]) -> None:
    """Nobody speaks, neither the detector that it is near to nor another."""
    assert run_around(records(happened)) == ()


def test_nobody_speaks_of_a_case_that_went_well() -> None:
    """Service that was good is not found to be bad."""
    assert run_around(records(CLEAN)) == ()


def test_every_detector_has_a_history_of_its_own_and_a_near_miss() -> None:
    """A detector that nobody has heard, or that may speak of everything, is none."""
    heard = {name: {one for _, spoke in rows for one, _ in spoke} for name, rows in SPEAKS.items()}

    assert list(SPEAKS) == list(NEAR) == IDS
    assert [name for name in IDS if name not in heard[name] or not NEAR[name]] == []


def test_what_is_found_says_when_it_showed_and_what() -> None:
    """It shows when the last record is said to have happened, whenever that was written down."""
    told = [
        record(sent(A, B), version=1),
        record(sent(A, C), version=2, occurred_at=LATER),
    ]

    assert run_around(told) == (
        Found(
            detector="never-taken",
            at=LATER,
            versions=(1, 2),
            said="`staff:bo` had not taken it, and it went on",
        ),
    )


def test_records_may_come_one_by_one() -> None:
    """Whoever reads a store need not keep a list."""
    assert run_around(iter(records([CLOSED, REOPENED]))) == run_around(records([CLOSED, REOPENED]))


def test_every_pattern_says_what_it_found_in_words() -> None:
    """Each finding has words of its own: no two patterns say the same."""
    said: dict[str, str] = {}
    for rows in SPEAKS.values():
        for happened, _ in rows:
            said |= {one.said: one.detector for one in run_around(records(happened))}

    assert {*said.values()} == {*IDS}
    assert [words for words in said if words != words.strip() or words.endswith(".")] == []


# --- cases as they are kept ----------------------------------------------------------------------


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock()


@pytest.fixture
def book(clock: StoryClock) -> Iterator[Casebook]:
    with Casebook.open("memory:", clock=clock) as empty:
        yield empty


def test_the_miss_of_a_person_is_found_where_the_clock_wrote_it(
    book: Casebook, clock: StoryClock
) -> None:
    """Two minutes for the front, three more for the lead: both pass, and then somebody joins."""
    case = opened(book).id
    book.execute(do.RequestHuman(case, channel=Channel.CHAT), by=OWNER)
    clock.later(minutes=2)
    book.execute(do.LetTimePass(case), by=ENGINE)
    clock.later(minutes=3)
    book.execute(do.JoinConversation(case, channel=Channel.CHAT), by=ANA)

    told = book.history(case)
    found = run_around(told)
    kinds = {record.version: record.kind for record in told}

    assert [one.detector for one in found] == ["human-missed", "missed-rung-by-rung"]
    assert [[kinds[version] for version in one.versions] for one in found] == [
        ["human-requested", "obligation-missed"],
        ["obligation-missed", "obligation-missed"],
    ]


def test_a_machine_that_answers_in_circles_is_found_among_what_follows_its_answers(
    book: Casebook,
) -> None:
    """What each turn writes of duties met and opened does not hide the row."""
    case = opened(book).id
    for _ in range(3):
        book.execute(do.RecordContact(case, channel=Channel.CHAT), by=OWNER)
        book.execute(do.SendReply(case, channel=Channel.CHAT), by=ENGINE)

    assert [one.detector for one in run_around(book.history(case))] == ["bot-in-circles"]


# --- laws ----------------------------------------------------------------------------------------

_WORTH_READING: Final = st.one_of(
    *(
        made.events(kind)
        for kind in {type(one) for rows in NEAR.values() for h in rows for one in h}
    )
)
HISTORIES: Final = made.event_lists() | st.lists(_WORTH_READING, max_size=20).map(tuple)


@LAW
@given(HISTORIES)
def test_no_history_is_too_strange(happened: tuple[CaseEvent, ...]) -> None:
    """Whatever happened, nobody raises, and whoever speaks names records in order."""
    told = records(happened)
    found = run_around(told)

    assert [one for one in found if list(one.versions) != sorted({*one.versions})] == []
    assert [one for one in found if told[one.versions[-1] - 1].occurred_at != one.at] == []
    assert [one for one in found if one.detector not in IDS] == []


@LAW
@given(HISTORIES, st.integers(0, 20))
def test_what_was_found_stays_found(happened: tuple[CaseEvent, ...], length: int) -> None:
    """What happens later adds to what is found, and changes nothing of it."""
    told = records(happened)
    whole = run_around(told)

    assert run_around(told[:length]) == tuple(o for o in whole if o.versions[-1] <= length)
