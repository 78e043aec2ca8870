"""Cases made by hand, hour by hour from one midnight on."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.commands import RenewFreeze
from freezecase.core.evolve import fold, unopened
from freezecase.core.ruling import Opinion, PolicyRef, Ruling, Verdict
from freezecase.core.values import Ground, Scope
from freezecase.views.projecting import CaseRead
from tests.views.records import record

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=31)
BY = "staff:ana"

Told = tuple[float, e.CaseEvent]
"""An hour after midnight, and what happened then."""


def at(hour: float) -> datetime:
    """So many hours after that midnight."""
    return BEGIN + timedelta(hours=hour)


def case_of(*told: Told, number: int = 1, rules: Sequence[Sequence[str]] = ()) -> CaseRead:
    """A case in which this happened; *rules* decided the turn of each event, where it is said."""
    case = UUID(int=number)
    records = [
        attrs.evolve(_told(n, at(hour), event, rules), case=case)
        for n, (hour, event) in enumerate(told, start=1)
    ]
    state = fold((event for _hour, event in told), unopened(case))
    return CaseRead(id=case, records=tuple(records), state=state, begun=at(told[0][0]))


def _told(
    version: int, when: datetime, event: e.CaseEvent, rules: Sequence[Sequence[str]]
) -> Record:
    if version > len(rules):
        return record(event, version=version, occurred_at=when)
    asked = RenewFreeze(UUID(int=1), reason="looked", until=END)
    return record(
        event, version=version, occurred_at=when, command=asked, ruling=ruled(rules[version - 1])
    )


def ruled(rules: Sequence[str]) -> Ruling:
    """A ruling that these rules decided, against no other."""
    return Ruling(
        allowed=True,
        policy=PolicyRef(name="standard", version=1, digest="sha256:" + "0" * 64),
        by=BY,
        at=BEGIN,
        opinions=tuple(Opinion(rule=rule, verdict=Verdict.ALLOW) for rule in rules),
    )


def frozen(scope: Scope, ground: Ground = Ground.AML_ALERT, **more: str) -> e.FreezeImposed:
    """An account is frozen."""
    return e.FreezeImposed(account="acct-1", ground=ground, scope=scope, by=BY, **more)  # type: ignore[arg-type]


def narrowed(scope: Scope) -> e.ScopeNarrowed:
    """Less is stopped."""
    return e.ScopeNarrowed(scope=scope, by=BY)


def widened(scope: Scope) -> e.ScopeWidened:
    """More is stopped."""
    return e.ScopeWidened(scope=scope, by=BY, reason="more is in danger")


def closed(outcome: str) -> e.CaseClosed:
    """The case is closed as something."""
    return e.CaseClosed(by=BY, outcome=outcome)


ORDERED = e.ReleaseOrdered(by=BY)
FREE = e.ReleaseEnforced()
