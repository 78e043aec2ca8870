"""A hand-over packet holds all that whoever takes a case must know, and nothing they may not."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given

from freezecase import Audience, Casebook, Channel, Evidence, Ground, Scope
from freezecase import commands as do
from freezecase import events as e
from freezecase.core.evolve import fold, unopened
from freezecase.core.state import CheckStage
from freezecase.core.values import Stated, Verification
from freezecase.errors import InvalidValue
from freezecase.testing.contracts import StoryClock
from freezecase.testing.journeys import histories
from freezecase.views import packet as packet_module
from freezecase.views.packet import packet
from freezecase.views.packet_parts import Packet
from freezecase.views.packet_words import LONGEST, packet_in_words
from freezecase.views.telling import SEALED
from freezecase.views.whose_move import moves_owed
from tests.app.books import ANA, ENGINE, OWNER, ROB, opened
from tests.core.samples import CASE
from tests.laws.settings import LAW
from tests.views.records import records

DOCUMENT: Final = Evidence(
    reference="doc-1", digest="sha256:" + "1" * 64, size=10, media_type="image/png"
)


def tell(book: Casebook, clock: StoryClock, case: UUID) -> None:
    """A case in which much was asked, shown, said, promised, and went wrong."""
    minute = timedelta(minutes=1)
    due = clock.instant + timedelta(days=2)
    soon = clock.instant + 12 * minute
    story = (
        (ENGINE, do.ConfirmEnforcement(case)),
        (
            ENGINE,
            do.SendNotice(
                case,
                notice="freeze-imposed",
                channel=Channel.EMAIL,
                text="we froze it",
                promises=[Stated(promise="answer", due=due)],
            ),
        ),
        (ANA, do.AssignCase(case, to=ANA.person)),
        (ANA, do.MakePromise(case, promise="call", due=soon)),
        (ANA, do.RequestChecks(case, checks=[Verification(kind="device", instead=("address",))])),
        (ANA, do.RequestChecks(case, checks=["identity", "liveness"])),
        (OWNER, do.SubmitEvidence(case, check="identity", evidence=[DOCUMENT])),
        (ROB, do.FailCheck(case, check="identity", reason="blurred", remedy="sharper")),
        (OWNER, do.SubmitEvidence(case, check="identity", evidence=[DOCUMENT])),
        (
            OWNER,
            do.RecordContact(case, channel=Channel.CHAT, topics=["fees"], summary="how much?"),
        ),
        (ANA, do.ContactCustomer(case, channel=Channel.PHONE, reached=False, topics=["fees"])),
        (
            ANA,
            do.ContactCustomer(
                case, channel=Channel.PHONE, reached=False, summary="rang out again"
            ),
        ),
        (
            ENGINE,
            do.ReportDeliveryFailure(case, notice="freeze-imposed", channel=Channel.EMAIL),
        ),
        (ANA, do.SendReply(case, channel=Channel.CHAT, topics=["fees"], text="nothing")),
    )
    for by, command in story:
        clock.later(minutes=1)
        book.execute(command, by=by)


@pytest.fixture
def told() -> tuple[Casebook, UUID]:
    """The book of that case, and its id."""
    clock = StoryClock()
    book = Casebook.open("memory:", clock=clock)
    case = opened(book).id
    tell(book, clock, case)
    return book, case


def packed(told: tuple[Casebook, UUID], reader: Audience = Audience.OPERATIONS) -> Packet:
    book, case = told
    return packet(book.history(case), reader=reader)


def test_what_was_asked_is_in_it_with_what_may_be_shown_instead(
    told: tuple[Casebook, UUID],
) -> None:
    """What the customer still has to show, or somebody to look at, is asked; each has a day."""
    asked = {one.check: one for one in packed(told).asked}

    assert {*asked} == {"device", "identity", "liveness"}
    assert asked["device"].instead == ("address",)
    assert asked["identity"].stage is CheckStage.SUBMITTED
    assert all(one.due is not None for one in asked.values())


def test_what_was_received_is_in_it_with_how_it_fared(told: tuple[Casebook, UUID]) -> None:
    """What was shown is named, as often as it was shown, with how often it failed."""
    [identity] = packed(told).received

    assert (identity.check, identity.shown, identity.failures) == (
        "identity",
        ("identity", "identity"),
        1,
    )


def test_what_was_promised_is_in_it_with_where_it_was_said(told: tuple[Casebook, UUID]) -> None:
    """An open promise says who made it, by when, and in which text."""
    book, case = told
    [answer] = packed(told).promises

    assert (answer.promise, answer.by) == ("answer", ENGINE.person)
    assert (answer.said_in, answer.channel) == ("freeze-imposed", Channel.EMAIL)
    assert answer.due == book.case(case).promises["answer"].due
    assert answer.made_at is not None


def test_what_is_owed_is_in_it_the_most_pressing_first(told: tuple[Casebook, UUID]) -> None:
    """All that anybody owes is in it, promises too; what is due first is the next move."""
    book, case = told
    one = packed(told)

    assert sorted(map(repr, one.owed)) == sorted(map(repr, moves_owed(book.case(case))))
    assert one.next_move == one.owed[0]
    duties = [move.due for move in one.owed if not move.right and move.due is not None]
    assert duties == sorted(duties)
    assert [move.right for move in one.owed] == sorted(move.right for move in one.owed)


def test_what_was_said_is_in_it_by_whom_and_about_what(told: tuple[Casebook, UUID]) -> None:
    """Each exchange of words has its speaker, its way, its topics and its summary."""
    said = [(one.kind, one.who, one.topics, one.words) for one in packed(told).said]

    assert said == [
        ("notice-sent", ENGINE.person, ("freeze-imposed",), "we froze it"),
        ("contact-received", OWNER.person, ("fees",), "how much?"),
        ("customer-contacted", ANA.person, ("fees",), None),
        ("customer-contacted", ANA.person, (), "rang out again"),
        ("reply-sent", ANA.person, ("fees",), "nothing"),
    ]


def test_ways_that_failed_are_in_it(told: tuple[Casebook, UUID]) -> None:
    """A notice that did not arrive, a phone nobody answered and a broken promise are told."""
    failed = [(one.kind, one.what, one.channel, one.times) for one in packed(told).failed]

    assert failed == [
        ("unreached", "freeze-imposed", Channel.EMAIL, 1),
        ("nobody-there", "phone", Channel.PHONE, 2),
        ("broken", "call", None, 1),
    ]


def test_a_way_that_works_again_has_not_failed(told: tuple[Casebook, UUID]) -> None:
    """Once the customer answers, or the notice arrives, nobody is warned of that way."""
    book, case = told
    book.execute(do.ContactCustomer(case, channel=Channel.PHONE, reached=True), by=ANA)
    arrived = do.ConfirmDelivery(case, notice="freeze-imposed", channel=Channel.EMAIL)
    book.execute(arrived, by=ENGINE)

    assert [one.kind for one in packed(told).failed] == ["broken"]


def test_what_moved_the_case_is_known_and_talk_is_not(told: tuple[Casebook, UUID]) -> None:
    """What is known is what was decided and done, in words, and who did it."""
    book, case = told
    book.execute(do.UpholdFreeze(case, reason="a stranger logged in"), by=ROB)

    known = packed(told).known
    assert [one.who for one in known] == [ENGINE.person, ENGINE.person, "rob"]
    assert known[-1].what == 'decided that the freeze stands: "a stranger logged in"'


def test_the_words_of_staff_are_for_those_who_are_cleared(
    told: tuple[Casebook, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that is for a narrower audience than the reader's is left out, and the rest stays."""
    sealed = dict(SEALED)
    sealed[e.CustomerContacted] = {"summary": Audience.CONFIDENTIAL}
    monkeypatch.setattr(packet_module, "SEALED", sealed)
    read = {
        reader: [one.words for one in packed(told, reader).said if one.who == ANA.person]
        for reader in (Audience.COMPLIANCE, Audience.CONFIDENTIAL)
    }

    assert read[Audience.COMPLIANCE] == [None, None, "nothing"]
    assert read[Audience.CONFIDENTIAL] == [None, "rang out again", "nothing"]


