"""
Histories out of a store: the records of each case, as steps that can be played again.

A record of ours begins a turn, and says who asked for what, when and on which facts. A record from
elsewhere says only what happened; the command that would have led to it is made from it, and the
roles say whose move it was.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from freezecase.app.asking import REPORTS
from freezecase.app.clock import instant_of
from freezecase.app.record import where
from freezecase.app.stores.store import HIGHEST, LOWEST, Head, Scanned
from freezecase.core import events as e
from freezecase.core.actors import ActorKind
from freezecase.core.commands import LetTimePass, asked
from freezecase.core.evolve import fold, unopened
from freezecase.core.state import CaseState
from freezecase.errors import RecordError, Unreadable
from freezecase.policy.effective import Anchors
from freezecase.replay.ledger import is_case
from freezecase.replay.whatif.imports import Importing
from freezecase.replay.whatif.roles import NATIVE, Roles
from freezecase.replay.whatif.step import History, Later, Role, Step, dues_of, role_of
from freezecase.replay.whatif.trace import Trace
from freezecase.replay.whatif.why import Why
from freezecase.wire.codec import read_entry
from freezecase.wire.names import BESIDE
from freezecase.wire.shapes import Asked, Entry

__all__ = ["CONFIRMED", "Readable", "histories"]

CONFIRMED: Final = frozenset({"confirmed-fraud", "fraud", "fraud-confirmed"})
"""What a case is closed as that was rightly frozen, unless other words are given."""


class Readable(Protocol):
    """As much of a store as a backtest can see. Nothing here can write."""

    def scan_cases(self, first: UUID = ..., last: UUID = ...) -> Iterator[Scanned]:
        """Stream records case by case, versions rising."""
        ...

    def head(self) -> Head:
        """Give the end of the ledger."""
        ...


def histories(
    store: Readable,
    *,
    roles: Roles = NATIVE,
    after: UUID | None = None,
    upto: UUID | None = None,
    confirmed: Collection[str] = CONFIRMED,
) -> Iterator[History]:
    """
    Yield the history of each case of *store*, one after the other, by the order of their ids.

    Args:
        store: where the records are; it is only read.
        roles: how imported records are read.
        after: leave out the cases up to this id and this one.
        upto: leave out the cases past this id.
        confirmed: what cases are closed as that were rightly frozen.

    Raises:
        StoreError: the store cannot be read.

    """
    until = roles.until or instant_of(store.head().recorded_at)
    rows = store.scan_cases(after or LOWEST, upto or HIGHEST)
    for case, records in groupby(rows, key=itemgetter(2)):
        if not is_case(case):
            raise Unreadable("a case", f"`{case!r:.80}`", "its id is not 32 hex digits")
        found = [row for row in records if row[4] not in BESIDE]
        if found and (after is None or case != after.hex):
            yield _history(UUID(case), found, _Reading(UUID(case), roles, until, confirmed))


def _history(case: UUID, rows: list[Scanned], reading: "_Reading") -> History:
    try:
        entries = [_entry(case, n, row) for n, row in enumerate(rows, 1)]
    except RecordError as error:
        broken = Why.HISTORY_BROKEN if isinstance(error, _Missing) else Why.UNREADABLE
        return reading.lost(len(rows), broken, str(error))
    return reading.history(rows, entries)


class _Missing(RecordError):
    """A record is not where its case needs it."""


def _entry(case: UUID, expected: int, row: Scanned) -> Entry:
    _index, _recorded_at, _case, version, name, state = row
    if version != expected:
        raise _Missing(f"case `{case}` has no version {expected}")
    return read_entry(name, state, where(case, version))


@attrs.define
class _Reading:
    """Reads one case: folds what its records say, and makes steps of them."""

    case: UUID
    roles: Roles
    until: datetime
    confirmed: Collection[str]
    steps: list[Step] = attrs.Factory(list)
    trace: Trace = attrs.Factory(Trace)
    state: CaseState = attrs.field(init=False)
    importing: Importing = attrs.field(init=False)
    opened: datetime | None = None
    report: datetime | None = None
    last: datetime | None = None
    confirmed_at: datetime | None = None
    freed: bool = False
    ground: str = ""
    jurisdiction: str = ""

    def __attrs_post_init__(self) -> None:
        """Begin with a case to which nothing happened."""
        self.state = unopened(self.case)
        self.importing = Importing(self.case, self.roles)

    def lost(self, records: int, why: Why, detail: str) -> History:
        """Return a history that cannot be played."""
        return History(
            case=self.case,
            records=records,
            until=self.until,
            ground=self.ground,
            jurisdiction=self.jurisdiction,
            why_not=why,
            detail=detail,
        )

    def history(self, rows: list[Scanned], entries: list[Entry]) -> History:
        """Return the whole of it."""
        if not isinstance(entries[0].event, e.FreezeImposed):
            return self.lost(len(rows), Why.BEGINS_IN_THE_MIDDLE, "the freeze is not in the log")
        for turn in _turns(entries):
            begin, several = turn.start, entries[turn.start : turn.stop]
            first, at = several[0], instant_of(rows[begin][1])
            if first.source is not None:
                self._imported(begin + 1, first)
            elif first.asked is not None:
                self._native(begin + 1, several, first.asked, at)
            else:
                return self.lost(len(rows), Why.HISTORY_BROKEN, "a record belongs to no turn")
        return self._whole(entries)

    def _whole(self, entries: list[Entry]) -> History:
        imported = all(entry.source is not None for entry in entries)
        more = self.importing.gaps(self.until) if imported else ()
        later = Later.CLEARED if self.freed else Later.OPEN
        return History(
            case=self.case,
            records=len(entries),
            steps=(*self.steps, *more),
            until=max(self.until, self.last or self.until),
            trace=None if imported else self.trace,
            effects=tuple(self.importing.effects),
            standing={} if imported else dues_of(self.state),
            told=self.roles.tells if imported else None,
            lapses=imported and self.roles.lapses,
            later=Later.CONFIRMED if self.confirmed_at else later,
            confirmed_at=self.confirmed_at,
            jurisdiction=self.jurisdiction,
            ground=self.ground,
        )

    def _anchors(self, entry: Entry, at: datetime) -> Anchors:
        """Return the dates of the case as it stands now, and as what is asked says itself."""
        self.opened = self.opened or at
        contract = getattr(entry.event, "contracted_at", None) or self.state.contracted_at
        if e.STORED_AS[type(entry.event)] in REPORTS:
            self.report = at
        return Anchors(
            trigger=entry.occurred_at,
            record=self.opened,
            contract=contract or self.opened,
            report=self.report or self.opened,
        )

    def _imported(self, n: int, entry: Entry) -> None:
        """Take in a record from elsewhere; what is dated backwards happens with its predecessor."""
        at = max(entry.occurred_at, self.last or entry.occurred_at)
        step = self.importing.step(n, entry.event, entry.actor, at, self._anchors(entry, at))
        self._take(step, (entry,))

    def _native(self, n: int, entries: list[Entry], told: Asked, recorded_at: datetime) -> None:
        """Take in a turn of our own."""
        first, ruling, command = entries[0], told.ruling, told.command
        time_alone = isinstance(command, LetTimePass)
        self.jurisdiction = self.jurisdiction or str(ruling.facts.get("jurisdiction", ""))
        if first.actor.kind is ActorKind.STAFF and ruling.allowed:
            self.trace.acts[asked(command)] += 1
        step = Step(
            n=n,
            at=ruling.at,
            occurred_at=first.occurred_at,
            role=Role.MANDATED if time_alone else role_of(first.actor),
            actor=first.actor,
            events=tuple(entry.event for entry in entries),
            command=command,
            facts=ruling.facts,
            calendars=ruling.calendars,
            allowed=ruling.allowed,
            anchors=self._anchors(first, recorded_at),
            standing=dues_of(self.state),
        )
        self._take(step, entries)

    def _take(self, step: Step, entries: Iterable[Entry]) -> None:
        before = self.state
        self.state = fold(step.events, before)
        self.trace.happened(before, step.events, self.state, step.at)
        if self.state.decision != before.decision:
            step = attrs.evolve(step, decides=self.state.decision)
        self.steps.append(step)
        self.last = step.at
        self.ground = self.ground or str(self.state.ground or "")
        for entry in entries:
            self._ends(entry.event, step.at)

    def _ends(self, event: Any, at: datetime) -> None:
        """Note what history came to think of whoever was frozen."""
        closed = isinstance(event, e.CaseClosed) and event.outcome in self.confirmed
        if closed or isinstance(event, e.FundsForfeited | e.AccountOffboarded):
            self.confirmed_at = self.confirmed_at or at
        self.freed = self.freed or isinstance(event, e.ReleaseEnforced)


def _turns(entries: list[Entry]) -> Iterator[range]:
    """Yield the places of the records of each turn; each imported one is by itself."""
    begin = 0
    for n, entry in enumerate(entries):
        if n > begin and entry.cause != begin + 1:
            yield range(begin, n)
            begin = n
    yield range(begin, len(entries))
