"""
Old versions made new: one table, one row for each stored name that was left behind.

Names of events and of commands stand in it alike: no two are the same.

A row is never edited and never removed: old records are read for ever. When `freeze-imposed.v2`
comes, `STORED_AS` names it, and this table gets
`"freeze-imposed.v1": ("freeze-imposed.v2", what_changed)`, where `what_changed` takes the plain
data of the old event and returns that of the new one.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

__all__ = ["UPCASTS", "Change", "Upcasts", "upcast"]

Change: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
Upcasts: TypeAlias = Mapping[str, tuple[str, Change]]

UPCASTS: Final[Upcasts] = {}


def upcast(
    name: str, event: dict[str, Any], table: Upcasts = UPCASTS
) -> tuple[str, dict[str, Any]]:
    """Return the current name and plain data of an event, one version after the other."""
    while name in table:
        name, change = table[name]
        event = change(event)
    return name, event
