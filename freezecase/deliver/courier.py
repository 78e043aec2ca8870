"""
The courier: it takes a notice to the customer, on one channel after another, until one takes it.

A notice is on record as sent once a channel took it, and no sooner. Whoever crashes between the two
hands it over again under the same key. When no channel is left, somebody owes the customer the
notice, by a time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, cast
from uuid import UUID, uuid5

import attrs

from freezecase.app.custody.opened_history import opened_for
from freezecase.app.custody.openings import Cleared
from freezecase.app.reading import instant
from freezecase.app.record import Record
from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.allowed import at_least
from freezecase.core.checked import refuse
from freezecase.core.commands import Command
from freezecase.core.pending import pending
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState
from freezecase.core.values import Audience, Channel, Stated
from freezecase.deliver.backoff import Backoff
from freezecase.deliver.ports import Arrival, Message, Notifier
from freezecase.deliver.saying import case_and_policy, owe
from freezecase.deliver.visit import in_words
from freezecase.errors import Undeliverable
from freezecase.policy.turn import take_turn
from freezecase.seal.unopened import Withheld

__all__ = ["COURIER", "REACH_CUSTOMER", "Carried", "Courier", "Errand", "Stage", "Wording"]

COURIER: Final = Actor.system("courier")
_SENDER: Final = Cleared(
    actor=COURIER, audiences=frozenset({Audience.CUSTOMER}), purpose="sending-again"
)
"""Who says on record that a notice was sent, that it arrived, and that it did not."""
REACH_CUSTOMER: Final = "reach-customer"
"""What the exchange owes once no channel took a notice; its subject is the notice."""

_AWAITED: Final = "notice"
"""The wait that the policy covers by itself."""


@attrs.frozen(kw_only=True)
class Wording:
    """What a notice says on one channel."""

    text: str = attrs.field(repr=False)
    language: str = "en"
    promises: Sequence[Stated] = ()
    """What the text says will happen by when."""


@attrs.frozen(kw_only=True)
class Errand:
    """One notice for one customer, to be sent once."""

    id: UUID
    """The same errand again is the same: it is sent once, whoever asks how often."""
    case: UUID
    notice: str
    wording: Callable[[Channel], Wording]
    """What it says on a channel; always the same for the same errand."""
    facts: Mapping[str, Fact] = attrs.field(factory=dict)
    """What the policy may want to know."""

    def part(self, what: str, channel: Channel) -> UUID:
        """Return the id of what is said or handed over on a channel: the same every time."""
        return uuid5(self.id, f"{what} by {channel}")


class Stage(StrEnum):
    """How far an errand has come."""

    ARRIVED = "arrived"
    """It is with the customer, and that is on record."""
    TAKEN = "taken"
    """A channel took it, and that is on record. Ask again later, or report what becomes of it."""
    WAITING = "waiting"
    """A channel fails for now."""
    STRANDED = "stranded"
    """No channel is left, and somebody owes it to the customer."""


@attrs.frozen(kw_only=True)
class Carried:
    """What came of carrying an errand."""

    stage: Stage
    channel: Channel | None = None
    """The channel it is on; none when it is stranded."""
    wrong: str = ""
    """What went wrong last."""
    again_at: datetime | None = None
    """When the next try is due, while one waits."""


@attrs.define
class _Trail:
    """What is on record of one errand on one channel."""

    sent: e.NoticeSent | None = None
    arrived: bool = False
    ended: bool = False


@attrs.define
class Courier:
    """
    Carries notices to customers.

    It keeps nothing that may not be lost: what came of an errand is read off the record. It
    neither sleeps nor starts threads.

    Args:
        book: where the cases are.
        notifier: the exchange's channels.
        channels: which to try, in this order.
        attempts: how often a channel is tried before the next one is.
        backoff: how long to wait before the next try.

    Raises:
        InvalidValue: there is no channel, or not one attempt.

    """

    book: Casebook
    notifier: Notifier
    channels: Sequence[Channel]
    attempts: int = attrs.field(default=3, kw_only=True)
    backoff: Backoff = attrs.field(factory=Backoff, kw_only=True)
    _tries: dict[UUID, int] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a courier who has nowhere to go."""
        if not self.channels:
            raise refuse("Courier.channels", self.channels, "it takes at least one")
        allowed = at_least(1)
        if not allowed.holds(self.attempts):
            raise refuse("Courier.attempts", self.attempts, f"it takes {allowed.allows}")

    def carry(self, errand: Errand, now: datetime) -> Carried:
        """
        Take an errand as far as it goes now; the same again goes on from there.

        Ask again while it waits, and after a crash. Ask again too when a channel that took it says
        later that it did not arrive, or let the notifier say so: then the next channel is tried.

        Raises:
            NoSuchCase: there is no such case.
            PolicyForbids: the notice may not be sent. It was not, and the attempt is on record.
            NotAllowedNow: the case is in no position for it. It was not sent.
            StoreError: the book cannot be read or written. Nothing is lost: ask again.

        """
        now = instant(now, "now")
        history = self.book.history(errand.case)
        wrong = ""
        for channel in self.channels:
            trail = _trail(history, errand, channel)
            if trail.arrived:
                return Carried(stage=Stage.ARRIVED, channel=channel)
            if not trail.ended:
                carried = self._try(errand, channel, trail, now)
                if carried.stage is not Stage.STRANDED:
                    return carried
                wrong = carried.wrong
        self._strand(errand, now)
        return Carried(stage=Stage.STRANDED, wrong=wrong)

    def _try(self, errand: Errand, channel: Channel, trail: _Trail, now: datetime) -> Carried:
        """Hand it to a channel, and put on record what came of it."""
        state, policy = case_and_policy(self.book, errand.case, now)
        wording = self._wording(errand, channel, trail)
        command = _command(errand, channel, wording, state)
        if trail.sent is None:  # asked before, for nobody can call back what was sent
            turn = take_turn(policy, state, command, COURIER, now, errand.facts)
            if not turn.ruling.allowed:
                self._say(errand, "sent", channel, command)  # it raises, and the attempt is kept
        message = Message(
            key=str(errand.part("message", channel)),
            case=errand.case,
            account=state.account,
            notice=errand.notice,
            channel=channel,
            language=wording.language,
            text=wording.text,
        )
        try:
            arrival = self.notifier.hand(message)
        except Exception as error:  # noqa: BLE001 - the channels are somebody else's code
            return self._failed(errand, channel, trail, error, now)
        self._tries.pop(errand.part("tries", channel), None)
        if trail.sent is None:
            self._say(errand, "sent", channel, command)
        if arrival is not Arrival.ARRIVED:
            return Carried(stage=Stage.TAKEN, channel=channel)
        there = do.ConfirmDelivery(errand.case, notice=errand.notice, channel=channel)
        self._say(errand, "arrived", channel, there)
        return Carried(stage=Stage.ARRIVED, channel=channel)

    def _wording(self, errand: Errand, channel: Channel, trail: _Trail) -> Wording:
        """Return what the notice says; once it was sent, in the words that are on record."""
        sent = trail.sent
        if sent is None:
            return errand.wording(channel)
        if isinstance(sent.text, Withheld):
            history = reversed(self.book.history(errand.case))
            record = next(one for one in history if one.event == sent)
            sent = cast("e.NoticeSent", opened_for(self.book, [record], _SENDER)[0].event)
        return Wording(text=sent.text or "", language=sent.language)

    def _failed(
        self, errand: Errand, channel: Channel, trail: _Trail, error: Exception, now: datetime
    ) -> Carried:
        """Wait for another try, or say on record that this channel does not reach the customer."""
        wrong, tries = in_words(error), errand.part("tries", channel)
        times = self._tries.get(tries, 0) + 1
        if times < self.attempts and not isinstance(error, Undeliverable):
            self._tries[tries] = times
            again_at = now + self.backoff.after(str(tries), times)
            return Carried(stage=Stage.WAITING, channel=channel, wrong=wrong, again_at=again_at)
        self._tries.pop(tries, None)
        if trail.sent is None:
            missed: Command = do.ContactCustomer(
                errand.case, channel=channel, reached=False, topics=[errand.notice], summary=wrong
            )
        else:
            missed = do.ReportDeliveryFailure(
                errand.case, notice=errand.notice, channel=channel, reason=wrong
            )
        self._say(errand, "failed", channel, missed)
        return Carried(stage=Stage.STRANDED, wrong=wrong)

    def _strand(self, errand: Errand, now: datetime) -> None:
        """Let somebody owe the notice, unless the case waits for it, and so somebody does."""
        waits = {(wait.what, wait.subject) for wait in pending(self.book.case(errand.case))}
        if (_AWAITED, errand.notice) not in waits:
            met_by = (e.kind_of(e.NoticeSent),)
            owe(self.book, errand.case, COURIER, REACH_CUSTOMER, errand.notice, now, met_by)

    def _say(self, errand: Errand, what: str, channel: Channel, command: Command) -> None:
        id = errand.part(what, channel)
        self.book.execute(command, by=COURIER, id=id, facts=errand.facts)


def _command(errand: Errand, channel: Channel, wording: Wording, state: CaseState) -> do.SendNotice:
    """Return what is said on record; what it promises on one channel stands on the next."""
    owed = {(name, promise.due) for name, promise in state.promises.items()}
    return do.SendNotice(
        errand.case,
        notice=errand.notice,
        channel=channel,
        language=wording.language,
        text=wording.text or None,
        promises=[one for one in wording.promises if (one.promise, one.due) not in owed],
    )


def _trail(history: Sequence[Record], errand: Errand, channel: Channel) -> _Trail:
    """Return what is on record of *errand* on a channel."""
    trail = _Trail()
    sent, failed = errand.part("sent", channel), errand.part("failed", channel)
    for record in history:
        event = record.event
        if record.command_id == sent and isinstance(event, e.NoticeSent):
            trail.sent = event
        elif record.command_id == failed:
            trail.ended = True
        elif (
            trail.sent is not None
            and isinstance(event, e.DeliveryConfirmed | e.DeliveryFailed)
            and (event.notice, event.channel) == (errand.notice, channel)
        ):
            trail.arrived = isinstance(event, e.DeliveryConfirmed)
            trail.ended = not trail.arrived
    return trail
