"""
The evidence passport of an account: what was accepted, in any of its cases, and what still holds.

Nobody has to show the same thing twice. But nothing is reused blindly either:

* evidence **holds** from when it passed until its day, or until it expired, failed or was asked for
  anew in the case it was shown for, or any personal data of that case was erased;
* what shows that somebody is there now (`PRESENCE`) holds in its own case only;
* a check that failed in one case is not passed in it by what was shown for another;
* what was asked for again with a reason is asked for: no passport overrules whoever gave it.

Pure: a fold over the records of the cases of one account. The documents themselves stay with the
host, so what is kept of them are the digests.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

import attrs

from freezecase.app.reading import Reader
from freezecase.app.record import Record
from freezecase.app.stores.store import Store
from freezecase.core import events as e
from freezecase.core.commands import PassCheck
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import evolve, unopened
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState, CheckStage
from freezecase.core.values import AccountId, CheckKind, Digest, Person, Verification

__all__ = [
    "PRESENCE",
    "UNSAID",
    "Accepted",
    "Passport",
    "facts",
    "passport",
    "read_passport",
    "reuse",
]

PRESENCE: Final = frozenset({"device", "liveness", "second-factor", "video-call"})
"""Checks that show who is there now. Shown for one case they say nothing of another."""
UNSAID: Final = timedelta(days=365)
"""How long evidence holds of which nobody said how long; industry, and yours to change."""


@attrs.frozen(kw_only=True)
class Accepted:
    """Evidence that settled a check in the customer's favour."""

    check: CheckKind
    """What it settled."""
    shown: CheckKind
    """What was shown: the check itself, or one of its alternatives."""
    case: UUID
    version: int
    """The record that says it passed."""
    digests: tuple[Digest, ...]
    """Of the documents, as they were shown last; none if somebody looked at nothing on file."""
    passed_at: datetime
    by: Person
    relation: str
    """What they were to the case: `@owner`, or else `staff`, `system` or `vendor`."""
    valid_until: datetime | None
    """As it was said; nothing if nobody said."""
    reused_from: UUID | None
    """The case for which it was shown, if that was another one."""
    ended_at: datetime | None = None
    """When it came to an end before its day."""
    ended_by: str = ""
    """The kind of event that ended it, such as `check-expired`."""

    def until(self, unsaid: timedelta = UNSAID) -> datetime:
        """Return the first instant at which it is too old; *unsaid* is for what has no day."""
        return self.valid_until or self.passed_at + unsaid

    def holds(self, at: datetime, *, unsaid: timedelta = UNSAID) -> bool:
        """Say whether it still counts at an instant, as far as is known."""
        ended = self.ended_at is not None and self.ended_at <= at
        return self.passed_at <= at < self.until(unsaid) and not ended


@attrs.frozen(kw_only=True)
class Passport:
    """What the owner of an account has shown, and somebody accepted."""

    account: AccountId
    """Empty, if there is no case."""
    accepted: tuple[Accepted, ...]
    """In the order in which it passed."""
    insisted: frozenset[tuple[UUID, CheckKind]]
    """The checks that were asked for again with a reason, each in its case."""

    def holding(self, at: datetime, *, unsaid: timedelta = UNSAID) -> tuple[Accepted, ...]:
        """Return what still counts at an instant, in the order in which it passed."""
        return tuple(one for one in self.accepted if one.holds(at, unsaid=unsaid))

    def settling(
        self, check: Verification, case: UUID, at: datetime, *, unsaid: timedelta = UNSAID
    ) -> Accepted | None:
        """Return what settles a check of a case without being shown again: what holds longest."""
        kinds = {check.kind, *check.instead}
        found = [
            one
            for one in self.holding(at, unsaid=unsaid)
            if one.shown in kinds and (one.case == case or _travels(one))
        ]
        return max(found, key=lambda one: (one.until(unsaid), one.version), default=None)


def _travels(one: Accepted) -> bool:
    """Say whether it may be reused elsewhere: what was reused is reused from where it was shown."""
    return one.reused_from is None and one.shown not in PRESENCE


def facts(
    passport: Passport,
    checks: Iterable[Verification | str],
    *,
    case: UUID,
    at: datetime,
    unsaid: timedelta = UNSAID,
) -> dict[str, Fact]:
    """
    Return what to tell a `RequestChecks` that names these *checks*: whether any of it is held.

    The gate `shown-is-not-asked-for-again` reads it, and requires a reason.
    """
    asked = (Verification(kind=one) if isinstance(one, str) else one for one in checks)
    held = any(passport.settling(one, case, at, unsaid=unsaid) for one in asked)
    return {"held": "yes" if held else "no"}


