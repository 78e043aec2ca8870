"""
What is asked of one case: its records in order, each trusted as far as those before it hold.

Once a record is missing or unreadable, what the rest of the case means is no longer known: its
bytes are still read, but whether they were legal, and what they add up to, is not judged.
"""

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any, Final
from uuid import UUID

import attrs

from freezecase.app.clock import micros_of
from freezecase.app.record import where
from freezecase.app.stores.store import Scanned
from freezecase.core import events as e
from freezecase.core.commands import ImposeFreeze
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.evolve import evolve, unopened
from freezecase.core.needs import why_not
from freezecase.core.state import CaseState
from freezecase.errors import RecordError, UnknownName
from freezecase.replay.by_the_book import Reading, by_the_book
from freezecase.replay.finding import Findings
from freezecase.views.timeline import policy_of
from freezecase.wire.codec import audit_entry
from freezecase.wire.names import BESIDE, EVENTS
from freezecase.wire.shapes import Asked, Entry
from freezecase.wire.upcast import UPCASTS

__all__ = ["BesideAudit", "CaseAudit", "OneStream", "Tally", "reading_of"]


@attrs.define
class Tally:
    """What was met on the way."""

    imported: int = 0
    cases: int = 0
    unsound: int = 0
    """Cases that could not be read whole."""
    beside: int = 0
    """Streams that are no case."""
    kinds: Counter[str] = attrs.field(factory=Counter)
    statuses: Counter[str] = attrs.field(factory=Counter)
    policies: Counter[str] = attrs.field(factory=Counter)


class OneStream:
    """Takes what every stream has: versions one after the other, and records that can be read."""

    def __init__(self, findings: Findings) -> None:
        """Begin with nothing."""
        self._findings = findings
        self._version = self._index = 0

    def follows(self, version: int, index: int, place: str) -> bool:
        """Say whether this is the next version; note it if not, or if the ledger says otherwise."""
        expected = self._version + 1
        if version != expected:
            said = f"version {version}"
            self._findings.note("version-gap", place, said, f"version {expected}")
        if index <= self._index:
            past = f"an index past {self._index}, that of the version before"
            self._findings.note("order-broken", place, f"ledger index {index}", past)
        self._version, self._index = version, index
        return version == expected

    def read(self, name: str, state: bytes, place: str, known: Collection[str]) -> Entry | None:
        """Return what a record says, if its name is one of those *known* in such a stream."""
        if name not in known and name not in UPCASTS:
            said = str(UnknownName(name, place))
            self._findings.note("unknown-name", place, said, "a name of the registry")
            return None
        try:
            return audit_entry(name, state, place)
        except RecordError as error:
            self._findings.note("unreadable", place, str(error), "the one spelling of a record")
        return None


class BesideAudit:
    """Takes the records of one stream that is no case: what stands there was ruled by no policy."""

    def __init__(self, stream: str, findings: Findings, tally: Tally) -> None:
        """Begin with nothing: *stream* is 32 hex digits."""
        self._id, self._tally, self._stream = UUID(stream), tally, OneStream(findings)

    def take(self, row: Scanned) -> None:
        """Look at the next record."""
        index, _recorded_at, _stream, version, name, state = row
        place = where(self._id, version)
        self._stream.follows(version, index, place)
        if self._stream.read(name, state, place, BESIDE) is not None:
            self._tally.kinds[name.rpartition(".v")[0]] += 1

    def end(self) -> None:
        """Count the stream."""
        self._tally.beside += 1


