"""
The reconciler: it sees what the cases of an account demand, and tells the exchange until it is so.

It knows no commands, only what has to be true. So a call that is lost, doubled or late does no
harm: the next one says the whole again. What goes on failing is already owed: the case waits for
`enforcement` or `lifting`, and the ladder of its policy climbs. That is the list of dead letters.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.reading import instant
from freezecase.casebook import Casebook
from freezecase.deliver.backoff import Backoff
from freezecase.deliver.doubts import Doubt, Doubts
from freezecase.deliver.ports import AccountControl
from freezecase.deliver.visit import Visit, in_words, visit
from freezecase.errors import StoreError

__all__ = ["Reconciler", "Step"]

_AT_ONCE: Final = datetime.min.replace(tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Step:
    """What one step did, and when to come again."""

    told: tuple[str, ...]
    """The accounts of which the exchange took what it was told."""
    confirmed: tuple[UUID, ...]
    """The cases of which that is now on record."""
    failing: Mapping[str, str]
    """Every account that fails for now, each with what went wrong last."""
    again_at: datetime | None
    """When the next try is due; nothing while there is nothing to do but look at the ledger."""


@attrs.define
class _Failing:
    """An account that fails: how often in a row, what went wrong last, when to try again."""

    times: int
    wrong: str
    again_at: datetime


@attrs.define
class Reconciler:
    """
    Keeps the accounts of an exchange as the cases in a book demand.

    It neither sleeps nor starts threads: call `step` from a loop of your own, from one thread.
    Several reconcilers on one book do no harm, and no good either.

    Args:
        book: where the cases are.
        control: the exchange's own systems.
        after: a `position` that a reconciler of this book had. From zero it reads the whole ledger
            once, and tells the exchange only what nobody has confirmed.
        backoff: how long to wait before the next try.

    """

    book: Casebook
    control: AccountControl
    after: int = attrs.field(default=0, kw_only=True)
    backoff: Backoff = attrs.field(factory=Backoff, kw_only=True)
    _doubts: Doubts = attrs.field(init=False)
    _failing: dict[str, _Failing] = attrs.field(factory=dict, init=False)
    _asked: set[str] = attrs.field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin where another one was."""
        self._doubts = Doubts(self.book.store, self.after)

    @property
    def position(self) -> int:
        """
        The ledger index up to which all is settled: keep it anywhere, and hand it to the next one.

        It may be lost: it only saves reading. It must never be ahead, so never make one up.
        """
        return self._doubts.position

    def tell(self, account: str) -> None:
        """
        Let the next step tell the exchange of an account even if all of it is confirmed.

        For when the exchange lost what it knew, or somebody changed it by hand.
        """
        self._asked.add(account)

    def step(self, now: datetime, *, limit: int = 100) -> Step:
        """
        Read on in the ledger, and visit the accounts that are due: at most *limit* of them.

        Those that were never tried come first.

        Raises:
            InvalidValue: *now* is no aware instant.
            StoreError: the book cannot be read or written. Nothing is lost: come again.

        """
        now = instant(now, "now")
        doubts = self._doubts.follow()
        for account in self._failing.keys() - doubts.keys() - self._asked:
            del self._failing[account]  # somebody else has seen to it
        told: list[str] = []
        confirmed: list[UUID] = []
        for account in self._due(doubts, now)[:limit]:
            raised = doubts.get(account, [])
            visited = self._visit(account, raised)
            confirmed += visited.confirmed
            if visited.told:
                told.append(account)
            self._note(account, visited, now)
            if visited.over:
                self._doubts.settle(raised)
                self._asked.discard(account)
        return Step(
            told=tuple(told),
            confirmed=tuple(confirmed),
            failing=MappingProxyType({name: one.wrong for name, one in self._failing.items()}),
            again_at=self._again_at(now),
        )

    def _due(self, doubts: Mapping[str, Sequence[Doubt]], now: datetime) -> list[str]:
        """Return whom to visit: those never tried, then those whose wait is over, longest first."""
        waiting = sorted((self._when(account), account) for account in {*doubts, *self._asked})
        return [account for when, account in waiting if when <= now]

    def _when(self, account: str) -> datetime:
        failing = self._failing.get(account)
        return _AT_ONCE if failing is None else failing.again_at

    def _visit(self, account: str, doubts: Sequence[Doubt]) -> Visit:
        certain = account in self._asked or any(doubt.certain for doubt in doubts)
        try:
            return visit(self.book, self.control, account, doubts, certain=certain)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad account keeps nobody from the others
            return Visit(wrong=in_words(error))

    def _note(self, account: str, visited: Visit, now: datetime) -> None:
        """Remember how long an account has been failing, and when to try again."""
        before = self._failing.pop(account, None)
        if visited.wrong:
            times = before.times + 1 if before else 1
            again_at = now + self.backoff.after(account, times)
            self._failing[account] = _Failing(times, visited.wrong, again_at)

    def _again_at(self, now: datetime) -> datetime | None:
        accounts = {*self._doubts.by_account(), *self._asked}
        whens = [max(self._when(account), now) for account in accounts]
        return min(whens, default=None)