def reuse(
    passport: Passport, case: CaseState, at: datetime, *, unsaid: timedelta = UNSAID
) -> tuple[PassCheck, ...]:
    """
    Return the commands that settle the open checks of *case* by what was shown for other cases.

    Each names the case it is reused from, and its day: reusing makes nothing last longer.
    """
    return tuple(_reused(passport, case, at, unsaid))


def _reused(
    passport: Passport, case: CaseState, at: datetime, unsaid: timedelta
) -> Iterator[PassCheck]:
    for kind, check in case.checks.items():
        fresh = check.stage is CheckStage.REQUESTED and not check.failures
        if not fresh or (case.id, kind) in passport.insisted:
            continue
        found = passport.settling(check.verification, case.id, at, unsaid=unsaid)
        if found is not None and found.case != case.id:
            until = found.until(unsaid)
            yield PassCheck(case.id, check=kind, valid_until=until, reused_from=found.case)


# --- made from the records -----------------------------------------------------------------------


def passport(histories: Iterable[Iterable[Record]]) -> Passport:
    """Return the passport of an account, from the records of each of its cases, each in order."""
    read = [_Case.read(records) for records in histories]
    found = sorted((one for case in read for one in case.accepted), key=_passed)
    return Passport(
        account=next((case.state.account for case in read), ""),
        accepted=tuple(found),
        insisted=frozenset((case.state.id, kind) for case in read for kind in case.insisted),
    )


def read_passport(store: Store, account: AccountId) -> Passport:
    """Return the passport of an account in a store, its cases read thoroughly."""
    reader = Reader(store)
    found = passport(reader.history(case) for case in store.cases_of(account))
    return attrs.evolve(found, account=account)


_passed: Final = attrgetter("passed_at", "case", "version")
_NOWHERE: Final = UUID(int=0)


@attrs.define
class _Case:
    """What one case adds to the passport, as far as it was read."""

    state: CaseState = attrs.field(factory=lambda: unopened(_NOWHERE))
    accepted: list[Accepted] = attrs.field(factory=list)
    shown: dict[CheckKind, e.EvidenceSubmitted] = attrs.field(factory=dict)
    insisted: set[CheckKind] = attrs.field(factory=set)

    @classmethod
    def read(cls, records: Iterable[Record]) -> "_Case":
        """Return what the records of one case come to."""
        case = cls()
        for record in records:
            if not case.state.version:
                case.state = unopened(record.case)
            read = _READS.get(type(record.event))
            if read is not None:
                read(case, record, record.event)
            case.state = evolve(case.state, record.event)
        return case

    def end(self, record: Record, kinds: Iterable[CheckKind] | None = None) -> None:
        """End what still counts of these checks; all of it, if none are named."""
        named = None if kinds is None else frozenset(kinds)
        self.accepted = [
            attrs.evolve(one, ended_at=record.occurred_at, ended_by=record.kind)
            if one.ended_at is None and (named is None or one.check in named)
            else one
            for one in self.accepted
        ]


def _ask(case: _Case, record: Record, event: e.ChecksRequested) -> None:
    kinds = {one.kind for one in event.checks}
    case.end(record, kinds)
    case.insisted -= kinds
    if event.reason is not None:
        case.insisted |= kinds
    for kind in kinds:
        case.shown.pop(kind, None)


def _show(case: _Case, _record: Record, event: e.EvidenceSubmitted) -> None:
    case.shown[event.check] = event


def _accept(case: _Case, record: Record, event: e.CheckPassed) -> None:
    shown = case.shown.get(event.check)
    case.accepted.append(
        Accepted(
            check=event.check,
            shown=shown.shown if shown else event.check,
            case=case.state.id,
            version=record.version,
            digests=tuple(one.digest for one in shown.evidence) if shown else (),
            passed_at=record.occurred_at,
            by=event.by,
            relation="@owner" if event.by == case.state.owner else event.by.partition(":")[0],
            valid_until=event.valid_until,
            reused_from=event.reused_from,
        )
    )


def _end_one(case: _Case, record: Record, event: e.CheckFailed | e.CheckExpired) -> None:
    case.end(record, [event.check])
    case.shown.pop(event.check, None)


def _erase(case: _Case, record: Record, _event: e.PersonalDataErased) -> None:
    case.end(record)
    case.shown.clear()


_READS: Final[Mapping[type[CaseEvent], Callable[[_Case, Record, Any], None]]] = {
    e.ChecksRequested: _ask,
    e.EvidenceSubmitted: _show,
    e.CheckPassed: _accept,
    e.CheckFailed: _end_one,
    e.CheckExpired: _end_one,
    e.PersonalDataErased: _erase,
}
