"""
The erasure of one account's personal data: how far it has come, and what may happen next.

It is asked for, blocked or approved by a second person, begun, done and verified. Whatever breaks
off in between can be finished, and nothing is called erased that is not.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID, uuid5

import attrs

from freezecase.core.actors import ActorKind, is_staff
from freezecase.core.custody import (
    CustodyEvent,
    ErasureApproved,
    ErasureBegun,
    ErasureBlocked,
    ErasureRequested,
    ErasureVerified,
    KeyId,
    RetentionExtended,
    SubjectKeyDestroyed,
    kind_of,
)
from freezecase.core.values import AccountId, Instant, Person, Slug
from freezecase.errors import NotAllowedNow

__all__ = [
    "MOVES",
    "Erasure",
    "ErasureStage",
    "evolve",
    "fold",
    "stream_of",
    "unasked",
    "why_not",
]


class ErasureStage(StrEnum):
    """How far an erasure has come."""

    UNASKED = "unasked"
    """Nobody asked for it; an authority may have said already how long it has to wait."""
    REQUESTED = "requested"
    BLOCKED = "blocked"
    """Something stands in its way; it is looked at again when somebody approves."""
    APPROVED = "approved"
    BEGUN = "begun"
    """Keys are being destroyed."""
    DESTROYED = "destroyed"
    """The keys are gone; nobody has looked yet whether anything still opens."""
    VERIFIED = "verified"


@attrs.frozen
class Erasure:
    """The erasure of one account's personal data at one version. Immutable."""

    id: UUID
    """The id of its stream."""
    version: int = 0
    stage: ErasureStage = ErasureStage.UNASKED
    account: AccountId = ""
    basis: Slug = ""
    requesters: frozenset[Person] = frozenset()
    """Everybody who asked for it since the last one was verified."""
    left: Instant | None = None
    """When the relationship ended, as the request says."""
    extended: Instant | None = None
    """Until when an authority demands that the data be kept."""
    until: Instant | None = None
    why: tuple[Slug, ...] = ()
    """What stood in its way when it was looked at last."""
    approver: Person | None = None
    going: frozenset[KeyId] = frozenset()
    """The keys that are to be destroyed, and whose end is not on record yet."""
    gone: frozenset[KeyId] = frozenset()
    """The keys that were destroyed, ever."""


_STREAMS: Final = UUID("7c5c3e0e-5d3f-5b0a-9f0e-6a1d7a4f2c11")


def stream_of(account: AccountId) -> UUID:
    """Return the id of the stream that holds the erasure of an account: the same one, always."""
    return uuid5(_STREAMS, account)


def unasked(account: AccountId) -> Erasure:
    """Return the erasure of an account before anybody asked for it."""
    return Erasure(id=stream_of(account), account=account)


# --- the moves -----------------------------------------------------------------------------------

Kind: TypeAlias = type[CustodyEvent]
_ASKED: Final = {
    ErasureRequested: ErasureStage.REQUESTED,  # asked again: by somebody else, or with a date
    ErasureBlocked: ErasureStage.BLOCKED,
    ErasureApproved: ErasureStage.APPROVED,
}

MOVES: Final[Mapping[ErasureStage, Mapping[Kind, ErasureStage]]] = {
    ErasureStage.UNASKED: {
        ErasureRequested: ErasureStage.REQUESTED,
        RetentionExtended: ErasureStage.UNASKED,
    },
    ErasureStage.REQUESTED: {
        **_ASKED,
        RetentionExtended: ErasureStage.REQUESTED,
        SubjectKeyDestroyed: ErasureStage.REQUESTED,  # an old key came back, and went again
    },
    ErasureStage.BLOCKED: {
        **_ASKED,
        RetentionExtended: ErasureStage.BLOCKED,
        SubjectKeyDestroyed: ErasureStage.BLOCKED,
    },
    ErasureStage.APPROVED: {
        ErasureBlocked: ErasureStage.BLOCKED,  # a hold, or a new case, since it was approved
        RetentionExtended: ErasureStage.APPROVED,
        ErasureBegun: ErasureStage.BEGUN,
        ErasureVerified: ErasureStage.VERIFIED,  # there was no key to destroy
        SubjectKeyDestroyed: ErasureStage.APPROVED,
    },
    ErasureStage.BEGUN: {
        SubjectKeyDestroyed: ErasureStage.DESTROYED,
    },
    ErasureStage.DESTROYED: {
        ErasureBegun: ErasureStage.BEGUN,  # a key was made meanwhile
        SubjectKeyDestroyed: ErasureStage.DESTROYED,
        ErasureVerified: ErasureStage.VERIFIED,
    },
    ErasureStage.VERIFIED: {
        ErasureRequested: ErasureStage.REQUESTED,  # the person came back, and left again
        RetentionExtended: ErasureStage.VERIFIED,
        SubjectKeyDestroyed: ErasureStage.DESTROYED,  # so it has to be verified again
    },
}
"""Every legal move of an erasure: stage x event -> stage."""


def fold(events: Iterable[CustodyEvent], erasure: Erasure) -> Erasure:
    """Return the erasure after all *events*, in order. Total: what is on record happened."""
    for event in events:
        erasure = evolve(erasure, event)
    return erasure


