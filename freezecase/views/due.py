"""Who owes what, and when it is due: obligations and promises over many cases."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import attrs

from freezecase.app.reading import Unread
from freezecase.core.state import CaseState
from freezecase.policy.owing import REPAIR
from freezecase.views.whose_move import debtor_of

__all__ = ["Due", "due"]


@attrs.frozen(kw_only=True, order=True)
class Due:
    """Something owed whose time has come, or will soon."""

    due: datetime
    case: UUID
    account: str
    kind: str
    """What is owed, such as `reply`; `promise` for a promise to the customer."""
    subject: str
    debtor: str
    """Who owes it now: a role, a relation such as `@owner`, or who made the promise."""
    who: str
    """The debtor by name, where the case knows who that is: `kind:id`; else the role."""
    rung: int = 0
    """How far it has climbed: 0 for the first who owes it."""
    right: bool = False
    """Whether it is a right that lapses, and not a duty."""


def due(cases: Iterable[CaseState | Unread], until: datetime) -> tuple[Due, ...]:
    """
    Return what is due by *until*, longest first.

    Of a case that cannot be read the exchange owes the repair: what else is owed, nobody knows.
    """
    return tuple(sorted(one for case in cases for one in _owed(case) if one.due <= until))


def _owed(case: CaseState | Unread) -> Iterable[Due]:
    if isinstance(case, Unread):
        yield Due(
            due=case.rang,
            case=case.id,
            account=case.account,
            kind=REPAIR,
            subject=case.why,
            debtor="exchange",
            who="exchange",
        )
        return
    for (kind, subject), owed in case.obligations.items():
        yield Due(
            due=owed.due,
            case=case.id,
            account=case.account,
            kind=kind,
            subject=subject,
            debtor=owed.debtor,
            who=debtor_of(case, owed),
            rung=owed.rung,
            right=owed.demand.right,
        )
    for name, promise in case.promises_owed.items():
        yield Due(
            due=promise.due,
            case=case.id,
            account=case.account,
            kind="promise",
            subject=name,
            debtor=promise.by,
            who=promise.by,
        )
