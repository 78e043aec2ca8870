"""
What our recorders share: what is checked before rows are written, and the engine's own way in.

The event-sourcing engine writes through `insert_events`. Were it to use its own SQL there, its
records would have no place in the ledger, so that way leads through the same door as ours.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Self, cast
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, IntegrityError, NotSupportedError

from freezecase.app.clock import fresh_bytes
from freezecase.app.stores.ledger import checked
from freezecase.app.stores.store import KEPT, Appended, Row
from freezecase.errors import (
    Conflict,
    InvalidValue,
    NotOurStore,
    RecordError,
    StoreError,
    VersionGap,
)
from freezecase.seal.leaf import check_origin
from freezecase.wire.names import RECORD_FORMAT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

    from eventsourcing.persistence import StoredEvent

    from freezecase.app.stores.ledger import Found
    from freezecase.app.stores.store import Alarms, Head, Loaded, Settings
    from freezecase.seal.merkle import Hash

__all__ = ["LedgerRecorder"]

FORMAT = "freezecase-store"
LAYOUT = 3  # of the tables; the first had no alarms, the second no headers
SIGNED = {  # what `store_meta` holds, beside the origin
    "format": FORMAT,
    "layout": str(LAYOUT),
    "record_format": str(RECORD_FORMAT),
}
TEXTS = CLEAR, _ = "clear", "sealed"
NAMELESS = "freezecase.invalid"  # no host has that name (RFC 2606): whose log it is, nobody said
PAGE = 1000  # rows a page; more makes no reading faster, and costs memory
FIRST = -(2**63)  # earlier than any alarm


def check_format(meta: Mapping[str, str], where: str) -> None:
    """Refuse a database that says it is not ours, or ours of another day.

    Older tables are not changed in place: a column of alarms with nothing in it would be a store
    in which nobody is ever called, and what belongs there only a reader of the records knows.
    """
    if meta.get("format") != FORMAT:
        raise NotOurStore(f"{where} is no store of freezecase: name another, or an empty one")
    layout, written = int(meta.get("layout", 1)), int(meta.get("record_format", 0))
    for what, found, known in ("layout", layout, LAYOUT), ("record format", written, RECORD_FORMAT):
        if found > known:
            raise StoreError(
                f"{where} was written by a newer freezecase: it has {what} {found}, "
                f"this one reads up to {known}: upgrade freezecase"
            )
    if layout < LAYOUT:
        raise StoreError(
            f"{where} was made by an older freezecase: its tables have layout {layout}, this one "
            f"works with {LAYOUT}: make a new store, or open it with the freezecase that made it"
        )
    if written < 1:
        raise RecordError(f"{where} has lost the format of its records: restore it from a copy")


def signed(settings: Settings) -> dict[str, str]:
    """Return what a new store says of itself: format, name of the log, whether texts are sealed."""
    origin = settings.origin or f"{NAMELESS}/{fresh_bytes(16).hex()}"
    return {**SIGNED, "origin": origin, "texts": TEXTS[settings.sealed]}


def seals(meta: Mapping[str, str], where: str, *, asked: bool) -> bool:
    """Return whether a store seals texts: so it was made, and so it stays."""
    said = meta.get("texts", "")
    if said not in TEXTS:
        raise RecordError(f"{where} has lost whether it seals texts: restore it from a copy")
    if asked and said == CLEAR:
        raise StoreError(
            f"{where} holds texts in the clear, and a key store is of no use to it: make a new "
            "store with `keys`, and import this one into it"
        )
    return said != CLEAR


def origin_in(meta: Mapping[str, str], asked: str | None, where: str) -> str:
    """Return the name of the log that a store is, which is never another than before."""
    try:
        origin = check_origin(meta.get("origin"))
    except InvalidValue as error:
        raise RecordError(f"{where} has lost the name of its log: {error}") from error
    if asked is not None and asked != origin:
        raise StoreError(
            f"{where} is the log `{origin}`, which stands in every header: it cannot be "
            f"opened as `{asked}`"
        )
    return origin


def check_end(size: int, last: int, leaves: int, where: str) -> None:
    """Refuse to go on behind an end of the ledger that somebody moved by hand."""
    for what, ends in ("record", last), ("header", leaves):
        if size != ends:
            raise RecordError(
                f"{where} should end with {what} {size} and ends with {what} {ends}: some were "
                "removed or added by hand, verify the store against a checkpoint before writing "
                "to it"
            )


def beginnings(rows: Sequence[Row]) -> dict[UUID, tuple[int, int]]:
    """Say for each case in *rows* its first version there, and that row's place from 0.

    Raises `VersionGap` unless the versions of each case follow one another.
    """
    begins: dict[UUID, tuple[int, int]] = {}
    newest: dict[UUID, int] = {}
    for place, (case, version, _, _) in enumerate(rows):
        before = newest.get(case)
        if before is None:
            begins[case] = version, place
        if version < 1 or (before is not None and version != before + 1):
            raise VersionGap(case, (before or 0) + 1, version)
        newest[case] = version
    return begins


def openings(
    opened: Iterable[tuple[UUID, str]], begins: Mapping[UUID, tuple[int, int]], alarms: Alarms
) -> list[tuple[int, UUID, str, int | None]]:
    """Say for each opened case the place of its first row, its id, its account and its alarm."""
    found: list[tuple[int, UUID, str, int | None]] = []
    seen: set[UUID] = set()
    for case, account in opened:
        version, place = begins.get(case, (0, 0))
        if version != 1 or case in seen:
            raise InvalidValue(
                "opened", case, "it takes cases, once each, that begin in the same rows"
            )
        found.append((place, case, account, alarms.get(case)))
        seen.add(case)
    return found


def changes(
    alarms: Alarms, begins: Mapping[UUID, tuple[int, int]], opened: Iterable[tuple[UUID, str]]
) -> list[tuple[UUID, int | None]]:
    """Give the alarms of the cases that were not *opened* in the same append."""
    if not alarms:
        return []
    for case in alarms.keys() - begins.keys():
        raise InvalidValue("alarms", case, "it takes cases that have records in the same rows")
    new = {case for case, _ in opened}
    return [(case, alarm) for case, alarm in alarms.items() if case not in new]


def parts(alarms: Alarms) -> Iterator[list[tuple[UUID, int | None]]]:
    """Divide alarms so that no transaction keeps other writers waiting for long."""
    pairs = [*alarms.items()]
    for start in range(0, len(pairs), PAGE):
        yield pairs[start : start + PAGE]


class LedgerRecorder(ApplicationRecorder):
    """An application recorder of the engine that writes to our ledger."""

    where: str
    """The database as errors name it, without any password."""
    origin: str
    """The name of the log."""
    sealed: bool
    """Whether texts are sealed in it."""
    clock: Callable[[], int] | None
    verifying: bool
    """Whether a case that is read is held against the ledger."""

    def as_recorded(self, case: UUID, found: Sequence[Found], *, verify: bool) -> list[Loaded]:
        """Return the records of a case without their headers, held against them before."""
        if not verify or not self.verifying:
            return [row[:5] for row in found]
        loaded, leaf = checked(self.origin, case, found)
        if leaf is not None:
            self.follow({case: (loaded[-1][0], leaf)})
        return loaded

    def follow(self, last: Mapping[UUID, tuple[int, Hash]]) -> None:
        """Take note of the newest record of some cases, where that spares a question later."""

    @abstractmethod
    def append(
        self,
        rows: Sequence[Row],
        *,
        now: int,
        opened: Sequence[tuple[UUID, str]] = (),
        alarms: Alarms = KEPT,
    ) -> Appended:
        """Store all rows or none."""

    @abstractmethod
    def read(
        self,
        case: UUID,
        *,
        after: int = 0,
        upto: int | None = None,
        recorded_upto: int | None = None,
        verify: bool = True,
    ) -> list[Loaded]:
        """Give the records of a case."""

    @abstractmethod
    def head(self) -> Head:
        """Give the end of the ledger."""

    @abstractmethod
    def versions(self, cases: Collection[UUID]) -> dict[UUID, int]:
        """Give the newest version of each of these cases."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        now: int | None = None,
        opened: Sequence[tuple[UUID, str]] = (),
        alarms: Alarms = KEPT,
        **others: Any,
    ) -> Sequence[int]:
        """Append stored events and give their indexes: how `Application.save` gets here.

        What `save` was given by name arrives here: *now*, *opened* and *alarms* as for `append`.
        Raises the engine's `IntegrityError`, caused by our `Conflict`, when a version is taken.
        """
        if others.get("tracking") is not None:
            # The engine's application recorders drop a tracking position without a word.
            raise NotSupportedError("a ledger keeps no tracking positions: keep them in the view")
        rows = [
            Row(cast("UUID", e.originator_id), e.originator_version, e.topic, e.state)
            for e in stored_events
        ]
        try:
            now = self._now() if now is None else now
            first = self.append(rows, now=now, opened=opened, alarms=alarms).first
        except Conflict as taken:
            raise IntegrityError(str(taken)) from taken
        return range(first, first + len(rows))

    def _now(self) -> int:
        if self.clock is None:
            raise StoreError(
                f"{self.where} was opened without a clock: give `now`, or open with one"
            )
        return self.clock()

    def nothing(self) -> Appended:
        """Say where an append of no rows went: nowhere, and nothing was written for it."""
        size, recorded_at = self.head()
        return Appended(size + 1, recorded_at)

    def size(self) -> int:
        """Say how many records there are, which is also the index of the last."""
        return self.head().size

    def known(self, cases: Collection[UUID]) -> set[UUID]:
        """Say which of these cases have records."""
        return set(self.versions(cases))

    def __enter__(self) -> Self:
        """Give the store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Name the kind and the place, never a password."""
        return f"<{type(self).__name__} {self.where}>"
