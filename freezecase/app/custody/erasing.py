"""
Erasing a person: asked, looked at, approved by somebody else, and then carried out.

What is erased are keys. The records stay to the byte, and every proof with them; what was sealed in
them nobody can read any more. Each step is on record before the next is taken:

    request     who asks, and why     -> `erasure-requested`, perhaps `erasure-blocked`
    approve     a second person       -> `erasure-approved`
    carry out   see `shredding`

To ask and to agree takes no key. A block keeps the request: once its day has come `owed` lists it,
for what the law made us keep it then makes us delete (AMLR Art. 77(3)). A person decides even then;
nothing erases itself.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

import attrs

from freezecase.app.clock import Clock
from freezecase.app.custody.erasure_log import erasure_of, erasures, kept_of, record
from freezecase.app.stores.store import Store
from freezecase.core.actors import Actor
from freezecase.core.custody import (
    CustodyEvent,
    ErasureApproved,
    ErasureBlocked,
    ErasureRequested,
    RetentionExtended,
)
from freezecase.core.erasure import Erasure, ErasureStage, why_not
from freezecase.core.values import AccountId, Slug
from freezecase.errors import ErasureRefused, NotAllowedNow
from freezecase.policy.retention import FIVE_YEARS, Blocked, Retention, blocking

__all__ = ["Erasing"]


def _nothing_else(_account: AccountId) -> Iterable[Slug]:
    return ()


@attrs.frozen(kw_only=True)
class Erasing:
    """
    Decides whether a person may be erased, and keeps who decided it.

    Safe to use from several processes: of two that write at once one goes first.
    """

    store: Store
    clock: Clock
    retention: tuple[Retention, ...] = (FIVE_YEARS,)
    """What binds the house; the longest governs."""
    duties: Callable[[AccountId], Iterable[Slug]] = _nothing_else
    """What else forbids it: machine words that whoever handles erasures may read."""

    def erasure(self, account: AccountId) -> Erasure:
        """Return how far the erasure of an account has come."""
        return erasure_of(self.store, account)

    def request(
        self, account: AccountId, *, by: Actor, basis: Slug, left: datetime | None = None
    ) -> Erasure:
        """
        Record that the personal data of an account's customer shall be erased.

        Args:
            account: whose data.
            by: who asks; the customer, staff, or a machine that counts days.
            basis: why, such as `asked-by-the-customer`.
            left: when the relationship with the customer ended. Without it, and without a case in
                which the account was offboarded, the relationship goes on.

        Raises:
            ErasureRefused: it must be kept for now. The request stands; `.until` is when to look
                again, if a clock says so, and `.why` what stands in the way.
            NotAllowedNow: it is approved already, or begun.

        """
        asked = ErasureRequested(account=account, basis=basis, by=by.person, left=left)
        erasure = self.erasure(account)
        if not _asked_before(erasure, asked):
            erasure = self._record(erasure, by, asked)
        return self.unless_blocked(erasure, by)

    def extend(self, account: AccountId, *, until: datetime, basis: Slug, by: Actor) -> Erasure:
        """
        Record that an authority demands the data be kept longer (AMLR Art. 77(3)).

        Raises:
            NotAllowedNow: keys are being destroyed, or a later instant is on record.

        """
        more = RetentionExtended(account=account, until=until, basis=basis, by=by.person)
        return self._record(self.erasure(account), by, more)

    def approve(self, account: AccountId, *, by: Actor) -> Erasure:
        """
        Record that a second person agrees, after looking at everything again.

        Raises:
            NotAllowedNow: nobody asked; or this is no second person of the staff.
            ErasureRefused: it must be kept for now, as for `request`.

        """
        approved, erasure = ErasureApproved(by=by.person), self.erasure(account)
        refused = _for_somebody_else(by) or why_not(erasure, approved)
        if refused is not None:
            raise refused
        return self._record(self.unless_blocked(erasure, by), by, approved)

    def owed(self, now: datetime) -> Iterator[Erasure]:
        """Return every erasure in which the house has something to do by *now*."""
        return (one for one in erasures(self.store) if _owes(one, now))

    def blocked(self, erasure: Erasure) -> Blocked | None:
        """Return what forbids an erasure now, if something does; nothing is recorded."""
        duties = frozenset(self.duties(erasure.account))
        kept = attrs.evolve(kept_of(self.store, erasure), duties=duties)
        return blocking(kept, self.retention, self.clock.now())

    def unless_blocked(self, erasure: Erasure, by: Actor) -> Erasure:
        """
        Return the erasure, if nothing forbids it now.

        Raises:
            ErasureRefused: something does. That is on record when this is raised, once.

        """
        blocked = self.blocked(erasure)
        if blocked is None:
            return erasure
        if (erasure.stage, erasure.why, erasure.until) != (ErasureStage.BLOCKED, *blocked):
            event = ErasureBlocked(why=blocked.why, until=blocked.until)
            self._record(erasure, by, event)
        raise _refusal(erasure.account, blocked)

    def _record(self, erasure: Erasure, by: Actor, event: CustodyEvent) -> Erasure:
        return record(self.store, self.clock, erasure, event, by)


_ASKED: Final = frozenset({ErasureStage.REQUESTED, ErasureStage.BLOCKED})
_OWED: Final = frozenset(
    {
        ErasureStage.REQUESTED,
        ErasureStage.APPROVED,
        ErasureStage.BEGUN,
        ErasureStage.DESTROYED,
    }
)
"""Where the house has to do the next step: approve, carry out, or finish."""


def _asked_before(erasure: Erasure, asked: ErasureRequested) -> bool:
    """Say whether the same person asked the same before, and nothing came of it yet."""
    return (
        erasure.stage in _ASKED
        and erasure.basis == asked.basis
        and asked.by in erasure.requesters
        and asked.left in {None, erasure.left}
    )


def _owes(erasure: Erasure, now: datetime) -> bool:
    """Say whether the house has to do something; of what is blocked, once its day has come."""
    if erasure.stage is ErasureStage.BLOCKED:
        return erasure.until is not None and erasure.until <= now
    return erasure.stage in _OWED


def _for_somebody_else(by: Actor) -> NotAllowedNow | None:
    if by.on_behalf_of is None:
        return None
    return NotAllowedNow(
        asked="approve the erasure",
        position=f"`{by.person}` acts on behalf of `{by.on_behalf_of}`",
        allowed={"a second person of the staff"},
    )


def _refusal(account: AccountId, blocked: Blocked) -> ErasureRefused:
    """Say what stands in the way, and until when if a clock says so."""
    reasons = ", ".join(f"`{why}`" for why in blocked.why)
    when = "while that stands" if blocked.until is None else f"until {blocked.until.isoformat()}"
    said = f"the personal data of `{account}` must be kept {when}: {reasons}: the request stands"
    return ErasureRefused(said, until=blocked.until, why=blocked.why)
