"""
What one reader may be told of a case: the only thing a text is made of.

What is kept back is not in here, so no sentence can give it away: two cases that differ only in
what their customers may not know are told in the same bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any, Final

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel
from freezecase.core.checked import replace
from freezecase.core.ruling import Telling
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import Ground, Instant, Scope, Slug, Stated
from freezecase.present.notices.kinds import Kind
from freezecase.present.notices.messages import DEEDS
from freezecase.views.customer import CustomerView, Needed, Owed, customer_view

__all__ = ["Due", "Stand", "Told", "deed_of", "told_of"]


class Stand(StrEnum):
    """Where the customer stands with an appeal."""

    OPEN = "open"
    PENDING = "pending"
    OVER = "over"
    COMPLAINT = "complaint"
    """There is nothing to appeal against; whoever was treated badly still complains."""


@attrs.frozen
class Due:
    """
    A time to come that a text may state: of what is owed, was promised, or is the customer's right.

    Nothing else fills a `{due}`, and only what is owed or promised or a right makes one of these.
    """

    what: Slug
    at: Instant
    promise: Stated | None = None
    """The promise that stating it makes, if it is ours to do and no promise yet."""


@attrs.frozen(kw_only=True)
class Told:
    """All that a text may be made of, for one reader, at one instant."""

    level: Telling
    reference: str
    at: Instant
    since: Instant
    """When what the notice is about happened."""
    machine: bool | None
    """Whether a machine decided it, or a person; nothing where neither did."""
    frozen: bool
    ground: Ground | None
    """Nothing where the reader may not know it."""
    scope: Scope | None
    """What is restricted, or what will be left so."""
    needs: tuple[Needed, ...]
    needs_by: Due | None
    owed: tuple[Due, ...]
    late: int
    """How much is owed whose time has passed."""
    broken: int
    """How many promises were broken."""
    stand: Stand
    appeal_by: Due | None
    heard_outside: bool
    check: str | None
    """The check that failed."""
    final: bool
    """Whether it failed for good."""
    said: str | None
    """What the record holds in words for the customer: a remedy, or the reasons of a decision."""


def told_of(
    kind: Kind,
    case: CaseState,
    history: Sequence[Record],
    *,
    record: Record,
    at: Instant,
    level: Telling,
    promises: Sequence[Stated],
) -> Told:
    """Return what may be told of *case* at *level*, in a notice about *record*."""
    view = customer_view(case, history)
    event: Any = record.event if kind.about else None
    owed = tuple(_owed(kind, case, view, promises))
    window = view.appeal_by and _minute(view.appeal_by)
    return Told(
        level=level,
        reference=str(case.id),
        at=at,
        since=record.occurred_at,
        machine=_MACHINE.get(str(getattr(event, "by", "")).partition(":")[0]),
        frozen=case.frozen,
        ground=case.ground if level.rank >= Telling.GROUND.rank else None,
        scope=_scope(event, case),
        needs=view.we_need,
        needs_by=_needs_by(view, at),
        owed=tuple(one for one in owed if one.at > at),
        late=sum(one.due <= at for one in view.we_owe),
        broken=len(case.broken),
        stand=_stand(case, view),
        appeal_by=Due("appeal", window) if window and window > at else None,
        heard_outside=case.appeal is not None and case.appeal.level is AppealLevel.EXTERNAL_BODY,
        check=getattr(event, "check", None),
        final=getattr(event, "final", False),
        said=getattr(event, "remedy", None) or _reasons(event),
    )


_MACHINE: Final = {"system": True, "staff": False}


def _scope(event: Any, case: CaseState) -> Scope | None:
    """Return what is restricted; of a release that is ordered, what it leaves."""
    if isinstance(event, e.ReleaseOrdered):
        return event.leaving
    return None if isinstance(event, e.AppealUpheld) else case.restriction


def _reasons(event: Any) -> str | None:
    """Return the reasons of a rejected appeal; of anything else they are not for the customer."""
    return event.reason if isinstance(event, e.AppealRejected) else None


def _needs_by(view: CustomerView, at: Instant) -> Due | None:
    """Return by when the first of what we need is due."""
    dues = (_minute(one.due) for one in view.we_need if one.due)
    first = min((due for due in dues if due > at), default=None)
    return Due("evidence", first) if first else None


def _stand(case: CaseState, view: CustomerView) -> Stand:
    if view.appeal_open:
        return Stand.PENDING
    if view.can_appeal and view.appeal_goes_to is not AppealLevel.EXTERNAL_BODY:
        return Stand.OPEN
    stands = case.status in {Status.IN_FORCE, Status.UPHELD}
    return Stand.OVER if stands else Stand.COMPLAINT


def _minute(due: Instant) -> Instant:
    """Return a time as a text states it, to the minute: what is promised is what is said."""
    return due.replace(second=0, microsecond=0)


def deed_of(promise: Slug) -> Slug:
    """Return what a promise is about, by its name: `review` for `review` and for `review-2`."""
    name, _, number = promise.rpartition("-")
    name = name if number.isdigit() else promise
    return name if name in DEEDS else "promise"


def _owed(
    kind: Kind, case: CaseState, view: CustomerView, given: Sequence[Stated]
) -> Iterator[Due]:
    """Yield what we owe, in order of time, each time once: promises, new promises, and duties."""
    promised = [Due(deed_of(one.what), _minute(one.due)) for one in view.we_owe if one.promised]
    anew = [_anew(one) for one in given]
    moved = {one.what for one in anew} | (
        {one.what for one in promised} if kind.asks_time else set()
    )
    duties = [
        one
        for one in view.we_owe
        if not one.promised and one.what not in kind.unsaid and not _met_by_telling(case, one)
    ]
    taken = {*case.promises, *case.broken, *(one.promise for one in given)}
    said = {(one.what, one.at) for one in (*promised, *anew)}
    plain = (
        one for one in duties if one.what not in moved and (one.what, _minute(one.due)) not in said
    )
    yield from sorted((*promised, *anew, *_named(plain, taken)), key=lambda one: (one.at, one.what))


def _anew(given: Stated) -> Due:
    due = _minute(given.due)
    return Due(deed_of(given.promise), due, replace(given, due=due))


def _met_by_telling(case: CaseState, owed: Owed) -> bool:
    """Say whether sending a notice ends it, so that its time says nothing of what comes next."""
    return "notice-sent" in case.obligations[owed.what, owed.about].demand.met_by


def _named(duties: Iterable[Owed], taken: set[str]) -> Iterator[Due]:
    """Yield duties, each with the promise that stating it makes, under a name that is free."""
    seen: set[tuple[str, Instant]] = set()
    for one in duties:
        due = _minute(one.due)
        if (one.what, due) in seen:
            continue
        seen.add((one.what, due))
        name, number = one.what, 2
        while name in taken:
            name, number = f"{one.what}-{number}", number + 1
        taken.add(name)
        yield Due(one.what, due, Stated(promise=name, due=due, duty=one.what))
