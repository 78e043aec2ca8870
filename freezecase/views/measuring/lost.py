"""What freezes took for good: funds forfeited, and harm that somebody put on record."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from typing import ClassVar, Final

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.events import kind_of

__all__ = ["Lost", "lost"]


@attrs.frozen(kw_only=True)
class Lost:
    """How often something was lost, and how much of it."""

    cases: int = 0
    times: int = 0
    units: Fraction = Fraction(0)
    """Exact, in units of the asset; 0 where no amount is on record."""

    definition: ClassVar[str] = (
        "funds forfeited and harm recorded in the period, by what the case is closed as, by what "
        "was lost (`funds-forfeited`, or the word that the harm goes by) and by asset (no word: "
        "no amount is on record); each entry counts as it stands, and none is converted"
    )

    @property
    def n(self) -> int:
        """Of how many cases it is."""
        return self.cases


def lost(
    records: Sequence[Record], since: datetime, until: datetime
) -> Iterator[tuple[tuple[str, str], Lost]]:
    """Yield what was lost in one case in a period, by what it was and by asset."""
    found: dict[tuple[str, str], Lost] = {}
    for record in records:
        event = record.event
        if isinstance(event, _LOSSES) and since <= record.occurred_at < until:
            what = event.harm if isinstance(event, e.HarmRecorded) else kind_of(event)
            much = event.amount
            key = what, "" if much is None else much.asset
            before = found.get(key, Lost(cases=1))
            units = Fraction(0) if much is None else Fraction(much.units)
            found[key] = Lost(cases=1, times=before.times + 1, units=before.units + units)
    yield from found.items()


_LOSSES: Final = (e.FundsForfeited, e.HarmRecorded)
