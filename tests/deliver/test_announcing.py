"""What is announced is a table; nothing that is announced says a word, or hints at a suspicion."""

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import attrs
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from freezecase import Audience, Casebook, Channel, Ground, Scope, Status
from freezecase import commands as do
from freezecase import events as e
from freezecase.core.events import STORED_AS, kind_of
from freezecase.deliver import ANNOUNCED, Announcement, read_event
from freezecase.deliver.announcing import announced_to, announcement
from freezecase.deliver.envelope import CONTENT_TYPE, type_of, written
from freezecase.errors import InvalidValue, Unreadable
from freezecase.testing.contracts import StoryClock
from freezecase.views.timeline import TOLD_TO_CUSTOMERS
from tests.app.books import ANA, ENGINE, OWNER, ROB
from tests.deliver.desk import ACCOUNT, COURT, OFFICER
from tests.deliver.mail import Wire, relay
from tests.docs.pages import text_of, words_in

SOURCE = "https://exchange.example/cases"
MARK = "nobody outside reads this"
TOLD = Announcement(
    key="7d1b4f0c-6b42-5ac3-8ab0-6c2f5f9f6f10",
    kind="freeze-imposed",
    case=UUID(int=1),
    account=ACCOUNT,
    status=Status.IN_FORCE,
    at=StoryClock().now(),
    place=1,
    version=1,
    index=7,
)

# --- the table ---------------------------------------------------------------------------------


def test_everything_announced_is_stored_under_that_name() -> None:
    """A slip of the pen would announce nothing."""
    assert set(ANNOUNCED) - {*map(kind_of, STORED_AS)} == set()


def test_customers_are_announced_nothing_that_their_timeline_would_not_tell() -> None:
    """The timeline is what they may see."""
    told = {*map(kind_of, TOLD_TO_CUSTOMERS)}
    assert announced_to(Audience.CUSTOMER) - told == set()
    assert announced_to(Audience.CUSTOMER) < announced_to(Audience.OPERATIONS)


@pytest.mark.parametrize(
    "hint",
    [
        *(e.NoticeWithheld, e.DisclosureUpgraded, e.LegalHoldPlaced, e.LegalHoldLifted),
        *(e.AttemptRefused, e.HarmRecorded, e.Escalated, e.PersonalDataErased),
        *(e.ObligationOpened, e.ObligationMet, e.ObligationMissed, e.ObligationExtended),
        e.ObligationWaived,
    ],
)
def test_what_hints_at_a_suspicion_is_announced_to_nobody(hint: type[e.CaseEvent]) -> None:
    """Nor who owes what inside, which is where a suspicion would show next."""
    assert kind_of(hint) not in ANNOUNCED


@pytest.mark.parametrize("who", [Audience.COMPLIANCE, Audience.CONFIDENTIAL, Audience.PRIVILEGED])
def test_nothing_is_announced_to_those_who_may_read_more(who: Audience) -> None:
    """What only they may read leaves the house by no wire."""
    with pytest.raises(InvalidValue, match="for `customer` or `operations`"):
        announced_to(who)


def test_the_page_lists_every_type_with_its_audience() -> None:
    """No more and no fewer."""
    table = text_of("how-to/send-webhooks.md").partition("## Every type")[2]
    rows = [line for line in table.splitlines() if line.startswith("| `freezecase.")]
    listed = {
        word: audience.strip()
        for _bar, type_, audience, *_rest in (row.split("|") for row in rows)
        for word in words_in(type_)
    }
    assert listed == {type_of(kind): str(who) for kind, who in ANNOUNCED.items()}


# --- what is in one ----------------------------------------------------------------------------


def told_all(book: Casebook, audience: Audience) -> list[Announcement]:
    """Everything that an audience is told, in order."""
    wire = Wire()
    relay(book, wire, audience=audience).step(book.clock.now())
    return [wire.seen[key] for key in wire.tried]


