"""How deadlines end: each obligation of a case, followed from its opening to its end."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.obligations import Key, Obligation, key_of
from freezecase.core.state import CaseState

__all__ = ["Deadlines", "counted", "deadlines", "summed"]

C = TypeVar("C")


@attrs.frozen(kw_only=True)
class Deadlines:
    """
    How the deadlines of some obligations ended.

    Each that was opened was met, waived, replaced by another of its kind and subject, let go as
    moot, lapsed as a right, passed on to something else when it was missed, or is open.
    """

    opened: int = 0
    met: int = 0
    waived: int = 0
    replaced: int = 0
    moot: int = 0
    lapsed: int = 0
    """Rights whose time passed unused."""
    passed_on: int = 0
    """Missed on the last rung, and followed by another demand or by nothing."""
    open: int = 0
    missed: int = 0
    """How often the exchange missed one, rung by rung: one duty may be missed several times."""
    missed_by_others: int = 0
    """How often a customer or an authority did."""
    extended: int = 0


def summed(one: C, other: C) -> C:
    """Return the sum of two counts of one kind, each of their numbers for itself."""
    kind: Any = type(one)
    names = attrs.fields_dict(kind)
    return kind(**{name: getattr(one, name) + getattr(other, name) for name in names})  # type: ignore[no-any-return]


def counted(found: dict[str, C], name: str, one: C) -> None:
    """Add a count to those that are known under a name."""
    found[name] = summed(found[name], one) if name in found else one


def deadlines(records: Iterable[Record], state: CaseState) -> dict[str, Deadlines]:
    """Return how the deadlines of one case ended, by what was owed; *state* is what it came to."""
    return _Followed(records).finished(state)


class _Followed:
    """Follows each obligation from its opening to its end."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.found: dict[str, Deadlines] = {}
        self.standing: dict[Key, Obligation] = {}
        self.missed: dict[Key, UUID] = {}
        for record in records:
            follow = _FOLLOWS.get(type(record.event))
            if follow is not None:
                follow(self, record, record.event)

    def count(self, kind: str, one: Deadlines) -> None:
        """Add to what is known of a kind."""
        counted(self.found, kind, one)

    def finished(self, state: CaseState) -> dict[str, Deadlines]:
        """Return the counts; what no longer stands, and nobody ended, was moot."""
        for kind, subject in self.standing:
            still = (kind, subject) in state.obligations
            self.count(kind, Deadlines(open=1) if still else Deadlines(moot=1))
        for kind, _subject in self.missed:
            self.count(kind, Deadlines(passed_on=1))
        return self.found


def _opened(seen: _Followed, record: Record, event: e.ObligationOpened) -> None:
    """Open one, or go on with one that was missed just now."""
    key = key_of(event.obligation)
    climbed = seen.missed.pop(key, None)
    if climbed is not None and climbed != record.command_id:
        seen.count(key[0], Deadlines(passed_on=1))
    if climbed != record.command_id:
        replaced = int(key in seen.standing)
        seen.count(key[0], Deadlines(opened=1, replaced=replaced))
    seen.standing[key] = event.obligation


def _ended(how: Deadlines) -> Callable[[_Followed, Record, Any], None]:
    def follow(seen: _Followed, _record: Record, event: Any) -> None:
        if seen.standing.pop((event.obligation, event.subject), None) is not None:
            seen.count(event.obligation, how)

    return follow


def _missing(seen: _Followed, record: Record, event: e.ObligationMissed) -> None:
    key = event.obligation, event.subject
    owed = seen.standing.pop(key, None)
    if owed is None:
        return
    if owed.demand.right:
        seen.count(key[0], Deadlines(lapsed=1))
        return
    theirs = owed.debtor in {"customer", "authority"}
    seen.count(key[0], Deadlines(missed_by_others=1) if theirs else Deadlines(missed=1))
    seen.missed[key] = record.command_id


def _moved(seen: _Followed, _record: Record, event: e.ObligationExtended) -> None:
    if (event.obligation, event.subject) in seen.standing:
        seen.count(event.obligation, Deadlines(extended=1))


_FOLLOWS: Final[Mapping[type[e.CaseEvent], Callable[[_Followed, Record, Any], None]]] = {
    e.ObligationOpened: _opened,
    e.ObligationMet: _ended(Deadlines(met=1)),
    e.ObligationWaived: _ended(Deadlines(waived=1)),
    e.ObligationMissed: _missing,
    e.ObligationExtended: _moved,
}