def test_an_impostor_is_warned_of(told: tuple[Casebook, UUID]) -> None:
    """A wrong contact code is told to whoever takes the case; a right one is not."""
    book, case = told
    for genuine in (True, False, False):
        code = do.CheckContactCode(case, channel=Channel.PHONE, genuine=genuine)
        book.execute(code, by=ANA)

    one = packed(told)
    found = [(way.what, way.times) for way in one.failed if way.kind == "impostor"]
    assert found == [("phone", 2)]
    assert "somebody pretended to be one side, with a wrong contact code by phone, 2 times" in (
        packet_in_words(one)
    )


def test_an_earlier_hand_over_is_known_without_what_went_along(
    told: tuple[Casebook, UUID],
) -> None:
    """Why it was handed over stays known; the old packet does not grow inside the new one."""
    book, case = told
    transfer = do.TransferCase(case, to=ROB.person, reason="on leave", packet="the old packet")
    book.execute(transfer, by=ANA)

    words = packet_in_words(packed(told))
    assert 'ana offered the case to rob: "on leave"' in words
    assert "the old packet" not in words


def test_a_customer_gets_no_packet(told: tuple[Casebook, UUID]) -> None:
    """A packet is for staff: it tells who owes what inside the house."""
    with pytest.raises(InvalidValue, match="customer view"):
        packed(told, Audience.CUSTOMER)


