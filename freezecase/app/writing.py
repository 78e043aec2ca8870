"""
How cases are written: load, take a turn, append. One command at a time, each exactly once.

* A command id that the case already holds gives the first answer and writes nothing.
* Two writers on one case: one wins, the other takes its turn again on the new state. Only if the
  answer changed does the caller see a `Conflict`.
* A refused attempt of staff or system is recorded, and then raised.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

import attrs

from freezecase.app.alarms import alarm_of
from freezecase.app.asking import Asking, anchors_at, anchors_of
from freezecase.app.clock import Clock, instant_of, micros_of
from freezecase.app.custody.sealing import IN_THE_CLEAR, Sealer
from freezecase.app.reading import events_of
from freezecase.app.record import Record, where
from freezecase.app.stores.store import Loaded, Store
from freezecase.core import commands as do
from freezecase.core.evolve import fold, unopened
from freezecase.core.owing import next_due
from freezecase.core.pending import uncovered
from freezecase.core.ruling import Ruling
from freezecase.core.state import CaseState
from freezecase.errors import (
    CommandReused,
    Conflict,
    NoSuchCase,
    NotCovered,
    PolicyForbids,
    Refused,
)
from freezecase.policy.book import PolicyBook
from freezecase.policy.policy import Policy
from freezecase.policy.turn import CLOCK, Turn, let_time_pass, take_turn
from freezecase.wire.codec import command_id_of
from freezecase.wire.shapes import Asked, Entry

__all__ = ["Outcome", "Writer", "entries_of"]

ATTEMPTS: Final = 16
"""How often a turn is taken again when others keep writing first."""


@attrs.frozen(kw_only=True)
class Outcome:
    """What came of a command: the case after it, the records it left, and the ruling."""

    case: CaseState
    records: tuple[Record, ...]
    ruling: Ruling
    repeated: bool = False
    """Whether the command was asked before, and this is the first answer again."""


@attrs.frozen
class Writer:
    """Writes cases to a store, each under the policy of its day."""

    store: Store
    policies: PolicyBook
    clock: Clock
    sealer: Sealer = IN_THE_CLEAR

    def execute(self, asking: Asking) -> Outcome:
        """Take the turn of a command and append what comes of it."""
        first: Turn | None = None
        rows: list[Loaded] = []
        for _attempt in range(ATTEMPTS):
            rows = self._load(asking)
            earlier = _earlier(asking, rows, self.sealer)
            if earlier is not None:
                return earlier
            state = fold(events_of(asking.case, rows), unopened(asking.case))
            turn = self._turn(asking, state, rows, first)
            first = first or turn
            try:
                return self._append(asking, state, turn)
            except Conflict:
                continue  # somebody else wrote first: look at the case again
        raise Conflict(asking.case, len(rows), f"others wrote first {ATTEMPTS} times; ask again")

    def _load(self, asking: Asking) -> list[Loaded]:
        rows = self.store.read(asking.case)
        if not rows and not isinstance(asking.command, do.ImposeFreeze):
            raise NoSuchCase(asking.case)
        return rows

    def _turn(
        self, asking: Asking, state: CaseState, rows: Sequence[Loaded], first: Turn | None
    ) -> Turn:
        """Take the turn; once it was taken before, the answer may not change unseen."""
        policy = self.policies.in_force(anchors_of(asking, state, rows))
        try:
            turn = self._after_misses(asking, state, rows, policy)
        except Refused as refused:
            if first is None:
                raise
            raise Conflict(state.id, state.version, str(refused)) from refused
        if first is not None and not _same_answer(first, turn):
            raise Conflict(state.id, state.version, "the answer is no longer what it was")
        return turn

    def _after_misses(
        self, asking: Asking, state: CaseState, rows: Sequence[Loaded], policy: Policy
    ) -> Turn:
        """Let time pass under the policy of now; what then is asked may be of another day."""
        missed: tuple[Turn, ...] = ()
        due = next_due(state, asking.now) is not None
        if due and not isinstance(asking.command, do.LetTimePass):
            today = self.policies.in_force(anchors_at(asking.now, state, rows))
            missed = tuple(let_time_pass(today, state, asking.now))
        turn = take_turn(
            *(policy, missed[-1].after if missed else state, asking.command, asking.actor),
            *(asking.now, asking.facts, asking.occurred_at),
        )
        return attrs.evolve(turn, missed=missed) if missed else turn

    def _append(self, asking: Asking, state: CaseState, turn: Turn) -> Outcome:
        clocked = clocked_entries(turn.missed, state.id, asking.now)
        entries = entries_of(asking, turn, state.version + len(clocked) + 1)
        records = self._stored(state, (*clocked, *entries), turn.after, asking.now)
        if not turn.ruling.allowed:
            raise PolicyForbids(turn.ruling)
        return Outcome(case=turn.after, records=records[len(clocked) :], ruling=turn.ruling)

    def _stored(
        self, state: CaseState, entries: tuple[Entry, ...], after: CaseState, now: datetime
    ) -> tuple[Record, ...]:
        """Append all of it, or nothing, and let the alarm ring when somebody must look again."""
        if not entries:
            return ()
        check_covered(after)
        opened = [(state.id, after.account)] if state.version == 0 else []
        rows = self.sealer.rows(state.id, after.account, state.version + 1, entries)
        alarms = {state.id: alarm_of(after)}
        put = self.store.append(rows, now=micros_of(now), opened=opened, alarms=alarms)
        return tuple(
            Record(
                case=state.id,
                version=row.version,
                index=put.first + n,
                recorded_at=instant_of(put.recorded_at),
                name=row.name,
                entry=entry,
            )
            for n, (row, entry) in enumerate(zip(rows, entries, strict=True))
        )

    def let_time_pass(self, case: UUID, now: datetime) -> int:
        """Record what is due in a case by *now*, and what follows; say how much was missed."""
        for _attempt in range(ATTEMPTS):
            rows = self.store.read(case)
            if not rows:  # it is listed, and somebody removed all that is known of it
                raise NoSuchCase(case)
            state = fold(events_of(case, rows), unopened(case))
            policy = self.policies.in_force(anchors_at(now, state, rows))
            turns = tuple(let_time_pass(policy, state, now))
            missed = len(turns)
            if not turns and any(uncovered(state)):  # it came from elsewhere: nobody owes yet
                turns = (take_turn(policy, state, do.LetTimePass(case), CLOCK, now),)
            if not turns:
                self.store.set_alarms({case: alarm_of(state)}, upto=rows[-1][3])
                return 0  # it rang too early
            try:
                entries = clocked_entries(turns, case, now)
                self._stored(state, entries, turns[-1].after, now)
            except Conflict:
                continue  # somebody wrote first: look at the case again
            return missed
        raise Conflict(case, 0, f"others wrote first {ATTEMPTS} times; the alarm goes on ringing")


def check_covered(case: CaseState) -> None:
    """Raise unless somebody owes each thing that the case waits for: the law, at every append."""
    for wait in uncovered(case):
        what = f"`{wait.what}` about `{wait.subject}`" if wait.subject else f"`{wait.what}`"
        raise NotCovered(
            f"case `{case.id}` would wait for {what} and nobody owes it: take turns with "
            "`take_turn`, which lets somebody owe whatever is waited for",
            case=str(case.id),
            what=wait.what,
            subject=wait.subject,
        )


def clocked_entries(turns: Sequence[Turn], case: UUID, now: datetime) -> tuple[Entry, ...]:
    """Return the entries of the clock's turns; each names its command by where it began."""
    entries: list[Entry] = []
    for turn in turns:
        asking = Asking(
            command=do.LetTimePass(case),
            actor=CLOCK,
            id=uuid5(case, f"time passes at version {turn.before.version}"),
            now=now,
            occurred_at=now,
            facts={},
        )
        entries += entries_of(asking, turn, turn.before.version + 1)
    return tuple(entries)


