"""What is owed, said a second time, as plainly as possible: the part of the oracle on duties."""

from collections.abc import Sequence
from typing import Final

from freezecase.core import events as e
from freezecase.core.events import CaseEvent
from freezecase.core.obligations import Demand, Key, key_of
from freezecase.core.status import Status
from freezecase.core.values import Instant

__all__ = ["ABOUT_OWED", "duties"]


def duties(
    history: Sequence[CaseEvent], positions: Sequence[Status]
) -> tuple[dict[Key, Instant], frozenset[Key]]:
    """
    Return what is owed, and when, and which rights have lapsed.

    Owed is what was opened, and neither met, missed nor waived since; unless the case came to
    stand where nobody needs it, or stood there already. A right that was missed has lapsed, until
    it is opened anew.
    """
    owed: dict[Key, tuple[Demand, Instant]] = {}
    lapsed: set[Key] = set()
    for event, stood, stands in zip(history, positions[:-1], positions[1:], strict=True):
        if stands is not stood:
            owed = {key: one for key, one in owed.items() if stands not in one[0].moot_in}
        if isinstance(event, e.ObligationOpened):
            new = event.obligation
            if stands not in new.demand.moot_in:
                owed[key_of(new)] = new.demand, new.due
                lapsed -= {key_of(new)}
        elif isinstance(event, ABOUT_OWED) and (event.obligation, event.subject) in owed:
            key = event.obligation, event.subject
            demand, _ = owed.pop(key)
            if isinstance(event, e.ObligationExtended):
                owed[key] = demand, event.due
            elif isinstance(event, e.ObligationMissed) and demand.right:
                lapsed |= {key}
    return {key: due for key, (_, due) in owed.items()}, frozenset(lapsed)


ABOUT_OWED: Final = (
    *(e.ObligationMet, e.ObligationMissed, e.ObligationWaived),
    e.ObligationExtended,
)
"""What can happen to something that is owed; all but the last ends it."""
