"""`freezecase rejudge`: make every decision again, by the policy that made it, and report."""

from collections.abc import Iterator, Mapping
from functools import partial
from time import perf_counter
from typing import Any, Final
from uuid import UUID

import click

from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.cli.common import (
    DB,
    JSON,
    instants,
    number,
    policies_of,
    print_json,
    progress,
    say,
    say_read,
)
from freezecase.cli.processes import PROCESSES, go_on
from freezecase.replay.parts import ALL, CaseRange, process_pool
from freezecase.replay.rejudge import rejudge, rejudge_in_parts
from freezecase.replay.rejudged import Decision, PolicyChanged, RejudgeReport

__all__ = ["command", "exit_code", "report_lines"]

TOLD: Final = 20
"""How many decisions of each outcome are told in words; `--json` has more."""
_POLICY: Final = "An installed policy, by its entry point in `freezecase.policies`; repeatable."


@click.command("rejudge")
@DB
@click.option("--policy", "names", metavar="NAME", multiple=True, help=_POLICY)
@click.option("--after", type=click.UUID, metavar="CASE", help="Go on after this case id.")
@click.option("--upto", type=click.UUID, metavar="CASE", help="Leave out the ids past this one.")
@PROCESSES
@JSON
def command(
    db: str,
    names: tuple[str, ...],
    after: UUID | None,
    upto: UUID | None,
    processes: int,
    *,
    as_json: bool,
) -> int:
    """
    Make every decision of the store again, by the policy that its ruling names.

    The rules are asked on what was known then: the state, the actor, the instant, the facts and
    the calendars of then. A decision is identical, differs, or could not be evaluated; none is left
    out. Without --policy the standard one is known. Exit code 1 says that something differs or a
    policy changed under its version, 2 that nothing does and not everything could be judged.
    """
    makers = [partial(policies_of, name) for name in names or (None,)]
    books = [maker() for maker in makers]  # what is wrong with a name shows before anything is read
    cases = CaseRange(after, upto)
    with open_store(db, create=False) as store:
        started = perf_counter()
        with progress("judging again") as bar:
            if processes == 1:
                report = rejudge(store, *books, after=after, upto=upto, progress=bar)
            else:
                with process_pool(processes) as pool:
                    report = rejudge_in_parts(
                        db, *makers, executor=pool, within=cases, progress=bar
                    )
        took = perf_counter() - started
        read = _read(store, report, cases)
    say_read("rejudge", read)
    say(f"  took: {took:.2f} s, {report.decisions / took:,.0f} decisions a second")
    if as_json:
        print_json("rejudge", read, report=report, clean=report.clean)
    else:
        print(*report_lines(report), sep="\n")
    return exit_code(report)


def exit_code(report: RejudgeReport) -> int:
    """Return 0 if all came out the same, 1 if something differs, 2 if not all was judged."""
    if not report.complete:
        return 2
    if report.differs or report.changed:
        return 1
    return 2 if report.not_evaluable else 0


def _read(store: Store, report: RejudgeReport, cases: CaseRange) -> dict[str, Any]:
    span = instants((report.first_recorded_at, report.last_recorded_at))
    ids = [] if cases == ALL else [str(cases)]
    return {
        "store": store.where,
        "range": ", ".join([number(report.decisions, "decision"), *ids, f"recorded {span}"]),
        "policy": [
            f"{policy or 'of rulings that cannot be read'}, {_counted(outcomes)}"
            for policy, outcomes in report.by_policy.items()
        ],
    }


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def report_lines(report: RejudgeReport) -> Iterator[str]:
    """Return a report as text: the counts, what differs, and a closing line."""
    why = f": {_counted(report.why)}" if report.why else ""
    yield f"cases          {report.cases:,}"
    yield f"decisions      {report.decisions:,}"
    yield f"identical      {report.identical:,}"
    yield f"differs        {report.differs:,}"
    yield f"not evaluable  {report.not_evaluable:,}{why}"
    yield f"imported       {report.imported:,}"
    for changed in report.changed:
        yield from ("", *_changed(changed))
    for told, of in ((report.differing, report.differs), (report.unjudged, report.not_evaluable)):
        for decision in told[:TOLD]:
            yield from ("", *_decision(decision))
        if of > TOLD:
            yield f"\n... and {of - TOLD:,} more that came out so"
    yield ""
    yield _closing(report)


def _changed(changed: PolicyChanged) -> Iterator[str]:
    yield f"changed under the same version: {changed.recorded}"
    yield f"  known now  {changed.known}"
    differs = "differs" if changed.differing == 1 else "differ"
    yield f"  judged     {number(changed.decisions, 'decision')}, {changed.differing:,} {differs}"
    if changed.first is not None:
        yield f"  first      {_place(changed.first)}"
    yield "  advice     give what changed a new version, and keep the old one in the book"


def _decision(decision: Decision) -> Iterator[str]:
    because = f", {decision.why}: {decision.detail}" if decision.why else ""
    yield f"{decision.outcome} at {_place(decision)}{because}"
    for change in decision.changes:
        yield f"  {change.what}"
        yield f"    recorded  {change.recorded}"
        yield f"    again     {change.again}"


def _place(decision: Decision) -> str:
    asked = f", `{decision.command}` by `{decision.by}`" if decision.command else ""
    return f"case `{decision.case}` version {decision.version}{asked}"


def _closing(report: RejudgeReport) -> str:
    judged = f"{report.identical:,} of {number(report.decisions, 'decision')} identical"
    if report.complete:
        return judged
    return f"{judged}, and not all was judged: {report.stopped}{go_on(report.left)}"
