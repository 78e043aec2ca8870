"""A world in which everything goes wrong: a desk, a hostile network, a program that ends anywhere.

What must be true in it is computed from the events alone, with none of the code that is tried.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any, cast
from uuid import UUID

import attrs

from freezecase import Amount, Capability, Casebook, Channel, Scope
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.stores.store import Appended, Row, Store
from freezecase.core.pending import pending
from freezecase.deliver import Reconciler
from freezecase.errors import Refused
from freezecase.testing.contracts import StoryClock
from freezecase.wire.codec import read_event
from tests.app.books import ANA
from tests.deliver.desk import (
    BITCOIN,
    COURT,
    CRYPTO,
    EVERYTHING,
    FIAT,
    MONEY,
    TRADE,
    TWO_BITCOIN,
    close,
    freeze,
    hold,
    offboard,
    reconciler,
    release,
    widen,
)
from tests.deliver.exchange import Crash, Exchange, Network

ACCOUNTS = ("acct-1", "acct-2")
ONE_BITCOIN = Scope.of(Capability.WITHDRAW_CRYPTO, assets=["BTC"], amount=Amount.of("1", "BTC"))
SCOPES = (TRADE, FIAT, CRYPTO, BITCOIN, ONE_BITCOIN, TWO_BITCOIN, MONEY, EVERYTHING)
"""Some within each other, some not."""
MOST = 5
"""So many of the newest cases are acted upon, and no more than that restrict anybody at once."""

# --- what must be true, from the events alone ----------------------------------------------------

Point = tuple[str, str, int]
"""The smallest thing that can be stopped: a capability, an asset, and which part of it."""


def points(scopes: Sequence[Scope]) -> set[Point]:
    """Everything that these scopes stop: of each asset three parts, or as many as an amount."""
    return {
        (capability, asset, part)
        for scope in scopes
        for capability in scope.capabilities
        for asset in scope.assets or ("BTC", "ETH", "EUR")
        for part in (1, 2, 3)
        if scope.amount is None or part <= int(scope.amount.units)
    }


Told = tuple[int, Any]
"""An event, and where in the ledger it is."""


def said(told: Sequence[Told], upto: int = 2**53) -> list[Scope]:
    """What a case says must be stopped, told event by event."""
    scope: Scope | None = None
    lifting = closed = False
    leaving: Scope | None = None
    for event in [event for index, event in told if index <= upto]:
        if isinstance(event, e.FreezeImposed | e.ScopeNarrowed | e.ScopeWidened):
            scope, lifting = event.scope, False
        elif isinstance(event, e.ReleaseOrdered):
            lifting, leaving = True, event.leaving
        elif isinstance(event, e.LegalHoldPlaced):
            lifting = False
        elif isinstance(event, e.ReleaseEnforced):
            scope, lifting = None, False
        elif isinstance(event, e.CaseClosed | e.CaseReopened):
            closed = isinstance(event, e.CaseClosed)
    demanded = leaving if lifting else scope
    return [] if closed or demanded is None else [demanded]


# --- what people do ------------------------------------------------------------------------------

Act = Callable[[Casebook, UUID], object]
ACTS: dict[str, Act] = {
    "widen": lambda book, case: widen(book, case, wider(book, case)),
    "narrow": lambda book, case: release(book, case, narrower(book, case)),
    "release": release,
    "hold": hold,
    "let go": lambda book, case: book.execute(
        do.LiftLegalHold(case, hold=min(book.case(case).holds, default="none")), by=COURT
    ),
    "offboard": offboard,
    "close": lambda book, case: close(answered(book, case), case),
    "reopen": lambda book, case: book.execute(
        do.ReopenCase(case, reason="something was found"), by=ANA
    ),
    "talk": lambda book, case: book.execute(do.RecordContact(case, channel=Channel.CHAT), by=ANA),
    "confirm by hand": lambda book, case: book.execute(do.ConfirmEnforcement(case), by=ANA),
}


def wider(book: Casebook, case: UUID) -> Scope:
    """A scope that holds the one in force, if there is one."""
    scope = book.case(case).scope
    return next((one for one in SCOPES if scope and scope.within(one) and one != scope), TRADE)


def narrower(book: Casebook, case: UUID) -> Scope:
    """A scope within the one in force, if there is one."""
    scope = book.case(case).scope
    return next((one for one in SCOPES if scope and one.within(scope) and one != scope), MONEY)


def answered(book: Casebook, case: UUID) -> Casebook:
    """The book in which the customer was answered: an unanswered case is not closed."""
    book.execute(do.SendReply(case, channel=Channel.CHAT), by=ANA)
    return book


# --- the store as the reconciler has it ----------------------------------------------------------


@attrs.define
class Watched:
    """A store that ends the program when it is told to, lets others write first, and looks on."""

    store: Store
    wrote: Callable[[Sequence[Row]], object]
    """Told of what the reconciler wrote."""
    ends: deque[str] = attrs.field(factory=deque)
    """How the next appends go: `before`, `after`, or `fine`."""
    meanwhile: deque[Callable[[], object]] = attrs.field(factory=deque)
    """What others do just before the next appends."""

    def append(self, rows: Sequence[Row], **more: Any) -> Appended:
        """Store it, or end before or after."""
        how = self.ends.popleft() if self.ends else "fine"
        if self.meanwhile:
            self.meanwhile.popleft()()
        if how == "before":
            raise Crash
        put = self.store.append(rows, **more)
        self.wrote(rows)
        if how == "after":
            raise Crash
        return put

    def __getattr__(self, name: str) -> Any:
        """Do everything else as the store does."""
        return getattr(self.store, name)


# --- the world -----------------------------------------------------------------------------------

Deed = tuple[int, str]
"""Which case, and what happens to it."""


@attrs.define
class World:
    """An exchange, its desk, its network, and a reconciler that does not live long."""

    seen: Counter[str] = attrs.field(factory=Counter)
    """What came up, so that nothing of it is vacuous."""
    clock: StoryClock = attrs.field(factory=StoryClock)
    book: Casebook = attrs.field(init=False)
    network: Network = attrs.field(init=False)
    watched: Watched = attrs.field(init=False)
    reconciler: Reconciler = attrs.field(init=False)
    cases: dict[UUID, str] = attrs.field(factory=dict)
    highest: Counter[str] = attrs.field(factory=Counter)
    wrong: list[str] = attrs.field(factory=list)
    """What should never have been so."""
    _read_to: int = 0
    _told: dict[UUID, list[Told]] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Begin with two cases on one account."""
        self.book = Casebook.open("memory:", clock=self.clock)
        self.network = Network(Exchange(looked=self.delivered))
        self.watched = Watched(self.book.store, self.wrote)
        self.reconciler = self.started(0)
        self.freeze(ACCOUNTS[0], BITCOIN)
        self.freeze(ACCOUNTS[0], MONEY)

    def started(self, after: int) -> Reconciler:
        """A new reconciler."""
        book = attrs.evolve(self.book, store=cast("Store", self.watched))
        return reconciler(book, self.network, after)

    # what people do

    def freeze(self, account: str, scope: Scope) -> None:
        """A case is opened."""
        if sum(bool(said(told)) for told in self.told().values()) < MOST:
            self.cases[freeze(self.book, scope, account)] = account

    def act(self, which: int, act: str) -> None:
        """Something happens to a case, if it is in a position for it."""
        with suppress(Refused):
            ACTS[act](self.book, [*self.cases][-1 - which % min(MOST, len(self.cases))])
            self.seen[act] += 1

    def wait(self, seconds: int) -> None:
        """Time passes, and what is due is missed."""
        self.book.run_due(self.clock.later(seconds=seconds))

    # what goes wrong

    def arrive(self, which: int, *, again: bool) -> None:
        """Something arrives that nobody expects any more."""
        if self.network.under_way:
            number = which % len(self.network.under_way)
            account, _restriction, revision = self.network.under_way[number]
            self.seen["late"] += revision < self.network.exchange.revision(account)
            self.network.arrive(number, again=again)
            self.check()

    def restart(self, *, kept: bool) -> None:
        """The program ends, and begins anew, with the position that it kept, or from zero."""
        self.reconciler = self.started(self.reconciler.position if kept else 0)

    # what the reconciler does

    def step(
        self,
        *,
        weather: Sequence[str] = (),
        ends: Sequence[str] = (),
        during: Sequence[Deed] = (),
        between: Sequence[Deed] = (),
        kept: bool = True,
        limit: int = 100,
    ) -> None:
        """One step, in which calls and appends go like this; the program may end in it."""
        self.network.weather.extend(weather)
        self.watched.ends.extend(ends)
        self.network.meanwhile.extend(partial(self.act, *one) for one in during)
        self.watched.meanwhile.extend(partial(self.act, *one) for one in between)
        try:
            done = self.reconciler.step(self.clock.now(), limit=limit)
        except Crash:
            self.seen["crash"] += 1
            self.restart(kept=kept)
        else:
            self.seen["confirmed"] += len(done.confirmed)
            self.seen["failing"] += len(done.failing)
        self.check()
        queues: tuple[deque[Any], ...] = (
            *(self.network.weather, self.network.meanwhile),
            *(self.watched.ends, self.watched.meanwhile),
        )
        for queue in queues:
            queue.clear()  # what was threatened and did not happen will not

    def heal(self, order: Random) -> None:
        """All goes well again, and what was under way arrives, in any order."""
        done = self.reconciler.step(self.clock.now())
        for _ in range(20):
            if done.again_at is not None:
                self.clock.instant = max(self.clock.instant, done.again_at)
                done = self.reconciler.step(self.clock.now())
        assert (done.again_at, dict(done.failing)) == (None, {})
        self.reconciler.step(self.clock.now())
        assert self.reconciler.position == self.book.store.size()
        order.shuffle(self.network.under_way)
        while self.network.under_way:
            self.network.arrive(0)
        self.check()
        for account in ACCOUNTS:
            assert points(self.network.exchange.restriction(account).scopes) == self.due(account)
        waits = [wait.what for case in self.book.cases() for wait in pending(case)]
        assert {*waits} & {"enforcement", "lifting"} == set()
        self.seen["healed"] += 1

    # what must be true

    def due(self, account: str, revision: int = 2**53) -> set[Point]:
        """What must be stopped on an account, as its cases stood at a revision."""
        mine = [told for case, told in self.told().items() if self.cases.get(case) == account]
        return points([scope for told in mine for scope in said(told, revision)])

    def told(self) -> dict[UUID, list[Told]]:
        """The events of every case, read on in the ledger."""
        for index, _at, case, _version, name, state in self.book.store.scan(self._read_to):
            self._told.setdefault(UUID(case), []).append((index, read_event(name, state)))
            self._read_to = index
        return self._told

    # whoever raises in a call or an append is taken for the exchange or the store that fails

    def delivered(self, account: str) -> None:
        """After every delivery: what is held was true, and nothing older ever comes back."""
        revision, restriction = self.network.exchange.held[account]
        if points(restriction.scopes) != self.due(account, revision):
            self.wrong.append(f"{account} holds what was not true at {revision}")
        if revision < self.highest[account]:
            self.wrong.append(f"{account} went back to {revision}")
        self.highest[account] = revision

    def wrote(self, rows: Sequence[Row]) -> None:
        """After every confirmation: the exchange held the case as it was confirmed."""
        if any(row.name.startswith(("enforcement-confirmed", "release-enforced")) for row in rows):
            case, version = rows[0].case, rows[0].version
            confirmed = self.book.store.read(case, upto=version - 1)[-1][3]
            if self.network.exchange.revision(self.cases[case]) < confirmed:
                self.wrong.append(f"{case} was confirmed at {confirmed}, which nobody was told")

    def check(self) -> None:
        """Of one revision there is one restriction, and it is the one that was due then."""
        calls, self.network.calls = self.network.calls, []
        for account, restriction, revision in calls:
            assert points(restriction.scopes) == self.due(account, revision)
        assert self.wrong == []
