"""
One public story told twice, each time with other secrets; and all that the customer sees of it.

A *secret* is whatever the customer may not know of: a suspicion, what is reported, who opened what,
who tried what, what staff note, why the account is frozen where that is told neutrally. The
scheduler is perfect: whatever falls due is recorded when it does.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import attrs

from freezecase import Actor, AppealLevel, Audience, Casebook, Channel, Ground, Scope
from freezecase import commands as do
from freezecase.app.custody.openings import openings_of
from freezecase.app.custody.suspicions import Suspicions
from freezecase.app.stores.store import Row, Store
from freezecase.core import suspicion as s
from freezecase.core.custody import SectionsOpened
from freezecase.deliver import Relay, Secret, Webhook
from freezecase.errors import BadNotice, FreezeCaseError
from freezecase.policy import packs
from freezecase.policy.policy import Policy
from freezecase.present import notices
from freezecase.present.notices import NOTICES
from freezecase.seal.keys import KeyStore
from freezecase.testing.contracts import StoryClock
from freezecase.views.expecting import expected_times
from freezecase.views.timeline import timeline
from freezecase.wire.codec import encode
from freezecase.wire.converter import plain
from freezecase.wire.shapes import Entry
from tests.present.notices.stories import LETTERHEAD

__all__ = [
    "CASE",
    "PUBLIC",
    "SECRETS",
    "History",
    "Public",
    "Secretly",
    "World",
    "differences",
    "tell",
]

CASE: Final = UUID("3f0c6a52-7f39-4c53-9f0a-1d1f6f2f9a01")
ENGINE: Final = Actor.system("risk-engine")
ANA, ROB = Actor.staff("ana", "analyst"), Actor.staff("rob", "reviewer", "approver")
OTTO = Actor.staff("otto", "nominated-officer", "officer", "lead")
OWNER: Final = Actor.customer("acct-4711")
POCA: Final = packs.load("uk").rule("uk.poca.333a")
CHAT: Final = Channel.CHAT


@attrs.frozen
class Public:
    """Something that happens in both histories: so many minutes after what was before."""

    name: str
    minutes: int


@attrs.frozen
class Secretly:
    """Something that happens in one of them: before which public step, and where in the gap."""

    name: str
    step: int
    part: float
    """Which part of the gap has passed, from 0 up to 1."""
    ahead: int = 0
    """By how many seconds the clock of whoever writes it is ahead of the others'."""


@attrs.frozen
class History:
    """What differs between two histories: the ground, what staff write, what goes on in secret."""

    ground: Ground
    words: str = "seen it"
    secrets: tuple[Secretly, ...] = ()


