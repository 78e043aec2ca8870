"""
How far a suspicion has come, and what may happen next. Pure and total; `MOVES` is the whole table.

No account, no case and no text is in the state: whoever folds a suspicion needs no key, and learns
from it nothing of whose it is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

import attrs

from freezecase.core.actors import is_staff
from freezecase.core.suspicion import (
    AuthorityAnswered,
    Conclusion,
    DisclosureAllowed,
    DisclosureRestricted,
    DisclosureReviewed,
    ReportDeclined,
    ReportFiled,
    SuspicionAssessed,
    SuspicionClosed,
    SuspicionEvent,
    SuspicionRaised,
    TippingOff,
    kind_of,
)
from freezecase.core.values import Instant, Person, Slug
from freezecase.errors import NotAllowedNow

__all__ = [
    "MOVES",
    "OPEN",
    "Restriction",
    "Stage",
    "Suspicion",
    "dues_of",
    "evolve",
    "fold",
    "why_not",
]


class Stage(StrEnum):
    """How far a suspicion has come."""

    UNRAISED = "unraised"
    """Nothing has happened yet."""
    RAISED = "raised"
    """Somebody owes an assessment."""
    ASSESSED = "assessed"
    """Somebody owes the report, or the decision that there is none."""
    REPORTED = "reported"
    DECLINED = "declined"
    """It is not reported; what was assessed is kept."""
    CLOSED = "closed"


OPEN: Final = frozenset({Stage.RAISED, Stage.ASSESSED, Stage.REPORTED})
"""Where something more is expected of a suspicion."""


@attrs.frozen
class Restriction:
    """What is not told under one regime, who decided so, and until when nobody looks again."""

    deciders: frozenset[Person]
    withheld: tuple[Slug, ...]
    review_at: Instant | None
    """Nothing where it is for ever, or where no day is set."""


@attrs.frozen
class Suspicion:
    """One suspicion at one version. Immutable."""

    id: UUID
    """The id of its stream."""
    version: int = 0
    stage: Stage = Stage.UNRAISED
    raised_by: Person | None = None
    regimes: tuple[TippingOff, ...] = ()
    due: Instant | None = None
    """By when it is decided whether it is reported."""
    conclusion: Conclusion | None = None
    assessors: frozenset[Person] = frozenset()
    authorities: frozenset[Slug] = frozenset()
    restricted: Mapping[TippingOff, Restriction] = MappingProxyType({})
    """What is not told, under each regime."""


# --- the moves -----------------------------------------------------------------------------------

Kind: TypeAlias = type[SuspicionEvent]

_UNTOLD: Final[tuple[Kind, ...]] = (DisclosureRestricted, DisclosureReviewed, DisclosureAllowed)
"""What is told and what is not goes on beside, wherever the suspicion stands."""


def _beside(stage: Stage) -> dict[Kind, Stage]:
    return dict.fromkeys((*_UNTOLD, AuthorityAnswered), stage)


MOVES: Final[Mapping[Stage, Mapping[Kind, Stage]]] = {
    Stage.UNRAISED: {
        SuspicionRaised: Stage.RAISED,
    },
    Stage.RAISED: {
        **_beside(Stage.RAISED),
        SuspicionAssessed: Stage.ASSESSED,
    },
    Stage.ASSESSED: {
        **_beside(Stage.ASSESSED),
        SuspicionAssessed: Stage.ASSESSED,  # somebody comes to another conclusion
        ReportFiled: Stage.REPORTED,
        ReportDeclined: Stage.DECLINED,
    },
    Stage.REPORTED: {
        **_beside(Stage.REPORTED),
        ReportFiled: Stage.REPORTED,  # another authority, or what came to light since
        SuspicionClosed: Stage.CLOSED,
    },
    Stage.DECLINED: {
        **_beside(Stage.DECLINED),
        SuspicionAssessed: Stage.ASSESSED,  # something came to light
        SuspicionClosed: Stage.CLOSED,
    },
    Stage.CLOSED: {
        **_beside(Stage.CLOSED),
        SuspicionAssessed: Stage.ASSESSED,
    },
}
"""Every legal move of a suspicion: stage x event -> stage."""

_LANDINGS: Final[Mapping[Kind, Stage]] = {
    kind: to for row in MOVES.values() for kind, to in row.items() if kind not in _beside(to)
}
"""Where what breaks the table leads all the same: each of these leads to one place only."""


def fold(events: Iterable[SuspicionEvent], suspicion: Suspicion) -> Suspicion:
    """Return the suspicion after all *events*, in order. Total: what is on record happened."""
    for event in events:
        suspicion = evolve(suspicion, event)
    return suspicion


def evolve(suspicion: Suspicion, event: SuspicionEvent) -> Suspicion:
    """Return the suspicion after *event*. Total over every kind of event."""
    kind = type(event)
    stage = MOVES[suspicion.stage].get(kind, _LANDINGS.get(kind, suspicion.stage))
    changes = _EFFECTS[kind](suspicion, event)
    return attrs.evolve(suspicion, version=suspicion.version + 1, stage=stage, **changes)


def _raise(_suspicion: Suspicion, event: SuspicionRaised) -> dict[str, Any]:
    return {"raised_by": event.by, "regimes": tuple(event.regimes), "due": event.due}


def _assess(suspicion: Suspicion, event: SuspicionAssessed) -> dict[str, Any]:
    return {"conclusion": event.conclusion, "assessors": suspicion.assessors | {event.by}}


def _report(suspicion: Suspicion, event: ReportFiled) -> dict[str, Any]:
    return {"authorities": suspicion.authorities | {event.authority}}


def _restrict(suspicion: Suspicion, event: DisclosureRestricted) -> dict[str, Any]:
    looks = min(filter(None, (event.review_at, event.expires)), default=None)
    made = Restriction(frozenset({event.by}), tuple(event.withheld), looks)
    return {"restricted": MappingProxyType({**suspicion.restricted, event.regime: made})}


def _review(suspicion: Suspicion, event: DisclosureReviewed) -> dict[str, Any]:
    before = suspicion.restricted.get(event.regime, _NOTHING)
    made = Restriction(before.deciders | {event.by}, before.withheld, event.review_at)
    return {"restricted": MappingProxyType({**suspicion.restricted, event.regime: made})}


_NOTHING: Final = Restriction(frozenset(), (), None)


def _allow(suspicion: Suspicion, event: DisclosureAllowed) -> dict[str, Any]:
    kept = {one: made for one, made in suspicion.restricted.items() if one is not event.regime}
    return {"restricted": MappingProxyType(kept)}


_EFFECTS: Final[Mapping[Kind, Callable[[Suspicion, Any], dict[str, Any]]]] = {
    SuspicionRaised: _raise,
    SuspicionAssessed: _assess,
    ReportFiled: _report,
    ReportDeclined: lambda *_: {},
    AuthorityAnswered: lambda *_: {},
    DisclosureRestricted: _restrict,
    DisclosureReviewed: _review,
    DisclosureAllowed: _allow,
    SuspicionClosed: lambda *_: {},
}
"""What each kind of event changes beside the stage. A test demands every kind."""

# --- what may happen -----------------------------------------------------------------------------


class _Need(NamedTuple):
    holds: Callable[[Suspicion, Any], bool]
    lacking: Callable[[Suspicion, Any], str]
    allows: str


_A_PERSON: Final = _Need(
    lambda _, event: is_staff(event.by),
    lambda _, event: f"`{event.by}` is not of the staff",
    "a person of the staff",
)
_RESTRICTED: Final = _Need(
    lambda suspicion, event: event.regime in suspicion.restricted,
    lambda _, event: f"nothing is withheld under `{event.regime}`",
    "disclosure-restricted",
)

_NOT_FOR_EVER: Final = _Need(
    lambda _, event: event.regime is not TippingOff.ABSOLUTE,
    lambda _, event: f"what is `{event.regime}` is withheld for ever",
    "nothing: it is never told, and needs no other look",
)


def _concluded(conclusion: Conclusion) -> _Need:
    return _Need(
        lambda suspicion, _: suspicion.conclusion is conclusion,
        lambda suspicion, _: f"the assessment says `{suspicion.conclusion}`",
        f"an assessment that says `{conclusion}`",
    )


_NEEDS: Final[Mapping[Kind, tuple[_Need, ...]]] = {
    SuspicionAssessed: (_A_PERSON,),
    ReportFiled: (_A_PERSON, _concluded(Conclusion.REPORT)),
    ReportDeclined: (
        _A_PERSON,
        _concluded(Conclusion.NO_REPORT),
        # POCA 2002 ss.330, 331: whoever suspects tells the nominated officer, who then decides
        _Need(
            lambda suspicion, event: event.by not in {suspicion.raised_by, *suspicion.assessors},
            lambda _, event: f"`{event.by}` raised it, or assessed it",
            "a second person of the staff",
        ),
    ),
    DisclosureRestricted: (
        _A_PERSON,
        _Need(
            lambda suspicion, event: event.regime not in suspicion.restricted,
            lambda _, event: f"something is withheld under `{event.regime}` already",
            "disclosure-reviewed",
        ),
    ),
    DisclosureReviewed: (
        _A_PERSON,
        _RESTRICTED,
        _NOT_FOR_EVER,
    ),
    DisclosureAllowed: (
        _A_PERSON,
        _RESTRICTED,
        _NOT_FOR_EVER,
        _Need(
            lambda suspicion, event: event.by not in suspicion.restricted[event.regime].deciders,
            lambda _, event: f"`{event.by}` decided that it is withheld",
            "a second person of the staff",
        ),
    ),
    SuspicionClosed: (_A_PERSON,),
}
"""What else must hold before it may happen; what is not listed needs its cell in `MOVES` alone."""


def why_not(suspicion: Suspicion, event: SuspicionEvent) -> NotAllowedNow | None:
    """Return why *event* cannot happen to the suspicion now, or nothing."""
    asked, row = kind_of(event), MOVES[suspicion.stage]
    if type(event) not in row:
        position = f"the suspicion is `{suspicion.stage}`"
        return NotAllowedNow(asked=asked, position=position, allowed=map(kind_of, row))
    for need in _NEEDS.get(type(event), ()):
        if not need.holds(suspicion, event):
            position = need.lacking(suspicion, event)
            return NotAllowedNow(asked=asked, position=position, allowed={need.allows})
    return None


def dues_of(suspicion: Suspicion) -> Iterator[tuple[Instant, TippingOff | None]]:
    """Yield when somebody must look at it: whether to report (no regime), or whether to tell."""
    if suspicion.stage in {Stage.RAISED, Stage.ASSESSED} and suspicion.due is not None:
        yield suspicion.due, None
    for regime, restriction in suspicion.restricted.items():
        if restriction.review_at is not None:
            yield restriction.review_at, regime
