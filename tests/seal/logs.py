"""Logs and witnesses for tests: trees of a few leaves, two of which part at a leaf."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.merkle import Hash, Proof, consistency_proof, leaf_hash, root_of
from freezecase.seal.note import Kind, Signer
from freezecase.seal.witness import Request

ORIGIN: Final = "bank.example/log"
LOG: Final = Signer.of_seed(ORIGIN, bytes(32))
WITNESS: Final = Signer.of_seed("regulator.example/w1", bytes([1] * 32), Kind.COSIGNATURE)
AT: Final = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SIZE: Final = 12
PARTING: Final = 5
"""How many leaves the two histories have in common."""

HONEST: Final = tuple(leaf_hash(b"%d" % number) for number in range(SIZE))
FORKED: Final = (*HONEST[:PARTING], *(leaf_hash(b"-%d" % n) for n in range(PARTING, SIZE)))
HISTORIES: Final = {"honest": HONEST, "forked": FORKED}


def checkpoint(leaves: Sequence[Hash], size: int, origin: str = ORIGIN) -> Checkpoint:
    """How the log of these leaves stood once."""
    return Checkpoint(origin, size, root_of(leaves[:size]))


def proof(leaves: Sequence[Hash], old: int, size: int) -> Proof:
    """What shows that it only grew; nothing where nothing can be shown."""
    return consistency_proof(leaves[:size], old) if 0 < old < size else ()


def request(leaves: Sequence[Hash], old: int, size: int, log: Signer = LOG) -> Request:
    """What an honest client of that log asks."""
    note = log.signed(checkpoint(leaves, size, log.key.name).text)
    return Request(old, proof(leaves, old, size), note)
