"""Policies that nobody should write, and somebody will: no clocks, and clocks that lie."""

from collections.abc import Callable
from datetime import datetime
from itertools import cycle
from typing import Any, Final, NoReturn, cast

import attrs

from freezecase.core import commands as do
from freezecase.core.checked import replace
from freezecase.core.commands import ASKED_AS
from freezecase.core.events import STORED_AS
from freezecase.core.obligations import Demand, Then
from freezecase.core.pending import PENDING
from freezecase.core.status import Status
from freezecase.errors import OverBudget
from freezecase.policy.clock import Clock, Occasion, any_time, ladder
from freezecase.policy.gate import ALLOW, Answer, gate
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.standard import standard

__all__ = ["BREAKS_ON", "ODD", "RUBBISH"]


@gate("anything-goes")
def anything_goes(_question: Question) -> Answer:
    """Everything is allowed, and nothing is owed."""
    return ALLOW


BREAKS_ON: Final = frozenset([*ASKED_AS][::2]) - {do.ImposeFreeze, do.LetTimePass}


@gate("breaks-on-half-of-it", on=BREAKS_ON)
def breaks_on_half_of_it(_question: Question) -> NoReturn:
    """Never gets to an answer."""
    raise ZeroDivisionError


def _raises(_occasion: Occasion) -> NoReturn:
    raise RuntimeError


def _never_ends(_occasion: Occasion) -> NoReturn:
    raise OverBudget("never-ends", seconds=1)


class _Undecided:
    """Neither true nor false."""

    def __bool__(self) -> bool:
        """Cannot say."""
        raise ArithmeticError


RUBBISH: Final[tuple[dict[str, Callable[[Occasion], Any]], ...]] = (
    {"when": _raises},
    {"when": _never_ends},
    {"when": lambda _: _Undecided()},
    {"about": _raises},
    {"about": lambda _: None},
    {"about": lambda _: "two\nlines"},
    {"about": lambda _: "too long" * 100},
    {"about": lambda _: "\ud800"},
    {"at": _raises},
    {"at": lambda _: "tomorrow"},
    {"at": lambda _: datetime(2026, 1, 1)},  # noqa: DTZ001 - as somebody forgets it
    {"at": lambda occasion: occasion.subject},
)
"""What clocks do that do not work: each of these opens nothing, and a repair."""


def _changed(change: Callable[[Clock], Clock]) -> Policy:
    policy = standard()
    return policy.without(*(one.id for one in policy.clocks)).adding(*map(change, policy.clocks))


def _taking_over(*, met_by: tuple[str, ...] = (), **demand: Any) -> Policy:
    """Let whatever happens open something under the name of each row of `PENDING`."""
    return standard().adding(
        *(
            Clock(
                id=f"takes-over-{row}",
                on=STORED_AS,
                about=lambda it: "device" if "check" in row else it.subject,
                demand=Demand(kind=row, ladder=ladder("nobody 2 days"), met_by=met_by, **demand),
            )
            for row in _ROWS
        )
    )


def _with(**demand: Any) -> Policy:
    return _changed(lambda one: attrs.evolve(one, demand=replace(one.demand, **demand)))


_ROWS: Final = [row.what for row in PENDING]
_NEXT_ROW: Final = dict(zip(_ROWS, [*_ROWS[1:], _ROWS[0]], strict=True))
_rubbish: Final = cycle(RUBBISH)

ODD: Final = {
    "anything goes": Policy(name="anything-goes", version=1, rules=(anything_goes,)),
    "clocks that break": _changed(lambda one: attrs.evolve(one, **cast("Any", next(_rubbish)))),
    "clocks that never start": _changed(lambda one: attrs.evolve(one, when=lambda _: False)),
    "clocks that everything starts": _changed(
        lambda one: (
            one
            if one.covers
            else attrs.evolve(one, on=STORED_AS, when=any_time, about=lambda it: it.subject)
        )
    ),
    "rights under the names of duties": _taking_over(right=True, then=Then.LAPSE),
    "duties that nothing meets": _taking_over(),
    "duties that a reply meets": _taking_over(met_by=("reply-sent",)),
    "duties that are always moot": _with(moot_in=tuple(Status)),
    "duties of one name": _with(kind="duty"),
    "duties under the names of others": _changed(
        lambda one: attrs.evolve(
            one, demand=replace(one.demand, kind=_NEXT_ROW.get(one.covers, "reply"))
        )
    ),
    "duties about something else": _changed(
        lambda one: attrs.evolve(one, about=lambda _: "something else")
    ),
    "a gate that breaks": standard().adding(breaks_on_half_of_it),
}
"""Each under what is odd about it."""
