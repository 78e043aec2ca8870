"""
Prove one record of many, and make and check the evidence of a case.

The floor does what nobody could do without: it fetches the same rows by bare SQL, hashes the same
bytes, checks the same signatures, and nothing else. The peer of a proof is the same proof made from
all headers, as one makes it who keeps no nodes.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import attrs
import msgspec

from freezecase.app.anchoring.day_end import DayEnds
from freezecase.app.anchoring.evidence import EvidenceMaker
from freezecase.app.anchoring.proving import Prover
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.seal.bundle import Bundle
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.examine import examine
from freezecase.seal.manifest import entries_at, heads_root
from freezecase.seal.merkle import includes, inclusion_proof, leaf_hash
from freezecase.seal.note import Kind, Signer, open_note
from freezecase.seal.trust import Trust
from tests.benchmarks.harness import Row, Work, compare, repeat
from tests.benchmarks.material import MONDAY, Ticking, fill
from tests.benchmarks.stores import Bench
from tests.seal.offline import checked_offline

VERSIONS = 25
TIMES = 20
ROUNDS = 7
NODES = "SELECT place, hash FROM ledger_nodes WHERE height = {0} AND place >= {0} AND place < {0}"
HEADERS = "SELECT header FROM ledger_leaves WHERE leaf_index > {0} AND leaf_index <= {0}"
RECORDS = (
    "SELECT originator_version, topic, state FROM stored_events WHERE originator_id = {0} "
    "ORDER BY originator_version"
)


class Asked(NamedTuple):
    """A statement, and the values that it was asked with."""

    statement: str
    values: tuple[Any, ...]


@attrs.frozen
class Watched:
    """A store that writes down what a proof asks it for."""

    store: Store
    asked: list[Asked]

    def __getattr__(self, name: str) -> Any:
        """Everything else is the store's own."""
        return getattr(self.store, name)

    def headers(self, after: int = 0, until: int | None = None) -> Any:
        """Note which headers are asked for."""
        self.asked.append(Asked(HEADERS, (after, self.store.size() if until is None else until)))
        return self.store.headers(after, until)

    def nodes(self, height: int, first: int, end: int) -> Any:
        """Note which nodes are asked for."""
        self.asked.append(Asked(NODES, (height, first, end)))
        return self.store.nodes(height, first, end)


