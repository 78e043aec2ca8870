"""`freezecase measure`: two periods beside each other, so that "fewer freezes" is a number."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final, TypeVar

import click

from freezecase.app.stores.opening import open_store
from freezecase.cli.columns import columns
from freezecase.cli.common import DB, JSON, as_instant, number, print_json, progress, say_read
from freezecase.cli.exact import exact
from freezecase.cli.worklist import length
from freezecase.errors import InvalidValue
from freezecase.views.board import Period
from freezecase.views.measuring.again import Again
from freezecase.views.measuring.fewer import Exposure, Fewer
from freezecase.views.measuring.figures import Figures
from freezecase.views.measuring.harm import HOUR, Harm
from freezecase.views.measuring.lost import Lost
from freezecase.views.measuring.measures import Measures, measures
from freezecase.views.measuring.narrower import Narrower
from freezecase.views.measuring.overturned import Overturns
from freezecase.views.measuring.topics import Topic
from freezecase.views.telling import instant, scope

__all__ = ["command", "measure_lines"]

C = TypeVar("C", bound=Callable[..., Any])
Row = tuple[str, ...]

_OPEN: Final = "not closed"
TOLD: Final = 20
"""How many narrowings are told in words; `--json` has more."""


def _end(name: str, help_: str, *, required: bool = False) -> Callable[[C], C]:
    return click.option(name, metavar="INSTANT", callback=as_instant, required=required, help=help_)


@click.command("measure")
@DB
@_end("--since", "The first instant of the period that is measured.", required=True)
@_end("--until", "The first instant after it.", required=True)
@_end("--before-since", "Of the one it is compared with; if not said, it is as long, just before.")
@_end("--before-until", "The first instant after that one.")
@click.option("--accounts", metavar="BEFORE AFTER", nargs=2, type=click.IntRange(min=1),
              help="How many active accounts there were in both, on average.")  # fmt: skip
@JSON
def command(db: str, accounts: tuple[int, int] | None, *, as_json: bool, **ends: Any) -> int:
    """
    Measure a period beside the one before it: fewer freezes, harm, what was overturned.

    The store is read once, in flat memory. Each figure says of how many it is; `--json` has the
    definitions too, and rounds nothing that is counted. Exit code 1 says that cases of these
    periods cannot be read, and are left out.
    """
    before, after = _periods(**ends)
    exposure = Exposure(before=accounts[0], after=accounts[1]) if accounts else None
    with open_store(db, create=False) as store:
        try:
            with progress("measuring") as bar:
                found = measures(store, before, after, exposure, progress=bar)
        except InvalidValue as error:
            raise click.UsageError(str(error)) from error
        read = {"store": store.where, "range": _range(found)}
    say_read("measure", read)
    if as_json:
        print_json("measure", read, measures=_plain(found), definitions=_DEFINITIONS)
    else:
        print(*measure_lines(found), sep="\n")
    return 1 if found.before.unreadable or found.after.unreadable else 0


def _periods(
    since: datetime,
    until: datetime,
    before_since: datetime | None,
    before_until: datetime | None,
) -> tuple[Period, Period]:
    """Return both periods; without ends of its own the first is as long as the second."""
    if (before_since is None) is not (before_until is None):
        raise click.UsageError("--before-since and --before-until go together: say both, or none")
    if before_since is None or before_until is None:
        try:
            before_since, before_until = since - (until - since), since
        except OverflowError:
            raise click.UsageError("nothing was before that: say --before-since") from None
    return Period(since=before_since, until=before_until), Period(since=since, until=until)


def _range(found: Measures) -> list[str]:
    """Say what was measured, and up to when anybody knows."""
    growing = found.after.until > found.known_until
    still = ", so the second period is still growing" if growing else ""
    known = f"{instant(found.known_until)}{still}"
    return [
        *(f"{name} {instant(of.since)} until {instant(of.until)}" for name, of in _both(found)),
        f"records 1 to {found.position}, the last of {known}",
    ]


def _both(found: Measures) -> tuple[tuple[str, Figures], tuple[str, Figures]]:
    return ("before", found.before), ("after", found.after)


# --- in words ------------------------------------------------------------------------------------


def measure_lines(found: Measures) -> Iterator[str]:
    """Yield the measures as tables, each under a line that says what it is."""
    yield _sentence(found.fewer)
    yield from ("", "freezes imposed", *columns([*_compared(found)]))
    for title, head, rows_of in _TABLES:
        rows = [(name, *row) for name, figures in _both(found) for row in rows_of(figures)]
        if rows:
            yield from ("", title, *columns([("", *head), *rows]))
    if found.after.narrower:
        head = ("case", "scope", "stood", "learnt meanwhile")
        yield from ("", "less was enough, after", *columns([head, *_examples(found.after)]))
    for name, figures in _both(found):
        if figures.unreadable:
            yield f"\nleft out {name}: {number(figures.unreadable, 'case')} that cannot be read"


def _sentence(fewer: Fewer) -> str:
    """Say by what share there were fewer, or why nobody can say it."""
    counts = f"{number(fewer.before, 'freeze')} before, {fewer.after:,} after"
    if fewer.share is None:
        return f"{counts}: {fewer.refused}"
    each = "a day" if fewer.exposure is None else "a day and account"
    return f"{counts}: {_less(fewer.share)} {each}, {_between(fewer)}"


def _less(share: Fraction | float, to_tenths: Callable[[Any], int] = floor) -> str:
    """Return a share in words: `80.1 % fewer`, or `12.0 % more`. It is never rounded up."""
    tenths = to_tenths(share * 1000)
    return f"{abs(tenths) / 10:.1f} % {'fewer' if tenths >= 0 else 'more'}"


def _between(fewer: Fewer) -> str:
    """Return how sure anybody can be of a share."""
    if fewer.between is None:
        return "-"
    least, greatest = fewer.between
    return f"{float(fewer.confidence) * 100:.0f} % sure: {_less(least)} to {_less(greatest, ceil)}"


def _compared(found: Measures) -> Iterator[Row]:
    yield "ground", "before", "after", "for their time", "how sure"
    grounds = found.fewer_by_ground.items()
    for name, one in (*grounds, ("of no incident", found.fewer_apart), ("all", found.fewer)):
        share = "-" if one.share is None else _less(one.share)
        yield name, f"{one.before:,}", f"{one.after:,}", share, _between(one)


def _again(figures: Figures) -> Iterator[Row]:
    for ground, one in figures.again.items():
        yield ground, f"{one.n:,}", f"{one.again:,}", f"{one.same_ground:,}"


def _harm(figures: Figures) -> Iterator[Row]:
    for outcome, one in figures.harm.items():
        days, hours = one.frozen / (24 * HOUR), float(one.capability_hours)
        yield outcome or _OPEN, f"{one.n:,}", f"{days:,.1f}", f"{hours:,.1f}", f"{one.valued:,}"


def _held(figures: Figures) -> Iterator[Row]:
    for (outcome, asset), much in figures.held.items():
        yield outcome or _OPEN, asset, f"{float(much):,.1f}"


def _lost(figures: Figures) -> Iterator[Row]:
    for (outcome, what, asset), one in figures.lost.items():
        units = f"{float(one.units):,.1f}" if asset else ""
        yield outcome or _OPEN, what, asset, units, f"{one.times:,}", f"{one.n:,}"


def _rules(figures: Figures) -> Iterator[Row]:
    for rule, one in figures.rules.items():
        counts = one.made, one.contested, one.overturned, one.stood
        yield rule or "none on record", *(f"{count:,}" for count in counts)


def _narrowed(figures: Figures) -> Iterator[Row]:
    if figures.narrowings:
        yield f"{figures.narrowings:,}", f"{figures.unprompted:,}"


def _topics(figures: Figures) -> Iterator[Row]:
    for topic, one in figures.topics.items():
        yield topic, f"{one.contacts:,}", f"{one.cases:,}", f"{one.again:,}"


_TABLES: Final[tuple[tuple[str, Row, Callable[[Figures], Iterator[Row]]], ...]] = (
    (
        "causes that repeat",
        ("ground", "freezes", "of an account frozen before", "on the same ground"),
        _again,
    ),
    (
        "harm, by what the case is closed as",
        ("outcome", "cases", "days frozen", "capability-hours", "amount known"),
        _harm,
    ),
    ("amounts held", ("outcome", "asset", "units x hours x capabilities"), _held),
    ("lost for good", ("outcome", "what", "asset", "units", "times", "cases"), _lost),
    ("overturned", ("rule", "made", "contested", "overturned", "stood"), _rules),
    ("less was enough", ("narrowings", "of which nothing was learnt meanwhile"), _narrowed),
    ("what customers ask", ("topic", "contacts", "cases", "asked again in"), _topics),
)


def _examples(figures: Figures) -> Iterator[Row]:
    """Yield the first narrowings, each as a fact to read the case by."""
    for one in figures.narrower[:TOLD]:
        yield (
            f"{one.case} version {one.version}",
            f"{scope(one.before)} -> {scope(one.after)}",
            length(one.stood),
            ", ".join(one.meanwhile) or "nothing",
        )
    untold = figures.narrowings - len(figures.narrower[:TOLD])
    if untold:
        yield f"... and {untold:,} more", "", "", ""


# --- as data -------------------------------------------------------------------------------------

_DEFINITIONS: Final[Mapping[str, str]] = {
    "fewer": Fewer.definition,
    "again": Again.definition,
    "harm": Harm.definition,
    "held": Harm.definition_of_held,
    "lost": Lost.definition,
    "rules": Overturns.definition,
    "narrower": Narrower.definition,
    "topics": Topic.definition,
}
_ALSO: Final = {
    Fewer: ("n", "rates", "share", "between", "refused"),
    Again: ("share",),
    Harm: ("capability_hours",),
    Overturns: ("of_made", "of_heard"),
}
"""What follows from the fields, and whoever reads the figures wants to know."""


def _plain(found: Measures) -> dict[str, Any]:
    """Return measures as plain data; what goes by more than one name is a list."""
    shown: dict[str, Any] = exact(found, _ALSO)
    for name, figures in _both(found):
        shown[name]["held"] = [
            {"outcome": outcome, "asset": asset, "much": exact(much)}
            for (outcome, asset), much in figures.held.items()
        ]
        shown[name]["lost"] = [
            {"outcome": outcome, "what": what, "asset": asset, **exact(one)}
            for (outcome, what, asset), one in figures.lost.items()
        ]
    return shown
