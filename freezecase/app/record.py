"""
The envelope of an event: what happened to which case, who did it, when, and why it was allowed.

A record is what a compliance officer reads and a projection folds. `recorded_at` is when we wrote
it, `occurred_at` when it is said to have happened: for what we did ourselves the two are one.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import attrs

from freezecase.app.clock import instant_of
from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.ruling import Ruling
from freezecase.seal.unopened import Withheld
from freezecase.wire.codec import audit_record
from freezecase.wire.sealing import filled, placeholders
from freezecase.wire.shapes import Entry, Source

__all__ = ["Record", "where"]


@attrs.frozen(kw_only=True)
class Record:
    """One record of a case."""

    case: UUID
    version: int
    """Its place in the case, from 1."""
    index: int
    """Its place in the ledger, from 1: one order over all cases."""
    recorded_at: datetime
    name: str
    """The stored name of the event, such as `freeze-imposed.v1`."""
    entry: Entry
    sealed: tuple[Mapping[str, str], ...] = attrs.field(default=(), eq=False, repr=False)
    """The sections in the stored bytes, each as it is spelt there."""

    @property
    def event(self) -> CaseEvent:
        """What happened."""
        return self.entry.event

    @property
    def kind(self) -> str:
        """What happened, in words, such as `freeze-imposed`."""
        return kind_of(self.entry.event)

    @property
    def actor(self) -> Actor:
        """Who did it."""
        return self.entry.actor

    @property
    def occurred_at(self) -> datetime:
        """When it is said to have happened."""
        return self.entry.occurred_at

    @property
    def command_id(self) -> UUID:
        """The id of the command that led to it."""
        return self.entry.command_id

    @property
    def command(self) -> Command | None:
        """What was asked; only on the first record of a turn."""
        return self.entry.asked.command if self.entry.asked else None

    @property
    def ruling(self) -> Ruling | None:
        """What was answered; only on the first record of a turn."""
        return self.entry.asked.ruling if self.entry.asked else None

    @property
    def cause(self) -> int | None:
        """The version of the record that opened the turn, on the records that follow it."""
        return self.entry.cause

    @property
    def source(self) -> Source | None:
        """Where it was imported from, if it was."""
        return self.entry.source

    @classmethod
    def of(cls, case: UUID, row: tuple[int, str, bytes, int, int]) -> "Record":
        """Return the record in a stored row, read thoroughly; what is sealed stays withheld."""
        version, name, state, index, recorded_at = row
        entry, sealed = audit_record(name, state, where(case, version))
        return cls(
            case=case,
            version=version,
            index=index,
            recorded_at=instant_of(recorded_at),
            name=name,
            entry=_withholding(entry) if sealed else entry,
            sealed=sealed,
        )


def _withholding(entry: Entry) -> Entry:
    """Return an entry that says of each text that is sealed who may read it."""
    return filled(
        entry,
        {
            path: Withheld(audience)
            for audience, texts in placeholders(entry).items()
            for path in texts
        },
    )


def where(case: UUID | str, version: int) -> str:
    """Say where a record stands, for an error."""
    return f"case `{case}` version {version}"