def rows(bench: Bench, *, records: int) -> Iterator[Row]:
    """Measure proofs and evidence in a ledger of so many records."""
    with open_store(bench.url) as store:
        fill(store, cases=records // VERSIONS, versions=VERSIONS)
        yield from _proofs(bench, store)
        yield from _evidence(bench, store)


def _proofs(bench: Bench, store: Store) -> Iterator[Row]:
    size, asked = store.size(), list[Asked]()
    places = [1 + size * n // TIMES for n in range(TIMES)]
    watched: Any = Watched(store, asked)
    made = [Prover(watched).inclusion(place, size) for place in places]
    prover, fetch = Prover(store), _fetching(bench, asked)
    leaves = [leaf_hash(data) for _, data in store.headers()]
    yield compare(
        f"{bench.name}: prove 1 record of {size:,}",
        floor=fetch,
        ours=lambda: [prover.inclusion(place, size) for place in places],
        peer=repeat(TIMES, lambda: inclusion_proof(leaves, size // 3)),
        units=TIMES,
        rounds=ROUNDS,
        note="floor: the same rows; peer: from all leaves, in memory",
    )
    root, cases = prover.root(), list(zip(places, made, strict=True))
    whole = bytes(65)
    yield compare(
        f"check a proof of {len(made[0])} hashes",
        floor=lambda: [sha256(whole).digest() for _, proof in cases for _ in proof],
        ours=lambda: [
            includes(root, size, place - 1, leaves[place - 1], proof) for place, proof in cases
        ],
        units=TIMES,
        note="floor: the hashes alone",
    )


def _fetching(bench: Bench, asked: list[Asked]) -> Work:
    """Return work that asks the same by bare SQL."""
    connection = bench.bare("ours")
    plan = [(one.statement.replace("{0}", bench.mark), one.values) for one in asked]
    return lambda: [connection.execute(*one).fetchall() for one in plan]


def _evidence(bench: Bench, store: Store) -> Iterator[Row]:
    case = store.cases(limit=1000)[-1].case
    ends = DayEnds(store, Ticking())
    maker = EvidenceMaker(store, Prover(store), ends)
    log, witness = (
        Signer.of_seed(store.origin, bytes(32)),
        Signer.of_seed("regulator.example/w1", bytes([1] * 32), Kind.COSIGNATURE),
    )
    note = _signed(store, log, witness)
    bundle = maker.bundle(case, note)
    yield compare(
        f"{bench.name}: evidence of a case of {VERSIONS}",
        floor=_bare_evidence(bench, store, case, bundle),
        ours=lambda: maker.bundle(case, note).data,
        rounds=ROUNDS,
        note=f"floor: the same rows, and the file; {len(bundle.data):,} bytes",
    )
    ends.write(MONDAY.date())
    note = _signed(store, log, witness)
    bundle = maker.bundle(case, note)
    yield compare(
        f"{bench.name}: the same, complete",
        floor=_bare_evidence(bench, store, case, bundle, manifest=True),
        ours=lambda: maker.bundle(case, note).data,
        rounds=ROUNDS,
        note=f"floor: all headers once, too; {len(bundle.data):,} bytes",
    )
    headers = [data for _, data in store.headers()]
    yield compare(
        "manifest of the headers, a header",
        floor=lambda: [sha256(data).digest() for data in headers],
        ours=lambda: heads_root(entries_at(headers)),
        units=len(headers),
        rounds=ROUNDS,
        note=f"{len(headers) // VERSIONS:,} streams; floor: one hash of each header",
    )
    yield _checking(bundle, Trust.of([log.key], [witness.key], 1), (log, witness))


def _signed(store: Store, log: Signer, witness: Signer) -> str:
    frontier = store.frontier()
    text = Checkpoint(store.origin, frontier.size, frontier.root).text
    return log.signed(text) + witness.line(text, at=MONDAY)


def _bare_evidence(
    bench: Bench, store: Store, case: UUID, bundle: Bundle, *, manifest: bool = False
) -> Work:
    """Return work that fetches what the evidence is made of, and spells the same file."""
    asked, size = list[Asked](), store.size()
    watched: Any = Watched(store, asked)
    for _version, _name, _state, index, _at in store.read(case):
        Prover(watched).inclusion(index, size)
        asked.append(Asked(HEADERS, (index - 1, index)))
    key = case.hex if bench.mark == "?" else case
    asked.append(Asked(RECORDS, (key,)))
    asked += [Asked(HEADERS, (0, size))] if manifest else []
    fetch = _fetching(bench, asked)
    spell: Callable[[Any], bytes] = msgspec.json.Encoder(order="sorted").encode
    return lambda: (fetch(), spell(bundle))


def _checking(bundle: Bundle, trust: Trust, signers: tuple[Signer, ...]) -> Row:
    data = bundle.data
    text, _, lines = bundle.checkpoint.rpartition("\n\n")
    shown = [part.encode() for one in bundle.events for part in (one.header, one.state or "")]
    hashes = sum(len(one.proof) for one in bundle.events)
    notes = [f"{text}\n\n{line}\n" for line in lines.splitlines()]

    def floor() -> None:
        for signer, note in zip(signers, notes, strict=True):
            assert open_note(note, [signer.key]).held
        for part in shown:
            sha256(part).digest()
        for _ in range(hashes):
            sha256(bytes(65)).digest()

    return compare(
        f"check the evidence of a case of {VERSIONS}",
        floor=floor,
        ours=lambda: examine(Bundle.read(data), trust),
        peer=lambda: checked_offline(data, trust),
        note="floor: signatures and hashes; peer: the offline script",
    )
