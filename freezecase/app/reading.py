"""How cases are read: rows from the store, events from the rows, the case from the events."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

import attrs

from freezecase.app.clock import instant_of, micros_of
from freezecase.app.record import Record, where
from freezecase.app.stores.store import Loaded, Ringing, Scanned, Store
from freezecase.core.checked import refuse
from freezecase.core.draft import Draft
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import fold, unopened, write
from freezecase.core.state import CaseState
from freezecase.errors import NoSuchCase, RecordError, VersionGap
from freezecase.wire.codec import read_event
from freezecase.wire.names import BESIDE

__all__ = ["Reader", "Unread", "events_of", "folded_cases", "instant", "of_cases"]


@attrs.frozen
class Unread:
    """A case that rings and cannot be read: what is known of it, and what is wrong."""

    id: UUID
    account: str
    rang: datetime
    why: str


@attrs.frozen
class Reader:
    """Reads cases from a store."""

    store: Store

    def case(
        self, case: UUID, *, at: datetime | None = None, version: int | None = None
    ) -> CaseState:
        """Return the case now, as recorded at an instant, or at a version."""
        until = None if at is None else micros_of(instant(at, "at"))
        if version is not None and (type(version) is not int or version < 1):
            raise refuse("version", version, "it takes a whole number, 1 or more")
        case = _case_id(case)
        rows = self.store.read(case, upto=version, recorded_upto=until)
        if not rows or (version is not None and rows[-1][0] < version and at is None):
            raise self._none_there(case, at, version)
        return fold(events_of(case, rows), unopened(case))

    def _none_there(self, case: UUID, at: datetime | None, version: int | None) -> NoSuchCase:
        """Say why there is no case to be read: never, not yet, or not so far."""
        newest = self.store.versions([case]).get(case)
        if newest is None:
            return NoSuchCase(case)
        if at is None:
            return NoSuchCase(case, f"version {version}", f"it has versions 1 to {newest}")
        opened = instant_of(self.store.read(case, upto=1)[0][4]).isoformat()
        return NoSuchCase(case, at.isoformat(), f"it was recorded from {opened} on")

    def history(self, case: UUID) -> tuple[Record, ...]:
        """Return every record of the case, in order, read thoroughly."""
        case = _case_id(case)
        rows = self.store.read(case)
        if not rows:
            raise NoSuchCase(case)
        return tuple(Record.of(case, row) for row in tuple(_in_order(case, rows)))

    def cases(self, account: str | None = None) -> Iterator[CaseState]:
        """Return every case in the order of opening, or those of one account."""
        ids = self.ids() if account is None else iter(self.store.cases_of(account))
        return map(self.case, ids)

    def ringing(self, until: datetime) -> Iterator[CaseState | Unread]:
        """
        Return the cases that somebody must look at by an instant, earliest alarm first.

        One that cannot be read is named, and keeps nobody from the others.
        """
        last, after = micros_of(until), None
        while page := self.store.ringing(last, after=after):
            yield from map(self._rung, page)
            after = page[-1].alarm, page[-1].case

    def _rung(self, ringing: Ringing) -> CaseState | Unread:
        try:
            return self.case(ringing.case)
        except (RecordError, NoSuchCase) as error:
            alarm, case, account = ringing
            return Unread(case, account, instant_of(alarm), str(error))

    def ids(self) -> Iterator[UUID]:
        """Return the id of every case in the order of opening, a page at a time."""
        after = 0
        while page := self.store.cases(after):
            yield from (listed.case for listed in page)
            after = page[-1].opened


def _case_id(given: object) -> UUID:
    """Return the id of a case, also from its text, as commands take it."""
    try:
        return given if isinstance(given, UUID) else UUID(str(given))
    except ValueError:
        raise refuse("case", given, "it takes the id of a case, a UUID") from None


def instant(given: object, where: str) -> datetime:
    """Return an instant that a caller handed in, if it is aware."""
    if not isinstance(given, datetime) or given.utcoffset() is None:
        raise refuse(where, given, "it takes an aware instant")
    return given


def events_of(case: UUID, rows: Iterable[Loaded]) -> Iterator[CaseEvent]:
    """Return the events in the rows of a case, whose versions must follow one another."""
    for version, name, state, _index, _recorded_at in _in_order(case, rows):
        yield _read(name, state, case, version)


def _read(name: str, state: bytes, case: UUID | str, version: int) -> CaseEvent:
    """Read an event; only if that fails is it worth saying where it stands."""
    try:
        return read_event(name, state)
    except RecordError:
        return read_event(name, state, where(case, version))


def _in_order(case: UUID, rows: Iterable[Loaded]) -> Iterator[Loaded]:
    """Return the rows of a case as they come, or raise `VersionGap` where one is missing."""
    for expected, row in enumerate(rows, start=1):
        if row[0] != expected:
            raise VersionGap(case, expected, row[0])
        yield row


def of_cases(rows: Iterable[Scanned]) -> Iterator[Scanned]:
    """Return the rows that are of a case, and pass by what happened beside the cases."""
    return (row for row in rows if row[4] not in BESIDE)


def folded_cases(rows: Iterable[Scanned]) -> Iterator[CaseState]:
    """Fold rows that come case by case, one case at a time, in flat memory."""
    draft, current = None, None
    for _index, _recorded_at, case, version, name, state in of_cases(rows):
        if case != current:
            if draft is not None:
                yield draft.frozen()
            draft, current = Draft(unopened(UUID(case))), case
        if draft is None or version != draft.version + 1:
            raise VersionGap(case, 1 if draft is None else draft.version + 1, version)
        write(draft, _read(name, state, case, version))
    if draft is not None:
        yield draft.frozen()
