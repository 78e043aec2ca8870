"""Take turns, measure, print a table."""

import gc
import sys
from collections.abc import Callable, Iterable
from statistics import median
from time import perf_counter

import attrs

Work = Callable[[], object]


@attrs.frozen(kw_only=True)
class Row:
    """One line of the table: microseconds a unit of work, and what the design asks for."""

    work: str
    floor: float
    ours: float
    peer: float | None
    over_floor: float
    over_peer: float | None
    goal: float | None = None
    """At most so many times the floor."""
    peer_goal: float | None = None
    """At most so many times the peer."""
    note: str = ""

    @property
    def met(self) -> str:
        """Say whether the goal is met; nothing where there is none."""
        asked = [(self.goal, self.over_floor), (self.peer_goal, self.over_peer)]
        checks = [got <= goal for goal, got in asked if goal is not None and got is not None]
        return "" if not checks else "yes" if all(checks) else "NO"


def compare(
    work: str,
    *,
    floor: Work,
    ours: Work,
    peer: Work | None = None,
    units: int = 1,
    rounds: int = 15,
    goal: float | None = None,
    peer_goal: float | None = None,
    note: str = "",
) -> Row:
    """Let floor, ours and peer take turns; each does *units* of work when called."""
    tried = [floor, ours] + ([peer] if peer else [])
    for one in tried:
        one()
    times: list[list[float]] = [[] for _ in tried]
    for _ in range(rounds):
        for one, taken in zip(tried, times, strict=True):
            taken.append(_once(one) / units)
    floors, mine = times[0], times[1]
    peers = times[2] if peer else None
    return Row(
        work=work,
        floor=median(floors),
        ours=median(mine),
        peer=median(peers) if peers else None,
        over_floor=median(m / f for m, f in zip(mine, floors, strict=True)),
        over_peer=median(m / p for m, p in zip(mine, peers, strict=True)) if peers else None,
        goal=goal,
        peer_goal=peer_goal,
        note=note,
    )


def _once(work: Work) -> float:
    gc.collect()
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1e6


def repeat(times: int, work: Work) -> Work:
    """Return work that does *work* so many times."""

    def many() -> None:
        for _ in range(times):
            work()

    return many


def table(rows: Iterable[Row]) -> None:
    """Print the rows as they are measured."""
    head = f"{'work':<44}{'floor':>11}{'ours':>11}{'peer':>11}{'/floor':>8}{'/peer':>7}  goal"
    print(f"{head}\n{'-' * len(head)}  (microseconds a unit; medians)")
    for row in rows:
        peer = f"{row.peer:>11.2f}" if row.peer is not None else f"{'-':>11}"
        over_peer = f"{row.over_peer:>7.2f}" if row.over_peer is not None else f"{'-':>7}"
        goals = [f"<= {row.goal} floor"] if row.goal is not None else []
        goals += [f"<= {row.peer_goal} peer"] if row.peer_goal is not None else []
        print(
            f"{row.work:<44}{row.floor:>11.2f}{row.ours:>11.2f}{peer}{row.over_floor:>8.2f}"
            f"{over_peer}  {', '.join(goals):<14} {row.met:<4}{row.note}"
        )
        sys.stdout.flush()