def test_of_nothing_there_is_no_packet() -> None:
    """A case that was never opened is not handed over."""
    with pytest.raises(InvalidValue, match="at least the record that opened the case"):
        packet([])


# --- in words ------------------------------------------------------------------------------------


def test_the_words_say_what_stands_and_what_was_said(told: tuple[Casebook, UUID]) -> None:
    """Whoever reads it knows the next move, the promise, the checks, the failures and the talk."""
    words = packet_in_words(packed(told))

    assert words.startswith("account acct-4711 is `in_force` because of account takeover; ")
    for line in (
        "next: reviewer: decide whether the freeze stands, by 2026-01-06 09:00",
        "- `answer` by 2026-01-07 09:00, by system:risk-engine, said in `freeze-imposed` by e-mail",
        "- `device` or `address`: requested, by ",
        "- `identity`: `identity` shown on 2026-01-05 09:09, submitted; do not ask again",
        "- promise `call` was broken: not to be made again in the same words",
        "- the customer was not reached by phone, 2 times",
        '- 2026-01-05 09:10 the customer got in touch by chat about `fees`: "how much?"',
    ):
        assert line in words


def test_the_words_go_along_with_a_transfer(told: tuple[Casebook, UUID]) -> None:
    """However much happened, the words fit where they belong."""
    book, case = told
    for number in range(60):
        contact = do.RecordContact(case, channel=Channel.CHAT, summary=f"{number} {'word ' * 40}")
        book.execute(contact, by=OWNER)

    words = packet_in_words(packed(told))
    transfer = do.TransferCase(case, to=ROB.person, reason="leave", packet=words)
    book.execute(transfer, by=ANA)

    assert len(words) <= LONGEST
    assert "what was said (the newest " in words
    assert '"59 word' in words
    assert '"0 word' not in words
    assert "- `answer` by " in words


def test_where_nobody_owes_anything_there_is_no_next_move() -> None:
    """A packet of a history in which nothing is left to do says where it stands, and no more."""
    events: list[e.CaseEvent] = [
        e.FreezeImposed(
            account="acct-1", ground=Ground.SELF_LOCK, scope=Scope.withdrawals(), by=ANA.person
        ),
        e.CaseClosed(by=ANA.person, outcome="mistake"),
    ]
    one = packet(records(events))

    assert (one.next_move, one.owed) == (None, ())
    assert packet_in_words(one).splitlines()[1] == "what happened:"


def test_too_few_letters_are_refused(told: tuple[Casebook, UUID]) -> None:
    """A packet of three words would help nobody."""
    with pytest.raises(InvalidValue, match="200 letters or more"):
        packet_in_words(packed(told), longest=20)


@LAW
@given(histories())
def test_every_history_has_a_packet(history: tuple[e.CaseEvent, ...]) -> None:
    """Whatever happened, there is a packet; it owes what the case owes, and its words fit."""
    if not history:
        return
    one = packet(records(history))
    state = fold(history, unopened(CASE))

    assert {check.check for check in one.checks} == {*state.checks}
    assert {promise.promise for promise in one.promises} == {*state.promises_owed}
    assert sorted(map(repr, one.owed)) == sorted(map(repr, moves_owed(state)))
    assert len(packet_in_words(one, longest=500)) <= 500
