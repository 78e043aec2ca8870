"""
Making checkpoints: sign how the ledger stands, have it cosigned, keep it where nobody can undo it.

    checkpointer = Checkpointer(
        store=book.store, prover=Prover(book.store), clock=book.clock,
        signer=signer, witnesses=[regulator, auditor], anchors=[FolderAnchor("/worm")],
    )
    checkpointer.tick()                     # from a loop: makes one if one is due
    checkpointer.make(Occasion.EXPORT)      # at once

A witness that is down stops nothing: records are appended, `standing().unanchored` grows, and from
a limit on `standing().alarm` says why somebody has to be called. A witness that saw **another
history** stops everything: that is `WitnessRefused`, the fork alarm; nothing is signed after it.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import RLock
from typing import Final

import attrs

from freezecase.app.anchoring.checkpoint_draft import (
    Draft,
    Made,
    check_key,
    check_names,
    everybody,
    signed_by,
)
from freezecase.app.anchoring.checkpoint_ports import Anchor, CheckpointSigner, Proving, Witness
from freezecase.app.anchoring.checkpoint_schedule import DUE, Occasion, Schedule, Since, Standing
from freezecase.app.anchoring.cosigning import (
    Overtaken,
    another_history,
    cosigned_by,
    recorded_after,
)
from freezecase.app.anchoring.key_rotation import record_rotation
from freezecase.app.anchoring.past_checkpoints import Past
from freezecase.app.clock import Clock
from freezecase.app.stores.store import Store
from freezecase.core.actors import Actor
from freezecase.core.manifest import LogKeyRotated
from freezecase.errors import CannotVerify, WitnessRefused
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.leaf import Header
from freezecase.seal.merkle import Proof
from freezecase.seal.trust import Trust, judge

__all__ = ["Checkpointer"]

_TRIES: Final = 3
"""How often a newer checkpoint is made because somebody else's came first."""


