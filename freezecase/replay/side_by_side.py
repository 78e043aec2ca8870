"""
Records and headers, read side by side: the whole ledger, or what came after a size.

With the whole go the questions that only all records answer: the list of cases, the keys, the
day-end manifests, and what every case comes to.
"""

from functools import partial
from uuid import UUID

import attrs

from freezecase.app.stores.store import Scanned, Store
from freezecase.errors import RecordError
from freezecase.replay.beside import CaseFold, check_head
from freezecase.replay.headers import TOLD, HeaderAudit, Newest
from freezecase.replay.ledger import Listing
from freezecase.replay.manifests import ManifestAudit
from freezecase.replay.pairs import Pair, joined
from freezecase.replay.roots import FAR, TreeAudit
from freezecase.replay.run import Run
from freezecase.replay.sealed import SealAudit
from freezecase.replay.vouching import Mark
from freezecase.seal.merkle import STEP, Frontier, leaf_hash
from freezecase.wire.codec import account_in
from freezecase.wire.names import BESIDE

__all__ = ["since", "whole"]


def whole(run: Run) -> None:
    """Look at everything."""
    of, others = 2 * _size(run.store), _Others.of(run)
    audit = _read(run, Frontier(), others, of)
    others.listing.pass_by(FAR)
    others.manifests.end(run.store)
    run.manifests = len(others.manifests.met)
    if others.seals is not None:
        run.privacy = others.seals.end()
        run.why_not += others.seals.trouble
    done = 0
    for records in CaseFold(run.store, run.findings, audit.flawed).run():
        done += records
        if done >= TOLD:
            run.step(done, of)
            done = 0
    run.step(done, of)


def since(run: Run, size: int) -> None:
    """Look at what came after the last size, at most *size*, that is vouched for."""
    vouched = [mark for mark in run.marks if mark.quorum and mark.size <= size]
    begin = max(vouched, key=lambda mark: mark.size, default=None)
    if begin is None:
        run.looked_at = f"all headers: nothing vouches for a size up to {size}"
        _read(run, Frontier(), None, _size(run.store))
        return
    run.looked_at = f"index {begin.size + 1} and later"
    frontier = _frontier_at(run.store, begin.size)
    if frontier.root == begin.root:
        run.anchored, run.proven = begin, [begin]
    else:
        where, said = f"index 1 to {begin.size}", f"root {frontier.root.hex()}"
        run.findings.note("ROOT_MISMATCH", where, said, f"root {begin.root.hex()}")
    _read(run, frontier, None, max(0, _size(run.store) - begin.size), begin)


@attrs.frozen
class _Others:
    """What else is asked of each record, once it was held against its header."""

    listing: Listing
    manifests: ManifestAudit
    seals: SealAudit | None

    @classmethod
    def of(cls, run: Run) -> "_Others":
        """Begin with nothing."""
        return cls(
            Listing(run.store, lambda *said: run.findings.note("HEAD_STALE", *said)),
            ManifestAudit(run.findings),
            None if run.keys is None else SealAudit(run.keys, run.findings),
        )

    def take(self, index: int, row: Scanned | None, flawed: set[str]) -> None:
        """Look at one record; what the list says of one with a finding is not asked."""
        if row is None:
            self.listing.leave(index)
            return
        _index, _recorded_at, case, version, name, state = row
        if version == 1 and case in flawed:
            self.listing.leave(index)
        elif version == 1 and name not in BESIDE:
            self.listing.check(index, case, version, account_in(name, state))
        self.manifests.take(row)
        if self.seals is not None:
            self.seals.take(row)


def _read(
    run: Run, begin: Frontier, others: _Others | None, of: int, mark: Mark | None = None
) -> HeaderAudit:
    """Read to the end, and on where a writer is at work meanwhile."""
    store, findings = run.store, run.findings
    tree = TreeAudit(store, run.marks, findings, begin)
    audit = HeaderAudit(run.origin, tree, findings, lambda *of: _newest(store, *of), run.skew)
    if mark is not None:
        audit.sandwiched(mark)
    try:
        while True:
            before = audit.seen
            _through(run, audit, others, of)
            if audit.seen in (before, _size(store)):
                break
        audit.end()
    finally:
        run.records, run.leaves, run.streams = audit.records, audit.index, len(audit.streams)
        run.latest = audit.latest or None
    run.root, run.anchored = tree.root, tree.anchored or run.anchored
    run.proven = [*(run.proven or ()), *tree.proven]
    check_head(store, audit, tree, findings)
    return audit


def _through(run: Run, audit: HeaderAudit, others: _Others | None, of: int) -> None:
    """Read once from where the audit is to the end."""
    store, flawed, told = run.store, audit.flawed, audit.records
    every = others is not None and others.seals is not None
    pairs = joined(store.scan(audit.seen, FAR), store.headers(audit.seen, FAR))
    for index, row in audit.through(pairs, partial(_again, store), every=every):
        if others is not None:
            others.take(index, row, flawed)
        if audit.records - told >= TOLD:
            run.step(audit.records - told, of)
            told = audit.records
    run.step(audit.records - told, of)


def _again(store: Store, pair: Pair) -> Pair:
    """Look once more for what is missing: a writer may have been between the two readings."""
    index, row, header = pair
    row = next(store.scan(index - 1, index), None) if row is None else row
    return index, row, store.header(index) if header is None else header


def _size(store: Store) -> int:
    """Return how long the ledger should be, for whoever watches; what says so may be damaged."""
    try:
        size: object = store.size()
    except RecordError:
        return 0
    return size if isinstance(size, int) else 0


def _newest(store: Store, case: str, upto: int) -> Newest | None:
    """Return how a stream stood at an index, as far as the store knows."""
    id = UUID(case)
    last = None
    for row in store.scan_cases(id, id):
        last = row if row[0] <= upto else last
    header = None if last is None else store.header(last[0])
    if last is None or header is None:
        return None
    return Newest(last[3], leaf_hash(header), str(id).encode())


def _frontier_at(store: Store, size: int) -> Frontier:
    """Return the frontier of the first *size* leaves, out of the nodes that are kept."""
    full = size >> STEP
    nodes = store.nodes(STEP, 0, full)
    above = Frontier().adding(nodes.get(place, b"") for place in range(full))
    rest = store.headers(full << STEP, size)
    beside = Frontier().adding(leaf_hash(header) for _, header in rest)
    missing = beside.size != size - (full << STEP)
    return Frontier() if missing else Frontier(size, above.roots + beside.roots)
