"""A subscriber behind a network that can be as bad as a network can be, and what then must be true.

What must be true is computed from the ledger alone, with none of the code that is tried.
"""

from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid5

import attrs

from freezecase import Audience, Casebook, Channel, Scope
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.stores.store import Store
from freezecase.deliver import (
    Announcement,
    Backoff,
    MemoryPositions,
    Relay,
    Relayed,
    Subscriber,
)
from freezecase.deliver.announcing import ANNOUNCED
from freezecase.errors import Refused, Undeliverable
from freezecase.testing.contracts import StoryClock
from freezecase.wire.codec import read_event
from tests.app.books import ANA
from tests.deliver.desk import MONEY, close, freeze, release, widen
from tests.deliver.exchange import Crash, Network
from tests.deliver.world import Watched, answered

NAME = "crm"
OWED = ("delivery", NAME)


@attrs.define
class Receiver:
    """It keeps the keys, takes each once, and knows what comes late by its place."""

    taken: dict[str, Announcement] = attrs.field(factory=dict)
    status: dict[UUID, tuple[int, str]] = attrs.field(factory=dict)
    doubled: int = 0

    def apply(self, _account: str, told: Announcement, place: int) -> None:
        """Take it, unless it was taken before."""
        self.doubled += told.key in self.taken
        self.taken.setdefault(told.key, told)
        self.status[told.case] = max(self.status.get(told.case, (0, "")), (place, told.status))


@attrs.define
class Wire:
    """What the relay is given for a subscriber: a network, and a receiver behind it."""

    receiver: Receiver = attrs.field(factory=Receiver)
    network: Network = attrs.field(init=False)
    never: set[UUID] = attrs.field(factory=set)
    """Cases of which it will never take anything."""
    down: bool = False
    seen: dict[str, Announcement] = attrs.field(factory=dict)
    answered: set[str] = attrs.field(factory=set)
    """The keys that the relay was told are taken."""
    tried: list[str] = attrs.field(factory=list)
    before: Callable[[Announcement], object] = attrs.field(default=lambda told: None)
    wrong: list[str] = attrs.field(factory=list)
    """What should never have been so: whoever raises here is taken for a subscriber that fails."""

    def __attrs_post_init__(self) -> None:
        """Put the receiver where the exchange would be."""
        self.network = Network(cast("Any", self.receiver))

    def deliver(self, announcement: Announcement, now: datetime) -> None:
        """Send it on its way."""
        self.before(announcement)
        self.tried.append(announcement.key)
        if self.seen.setdefault(announcement.key, announcement) != announcement:
            self.wrong.append(f"{announcement.key} stands for two announcements")
        if announcement.case in self.never:
            raise Undeliverable("the receiver knows no such case")
        if self.down:
            raise ConnectionError("nobody answers")
        self.network.apply(announcement.account, cast("Any", announcement), announcement.place)
        self.answered.add(announcement.key)


@attrs.define
class Kept(MemoryPositions):
    """Positions that outlive the program, which may end before one is kept, or after."""

    ends: deque[str] = attrs.field(factory=deque)

    def save(self, name: str, position: int) -> None:
        """Keep it, or end."""
        how = self.ends.popleft() if self.ends else "fine"
        if how == "before":
            raise Crash
        super().save(name, position)
        if how == "after":
            raise Crash


def relay(
    book: Casebook, wire: Subscriber, positions: MemoryPositions | None = None, **more: Any
) -> Relay:
    """A relay that waits one second, two, four, up to a minute, and gives up after three times."""
    second = timedelta(seconds=1)
    backoff = Backoff(first=2 * second, longest=120 * second, jitter=lambda *_: 0.0)
    settings: dict[str, Any] = {"name": NAME, "attempts": 3, "backoff": backoff, **more}
    return Relay(book, wire, positions=positions or MemoryPositions(), **settings)


@attrs.frozen
class Due:
    """Something that must be announced."""

    index: int
    case: UUID
    key: str


def due(book: Casebook, audience: Audience = Audience.OPERATIONS) -> list[Due]:
    """Everything in the ledger that an audience must be told, each under its key."""
    counts, found = Counter[tuple[str, str]](), list[Due]()
    for index, _at, case, _version, name, _state in book.store.scan():
        kind = name.removesuffix(".v1")
        counts[case, kind] += 1
        if ANNOUNCED.get(kind) in {Audience.CUSTOMER, audience}:
            key = str(uuid5(UUID(case), f"{kind} {counts[case, kind]}"))
            found.append(Due(index, UUID(case), key))
    return found


def given_up(book: Casebook) -> set[UUID]:
    """The cases on which a delivery is owed, or was."""
    return {
        UUID(case)
        for _index, _at, case, _version, name, state in book.store.scan()
        if isinstance(opened := read_event(name, state), e.ObligationOpened)
        and (opened.obligation.demand.kind, opened.obligation.subject) == OWED
    }


def owed(book: Casebook) -> set[UUID]:
    """The cases on which a delivery is owed now."""
    return {case.id for case in book.cases() if OWED in case.obligations}


