"""`freezecase worklist`: what is to be done, the most urgent first, and why."""

from datetime import datetime, timedelta
from typing import Any, Final

import click

from freezecase.app.clock import SystemClock
from freezecase.casebook import Casebook
from freezecase.cli.columns import columns
from freezecase.cli.common import DB, JSON, as_instant, number, print_json, progress, say_read
from freezecase.core.values import Audience
from freezecase.views.board import Search
from freezecase.views.telling import debtor_name, instant
from freezecase.views.worklist import WorkItem, Worklist

__all__ = ["command", "worklist_lines"]

_HEAD: Final = ("", "due (UTC)", "", "who", "next move", "customer waits", "queue", "account")


@click.command("worklist")
@DB
@click.option("--queue", help="Only this queue; an empty word for what no rule sent anywhere.")
@click.option("--skill", help="Only what takes this skill.")
@click.option("--owner", help="Only whose cases these are, such as staff:ana; '' for nobody's.")
@click.option("--debtor", help="Only where this role or person owes something.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--stored", is_flag=True, help="Read what is stored; do not bring it up to date.")
@click.option("--rebuild", is_flag=True, help="Make the stored views again from zero first.")
@click.option(
    "--at", metavar="INSTANT", callback=as_instant, help="What is late at this instant; now."
)
@JSON
def command(
    db: str, at: datetime | None, *, stored: bool, rebuild: bool, as_json: bool, **search: Any
) -> int:
    """
    List the cases in which somebody has something to do, the most urgent first.

    It brings the stored views up to date, unless --stored. Exit code 1 says that something in the
    list is late.
    """
    now = at or SystemClock().now()
    asked: Search = {name: value for name, value in search.items() if value is not None}  # type: ignore[assignment]
    with Casebook.open(db, create=False) as book:
        with progress("stored views") as told:
            if rebuild:
                book.rebuild_board(progress=told)
            elif not stored:
                book.catch_up(progress=told)
        found = book.worklist(stored=True, **asked)
        upto = f"records 1 to {found.position}, {found.behind} more are not in it"
        read = {"store": book.store.where, "range": upto}
    say_read("worklist", read)
    late = sum(item.late(now) for item in found.items)
    if as_json:
        print_json("worklist", read, late=late, worklist=found.items)
    else:
        print(*worklist_lines(found, now), sep="\n")
    return 1 if late else 0


def worklist_lines(found: Worklist, now: datetime) -> list[str]:
    """Return a worklist as text, each case with its reasons below, and a closing line."""
    rows = [_HEAD, *(_row(item, now) for item in found.items)]
    head, *lines = columns(rows)
    told = [head] if found.items else []
    for line, item in zip(lines, found.items, strict=True):
        told += [line, f"   {item.case}: {'; '.join(item.why) or 'nothing raised it'}"]
    late = sum(item.late(now) for item in found.items)
    return [*told, f"{number(len(found.items), 'case')}, {late} late"]


def _row(item: WorkItem, now: datetime) -> tuple[str, ...]:
    waits = item.customer_waits(now)
    return (
        str(item.priority),
        "-" if item.due is None else instant(item.due),
        "late" if item.late(now) else "",
        debtor_name(item.debtor, Audience.OPERATIONS),
        item.next_move,
        "-" if waits is None else length(waits),
        item.queue or "-",
        item.account or "-",
    )


def length(took: timedelta) -> str:
    """Return a length of time in its largest unit, cut and never rounded up: `16.9 days`."""
    for unit, size in _UNITS:
        if abs(took) >= size:
            tenths = int(took / size * 10)
            return f"{tenths / 10:g} {unit}"
    return f"{took.total_seconds():g} s"


_UNITS: Final = (
    ("days", timedelta(days=1)),
    ("h", timedelta(hours=1)),
    ("min", timedelta(minutes=1)),
)
