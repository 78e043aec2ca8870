"""`freezecase whatif`: try a policy on the past, and report what it would have made of it."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial
from time import perf_counter
from typing import Any, Final

import click

from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.cli.common import DB, JSON, number, policies_of, print_json, progress, say, say_read
from freezecase.cli.exact import exact
from freezecase.cli.processes import PROCESSES, go_on
from freezecase.core.commands import ASKED_AS, asked
from freezecase.replay.parts import ALL, CaseRange, process_pool
from freezecase.replay.whatif import (
    ASSUMPTIONS,
    NATIVE,
    Backtest,
    Departure,
    Part,
    Row,
    Sum,
    load_roles,
    whatif,
)
from freezecase.replay.whatif.figures import MEANS
from freezecase.replay.whatif.parts import whatif_in_parts
from freezecase.replay.whatif.reading import CONFIRMED
from freezecase.replay.whatif.trying import WORLDS

__all__ = ["command", "exit_code", "report_lines"]

_POLICY: Final = "The candidate, by its entry point in `freezecase.policies`; the standard one."
_ASSUME: Final = "Take something to be so that was not recorded; repeatable. Said in the report."
_MINUTES: Final = "How many minutes a command takes, as approve-release=20; repeatable."
_CONFIRMED: Final = "What cases are closed as that were rightly frozen; repeatable."
_ROLES: Final = "A TOML file that says whose move each step of an imported log was."
_WORLDS: Final = "How many possible worlds of a case to look at."
TOLD: Final = 5
"""How many cases of each verdict are told in words; `--json` has more."""


def _as_minutes(_ctx: Any, _param: Any, given: tuple[str, ...]) -> dict[str, int] | None:
    """Return minutes by command, as given to an option; refuse what is no command."""
    found = dict(_minutes(one) for one in given)
    return found or None


def _minutes(given: str) -> tuple[str, int]:
    name, _equals, count = given.partition("=")
    if name not in map(asked, ASKED_AS) or not count.isdecimal():
        raise click.BadParameter(f"`{given}` is no command with minutes, as approve-release=20")
    return name, int(count)


@click.command("whatif")
@DB
@click.option("--policy", metavar="NAME", help=_POLICY)
@click.option("--after", type=click.UUID, metavar="CASE", help="Go on after this case id.")
@click.option("--upto", type=click.UUID, metavar="CASE", help="Leave out the ids past this one.")
@click.option("--roles", type=click.Path(dir_okay=False), metavar="FILE", help=_ROLES)
@click.option("--assume", type=click.Choice([*ASSUMPTIONS]), multiple=True, help=_ASSUME)
@click.option("--minutes", metavar="COMMAND=N", multiple=True, callback=_as_minutes, help=_MINUTES)
@click.option("--confirmed", metavar="OUTCOME", multiple=True, help=_CONFIRMED)
@click.option("--budget", type=click.IntRange(1), default=WORLDS, show_default=True, help=_WORLDS)
@PROCESSES
@JSON
def command(db: str, policy: str | None, processes: int, *, as_json: bool, **options: Any) -> int:
    """
    Try a policy on the cases of the store, each along the path that it really went.

    What others did stays, what our people and systems attempted is judged again, and what clocks
    produced is worked out again. Where the past cannot answer, figures have bounds. Nothing is
    written. Exit code 1 says that something would differ, 2 that nothing does and not everything
    could be evaluated.
    """
    maker = partial(policies_of, policy)
    candidate = maker()  # what is wrong with the name shows before anything is read
    cases = CaseRange(options.pop("after"), options.pop("upto"))
    options["confirmed"] = options["confirmed"] or CONFIRMED
    options["roles"] = load_roles(options["roles"]) if options["roles"] else NATIVE
    with open_store(db, create=False) as store:
        started = perf_counter()
        with progress("trying") as bar:
            if processes == 1:
                after, upto = cases.after, cases.upto
                report = whatif(store, candidate, after=after, upto=upto, progress=bar, **options)
            else:
                with process_pool(processes) as pool:
                    report = whatif_in_parts(
                        db, maker, executor=pool, within=cases, progress=bar, **options
                    )
        took = perf_counter() - started
        read = _read(store, report, cases)
    say_read("whatif", read)
    say(f"  took: {took:.2f} s, {report.records / took:,.0f} records a second")
    if as_json:
        print_json("whatif", read, report=exact(report), means=MEANS)
    else:
        print(*report_lines(report), sep="\n")
    return exit_code(report)


def exit_code(report: Backtest) -> int:
    """Return 0 if nothing differs, 1 if something would, 2 if not all could be evaluated."""
    if not report.complete:
        return 2
    if report.whole.decided or report.whole.open:
        return 1
    return 2 if report.whole.not_evaluable else 0


def _read(store: Store, report: Backtest, cases: CaseRange) -> dict[str, Any]:
    ids = [] if cases == ALL else [str(cases)]
    until = "nothing" if report.until is None else f"until {report.until.isoformat()}"
    return {
        "store": store.where,
        "range": ", ".join([number(report.records, "record"), *ids, until]),
        "candidate": list(report.policies),
        "foreign logs read as": report.roles,
        "assumed": list(report.assumed) or "nothing",
        "possible worlds": f"at most {report.budget:,} a case",
    }


def report_lines(report: Backtest) -> Iterator[str]:
    """Return a report as text: the counts, the figures with bounds, some cases, a closing line."""
    whole = report.whole
    yield f"cases          {whole.cases:,}"
    yield f"same           {whole.same:,}"
    yield f"decided        {whole.decided:,}"
    yield f"open           {whole.open:,}"
    yield f"not evaluable  {whole.not_evaluable:,}"
    yield from ("", "figure: in history, under the candidate", *_figures(whole))
    yield from (f"  {name}: not derivable, {why}" for name, why in report.derivable.items())
    for name, parts in (
        ("ground", report.by_ground),
        ("rule", report.by_rule),
        ("jurisdiction", report.by_jurisdiction),
    ):
        yield from _parts(name, parts)
    if report.why:
        yield from ("", "why", *(f"  {why}: {cases:,}" for why, cases in report.why.items()))
    for verdict, rows in report.told.items():
        for row in rows[:TOLD]:
            yield from ("", *_case(verdict, row))
    yield from ("", _closing(report))


def _figures(part: Part) -> Iterator[str]:
    yield from (f"  {name}: {_sum(one)}" for name, one in part.figures.items())


def _sum(one: Sum) -> str:
    least, most = _rounded(one.least), _rounded(one.most)
    return f"{_rounded(one.history)}, {least if least == most else f'{least} to {most}'}"


def _rounded(value: Fraction) -> str:
    """Return a whole number as it is, and any other to a tenth."""
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.1f}"


def _parts(name: str, parts: Mapping[str, Part]) -> Iterator[str]:
    if not parts:
        return
    yield from ("", f"by {name}")
    for key, part in parts.items():
        counts = f"{part.same:,} same, {part.decided:,} decided, {part.open:,} open"
        yield f"  {key or 'not said'}: {counts}, {part.not_evaluable:,} not evaluable"


def _case(verdict: str, row: Row) -> Iterator[str]:
    worlds = number(row.worlds, "possible world") if row.worlds else row.detail
    yield f"{verdict}: case `{row.case}`, {worlds}"
    yield from (f"  {_departure(one)}" for one in row.why)
    told = [f"  {one.at.isoformat()} {one.what} {one.about}".rstrip() for one in row.effects]
    yield from told[:TOLD]
    if len(told) > TOLD:
        yield f"  ... and {len(told) - TOLD:,} more that would not be so, or be so in their place"


def _departure(one: Departure) -> str:
    about = f" `{one.about}`" if one.about else ""
    return f"{one.at.isoformat()} version {one.n}: {one.why}{about}"


def _closing(report: Backtest) -> str:
    whole = report.whole
    judged = f"{whole.differs:,} of {number(whole.cases, 'case')} differ in every possible world"
    if report.complete:
        return judged
    return f"{judged}, and not all was tried: {report.stopped}{go_on(report.left)}"
