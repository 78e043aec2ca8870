"""
The packet of a hand-over: all that whoever takes a case has to know, so that nobody asks again.

A pure fold over the records of one case. As a value it is for programs; `packet_in_words` says it
so that it fits into the `packet` of a `TransferCase`. It is for staff, and holds what its reader is
cleared for; a customer reads the customer view.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.checked import refuse
from freezecase.core.events import STORED_AS, CaseEvent
from freezecase.core.evolve import evolve, unopened
from freezecase.core.moves import DESK, IDLE, VERIFY
from freezecase.core.pending import covering, pending
from freezecase.core.state import CaseState
from freezecase.core.values import Audience, Channel, Slug
from freezecase.views.packet_parts import (
    Failure,
    Known,
    Packet,
    PacketCheck,
    PacketPromise,
    Said,
)
from freezecase.views.sentences import sentence
from freezecase.views.telling import SEALED, Telling, may_read, scope
from freezecase.views.whose_move import Move, moves_owed

__all__ = ["packet"]


def packet(records: Iterable[Record], *, reader: Audience = Audience.OPERATIONS) -> Packet:
    """
    Return the packet of a case, from all its *records* in order, for a reader on the staff.

    Raises:
        InvalidValue: the reader is the customer, or there are no records.

    """
    if reader is Audience.CUSTOMER:
        raise refuse("reader", reader, "an audience of the staff; customers read a customer view")
    told = tuple(records)
    if not told:
        raise refuse("records", "none", "at least the record that opened the case")
    gathered = _gathered(told, reader)
    state = gathered.state
    return Packet(
        case=state.id,
        account=state.account,
        reader=reader,
        status=state.status,
        ground=state.ground,
        restricted=scope(state.restriction),
        owner=state.owner,
        offered_to=state.offered_to,
        known=tuple(gathered.known),
        checks=tuple(_checks(gathered)),
        promises=tuple(sorted(_promises(gathered), key=attrgetter("due", "promise"))),
        owed=tuple(sorted(moves_owed(state), key=_urgency)),
        said=tuple(gathered.said),
        failed=tuple(_failed(gathered)),
    )


def _urgency(move: Move) -> tuple[bool, bool, float]:
    return move.right, move.due is None, 0 if move.due is None else move.due.timestamp()


# --- one pass over the records -------------------------------------------------------------------

_MOVED: Final = (frozenset(STORED_AS) - {*IDLE, *DESK, *VERIFY, e.HumanJoined}) | {
    *(e.CaseTransferred, e.Escalated, e.HarmRecorded, e.NoticeWithheld),
}
"""What moved the case, and what is done beside that everybody has to know."""


@attrs.define
class _Gathered:
    """What the records tell, as far as they were read."""

    state: CaseState
    known: list[Known] = attrs.field(factory=list)
    said: list[Said] = attrs.field(factory=list)
    shown: dict[Slug, list[tuple[Slug, datetime]]] = attrs.field(factory=dict)
    promised: dict[Slug, tuple[e.PromiseMade, datetime]] = attrs.field(factory=dict)
    nobody_there: dict[Channel, int] = attrs.field(factory=dict)
    not_arrived: dict[tuple[Slug, Channel], int] = attrs.field(factory=dict)
    impostors: dict[Channel, int] = attrs.field(factory=dict)


def _gathered(records: Sequence[Record], reader: Audience) -> _Gathered:
    gathered = _Gathered(unopened(records[0].case))
    for record in records:
        event, telling = record.event, Telling(record, gathered.state, reader)
        if type(event) in _MOVED:
            gathered.known.append(
                Known(at=record.occurred_at, who=telling.who, what=_what(telling))
            )
        if type(event) in _WORDS:
            gathered.said.append(_said(telling))
        note = _NOTES.get(type(event))
        if note is not None:
            note(gathered, event, record.occurred_at)
        gathered.state = evolve(gathered.state, event)
    return gathered


def _what(telling: Telling) -> str:
    """Say what happened; of an earlier hand-over why, for what went along is all in here."""
    if isinstance(telling.event, e.CaseTransferred):
        return f"offered the case to {telling.name(telling.event.to)}{telling.text()}"
    return sentence(telling)


_WORDS: Final[Mapping[type[CaseEvent], str]] = {
    e.ContactReceived: "summary",
    e.CustomerContacted: "summary",
    e.ReplySent: "text",
    e.NoticeSent: "text",
    e.HumanRequested: "",
    e.HumanJoined: "",
}
"""What is said to somebody, and where the words of it are."""


def _said(telling: Telling) -> Said:
    record, event = telling.record, telling.event
    field = _WORDS[type(event)]
    cleared = may_read(telling.reader, SEALED[type(event)].get(field, Audience.CUSTOMER))
    return Said(
        at=record.occurred_at,
        kind=record.kind,
        who=record.actor.person,
        channel=event.channel,
        topics=_topics(event),
        words=getattr(event, field, None) if cleared else None,
        what=f"{telling.who} {sentence(telling)}",
    )


def _topics(event: Any) -> tuple[Slug, ...]:
    """Return what it was about; a notice is about itself."""
    topics: tuple[Slug, ...] = getattr(event, "topics", ())
    return topics or ((event.notice,) if isinstance(event, e.NoticeSent) else ())


def _show(gathered: _Gathered, event: e.EvidenceSubmitted, at: datetime) -> None:
    gathered.shown.setdefault(event.check, []).append((event.shown, at))


def _promise(gathered: _Gathered, event: e.PromiseMade, at: datetime) -> None:
    gathered.promised[event.promise] = event, at


def _try(gathered: _Gathered, event: e.CustomerContacted, _at: datetime) -> None:
    """Count the calls that nobody answered since one was answered on that channel."""
    if event.reached:
        gathered.nobody_there.pop(event.channel, None)
    else:
        tried = gathered.nobody_there.get(event.channel, 0)
        gathered.nobody_there[event.channel] = tried + 1


def _lose(gathered: _Gathered, event: e.DeliveryFailed, _at: datetime) -> None:
    way = event.notice, event.channel
    gathered.not_arrived[way] = gathered.not_arrived.get(way, 0) + 1


def _warn(gathered: _Gathered, event: e.ContactCodeChecked, _at: datetime) -> None:
    if not event.genuine:
        gathered.impostors[event.channel] = gathered.impostors.get(event.channel, 0) + 1


_NOTES: Final[Mapping[type[CaseEvent], Callable[[_Gathered, Any, datetime], None]]] = {
    e.EvidenceSubmitted: _show,
    e.PromiseMade: _promise,
    e.CustomerContacted: _try,
    e.DeliveryFailed: _lose,
    e.ContactCodeChecked: _warn,
}

# --- what stands at the end ----------------------------------------------------------------------


def _checks(gathered: _Gathered) -> Iterator[PacketCheck]:
    state = gathered.state
    owed = {(wait.what, wait.subject): covering(state, wait) for wait in pending(state)}
    for kind, check in state.checks.items():
        shown = gathered.shown.get(kind, [])
        ends = owed.get(("evidence", kind)) or owed.get(("check-review", kind))
        yield PacketCheck(
            check=kind,
            instead=check.verification.instead,
            stage=check.stage,
            failures=check.failures,
            shown=tuple(what for what, _at in shown),
            shown_at=shown[-1][1] if shown else None,
            valid_until=check.valid_until,
            due=ends.due if ends else None,
        )


def _promises(gathered: _Gathered) -> Iterator[PacketPromise]:
    for name, promise in gathered.state.promises_owed.items():
        made, at = gathered.promised.get(name, (None, None))
        yield PacketPromise(
            promise=name,
            due=promise.due,
            by=promise.by,
            made_at=at,
            channel=made.channel if made else None,
            said_in=made.said_in if made else None,
        )


def _failed(gathered: _Gathered) -> Iterator[Failure]:
    """Yield what still is a way that failed: what did arrive since, or was kept, is none."""
    for notice, channel in sorted(gathered.state.unreached):
        times = gathered.not_arrived.get((notice, channel), 1)
        yield Failure(kind="unreached", what=notice, channel=channel, times=times)
    for channel, times in sorted(gathered.nobody_there.items()):
        yield Failure(kind="nobody-there", what=channel, channel=channel, times=times)
    for channel, times in sorted(gathered.impostors.items()):
        yield Failure(kind="impostor", what=channel, channel=channel, times=times)
    for promise in sorted(gathered.state.broken):
        yield Failure(kind="broken", what=promise, channel=None, times=1)