def contact(book: Casebook, case: UUID) -> object:
    """The customer writes."""
    return book.execute(do.RecordContact(case, channel=Channel.CHAT), by=ANA)


ACTS: dict[str, Callable[[Casebook, UUID], object]] = {
    "contact": contact,
    "reply": lambda book, case: book.execute(do.SendReply(case, channel=Channel.CHAT), by=ANA),
    "widen": lambda book, case: widen(book, case, Scope.everything()),
    "release": release,
    "confirm": lambda book, case: book.execute(do.ConfirmRelease(case), by=ANA),
    "close": lambda book, case: close(answered(book, case), case),
    "reopen": lambda book, case: book.execute(do.ReopenCase(case, reason="found"), by=ANA),
}


@attrs.define
class Office:
    """A book, a desk, a bad network, and a relay that does not live long."""

    seen: Counter[str] = attrs.field(factory=Counter)
    clock: StoryClock = attrs.field(factory=StoryClock)
    book: Casebook = attrs.field(init=False)
    watched: Watched = attrs.field(init=False)
    wire: Wire = attrs.field(init=False)
    kept: Kept = attrs.field(factory=Kept)
    relay: Relay = attrs.field(init=False)
    cases: list[UUID] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        """Begin with three cases."""
        self.book = Casebook.open("memory:", clock=self.clock)
        self.watched = Watched(self.book.store, lambda _rows: None)
        self.wire = Wire(before=self.in_order)
        self.relay = self.started()
        for number in range(3):
            self.freeze(number)

    def started(self) -> Relay:
        """A new relay."""
        book = attrs.evolve(self.book, store=cast("Store", self.watched))
        return relay(book, self.wire, self.kept, audience=Audience.OPERATIONS, ahead=7)

    def freeze(self, number: int) -> None:
        """A case is opened."""
        self.cases.append(freeze(self.book, MONEY, f"acct-{number}"))

    def act(self, which: int, act: str) -> None:
        """Something happens to a case, if it is in a position for it."""
        try:
            ACTS[act](self.book, self.cases[which % len(self.cases)])
            self.seen[act] += 1
        except Refused:
            self.seen["refused"] += 1

    def restart(self, *, kept: bool) -> None:
        """The program ends, and begins anew, with what it kept, or with nothing."""
        if not kept:
            self.kept.kept.clear()
        self.relay = self.started()

    def redeliver(self, which: int) -> None:
        """Somebody asks for what was given up."""
        case = self.cases[which % len(self.cases)]
        self.relay.redeliver(case)
        self.seen["redelivered"] += 1

    def step(
        self, weather: list[str], stored: list[str], kept: list[str], limit: int, *, lost: bool
    ) -> None:
        """One step, in which all goes like this; the program may end in it."""
        self.wire.network.weather.extend(weather)
        self.watched.ends.extend(stored)
        self.kept.ends.extend(kept)
        try:
            done = self.relay.step(self.clock.now(), limit=limit)
        except Crash:
            self.seen["crash"] += 1
            self.restart(kept=not lost)
        else:
            self.seen["delivered"] += len(done.delivered)
            self.seen["given up"] += len(done.given_up)
            self.seen["failing"] += len(done.failing)
        for queue in (self.wire.network.weather, self.watched.ends, self.kept.ends):
            queue.clear()
        self.check()

    def in_order(self, told: Announcement) -> None:
        """Nothing is told of a case before what came before it was taken, or was given up."""
        for one in due(self.book):
            if one.key == told.key:
                return
            missing = one.case == told.case and one.key not in self.wire.answered
            if missing and told.case not in given_up(self.book):
                self.wire.wrong.append(f"{told.kind} overtook what came before it")
                return

    def check(self) -> None:
        """Whatever lies behind the position was taken, or its delivery is owed, or was."""
        position, excused = self.kept.kept.get(NAME, 0), given_up(self.book)
        behind = [one for one in due(self.book) if one.index <= position]
        lost = [one for one in behind if one.key not in self.wire.answered]
        assert [one for one in lost if one.case not in excused] == []
        assert self.wire.wrong == []

    def settle(self) -> Relayed:
        """Step until there is nothing more to do."""
        done, steps = self.relay.step(self.clock.now()), 0
        while done.again_at is not None:
            self.clock.instant = max(self.clock.instant, done.again_at)
            done, steps = self.relay.step(self.clock.now()), steps + 1
            assert steps < 200
        self.check()
        return done

    def heal(self) -> None:
        """All goes well again; what is owed is asked for once more."""
        self.wire.down, self.wire.never = False, set()
        self.settle()
        for case in owed(self.book):
            self.relay.redeliver(case)
        assert (dict(self.settle().failing), owed(self.book)) == ({}, set())
        while self.wire.network.under_way:
            self.wire.network.arrive(0)
        self.relay.step(self.clock.now())
        assert self.relay.position == self.book.store.size()
        assert {one.key for one in due(self.book)} == set(self.wire.receiver.taken)
        told = {case: status for case, (_place, status) in self.wire.receiver.status.items()}
        assert told == {case: self.book.case(case).status for case in self.cases}
        self.seen["healed"] += 1
        self.seen["doubled"] += self.wire.receiver.doubled