def entries_of(asking: Asking, turn: Turn, first: int) -> tuple[Entry, ...]:
    """Return the entries of a turn: the first carries what was asked, the others point to it."""
    return tuple(
        Entry(
            event=event,
            actor=asking.actor,
            occurred_at=asking.occurred_at,
            command_id=asking.id,
            asked=None if n else Asked(command=asking.command, ruling=turn.ruling),
            cause=first if n else None,
        )
        for n, event in enumerate(turn.events)
    )


def _same_person(records: tuple[Record, ...], asking: Asking) -> bool:
    """Say whether the same person asks again; their roles may have changed meanwhile."""
    return records[0].actor.person == asking.actor.person


def _same_answer(first: Turn, now: Turn) -> bool:
    """Say whether both allow the same, or both refuse, whatever is recorded of the attempt."""
    if not first.ruling.allowed:
        return not now.ruling.allowed
    return now.ruling.allowed and first.decided == now.decided


def _earlier(asking: Asking, rows: list[Loaded], sealer: Sealer) -> Outcome | None:
    """Return the first answer to a command that the case already holds."""
    mark = str(asking.id).encode()
    turn = [
        row
        for row in rows
        if mark in row[2] and command_id_of(row[1], row[2], where(asking.case, row[0])) == asking.id
    ]
    if not turn:
        return None
    records = tuple(Record.of(asking.case, row) for row in turn)
    asked = records[0].entry.asked
    if (
        asked is None
        or not sealer.says(asking.case, turn[0], asked.command, asking.command)
        or not _same_person(records, asking)
    ):
        raise CommandReused(
            f"command id `{asking.id}` already stands for another command on case "
            f"`{asking.case}`: repeat the same command, or take a new id",
            command_id=str(asking.id),
            case=str(asking.case),
        )
    if not asked.ruling.allowed:
        raise PolicyForbids(asked.ruling)
    upto = rows[: turn[-1][0]]
    after = fold(events_of(asking.case, upto), unopened(asking.case))
    return Outcome(case=after, records=records, ruling=asked.ruling, repeated=True)
