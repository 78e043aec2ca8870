"""
The history of one case key while it is taken in: its cases so far, and what is recorded of them.

A key begins a further case when a freeze comes after its former case ended. Case ids follow from
log, key and ordinal, so what an earlier import recorded is found without keeping a list of it.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from hashlib import sha1
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from freezecase.app.record import where
from freezecase.app.stores.store import Store
from freezecase.core.draft import Draft
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import unopened, write
from freezecase.core.state import CaseState
from freezecase.wire.codec import read_entry
from freezecase.wire.shapes import Entry

__all__ = ["History", "Ids", "Look", "Mark", "Recorded"]

LOGS: Final = UUID("7d9c1d5e-0c5b-5f0e-9f2b-3a5f2f6f7c11")
"""The name space of imported logs. Never to be changed: ids of cases follow from it."""
_BLANK: Final = unopened(UUID(int=0))


class Ids:
    """The ids that follow from what a log says, so that importing again finds them."""

    def __init__(self, log: str) -> None:
        """Take the name of the log."""
        self._log = uuid5(LOGS, log)
        self._hash = sha1(self._log.bytes, usedforsecurity=False)

    def case(self, key: str, ordinal: int) -> UUID:
        """Return the id of a case: the *ordinal*-th of its key, from 1."""
        return uuid5(self._log, f"case\n{ordinal}\n{key}")

    def command(self, source: str) -> str:
        """Return what stands for a command, the row with this id: `uuid5`, without its detours."""
        hashed = self._hash.copy()
        hashed.update(b"row\n" + source.encode())
        text = hashed.hexdigest()
        variant = "89ab"[int(text[16], 16) & 3]
        return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


class Recorded(NamedTuple):
    """A record of the key in the store."""

    ordinal: int
    entry: Entry
    source: str | None
    """The id of its row; nothing where it came by another way."""


class Mark(NamedTuple):
    """Where a history stood before a row."""

    ordinal: int
    state: CaseState
    last: datetime | None


class History:
    """One case key: the case that is being written, and the records that are already there."""

    def __init__(self, ids: Ids, key: str, first: UUID) -> None:
        """Begin the key's *first* case, with nothing recorded."""
        self.key, self.account = key, ""
        self.ordinal, self.rows = 1, 0
        self.last: datetime | None = None
        """When the newest event of the log happened."""
        self.kinds: dict[str, tuple[int, datetime]] = {}
        """The first row of each kind that answers or is answered: its number and time."""
        self.carried: dict[int, str] = {}
        """The newest filled cell of each column that is read for the whole case."""
        self.met: dict[str, str] = {}
        """The ids of its rows in this file, with their digests."""
        self.known: dict[str, str] = {}
        """The ids of its rows in the store, with their digests."""
        self._ids = ids
        self.tended = False
        """Whether something is recorded of its cases that the log does not say: we work on them."""
        self._recorded: deque[Recorded] = deque()
        self._begin(first)

    def further(self) -> None:
        """Begin a further case of this key."""
        self.ordinal += 1
        self._begin(self._ids.case(self.key, self.ordinal))

    def _begin(self, case: UUID) -> None:
        self.case = case
        self.draft = Draft(_BLANK)
        self.draft.id = case

    def mark(self) -> Mark:
        """Return where it stands, to go back to."""
        return Mark(self.ordinal, self.draft.frozen(), self.last)

    def back_to(self, mark: Mark) -> None:
        """Let what came after *mark* not have happened."""
        self.ordinal, self.case, self.last = mark.ordinal, mark.state.id, mark.last
        self.draft = Draft(mark.state)

    def load(self, store: Store, log: str) -> None:
        """Read what is recorded of the key's cases, to be gone through with its rows."""
        ordinal = 1
        while rows := store.read(self._ids.case(self.key, ordinal)):
            for version, name, state, _index, _recorded_at in rows:
                place = where(self._ids.case(self.key, ordinal), version)
                entry = read_entry(name, state, place)
                source = entry.source
                if source is not None and source.log == log:
                    self.known[source.id] = source.digest
                    self._recorded.append(Recorded(ordinal, entry, source.id))
                else:
                    self._recorded.append(Recorded(ordinal, entry, None))
                    self.tended = True
            ordinal += 1

    def pass_by(self, source: str, look: "Look") -> None:
        """Go through the records up to and with those of a row; none if they are behind already."""
        if all(one.source != source for one in self._recorded):
            return
        while self._recorded[0].source != source:
            self._pass()
        while self._recorded and self._recorded[0].source == source:
            self._pass(look)

    def pass_all(self) -> None:
        """Go through all records that are left: what is new comes after them."""
        while self._recorded:
            self._pass()

    def _pass(self, look: "Look | None" = None) -> None:
        recorded = self._recorded.popleft()
        while self.ordinal < recorded.ordinal:
            self.further()
        event, at = recorded.entry.event, recorded.entry.occurred_at
        if look is not None:
            look(self, event, at)
        if recorded.source is None:
            write(self.draft, event)  # of our own time, which says nothing about the log's
        else:
            self.write(event, at)

    def write(self, event: CaseEvent, at: datetime) -> None:
        """Let *event* have happened."""
        write(self.draft, event)
        self.last = at


Look = Callable[[History, CaseEvent, datetime], None]
"""Looks at an event before it is written."""
