"""
What a case waits for and since when, told record by record: what its state does not keep.

A wait goes on while it climbs: whoever owes it now, it began when it was first owed.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from freezecase.app.record import Record
from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.commands import Command
from freezecase.core.obligations import Key, Obligation, key_of
from freezecase.core.ruling import Lane
from freezecase.core.state import CaseState
from freezecase.core.values import Slug

__all__ = ["Waits"]


class Waits:
    """The waits of one case, as its records tell them."""

    def __init__(self, records: Iterable[Record]) -> None:
        """Read the records of a case, in order."""
        self.since: dict[Key, datetime] = {}
        """When each thing that is owed began to be."""
        self.missed: set[Key] = set()
        """What the exchange missed, and was not opened anew since."""
        self.promised: dict[Slug, datetime] = {}
        """When each promise was made."""
        self._owed: dict[Key, Obligation] = {}
        self._passed: dict[Key, UUID] = {}
        self._lanes: list[tuple[type[Command], Lane]] = []
        self._asked: datetime | None = None
        self._wanted: datetime | None = None
        for record in records:
            self._read(record)

    def lane(self, state: CaseState) -> Lane | None:
        """Return the lane of the newest ruling whose work is not done yet."""
        lanes = (lane for kind, lane in reversed(self._lanes) if _WHILE.get(kind, _always)(state))
        return next(lanes, None)

    def customer_since(self, state: CaseState) -> datetime | None:
        """Return the first that the customer asked and nobody has answered."""
        waits = ((state.reply_owed, self._asked), (state.human_wanted, self._wanted))
        return min((at for still, at in waits if still and at is not None), default=None)

    def _read(self, record: Record) -> None:
        ruling, command = record.ruling, record.command
        if command is not None and ruling is not None and ruling.allowed and ruling.lane:
            self._lanes.append((type(command), ruling.lane))
        reads = _READS.get(type(record.event))
        if reads is not None:
            reads(self, record, record.event)

    def opened(self, record: Record, event: e.ObligationOpened) -> None:
        """Go on with a wait that was missed in the same turn; otherwise begin one."""
        key = key_of(event.obligation)
        if self._passed.pop(key, None) != record.command_id:
            self.missed.discard(key)
            self.since[key] = record.occurred_at
        self._owed[key] = event.obligation

    def missing(self, record: Record, event: e.ObligationMissed) -> None:
        """Note what was missed, and whether that was the exchange's."""
        key = event.obligation, event.subject
        self._passed[key] = record.command_id
        owed = self._owed.get(key)
        if owed is not None and not owed.demand.right and owed.debtor not in _OTHERS:
            self.missed.add(key)

    def promising(self, record: Record, event: e.PromiseMade) -> None:
        """Note when a promise was made."""
        self.promised[event.promise] = record.occurred_at

    def asking(self, record: Record, _event: e.ContactReceived) -> None:
        """Note the first contact that nobody has answered."""
        self._asked = self._asked or record.occurred_at

    def answered(self, _record: Record, _event: e.ReplySent) -> None:
        """Note that the customer was answered."""
        self._asked = None

    def wanting(self, record: Record, _event: e.HumanRequested) -> None:
        """Note the first time that a person was asked for."""
        self._wanted = self._wanted or record.occurred_at

    def joined(self, _record: Record, _event: e.HumanJoined) -> None:
        """Note that one joined."""
        self._wanted = None


_Reads = Callable[[Waits, Record, Any], None]
_READS: Final[Mapping[type[e.CaseEvent], _Reads]] = {
    e.ObligationOpened: Waits.opened,
    e.ObligationMissed: Waits.missing,
    e.PromiseMade: Waits.promising,
    e.ContactReceived: Waits.asking,
    e.ReplySent: Waits.answered,
    e.HumanRequested: Waits.wanting,
    e.HumanJoined: Waits.joined,
}
_OTHERS: Final = frozenset({"customer", "authority"})
"""Who may be late without the exchange being so."""
_WHILE: Final[Mapping[type[Command], Callable[[CaseState], bool]]] = {
    do.FileAppeal: lambda state: state.appeal is not None,
    do.RequestHuman: lambda state: state.human_wanted,
}
"""How long a case stays in the lane of what was asked; of what is not named here, for good."""


def _always(_: CaseState) -> bool:
    return True
