"""
How each pattern of bad service is found: one pure function a pattern, over the records of one case.

Each reads what happened and in which order, once: no policy, no clock, and nobody's words. None
refuses a history, however strange: what never began is not found to have ended.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.events import CaseEvent
from freezecase.core.values import Person, Slug
from freezecase.policy.standard.serving import CONDUCT, TRANSFERS

__all__ = [
    "Finder",
    "Shown",
    "asked_again",
    "back_again",
    "by_a_person",
    "complained",
    "never_taken",
    "promised_again",
    "raised_twice",
    "reopened",
    "third_transfer",
]

Shown: TypeAlias = tuple[tuple[Record, ...], str]
"""The records that show it, the last of them when it showed; and what they show, in words."""
Finder: TypeAlias = Callable[[Iterable[Record]], Iterator[Shown]]
"""Reads the records of one case, in order, and yields what it finds as it shows."""


# --- from hand to hand ---------------------------------------------------------------------------


def third_transfer(records: Iterable[Record]) -> Iterator[Shown]:
    """Yield each transfer from the third on, with the two before it."""
    newest: deque[Record] = deque(maxlen=TRANSFERS)
    count = 0
    for record in records:
        if isinstance(record.event, e.CaseTransferred):
            count += 1
            newest.append(record)
            if count >= TRANSFERS:
                yield tuple(newest), f"transfer {count}, to `{record.event.to}`"


def back_again(records: Iterable[Record]) -> Iterator[Shown]:
    """
    Yield when a case is sent to somebody who gave it away, with when they did.

    To be sent it is enough: whoever is offered their own case again need not take it.
    """
    gave: dict[Person, Record] = {}
    owner: Person | None = None
    offered: Person | None = None
    for record in records:
        event = record.event
        if not isinstance(event, e.CaseAssigned | e.CaseTransferred | e.HandOverAccepted):
            continue
        to = event.by if isinstance(event, e.HandOverAccepted) else event.to
        if to in gave:
            yield (gave.pop(to), record), f"back with `{to}`, who gave it away"
        if isinstance(event, e.CaseTransferred):
            # a lead who moves somebody else's case gives nothing away
            giver = event.by if owner is None or event.by == offered else owner
            if giver != to:
                gave[giver] = record
            offered = to
        else:
            owner, offered = to, None


def never_taken(records: Iterable[Record]) -> Iterator[Shown]:
    """Yield each transfer that comes before anybody took up the one before it."""
    offer: tuple[Record, Person] | None = None
    for record in records:
        if isinstance(record.event, e.CaseTransferred):
            if offer is not None:
                offered, to = offer
                yield (offered, record), f"`{to}` had not taken it, and it went on"
            offer = record, record.event.to
        elif isinstance(record.event, e.HandOverAccepted | e.CaseAssigned | e.CaseClosed):
            offer = None


# --- the same again ------------------------------------------------------------------------------

_OUTCOMES: Final = (
    e.EvidenceSubmitted,
    e.CheckPassed,
    e.CheckFailed,
    e.CheckWaived,
    e.CheckExpired,
)


def asked_again(after: type[CaseEvent], said: str) -> Finder:
    """Yield each request for a check whose newest outcome is an *after* that still holds."""

    def shows(records: Iterable[Record]) -> Iterator[Shown]:
        newest: dict[Slug, Record] = {}
        for record in records:
            if isinstance(record.event, _OUTCOMES):
                newest[record.event.check] = record
            elif isinstance(record.event, e.ChecksRequested):
                for one in record.event.checks:
                    known = newest.get(one.kind)
                    if known and type(known.event) is after and _holds(known.event, record):
                        yield (known, record), said.format(one.kind)

    return shows


def _holds(outcome: CaseEvent, then: Record) -> bool:
    """Say whether an outcome still held *then*: evidence that passed may be good until a day."""
    until = outcome.valid_until if isinstance(outcome, e.CheckPassed) else None
    return until is None or then.occurred_at < until


def raised_twice(records: Iterable[Record]) -> Iterator[Shown]:
    """
    Yield each contact with the same tags as one before it that no person answered.

    Tags are compared in any order; a contact without tags is about nothing that we know.
    """
    raised: dict[frozenset[Slug], Record] = {}
    for record in records:
        if by_a_person(record.event):
            raised.clear()
        elif isinstance(record.event, e.ContactReceived) and record.event.topics:
            topics = frozenset(record.event.topics)
            if topics in raised:
                words = ", ".join(f"`{one}`" for one in sorted(topics))
                yield (raised[topics], record), f"asked again about {words}, and nobody answered"
            raised[topics] = record


def by_a_person(event: CaseEvent) -> bool:
    """Say whether a person spoke to the customer."""
    return isinstance(event, e.HumanJoined) or (isinstance(event, e.ReplySent) and event.human)


def reopened(records: Iterable[Record]) -> Iterator[Shown]:
    """Yield each reopening, with the closing that it undoes."""
    closed: tuple[Record, Slug] | None = None
    for record in records:
        if isinstance(record.event, e.CaseClosed):
            closed = record, record.event.outcome
        elif isinstance(record.event, e.CaseReopened) and closed is not None:
            ending, outcome = closed
            yield (ending, record), f"closed as `{outcome}`, and open again"
            closed = None


def promised_again(records: Iterable[Record]) -> Iterator[Shown]:
    """Yield each promise made under a name whose promise was broken before."""
    broken: dict[Slug, Record] = {}
    for record in records:
        if isinstance(record.event, e.PromiseBroken):
            broken[record.event.promise] = record
        elif isinstance(record.event, e.PromiseMade) and record.event.promise in broken:
            promise = record.event.promise
            yield (broken.pop(promise), record), f"`{promise}` was broken, and promised again"


def complained(records: Iterable[Record]) -> Iterator[Shown]:
    """Yield each contact in which the customer complains of how somebody behaved."""
    for record in records:
        if isinstance(record.event, e.ContactReceived) and CONDUCT in record.event.topics:
            yield (record,), "the customer complains of how they were treated"
