"""`freezecase due`: who owes what, by when; and what will be late soon."""

from datetime import datetime, timedelta
from typing import Final

import click

from freezecase.app.clock import SystemClock
from freezecase.casebook import Casebook
from freezecase.cli.columns import columns
from freezecase.cli.common import DB, JSON, as_hours, as_instant, number, print_json, say_read
from freezecase.core.values import Audience
from freezecase.views.due import Due
from freezecase.views.telling import debtor_name, instant

__all__ = ["command", "due_lines"]

_HOUR: Final = timedelta(hours=1)


@click.command("due")
@DB
@click.option(
    "--at", metavar="INSTANT", callback=as_instant, help="Due by this instant; now if not said."
)
@click.option(
    "--ahead",
    metavar="HOURS",
    type=float,
    callback=as_hours,
    default=0.0,
    show_default=True,
    help="Also what falls due within so many hours after it.",
)
@JSON
def command(db: str, at: datetime | None, ahead: timedelta, *, as_json: bool) -> int:
    """
    List what is due, longest first: who owes what in which case.

    Exit code 1 says that a duty is late already. What only falls due soon does not count, and no
    more does a right that nobody used.
    """
    now = at or SystemClock().now()
    with Casebook.open(db, create=False) as book:
        found = book.due(now, ahead=ahead)
        more = f", and {ahead / _HOUR:g} h ahead" if ahead else ""
        read = {"store": book.store.where, "range": f"due by {instant(now)}{more}"}
    say_read("due", read)
    late = sum(_late(one, now) for one in found)
    if as_json:
        print_json("due", read, late=late, due=found)
    else:
        print(*due_lines(found, now), sep="\n")
    return 1 if late else 0


def due_lines(found: tuple[Due, ...], now: datetime) -> list[str]:
    """Return a due list as text, and a closing line with counts."""
    rows = [("due (UTC)", "", "who", "what", "account", "case"), *(_row(one, now) for one in found)]
    late = sum(_late(one, now) for one in found)
    soon = sum(one.due > now for one in found)
    closing = f"{number(late, 'duty', 'duties')} late, {soon} due soon"
    return [*(columns(rows) if found else ()), closing]


def _row(one: Due, now: datetime) -> tuple[str, ...]:
    passed = "lapsed" if one.right else "late"
    who = debtor_name(one.who, Audience.OPERATIONS)
    return (
        instant(one.due),
        passed if one.due <= now else "soon",
        f"{who} (climbed {one.rung}x)" if one.rung else who,
        f"{one.kind} {one.subject}".strip(),
        one.account,
        str(one.case),
    )


def _late(one: Due, now: datetime) -> bool:
    """Say whether somebody is late: a right that nobody used is no duty."""
    return one.due <= now and not one.right
