"""A desk whose past can be written in a few lines: who asked for what, and on which day."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import attrs

from freezecase.casebook import Casebook
from freezecase.cli.stories import StoryClock
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.values import Ground, Scope
from freezecase.errors import PolicyForbids
from freezecase.policy.book import PolicyBook
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.replay.whatif import Backtest, Row, whatif

ENGINE, ANA, ROB = Actor.system("engine"), Actor.staff("ana"), Actor.staff("rob")
OWNER = Actor.customer("acct-1")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
"""The first day of every history here. Its steps are told in days since then."""
HORIZON = 12
"""The day of the last record: an account that is still frozen was so for that long."""


@attrs.frozen
class Desk:
    """A casebook whose clock stands where the history is."""

    book: Casebook
    clock: StoryClock

    def until(self, day: float, *, late: float = 0) -> None:
        """Go on to a day; somebody looks at what is due when it is, or so many days late."""
        at = MONDAY + timedelta(days=day)
        while found := self.book.due(at):
            looked = min(found[0].due + timedelta(days=late), at)
            self.clock.at = max(looked, self.clock.at)
            self.book.run_due(self.clock.at)
        self.clock.at = max(at, self.clock.at)

    def freeze(self, day: float, **more: Any) -> UUID:
        """Impose a freeze, and let it be enforced."""
        self.until(day)
        said: dict[str, Any] = {"account": "acct-1", "scope": Scope.withdrawals()}
        said |= {"ground": Ground.AML_ALERT, **more}
        freeze = do.ImposeFreeze(**said)
        case = self.book.execute(freeze, by=ENGINE).case.id
        self.book.execute(do.ConfirmEnforcement(case), by=ENGINE)
        return case

    def does(self, day: float, by: Actor, command: do.Command, **facts: Any) -> None:
        """Let somebody do something, refused or not."""
        self.until(day)
        try:
            self.book.execute(command, by=by, facts=facts or None)
        except PolicyForbids:
            return

    def releases(self, case: UUID, day: float) -> None:
        """Let ana propose the release, rob approve it, and the exchange confirm it."""
        self.does(day, ANA, do.ProposeRelease(case, reason="the owner was verified"))
        self.does(day, ROB, do.ApproveRelease(case))
        self.does(day, ENGINE, do.ConfirmRelease(case))

    def tries(self, candidate: Policy | PolicyBook, **options: Any) -> Backtest:
        """Try a policy on what was written."""
        book = candidate if isinstance(candidate, PolicyBook) else PolicyBook.of(candidate)
        return whatif(self.book.store, book, **options)


@contextmanager
def a_desk(policy: Policy | None = None) -> Generator[Desk]:
    """Open a desk on whose last day something happens to another case, so that time goes so far."""
    clock = StoryClock(MONDAY)
    with Casebook.open("memory:", clock=clock, policy=PolicyBook.of(policy or standard())) as book:
        yield Desk(book, clock)


def ends(desk: Desk) -> None:
    """Let the ledger end on the last day."""
    desk.until(HORIZON)
    desk.freeze(HORIZON, account="acct-9", ground=Ground.INCIDENT)


def named(*rules: Any, without: tuple[str, ...] = (), signatures: int = 1) -> Policy:
    """Return the standard policy with other rules, as a candidate."""
    policy = standard(signatures=signatures).without(*without).adding(*rules)
    return policy.named("candidate")


def the_row(report: Backtest, verdict: str) -> Row:
    """Return the one case that came out so."""
    (row,) = report.told[verdict]
    return row
