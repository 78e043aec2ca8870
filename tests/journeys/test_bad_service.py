"""
Eleven patterns of bad service, each played: the event, the duty and the number that catch it.

Customers of a frozen account complain of one thing in eleven ways. Each story here is bad service
as it happens. At its end something is on record that shows it, somebody owes the cure by a time,
and a figure of the whole desk is not what it should be.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final, TypeVar

import attrs
import pytest

from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent
from freezecase.core.state import CaseState
from freezecase.core.values import Channel, Ground, Scope, Stated
from freezecase.errors import PolicyForbids
from freezecase.testing.contracts import StoryClock
from freezecase.views.portfolio import Portfolio, overturned
from tests.policy.standard.book import instant

ENGINE, BOT, MAILER = Actor.system("risk-engine"), Actor.system("bot"), Actor.vendor("mailer")
OWNER: Final = Actor.customer("acct-4711")
ANA, BEN, CY = (Actor.staff(name, "analyst") for name in ("ana", "ben", "cy"))
ROB, LEA = Actor.staff("rob", "reviewer"), Actor.staff("lea", "lead")


E = TypeVar("E", bound=CaseEvent)


@attrs.define
class Desk:
    """A book with one frozen account, on a Saturday night; and a clock set by hand."""

    book: Casebook
    clock: StoryClock
    case: CaseState

    def ask(self, by: Actor, *commands: Callable[[CaseState], Command]) -> None:
        """Ask for one thing after another."""
        for command in commands:
            self.case = self.book.execute(command(self.case), by=by).case

    def refused(self, by: Actor, command: Callable[[CaseState], Command]) -> tuple[str, ...]:
        """Ask for what is refused; return the rules that refuse it."""
        with pytest.raises(PolicyForbids) as refused:
            self.book.execute(command(self.case), by=by)
        self.case = self.book.case(self.case.id)
        return refused.value.ruling.decided_by

    def wait(self, **length: float) -> None:
        """Let time pass, as a host's scheduler does."""
        self.book.run_due(self.clock.later(**length))
        self.case = self.book.case(self.case.id)

    def happened(self, kind: type[E]) -> list[E]:
        """Return the events of a kind."""
        events = (record.event for record in self.book.history(self.case.id))
        return [event for event in events if isinstance(event, kind)]

    def owes(self, what: str, about: str = "") -> tuple[str, datetime]:
        """Return who owes it, and by when."""
        owed = self.case.obligations[what, about]
        return owed.debtor, owed.due

    @property
    def figures(self) -> Portfolio:
        """The figures of the desk, from the view that is kept."""
        self.book.catch_up()
        return self.book.portfolio()


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Return a desk on which a machine froze an account, told its owner, and bound it."""
    with Casebook.open("memory:") as opened:
        clock = StoryClock(instant("Sat  7 Mar 2026 22:00"))
        book = attrs.evolve(opened, clock=clock)
        freeze = do.ImposeFreeze(
            account=OWNER.id, ground=Ground.CREDENTIAL_LOSS, scope=Scope.withdrawals()
        )
        desk = Desk(book, clock, book.execute(freeze, by=ENGINE).case)
        desk.ask(ENGINE, lambda case: do.ConfirmEnforcement(case.id))
        desk.ask(ENGINE, tell(Channel.EMAIL))
        yield desk


# --- what people do ------------------------------------------------------------------------------

Asking = Callable[[CaseState], Command]


def tell(channel: Channel) -> Asking:
    """Tell the customer of the freeze."""
    return lambda case: do.SendNotice(case.id, notice="freeze-imposed", channel=channel)


def call(*topics: str) -> Asking:
    """Get in touch."""
    return lambda case: do.RecordContact(case.id, channel=Channel.CHAT, topics=topics)


def answer(case: CaseState) -> Command:
    """Answer."""
    return do.SendReply(case.id, channel=Channel.CHAT)


def want_a_person(case: CaseState) -> Command:
    """Ask for a person."""
    return do.RequestHuman(case.id, channel=Channel.CHAT)


def join(case: CaseState) -> Command:
    """Take up the conversation."""
    return do.JoinConversation(case.id, channel=Channel.CHAT)


def want(check: str, reason: str | None = None) -> Asking:
    """Ask the customer to show something."""
    return lambda case: do.RequestChecks(case.id, checks=[check], reason=reason)


def show(check: str) -> Asking:
    """Show it."""
    return lambda case: do.SubmitEvidence(case.id, check=check)


def appeal(case: CaseState) -> Command:
    """Contest the newest decision."""
    return do.FileAppeal(case.id, contests=case.decision, statement="that was me, on a new phone")


def hand_to(person: Actor) -> Asking:
    """Offer the case to somebody else."""
    return lambda case: do.TransferCase(case.id, to=person.person, reason="not my desk")


def take(case: CaseState) -> Command:
    """Take the case that was offered."""
    return do.AcceptHandOver(case.id)


# --- the eleven ----------------------------------------------------------------------------------


def test_1_incompetence(desk: Desk) -> None:
    """
    An analyst upholds a freeze that was wrong.

    Event: the appeal is upheld. Duty: lifting, in an hour. Number: all of one decision overturned.
    """
    desk.ask(ROB, lambda case: do.UpholdFreeze(case.id, reason="looks odd"))
    desk.ask(OWNER, appeal)
    desk.ask(LEA, lambda case: do.UpholdAppeal(case.id, reason="the phone was on the list"))

    assert len(desk.happened(e.AppealUpheld)) == 1
    assert desk.owes("lifting") == ("exchange", instant("Sat  7 Mar 2026 23:00"))
    assert overturned(desk.figures.appeals) == Fraction(1)


def test_2_speed(desk: Desk) -> None:
    """
    It is night, the customer asks for a person, and nobody comes for seven minutes.

    Event: the miss, after two minutes. Duty: a lead's, for three more, then the accountable role's.
    Number: seven minutes to a person, where two are the target.
    """
    desk.ask(OWNER, want_a_person)
    desk.wait(minutes=2)
    assert desk.owes("human") == ("lead", instant("Sat  7 Mar 2026 22:05"))
    desk.wait(minutes=3)
    assert desk.owes("human") == ("accountable", instant("Sat  7 Mar 2026 23:05"))
    desk.wait(minutes=2)
    desk.ask(LEA, join)

    assert [one.obligation for one in desk.happened(e.ObligationMissed)] == ["human", "human"]
    assert desk.figures.to_human.longest == timedelta(minutes=7)
    assert desk.figures.missed["human"] == 2


def test_3_knowledge(desk: Desk) -> None:
    """
    A machine gives general answers, and none to what was asked.

    Event: its third answer while nothing moved. Duty: a person in two minutes, whom nobody had to
    ask for. Number: one bot in circles.
    """
    for _ in range(3):
        desk.ask(OWNER, call("new-phone"))
        desk.ask(BOT, answer)

    assert [one.human for one in desk.happened(e.ReplySent)] == [False] * 3
    assert desk.owes("bot-in-circles") == ("front", instant("Sat  7 Mar 2026 22:02"))
    desk.ask(BOT, answer)
    assert ("bot-in-circles", "") in desk.case.obligations, "a machine never meets it"
    assert desk.figures.run_around["bot-in-circles"] == 1
    desk.ask(ANA, join)
    assert ("bot-in-circles", "") not in desk.case.obligations


def test_4_arguments(desk: Desk) -> None:
    """
    Whoever decided argues with the customer, and would judge the appeal as well.

    Event: the attempt, refused. Duty: another reviewer's, missed, and then a lead's. Number: one
    appeal that was not decided in time.
    """
    desk.ask(ROB, lambda case: do.UpholdFreeze(case.id, reason="I said so"))
    desk.ask(OWNER, appeal)
    rules = desk.refused(
        ROB, lambda case: do.RejectAppeal(case.id, reason="I still say so", bar="house-rule")
    )
    desk.wait(days=16)

    assert rules == ("independent-review",)
    [attempt] = desk.happened(e.AttemptRefused)
    assert (attempt.by, attempt.command) == (ROB.person, "reject-appeal")
    assert desk.owes("appeal-decision")[0] == "lead"
    assert desk.figures.missed["appeal-decision"] == 1


def test_5_promises(desk: Desk) -> None:
    """
    "We call you on Monday." Nobody calls; and nobody may say the same again.

    Event: the promise, made by the answer that stated it, and broken. Duty: a lead answers for it.
    Number: nothing of one promise kept.
    """
    by_monday = Stated(promise="call-on-monday", due=instant("Mon  9 Mar 2026 18:00"))

    def say(case: CaseState) -> Command:
        return do.SendReply(case.id, channel=Channel.PHONE, promises=[by_monday])

    desk.ask(ANA, say)
    desk.wait(days=3)

    assert [one.promise for one in desk.happened(e.PromiseBroken)] == ["call-on-monday"]
    assert desk.owes("broken-promise", "call-on-monday")[0] == "lead"
    assert desk.refused(ANA, say) == ("broken-words-are-not-repeated",)
    rates = desk.figures.promises
    assert (rates.overall.share_kept, rates.by_person[ANA.person].broken) == (Fraction(0), 1)


def test_6_records(desk: Desk) -> None:
    """
    The customer showed their passport. Nobody looked for two days, and then somebody asks again.

    Event: the request, with the reason that had to be given. Duty: to look at what was shown, by
    then a lead's. Number: one thing asked for twice.
    """
    desk.ask(ANA, lambda case: do.AssignCase(case.id, to=ANA.person), want("identity"))
    desk.ask(OWNER, show("identity"))
    desk.wait(days=3)
    assert desk.owes("check-review", "identity")[0] == "lead"
    desk.ask(LEA, lambda case: do.PassCheck(case.id, check="identity"))

    assert desk.refused(BEN, want("identity")) == ("shown-is-not-asked-for-again",)
    desk.ask(BEN, want("identity", reason="the file was lost"))
    reasons = [one.reason for one in desk.happened(e.ChecksRequested)]
    assert reasons == [None, "the file was lost"]
    assert desk.figures.run_around["evidence-asked-twice"] == 1


def test_7_personalisation(desk: Desk) -> None:
    """
    The exchange writes to an address that the customer told them is dead.

    Event: the delivery that failed. Duty: the exchange tells them after all, and another way.
    Number: one customer frozen and not told.
    """
    failed = lambda case: do.ReportDeliveryFailure(  # noqa: E731 - one line of the story
        case.id, notice="freeze-imposed", channel=Channel.EMAIL, reason="no such address"
    )
    desk.ask(MAILER, failed)

    assert len(desk.happened(e.DeliveryFailed)) == 1
    assert desk.owes("notice", "freeze-imposed") == ("exchange", instant("Sun  8 Mar 2026 22:00"))
    assert (desk.figures.to_told.came, desk.figures.to_told.waiting) == (0, 1)
    assert desk.refused(ENGINE, tell(Channel.EMAIL)) == ("another-channel",)
    desk.wait(hours=3)
    desk.ask(ENGINE, tell(Channel.LETTER))
    assert desk.figures.to_told.longest == timedelta(hours=3)


def test_8_listening(desk: Desk) -> None:
    """
    The customer says the same thing twice, and nobody listens.

    Event: the second contact. Duty: an answer, missed by whoever looks after the case, and then a
    lead's. Number: one topic raised twice.
    """
    desk.ask(OWNER, call("rent-is-due"))
    desk.wait(days=4)
    desk.ask(OWNER, call("rent-is-due"))

    assert len(desk.happened(e.ContactReceived)) == 2
    assert desk.owes("reply")[0] == "lead"
    assert desk.figures.missed["reply"] == 1
    assert desk.figures.run_around["topic-raised-twice"] == 1


def test_9_follow_up(desk: Desk) -> None:
    """
    The customer hears nothing for a fortnight.

    Event: the update that was missed. Duty: a lead's. Number: one silence.
    """
    desk.ask(ROB, lambda case: do.UpholdFreeze(case.id, reason="to be looked into"))
    desk.wait(days=9)

    assert "update" in [one.obligation for one in desk.happened(e.ObligationMissed)]
    assert desk.owes("update")[0] == "lead"
    assert desk.figures.run_around["silence"] == 1


def test_10_rude_staff(desk: Desk) -> None:
    """
    The customer is shouted at, and says so.

    Event: the complaint. Duty: a lead judges it, and never whom it is about. Number: one complaint
    of conduct.
    """
    desk.ask(ANA, lambda case: do.AssignCase(case.id, to=ANA.person))
    desk.ask(OWNER, call("conduct"))
    judge = lambda case: do.MeetObligation(case.id, obligation="conduct")  # noqa: E731 - a line of it

    assert [one.topics for one in desk.happened(e.ContactReceived)] == [("conduct",)]
    assert desk.owes("conduct") == ("lead", instant("Mon  9 Mar 2026 end of day"))
    assert desk.refused(ANA, judge) == ("conduct-is-judged-by-another",)
    assert desk.figures.run_around["conduct-complaint"] == 1
    desk.ask(LEA, judge)
    assert ("conduct", "") not in desk.case.obligations


def test_11_run_around(desk: Desk) -> None:
    """
    From desk to desk, and back to the first.

    Event: the third transfer. Duty: a lead looks at why. Number: one third transfer, one way back;
    and each hand-over carried what the customer had shown, so that nobody had to ask again.
    """
    desk.ask(ANA, lambda case: do.AssignCase(case.id, to=ANA.person), want("identity"))
    desk.ask(OWNER, show("identity"))
    for giver, taker in ((ANA, BEN), (BEN, CY), (CY, ANA)):
        desk.ask(giver, hand_to(taker))
        desk.ask(taker, take)

    packets = desk.happened(e.CaseTransferred)
    assert [(one.asked, one.received) for one in packets] == [(("identity",), ("identity",))] * 3
    assert desk.case.transfers == 3
    figures = desk.figures.run_around
    assert (figures["third-transfer"], figures["back-again"]) == (1, 1)
    assert [one.obligation.demand.kind for one in desk.happened(e.ObligationOpened)].count(
        "run-around"
    ) == 1
