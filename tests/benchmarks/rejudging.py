"""
Judge a whole store again, try another policy on a tenth of it; and both over two processes.

    python -m tests.benchmarks.rejudging [RECORDS]

Judging is held against folding, trying against judging, and a rule that changed against none. Each
run is a program of its own, so that its memory is its own as well. Of two processes the clock on
the wall tells something only where two processors are free; what dividing the work costs, their
time on the processors tells anywhere.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import attrs

from freezecase.app.reading import folded_cases
from freezecase.app.stores.opening import open_store
from freezecase.policy.book import PolicyBook
from freezecase.policy.standard import standard
from freezecase.replay.parts import process_pool
from freezecase.replay.rejudge import rejudge, rejudge_in_parts
from freezecase.replay.rejudged import RejudgeReport
from freezecase.replay.whatif import Backtest, whatif
from freezecase.replay.whatif.parts import whatif_in_parts
from tests.benchmarks.harness import Row, table
from tests.benchmarks.lives import many_cases
from tests.benchmarks.stores import Bench, sqlite_bench
from tests.replay.workers import stricter

AT_LEAST: Final = 1.8
"""How many times as fast two processes are to be as one."""


@attrs.frozen(kw_only=True)
class Ran:
    """What one run took, and what it said."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds on all processors, those of its workers included."""
    peak: int
    """The most memory that it had, or one of its workers, in KiB."""
    records: int
    said: str


# --- what is run, in a program of its own --------------------------------------------------------


def _fold(url: str) -> str:
    with open_store(url) as store:
        return f"{sum(1 for _ in folded_cases(store.scan_cases())):,} cases"


def _judge(url: str) -> str:
    with open_store(url) as store:
        return _said(rejudge(store, PolicyBook.of(standard())))


def _judge_in_two(url: str) -> str:
    with process_pool(2) as pool:
        return _said(rejudge_in_parts(url, standard, executor=pool))


def _changed(url: str) -> str:
    with process_pool(2) as pool:
        return _said(rejudge_in_parts(url, stricter, executor=pool))


def _try(url: str) -> str:
    with open_store(url) as store:
        return _tried(whatif(store, PolicyBook.of(stricter())))


def _try_in_two(url: str) -> str:
    with process_pool(2) as pool:
        return _tried(whatif_in_parts(url, stricter, executor=pool))


def _tried(report: Backtest) -> str:
    assert report.complete
    return f"{report.whole.differs:,} of {report.whole.cases:,} cases differ"


def _said(report: RejudgeReport) -> str:
    assert report.complete
    first = report.first_differing
    what = f", the first at index {first.index:,}: `{first.command}`" if first else ""
    return (
        f"{report.identical:,} of {report.decisions:,} decisions identical, "
        f"{report.differs:,} differ{what}"
    )


_WORK: Final[Mapping[str, Callable[[str], str]]] = {
    "fold": _fold,
    "judge": _judge,
    "in-two": _judge_in_two,
    "changed": _changed,
    "try": _try,
    "try-in-two": _try_in_two,
}


def _alone(work: str, url: str) -> None:
    """Do some work, and print what it took."""
    began = perf_counter()
    said = _WORK[work](url)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    with open_store(url) as store:
        records = store.size()
    ran = Ran(
        wall=perf_counter() - began,
        cpu=sum(one.ru_utime + one.ru_stime for one in used),
        peak=max(_own_peak(), used[1].ru_maxrss),
        records=records,
        said=said,
    )
    print(json.dumps(attrs.asdict(ran)))


def _own_peak() -> int:
    """Return the peak of this process: what `getrusage` says began with that of its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def run(work: str, url: str) -> Ran:
    """Run one of the works in a program of its own."""
    asked = [sys.executable, "-m", "tests.benchmarks.rejudging", work, url]
    done = subprocess.run(asked, check=True, capture_output=True, text=True)
    return Ran(**json.loads(done.stdout))


# --- the rows ------------------------------------------------------------------------------------


def rows(bench: Bench, *, records: int) -> Iterator[Row]:
    """Measure one kind of store: a backtest, and judging all again, by one process and by two."""
    name, url = bench.name, bench.long_url
    many_cases(url, records // 10)
    few = run("judge", url)
    many_cases(url, records)
    fold, one, tried = run("fold", url), run("judge", url), run("try", url)
    yield _row(f"{name}: a backtest of {tried.records:,} records, each", one, tried, "cpu", "judge")
    yield _in_two(name, tried, run("try-in-two", url))
    judged = _row(f"{name}: judge {one.records:,} records again, each", fold, one, "cpu", "fold")
    peaks = f"; peak {one.peak / 1024:.0f} MiB, {few.peak / 1024:.0f} at {few.records:,} records"
    yield attrs.evolve(judged, note=judged.note + peaks)
    two = run("in-two", url)
    yield _in_two(name, one, two)
    yield _row(f"{name}: with a rule that changed", two, run("changed", url), "cpu", "without")


def _in_two(name: str, one: Ran, two: Ran) -> Row:
    """Hold two processes against one, which did the same."""
    assert two.said == one.said
    row = _row(f"{name}: the same over two processes", one, two, "wall", "one")
    share = f"; on the processors {two.cpu / one.cpu:.2f} of one"
    return attrs.evolve(row, goal=round(1 / AT_LEAST, 3), note=row.note + share)


def _row(work: str, floor: Ran, ours: Ran, clock: str, named: str) -> Row:
    took, at_least = getattr(ours, clock), getattr(floor, clock)
    return Row(
        work=work,
        floor=at_least / ours.records * 1e6,
        ours=took / ours.records * 1e6,
        peer=None,
        over_floor=took / at_least,
        over_peer=None,
        note=f"floor: {named}; {ours.said}",
    )


def main() -> None:
    """Measure SQLite; or do one of the works, as `run` asks."""
    if len(sys.argv) > 2:
        _alone(*sys.argv[1:])
        return
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with TemporaryDirectory() as folder:
        table(rows(sqlite_bench(Path(folder)), records=records))


if __name__ == "__main__":
    main()
