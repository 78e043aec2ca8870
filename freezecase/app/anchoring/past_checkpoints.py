"""
What was signed before, held against the store, before anything more is signed.

A store that was put back from a backup, or made anew, does not agree with what others keep. To sign
on would be to sign two histories.
"""

from collections.abc import Sequence

import attrs

from freezecase.app.anchoring.checkpoint_ports import Anchor, Proving
from freezecase.app.anchoring.cosigning import another_history
from freezecase.app.stores.store import Store
from freezecase.errors import InvalidValue
from freezecase.seal.trust import Trust, Vouched, judge

__all__ = ["Past"]

_COPIES = "the store's own copy of a checkpoint"


@attrs.define
class Past:
    """Which checkpoints of before were looked at, and how far the ledger is anchored by them."""

    anchored: int = 0
    """How many records the newest covers that has its quorum and is known outside."""
    _known: int = 0
    _compared: set[str] = attrs.field(factory=set)

    def anchor(self, size: int) -> None:
        """Say that so many records are anchored."""
        self.anchored = max(size, self.anchored)

    def compare(
        self, store: Store, prover: Proving, trust: Trust, anchors: Sequence[Anchor]
    ) -> None:
        """
        Hold each note against the store, once, as soon as it can be read.

        Raises:
            WitnessRefused: the store does not agree with one of them.
            CannotVerify: the ledger has lost what it is made of.

        """
        if _COPIES not in self._compared:
            self._compare_copies(store, prover, trust)
            self._compared.add(_COPIES)
        for anchor in anchors:
            if anchor.name in self._compared:
                continue
            try:
                notes = [*anchor.fetch_all(self._known)]
            except Exception:  # noqa: BLE001, S112 - it is down; it is asked again
                continue
            for note in notes:
                self._hold(_held(store, prover, anchor.name, note, trust), outside=True)
            self._compared.add(anchor.name)

    def _compare_copies(self, store: Store, prover: Proving, trust: Trust) -> None:
        """Go back to the last one that is anchored; where nobody has to sign, only anchors know."""
        for size, note in store.checkpoints():
            vouched = _held(store, prover, _COPIES, note, trust)
            self._hold(vouched, outside=False)
            if vouched is not None and trust.enough(()):
                self._known = max(self.anchored, size - 1)
                return
            if self.anchored:
                self._known = self.anchored
                return

    def _hold(self, vouched: Vouched | None, *, outside: bool) -> None:
        if vouched is not None and vouched.quorum and (outside or vouched.cosigned):
            self.anchor(vouched.checkpoint.size)


def _held(store: Store, prover: Proving, where: str, note: str, trust: Trust) -> Vouched | None:
    """Hold a note against the store; nothing if no trusted log signed it: then it says nothing."""
    try:
        vouched = judge(note, trust)
    except InvalidValue:
        return None
    checkpoint = vouched.checkpoint
    if checkpoint.size > store.size() or prover.root(checkpoint.size) != checkpoint.root:
        raise another_history(store, where, checkpoint)
    return vouched
