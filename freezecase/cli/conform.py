"""`freezecase conform`: hold the log of another system against a policy, before migrating."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from freezecase.app.clock import SystemClock
from freezecase.app.intake import ImportReport, import_log, load_mapping
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.cli.common import JSON, as_instant, number, print_json, progress, say_read
from freezecase.cli.named_policy import book_named
from freezecase.replay.conformance import conformance
from freezecase.replay.conformed import KEPT, Breach, ConformanceReport, Deadline, Example, Unjudged

__all__ = ["command", "exit_code", "report_lines"]

_MAPPING = "The TOML file that says which column means what, as for `freezecase import`."
_POLICY = "The policy: `standard`, an entry point as `NAME` or `NAME@VERSION`, or `FILE.py:NAME`."
_UNTIL = "Up to when the log goes on: what was due by then, and is not in it, was missed."
_SHOW = "How many examples of each kind are printed."


@click.command("conform")
@click.argument("log", type=click.Path(path_type=Path))
@click.option("--mapping", required=True, type=click.Path(path_type=Path), help=_MAPPING)
@click.option("--policy", default="standard", show_default=True, metavar="NAME", help=_POLICY)
@click.option("--until", metavar="INSTANT", callback=as_instant, help=_UNTIL)
@click.option("--show", type=click.IntRange(min=0), default=KEPT, show_default=True, help=_SHOW)
@JSON
def command(
    log: Path, *, mapping: Path, policy: str, until: datetime | None, show: int, as_json: bool
) -> int:
    """
    Say which steps of LOG broke which rule of a policy, and which deadlines it would have missed.

    LOG is a CSV file, plain or gzip. Nothing is written but a file that is gone afterwards. Each
    step is judged in its place, in the case as the log says it stood. Exit code 1 says that a step
    broke a rule, that the case was in no position for one, or that something due was not done; 2
    that nothing of the kind was found, and not every step could be judged.
    """
    book = book_named(policy)
    with _taken_in(log, mapping) as (store, came), progress("judging") as bar:
        report = conformance(store, book, until=until, keep=show, progress=bar)
    read = {
        "log": str(log),
        "mapping": str(mapping),
        "range": f"{number(came.rows, 'row')}, {number(report.steps, 'step')}, "
        f"{number(came.left_out, 'row')} left out",
        "policy": [
            f"{ref.name} v{ref.version} {ref.digest}"
            for ref in (edition.policy.ref for edition in book.editions)
        ],
    }
    say_read("conform", read)
    if as_json:
        print_json("conform", read, report=report, left_out=came.left_out, clean=report.clean)
    else:
        print(*report_lines(report, came.left_out), sep="\n")
    return exit_code(report, came.left_out)


@contextmanager
def _taken_in(log: Path, mapping: Path) -> Generator[tuple[Store, ImportReport]]:
    """Give a store of its own that holds the log, leniently taken in; it is gone afterwards."""
    mapped = load_mapping(mapping)
    with TemporaryDirectory(prefix="freezecase-", ignore_cleanup_errors=True) as folder:
        url = f"sqlite:///{Path(folder) / 'log.db'}"
        with open_store(url, synchronous="NORMAL") as store, progress("reading") as bar:
            yield (
                store,
                import_log(store, mapped, log, strict=False, clock=SystemClock(), progress=bar),
            )


def exit_code(report: ConformanceReport, left_out: int = 0) -> int:
    """Return 0 if all conforms, 1 if something does not, 2 if not all could be judged."""
    if report.breaking or report.misfits or report.missed:
        return 1
    return 2 if report.not_judged or left_out else 0


def report_lines(report: ConformanceReport, left_out: int = 0) -> Iterator[str]:
    """Return a report as text: the rules that were broken, what was not judged, what was late."""
    yield from _titled("broken rules", map(_breach, report.breaches))
    yield from _titled("not judged", map(_unjudged, report.unjudged))
    yield from _titled("what the clocks would have set", map(_deadline, report.deadlines))
    for fact, steps in report.unsaid.items():
        yield f"fact `{fact}` is not in the log; a rule reads it at {number(steps, 'step')}"
    yield f"cases         {report.cases:,}"
    yield f"steps         {report.steps:,}"
    yield f"conforming    {report.conforming:,}"
    yield f"breaking      {report.breaking:,}"
    yield f"not judged    {report.not_judged:,}"
    yield f"left out      {left_out:,}"
    yield f"missed        {report.missed:,}"


def _titled(title: str, found: Iterable[Iterator[str]]) -> Iterator[str]:
    lines = [line for each in found for line in each]
    if lines:
        yield from (title, *(f"  {line}" for line in lines), "")


def _breach(one: Breach) -> Iterator[str]:
    yield f"{one.steps:>9,}  `{one.rule}` on `{one.ground}`, by {one.actor}"
    yield from map(_example, one.examples)


def _unjudged(one: Unjudged) -> Iterator[str]:
    yield f"{one.steps:>9,}  {one.why}: {one.detail}"
    yield from map(_example, one.examples)


def _deadline(one: Deadline) -> Iterator[str]:
    over = "lapsed" if one.right else "missed"
    counts = f"{one.opened:,} opened, {one.met:,} in time, {one.missed:,} {over}"
    yield f"`{one.owed}` by `{one.rule}` on `{one.ground}`: {counts}"
    if not one.right:
        yield from map(_example, one.examples)


def _example(one: Example) -> str:
    at: Any = one.at.isoformat().replace("+00:00", "Z")
    return f"           row {one.row:,}: `{one.what}` by `{one.by}` at {at}: {one.words}"
