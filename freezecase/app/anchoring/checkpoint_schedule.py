"""
When a checkpoint is due, and how things stand between two of them.

What was written since the last one is protected by nothing: whoever can write to the database can
change it unseen. So checkpoints are made often, and at once after what matters.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

import attrs

from freezecase.core.checked import refuse

__all__ = ["DUE", "Occasion", "Schedule", "Since", "Standing"]


class Occasion(StrEnum):
    """Why a checkpoint is made."""

    TIME = "time"
    """Something new has waited long enough."""
    RECORDS = "records"
    """Enough is new."""
    CASE_CLOSED = "case-closed"
    """A case was closed."""
    DAY_END = "day-end"
    """The day-end manifest was written."""
    EXPORT = "export"
    """Somebody is about to be given evidence."""
    KEY_ROTATED = "key-rotated"
    """Another key signs from now on."""
    ASKED = "asked"
    """Somebody asked for one."""


def _some_time(_schedule: object, field: "attrs.Attribute[timedelta]", value: timedelta) -> None:
    if value <= timedelta():
        raise refuse(f"Schedule.{field.name}", value, "more than no time")


def _some(_schedule: object, field: "attrs.Attribute[int]", value: int) -> None:
    if value < 1:
        raise refuse(f"Schedule.{field.name}", value, "1 or more")


@attrs.frozen(kw_only=True)
class Schedule:
    """When a checkpoint is due, and from when on its absence is an alarm."""

    after: timedelta = attrs.field(default=timedelta(seconds=60), validator=_some_time)
    """How long the oldest new record may wait; and how long until what failed is tried again."""
    records: int = attrs.field(default=1000, validator=_some)
    """How many new records there may be."""
    upon: Mapping[str, Occasion] = MappingProxyType(
        {"case-closed.v1": Occasion.CASE_CLOSED, "stream-heads.v1": Occasion.DAY_END}
    )
    """Stored names of records after which one is due at once."""
    alarm_after: timedelta = attrs.field(default=timedelta(minutes=15), validator=_some_time)
    """How long a record may be unanchored before somebody has to be called."""
    alarm_records: int = attrs.field(default=10_000, validator=_some)
    """How many records may be."""


class Since(NamedTuple):
    """What there is since the last checkpoint that was made or tried."""

    records: int
    waited: timedelta
    """How long the oldest of them has waited; or a checkpoint that did not succeed."""
    upon: Occasion | None
    """What one of them calls for, by its stored name."""


DUE: Final[Mapping[Occasion, Callable[[Schedule, Since], bool]]] = MappingProxyType(
    {
        Occasion.RECORDS: lambda schedule, since: since.records >= schedule.records,
        Occasion.TIME: lambda schedule, since: since.waited >= schedule.after,
    }
)
"""When a checkpoint is due by what there is, the first that holds; before these, by a record."""


@attrs.frozen(kw_only=True)
class Standing:
    """How much of the ledger is vouched for outside the database, and how much is not."""

    size: int
    """How many records there are."""
    anchored: int
    """How many of them the last checkpoint covers that has its quorum and is kept outside."""
    since: datetime | None
    """When the first record was recorded that it does not cover; nothing if it covers all."""
    alarm: str
    """Why somebody has to be called; empty if nobody has to."""

    @property
    def unanchored(self) -> int:
        """How many records nothing outside the database vouches for."""
        return self.size - self.anchored
