"""
Every combination of the packs that ship, laid over the standard policy and proved.

Nine packs make 512 policies. What a pack adds are clocks, which let somebody owe something, and
disclosures, which keep something back and open no way. So there are as many policies to prove as
there are sets of clocks, each with no disclosures but their own and with those of all packs:

    python -m tests.replay.prove.packs [PROCESSES]

The suite proves the largest, in which every rule is named that a case can start.
"""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, combinations
from typing import Final

from freezecase.policy import packs
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.replay.prove import Bounds, prove

__all__ = ["BOUNDS", "NAMES", "combined", "everything", "of"]

NAMES: Final = packs.available()
_CLOCKED: Final = tuple(name for name in NAMES if packs.load(name).clocks())
_OTHERS: Final = tuple(name for name in NAMES if name not in _CLOCKED)
BOUNDS: Final = Bounds(bases=("court-order", "uk.poca.303z1"))
"""A hold may name the one rule of a pack that starts only where it is named."""


def of(names: tuple[str, ...]) -> Policy:
    """Return the standard policy with these packs, as they come."""
    policy = standard()
    for name in names:
        policy = packs.load(name).into(policy)
    return policy.named("-".join(("standard", *names)))


def everything() -> Policy:
    """Return the standard policy with all that any pack says of a case, also where only named."""
    policy = standard()
    for pack in map(packs.load, NAMES):
        bound = [rule.id for rule in pack.rules if rule.bound]
        policy = pack.into(policy, *bound) if bound else policy
        policy = policy.adding(*pack.disclosures())
    return policy.named("standard-with-everything")


def combined() -> Iterator[tuple[str, ...]]:
    """Yield the combinations of packs: every set of clocks, alone and with all other packs."""
    several = (combinations(_CLOCKED, many) for many in range(len(_CLOCKED) + 1))
    for some in chain.from_iterable(several):
        yield some
        yield tuple(sorted((*some, *_OTHERS)))


def _proved(names: tuple[str, ...]) -> tuple[bool, str]:
    began = time.process_time()
    proof = prove(of(names), BOUNDS)
    said = "proved" if proof.proved else "NOT PROVED"
    took = f"{proof.states} states, {time.process_time() - began:.0f} CPU s"
    dead = f"; never speak: {', '.join(proof.dead)}" if proof.dead else ""
    return proof.proved, f"{said}: {'+'.join(names) or 'no pack'}: {took}{dead}"


def report(processes: int) -> int:
    """Prove them all, and say what came of each; return how many were not."""
    failed = 0
    with ProcessPoolExecutor(processes) as pool:
        for proved, said in pool.map(_proved, combined()):
            failed += not proved
            print(said, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(min(1, report(*map(int, sys.argv[1:] or ["2"]))))
