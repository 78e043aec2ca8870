"""A courier tries one channel after another; where none is left, somebody owes the notice."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import attrs
import pytest

from freezecase import Actor, Casebook, Channel, standard
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.stores.store import Store
from freezecase.core.pending import pending
from freezecase.core.values import Stated
from freezecase.deliver import (
    COURIER,
    Arrival,
    Backoff,
    Carried,
    Courier,
    Errand,
    Message,
    Stage,
    Wording,
)
from freezecase.deliver.courier import REACH_CUSTOMER
from freezecase.errors import InvalidValue, NoSuchCase, NotAllowedNow, PolicyForbids, Undeliverable
from freezecase.policy.gate import SILENT, Answer, forbid, gate
from freezecase.policy.question import Question
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA
from tests.deliver.desk import ACCOUNT, freeze
from tests.deliver.exchange import Crash
from tests.deliver.world import Watched

APP, MAIL, LETTER = Channel.APP_MESSAGE, Channel.EMAIL, Channel.LETTER
IMPOSED, EXTENSION = "freeze-imposed", "extension"
ID = UUID(int=4711)
LAB = Actor.vendor("mail-house")


@attrs.define
class Channels:
    """Channels that do as they are told beforehand, and send a key once."""

    how: dict[Channel, deque[str]] = attrs.field(factory=dict)
    sent: dict[str, Message] = attrs.field(factory=dict)
    """What went out, by its key."""
    asked: int = 0

    def hand(self, message: Message) -> Arrival:
        """Take it, or not."""
        self.asked += 1
        tells = self.how.get(message.channel)
        how = tells.popleft() if tells else "arrives"
        if how == "dies first":
            raise Crash
        if how == "never":
            raise Undeliverable("no such address")
        if how == "fails":
            raise TimeoutError("no answer in time")
        self.sent.setdefault(message.key, message)
        if how == "dies after":
            raise Crash
        return Arrival.TAKEN if how == "takes" else Arrival.ARRIVED

    def tell(self, channel: Channel, *how: str) -> None:
        """Say how the next calls of a channel go."""
        self.how[channel] = deque(how)

    @property
    def channels(self) -> list[Channel]:
        """On which channels something went out, in order."""
        return [message.channel for message in self.sent.values()]


@pytest.fixture
def channels() -> Channels:
    """Channels in fine weather."""
    return Channels()


@pytest.fixture
def case(book: Casebook) -> UUID:
    """A case whose customer was not told yet."""
    return freeze(book)


def courier(book: Casebook, channels: Channels, *order: Channel) -> Courier:
    """A courier who tries three times, after one second and two."""
    second = timedelta(seconds=1)
    backoff = Backoff(first=2 * second, longest=120 * second, jitter=lambda *_: 0.0)
    return Courier(book, channels, order or (APP, MAIL, LETTER), backoff=backoff)


def errand(case: UUID, notice: str = IMPOSED, id: UUID = ID, **more: Any) -> Errand:
    """An errand that says the same on every channel, and on which it is."""
    return Errand(
        id=id,
        case=case,
        notice=notice,
        wording=lambda channel: Wording(text=f"told by {channel}", **more),
    )


def said(book: Casebook, case: UUID) -> list[e.CaseEvent]:
    """What the courier put on record, apart from what is owed in consequence."""
    owed = (e.ObligationMet, e.ObligationOpened)
    records = book.history(case)
    return [r.event for r in records if r.actor == COURIER and not isinstance(r.event, owed)]


def sent(channel: Channel, notice: str = IMPOSED) -> e.NoticeSent:
    """That a notice was sent."""
    return e.NoticeSent(notice=notice, channel=channel, text=f"told by {channel}")


def there(channel: Channel, notice: str = IMPOSED) -> e.DeliveryConfirmed:
    """That it arrived."""
    return e.DeliveryConfirmed(notice=notice, channel=channel)


def missed(channel: Channel, why: str = "Undeliverable: no such address") -> e.CustomerContacted:
    """That a channel does not reach the customer."""
    return e.CustomerContacted(
        channel=channel, by=COURIER.person, reached=False, topics=(IMPOSED,), summary=why
    )


def waits(book: Casebook, case: UUID) -> set[str]:
    """What a case waits for."""
    return {wait.what for wait in pending(book.case(case))}


# --- all goes well -----------------------------------------------------------------------------


def test_a_notice_that_arrives_is_on_record_and_nobody_waits_for_it(
    book: Casebook, channels: Channels, case: UUID
) -> None:
    """In the words in which it went out."""
    assert "notice" in waits(book, case)
    carried = courier(book, channels).carry(errand(case, language="cy"), book.clock.now())
    assert carried == Carried(stage=Stage.ARRIVED, channel=APP)
    [message] = channels.sent.values()
    text = "told by app-message"
    assert (message.account, message.text, message.language) == (ACCOUNT, text, "cy")
    told = e.NoticeSent(notice=IMPOSED, channel=APP, language="cy", text=text)
    assert said(book, case) == [told, there(APP)]
    assert "notice" not in waits(book, case)


def test_the_same_errand_is_sent_once_whoever_asks_how_often(
    book: Casebook, channels: Channels, case: UUID
) -> None:
    """Another courier, too; another errand of the same notice is sent."""
    for _ in range(3):
        courier(book, channels).carry(errand(case), book.clock.now())
    assert (channels.asked, said(book, case)) == (1, [sent(APP), there(APP)])
    courier(book, channels).carry(errand(case, id=UUID(int=4712)), book.clock.now())
    assert (len(channels.sent), len(said(book, case))) == (2, 4)


def test_a_channel_that_took_it_is_asked_again_how_it_stands(
    book: Casebook, channels: Channels, case: UUID
) -> None:
    """In the words that are on record, whatever the errand would say by now."""
    channels.tell(APP, "takes", "takes", "fails", "arrives")
    one, now = courier(book, channels), book.clock.now()
    assert one.carry(errand(case), now) == Carried(stage=Stage.TAKEN, channel=APP)
    assert said(book, case) == [sent(APP)]
    later = Errand(id=ID, case=case, notice=IMPOSED, wording=lambda _: Wording(text="other"))
    assert one.carry(later, now).stage is Stage.TAKEN
    assert one.carry(later, now).stage is Stage.WAITING
    assert one.carry(later, now) == Carried(stage=Stage.ARRIVED, channel=APP)
    assert said(book, case) == [sent(APP), there(APP)]
    assert [message.text for message in channels.sent.values()] == ["told by app-message"]


# --- a channel does not reach the customer -----------------------------------------------------


def test_a_channel_that_never_reaches_the_customer_is_on_record_and_the_next_is_tried(
    book: Casebook, channels: Channels, case: UUID
) -> None:
    """At once. What no channel took was not sent."""
    channels.tell(APP, "never")
    carried = courier(book, channels).carry(errand(case), book.clock.now())
    assert carried == Carried(stage=Stage.ARRIVED, channel=MAIL)
    assert said(book, case) == [missed(APP), sent(MAIL), there(MAIL)]


def test_a_channel_that_fails_is_tried_again_and_then_the_next_is(
    book: Casebook, channels: Channels, case: UUID, clock: StoryClock
) -> None:
    """Twice as late each time."""
    channels.tell(APP, "fails", "fails", "fails")
    one = courier(book, channels)
    for seconds in (1, 2):
        carried = one.carry(errand(case), clock.now())
        assert (carried.stage, carried.channel) == (Stage.WAITING, APP)
        assert carried.wrong == "TimeoutError: no answer in time"
        assert carried.again_at == clock.now() + timedelta(seconds=seconds)
        clock.later(seconds=seconds)
    assert one.carry(errand(case), clock.now()) == Carried(stage=Stage.ARRIVED, channel=MAIL)
    why = "TimeoutError: no answer in time"
    assert said(book, case) == [missed(APP, why), sent(MAIL), there(MAIL)]


@pytest.mark.parametrize("by_host", [True, False])
def test_a_notice_that_comes_back_is_waited_for_again_and_goes_another_way(
    book: Casebook, channels: Channels, case: UUID, *, by_host: bool
) -> None:
    """Whether the mail house reports it, or the notifier says so when it is asked."""
    channels.tell(APP, "takes", *(() if by_host else ("never",)))
    channels.tell(MAIL, "takes")
    one, now = courier(book, channels), book.clock.now()
    one.carry(errand(case), now)
    assert "notice" not in waits(book, case)
    if by_host:
        bounce = do.ReportDeliveryFailure(case, notice=IMPOSED, channel=APP, reason="bounced")
        book.execute(bounce, by=LAB)
        assert "notice" in waits(book, case)
    assert one.carry(errand(case), now) == Carried(stage=Stage.TAKEN, channel=MAIL)
    assert [type(event) for event in said(book, case)] == [
        e.NoticeSent,
        *([] if by_host else [e.DeliveryFailed]),
        e.NoticeSent,
    ]
    state = book.case(case)
    assert ([*state.unreached], [*state.told]) == ([(IMPOSED, APP)], [IMPOSED])
    assert one.carry(errand(case), now) == Carried(stage=Stage.ARRIVED, channel=MAIL)


def test_what_a_text_promises_is_promised_once_on_whichever_channel(
    book: Casebook, channels: Channels, case: UUID, clock: StoryClock
) -> None:
    """The promise that the first one made stands when the second says it again."""
    channels.tell(APP, "takes", "never")
    promises = [Stated(promise="decision", due=clock.now() + timedelta(days=2))]
    one = courier(book, channels)
    for _ in range(2):
        one.carry(errand(case, promises=promises), clock.now())
    made = [event for event in said(book, case) if isinstance(event, e.PromiseMade)]
    assert [(one.promise, one.due, one.channel) for one in made] == [
        ("decision", promises[0].due, APP)
    ]
    assert channels.channels == [APP, MAIL]


# --- no channel is left ------------------------------------------------------------------------


def stranded(book: Casebook, channels: Channels, it: Errand) -> Carried:
    """An errand that no channel takes."""
    for channel in (APP, MAIL, LETTER):
        channels.tell(channel, "never")
    return courier(book, channels).carry(it, book.clock.now())


def test_a_notice_that_the_case_waits_for_is_owed_as_it_was(
    book: Casebook, channels: Channels, case: UUID
) -> None:
    """By the clock of the policy: there is no second one beside it."""
    before = book.case(case).obligations
    carried = stranded(book, channels, errand(case))
    assert carried == Carried(stage=Stage.STRANDED, wrong="Undeliverable: no such address")
    assert said(book, case) == [missed(APP), missed(MAIL), missed(LETTER)]
    assert book.case(case).obligations == before
    assert ("notice", IMPOSED) in before


def test_a_notice_that_came_back_from_everywhere_is_waited_for_again(
    book: Casebook, channels: Channels, case: UUID
) -> None:
    """Somebody owes it, as before it was sent."""
    channels.tell(APP, "takes", "never")
    one = courier(book, channels, APP)
    one.carry(errand(case), book.clock.now())
    assert one.carry(errand(case), book.clock.now()).stage is Stage.STRANDED
    assert "notice" in waits(book, case)
    assert book.case(case).obligations["notice", IMPOSED].debtor == "exchange"


def test_any_other_notice_is_owed_once_until_it_is_sent(
    book: Casebook, channels: Channels, case: UUID, clock: StoryClock
) -> None:
    """By the exchange, and then by whoever is accountable; sent by hand, it is met."""
    for _ in range(2):
        stranded(book, channels, errand(case, EXTENSION))
        clock.later(minutes=1)
    key = (REACH_CUSTOMER, EXTENSION)
    owing = book.case(case).obligations[key]
    assert (owing.debtor, owing.due) == ("exchange", clock.now() + timedelta(hours=4, minutes=-2))
    events = [record.event for record in book.history(case)]
    assert events.count(e.ObligationOpened(obligation=owing)) == 1
    other = do.SendNotice(case, notice="update", channel=LETTER)
    book.execute(other, by=ANA)
    assert key in book.case(case).obligations
    book.execute(do.SendNotice(case, notice=EXTENSION, channel=LETTER), by=ANA)
    assert key not in book.case(case).obligations


# --- the program ends --------------------------------------------------------------------------

ENDS: list[tuple[str, Sequence[str], Sequence[str]]] = [
    # the program ends | how the channel goes | how appends go
    ("before it is handed over", ["dies first"], []),
    ("once it is handed over", ["dies after"], []),
    ("before it is on record", [], ["before"]),
    ("once it is on record", [], ["after"]),
    ("before its arrival is on record", [], ["fine", "before"]),
    ("once its arrival is on record", [], ["fine", "after"]),
    ("before it is on record that a channel failed", ["never"], ["before"]),
    ("once it is on record that a channel failed", ["never"], ["after"]),
    ("before the next channel is on record", ["never"], ["fine", "before"]),
]


@pytest.mark.parametrize(("how", "stored"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_wherever_the_program_ends_the_customer_is_told_once_and_that_is_on_record(
    how: Sequence[str], stored: Sequence[str], book: Casebook, channels: Channels, case: UUID
) -> None:
    """Whoever carries the same errand again goes on from there, under the same keys."""
    channels.tell(APP, *how)
    watched = Watched(book.store, lambda _rows: None)
    watched.ends.extend(stored)
    there_book = attrs.evolve(book, store=cast("Store", watched))
    with pytest.raises(Crash):
        courier(there_book, channels).carry(errand(case), book.clock.now())
    channels.tell(APP, *(how if "never" in how else ()))
    carried = courier(there_book, channels).carry(errand(case), book.clock.now())
    channel = MAIL if "never" in how else APP
    assert carried == Carried(stage=Stage.ARRIVED, channel=channel)
    assert channels.channels == [channel]
    before = [missed(APP)] if "never" in how else []
    assert said(book, case) == [*before, sent(channel), there(channel)]


# --- what may not be sent ----------------------------------------------------------------------


@gate("tell-nobody", on=[do.SendNotice])
def tell_nobody(question: Question) -> Answer:
    """Somebody may not be tipped off."""
    return forbid("not now") if question.facts.get("silent") == "yes" else SILENT


def test_what_may_not_be_said_is_not_sent_and_the_attempt_is_on_record(
    channels: Channels, clock: StoryClock
) -> None:
    """The policy is asked before anything goes out, with the facts of the errand."""
    policy = standard().adding(attrs.evolve(tell_nobody, reads={"silent": ("yes", "no")}))
    with Casebook.open("memory:", policy=policy, clock=clock) as book:
        case = freeze(book)
        silent = attrs.evolve(errand(case), facts={"silent": "yes"})
        with pytest.raises(PolicyForbids):
            courier(book, channels).carry(silent, clock.now())
        assert channels.asked == 0
        tried = [event for event in said(book, case) if isinstance(event, e.AttemptRefused)]
        assert [event.rules for event in tried] == [("tell-nobody",)]
        aloud = attrs.evolve(silent, facts={"silent": "no"}, id=UUID(int=1))
        assert courier(book, channels).carry(aloud, clock.now()).stage is Stage.ARRIVED


def test_a_text_that_promises_another_time_than_was_promised_is_not_sent(
    book: Casebook, channels: Channels, case: UUID, clock: StoryClock
) -> None:
    """A promise is superseded openly, not by another letter."""
    due = clock.now() + timedelta(days=2)
    book.execute(do.MakePromise(case, promise="decision", due=due), by=ANA)
    other = [Stated(promise="decision", due=due + timedelta(days=9))]
    with pytest.raises(NotAllowedNow, match="`decision` is open already"):
        courier(book, channels).carry(errand(case, promises=other), clock.now())
    assert (channels.asked, said(book, case)) == (0, [])


def test_a_case_that_is_not_there_is_said(book: Casebook, channels: Channels) -> None:
    """Before anything goes out."""
    with pytest.raises(NoSuchCase):
        courier(book, channels).carry(errand(UUID(int=404)), book.clock.now())


@pytest.mark.parametrize(
    ("wrong", "match"),
    [({"channels": ()}, r"Courier\.channels"), ({"attempts": 0}, r"Courier\.attempts")],
)
def test_a_courier_who_has_nowhere_to_go_is_refused(
    wrong: dict[str, Any], match: str, book: Casebook, channels: Channels
) -> None:
    """Nobody would be told."""
    settings: dict[str, Any] = {"channels": (APP,), **wrong}
    with pytest.raises(InvalidValue, match=match):
        Courier(book, channels, **settings)


def test_no_text_is_shown_where_a_message_is(
    book: Casebook, channels: Channels, case: UUID
) -> None:
    """It is for the customer alone."""
    courier(book, channels).carry(errand(case), book.clock.now())
    shown: Callable[[object], str] = repr
    [message] = channels.sent.values()
    assert "told by" not in shown(message) + shown(Wording(text="told by me"))
