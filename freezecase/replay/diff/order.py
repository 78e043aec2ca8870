"""
Which of two answers is the stricter: an order, piece by piece, of all that follows from a command.

Stricter is what lets less happen, tells the customer less, or wants more of somebody or wants it
sooner. Laxer is the reverse. Two answers of which neither is either are incomparable. So a right
that is gone is stricter and a duty that is gone is laxer; of both, less time is stricter.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Flag
from typing import Any, Final, TypeAlias

import attrs

from freezecase.core import commands as do
from freezecase.core.commands import Command
from freezecase.core.obligations import Demand, Key, Obligation, Then
from freezecase.core.ruling import Lane, Ruling, Telling, Verdict
from freezecase.core.values import Instant, Verification
from freezecase.errors import InvalidValue, NotAllowedNow
from freezecase.policy.policy import Policy
from freezecase.policy.reckon import Reckoner
from freezecase.policy.turn import Turn

__all__ = ["Answered", "Change", "Direction", "Side", "changes"]


class Direction(Flag):
    """Which way an answer differs from another. What goes both ways is incomparable."""

    SAME = 0
    STRICTER = 1
    LAXER = 2
    INCOMPARABLE = 3

    @property
    def mirrored(self) -> "Direction":
        """The way back."""
        return _BACK[self]

    @property
    def word(self) -> str:
        """Its name, as it is printed."""
        return str(self.name).lower()


_BACK: Final = {
    Direction.SAME: Direction.SAME,
    Direction.STRICTER: Direction.LAXER,
    Direction.LAXER: Direction.STRICTER,
    Direction.INCOMPARABLE: Direction.INCOMPARABLE,
}

Answered: TypeAlias = Turn | NotAllowedNow | InvalidValue
"""What came of a command: a turn; or the case was in no position for it, or a fact unknown."""


@attrs.frozen
class Side:
    """What one policy answers."""

    policy: Policy
    answered: Answered


@attrs.frozen
class Change:
    """One piece of the answer that differs: which, which way, and what each policy says."""

    what: str
    direction: Direction
    old: Any
    new: Any


def changes(command: Command, old: Side, new: Side) -> Iterator[Change]:
    """Yield what differs between two answers to one command, each piece that is not the same."""
    heard = old.answered, new.answered
    ranks = _refused(heard[0]), _refused(heard[1])
    if any(ranks):
        yield from _change("ruling", _more(*ranks), *heard)
    elif isinstance(heard[0], Turn) and isinstance(heard[1], Turn):
        yield from _of_rulings(command, heard[0].ruling, heard[1].ruling)
        if heard[0].decided == heard[1].decided:  # else what follows is of something else
            yield from _of_duties(old, new)


def _change(what: str, direction: Direction, old: object, new: object) -> Iterator[Change]:
    if direction is not Direction.SAME:
        yield Change(what, direction, old, new)


def _more(old: Any, new: Any) -> Direction:
    """Return the way from *old* to *new*, of which the greater is the stricter."""
    if old == new:
        return Direction.SAME
    return Direction.STRICTER if old < new else Direction.LAXER


# --- the ruling ----------------------------------------------------------------------------------


def _refused(answered: Answered) -> int:
    """Return how firmly it was refused: not at all, until something is there, or outright."""
    if not isinstance(answered, Turn):
        return 2
    ruling = answered.ruling
    against = {one.verdict for one in ruling.opinions} - {Verdict.ALLOW}
    return 0 if ruling.allowed else 1 if against == {Verdict.REQUIRE} else 2


def _of_rulings(command: Command, old: Ruling, new: Ruling) -> Iterator[Change]:
    for name, direction in _PIECES.items():
        one, other = getattr(old, name), getattr(new, name)
        if one != other and (name != "signatures" or isinstance(command, do.ApproveRelease)):
            yield from _change(name, direction(one, other), one, other)


def _checks(old: Iterable[Verification], new: Iterable[Verification]) -> Direction:
    """More checks are stricter; of each, fewer things that may be shown instead."""
    before, after = ({one.kind: set(one.instead) for one in some} for some in (old, new))
    found = _more_of(set(before), set(after))
    for kind in before.keys() & after.keys():
        found |= _more_of(before[kind], after[kind]).mirrored
    return found


def _more_of(old: set[Any], new: set[Any]) -> Direction:
    """Return the way between sets, of which the greater is the stricter."""
    if old == new:
        return Direction.SAME
    if old <= new or new <= old:
        return Direction.STRICTER if old <= new else Direction.LAXER
    return Direction.INCOMPARABLE


def _telling(old: Telling | None, new: Telling | None) -> Direction:
    """To tell less is stricter; where no rule speaks, nothing is kept back."""
    most = len(Telling)
    ranks = (most if one is None else one.rank for one in (old, new))
    return _more(*ranks).mirrored


def _lane(old: Lane | None, new: Lane | None) -> Direction:
    """Work is stricter than none, and urgent work than other; another queue is another matter."""
    if old is None or new is None:
        return Direction.STRICTER if old is None else Direction.LAXER
    if (old.queue, old.skill) != (new.queue, new.skill):
        return Direction.INCOMPARABLE
    return _more(old.priority, new.priority).mirrored


_PIECES: Final[Mapping[str, Callable[[Any, Any], Direction]]] = {
    "signatures": _more,
    "checks": _checks,
    "lane": _lane,
    "telling": _telling,
}
"""What a ruling says beside yes or no, and which is the stricter."""

# --- what is owed --------------------------------------------------------------------------------


def _of_duties(old: Side, new: Side) -> Iterator[Change]:
    """Yield what is owed otherwise after a turn; what stood before and stands is the same."""
    before, after = _owed(old), _owed(new)
    for key in sorted(before.keys() | after.keys()):
        one, other = before.get(key), after.get(key)
        if one != other:
            direction = _duty(one, other, old.policy, new.policy)
            yield from _change(f"owed {' '.join(filter(None, key))}", direction, one, other)


def _owed(side: Side) -> Mapping[Key, Obligation]:
    return side.answered.after.obligations if isinstance(side.answered, Turn) else {}


def _duty(
    old: Obligation | None, new: Obligation | None, old_policy: Policy, new_policy: Policy
) -> Direction:
    if old is None or new is None:
        there: Any = new or old
        came = Direction.STRICTER if old is None else Direction.LAXER
        return came.mirrored if there.demand.right else came
    found = _more(old.due, new.due).mirrored
    if old.demand != new.demand:
        ladders = (_dues(old, old_policy), _dues(new, new_policy))
        found |= _demand(old.demand, new.demand) | _ladder(*ladders)
        found = found or Direction.INCOMPARABLE  # the same today, and said otherwise
    return found


def _demand(old: Demand, new: Demand) -> Direction:
    """Return which demand is the stricter, its times apart."""
    if (old.right, _debtors(old)) != (new.right, _debtors(new)):
        return Direction.INCOMPARABLE
    met = _more_of(set(old.met_by), set(new.met_by)).mirrored
    return met | _more_of(set(old.moot_in), set(new.moot_in)).mirrored | _then(old.then, new.then)


def _then(old: Demand | Then, new: Demand | Then) -> Direction:
    """What stands again is stricter than what lapses; another demand is another matter."""
    if old == new:
        return Direction.SAME
    if isinstance(old, Demand) or isinstance(new, Demand):
        return Direction.INCOMPARABLE
    return Direction.STRICTER if old is Then.LAPSE else Direction.LAXER


def _debtors(demand: Demand) -> tuple[str, ...]:
    return tuple(rung.debtor for rung in demand.ladder)


def _dues(owed: Obligation, policy: Policy) -> list[Instant]:
    """Return when each further rung would be due, were it climbed to when this was opened."""
    reckoner = Reckoner(policy.calendars, owed.opened_at)
    return [reckoner.due(rung.within, owed.opened_at) for rung in owed.demand.ladder[1:]]


def _ladder(old: Iterable[Instant], new: Iterable[Instant]) -> Direction:
    found = Direction.SAME
    for one, other in zip(old, new, strict=False):
        found |= _more(one, other).mirrored
    return found
