"""
The closed registry: every stored name, and the one class that reads it.

Nothing in a database can make Python import anything: a name is looked up here, or is an error.
"""

from collections.abc import Mapping
from typing import Any, Final

from freezecase.core.commands import ASKED_AS, Command
from freezecase.core.events import STORED_AS, CaseEvent
from freezecase.core.streams import STREAM_EVENTS, StreamEvent
from freezecase.errors import UnknownName

__all__ = [
    "BESIDE",
    "COMMANDS",
    "EVENTS",
    "NAMES",
    "RECORD_FORMAT",
    "command_named",
    "event_named",
]

RECORD_FORMAT: Final = 1
"""The version of the layout of stored records, apart from the version of the package."""

EVENTS: Final[Mapping[str, type[CaseEvent]]] = {name: kind for kind, name in STORED_AS.items()}
BESIDE: Final[Mapping[str, type[StreamEvent]]] = {
    name: kind for kind, name in STREAM_EVENTS.items()
}
"""What happens beside the cases: whoever folds cases passes these by."""
NAMES: Final[Mapping[type[Any], str]] = {**STORED_AS, **STREAM_EVENTS}
"""The stored name of each class of events, of cases and beside them."""
COMMANDS: Final[Mapping[str, type[Command]]] = {name: kind for kind, name in ASKED_AS.items()}


def event_named(name: str, where: str) -> type[CaseEvent | StreamEvent]:
    """Return the class of events stored under *name*, or raise `UnknownName` saying *where*."""
    found = EVENTS.get(name) or BESIDE.get(name)
    if found is None:
        raise UnknownName(name, where)
    return found


def command_named(name: str, where: str) -> type[Command]:
    """Return the class of commands stored under *name*, or raise `UnknownName` saying *where*."""
    try:
        return COMMANDS[name]
    except KeyError:
        raise UnknownName(name, where) from None