def test_a_customer_is_told_no_number_that_has_gaps(book: Casebook) -> None:
    """A gap would say that something is kept back; their places have none."""
    case = story(book, ())
    told = told_all(book, Audience.CUSTOMER)
    assert {(one.version, one.index) for one in told} == {(None, None)}
    assert [one.place for one in told] == [*range(1, len(told) + 1)]
    inside = told_all(book, Audience.OPERATIONS)
    records = book.history(case)
    assert [records[one.version - 1].index for one in inside if one.version] == [
        one.index for one in inside
    ]
    assert [records[(one.version or 0) - 1].kind for one in inside] == [one.kind for one in inside]


Act = Callable[[Casebook, UUID], object]
AT_ANY_TIME: tuple[Act, ...] = (
    lambda book, case: book.execute(
        do.WithholdNotice(
            case,
            notice="report",
            basis="no-tipping-off",
            review_at=book.clock.now() + timedelta(days=14),
        ),
        by=OFFICER,
    ),
    lambda book, case: book.execute(
        do.UpgradeDisclosure(case, audience=Audience.COMPLIANCE, basis="report"), by=OFFICER
    ),
    lambda book, case: book.execute(
        do.Escalate(case, to="compliance", reason="a report was filed"), by=OFFICER
    ),
    lambda book, case: book.execute(
        do.PlaceLegalHold(case, hold="order-1", basis="court-order"), by=COURT
    ),
    lambda book, case: refused(book, do.ApproveRelease(case)),
)
"""What happens where somebody is suspected, and where nobody is does not."""


def refused(book: Casebook, command: do.Command) -> None:
    """Somebody tries what is not theirs to do, or not yet."""
    with pytest.raises(Exception, match=r"cannot|refused"):
        book.execute(command, by=ENGINE)


def story(book: Casebook, suspicion: tuple[Act, ...], ground: Ground = Ground.INCIDENT) -> UUID:
    """A case in which something is suspected at every turn, or nothing at all."""
    clock = book.clock
    assert isinstance(clock, StoryClock)
    case = clock.new_id()
    commands: list[tuple[do.Command, object]] = [
        (do.RecordContact(case, channel=Channel.CHAT, summary=MARK), OWNER),
        (do.RequestHuman(case, channel=Channel.CHAT), OWNER),
        (do.SendReply(case, channel=Channel.CHAT, text=MARK), ANA),
        (do.JoinConversation(case, channel=Channel.CHAT), ANA),
        (do.RequestChecks(case, checks=["identity"]), ANA),
        (do.UpholdFreeze(case, reason=MARK), ROB),
        (do.FileAppeal(case, contests=1, statement=MARK), OWNER),
    ]
    scope = Scope.withdrawals()
    freeze = do.ImposeFreeze(account=ACCOUNT, ground=ground, scope=scope, reason=MARK)
    book.execute(freeze, by=ENGINE, id=case)
    for number, (command, by) in enumerate(commands):
        clock.later(minutes=1)
        for act in suspicion[number : number + 1]:
            act(book, case)
        book.execute(command, by=by)  # type: ignore[arg-type]
    return case


def test_a_suspicion_changes_nothing_that_a_customer_is_announced() -> None:
    """Not a byte, not a key, not a place, not an instant."""
    books = [Casebook.open("memory:", clock=StoryClock()) for _ in range(2)]
    story(books[0], ())
    story(books[1], AT_ANY_TIME, Ground.AML_ALERT)
    plain, suspected = (
        [written(one, SOURCE) for one in told_all(book, Audience.CUSTOMER)] for book in books
    )
    assert plain == suspected
    assert [json.loads(one)["type"] for one in plain] == [
        type_of(kind)
        for kind in (
            *("freeze-imposed", "contact-received", "human-requested", "reply-sent"),
            *("human-joined", "checks-requested", "freeze-upheld", "appeal-filed"),
        )
    ]


@pytest.mark.parametrize("audience", [Audience.CUSTOMER, Audience.OPERATIONS])
def test_no_text_and_no_name_ever_leaves(book: Casebook, audience: Audience) -> None:
    """Neither what was said, nor who said it, nor why."""
    story(book, AT_ANY_TIME, Ground.AML_ALERT)
    sent = b"".join(written(one, SOURCE) for one in told_all(book, audience)).decode()
    assert ACCOUNT in sent
    assert [word for word in (MARK, "ana", "rob", "aml", "report", "order-1") if word in sent] == []


