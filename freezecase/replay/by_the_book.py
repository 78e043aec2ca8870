"""
The rules of a frozen account, said a second time, as plainly as possible.

Production keeps a state and changes it event by event, fast. This file keeps nothing: it looks at
the list of what happened and says what follows from it. Each function is one rule, to be read by
whoever answers for the freeze. Where the two disagree, one of them is wrong.

What happened still happened. A history that breaks the rules, such as a release without a freeze,
is read like any other: the newest word counts, and what means nothing where it stands changes
nothing. No rule here refuses.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel
from freezecase.core.events import CaseEvent
from freezecase.core.obligations import SECOND_SIGNATURE, Key
from freezecase.core.state import CheckStage
from freezecase.core.status import Status
from freezecase.core.values import Channel, Instant, Person, Scope, Slug
from freezecase.replay.duties_by_the_book import ABOUT_OWED, duties

__all__ = ["Reading", "by_the_book"]

History = Sequence[CaseEvent]


@attrs.frozen
class Reading:
    """What a history says about the case."""

    status: Status
    scope: Scope | None
    appeal: AppealLevel | None
    """Who hears the open appeal; nothing when none is open."""
    decided: Mapping[int, Person]
    """Who made each decision that can be contested, by the number of its event."""
    checks: Mapping[Slug, CheckStage]
    promises: frozenset[Slug]
    obligations: Mapping[Key, Instant]
    """What is owed, by kind and subject, and when."""
    lapsed: frozenset[Key]
    """The rights whose time passed unused, by kind and subject."""
    holds: frozenset[Slug]
    owner: Person | None
    ordered_alone: Person | None
    """Who ordered a release that nobody else has signed."""
    sent: frozenset[tuple[Slug, Channel]]
    """The notices that are not known to have failed to arrive, and how they were sent."""
    broken: frozenset[Slug]
    bot_replies: int
    """How many answers of a machine came since a person spoke or the case moved."""


def by_the_book(history: History) -> Reading:
    """Return what *history*, the first event first, says about the case."""
    positions = _positions(history)
    obligations, lapsed = duties(history, positions)
    return Reading(
        status=positions[-1],
        scope=None if positions[-1] is Status.CLOSED else _scope(history),
        appeal=_appeal(history),
        decided=_decided(history),
        checks=_checks(history),
        promises=_promises(history),
        obligations=obligations,
        lapsed=lapsed,
        holds=_holds(history),
        owner=_owner(history),
        ordered_alone=_ordered_alone(history),
        sent=_sent(history),
        broken=frozenset(one.promise for one in history if isinstance(one, e.PromiseBroken)),
        bot_replies=_bot_replies(history),
    )


def _newest(history: History, *kinds: type[CaseEvent]) -> CaseEvent | None:
    """Look back through *history* for the newest event of these kinds."""
    return next((event for event in reversed(history) if isinstance(event, kinds)), None)


OVER: Final = (Status.RELEASED, Status.FORFEITED, Status.OFFBOARDED)
"""The freeze itself is over: what an appeal then contests is another decision."""

ALWAYS: Final[Mapping[type[CaseEvent], Status]] = {
    e.FreezeImposed: Status.IN_FORCE,
    e.FreezeUpheld: Status.UPHELD,
    e.ReleaseOrdered: Status.RELEASING,
    e.ReleaseEnforced: Status.RELEASED,
    e.FundsForfeited: Status.FORFEITED,
    e.AccountOffboarded: Status.OFFBOARDED,
    e.CaseClosed: Status.CLOSED,
}
"""Wherever the case stood, this is where it stands now."""

UNLESS_OVER: Final[Mapping[type[CaseEvent], Status]] = {
    e.AppealFiled: Status.APPEALED,
    e.ExternalReviewOpened: Status.APPEALED,
    e.AppealRejected: Status.UPHELD,
    e.ExternalReviewDecided: Status.IN_FORCE,  # the exchange then upholds or releases
}
"""So too, but once the freeze is over it changes nothing of the position."""

AWAY: Final = (Status.APPEALED, Status.CLOSED)
BACK: Final = ((e.AppealWithdrawn, Status.APPEALED), (e.CaseReopened, Status.CLOSED))
"""From there the case goes back to where it stood before it was appealed or closed."""


def _positions(history: History) -> list[Status]:
    """Return where the case stood before anything happened, and after each event."""
    positions = [Status.UNOPENED]
    for event in history:
        positions.append(_position(type(event), positions))
    return positions


def _position(kind: type[CaseEvent], positions: Sequence[Status]) -> Status:
    """Return where an event of *kind* leads a case that stood at these *positions* so far."""
    now = positions[-1]
    if kind in ALWAYS:
        return ALWAYS[kind]
    if kind in UNLESS_OVER and now not in OVER:
        return UNLESS_OVER[kind]
    if kind is e.AppealUpheld and now is not Status.RELEASED:  # nothing is left to lift there
        return Status.RELEASING
    if kind is e.LegalHoldPlaced and now is Status.RELEASING:  # a hold stops a release
        return Status.IN_FORCE
    if kind is e.ScopeWidened and now is not Status.APPEALED:
        return Status.IN_FORCE  # a wider restriction needs its own review
    if kind is e.ScopeNarrowed and now not in (Status.UPHELD, Status.APPEALED):
        return Status.IN_FORCE  # what is left of the freeze goes on
    if (kind, now) in BACK:
        return next(where for where in reversed(positions) if where not in AWAY)
    return now  # all else changes nothing


SAYS_WHAT: Final = (e.FreezeImposed, e.ScopeNarrowed, e.ScopeWidened)
"""Says what is restricted from then on."""


def _scope(history: History) -> Scope | None:
    """Return the restriction that was said last; nothing once the account was freed."""
    last = _newest(history, *SAYS_WHAT, e.ReleaseEnforced)
    return last.scope if isinstance(last, SAYS_WHAT) else None


def _holds(history: History) -> frozenset[Slug]:
    """Return the legal holds that were placed and not lifted since."""
    told = (e.LegalHoldPlaced, e.LegalHoldLifted)
    newest = {event.hold: event for event in history if isinstance(event, told)}
    return frozenset(k for k, event in newest.items() if isinstance(event, e.LegalHoldPlaced))


DECISIONS: Final = (
    *(e.FreezeImposed, e.ScopeWidened, e.FreezeRenewed, e.FreezeUpheld, e.ReleaseRefused),
    *(e.AppealRejected, e.FundsForfeited, e.AccountOffboarded),
)
"""What a customer may contest, and the final failure of a check besides."""


def _decided(history: History) -> dict[int, Person]:
    return {
        number: getattr(event, "by")  # noqa: B009 - the kinds that decide all say who
        for number, event in enumerate(history, start=1)
        if isinstance(event, DECISIONS) or (isinstance(event, e.CheckFailed) and event.final)
    }


def _appeal(history: History) -> AppealLevel | None:
    """Return who hears the appeal: the newest one, if nothing ended it since."""
    ends = (e.AppealUpheld, e.AppealRejected, e.AppealWithdrawn, e.ExternalReviewDecided)
    last = _newest(history, e.AppealFiled, e.ExternalReviewOpened, *ends, e.ReleaseOrdered)
    if isinstance(last, e.AppealFiled):
        return last.level
    return AppealLevel.EXTERNAL_BODY if isinstance(last, e.ExternalReviewOpened) else None


def _checks(history: History) -> dict[Slug, CheckStage]:
    """Return the stage of each check: the newest word on it."""
    stages: dict[Slug, CheckStage] = {}
    for event in history:
        if isinstance(event, e.ChecksRequested):
            stages |= {asked.kind: CheckStage.REQUESTED for asked in event.checks}
        elif isinstance(event, e.EvidenceSubmitted):
            stages[event.check] = CheckStage.SUBMITTED
        elif isinstance(event, e.CheckPassed):
            stages[event.check] = CheckStage.PASSED
        elif isinstance(event, e.CheckFailed):
            stages[event.check] = CheckStage.REFUSED if event.final else CheckStage.FAILED
        elif isinstance(event, e.CheckWaived):
            stages[event.check] = CheckStage.WAIVED
        elif isinstance(event, e.CheckExpired):
            stages[event.check] = CheckStage.EXPIRED
    return stages


def _promises(history: History) -> frozenset[Slug]:
    """Return the promises that are neither kept, broken nor replaced since they were made."""
    told = (e.PromiseMade, e.PromiseKept, e.PromiseBroken, e.PromiseSuperseded)
    newest = {event.promise: event for event in history if isinstance(event, told)}
    return frozenset(k for k, event in newest.items() if isinstance(event, e.PromiseMade))


DROPS_RELEASE: Final = (
    *(e.ReleaseRefused, e.ReleaseEnforced, e.LegalHoldPlaced),
    *(e.ScopeNarrowed, e.ScopeWidened, e.CaseClosed),
)
"""After it a release has to be proposed, and approved, anew."""


def _ordered_alone(history: History) -> Person | None:
    """Return who of the staff ordered what nobody had approved, until a second signature is met."""
    if _newest(history, e.ReleaseOrdered) is None:
        return None
    alone, under_way, approved = None, False, False
    for number, event in enumerate(history):
        if isinstance(event, DROPS_RELEASE):
            under_way = approved = False
        elif isinstance(event, e.ReleaseProposed):
            under_way, approved = True, False
        elif isinstance(event, e.AppealUpheld) and _scope(history[:number]) is not None:
            under_way, approved = True, False  # a release that the appeal orders
        elif isinstance(event, e.ReleaseApproved):
            approved = under_way
        elif isinstance(event, e.ReleaseOrdered):
            alone = event.by if event.by.startswith("staff:") and not approved else alone
            under_way = True
        elif isinstance(event, e.ObligationMet) and event.obligation == SECOND_SIGNATURE:
            alone = None
    return alone


def _owner(history: History) -> Person | None:
    """Return who looks after the case: whoever took it last, and nobody once it is closed."""
    last = _newest(history, e.CaseAssigned, e.HandOverAccepted, e.CaseClosed)
    if isinstance(last, e.HandOverAccepted):
        return last.by
    return last.to if isinstance(last, e.CaseAssigned) else None


def _sent(history: History) -> frozenset[tuple[Slug, Channel]]:
    """Return the notices, and how they were sent, whose newest word is not that they failed."""
    told = (e.NoticeSent, e.DeliveryConfirmed, e.DeliveryFailed)
    newest = {(one.notice, one.channel): one for one in history if isinstance(one, told)}
    return frozenset(k for k, event in newest.items() if not isinstance(event, e.DeliveryFailed))


MOVES_NOTHING: Final = (
    *(e.ContactReceived, e.CustomerContacted, e.ContactCodeChecked, e.HumanRequested),
    *(e.NoticeSent, e.DeliveryConfirmed, e.DeliveryFailed, e.NoticeWithheld),
    *(e.DisclosureUpgraded, e.AttemptRefused, e.HarmRecorded, e.AssignmentFailed),
    *(e.ObligationOpened, *ABOUT_OWED, e.PromiseBroken, e.CheckExpired),
)
"""A case to which only this happened is where it was."""


def _bot_replies(history: History) -> int:
    """Return how many answers of a machine stand at the end, with nothing but talk between."""
    count = 0
    for event in reversed(history):
        if isinstance(event, e.ReplySent) and not event.human:
            count += 1
        elif not isinstance(event, MOVES_NOTHING):
            break
    return count