class CaseAudit:
    """Takes the records of one case, in order, and notes what is wrong with them."""

    def __init__(self, case: str, findings: Findings, tally: Tally) -> None:
        """Begin with nothing: *case* is 32 hex digits."""
        self._id = UUID(case)
        self._findings, self._tally = findings, tally
        self._state = unopened(self._id)
        self._events: list[CaseEvent] = []
        self._stream = OneStream(findings)
        self._sound = True
        self._turn: tuple[int, Entry] | None = None
        self._commands: set[UUID] = set()

    def take(self, row: Scanned) -> None:
        """Look at the next record."""
        index, recorded_at, _case, version, name, state = row
        place = where(self._id, version)
        self._sound &= self._stream.follows(version, index, place)
        entry = self._stream.read(name, state, place, EVENTS)
        if entry is None:
            self._sound = False
            return
        self._count(entry)
        if entry.source is None:  # what happened elsewhere was ruled, and allowed, elsewhere
            self._ruled(entry, recorded_at, place)
            if self._sound:
                self._caused(entry, version, place)
                self._legal(entry.event, place)
        if self._sound:
            self._state = evolve(self._state, entry.event)
            self._events.append(entry.event)

    def end(self) -> None:
        """Hold the state that production folds against the rules said a second time."""
        self._tally.cases += 1
        if not self._sound:
            self._tally.unsound += 1
            return
        self._tally.statuses[self._state.status.value] += 1
        folded, told = reading_of(self._state), by_the_book(self._events)
        for field in attrs.fields(Reading):
            ours, theirs = getattr(folded, field.name), getattr(told, field.name)
            if ours != theirs:
                place = f"case `{self._id}`, {field.name}"
                self._note("fold-differs", place, f"folded: {ours}", f"by the book: {theirs}")

    def _note(self, code: str, place: str, said: str, expected: str) -> None:
        self._findings.note(code, place, said, expected)

    def _count(self, entry: Entry) -> None:
        self._tally.kinds[kind_of(entry.event)] += 1
        self._tally.imported += entry.source is not None
        if entry.asked is not None:
            self._tally.policies[policy_of(entry.asked.ruling)] += 1

    def _ruled(self, entry: Entry, recorded_at: int, place: str) -> None:
        """Ask of a record alone whether it agrees with the ruling and the actor it carries."""
        for disagrees, expected in _AGREEMENT:
            said = disagrees(entry, self._id, recorded_at)
            if said:
                self._note("ruling-contradicted", place, said, expected)

    def _caused(self, entry: Entry, version: int, place: str) -> None:
        """Ask whether a record opens a turn, or points to the record that opened it."""
        if entry.asked is not None and entry.cause is None:
            if entry.command_id in self._commands:
                said = f"command `{entry.command_id}` again"
                self._note("command-twice", place, said, "each command once")
            self._commands.add(entry.command_id)
            self._turn = version, entry
            return
        opened, first = self._turn or (0, None)
        if (
            first is None
            or entry.asked is not None
            or (entry.cause, entry.command_id, entry.actor)
            != (opened, first.command_id, first.actor)
        ):
            expected = f"cause {opened or None}, with the command and actor of that version"
            if first is None:
                expected = "a command and its ruling"
            said = f"cause {entry.cause}, command `{entry.command_id}`"
            self._note("turn-broken", place, said, expected)

    def _legal(self, event: CaseEvent, place: str) -> None:
        misfit = why_not(self._state, event)
        if misfit is not None:
            allowed = ", ".join(f"`{one}`" for one in sorted(misfit.allowed)) or "nothing"
            said = f"`{misfit.asked}` while {misfit.position}"
            self._note("event-illegal", place, said, f"one of {allowed}")


def reading_of(state: CaseState) -> Reading:
    """Return what a folded case says of the things that `by_the_book` tells."""
    return Reading(
        status=state.status,
        scope=state.restriction,
        appeal=state.appeal.level if state.appeal else None,
        decided=dict(state.deciders),
        checks={kind: check.stage for kind, check in state.checks.items()},
        promises=frozenset(state.promises),
        obligations={key: owed.due for key, owed in state.obligations.items()},
        lapsed=state.lapsed,
        holds=state.holds,
        owner=state.owner,
        ordered_alone=state.ordered_alone,
        sent=state.sent,
        broken=state.broken,
        bot_replies=state.bot_replies,
    )


_Disagrees = Callable[[Entry, UUID, int], str]
"""Says what is wrong between an entry, the case it stands in, and when it was recorded."""


def _of_ruling(disagrees: Callable[[Asked, Entry, UUID, int], str]) -> _Disagrees:
    """Ask only of records that carry a ruling."""
    return lambda entry, case, at: disagrees(entry.asked, entry, case, at) if entry.asked else ""


def _another(asked: Asked, entry: Entry, _case: UUID, _at: int) -> str:
    by = asked.ruling.by
    return "" if by == entry.actor.person else f"the ruling answers `{by}`"


def _outcome(asked: Asked, entry: Entry, _case: UUID, _at: int) -> str:
    refused = isinstance(entry.event, e.AttemptRefused)
    if refused is not asked.ruling.allowed:
        return ""
    ruled = "allowed" if asked.ruling.allowed else "refused"
    return f"the ruling {ruled} it, and `{kind_of(entry.event)}` followed"


def _elsewhere(asked: Asked, entry: Entry, case: UUID, _at: int) -> str:
    command = asked.command
    about = entry.command_id if isinstance(command, ImposeFreeze) else command.case
    return "" if about == case else f"the command is about case `{about}`"


def _early(asked: Asked, _entry: Entry, _case: UUID, at: int) -> str:
    early = type(at) is int and micros_of(asked.ruling.at) > at  # a row may hold anything
    return f"ruled {asked.ruling.at.isoformat()}, recorded before that" if early else ""


def _signed(entry: Entry, _case: UUID, _at: int) -> str:
    event: Any = entry.event
    by = getattr(event, "by", entry.actor.person)
    return "" if by == entry.actor.person else f"the event names `{by}`"


_AGREEMENT: Final[tuple[tuple[_Disagrees, str], ...]] = (
    (_of_ruling(_another), "the actor of the record"),
    (_of_ruling(_outcome), "what the ruling says"),
    (_of_ruling(_elsewhere), "the case it stands in"),
    (_of_ruling(_early), "a ruling before its record"),
    (_signed, "the actor of the record"),
)
