"""One run of a verification: what it reads, what it learns on the way, what it says at the end."""

from base64 import b64encode
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeAlias

import attrs

from freezecase.app.clock import instant_of
from freezecase.app.stores.store import Store
from freezecase.errors import FreezeCaseError
from freezecase.replay.assurance import Assurance, Proven, assess
from freezecase.replay.finding import Findings
from freezecase.replay.findings import Anchored, Privacy, Report
from freezecase.replay.vouching import Mark, Stamps, marks_of, read_copies, read_notes
from freezecase.seal.keys import KeyStore
from freezecase.seal.trust import Trust

__all__ = ["Progress", "Run"]

Progress: TypeAlias = Callable[[int, int], None]
"""Told (done, of) now and then."""


@attrs.define(kw_only=True)
class Run:
    """A verification under way: whoever looks at a part of the store fills in what it learns."""

    store: Store
    findings: Findings
    keys: KeyStore | None
    progress: Progress | None
    skew: timedelta
    trust: Trust | None = None
    origin: str = ""
    """The name of the log, as it is trusted."""
    marks: tuple[Mark, ...] = ()
    why_not: list[str] = attrs.field(factory=list[str])
    """What is out of reach."""
    looked_at: str = "the whole ledger"
    records: int = 0
    leaves: int = 0
    streams: int = 0
    root: str = ""
    anchored: Mark | None = None
    proven: list[Mark] | None = None
    """The marks that the tree agrees with; nothing where no tree was grown."""
    latest: int | None = None
    privacy: Privacy | None = None
    manifests: int = 0
    _done: int = 0

    def reach(
        self, trust: Trust | None, notes: Iterable[str | bytes] | None, stamps: Stamps
    ) -> None:
        """Read what is kept outside, and hold the copies inside against the same keys."""
        self.trust, self.origin = trust, self._origin(trust)
        if trust is None or not trust.logs:
            self.why_not.append("no key of the log is trusted: name whom you trust")
            return
        outside = read_notes(self._fetched(notes), trust, self.origin, self.findings)
        copies = self.store.checkpoints()
        inside = read_copies(copies, trust, self.origin, outside, self.findings)
        self.marks = marks_of(outside, inside, trust, self.findings, stamps)
        if outside and not any(mark.quorum for mark in self.marks):
            self.why_not.append("no checkpoint has its quorum: ask the witnesses")

    def _origin(self, trust: Trust | None) -> str:
        """Return the name of the log that is trusted; the store's own word proves nothing."""
        named = self.store.origin
        trusted = sorted({log.key.name for log in trust.logs}) if trust else []
        if not trusted or named in trusted:
            return named
        expected = ", ".join(f"`{name}`" for name in trusted)
        self.findings.note("CHECKPOINT_ORIGIN", "the store", f"origin `{named}`", expected)
        return trusted[0] if len(trusted) == 1 else named

    def _fetched(self, notes: Iterable[str | bytes] | None) -> list[str | bytes]:
        try:
            found = [*(notes or ())]
        except FreezeCaseError as error:
            self.why_not.append(f"the anchors cannot be read: {error}")
            return []
        if not found:
            self.why_not.append("no checkpoint from outside the store: name where they are kept")
        return found

    def step(self, records: int, of: int) -> None:
        """Say how far it has come."""
        self._done += records
        if self.progress is not None:
            self.progress(self._done, max(of, self._done))

    def _assurance(self) -> Assurance | None:
        """Return what can be claimed of what was looked at: only what was held against the tree."""
        if self.trust is None or self.proven is None:
            return None
        proven = [
            Proven(size=mark.size, cosigned=mark.cosigned, outside=mark.outside, stamps=mark.stamps)
            for mark in self.proven
        ]
        return assess(proven, size=self.leaves, trust=self.trust)

    def report(self) -> Report:
        """Return what was looked at and found."""
        return Report(
            origin=self.origin,
            looked_at=self.looked_at,
            records=self.records,
            leaves=self.leaves,
            streams=self.streams,
            root=self.root,
            anchored=None if self.anchored is None else _told(self.anchored),
            assurance=self._assurance(),
            newest_recorded_at=None if self.latest is None else instant_of(self.latest),
            privacy=self.privacy,
            manifests=self.manifests,
            why_not=tuple(self.why_not),
            found=self.findings.counts(),
            findings=self.findings.in_order(),
        )


def _told(mark: Mark) -> Anchored:
    return Anchored(
        size=mark.size,
        root=b64encode(mark.root).decode(),
        since=mark.since,
        witnesses=tuple(sorted(mark.cosigned)),
    )