@attrs.define
class World:
    """A book in which one of the histories happens, and what its customer has seen so far."""

    history: History
    book: Casebook
    clock: StoryClock
    asked: int = 0
    posted: list[tuple[str, bytes, Mapping[str, str]]] = attrs.field(factory=list)
    outcomes: list[str] = attrs.field(factory=list)
    moments: list[tuple[datetime, dict[str, bytes]]] = attrs.field(factory=list)
    """When the customer saw something change, to the minute, and what they saw from then on."""
    letters: list[dict[str, str]] = attrs.field(factory=list)
    relay: Relay = attrs.field(init=False)
    suspicions: list[UUID] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        """Let the customer's app be told by a webhook."""
        webhook = Webhook(
            url="https://app.example/told",
            source="https://exchange.example/cases",
            secrets=[Secret(bytes(range(32)))],
            post=self._post,
        )
        self.relay = Relay(self.book, webhook, name="app", audience=Audience.CUSTOMER)

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.posted.append((url, body, headers))
        return 200

    def words(self) -> str:
        """What staff write of it, for staff."""
        return self.history.words

    # --- time --------------------------------------------------------------------------------

    def until(self, target: datetime) -> None:
        """Let time pass, and record whatever falls due when it does."""
        while rings := self.book.store.ringing(_micros(target), limit=1):
            alarm = max(_instant(rings[0].alarm), self.clock.instant)
            self.clock.instant = alarm
            self.book.run_due(alarm)
            self.look()
        self.clock.instant = target

    # --- what happens ------------------------------------------------------------------------

    def publicly(self, name: str) -> None:
        """Let it happen, or be refused; that is seen, too."""
        self.asked += 1
        try:
            command, by = PUBLIC[name](self)
            self.book.execute(command, by=by, id=uuid5(CASE, f"public {self.asked}"))
        except FreezeCaseError as error:
            self.outcomes.append(f"{name}: {type(error).__name__}")
        else:
            self.outcomes.append(f"{name}: done")
        self.look()

    def secretly(self, secret: Secretly, number: int) -> None:
        """Let it happen; whether it may is nothing that the customer sees."""
        with suppress(FreezeCaseError):
            SECRETS[secret.name](self, secret, uuid5(CASE, f"secret {number}"))

    def register(self, secret: Secretly) -> Suspicions:
        """The register of suspicions, used by somebody whose clock may be ahead."""
        ahead = StoryClock(self.clock.instant + timedelta(seconds=secret.ahead), ids=10**6)
        return Suspicions(
            store=self.book.store, keys=self.book.keys, clock=ahead, key=bytes(range(32))
        )

    # --- what is seen ------------------------------------------------------------------------

    def look(self) -> None:
        """Let the customer look; keep what they see if it is something else than before."""
        self.relay.step(self.clock.instant)
        history = self.book.history(CASE)
        seen = {
            "view": _bytes(plain(self.book.customer_view(CASE))),
            "timeline": _bytes(plain(timeline(history, reader=Audience.CUSTOMER))),
            "restriction": _bytes(plain(self.book.account(OWNER.id).restriction)),
            "webhooks": _bytes([[url, body.decode(), {**more}] for url, body, more in self.posted]),
            "outcomes": _bytes(self.outcomes),
        }
        if not self.moments or self.moments[-1][1] != seen:
            minute = self.clock.instant.replace(second=0, microsecond=0)
            self.moments.append((minute, seen))

    def read_letters(self, languages: Sequence[str], names: Iterable[str] = NOTICES) -> None:
        """Let the customer read every notice that could be written now."""
        case, history = self.book.case(CASE), self.book.history(CASE)
        found: dict[str, str] = {}
        for language in languages:
            for name in names:
                words = "2." if name in {"extension", "promise-superseded"} else None
                try:
                    letter = notices.render(
                        *(name, case, history, LETTERHEAD),
                        at=self.clock.instant,
                        language=language,
                        words=words,
                    )
                except BadNotice as error:
                    said = str(error)
                else:
                    said = f"{letter.subject}\n{letter.text}\n{letter.promises}"
                found[f"{language} {name}"] = said
        self.letters.append(found)

    def figures(self) -> bytes:
        """What is said to customers of how long it takes, from the figures of all cases."""
        figures = self.book.portfolio()
        spreads = [plain(one) for one in (figures.to_human, figures.to_release)]
        return _bytes([spreads, [plain(one) for one in expected_times(figures)]])


def _bytes(data: Any) -> bytes:
    return json.dumps(data, sort_keys=True, default=str).encode()


_BEGIN: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _micros(at: datetime) -> int:
    return (at - _BEGIN) // timedelta(microseconds=1)


def _instant(micros: int) -> datetime:
    return _BEGIN + timedelta(microseconds=micros)


# --- what happens in public ----------------------------------------------------------------------


def _told(world: World, notice: str) -> do.SendNotice:
    case, history = world.book.case(CASE), world.book.history(CASE)
    letter = notices.render(notice, case, history, LETTERHEAD, at=world.clock.instant)
    return do.SendNotice(
        CASE,
        notice=notice,
        channel=Channel.EMAIL,
        language=letter.language,
        text=letter.text,
        promises=letter.promises,
    )


