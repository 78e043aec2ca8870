"""
How much the customer may know of why: one answer for every view that a customer reads.

The rules of disclosure say it when a command is ruled; it holds until a later ruling says another.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from freezecase.app.record import Record
from freezecase.core.ruling import Ruling, Telling
from freezecase.core.state import CaseState
from freezecase.core.values import Ground

__all__ = ["NEVER_TOLD", "cleared_for", "knows_ground"]

NEVER_TOLD: Final = frozenset({Ground.AML_ALERT})
"""
Whatever a policy says, this is not told.

It would tip somebody off: Directive (EU) 2015/849 Art. 39, 31 U.S.C. 5318(g)(2).
"""
_NOTICE: Final = "freeze-imposed"


def knows_ground(case: CaseState, history: Sequence[Record]) -> bool:
    """Say whether the customer was told of the freeze, and may know on which ground it stands."""
    told = _NOTICE in case.told and _NOTICE not in case.withheld
    return told and cleared_for(case, history).rank >= Telling.GROUND.rank


def cleared_for(case: CaseState, history: Sequence[Record]) -> Telling:
    """Return how much the customer may be told of why; of a suspicion no more than is always so."""
    most = Telling.NEUTRAL if case.ground in NEVER_TOLD else Telling.EVIDENCE
    return min(_telling(history), most, key=attrgetter("rank"))


def _telling(history: Sequence[Record]) -> Telling:
    """Return how much may be told, by the newest ruling that allowed something and says so."""
    rulings = (record.ruling for record in reversed(history))
    said = (_said(ruling) for ruling in rulings if ruling is not None and ruling.allowed)
    return next((one for one in said if one is not None), Telling.FACTS)


def _said(ruling: Ruling) -> Telling | None:
    """Return what a ruling says; where a rule broke that might have spoken, what is always true."""
    return Telling.NEUTRAL if ruling.telling is None and ruling.broken else ruling.telling
