"""
What a fold writes on: the fields of `CaseState`, writable, and private to the fold.

A frozen state a event costs about six times as much; so a fold copies the state once, writes on the
copy, and freezes it once at the end. Nobody outside the fold ever sees a draft.
"""

from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

import attrs

from freezecase.core.appeals import AppealLevel, Decision
from freezecase.core.obligations import Key, Obligation
from freezecase.core.state import Appeal, CaseState, OpenCheck, Promise, Release
from freezecase.core.status import Status
from freezecase.core.values import (
    AccountId,
    CaseId,
    Channel,
    Ground,
    Instant,
    Person,
    Scope,
    Slug,
)

__all__ = ["Draft"]

_FIELDS: Final = tuple(field.name for field in attrs.fields(CaseState))
_MAPPINGS: Final = ("withheld", "deciders", "checks", "promises", "obligations")
_NONE: Final[MappingProxyType[Any, Any]] = MappingProxyType({})
_values_of: Final = attrgetter(*_FIELDS)


class Draft:
    """A state that may still be written on. Its fields are those of `CaseState`, tested so."""

    id: CaseId
    version: int
    status: Status
    stood: Status
    account: AccountId
    ground: Ground | None
    incident: Slug | None
    imposed: Scope | None
    scope: Scope | None
    contracted_at: Instant | None
    until: Instant | None
    enforced: bool
    sent: frozenset[tuple[Slug, Channel]]
    unreached: frozenset[tuple[Slug, Channel]]
    withheld: dict[Slug, Instant]
    decision: Decision
    deciders: dict[Decision, Person]
    checks: dict[Slug, OpenCheck]
    owner: Person | None
    offered_to: Person | None
    transfers: int
    human_wanted: bool
    reply_owed: bool
    bot_replies: int
    promises: dict[Slug, Promise]
    broken: frozenset[Slug]
    appeal: Appeal | None
    next_level: AppealLevel | None
    release: Release | None
    ordered_alone: Person | None
    holds: frozenset[Slug]
    obligations: dict[Key, Obligation]
    lapsed: frozenset[Key]
    refused: tuple[str, ...]
    erased: frozenset[Slug]

    def __init__(self, state: CaseState) -> None:
        """Start from *state*, which stays as it is."""
        written = self.__dict__  # all fields at once: loading a case begins here
        written.update(zip(_FIELDS, _values_of(state), strict=True))
        for name in _MAPPINGS:
            written[name] = dict(written[name])

    def frozen(self) -> CaseState:
        """Return what was written, as a state that nobody can write on."""
        values = dict(self.__dict__)
        for name in _MAPPINGS:
            mapping = values[name]
            values[name] = MappingProxyType(dict(mapping)) if mapping else _NONE
        return CaseState(**values)