@attrs.define(kw_only=True)
class Checkpointer:
    """Makes the checkpoints of one store. Threads may share it, and other programs have theirs."""

    store: Store
    prover: Proving
    signer: CheckpointSigner
    clock: Clock
    witnesses: Sequence[Witness] = ()
    anchors: Sequence[Anchor] = ()
    schedule: Schedule = attrs.field(factory=Schedule)
    trust: Trust = attrs.field(default=attrs.Factory(everybody, takes_self=True))
    """Which witnesses are enough; all of them, if not said."""
    last: Made | None = attrs.field(default=None, init=False)
    """What was made last."""
    _lock: RLock = attrs.field(factory=RLock, init=False, repr=False)
    _past: Past = attrs.field(factory=Past, init=False)
    _looked: int = attrs.field(default=0, init=False)
    _upon: Occasion | None = attrs.field(default=None, init=False)
    _draft: Draft | None = attrs.field(default=None, init=False)
    _seen: dict[str, int] = attrs.field(factory=dict, init=False)
    _refused: WitnessRefused | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a key that is not of this log, or that nobody is told to believe."""
        check_key(self.store.origin, self.signer, self.trust)
        check_names(
            [*(one.key.name for one in self.witnesses), *(one.name for one in self.anchors)]
        )

    def tick(self) -> Made | None:
        """
        Make a checkpoint if one is due; call it every second or so.

        Raises:
            WitnessRefused: the fork alarm; raised again and again, until somebody looked into it
                and made another `Checkpointer`.
            StoreError: the store cannot be read or written.

        """
        with self._lock:
            occasion = self.due()
            return None if occasion is None else self.make(occasion)

    def due(self) -> Occasion | None:
        """
        Say why a checkpoint is due now; nothing if none is.

        Raises:
            WitnessRefused: the store is not what a checkpoint says that it was.
            CannotVerify: the ledger has lost a header.
            StoreError: the store cannot be read.

        """
        with self._alarmed():
            self._compare()
            since = self._since()
            if since is None:
                return None
            if since.upon is not None:
                return since.upon
            return next((why for why, is_due in DUE.items() if is_due(self.schedule, since)), None)

    def make(self, occasion: Occasion = Occasion.ASKED) -> Made:
        """
        Make a checkpoint now, of all that is there.

        A witness or an anchor that does not take it is in `.failed`, and raises nothing.

        Raises:
            WitnessRefused: the fork alarm; nothing is signed after it.
            InvalidValue: the signer signed something else.
            StoreError: the store cannot be read or written.

        """
        return self._make(occasion, self.signer)

    def standing(self) -> Standing:
        """
        Say how much is anchored, how much is not, and whether somebody has to be called.

        Raises:
            StoreError: the store cannot be read.

        """
        with self._lock:
            with suppress(WitnessRefused):
                self._compare()
            size = self.store.size()
            try:
                since = recorded_after(self.store, self._past.anchored, size)
            except CannotVerify as lost:
                return Standing(
                    size=size, anchored=self._past.anchored, since=None, alarm=str(lost)
                )
            alarm = self._alarm(size - self._past.anchored, since)
            return Standing(size=size, anchored=self._past.anchored, since=since, alarm=alarm)

    def rotate(self, signer: CheckpointSigner, *, trust: Trust, by: Actor) -> Made:
        """
        Let another key sign from now on: one checkpoint with both signatures says so.

        Args:
            signer: the new key, of the same name.
            trust: whom auditors trust from now on: both keys, for as long as old notes count.
            by: who decided it; that goes on record before the checkpoint is made.

        Raises:
            InvalidValue: it is the same key, or one that *trust* does not name.
            Conflict: somebody else changed the key at the same time.
            WitnessRefused: the fork alarm; the old key stays.

        """
        check_key(self.store.origin, signer, trust)
        with self._lock:
            check_key(self.store.origin, self.signer, trust)
            event = LogKeyRotated(old=str(self.signer.key), new=str(signer.key))
            record_rotation(self.store, event, by, self.clock.now())
            self.trust = trust
            made = self._make(Occasion.KEY_ROTATED, self.signer, signer)
            self.signer = signer
            return made

    def _make(self, occasion: Occasion, *signers: CheckpointSigner) -> Made:
        with self._alarmed():
            self._compare()
            for _ in range(_TRIES):
                with suppress(Overtaken):  # then there is more by now, to be signed as well
                    return self._kept(self._cosigned(signers, patient=False), occasion)
            return self._kept(self._cosigned(signers, patient=True), occasion)

    def _cosigned(self, signers: Sequence[CheckpointSigner], *, patient: bool) -> Draft:
        draft = self._drafted(signers)
        for witness in self.witnesses:
            draft.ask(witness, self._line_of, patient=patient)
        return draft

    def _drafted(self, signers: Sequence[CheckpointSigner]) -> Draft:
        """Return the checkpoint to work on: the last one, if nothing has come since."""
        frontier, now, last = self.store.frontier(), self.clock.now(), self._draft
        checkpoint = Checkpoint(self.store.origin, frontier.size, frontier.root)
        self._upon = None
        if last is not None and frontier.size <= last.checkpoint.size:
            if checkpoint != last.checkpoint:
                raise another_history(self.store, "this program", last.checkpoint)
            if len(signers) == 1:
                last.at, last.failed = now, {}
                return last
        self._draft = Draft(checkpoint, signed_by(checkpoint.text, signers), now)
        return self._draft

    def _line_of(self, witness: Witness, draft: Draft) -> str:
        size, name = draft.checkpoint.size, witness.key.name

        def proof(old: int) -> Proof:
            return self.prover.consistency(old, size) if 0 < old < size else ()

        old = min(self._seen.get(name, self._past.anchored), size)
        end = self.store.size
        line = cosigned_by(witness, draft.note, size, old=old, proof=proof, end=end)
        self._seen[name] = size
        return line

    def _kept(self, draft: Draft, occasion: Occasion) -> Made:
        """Hand the note to whoever keeps it, and say what came of it all."""
        for anchor in self.anchors:
            draft.publish(anchor)
        if draft.copied != draft.note:
            self.store.keep_checkpoint(draft.checkpoint.size, draft.note)
            draft.copied = draft.note
        made = draft.made(occasion, judge(draft.note, self.trust))
        if made.vouched.quorum and (made.kept or made.vouched.cosigned):
            self._past.anchor(made.size)
        self.last = made
        return made

    # --- looking ---------------------------------------------------------------------------------

    def _since(self) -> Since | None:
        """Return what there is since the last checkpoint that was made or tried."""
        now, size, draft = self.clock.now(), self.store.size(), self._draft
        base = draft.checkpoint.size if draft else self._past.anchored
        first = recorded_after(self.store, base, size)
        if first is None:
            failed = draft is not None and draft.failed
            return Since(0, now - draft.at, None) if draft and failed else None
        if self._upon is None and size - base < self.schedule.records:
            for index, data in self.store.headers(max(base, self._looked), size):
                self._looked = index
                self._upon = self._upon or self.schedule.upon.get(Header.read(data).name)
        return Since(size - base, now - first, self._upon)

    def _alarm(self, unanchored: int, since: datetime | None) -> str:
        if self._refused is not None:
            return str(self._refused)
        waited = self.clock.now() - since if since else timedelta()
        late = waited >= self.schedule.alarm_after
        if not late and unanchored < self.schedule.alarm_records:
            return ""
        if self.last is None:
            why = "no checkpoint was made"
        else:
            failed = (f"{name}: {what}" for name, what in self.last.failed.items())
            why = "; ".join(failed) or "nobody outside the database has a checkpoint of them"
        return f"{unanchored} records are unanchored for {waited}: {why}"

    def _compare(self) -> None:
        if self._refused is not None:
            raise self._refused
        self._past.compare(self.store, self.prover, self.trust, self.anchors)

    @contextmanager
    def _alarmed(self) -> Generator[None]:
        """Let one thread in; after a fork alarm, no checkpoint is signed any more."""
        with self._lock:
            try:
                yield
            except WitnessRefused as refused:
                self._refused = refused
                raise
