"""
Which cases are in doubt: what they demand may have changed, and nobody has confirmed it since.

Doubts are read off the ledger, so a crash loses none: whoever starts at zero finds the same ones.
Whoever keeps the position, and starts there, only reads less.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.record import where
from freezecase.app.stores.store import Scanned, Store
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.events import CaseEvent, kind_of
from freezecase.errors import RecordError
from freezecase.wire.codec import read_entry
from freezecase.wire.shapes import Entry

__all__ = ["RAISES", "RECONCILER", "SETTLES", "Doubt", "Doubts"]

RECONCILER: Final = Actor.system("reconciler")
"""Who says on record that the exchange does what a case demands, or fails to."""


def _kinds(*events: type[CaseEvent]) -> frozenset[str]:
    return frozenset(map(kind_of, events))


RAISES: Final = _kinds(
    *(e.FreezeImposed, e.ScopeNarrowed, e.ScopeWidened, e.EnforcementFailed),
    *(e.ReleaseOrdered, e.AppealUpheld, e.CaseClosed, e.CaseReopened),
)
"""
After one of these the exchange may have to do something else than before.

A legal hold that stops a release is none of them: until the release is confirmed, the doubt that
its order raised is there.
"""
SETTLES: Final = _kinds(e.EnforcementConfirmed, e.ReleaseEnforced)
"""What says that it does. Said by somebody else it raises a doubt: we never told the exchange."""
_CLOSED, _FAILED = kind_of(e.CaseClosed), kind_of(e.EnforcementFailed)


@attrs.define
class Doubt:
    """A case in doubt, and how sure it is that the exchange must be told."""

    case: UUID
    since: int
    """The ledger index of the first record that raised it."""
    account: str = ""
    """Nothing until it was looked up."""
    certain: bool = False
    """Whether more happened than a closing, which mostly ends what was lifted before."""
    reported: bool = False
    """Whether it is on record that the exchange fails to do it."""


@attrs.define
class Doubts:
    """The cases in doubt, as far as the ledger was read."""

    store: Store
    read_to: int = 0
    """The index of the last record that was read."""
    found: dict[UUID, Doubt] = attrs.field(factory=dict, init=False)

    @property
    def position(self) -> int:
        """Where to start reading another time so that no doubt is lost."""
        return min((one.since for one in self.found.values()), default=self.read_to + 1) - 1

    def follow(self) -> dict[str, list[Doubt]]:
        """Read on to the end of the ledger, and return all doubts by account."""
        for raw in self.store.scan(self.read_to):
            kind = raw[4].rpartition(".")[0]
            if kind in SETTLES or kind in RAISES:
                self._note(kind, raw)
            self.read_to = raw[0]
        self._look_up()
        return self.by_account()

    def by_account(self) -> dict[str, list[Doubt]]:
        """Return the doubts of each account that has any."""
        found: dict[str, list[Doubt]] = {}
        for doubt in self.found.values():
            found.setdefault(doubt.account, []).append(doubt)
        return found

    def settle(self, doubts: Iterable[Doubt]) -> None:
        """Let go of some."""
        for doubt in doubts:
            del self.found[doubt.case]

    def _note(self, kind: str, raw: Scanned) -> None:
        case = UUID(raw[2])
        entry = None if kind in RAISES and kind != _FAILED else _entry(raw)
        ours = entry is not None and entry.actor.person == RECONCILER.person
        taken_in = entry is not None and entry.source is not None  # it was so before we came
        if kind in SETTLES and (ours or taken_in):
            self.found.pop(case, None)
            return
        doubt = self.found.setdefault(case, Doubt(case, raw[0]))
        doubt.certain |= kind != _CLOSED
        doubt.reported |= kind == _FAILED and ours

    def _look_up(self) -> None:
        """Find the account of each case in doubt; what is not listed is no case."""
        for doubt in [one for one in self.found.values() if not one.account]:
            opened = self.store.read(doubt.case, upto=1, verify=False)[0][3]
            listed = [one for one in self.store.cases(opened - 1, 1) if one.case == doubt.case]
            if listed:
                doubt.account = listed[0].account
            else:
                del self.found[doubt.case]


def _entry(raw: Scanned) -> Entry | None:
    """Return what a record says; nothing if it cannot be read, which proves nothing."""
    try:
        return read_entry(raw[4], raw[5], where(raw[2], raw[3]))
    except RecordError:
        return None
