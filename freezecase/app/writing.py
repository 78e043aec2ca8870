"""
How cases are written: load, take a turn, append. One command at a time, each exactly once.

* A command id that the case already holds gives the first answer and writes nothing.
* Two writers on one case: one wins, the other takes its turn again on the new state. Only if the
  answer changed does the caller see a `Conflict`.
* A refused attempt of staff or system is recorded, and then raised.
"""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

import attrs

from freezecase.app.clock import Clock, instant_of, micros_of
from freezecase.app.reading import events_of
from freezecase.app.record import Record, where
from freezecase.app.store import Loaded, Row, Store
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.annotated import Check
from freezecase.core.checked import checked, refuse
from freezecase.core.commands import ASKED_AS, Command
from freezecase.core.evolve import fold, unopened
from freezecase.core.ruling import Facts, Ruling
from freezecase.core.state import CaseState
from freezecase.core.values import Instant
from freezecase.errors import CommandReused, Conflict, NoSuchCase, PolicyForbids, Refused
from freezecase.policy.policy import Policy
from freezecase.policy.turn import Turn, take_turn
from freezecase.wire.codec import command_id_of, encode, read_entry
from freezecase.wire.shapes import Asked, Entry

__all__ = ["Asking", "Outcome", "Writer", "rows_of"]

ATTEMPTS: Final = 16
"""How often a turn is taken again when others keep writing first."""


SKEW: Final = timedelta(minutes=5)
"""How far the clock of whoever says when something happened may be ahead of ours."""

_A_COMMAND: Final = "a command, such as `commands.ImposeFreeze(...)`"


def _is_command(given: object) -> bool:
    return type(given) in ASKED_AS


def _exact_command(given: object) -> object:
    if not _is_command(given):
        raise ValueError(f"it takes {_A_COMMAND}")
    return given


@attrs.frozen(kw_only=True)
class Outcome:
    """What came of a command: the case after it, the records it left, and the ruling."""

    case: CaseState
    records: tuple[Record, ...]
    ruling: Ruling
    repeated: bool = False
    """Whether the command was asked before, and this is the first answer again."""


@checked
class Asking:
    """A command with everything that its turn needs to know."""

    command: Annotated[Command, Check(_A_COMMAND, _is_command, _exact_command)]
    actor: Actor
    id: UUID
    now: Instant
    occurred_at: Instant
    facts: Facts

    def __attrs_post_init__(self) -> None:
        """Refuse a command that happened in a time to come; clocks may differ a little."""
        if self.occurred_at > self.now + SKEW:
            allowed = f"an instant that is not later than now, {self.now.isoformat()}"
            raise refuse("Asking.occurred_at", self.occurred_at.isoformat(), allowed)

    @property
    def case(self) -> UUID:
        """The case it is about. A freeze opens one, under the id of its command."""
        return self.id if isinstance(self.command, do.ImposeFreeze) else self.command.case


@attrs.frozen
class Writer:
    """Writes cases to a store, under a policy."""

    store: Store
    policy: Policy
    clock: Clock

    def execute(self, asking: Asking) -> Outcome:
        """Take the turn of a command and append what comes of it."""
        first: Turn | None = None
        rows: list[Loaded] = []
        for _attempt in range(ATTEMPTS):
            rows = self._load(asking)
            earlier = _earlier(asking, rows)
            if earlier is not None:
                return earlier
            state = fold(events_of(asking.case, rows), unopened(asking.case))
            turn = self._turn(asking, state, first)
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

    def _turn(self, asking: Asking, state: CaseState, first: Turn | None) -> Turn:
        """Take the turn; once it was taken before, the answer may not change unseen."""
        try:
            turn = take_turn(
                self.policy, state, asking.command, asking.actor, asking.now, asking.facts
            )
        except Refused as refused:
            if first is None:
                raise
            raise Conflict(state.id, state.version, str(refused)) from refused
        if first is not None and not _same_answer(first, turn):
            raise Conflict(state.id, state.version, "the answer is no longer what it was")
        return turn

    def _append(self, asking: Asking, state: CaseState, turn: Turn) -> Outcome:
        entries = entries_of(asking, turn, state.version + 1)
        records: tuple[Record, ...] = ()
        if entries:
            opened = [(state.id, turn.after.account)] if state.version == 0 else []
            rows = rows_of(state.id, state.version + 1, entries)
            put = self.store.append(rows, now=micros_of(asking.now), opened=opened)
            records = tuple(
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
        if not turn.ruling.allowed:
            raise PolicyForbids(turn.ruling)
        return Outcome(case=turn.after, records=records, ruling=turn.ruling)


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


def rows_of(case: UUID, first: int, entries: tuple[Entry, ...]) -> list[Row]:
    """Return the rows of entries that follow one another from version *first*."""
    return [Row(case, first + n, *encode(entry)) for n, entry in enumerate(entries)]


def _same_person(records: tuple[Record, ...], asking: Asking) -> bool:
    """Say whether the same person asks again; their roles may have changed meanwhile."""
    return records[0].actor.person == asking.actor.person


def _same_answer(first: Turn, now: Turn) -> bool:
    """Say whether both allow the same, or both refuse, whatever is recorded of the attempt."""
    if not first.ruling.allowed:
        return not now.ruling.allowed
    return now.ruling.allowed and first.events == now.events


def _earlier(asking: Asking, rows: list[Loaded]) -> Outcome | None:
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
    asked = read_entry(*turn[0][1:3], where(asking.case, turn[0][0])).asked
    if asked is None or asked.command != asking.command or not _same_person(records, asking):
        raise CommandReused(asking.id, asking.case)
    if not asked.ruling.allowed:
        raise PolicyForbids(asked.ruling)
    upto = rows[: turn[-1][0]]
    after = fold(events_of(asking.case, upto), unopened(asking.case))
    return Outcome(case=after, records=records, ruling=asked.ruling, repeated=True)
