"""
Causes that repeat: freezes of accounts that had been frozen before, and for the same.

Whoever is frozen twice on one ground was not helped the first time, or was right then and is asked
to prove it anew: a cause to remove, or a rule to repair.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction
from typing import ClassVar
from uuid import UUID

import attrs

from freezecase.app.record import Record
from freezecase.app.stores.store import Store
from freezecase.core.events import FreezeImposed
from freezecase.errors import RecordError
from freezecase.wire.codec import read_entry

__all__ = ["Again", "Earlier", "again", "earlier_in"]

Earlier = Callable[[Record, FreezeImposed], Iterator[str]]
"""Gives the grounds on which an account had been frozen before a freeze, in other cases."""


@attrs.frozen(kw_only=True)
class Again:
    """How many of some freezes were of an account that had been frozen before."""

    freezes: int = 0
    again: int = 0
    same_ground: int = 0
    """Those of an account that had been frozen before on the same ground."""

    definition: ClassVar[str] = (
        "freezes imposed in the period, by ground, and how many of them were of an account on "
        "which another case had imposed a freeze earlier, on any ground or on the same, however "
        "long ago and whether or not it was over; an account is known by its id alone"
    )

    @property
    def n(self) -> int:
        """Of how many freezes it is."""
        return self.freezes

    @property
    def share(self) -> Fraction | None:
        """The share that was of an account frozen before; nothing if there was no freeze."""
        return Fraction(self.again, self.freezes) if self.freezes else None


def again(record: Record, imposed: FreezeImposed, earlier: Earlier) -> Again:
    """Return what one freeze adds; it asks no further once it has found the same ground."""
    before, same = False, False
    for ground in earlier(record, imposed):
        before, same = True, ground == imposed.ground
        if same:
            break
    return Again(freezes=1, again=int(before), same_ground=int(same))


def earlier_in(store: Store, upto: int) -> Earlier:
    """
    Return what looks for earlier freezes in a store, as it stood at an index.

    It looks at the other cases of the one account, by the index that the store keeps of them: at
    none, for most. A case that cannot be read is passed by.
    """

    def earlier(record: Record, imposed: FreezeImposed) -> Iterator[str]:
        this = record.occurred_at, record.index
        for case in store.cases_of(imposed.account):
            found = None if case == record.case else _imposed(store, case, upto)
            if found is not None and found[0] < this:
                yield found[1]

    return earlier


def _imposed(store: Store, case: UUID, upto: int) -> tuple[tuple[datetime, int], str] | None:
    """Return when and where a case imposed its freeze, and on which ground, if anybody can say."""
    for _version, name, state, index, _recorded_at in store.read(case, verify=False):
        try:
            entry = read_entry(name, state)
        except RecordError:
            return None
        if index <= upto and isinstance(entry.event, FreezeImposed):
            return (entry.occurred_at, index), entry.event.ground
    return None