_FUNDS: Final = "source-of-funds"

PUBLIC: Final[Mapping[str, Callable[[World], tuple[Any, Actor]]]] = {
    "tell": lambda world: (_told(world, "freeze-imposed"), ENGINE),
    "update": lambda world: (_told(world, "update"), ENGINE),
    "uphold": lambda world: (do.UpholdFreeze(CASE, reason=world.words()), ROB),
    "check": lambda _: (do.RequestChecks(CASE, checks=[_FUNDS]), ANA),
    "plan": lambda _: (do.RequestChecks(CASE), ANA),
    "show": lambda _: (do.SubmitEvidence(CASE, check=_FUNDS), OWNER),
    "fail": lambda world: (
        do.FailCheck(CASE, check=_FUNDS, reason=world.words(), remedy="a longer statement"),
        ANA,
    ),
    "pass": lambda _: (do.PassCheck(CASE, check=_FUNDS), ANA),
    "write": lambda _: (do.RecordContact(CASE, channel=CHAT, summary="hello?"), OWNER),
    "reply": lambda _: (do.SendReply(CASE, channel=CHAT, text="soon"), ANA),
    "ask-human": lambda _: (do.RequestHuman(CASE, channel=CHAT), OWNER),
    "join": lambda _: (do.JoinConversation(CASE, channel=CHAT), ANA),
    "promise": lambda world: (
        do.MakePromise(CASE, promise="call-back", due=world.clock.instant + timedelta(days=1)),
        ANA,
    ),
    "appeal": lambda _: (do.FileAppeal(CASE, statement="these are my wages"), OWNER),
    "acknowledge": lambda _: (do.AcknowledgeAppeal(CASE), ANA),
    "reject": lambda _: (
        do.RejectAppeal(CASE, reason="They are not.", next_level=AppealLevel.SECOND_INSTANCE),
        OTTO,
    ),
    "propose": lambda world: (do.ProposeRelease(CASE, reason=world.words()), ANA),
    "approve": lambda _: (do.ApproveRelease(CASE), ROB),
    "refuse": lambda world: (do.RefuseRelease(CASE, reason=world.words()), ROB),
    "free": lambda _: (do.ConfirmRelease(CASE), ENGINE),
    "bind": lambda _: (do.ConfirmEnforcement(CASE), ENGINE),
}
"""What both customers live through, by name."""

# --- what happens in secret ----------------------------------------------------------------------

_Secret = Callable[[World, Secretly, UUID], object]


def _suspect(world: World, secret: Secretly, id: UUID) -> None:
    raised = world.register(secret).begin(
        OWNER.id,
        reason=world.words(),
        regimes=[s.TippingOff.PREJUDICE_TEST],
        due=world.clock.instant + timedelta(days=3),
        by=ANA,
        case=CASE,
        id=id,
    )
    world.suspicions.append(raised)


def _of_suspicion(made: Callable[[World], s.SuspicionEvent]) -> _Secret:
    def act(world: World, secret: Secretly, id: UUID) -> None:
        for suspicion in world.suspicions[-1:]:
            world.register(secret).add(suspicion, made(world), by=OTTO, id=id)

    return act


def _restrict(world: World, secret: Secretly, id: UUID) -> None:
    for suspicion in world.suspicions[-1:]:
        world.register(secret).restrict(
            suspicion, POCA, withheld=["facts"], basis=world.words(), by=OTTO, id=id
        )


def _open(world: World, secret: Secretly, id: UUID) -> None:
    """Somebody reads what is sealed in the case."""
    stream, now = openings_of(CASE), world.clock.instant + timedelta(seconds=secret.ahead)
    opened = SectionsOpened(
        case=CASE,
        versions=[1],
        audiences=[Audience.COMPLIANCE],
        reader=OTTO.person,
        purpose="audit",
    )
    name, state = encode(Entry(event=opened, actor=OTTO, occurred_at=now, command_id=id))
    version = world.book.store.versions([stream]).get(stream, 0) + 1
    world.book.store.append([Row(stream, version, name, state)], now=_micros(now))


