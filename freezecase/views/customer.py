"""
What the owner of an account may see of a case: what we need, what we owe, how to appeal.

Only what the customer is cleared to read goes in: no staff reasons, no names, no rules.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel
from freezecase.core.moves import MOVES
from freezecase.core.state import CaseState, CheckStage
from freezecase.core.status import Status
from freezecase.core.values import Capability, Ground

__all__ = ["CustomerView", "Needed", "Owed", "customer_view"]


@attrs.frozen(kw_only=True)
class Needed:
    """Something we need from the customer, and what may be shown instead."""

    check: str
    instead: tuple[str, ...]
    remedy: str | None
    """What to do differently, if it failed before."""
    received: bool
    """Whether something was shown and is being looked at."""


@attrs.frozen(kw_only=True)
class Owed:
    """Something we owe the customer, and by when."""

    what: str
    due: datetime


@attrs.frozen(kw_only=True)
class CustomerView:
    """The case as its customer may see it."""

    case: UUID
    status: Status
    ground: Ground | None
    """Why, once the customer was told; a suspicion is never shown."""
    restricted: tuple[Capability, ...]
    """What the account cannot do for now; nothing when it is free."""
    we_need: tuple[Needed, ...]
    we_owe: tuple[Owed, ...]
    can_appeal: bool
    contests: int
    """The decision an appeal would contest; pass it to `FileAppeal`."""
    appeal_goes_to: AppealLevel | None
    appeal_open: bool
    human_on_the_way: bool
    """Whether a person was asked for and has not joined yet; anyone may ask with `RequestHuman`."""


def customer_view(case: CaseState, history: Iterable[Record]) -> CustomerView:
    """Return what the owner of the account may see of *case*."""
    appealable = case.next_level is not None and case.decision > 0
    return CustomerView(
        case=case.id,
        status=case.status,
        ground=_told_ground(case),
        restricted=case.restriction.capabilities if case.restriction else (),
        we_need=tuple(_needed(case, history)),
        we_owe=tuple(_owed(case)),
        can_appeal=appealable and case.appeal is None and _takes(case, e.AppealFiled),
        contests=case.decision,
        appeal_goes_to=case.next_level,
        appeal_open=case.appeal is not None,
        human_on_the_way=case.human_wanted,
    )


def _told_ground(case: CaseState) -> Ground | None:
    """Return the ground once the customer was told; a suspicion is never shown, told or not."""
    told = "freeze-imposed" in case.told and "freeze-imposed" not in case.withheld
    return case.ground if told and case.ground not in _NEVER_SHOWN else None


_NEVER_SHOWN: Final = frozenset({Ground.AML_ALERT})
"""Showing it would tip somebody off: Directive (EU) 2015/849 Art. 39, 31 U.S.C. 5318(g)(2)."""

_SHOWN: Final = frozenset({"decision", "human", "reply", "update"})
"""What is owed to the customer; what is owed to anybody else is not for them to see."""


def _takes(case: CaseState, event: type[e.CaseEvent]) -> bool:
    """Say whether the case is in a position in which this may happen."""
    return event in MOVES[case.status]


def _needed(case: CaseState, history: Iterable[Record]) -> Iterable[Needed]:
    remedies = {
        r.event.check: r.event.remedy for r in history if isinstance(r.event, e.CheckFailed)
    }
    for kind, check in case.checks.items() if _takes(case, e.EvidenceSubmitted) else ():
        if not check.settled and check.stage is not CheckStage.REFUSED:
            yield Needed(
                check=kind,
                instead=check.verification.instead,
                remedy=remedies.get(kind) if check.stage is CheckStage.FAILED else None,
                received=check.stage is CheckStage.SUBMITTED,
            )


def _owed(case: CaseState) -> Iterable[Owed]:
    for name, promise in case.promises.items():
        yield Owed(what=name, due=promise.due)
    for (kind, _subject), owed in case.obligations.items():
        if kind in _SHOWN and not owed.demand.right:
            yield Owed(what=kind, due=owed.due)
