"""
The register of suspicions: written and read apart from the cases, by those alone who are cleared.

    register = Suspicions(store=book.store, keys=book.keys, clock=book.clock, key=key)
    suspicion = register.begin("acct-4711", reason="...", regimes=["absolute"], due=..., by=ana)
    register.add(suspicion, SuspicionAssessed(conclusion="report", ...), by=officer)
    register.due(now, by=officer)  # what somebody must decide, or look at again

**No index says whose a suspicion is.** The stream of an account's first, second, third suspicion
has as its id a keyed digest of the account and that number (HMAC-SHA-256, RFC 2104, cut to the bits
of a UUID): whoever holds the key of the register finds the streams of an account by asking for
them, and to everybody else their ids are random. The 32 bytes belong to those who are cleared, and
into no database or backup of one. Without them, what falls due is still found; by account nothing.

Whoever works for the exchange may raise a suspicion, and learns nothing by it. All else takes a
clearance.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import takewhile
from operator import attrgetter
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.clock import Clock, micros_of
from freezecase.app.custody.openings import Opener
from freezecase.app.custody.sealing import Sealer
from freezecase.app.custody.suspicion_log import (
    Look,
    earlier,
    folded,
    kept,
    looks,
    opened,
    raised,
    streams_of,
)
from freezecase.app.record import Record
from freezecase.app.stores.store import Store
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.checked import refuse
from freezecase.core.suspected import OPEN, Suspicion, evolve, why_not
from freezecase.core.suspicion import (
    Carving,
    DisclosureRestricted,
    DisclosureReviewed,
    SuspicionEvent,
    SuspicionRaised,
    TippingOff,
)
from freezecase.core.values import AccountId, Slug
from freezecase.errors import Conflict, NotCleared
from freezecase.policy.packs.rule import PackRule
from freezecase.policy.packs.secrecy import REGIMES, strictest
from freezecase.seal.keys import KeyStore
from freezecase.wire.shapes import Entry

__all__ = ["Look", "Suspicions"]

_KEY: Final = 32
_HOUSE: Final = frozenset({ActorKind.STAFF, ActorKind.SYSTEM})
ATTEMPTS: Final = 16
"""How often a suspicion is looked at again when others keep writing first."""


def _a_key(_register: object, _field: object, key: bytes) -> None:
    if len(key) != _KEY:
        raise refuse("Suspicions.key", f"{len(key)} bytes", f"{_KEY} random bytes")


def _roles(given: Iterable[Slug]) -> frozenset[Slug]:
    return frozenset(given)


@attrs.frozen(kw_only=True)
class Suspicions:
    """Writes and reads the suspicions in a store; of two who write to one, one goes first."""

    store: Store
    clock: Clock
    key: bytes = attrs.field(repr=False, validator=_a_key)
    cleared: frozenset[Slug] = attrs.field(
        default=frozenset({"nominated-officer"}), converter=_roles
    )
    """The roles of staff who may know of suspicions."""
    keys: KeyStore | None = None
    """What seals the texts, each suspicion's under keys of its own; the book's own key store."""

    def begin(
        self,
        account: AccountId,
        *,
        reason: str,
        regimes: Iterable[TippingOff],
        due: datetime,
        by: Actor,
        case: UUID | None = None,
        id: UUID | None = None,
    ) -> UUID:
        """
        Raise a suspicion, and return the id of its stream; whoever raises it learns no more.

        Args:
            account: what happens on it is suspicious.
            reason: why, in words for those who are cleared.
            regimes: what the law of the house forbids to disclose of it.
            due: by when it is decided whether it is reported. The terms are in the packs.
            by: who raises it: anybody of the house, also a machine.
            case: in which case it came up, if it did. The case is told nothing.
            id: the command's own id; the same one again gives the first answer.

        Raises:
            NotCleared: this is nobody of the house.
            CommandReused: the id stands for something else.

        """
        if by.kind not in _HOUSE:
            raise NotCleared(f"`{by.person}` is not of the house: for staff and system to say")
        cases, command = str(case) if case else None, id or self.clock.new_id()
        event = SuspicionRaised(
            account=account,
            case=cases,
            regimes=tuple(regimes),
            due=due,
            by=by.person,
            reason=reason,
        )
        streams = streams_of(self.key, account)
        return next(filter(None, (self._opened(one, event, by, command) for one in streams)))

    def add(
        self, suspicion: UUID, event: SuspicionEvent, *, by: Actor, id: UUID | None = None
    ) -> Suspicion:
        """
        Record what happened to a suspicion, and return it as it stands then.

        Raises:
            NotCleared: *by* may not know of suspicions.
            NotAllowedNow: it cannot happen now, or takes a second person.
            NoSuchCase: there is no such suspicion.
            CommandReused: the id stands for something else.

        """
        self._must_be_cleared(by)
        if getattr(event, "by", by.person) != by.person:
            raise refuse(f"{type(event).__name__}.by", event, f"`{by.person}`, who asks")
        command = id or self.clock.new_id()
        for _attempt in range(ATTEMPTS):
            rows, known = kept(self.store, suspicion)
            if first := earlier(suspicion, rows, event, by, command):
                return folded(suspicion, first)
            refused = why_not(known, event)
            if refused is not None:
                raise refused
            try:
                self._append(known, event, by, command)
            except Conflict:
                continue  # somebody else wrote first: look again
            return evolve(known, event)
        raise Conflict(suspicion, 0, f"others wrote first {ATTEMPTS} times; ask again")

    def restrict(
        self,
        suspicion: UUID,
        *rules: PackRule,
        withheld: Sequence[Slug],
        basis: str,
        by: Actor,
        carve_out: Carving | None = None,
        review_at: datetime | None = None,
        expires: datetime | None = None,
        id: UUID | None = None,
    ) -> Suspicion:
        """
        Record that something is not told under these rules, and when somebody looks again.

        If no day is said, it is the one of the strictest of their regimes: after 14 days where the
        test is prejudice, and never where it is absolute.

        Raises:
            InvalidValue: none of the rules forbids tipping off; a day where there is no end.
            NotAllowedNow: something is withheld under that regime already.
            NotCleared: as for `add`.

        """
        regime = strictest(rule.tipping_off for rule in rules if rule.tipping_off)
        ids = [rule.id for rule in rules]
        if regime is None:
            raise refuse("rules", ids, "rules that forbid tipping off")
        restricted = DisclosureRestricted(
            regime=regime,
            rules=ids,
            withheld=withheld,
            carve_out=carve_out,
            basis=basis,
            by=by.person,
            review_at=self._next_look(regime, review_at),
            expires=expires,
        )
        return self.add(suspicion, restricted, by=by, id=id)

    def review(
        self,
        suspicion: UUID,
        regime: TippingOff,
        *,
        reason: str,
        by: Actor,
        review_at: datetime | None = None,
        id: UUID | None = None,
    ) -> Suspicion:
        """
        Record that somebody looked again, and that it stays untold until the next look.

        Raises:
            InvalidValue: no day is said, and the regime has none of its own.
            NotAllowedNow: nothing is withheld under that regime, or it is so for ever.
            NotCleared: as for `add`.

        """
        at = self._next_look(regime, review_at)
        if at is None:
            raise refuse("review_at", at, f"an instant: `{regime}` has no term of its own")
        looked = DisclosureReviewed(regime=regime, by=by.person, reason=reason, review_at=at)
        return self.add(suspicion, looked, by=by, id=id)

    def suspicion(self, suspicion: UUID, *, by: Actor) -> Suspicion:
        """Return how far a suspicion has come; raises as `add` does."""
        self._must_be_cleared(by)
        return kept(self.store, suspicion).suspicion

    def history(
        self, suspicion: UUID, *, by: Actor, purpose: Slug | None = None
    ) -> tuple[Record, ...]:
        """
        Return everything that is on record of a suspicion, in order; raises as `add` does.

        What is sealed is opened for a *purpose*, and that is on record before it is shown; without
        one the texts stay withheld.
        """
        self._must_be_cleared(by)
        rows = kept(self.store, suspicion).rows
        if purpose is None or self.keys is None:
            return tuple(Record.of(suspicion, row) for row in rows)
        return opened(Opener(self.store, self.keys, self.clock), suspicion, rows, by, purpose)

    def of(self, account: AccountId, *, by: Actor, closed: bool = False) -> tuple[Suspicion, ...]:
        """
        Return the open suspicions of an account, in the order they were raised; or all of them.

        Raises:
            NotCleared: as for `add`.

        """
        self._must_be_cleared(by)
        there = takewhile(self.store.exists, streams_of(self.key, account))
        found = (kept(self.store, one).suspicion for one in there)
        return tuple(one for one in found if closed or one.stage in OPEN)

    def due(self, now: datetime, *, by: Actor) -> tuple[Look, ...]:
        """
        Return what somebody must decide or look at again by *now*, longest due first.

        It passes once over the headers of the ledger and opens nothing; `history` says whose it is.
        """
        self._must_be_cleared(by)
        found = (kept(self.store, stream).suspicion for stream in raised(self.store))
        due = (look for one in found for look in looks(one) if look.due <= now)
        return tuple(sorted(due, key=attrgetter("due", "suspicion", "what")))

    def _must_be_cleared(self, by: Actor) -> None:
        if by.kind is not ActorKind.STAFF or self.cleared.isdisjoint(by.roles):
            roles = ", ".join(f"`{role}`" for role in sorted(self.cleared))
            raise NotCleared(f"`{by.person}` is not cleared: it takes staff in the role {roles}")

    def _next_look(self, regime: TippingOff, given: datetime | None) -> datetime | None:
        after = REGIMES[regime].review
        return self.clock.now() + after if given is None and after is not None else given

    def _opened(
        self, stream: UUID, event: SuspicionRaised, by: Actor, command: UUID
    ) -> UUID | None:
        """Return *stream* if the suspicion now is in it; nothing if another one is."""
        if not self.store.exists(stream):
            with suppress(Conflict):  # another one is raised at the same time
                self._append(Suspicion(id=stream), event, by, command)
        rows = self.store.read(stream, upto=1)
        return stream if earlier(stream, rows, event, by, command) else None

    def _append(self, known: Suspicion, event: SuspicionEvent, by: Actor, command: UUID) -> None:
        now = self.clock.now()
        entry = Entry(event=event, actor=by, occurred_at=now, command_id=command)
        sealer = Sealer(self.keys, self.store.sealed)
        rows = sealer.rows(known.id, str(known.id), known.version + 1, (entry,))
        self.store.append(rows, now=micros_of(now))
