"""Who owes what, and since when it is due: obligations and promises over many cases."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import attrs

from freezecase.core.state import CaseState

__all__ = ["Due", "due"]


@attrs.frozen(kw_only=True, order=True)
class Due:
    """Something owed whose time has come."""

    due: datetime
    case: UUID
    account: str
    kind: str
    """What is owed, such as `reply`; `promise` for a promise to the customer."""
    subject: str
    debtor: str
    """Who owes it now: a role, a relation such as `@owner`, or who made the promise."""


def due(cases: Iterable[CaseState], now: datetime) -> tuple[Due, ...]:
    """Return what is due by *now*, longest first."""
    return tuple(sorted(one for case in cases for one in _owed(case) if one.due <= now))


def _owed(case: CaseState) -> Iterable[Due]:
    for (kind, subject), owed in case.obligations.items():
        debtor = owed.demand.ladder[min(owed.rung, len(owed.demand.ladder) - 1)].debtor
        yield _due(case, owed.due, kind, subject, debtor)
    for name, promise in case.promises.items():
        yield _due(case, promise.due, "promise", name, promise.by)


def _due(case: CaseState, due: datetime, kind: str, subject: str, debtor: str) -> Due:
    return Due(
        due=due, case=case.id, account=case.account, kind=kind, subject=subject, debtor=debtor
    )