def _in_case(made: Callable[[World], tuple[Any, Actor]]) -> _Secret:
    def act(world: World, _secret: Secretly, id: UUID) -> None:
        command, by = made(world)
        world.book.execute(command, by=by, id=id)

    return act


SECRETS: Final[Mapping[str, _Secret]] = {
    "suspect": _suspect,
    "assess": _of_suspicion(
        lambda world: s.SuspicionAssessed(
            conclusion=s.Conclusion.REPORT, by=OTTO.person, reason=world.words()
        )
    ),
    "report": _of_suspicion(
        lambda _: s.ReportFiled(authority="nca", reference="SAR-17", by=OTTO.person)
    ),
    "answer": _of_suspicion(
        lambda _: s.AuthorityAnswered(authority="nca", answer=s.Answer.REFUSAL)
    ),
    "restrict": _restrict,
    "open": _open,
    "attempt": _in_case(lambda world: (do.OrderRelease(CASE, reason=world.words()), ENGINE)),
    "note": _in_case(lambda world: (do.Escalate(CASE, to="compliance", reason=world.words()), ANA)),
    "harm": _in_case(
        lambda world: (do.RecordHarm(CASE, harm="missed-rent", description=world.words()), ANA)
    ),
    "withhold": _in_case(
        lambda world: (
            do.WithholdNotice(
                CASE,
                notice="report",
                basis="uk.poca.333a",
                review_at=world.clock.instant + timedelta(days=14),
            ),
            OTTO,
        )
    ),
    "disclose": _in_case(
        lambda _: (do.UpgradeDisclosure(CASE, audience=Audience.COMPLIANCE, basis="audit"), OTTO)
    ),
    "assign": _in_case(lambda _: (do.AssignCase(CASE, to=OTTO.person), OTTO)),
}
"""What one customer lives through and may not know of, by name."""

# --- both ----------------------------------------------------------------------------------------


def tell(
    history: History,
    story: Sequence[Public],
    languages: Sequence[str] = ("en",),
    policy: Policy | None = None,
    keep: Callable[[Store], object] = lambda _store: None,
    keys: KeyStore | None = None,
) -> World:
    """Let a history happen, and return all that its customer saw; *keep* is given the store."""
    clock = StoryClock(ids=10**9)
    with Casebook.open("memory:", clock=clock, policy=policy, keys=keys) as book:
        world = World(history, book, clock)
        freeze = do.ImposeFreeze(
            account=OWNER.id,
            ground=history.ground,
            scope=Scope.withdrawals(),
            reason=history.words,
        )
        book.execute(freeze, by=ANA, id=CASE)
        world.look()
        for step, public in enumerate(story):
            start, gap = clock.instant, timedelta(minutes=public.minutes)
            for number, secret in enumerate(history.secrets):
                if secret.step == step:
                    world.until(max(start + gap * secret.part, clock.instant))
                    world.secretly(secret, number)
                    world.look()
            world.until(start + gap)
            world.publicly(public.name)
            world.read_letters(("en",), ("freeze-imposed", "update"))
        world.read_letters(languages)
        world.letters.append({"figures": world.figures().decode()})
        keep(book.store)
    return world


def differences(one: World, other: World) -> set[str]:
    """Return in what the two customers saw different things, or saw them at another time."""
    found = (
        {"moments"} if [at for at, _ in one.moments] != [at for at, _ in other.moments] else set()
    )
    for (_, mine), (_, theirs) in zip(one.moments, other.moments, strict=False):
        found |= {name for name in mine if mine[name] != theirs[name]}
    for ours, other_letters in zip(one.letters, other.letters, strict=True):
        found |= {f"letter {name}" for name in ours if ours[name] != other_letters[name]}
    return found
