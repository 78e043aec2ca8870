"""`freezecase replay`: read the whole store, trust nothing, report what is not as it should be."""

from collections.abc import Iterator, Mapping, Sequence
from time import perf_counter
from typing import Any

import click

from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.cli.common import DB, JSON, instants, number, print_json, progress, say, say_read
from freezecase.cli.processes import PROCESSES
from freezecase.replay.finding import Finding
from freezecase.replay.history import replay, replay_in_parts
from freezecase.replay.parts import Told, process_pool
from freezecase.replay.replayed import ReplayReport

__all__ = ["command", "counted", "finding_lines", "report_lines"]


@click.command("replay")
@DB
@PROCESSES
@JSON
def command(db: str, processes: int, *, as_json: bool) -> int:
    """
    Read every record of the store and check it, trusting nothing.

    Each record must be the one spelling of what it says; versions, ledger and time must have no
    gap and no way back; every event must point to its ruling and have been legal; and two readings
    of the rules must agree on where every case ended. Decisions are not judged anew.
    """
    with open_store(db, create=False) as store:
        started = perf_counter()
        with progress("replaying") as bar:
            report = _report(store, db, processes, bar)
        took = perf_counter() - started
        read = _read(store, report)
    say_read("replay", read)
    say(f"  took: {took:.2f} s, {report.records / took:,.0f} records a second")
    if as_json:
        print_json("replay", read, report=report, clean=report.clean)
    else:
        print(*report_lines(report), sep="\n")
    if not report.complete:
        return 2
    return 0 if report.clean else 1


def _report(store: Store, db: str, processes: int, bar: Told | None) -> ReplayReport:
    if processes == 1:
        return replay(store, progress=bar)
    with process_pool(processes) as pool:
        return replay_in_parts(db, executor=pool, progress=bar)


def _read(store: Store, report: ReplayReport) -> dict[str, Any]:
    span = instants((report.first_recorded_at, report.last_recorded_at))
    return {
        "store": store.where,
        "range": f"{number(report.records, 'record')}, recorded {span}",
        "policy": [f"{policy}, {number(n, 'ruling')}" for policy, n in report.by_policy.items()],
    }


def report_lines(report: ReplayReport) -> Iterator[str]:
    """Return a report as text: what was met, what was found, and a closing line with counts."""
    imported = f", {report.imported:,} of them imported" if report.imported else ""
    unsound = f", {report.unsound:,} that cannot be read whole" if report.unsound else ""
    cases = number(report.cases, "case")
    yield f"records   {report.records:,}{imported}"
    yield f"cases     {report.cases:,}{counted(report.by_status)}{unsound}"
    yield f"events   {counted(report.by_kind).removeprefix(':') or ' none'}"
    yield from finding_lines(report.findings, report.found)
    yield ""
    yield f"{_found(report)} in {number(report.records, 'record')} of {cases}"


def counted(counts: Mapping[str, int]) -> str:
    """Return counts with their names, after a colon; nothing if there are none."""
    listed = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    return f": {listed}" if listed else ""


def finding_lines(findings: Sequence[Finding], found: Mapping[str, int]) -> Iterator[str]:
    """Return findings as text, an empty line before each, and how many more were *found*."""
    for finding in findings:
        yield from ("", *_finding(finding))
    untold = sum(found.values()) - len(findings)
    if untold:
        yield f"\n... and {number(untold, 'finding')} more of the same kinds"


def _finding(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity} {finding.code} at {finding.where}"
    yield f"  found     {finding.said}"
    yield f"  expected  {finding.expected}"
    yield f"  advice    {finding.advice}"


def _found(report: ReplayReport) -> str:
    found = number(sum(report.found.values()), "finding") if report.found else "no findings"
    return f"{found}{counted(report.found).replace(':', ' -', 1)}"
