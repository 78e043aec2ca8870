"""
The casebook: the one object a backend holds. Open it, ask it, close it.

Everything it does is done elsewhere: `app.writing` takes the turns, `app.reading` folds the cases,
`app.bulk` freezes thousands at once. This is the door.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Self, Unpack
from uuid import UUID

import attrs

from freezecase.app.asking import Asking
from freezecase.app.bulk import Batch, BatchResult, freeze_many
from freezecase.app.clock import Clock, SystemClock, micros_of
from freezecase.app.custody.opened_history import opened_for
from freezecase.app.custody.openings import Cleared
from freezecase.app.custody.sealing import Sealer
from freezecase.app.guarding import guarded
from freezecase.app.reading import Reader, instant
from freezecase.app.record import Record
from freezecase.app.stores.opening import StoreOptions, open_store
from freezecase.app.stores.store import Store
from freezecase.app.timing import Rebuilt, TimePassed, rebuild_alarms, run_due
from freezecase.app.watchdog import SECONDS
from freezecase.app.writing import Outcome, Writer
from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import Ground, Scope
from freezecase.policy.book import PolicyBook
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.seal.keys import KeyStore
from freezecase.views.accounts import AccountView, read_account
from freezecase.views.board import VIEWS, Period, Search, read_portfolio, read_worklist
from freezecase.views.customer import CustomerView, read_customer_view
from freezecase.views.due import Due, due
from freezecase.views.expecting import expected_times
from freezecase.views.portfolio import Portfolio
from freezecase.views.projecting import Progress, catch_up, rebuild
from freezecase.views.worklist import Worklist

__all__ = ["Casebook"]


@attrs.frozen
class Casebook:
    """A book of freeze cases in one store, each judged by the policy of its day."""

    store: Store
    policies: PolicyBook
    clock: Clock
    keys: KeyStore | None = None

    @classmethod
    def open(
        cls,
        url: str,
        *,
        policy: Policy | PolicyBook | None = None,
        clock: Clock | None = None,
        keys: KeyStore | None = None,
        rule_seconds: float = SECONDS,
        **store: Unpack[StoreOptions],
    ) -> Self:
        """
        Open the book at *url*; close it with `close`, or use it as a context.

        Args:
            url: `sqlite:///cases.db`, `postgresql://...`, or `memory:` for a book that is gone
                when it is closed.
            policy: what is allowed and what is owed, or policies by date; the standard policy if
                not said.
            clock: where time and fresh ids come from; this machine's if not said.
            keys: what personal texts are sealed with, from `open_key_store`. A store made without
                holds them in the clear, one made with takes none in the clear. Close it yourself.
            rule_seconds: how long a rule may take before it counts as broken.
            store: how the store is opened, as `open_store` takes it: `create`, `synchronous`,
                `busy_timeout`, `pool_size`, `origin`, `verify`.

        Raises:
            StoreError: the store cannot be opened, or is not one of ours.
            InvalidValue: *rule_seconds* is no time at all.

        """
        now = clock or SystemClock()
        policies = _book_of(policy or standard()).mapped(lambda one: guarded(one, rule_seconds))
        ticking, sealed = (lambda: micros_of(now.now())), keys is not None
        return cls(open_store(url, clock=ticking, sealed=sealed, **store), policies, now, keys)

    def execute(
        self,
        command: Command,
        *,
        by: Actor,
        id: UUID | None = None,
        facts: Mapping[str, Fact] | None = None,
        occurred_at: datetime | None = None,
    ) -> Outcome:
        """
        Ask for *command*; return what came of it once it is durable.

        Args:
            command: what to do, from `freezecase.commands`.
            by: who asks.
            id: the command's own id. Ask again with the same id after a lost answer: the first
                answer comes back, and nothing happens twice. A fresh one if not said.
            facts: what the host knows and rules may ask for; recorded with the ruling.
            occurred_at: when it happened, if that was earlier than now.

        Raises:
            InvalidValue: something is not what it claims to be; nothing was asked.
            NotAllowedNow: the case is in no position for it.
            PolicyForbids: the ruling said no; `.ruling` names the rules.
            NoSuchCase: there is no such case.
            Conflict: somebody else wrote first, and the answer changed.
            CommandReused: the id stands for another command.
            StoreError: it could not be stored; asking again with the same id is safe.

        """
        now = self.clock.now()
        asking = Asking(
            command=command,
            actor=by,
            id=self.clock.new_id() if id is None else id,
            now=now,
            occurred_at=now if occurred_at is None else occurred_at,
            facts={} if facts is None else facts,
        )
        return self._writer.execute(asking)

    def freeze_many(
        self,
        accounts: Sequence[str],
        *,
        ground: Ground,
        scope: Scope,
        by: Actor,
        batch: UUID,
        reason: str | None = None,
        incident: str | None = None,
        facts: Mapping[str, Fact] | None = None,
        progress: Callable[[int, int], None] | None = None,
        chunk: int = 1000,
    ) -> BatchResult:
        """
        Freeze thousands of accounts at once, in bounded transactions.

        The id of a case follows from *batch* and the account: run it again with the same *batch*
        after a crash, and only what is missing is frozen. *progress* is told (done, of).

        Raises:
            InvalidValue: one of *accounts* cannot be an account; none was frozen.
            StoreError: a part could not be stored; running the batch again is safe.

        """
        work = Batch(
            id=batch,
            ground=ground,
            scope=scope,
            actor=by,
            reason=reason,
            incident=incident,
            facts={} if facts is None else facts,
        )
        return freeze_many(self._writer, work, accounts, progress=progress, chunk=chunk)

    def case(
        self, case: UUID, *, at: datetime | None = None, version: int | None = None
    ) -> CaseState:
        """
        Return the case now, as it was recorded *at* an instant, or at a *version*.

        Raises:
            NoSuchCase: there is none, or there was none then, or it has not come so far.
            RecordError: what is stored of it cannot be read, or a version is missing.

        """
        return Reader(self.store).case(case, at=at, version=version)

    def history(self, case: UUID, reader: Cleared | None = None) -> tuple[Record, ...]:
        """
        Return every record of the case, in order, each read thoroughly.

        Sealed texts are `Withheld`, but for a *reader* who is cleared for them; that is recorded.
        """
        history = Reader(self.store).history(case)
        return opened_for(self, history, reader) if reader else history

    def cases(
        self, *, account: str | None = None, status: Status | None = None
    ) -> Iterator[CaseState]:
        """
        Return cases in the order of opening: all, those of an account, those in a status.

        A case that cannot be read raises `RecordError` in its turn; `next` then gives the one
        after it.
        """
        found = Reader(self.store).cases(account)
        return filter(lambda case: status is None or case.status == status, found)

    def due(self, now: datetime, *, ahead: timedelta = timedelta()) -> tuple[Due, ...]:
        """
        Return what is due by *now* in every case, longest first: who owes what.

        With *ahead*, also what falls due within that time: the warning before a breach. It costs
        what is due, not what is open.
        """
        until = instant(now, "now") + ahead
        return due(Reader(self.store).ringing(until), until)

    def run_due(
        self, now: datetime, *, progress: Callable[[int], None] | None = None
    ) -> TimePassed:
        """
        Record every miss that is due by *now*, and whatever follows from it.

        Idempotent: run twice, it does what it does once. Call it from a scheduler, every minute or
        so, or let `freezecase watch` call it. *progress* is told how many cases were looked at.

        Raises:
            InvalidValue: *now* is still to come; nothing is missed before its time.
            StoreError: nothing can be written; what was recorded so far stays.

        """
        return run_due(self._writer, instant(now, "now"), progress=progress)

    def rebuild_alarms(
        self, *, look_after: bool = False, progress: Callable[[int], None] | None = None
    ) -> Rebuilt:
        """
        Make the index again, by which `due` and `run_due` find what is due, from the records.

        For a store that was changed by hand; others may write meanwhile. With *look_after*, cases
        that were imported without their alarm ring too, and the next `run_due` lets somebody owe
        what they wait for. *progress* is told how many cases are done.
        """
        return rebuild_alarms(self.store, look_after=look_after, progress=progress)

    @property
    def _writer(self) -> Writer:
        return Writer(self.store, self.policies, self.clock, Sealer(self.keys, self.store.sealed))

    def customer_view(self, case: UUID, *, figures: Portfolio | None = None) -> CustomerView:
        """Return what the owner of the account may see; with *figures*, what times to expect."""
        expected = () if figures is None else expected_times(figures)
        return read_customer_view(self, case, expected=expected)

    def account(self, account: str) -> AccountView:
        """Return what an account cannot do, over all its open cases at once, and the revision."""
        return read_account(self.store, account)

    def worklist(self, *, stored: bool = False, **search: Unpack[Search]) -> Worklist:
        """
        Return a page of what is to be done, the most urgent first: by *queue*, *owner*, or all.

        It catches up first, unless what is *stored* will do. `Search` says what it takes.

        Raises:
            StoreError: it cannot be written, or nothing is stored yet.

        """
        if not stored:
            self.catch_up()
        return read_worklist(self.store, **search)

    def portfolio(self, *, stored: bool = False, **period: Unpack[Period]) -> Portfolio:
        """Return the figures of the cases frozen from *since* on and before *until*, or of all."""
        if not stored:
            self.catch_up()
        return read_portfolio(self.store, now=self.clock.now(), **period)

    def catch_up(self, *, progress: Progress | None = None) -> int:
        """Bring the stored views to the end of the ledger; return the index of the last record."""
        return catch_up(self.store, VIEWS, progress=progress)

    def rebuild_board(self, *, progress: Progress | None = None) -> int:
        """Make the stored views again from zero, while others read the old ones and write."""
        return rebuild(self.store, VIEWS, progress=progress)

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def __enter__(self) -> Self:
        """Return the book itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def _book_of(policy: Policy | PolicyBook) -> PolicyBook:
    return policy if isinstance(policy, PolicyBook) else PolicyBook.of(policy)