def test_a_key_follows_from_the_case_the_kind_and_how_many_there_were(book: Casebook) -> None:
    """So it is for ever: these were made with `sha1sum`, by RFC 9562."""
    case = story(book, ())
    told = {one.kind: one.key for one in told_all(book, Audience.CUSTOMER)}
    assert str(case) == "00000000-0000-0000-0000-000000000001"
    assert told["freeze-imposed"] == "e4aab097-53ab-5af4-92e4-ff7756097d74"
    assert told["reply-sent"] == "c39cfc41-ae76-5630-a9e3-fc6eb6d259f3"


def test_where_a_case_stands_is_as_of_the_record(book: Casebook) -> None:
    """However late it is announced."""
    case = story(book, ())
    rows = book.store.read(case)
    statuses = [
        announcement(case, rows[: row[0]], Audience.OPERATIONS).status
        for row in rows
        if row[1] in {"freeze-imposed.v1", "freeze-upheld.v1", "appeal-filed.v1"}
    ]
    assert statuses == [Status.IN_FORCE, Status.UPHELD, Status.APPEALED]


# --- the envelope ------------------------------------------------------------------------------


def test_the_envelope_is_the_same_bytes_every_time() -> None:
    """A change of these is a change of the format: receivers read them."""
    assert written(TOLD, SOURCE).decode() == (
        '{"data":{"account":"acct-4711","case":"00000000-0000-0000-0000-000000000001",'
        '"index":7,"place":1,"status":"in_force","version":1},'
        '"datacontenttype":"application/json","id":"7d1b4f0c-6b42-5ac3-8ab0-6c2f5f9f6f10",'
        '"partitionkey":"00000000-0000-0000-0000-000000000001","sequence":"0000000001",'
        '"source":"https://exchange.example/cases","specversion":"1.0",'
        '"subject":"00000000-0000-0000-0000-000000000001",'
        '"time":"2026-01-05T09:00:00.000000Z","type":"freezecase.freeze-imposed.v1"}'
    )


def test_the_cloudevents_library_reads_it_whole() -> None:
    """It checks what the standard demands, and finds every attribute and all the data."""
    message = HTTPMessage(headers={"content-type": CONTENT_TYPE}, body=written(TOLD, SOURCE))
    event = from_structured(message, JSONFormat(), CloudEvent)
    assert (event.get_id(), event.get_source(), event.get_type(), event.get_subject()) == (
        *(TOLD.key, SOURCE, "freezecase.freeze-imposed.v1", str(TOLD.case)),
    )
    assert (event.get_time(), event.get_specversion()) == (TOLD.at, "1.0")
    assert event.get_extension("sequence") == "0000000001"
    assert event.get_data() == json.loads(written(TOLD, SOURCE))["data"]


@pytest.mark.parametrize("told", [TOLD, attrs.evolve(TOLD, version=None, index=None)])
def test_what_is_written_is_read(told: Announcement) -> None:
    """By a receiver in Python, who has this package too."""
    assert read_event(written(told, SOURCE)) == told


def test_what_is_not_known_yet_is_passed_over() -> None:
    """A field may be added, and an extension."""
    event = json.loads(written(TOLD, SOURCE))
    more = {**event, "traceparent": "x", "data": {**event["data"], "more": 1}}
    assert read_event(json.dumps(more).encode()) == TOLD


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000),
        *(
            written(TOLD, SOURCE).replace(old, new)
            for old, new in (
                (b'"1.0"', b'"0.3"'),
                (b'"freezecase.freeze-imposed.v1"', b'"freezecase.freeze-imposed.v2"'),
                (b'"freezecase.freeze-imposed.v1"', b"1"),
                (b'"in_force"', b'"thawed"'),
                (b'"place":1', b'"place":"1"'),
                (b'"version":1', b'"version":true'),
                (b'"2026-01-05T09:00:00.000000Z"', b'"soon"'),
                (b'"case":"', b'"case":"x'),
            )
        ),
    ],
)
def test_what_is_none_of_ours_is_said_to_be_none(body: bytes) -> None:
    """With one kind of error, whatever is wrong with it."""
    with pytest.raises(Unreadable, match="cannot read `webhook`"):
        read_event(body)
