"""Whatever the network does and wherever the program ends, no account is ever wrong for good.

People open cases, widen, narrow, release and close them, several on one account. Calls fail, are
lost, answered and not answered, doubled, late and out of order; others write while a call is under
way and before a confirmation is written; the program ends between any two steps. What must be true
is computed from the events alone, with none of the code that is tried.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

import attrs
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from freezecase import Amount, Capability, Casebook, CaseState, Channel, Scope
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.store import Appended, Row, Store
from freezecase.core.pending import pending
from freezecase.deliver import Reconciler, doubts, visit
from freezecase.errors import Refused
from freezecase.testing.contracts import StoryClock
from freezecase.views import accounts
from freezecase.views.accounts import AccountView, Restriction, account_view, demanded
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
from tests.deliver.exchange import WEATHERS, Crash, Exchange, Gullible, Network
from tests.laws.settings import LAW

ACCOUNTS = ("acct-1", "acct-2")
ONE_BITCOIN = Scope.of(Capability.WITHDRAW_CRYPTO, assets=["BTC"], amount=Amount.of("1", "BTC"))
SCOPES = (TRADE, FIAT, CRYPTO, BITCOIN, ONE_BITCOIN, TWO_BITCOIN, MONEY, EVERYTHING)
"""Some within each other, some not."""

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


def said(events: Sequence[Any]) -> list[Scope]:
    """What a case says must be stopped, told event by event."""
    scope: Scope | None = None
    lifting = closed = False
    leaving: Scope | None = None
    for event in events:
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


acts = st.sampled_from([*ACTS, *("widen", "narrow", "release", "hold") * 2])
cases = st.sampled_from([0, 0, 1, 1, 2, 3])

T = TypeVar("T")


def some(one: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    """Mostly nothing, or a few."""
    return st.just([]) | st.just([]) | st.lists(one, min_size=1, max_size=3)


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


# --- the machine ---------------------------------------------------------------------------------


class Hostile(RuleBasedStateMachine):
    """An exchange, its desk, its network, and a reconciler that does not live long."""

    seen: ClassVar[Counter[str]]
    """What came up, so that nothing of it is vacuous."""

    @initialize()
    def open(self) -> None:
        """Nobody is frozen."""
        self.clock = StoryClock()
        self.book = Casebook.open("memory:", clock=self.clock)
        self.network = Network(Exchange(looked=self.delivered))
        self.watched = Watched(self.book.store, self.wrote)
        self.cases: dict[UUID, str] = {}
        self.highest: Counter[str] = Counter()
        self.steps = 0
        self.reconciler = self.started(0)
        self.freeze(ACCOUNTS[0], BITCOIN)
        self.freeze(ACCOUNTS[0], MONEY)

    def started(self, after: int) -> Reconciler:
        """A new reconciler."""
        book = attrs.evolve(self.book, store=cast("Store", self.watched))
        return reconciler(book, self.network, after)

    # what people do

    @rule(account=st.sampled_from(ACCOUNTS), scope=st.sampled_from(SCOPES))
    def freeze(self, account: str, scope: Scope) -> None:
        """A case is opened."""
        if len(self.cases) < 5:
            self.cases[freeze(self.book, scope, account)] = account

    @rule(which=cases, act=acts)
    def act(self, which: int, act: str) -> None:
        """Something happens to a case, if it is in a position for it."""
        with suppress(Refused):
            ACTS[act](self.book, [*self.cases][which % len(self.cases)])
            self.seen[act] += 1

    @rule(seconds=st.sampled_from([0, 1, 30, 600, 90_000]))
    def wait(self, seconds: int) -> None:
        """Time passes, and what is due is missed."""
        self.book.run_due(self.clock.later(seconds=seconds))

    # what goes wrong

    @precondition(lambda self: self.network.under_way)
    @rule(which=cases, again=st.booleans())
    def arrive(self, which: int, again: bool) -> None:
        """Something arrives that nobody expects any more."""
        number = which % len(self.network.under_way)
        account, _restriction, revision = self.network.under_way[number]
        self.seen["late"] += revision < self.network.exchange.revision(account)
        self.network.arrive(number, again=again)

    @rule(kept=st.booleans())
    def restart(self, kept: bool) -> None:
        """The program ends, and begins anew, with the position that it kept, or from zero."""
        self.reconciler = self.started(self.reconciler.position if kept else 0)

    # what the reconciler does

    @rule(
        weather=some(st.sampled_from([*WEATHERS])),
        ends=some(st.sampled_from(["fine", "before", "after"])),
        during=some(st.tuples(cases, acts)),
        between=some(st.tuples(cases, acts)),
        kept=st.booleans(),
        limit=st.sampled_from([1, 100]),
    )
    def step(
        self,
        weather: list[str],
        ends: list[str],
        during: list[tuple[int, str]],
        between: list[tuple[int, str]],
        kept: bool,
        limit: int,
    ) -> None:
        """One step, in which calls and appends go like this; the program may end in it."""
        self.steps += 1
        self.network.weather.extend(weather)
        self.watched.ends.extend(ends)
        self.network.meanwhile.extend(partial(self.act, *one) for one in during)
        self.watched.meanwhile.extend(partial(self.act, *one) for one in between)
        try:
            done = self.reconciler.step(self.clock.now(), limit=limit)
        except Crash:
            self.seen["crash"] += 1
            self.restart(kept)
        else:
            self.seen["confirmed"] += len(done.confirmed)
            self.seen["failing"] += len(done.failing)
        self.fine()

    def fine(self) -> None:
        """What was threatened and did not happen will not."""
        for queue in (self.network.weather, self.network.meanwhile):
            queue.clear()
        for queue in (self.watched.ends, self.watched.meanwhile):
            queue.clear()

    @precondition(lambda self: self.steps > 4)
    @rule(order=st.randoms(use_true_random=False))
    def heal(self, order: Any) -> None:
        """All goes well again, and what was under way arrives, in any order."""
        self.steps = 0
        done = self.reconciler.step(self.clock.now())
        for _ in range(20):
            if done.again_at is not None:
                self.clock.instant = max(self.clock.instant, done.again_at)
                done = self.reconciler.step(self.clock.now())
        order.shuffle(self.network.under_way)
        while self.network.under_way:
            self.network.arrive(0)
        assert (done.again_at, dict(done.failing)) == (None, {})
        self.reconciler.step(self.clock.now())
        assert self.reconciler.position == self.book.store.size()
        for account in ACCOUNTS:
            assert points(self.network.exchange.restriction(account).scopes) == self.due(account)
        waits = [wait.what for case in self.book.cases() for wait in pending(case)]
        assert {*waits} & {"enforcement", "lifting"} == set()
        self.seen["healed"] += 1

    # what must be true

    def due(self, account: str, revision: int = 2**53) -> set[Point]:
        """What must be stopped on an account, as its cases stood at a revision."""
        found: list[Scope] = []
        for case in [case for case, of in self.cases.items() if of == account]:
            rows = [row for row in self.book.store.read(case) if row[3] <= revision]
            found += said([read_event(name, state) for _n, name, state, _i, _at in rows])
        return points(found)

    def delivered(self, account: str) -> None:
        """After every delivery: what is held was true, and nothing older ever comes back."""
        revision, restriction = self.network.exchange.held[account]
        assert points(restriction.scopes) == self.due(account, revision)
        assert revision >= self.highest[account]
        self.highest[account] = revision

    def wrote(self, rows: Sequence[Row]) -> None:
        """After every confirmation: the exchange held the case as it was confirmed."""
        if any(row.name.startswith(("enforcement-confirmed", "release-enforced")) for row in rows):
            case, version = rows[0].case, rows[0].version
            confirmed = self.book.store.read(case, upto=version - 1)[-1][3]
            assert self.network.exchange.revision(self.cases[case]) >= confirmed

    @invariant()
    def every_call_says_what_was_true(self) -> None:
        """Of one revision there is one restriction, and it is the one that was due then."""
        calls, self.network.calls = self.network.calls, []
        for account, restriction, revision in calls:
            assert points(restriction.scopes) == self.due(account, revision)

    def teardown(self) -> None:
        """In the end it heals."""
        if hasattr(self, "book"):
            self.heal(Random(7))
            self.book.close()


HOSTILE = settings(LAW, stateful_step_count=40)


def run(how: settings) -> Counter[str]:
    """Let the machine run; return what came up."""

    class Machine(Hostile):
        """One that counts from zero."""

        seen: ClassVar[Counter[str]] = Counter()

    run_state_machine_as_test(Machine, settings=how)
    return Machine.seen


def test_the_exchange_comes_to_hold_what_the_cases_demand_whatever_goes_wrong() -> None:
    """And on the way no lift outruns a newer freeze, and nothing is confirmed that is not so."""
    seen = run(HOSTILE)
    wanted = {"late", "crash", "confirmed", "failing", "healed", *ACTS}
    assert [what for what in wanted if not seen[what]] == []


def one_case_for_all(account: str, cases: Iterable[tuple[CaseState, int]]) -> AccountView:
    """Forget that an account has several cases."""
    found = [*cases]
    newest = max(found, key=lambda one: one[1])
    return attrs.evolve(account_view(account, found), restriction=restricted([newest[0]]))


def restricted(cases: Iterable[CaseState]) -> Restriction:
    """What these cases demand."""
    return Restriction(scope for case in cases if (scope := demanded(case)) is not None)


ONCE = settings(HOSTILE, max_examples=1_000, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.mark.parametrize(
    ("part", "name", "broken"),
    [
        (visit, "_as_seen", lambda book, _case: book),  # whatever the case has become is confirmed
        (accounts, "demanded", lambda case: case.restriction),  # an order to lift is not heard
        (accounts, "account_view", one_case_for_all),  # lifting one case lifts another
        (doubts, "RAISES", doubts.RAISES - {"case-closed"}),
        (doubts, "RAISES", doubts.RAISES - {"case-reopened"}),
        (doubts, "RAISES", doubts.RAISES - {"release-ordered"}),
        (doubts, "RAISES", doubts.RAISES - {"scope-widened"}),
        (doubts.Doubts, "position", property(lambda self: self.read_to)),  # a crash loses doubts
        (Exchange, "apply", Gullible.apply),  # a late lift outruns a newer freeze
    ],
)
def test_every_guard_is_needed(
    monkeypatch: pytest.MonkeyPatch, part: Any, name: str, broken: Any
) -> None:
    """Without any one of them some account ends up wrong, or is confirmed too early."""
    monkeypatch.setattr(part, name, broken)
    with pytest.raises(AssertionError):
        run(ONCE)
