"""
Three cases as they happen, for the demonstration: who asked for what, and when.

Everything goes through `Casebook.execute` as it would in an exchange, and between two commands a
scheduler looks at what is due: what is refused here is refused by the standard policy, and what is
missed here was missed by time.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

import attrs

from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.values import Amount, Capability, Channel, Ground, Scope, Verification
from freezecase.errors import PolicyForbids

__all__ = ["STORIES", "Stage", "StoryClock"]

NAMESPACE: Final = UUID("3f1c2a54-7a0e-5d55-9b0e-4d3c1a3b6e10")
"""What the ids of the demonstration are made from: the same ones in every run."""

WALLETS, NOTICES = Actor.system("wallets"), Actor.system("notices")
ANA, ROB = Actor.staff("ana", "analyst"), Actor.staff("rob", "reviewer")
IDA, KIM = Actor.staff("ida", "lead"), Actor.staff("kim", "accountable")
MIA = Actor.staff("mia", "agent")


@attrs.define
class StoryClock:
    """A clock that stands where the story is, and ids that are the same in every run."""

    at: datetime = datetime(2026, 3, 1, tzinfo=UTC)
    ids: int = 0

    def now(self) -> datetime:
        """Return the instant of the story."""
        return self.at

    def new_id(self) -> UUID:
        """Return the next id."""
        self.ids += 1
        return uuid5(NAMESPACE, str(self.ids))


@attrs.frozen
class Stage:
    """Where a story is played: a casebook, and the clock that it reads."""

    book: Casebook
    clock: StoryClock

    def until(self, when: str) -> None:
        """Go on to an instant; what falls due on the way is missed when it does."""
        at = datetime.fromisoformat(f"{when}Z")
        while found := self.book.due(at):
            self.clock.at = found[0].due
            self.book.run_due(self.clock.at)
        self.clock.at = at

    def begins(self, when: str, by: Actor, freeze: do.ImposeFreeze) -> "Scene":
        """Open the case that *freeze* imposes, and let the exchange enforce it."""
        self.until(when)
        scene = Scene(self, self.book.execute(freeze, by=by).case.id)
        scene.then(when, WALLETS, do.ConfirmEnforcement)
        return scene


@attrs.frozen
class Scene:
    """One case of a story."""

    stage: Stage
    case: UUID

    def told(self, when: str, channel: Channel, text: str) -> None:
        """Tell the customer of the freeze."""
        told = {"notice": "freeze-imposed", "channel": channel, "text": text}
        self.then(when, NOTICES, do.SendNotice, **told)

    def then(self, when: str, by: Actor, asks: Callable[..., Command], **details: Any) -> None:
        """Let somebody ask for something; a refusal is part of the story."""
        self.stage.until(when)
        try:
            self.stage.book.execute(asks(self.case, **details), by=by)
        except PolicyForbids:
            return


def a_take_over(stage: Stage) -> UUID:
    """Tell of an account that was taken over: frozen, verified, released by two people."""
    owner = Actor.customer("acct-4711")
    scene = stage.begins(
        "2026-03-02T08:14",
        Actor.system("risk-engine"),
        do.ImposeFreeze(
            account=owner.id,
            ground=Ground.ACCOUNT_TAKEOVER,
            scope=Scope.withdrawals(),
            reason="new device, new password and a withdrawal within four minutes",
        ),
    )
    stopped = "Withdrawals are stopped: somebody signed in who may not be you."
    scene.told("2026-03-02T08:15", Channel.APP_MESSAGE, stopped)
    scene.then("2026-03-02T08:31", ANA, do.RequestChecks, checks=["liveness"])
    scene.then("2026-03-02T09:02", owner, do.SubmitEvidence, check="liveness")
    scene.then("2026-03-02T09:05", Actor.vendor("id-lab"), do.PassCheck, check="liveness")
    scene.then("2026-03-02T09:24", ANA, do.ProposeRelease, reason="the owner is back in control")
    scene.then("2026-03-02T09:25", ANA, do.ApproveRelease)
    scene.then("2026-03-02T09:41", ROB, do.ApproveRelease)
    scene.then("2026-03-02T09:42", WALLETS, do.ConfirmRelease)
    scene.then("2026-03-02T09:50", ANA, do.CloseCase, outcome="cleared")
    return scene.case


def a_wrong_freeze(stage: Stage) -> UUID:
    """Tell of a freeze that was a mistake, and of the appeal that undid it."""
    owner = Actor.customer("acct-0815")
    scene = stage.begins(
        "2026-03-09T11:02",
        Actor.system("screening"),
        do.ImposeFreeze(
            account=owner.id,
            ground=Ground.AML_ALERT,
            scope=Scope.withdrawals(),
            reason="four deposits just under the reporting line",
        ),
    )
    paused = "Withdrawals are paused for a review. You may contest this."
    scene.told("2026-03-09T11:03", Channel.EMAIL, paused)
    _is_contested(scene, owner)
    _is_put_right(scene)
    return scene.case


def _is_contested(scene: Scene, owner: Actor) -> None:
    """Let the freeze be upheld, and the customer appeal to somebody who did not uphold it."""
    scene.then("2026-03-10T09:40", ANA, do.UpholdFreeze, reason="it looks like structuring")
    contested = scene.stage.book.case(scene.case).decision
    scene.then(
        "2026-03-10T18:22",
        owner,
        do.FileAppeal,
        contests=contested,
        statement="These are my wages, paid every Friday.",
    )
    scene.then("2026-03-10T18:22", NOTICES, do.AcknowledgeAppeal)
    scene.then("2026-03-11T09:10", IDA, do.AssignAppeal, reviewer=ANA.person)
    scene.then("2026-03-11T09:11", IDA, do.AssignAppeal, reviewer=ROB.person)


def _is_put_right(scene: Scene) -> None:
    """Let the reviewer find the customer right, and make good what it cost them."""
    scene.then(
        "2026-03-12T14:30",
        ROB,
        do.UpholdAppeal,
        reason="The deposits match your wage slips. We were wrong.",
    )
    scene.then("2026-03-12T14:31", WALLETS, do.ConfirmRelease)
    scene.then(
        "2026-03-12T14:50", ROB, do.RecordHarm, harm="rent-paid-late", amount=Amount.of(45, "EUR")
    )
    scene.then("2026-03-13T10:00", ROB, do.CloseCase, outcome="mistake")


def a_lost_factor(stage: Stage) -> UUID:
    """Tell of a lost second factor: a bot, a broken promise, and somebody who took it up."""
    owner = Actor.customer("acct-2718")
    scene = stage.begins(
        "2026-03-16T07:55",
        Actor.system("sign-in"),
        do.ImposeFreeze(
            account=owner.id,
            ground=Ground.CREDENTIAL_LOSS,
            scope=Scope.of(Capability.LOG_IN, *Scope.withdrawals().capabilities),
            reason="ten wrong codes",
        ),
    )
    locked = "Sign-in is stopped after ten wrong codes. Call us, or ask for a person in the chat."
    scene.told("2026-03-16T07:56", Channel.EMAIL, locked)
    _is_heard(scene, owner)
    _is_let_down(scene)
    _is_let_back(scene, owner)
    return scene.case


def _is_heard(scene: Scene, owner: Actor) -> None:
    """Let the customer ask, a bot answer what was not asked, and a person join and promise."""
    scene.then(
        "2026-03-16T08:10",
        owner,
        do.RecordContact,
        channel=Channel.CHAT,
        summary="My phone is in a lake. The codes were on it.",
    )
    scene.then(
        "2026-03-16T08:10",
        Actor.system("help-bot"),
        do.SendReply,
        channel=Channel.CHAT,
        text="Enter the code that your phone shows.",
    )
    scene.then("2026-03-16T08:11", owner, do.RequestHuman, channel=Channel.CHAT)
    scene.then("2026-03-16T08:12", MIA, do.JoinConversation, channel=Channel.CHAT)
    due = datetime(2026, 3, 17, 17, tzinfo=UTC)
    scene.then("2026-03-16T08:20", MIA, do.MakePromise, promise="call-back", due=due)


def _is_let_down(scene: Scene) -> None:
    """Let nobody review the freeze and nobody call, until whoever is accountable has to act."""
    scene.then("2026-03-18T08:30", KIM, do.AssignCase, to=IDA.person)
    sorry = "We promised to call you yesterday, and nobody did. I am sorry. I look after it now."
    scene.then("2026-03-18T08:40", IDA, do.SendReply, channel=Channel.PHONE, text=sorry)
    known = "until we know the owner again"
    scene.then("2026-03-18T08:45", IDA, do.UpholdFreeze, reason=known)
    due = datetime(2026, 3, 27, 17, tzinfo=UTC)
    scene.then("2026-03-18T08:46", IDA, do.MakePromise, promise="another-way-in", due=due)
    scene.then(
        "2026-03-18T09:15",
        IDA,
        do.SupersedePromise,
        promise="another-way-in",
        by_promise="video-call",
        due=datetime(2026, 3, 20, 12, tzinfo=UTC),
        reason="a slot came free",
    )


def _is_let_back(scene: Scene, owner: Actor) -> None:
    """Let the customer show themselves in another way, and two people let them back in."""
    instead = [Verification(kind="second-factor", instead=("video-call",))]
    scene.then("2026-03-18T09:16", IDA, do.RequestChecks, checks=instead)
    scene.then(
        "2026-03-20T10:00", owner, do.SubmitEvidence, check="second-factor", shown="video-call"
    )
    scene.then("2026-03-20T10:20", IDA, do.PassCheck, check="second-factor")
    scene.then("2026-03-20T10:20", IDA, do.KeepPromise, promise="video-call")
    scene.then("2026-03-20T10:25", IDA, do.ProposeRelease, reason="face and papers match")
    scene.then("2026-03-20T10:40", ROB, do.ApproveRelease)
    scene.then("2026-03-20T10:41", WALLETS, do.ConfirmRelease)
    scene.then("2026-03-20T10:45", IDA, do.CloseCase, outcome="cleared")


STORIES: Final[tuple[tuple[str, Callable[[Stage], UUID]], ...]] = (
    ("A take-over: frozen, verified, released by two people", a_take_over),
    ("A wrong freeze, overturned on appeal", a_wrong_freeze),
    ("A lost second factor that would have slept for years", a_lost_factor),
)
"""What each story is called, and how it is played."""
