"""
What is owed after something happened: met, climbed, opened, and nothing left that nobody owes.

1. What happened meets the open obligations that ask for it, and so keeps what was promised of them.
2. A miss climbs to the next rung of its ladder; after the last comes what the demand says.
3. A rule that broke opens a repair, so that a bug cannot stand in somebody's way for ever.
4. Clocks on what happened open what they say; of a duty that stands, only what is due sooner.
5. Whatever the case then waits for is covered by the clocks of its row; where there is none, by a
   plain duty of the accountable role. So nothing is ever waited for that nobody owes.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import attrs

from freezecase.core import events as e
from freezecase.core.annotated import both, checks_of
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.evolve import fold
from freezecase.core.obligations import (
    Demand,
    Key,
    Obligation,
    Rung,
    Subject,
    Then,
    Unit,
    Within,
    key_of,
)
from freezecase.core.owing import meets
from freezecase.core.pending import Pending, covered_by, pending
from freezecase.core.resolved import Resolved
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.policy.clock import Clock, Occasion
from freezecase.policy.policy import Policy
from freezecase.policy.reckon import Reckoner

__all__ = ["COVERAGE", "REPAIR", "Owing", "outline", "owing"]

COVERAGE: Final = "coverage"
"""The basis of a duty that no clock opened: the law that nothing is waited for in vain."""
REPAIR: Final = "repair"
"""What the exchange owes once a rule broke; its subject is the rule."""

_INSTANT: Final = timedelta(microseconds=1)


@attrs.frozen
class Owing:
    """What follows for whoever owes: the events, the case after them, the days counted on."""

    events: tuple[CaseEvent, ...]
    after: CaseState
    calendars: tuple[Resolved, ...] = ()


def owing(  # noqa: PLR0917 - from where, to where, by what, which broke, when, on which days
    policy: Policy,
    before: CaseState,
    state: CaseState,
    decided: tuple[CaseEvent, ...],
    broken: Iterable[str],
    now: datetime,
    since: datetime,
    recorded: tuple[Resolved, ...] = (),
) -> Owing:
    """
    Return what is owed once *decided* led from *before* to *state*, *now*.

    Terms of law are counted from *since*, when it happened; a ladder from now, for nobody can
    climb before they know. *recorded* is what calendars said when it was counted before.
    """
    met = tuple(_met(before, state, decided))
    opener = _Opener(policy, state, met, Reckoner(policy.calendars, now, recorded), since)
    opener.climb(before, decided)
    opener.repair(broken)
    opener.start(decided)
    opener.cover()
    kept = _kept(before, state, met, decided)
    opened = (e.ObligationOpened(obligation=owed) for owed in opener.found.values())
    events: tuple[CaseEvent, ...] = (*met, *kept, *opened)
    return Owing(events, fold(events, state) if events else state, opener.reckoner.calendars)


def _met(
    before: CaseState, state: CaseState, decided: tuple[CaseEvent, ...]
) -> Iterator[e.ObligationMet]:
    """Yield what was owed before and is now done."""
    happened = {kind_of(event) for event in decided}
    for (kind, subject), owed in state.obligations.items():
        if happened.isdisjoint(owed.demand.met_by):  # as of nearly all
            continue
        if before.obligations.get((kind, subject)) is owed and any(
            meets(event, owed) for event in decided
        ):
            yield e.ObligationMet(obligation=kind, subject=subject)


def _kept(
    before: CaseState,
    state: CaseState,
    met: tuple[e.ObligationMet, ...],
    decided: tuple[CaseEvent, ...],
) -> Iterator[e.PromiseKept]:
    """Yield the promises whose duty ended, and not because it was missed or let go."""
    if not any(promise.duty for promise in state.promises_owed.values()):
        return
    done = {(one.obligation, one.subject) for one in met}
    standing = {kind for kind, subject in state.obligations if (kind, subject) not in done}
    failed = {
        event.obligation
        for event in decided
        if isinstance(event, e.ObligationMissed | e.ObligationWaived)
    }
    ended = {kind for kind, _subject in before.obligations} - standing - failed
    for name, promise in state.promises_owed.items():
        if promise.duty in ended and name in before.promises:
            yield e.PromiseKept(promise=name)


class _Opener:
    """Gathers the obligations that open in one turn: of two of one kind, the one due first."""

    def __init__(
        self,
        policy: Policy,
        state: CaseState,
        met: tuple[e.ObligationMet, ...],
        reckoner: Reckoner,
        since: datetime,
    ) -> None:
        self.reckoner = reckoner
        self.found: dict[Key, Obligation] = {}
        self._policy, self._state, self._since = policy, state, since
        self._waits = tuple(pending(state))  # what happens here changes nothing of it
        self._standing = dict(state.obligations)
        for one in met:
            del self._standing[one.obligation, one.subject]

    def climb(self, before: CaseState, decided: tuple[CaseEvent, ...]) -> None:
        """Open what follows a miss: the next rung, the same again, another demand, or nothing."""
        for event in decided:
            if isinstance(event, e.ObligationMissed):
                missed = before.obligations[event.obligation, event.subject]
                following = _following(missed)
                if following is not None:
                    demand, rung = following
                    self._open(demand, missed.subject, rung, missed.basis)

    def repair(self, broken: Iterable[str]) -> None:
        """Let the exchange owe the repair of rules that broke, unless it does already."""
        for rule in broken:
            if (REPAIR, rule) not in self._standing and (REPAIR, rule) not in self.found:
                self._open(_repair(self._policy), rule, 0, REPAIR)

    def start(self, decided: tuple[CaseEvent, ...]) -> None:
        """Start the clocks on what happened."""
        for event in decided:
            for clock in self._policy.started_by(type(event)):
                self._try(clock, Occasion(self._state, event))

    def cover(self) -> None:
        """Start the clocks that cover what is waited for; what none covers is owed plainly."""
        waits = self._uncovered()
        for wait in waits:
            for clock in self._policy.covering(wait.what):
                self._try(clock, Occasion(self._state, None, wait.subject))
        while waits and (waits := self._uncovered()):  # a plain duty may take another's name
            for wait in waits:
                self.found.pop((wait.what, wait.subject), None)  # it would not end the wait
                self._open(_plain_duty(self._policy, wait), wait.subject, 0, COVERAGE)

    def _uncovered(self) -> Sequence[Pending]:
        owed = {**self._standing, **self.found}
        return [wait for wait in self._waits if covered_by(owed, wait) is None]

    def _try(self, clock: Clock, occasion: Occasion) -> None:
        """Start a clock; one that breaks opens a repair, and nothing else."""
        said = _asked(clock, occasion)
        if said is _BROKEN:
            self.repair([clock.id])
        elif said is not None:
            subject, at = said
            self._open(clock.demand, subject, 0, clock.id, clock=clock, at=at)

    def _open(  # noqa: PLR0917 - what an obligation is made of
        self,
        demand: Demand,
        subject: str,
        rung: int,
        basis: str,
        clock: Clock | None = None,
        at: datetime | None = None,
    ) -> None:
        due = at or self._due(demand, rung, clock)
        owed = Obligation(
            demand=demand,
            subject=subject,
            rung=rung,
            opened_at=self.reckoner.now,
            due=max(due, self.reckoner.now + _INSTANT),
            basis=basis,
        )
        key = key_of(owed)
        if self._state.status not in demand.moot_in and not self._put_off(owed, clock):
            known = self.found.get(key)
            self.found[key] = owed if known is None else min(known, owed, key=_due_first)

    def _put_off(self, owed: Obligation, clock: Clock | None) -> bool:
        """Say whether the same duty stands and is due sooner: happening again puts nothing off."""
        known = self._standing.get(key_of(owed))
        again = clock is not None and bool(clock.on) and not owed.demand.right
        return again and known is not None and known.due <= owed.due

    def _due(self, demand: Demand, rung: int, clock: Clock | None) -> datetime:
        if clock is not None and clock.term is not None:
            return self.reckoner.due(clock.term, self._since)
        return self.reckoner.due(demand.ladder[rung].within, self.reckoner.now)


_Said = tuple[str, datetime | None]
_BROKEN: Final[_Said] = ("", None)


def _asked(clock: Clock, occasion: Occasion) -> _Said | None:
    """Ask a clock for the subject and the day, if it starts; `_BROKEN` is whatever is no answer."""
    try:
        if not clock.when(occasion):
            return None
        return _exact(clock.about(occasion), clock.at(occasion))
    except Exception:  # noqa: BLE001 - the clock is somebody else's code
        return _BROKEN


def _exact(subject: object, at: object) -> _Said:
    """Return what a clock said as it can be put on record; whatever else it said is no answer."""
    if not isinstance(subject, str) or not _FITS(subject):
        return _BROKEN
    if at is None:
        return subject, None
    if not isinstance(at, datetime) or at.utcoffset() is None:
        return _BROKEN
    return subject, at.astimezone(UTC)


_FITS: Final = both(checks_of(Subject))


def outline(policy: Policy, state: CaseState, event: CaseEvent) -> tuple[object, ...]:
    """
    Return what the clocks say once *event* led to *state*: all but the counting.

    Two cases of one outline at one instant are owed the same, which thousands frozen at once are.
    """
    started = [(one, Occasion(state, event)) for one in policy.started_by(type(event))]
    waits = [
        (one, Occasion(state, None, wait.subject))
        for wait in pending(state)
        for one in policy.covering(wait.what)
    ]
    said = ((one.id, _asked(one, occasion)) for one, occasion in (*started, *waits))
    return tuple((clock, answer, answer is _BROKEN) for clock, answer in said)


def _due_first(owed: Obligation) -> tuple[datetime, str]:
    return owed.due, owed.basis


def _following(missed: Obligation) -> tuple[Demand, int] | None:
    demand, last = missed.demand, len(missed.demand.ladder) - 1
    if missed.rung < last:
        return demand, missed.rung + 1
    if isinstance(demand.then, Demand):
        return demand.then, 0
    return (demand, last) if demand.then is Then.AGAIN else None


def _repair(policy: Policy) -> Demand:
    return Demand(
        kind=REPAIR,
        ladder=(
            Rung(debtor="exchange", within=Within(count=4, unit=Unit.HOURS)),
            Rung(debtor=policy.accountable, within=Within(count=24, unit=Unit.HOURS)),
        ),
        met_by=(),
        moot_in=(Status.CLOSED,),
    )


def _plain_duty(policy: Policy, wait: Pending) -> Demand:
    return Demand(
        kind=wait.what,
        ladder=(Rung(debtor=policy.accountable, within=Within(count=24, unit=Unit.HOURS)),),
        met_by=tuple(sorted(wait.ends)),
    )
