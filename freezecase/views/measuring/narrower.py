"""
Where less turned out to do: freezes that were narrowed and never widened again, as facts.

It does not say that anybody was wrong. It says what was stopped, for how long, what happened
meanwhile, and that from then on less was enough. Whether it had been enough at the start is for
whoever reads the case.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.events import kind_of
from freezecase.core.values import Scope
from freezecase.views.projecting import CaseRead

__all__ = ["Narrower", "Step", "narrower"]


class Step(StrEnum):
    """How a freeze became narrower."""

    NARROWED = "narrowed"
    RELEASED_IN_PART = "released-in-part"


@attrs.frozen(kw_only=True, order=True)
class Narrower:
    """A narrower scope that sufficed from then on."""

    case: UUID
    version: int
    """The record by which it became narrower."""
    ground: str = attrs.field(order=False)
    step: Step = attrs.field(order=False)
    before: Scope = attrs.field(order=False)
    after: Scope = attrs.field(order=False)
    stood: timedelta = attrs.field(order=False)
    """How long the wider scope stood."""
    meanwhile: tuple[str, ...] = attrs.field(order=False)
    """What happened in that time that may have changed the picture; none: nothing else changed."""

    definition: ClassVar[str] = (
        "in the period the freeze became narrower, by a narrowing or by a release in part, and in "
        "this case it was not widened after that; meanwhile are the kinds of events between the "
        "wider scope and the narrower one that may have changed what was known"
    )


_NEWS: Final = (
    e.EvidenceSubmitted,
    e.CheckPassed,
    e.CheckFailed,
    e.CheckWaived,
    e.ContactReceived,
    e.AppealFiled,
    e.AppealUpheld,
    e.ExternalReviewDecided,
    e.LegalHoldPlaced,
    e.LegalHoldLifted,
    e.FundsForfeited,
)
"""What may have told somebody that less would do."""


def narrower(case: CaseRead, since: datetime, until: datetime) -> Iterator[Narrower]:
    """Yield each narrowing in a period after which the case was not widened again, in order."""
    seen = _Seen(case)
    for record in case.records:
        event = record.event
        if isinstance(event, _SCOPED):
            seen.scoped(record, event)
        elif isinstance(event, e.ReleaseOrdered):
            seen.ordered = event.leaving is not None
        elif isinstance(event, _NEWS):
            seen.news.append(kind_of(event))
    return (one for at, one in seen.found if since <= at < until)


_SCOPED: Final = (e.FreezeImposed, e.ScopeNarrowed, e.ScopeWidened)


class _Seen:
    """What was said of the scope so far, and since."""

    def __init__(self, case: CaseRead) -> None:
        self.ground = case.state.ground or ""
        self.found: list[tuple[datetime, Narrower]] = []
        self.scope: Scope | None = None
        self.begun = case.begun
        self.news: list[str] = []
        self.ordered = False

    def scoped(
        self, record: Record, event: e.FreezeImposed | e.ScopeNarrowed | e.ScopeWidened
    ) -> None:
        """Take up a scope: less than before sufficed so far, anything else undoes what did."""
        if isinstance(event, e.ScopeNarrowed) and _less(event.scope, self.scope):
            self.found.append((record.occurred_at, self.narrowed(record, event)))
        elif event.scope != self.scope:
            self.found.clear()
        self.scope, self.begun = event.scope, record.occurred_at
        self.news, self.ordered = [], False

    def narrowed(self, record: Record, event: e.ScopeNarrowed) -> Narrower:
        """Return that less sufficed from here on."""
        return Narrower(
            case=record.case,
            version=record.version,
            ground=self.ground,
            step=Step.RELEASED_IN_PART if self.ordered else Step.NARROWED,
            before=self.scope or event.scope,
            after=event.scope,
            stood=max(timedelta(0), record.occurred_at - self.begun),
            meanwhile=tuple(dict.fromkeys(self.news)),
        )


def _less(scope: Scope, than: Scope | None) -> bool:
    return than is not None and scope.within(than) and not than.within(scope)
