"""
Day-end manifests: each says which streams there were and how far they went. The headers say so too.

A manifest may be written after the last record that it covers, with others in between; so they are
collected first, and the headers read once more, if there are any.
"""

from base64 import b64encode
from typing import Final

import attrs

from freezecase.app.stores.store import Scanned, Store
from freezecase.core.manifest import STORED_AS, StreamHeads
from freezecase.errors import InvalidValue, RecordError
from freezecase.replay.finding import Findings
from freezecase.replay.pairs import place
from freezecase.seal.manifest import Heads, heads_root
from freezecase.wire.codec import read_event

__all__ = ["ManifestAudit"]

MANIFEST: Final = STORED_AS[StreamHeads]


@attrs.define
class ManifestAudit:
    """Collects the manifests of a log, then asks whether the headers add up to each of them."""

    _findings: Findings
    met: list[tuple[int, str, StreamHeads]] = attrs.field(
        factory=list[tuple[int, str, StreamHeads]]
    )
    """Each manifest: its index, where it stands, and what it says."""

    def take(self, row: Scanned) -> None:
        """Look at one record."""
        if row[4] != MANIFEST:
            return
        try:
            event = read_event(row[4], row[5])
        except RecordError:
            return  # found where its bytes are held against the ledger
        if isinstance(event, StreamHeads):
            self.met.append((row[0], place(row[2], row[3], row[0]), event))

    def end(self, store: Store) -> None:
        """Add the headers up to each manifest, all in one reading."""
        heads, done = Heads(), 0
        for index, where, said in sorted(self.met, key=lambda one: one[2].upto):
            if said.upto >= index:
                covers = f"it covers index {said.upto}"
                self._findings.note("MANIFEST_MISMATCH", where, covers, f"one before {index}")
                continue
            heads.take(header for _, header in store.headers(done, said.upto))
            done = said.upto
            self._compare(heads, where, said)

    def _compare(self, heads: Heads, where: str, said: StreamHeads) -> None:
        try:
            entries = heads.entries()
        except InvalidValue:
            return  # a header that is none was found where it stands
        made = f"{len(entries)} streams, root {b64encode(heads_root(entries)).decode()}"
        stated = f"{said.streams} streams, root {said.root}"
        if made != stated:
            self._findings.note("MANIFEST_MISMATCH", where, stated, made)
