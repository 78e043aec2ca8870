"""`freezecase metrics`: the figures of all cases, or of those frozen in a period."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

import attrs
import click

from freezecase.casebook import Casebook
from freezecase.cli.columns import columns
from freezecase.cli.common import DB, JSON, as_instant, number, print_json, progress, say_read
from freezecase.cli.exact import exact
from freezecase.cli.worklist import length
from freezecase.views.board import Period
from freezecase.views.portfolio import Portfolio, overturned
from freezecase.views.spread import Spread
from freezecase.views.telling import instant

__all__ = ["command", "metrics_lines"]

Row = tuple[str, ...]


@click.command("metrics")
@DB
@click.option(
    "--since", metavar="INSTANT", callback=as_instant, help="Only cases frozen from then on."
)
@click.option("--until", metavar="INSTANT", callback=as_instant, help="Only those frozen before.")
@click.option("--stored", is_flag=True, help="Read what is stored; do not bring it up to date.")
@JSON
def command(db: str, *, stored: bool, as_json: bool, **given: datetime | None) -> int:
    """
    Say how often and how long: freezes, releases, appeals, promises, what was missed.

    A period takes the cases frozen in it, and what has happened to them since. Lengths of time are
    percentiles by nearest rank, never means.
    """
    period: Period = {name: at for name, at in given.items() if at is not None}  # type: ignore[assignment]
    with Casebook.open(db, create=False) as book:
        if not stored:
            with progress("stored views") as told:
                book.catch_up(progress=told)
        figures = book.portfolio(stored=True, **period)
        read = {"store": book.store.where, "range": _range(figures)}
    say_read("metrics", read)
    if as_json:
        print_json("metrics", read, metrics=_plain(figures))
    else:
        print(*metrics_lines(figures), sep="\n")
    return 0


def _range(figures: Portfolio) -> str:
    since = "ever" if figures.since is None else instant(figures.since)
    until = "now" if figures.until is None else instant(figures.until)
    return f"cases frozen from {since} until {until}, records 1 to {figures.position}"


def metrics_lines(figures: Portfolio) -> Iterator[str]:
    """Yield the figures as tables, each under a line that says what it is."""
    unread = f", {figures.unreadable} of them unreadable" if figures.unreadable else ""
    yield f"{number(figures.cases, 'case')}{unread}"
    for title, rows in _tables(figures):
        if len(rows) > 1:
            yield from ("", title, *columns(rows))


def _tables(figures: Portfolio) -> Iterator[tuple[str, list[Row]]]:
    yield "freezes by ground", [("ground", "freezes", "still frozen"), *_freezes(figures)]
    yield "how long it took (nearest rank)", [_LENGTHS, *_lengths(figures)]
    right = _share(overturned(figures.appeals))
    yield f"appeals, overturned: {right}", _counts("level", figures.appeals)
    kept = _share(figures.promises.overall.share_kept)
    yield f"promises, kept: {kept}", _counts("by", figures.promises.by_person)
    yield "deadlines", _counts("owed", figures.deadlines)
    yield "decisions", _counts("decision", figures.decisions)
    found = [(name, str(count)) for name, count in figures.run_around.items()]
    yield "run-around", [("detector", "found"), *found]


def _freezes(figures: Portfolio) -> Iterator[Row]:
    for ground, count in figures.freezes.items():
        yield ground, str(count), str(figures.frozen.get(ground, 0))
    if figures.freezes:
        yield "all", str(sum(figures.freezes.values())), str(sum(figures.frozen.values()))


_LENGTHS: Final = ("from, to", "came", "waiting", *(f"p{p}" for p in (10, 50, 90, 99)), "longest")


def _lengths(figures: Portfolio) -> Iterator[Row]:
    yield from (
        _length("freeze, told", figures.to_told),
        _length("asked for a person, joined", figures.to_human),
        _length("freeze, free", figures.to_release),
    )
    for name, groups in (
        ("ground", figures.release_by_ground),
        ("way", figures.release_by_way),
        ("outcome", figures.release_by_outcome),
    ):
        yield from (
            _length(f"freeze, free: {name} {group or 'not closed'}", spread)
            for group, spread in groups.items()
        )


def _length(what: str, spread: Spread) -> Row:
    took = (spread.p10, spread.p50, spread.p90, spread.p99, spread.longest)
    shown = ("-" if one is None else length(one) for one in took)
    return what, str(spread.came), str(spread.waiting), *shown


def _counts(name: str, counts: Mapping[str, Any]) -> list[Row]:
    """Return a table of counts, one column a number."""
    if not counts:
        return []
    names = [field.name for field in attrs.fields(type(next(iter(counts.values()))))]
    head = (name, *(one.replace("_", " ") for one in names))
    return [
        head,
        *((key, *(str(getattr(one, part)) for part in names)) for key, one in counts.items()),
    ]


def _share(share: Fraction | None) -> str:
    return "none yet" if share is None else f"{share.numerator} of {share.denominator}"


def _plain(figures: Portfolio) -> dict[str, Any]:
    """Return figures as plain data: lengths in whole microseconds, shares as two numbers."""
    shown: dict[str, Any] = exact(figures)
    shown["overturned"] = exact(overturned(figures.appeals))
    shown["promises"]["share_kept"] = exact(figures.promises.overall.share_kept)
    return shown
