"""
The day-end manifest: a record of where every stream stood, under one root.

    ends = DayEnds(store, clock)
    ends.write(date(2026, 11, 21))      # once a day is over; again, and nothing happens
    ends.proof(ends.newest(), case)     # where the case stood, for whoever has the root

It stands in a stream of its own, whose id follows from the name of the log. The entries are made
from the headers alone, in one pass, and are not kept: whoever has the headers makes them again.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID, uuid5

import attrs

from freezecase.app.beside import append_beside
from freezecase.app.clock import Clock, micros_of
from freezecase.app.record import where
from freezecase.app.stores.store import Store
from freezecase.core.actors import Actor
from freezecase.core.checked import refuse
from freezecase.core.manifest import Root, StreamHeads, manifest_stream
from freezecase.errors import Conflict, Tampered
from freezecase.seal.leaf import Header
from freezecase.seal.manifest import HeadProof, entries_at, head_proof, heads_root
from freezecase.wire.codec import read_event

__all__ = ["DayEnds", "Manifest"]

ATTEMPTS: Final = 16
"""How often a manifest is written again when others keep writing first."""
_WRITER: Final = Actor.system("day-end")


@attrs.frozen
class Manifest:
    """A manifest as it is stored: its index in the ledger, its version, and what it says."""

    index: int
    version: int
    heads: StreamHeads


@attrs.frozen
class DayEnds:
    """Writes the manifests of a store, and finds them."""

    store: Store
    clock: Clock

    @property
    def stream(self) -> UUID:
        """The stream that they stand in."""
        return manifest_stream(self.store.origin)

    def write(self, day: date) -> Manifest | None:
        """
        Write the manifest of a day in UTC, unless it is there; nothing if there is no record yet.

        A day that is not over is covered as far as it has gone. Whoever asks again once something
        was recorded since gets another manifest of that day, which covers more.

        Raises:
            InvalidValue: the day has not begun.
            StoreError: the store cannot be read or written.

        """
        for _attempt in range(ATTEMPTS):
            now = self.clock.now()
            upto = self._covered_by(day, now)
            found = self.all()
            there = next((one for one in reversed(found) if one.heads.day == day), None)
            if upto == 0 or (there is not None and self._covers(there, upto)):
                return there
            try:
                return self._written(day, upto, len(found) + 1, now)
            except Conflict:
                continue  # another program wrote one first: perhaps the same
        raise Conflict(self.stream, len(self.all()), f"others wrote first {ATTEMPTS} times")

    def all(self) -> list[Manifest]:
        """Return every manifest, in order."""
        found: list[Manifest] = []
        for version, name, state, index, _at in self.store.read(self.stream):
            event: object = read_event(name, state, where(self.stream, version))
            if isinstance(event, StreamHeads):
                found.append(Manifest(index, version, event))
        return found

    def covering(self, index: int, size: int) -> Manifest | None:
        """Return the manifest among the first *size* records that covers one, and most others."""
        fitting = [one for one in self.all() if one.index <= size and index <= one.heads.upto]
        return max(fitting, key=lambda one: one.heads.upto, default=None)

    def proof(self, manifest: Manifest, stream: UUID) -> HeadProof:
        """
        Return what shows where *stream* stood, by a manifest.

        Raises:
            InvalidValue: it began later.
            Tampered: the manifest is not what the headers add up to.

        """
        entries = entries_at(self._headers(manifest.heads.upto))
        if _root(entries) != manifest.heads.root:
            why = "it is not what the headers add up to"
            raise Tampered("MANIFEST_MISMATCH", self.stream, manifest.version, why)
        return head_proof(entries, stream)

    # --- what a manifest covers ------------------------------------------------------------------

    def _covered_by(self, day: date, now: datetime) -> int:
        """Return the index of the last record that was recorded before the day was over."""
        begins = datetime.combine(day, time(), UTC)
        if now < begins:
            raise refuse("day", day, f"a day that has begun by {now.isoformat()}")
        ends = micros_of(begins + timedelta(days=1))
        before, after = 0, self.store.size() + 1
        while after - before > 1:  # time never falls from one record to the next
            middle = (before + after) // 2
            if self._recorded_at(middle) < ends:
                before = middle
            else:
                after = middle
        return before

    def _recorded_at(self, index: int) -> int:
        data = self.store.header(index)
        if data is None:
            raise Tampered("LEAF_GAP", self.stream, index, f"the ledger has no header {index}")
        return Header.read(data).recorded_at

    def _covers(self, manifest: Manifest, upto: int) -> bool:
        """Say whether nothing but manifests came after what a manifest covers."""
        later = self.store.headers(manifest.heads.upto, upto)
        return all(Header.read(data).stream == self.stream for _, data in later)

    def _headers(self, upto: int) -> Iterator[bytes]:
        return (data for _, data in self.store.headers(0, upto))

    # --- writing ---------------------------------------------------------------------------------

    def _written(self, day: date, upto: int, version: int, now: datetime) -> Manifest:
        entries = entries_at(self._headers(upto))
        heads = StreamHeads(day=day, upto=upto, streams=len(entries), root=_root(entries))
        id = uuid5(self.stream, f"{day} up to {upto}")
        put = append_beside(self.store, self.stream, version, heads, by=_WRITER, now=now, id=id)
        return Manifest(put.first, version, heads)


def _root(entries: Sequence[bytes]) -> Root:
    return b64encode(heads_root(entries)).decode()
