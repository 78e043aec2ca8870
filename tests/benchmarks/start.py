"""Import time and memory, each in processes of its own."""

import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from time import perf_counter

from tests.benchmarks.harness import Row

_MEMORY = """
import sys
from pathlib import Path
from freezecase.app.reading import folded_cases
from freezecase.app.stores.opening import open_store
with open_store(sys.argv[1]) as store:
    records = sum(case.version for case in folded_cases(store.scan_cases()))
status = Path("/proc/self/status").read_text()  # a child's own peak: getrusage knows its parent's
print(records, next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


def rows() -> Iterator[Row]:
    """Measure our imports beside the engine's own, over a bare interpreter."""
    for code, goal in (
        ("import freezecase", 1.5),
        ("from freezecase import Casebook", None),
        ("import freezecase.cli as cli; cli.main(['--help'])", None),
    ):
        yield _import(code, goal)


def _import(code: str, goal: float | None) -> Row:
    ours, peer, bare = [], [], []
    for _ in range(12):
        bare.append(_run("pass"))
        ours.append(_run(code))
        peer.append(_run("import eventsourcing.application"))
    mine = [one - nothing for one, nothing in zip(ours, bare, strict=True)]
    his = [one - nothing for one, nothing in zip(peer, bare, strict=True)]
    ratio = median(m / h for m, h in zip(mine, his, strict=True))
    return Row(
        work=code[:43],
        floor=median(bare),
        ours=median(mine),
        peer=median(his),
        over_floor=median(m / b for m, b in zip(mine, bare, strict=True)),
        over_peer=ratio,
        peer_goal=goal,
        note="peer: import eventsourcing.application; floor: a bare interpreter",
    )


def memory(url: str) -> tuple[int, int]:
    """Return how many records a streamed replay of *url* read, and its peak in KiB (Linux)."""
    printed = subprocess.run(
        [sys.executable, "-c", _MEMORY, url], check=True, capture_output=True, text=True
    ).stdout
    records, peak = printed.split()
    return int(records), int(peak)


def _run(code: str) -> float:
    began = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    return (perf_counter() - began) * 1e6
