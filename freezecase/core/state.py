"""
What a case is at a moment: only what `decide` and the policies read.

Persons appear only in relations (owner, decider, proposer, approvers, reviewer), are compared only
for equality, and are forgotten when they stop mattering. No sealed text is ever here, so a history
whose personal data is erased still folds to the letter.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import attrs

from freezecase.core.appeals import AppealLevel, AppealRoute, Decision
from freezecase.core.obligations import Key, Obligation
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
    Verification,
)

__all__ = [
    "SHOWABLE",
    "Appeal",
    "CaseState",
    "CheckStage",
    "OpenCheck",
    "Promise",
    "Release",
    "unopened",
]


class CheckStage(StrEnum):
    """How far a check has come."""

    REQUESTED = "requested"
    SUBMITTED = "submitted"
    PASSED = "passed"
    FAILED = "failed"
    """To be retried, with a remedy."""
    REFUSED = "refused"
    """Failed for good, with a route of appeal."""
    WAIVED = "waived"
    EXPIRED = "expired"


SETTLED: Final = frozenset({CheckStage.PASSED, CheckStage.WAIVED})
"""Stages in which a check no longer stands in the way."""
SHOWABLE: Final = frozenset({CheckStage.REQUESTED, CheckStage.FAILED, CheckStage.EXPIRED})
"""Stages in which it is for the customer to show something."""


@attrs.frozen
class OpenCheck:
    """One check of the case: what it verifies, how far it has come, how often it failed."""

    verification: Verification
    stage: CheckStage = CheckStage.REQUESTED
    failures: int = 0
    valid_until: Instant | None = None

    @property
    def settled(self) -> bool:
        """Whether it no longer stands in the way."""
        return self.stage in SETTLED


@attrs.frozen
class Promise:
    """A promise to the customer that is neither kept, broken nor superseded yet."""

    due: Instant
    by: Person
    duty: Slug | None = None
    """The kind of obligation whose end keeps it."""


@attrs.frozen
class Appeal:
    """The appeal that is being heard."""

    contests: Decision
    level: AppealLevel
    route: AppealRoute
    reviewer: Person | None = None
    acknowledged: bool = False

    @property
    def outside(self) -> bool:
        """Whether a body outside hears it, and not the exchange."""
        return self.level is AppealLevel.EXTERNAL_BODY


@attrs.frozen
class Release:
    """The release that is being talked about."""

    proposer: Person
    leaving: Scope | None
    approvers: tuple[Person, ...] = ()
    ordered: bool = False


@attrs.frozen
class CaseState:
    """
    One case at one version. Immutable; equal when everything about it is equal.

    Build one with `fold`, read one with `Casebook.case`.
    """

    id: CaseId
    version: int = 0
    """How many records it is folded from; the version of the newest."""
    status: Status = Status.UNOPENED
    stood: Status = Status.UNOPENED
    """Where the case stood before it was appealed or closed."""
    account: AccountId = ""
    ground: Ground | None = None
    incident: Slug | None = None
    imposed: Scope | None = None
    """The restriction as first imposed."""
    scope: Scope | None = None
    """The restriction that was said last; nothing once the account was freed."""
    contracted_at: Instant | None = None
    """When the customer's contract was made; some law goes by that day."""
    until: Instant | None = None
    """When new reasons are due."""
    enforced: bool = False
    """Whether the exchange confirmed that the scope in force binds the account."""
    sent: frozenset[tuple[Slug, Channel]] = frozenset()
    """The notices that were sent, each on which channel, and did not fail to arrive."""
    unreached: frozenset[tuple[Slug, Channel]] = frozenset()
    """The notices that failed to arrive, each on which channel."""
    withheld: Mapping[Slug, Instant] = MappingProxyType({})
    """The notices that were withheld, and when somebody must look again."""
    decision: Decision = 0
    """The newest decision that can be contested: the version that made it. 0 when there is none."""
    deciders: Mapping[Decision, Person] = MappingProxyType({})
    """Who made each decision that can be contested."""
    checks: Mapping[Slug, OpenCheck] = MappingProxyType({})
    owner: Person | None = None
    """Who looks after the case."""
    offered_to: Person | None = None
    """To whom a hand-over was offered that is not accepted yet."""
    transfers: int = 0
    human_wanted: bool = False
    """Whether the customer asked for a person and none has joined yet."""
    reply_owed: bool = False
    """Whether the customer got in touch and nobody answered yet."""
    bot_replies: int = 0
    """How often a machine answered since a person spoke, or the case moved."""
    promises: Mapping[Slug, Promise] = MappingProxyType({})
    broken: frozenset[Slug] = frozenset()
    """The promises that were broken; none is made again in the same words."""
    appeal: Appeal | None = None
    next_level: AppealLevel | None = AppealLevel.INTERNAL_REVIEW
    """Where the next appeal goes; nothing when a legal bar ended the matter."""
    release: Release | None = None
    ordered_alone: Person | None = None
    """Who ordered a release without a second signature, until somebody else signs it too."""
    holds: frozenset[Slug] = frozenset()
    """Legal holds that forbid a release."""
    obligations: Mapping[Key, Obligation] = MappingProxyType({})
    lapsed: frozenset[Key] = frozenset()
    """Rights whose time passed unused. One that was never opened did not lapse."""
    refused: tuple[str, ...] = ()
    """The newest refused attempt, so that a flood of the same is recorded once."""
    erased: frozenset[Slug] = frozenset()
    """Data subjects whose personal data was erased."""

    def __getstate__(self) -> tuple[object, ...]:
        """Let a state travel to another process: views of mappings do not travel."""
        values = (getattr(self, name) for name in attrs.fields_dict(CaseState))
        return tuple(dict(v) if isinstance(v, MappingProxyType) else v for v in values)

    def __setstate__(self, values: tuple[object, ...]) -> None:
        """Arrive, as unwritable as before."""
        for name, value in zip(attrs.fields_dict(CaseState), values, strict=True):
            kept = MappingProxyType(value) if isinstance(value, dict) else value
            object.__setattr__(self, name, kept)

    @property
    def restriction(self) -> Scope | None:
        """What the account cannot do because of this case; a closed case restricts nobody."""
        return None if self.status is Status.CLOSED else self.scope

    @property
    def frozen(self) -> bool:
        """Whether the account is restricted by this case."""
        return self.restriction is not None

    @property
    def promises_owed(self) -> Mapping[Slug, Promise]:
        """The promises that somebody owes: none once closed, though a muddled history has some."""
        return _NONE if self.status is Status.CLOSED else self.promises

    @property
    def told(self) -> frozenset[Slug]:
        """The notices that reached the customer on some channel, as far as anybody knows."""
        return frozenset(notice for notice, _channel in self.sent)

    @property
    def unsettled(self) -> tuple[Slug, ...]:
        """The checks that still stand in the way."""
        return tuple(kind for kind, check in self.checks.items() if not check.settled)


_NONE: Final[Mapping[Slug, Promise]] = MappingProxyType({})


def unopened(case: CaseId) -> CaseState:
    """Return the case before anything happened to it."""
    return CaseState(id=case)