def evolve(erasure: Erasure, event: CustodyEvent) -> Erasure:
    """Return the erasure after *event*; what is of no erasure only counts as a version."""
    effect = _EFFECTS.get(type(event))
    if effect is None:
        return attrs.evolve(erasure, version=erasure.version + 1)
    landing = MOVES[erasure.stage].get(type(event), _LANDINGS.get(type(event), erasure.stage))
    changes = effect(erasure, event)
    return attrs.evolve(erasure, version=erasure.version + 1, stage=landing, **changes)


_LANDINGS: Final[Mapping[Kind, ErasureStage]] = {
    ErasureRequested: ErasureStage.REQUESTED,
    ErasureBlocked: ErasureStage.BLOCKED,
    ErasureApproved: ErasureStage.APPROVED,
    ErasureBegun: ErasureStage.BEGUN,
    SubjectKeyDestroyed: ErasureStage.DESTROYED,
    ErasureVerified: ErasureStage.VERIFIED,
}
"""Where what breaks the table leads all the same."""

_EFFECTS: Final[Mapping[Kind, Callable[[Erasure, Any], dict[str, Any]]]] = {
    ErasureRequested: lambda erasure, event: {
        "account": event.account,
        "basis": event.basis,
        "requesters": _asking(erasure) | {event.by},
        "left": event.left or erasure.left,
        "until": None,
        "why": (),
        "approver": None,
    },
    RetentionExtended: lambda _, event: {"account": event.account, "extended": event.until},
    ErasureBlocked: lambda _, event: {"until": event.until, "why": event.why, "approver": None},
    ErasureApproved: lambda _, event: {"approver": event.by, "until": None, "why": ()},
    ErasureBegun: lambda erasure, event: {"going": erasure.going | {*event.keys}},
    SubjectKeyDestroyed: lambda erasure, event: {
        "going": erasure.going - {*event.keys},
        "gone": erasure.gone | {*event.keys},
    },
    ErasureVerified: lambda _erasure, _event: {},
}


def _asking(erasure: Erasure) -> frozenset[Person]:
    return frozenset() if erasure.stage is ErasureStage.VERIFIED else erasure.requesters


# --- what may happen -----------------------------------------------------------------------------


class _Need(NamedTuple):
    holds: Callable[[Erasure, Any], bool]
    lacking: Callable[[Erasure, Any], str]
    allows: str


_ASKS: Final[Mapping[Kind, str]] = {
    ErasureRequested: "request an erasure",
    RetentionExtended: "extend the retention",
    ErasureBlocked: "block the erasure",
    ErasureApproved: "approve the erasure",
    ErasureBegun: "begin the erasure",
    SubjectKeyDestroyed: "record that keys are gone",
    ErasureVerified: "verify the erasure",
}
"""What somebody does by each event, to be named in a refusal."""

_CUSTOMER: Final = f"{ActorKind.CUSTOMER}:"


_NEEDS: Final[Mapping[Kind, tuple[_Need, ...]]] = {
    ErasureRequested: (
        _Need(
            lambda erasure, event: (
                not event.by.startswith(_CUSTOMER) or event.by == _CUSTOMER + erasure.account
            ),
            lambda erasure, event: f"`{event.by}` is not the customer of `{erasure.account}`",
            "the customer themselves, staff, or a machine",
        ),
    ),
    ErasureApproved: (
        _Need(
            lambda _, event: is_staff(event.by),
            lambda _, event: f"`{event.by}` is not of the staff",
            "a second person of the staff",
        ),
        _Need(
            lambda erasure, event: event.by not in erasure.requesters,
            lambda _, event: f"`{event.by}` asked for it",
            "a second person of the staff",
        ),
        _Need(
            lambda erasure, event: event.by.partition(":")[2] != erasure.account,
            lambda _, event: f"`{event.by}` is whose data it is",
            "a second person of the staff",
        ),
    ),
    RetentionExtended: (
        _Need(
            lambda erasure, event: erasure.extended is None or event.until >= erasure.extended,
            lambda erasure, _: f"it is extended to `{erasure.extended}` already",
            "a later instant",
        ),
    ),
    SubjectKeyDestroyed: (
        _Need(
            lambda erasure, event: erasure.going | erasure.gone >= {*event.keys},
            lambda _erasure, _event: "some of these keys were never to be destroyed",
            "keys that `erasure-begun` named",
        ),
    ),
    ErasureVerified: (
        _Need(
            lambda erasure, _: not erasure.going,
            lambda _erasure, _event: "some keys are still to be destroyed",
            _ASKS[SubjectKeyDestroyed],
        ),
    ),
}
"""What else must hold before it may happen; what is not listed needs its cell in `MOVES` alone."""


def why_not(erasure: Erasure, event: CustodyEvent) -> NotAllowedNow | None:
    """Return why *event* cannot happen to the erasure now, or nothing."""
    asked, row = _ASKS.get(type(event), kind_of(event)), MOVES[erasure.stage]
    if type(event) not in row:
        position = f"the erasure is `{erasure.stage}`"
        return NotAllowedNow(asked=asked, position=position, allowed=[_ASKS[kind] for kind in row])
    for need in _NEEDS.get(type(event), ()):
        if not need.holds(erasure, event):
            position = need.lacking(erasure, event)
            return NotAllowedNow(asked=asked, position=position, allowed={need.allows})
    return None
