"""`freezecase watch`: the loop that lets time pass, for hosts without a scheduler of their own."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from time import sleep
from typing import Final

import attrs
import click

from freezecase.app.timing import TimePassed
from freezecase.casebook import Casebook
from freezecase.cli.common import (
    DB,
    JSON,
    POLICY,
    as_hours,
    number,
    policies_of,
    print_json,
    say,
    say_read,
)
from freezecase.core.values import Audience
from freezecase.errors import StoreBusy
from freezecase.views.due import Due
from freezecase.views.telling import debtor_name, instant

__all__ = ["command", "watch"]

_SECONDS: Final = 30.0
_SHORTEST: Final = 0.1
_LONGEST: Final = 24 * 60 * 60


def _as_seconds(_ctx: click.Context, _param: click.Parameter, value: float) -> float:
    if not _SHORTEST <= value <= _LONGEST:  # so refuses what is no number, too
        raise click.BadParameter(f"{value} is not in the range {_SHORTEST}<=x<={_LONGEST}")
    return value


@click.command("watch")
@DB
@POLICY
@click.option(
    "--every",
    metavar="SECONDS",
    type=float,
    callback=_as_seconds,
    default=_SECONDS,
    show_default=True,
    help="How long to wait between two rounds.",
)
@click.option("--rounds", type=click.IntRange(min=1), help="Stop after so many; never if not said.")
@click.option(
    "--warn",
    metavar="HOURS",
    type=float,
    callback=as_hours,
    default=4.0,
    show_default=True,
    help="Warn of what falls due within so many hours.",
)
@JSON
def command(
    db: str,
    policy: str | None,
    every: float,
    rounds: int | None,
    warn: timedelta,
    *,
    as_json: bool,
) -> int:
    """
    Record what was missed, over and over: the next rung of each ladder then owes.

    Several may run at once; each case is written by whoever comes first. Exit code 1 says that a
    case could not be read or written in the last round.
    """
    with Casebook.open(db, policy=policies_of(policy), create=False) as book:
        read = {"store": book.store.where}
        say_read("watch", read)
        passed, seen = watch(book, every=every, rounds=rounds, warn=warn)
    if as_json:
        print_json("watch", read, rounds=seen, last=passed)
    return 1 if passed.failed else 0


def watch(
    book: Casebook,
    *,
    every: float,
    rounds: int | None,
    warn: timedelta,
    wait: Callable[[float], None] = sleep,
) -> tuple[TimePassed, int]:
    """
    Let time pass until so many *rounds* are done; return the last, and how many there were.

    Raises:
        StoreBusy: the last round could not be done; any other is done again in the next.

    """
    watcher, done = _Watcher(book, warn), 0
    while True:
        done += 1
        last = done == rounds
        try:
            passed = watcher.round()
        except StoreBusy as busy:
            if last:
                raise
            say(f"{instant(book.clock.now())} {busy}")
        else:
            if last:
                return passed, done
        wait(every)


@attrs.define
class _Watcher:
    """Goes round after round, and says once what stays as it is."""

    book: Casebook
    warn: timedelta
    said: frozenset[str] = frozenset()
    """What was said, and still holds."""

    def round(self) -> TimePassed:
        """Let time pass once, and say what came of it."""
        now = self.book.clock.now()
        passed = self.book.run_due(now)
        soon = self.book.due(now, ahead=self.warn) if self.warn else ()
        if passed.missed:
            misses = number(passed.missed, "miss", "misses")
            say(f"{instant(now)} {misses} recorded in {number(passed.cases, 'case')}")
        failed = (f"case {case}: {why}" for case, why in passed.failed.items())
        warnings = (_soon(one) for one in soon if one.due > now and not one.right)
        self._say_once(instant(now), (*failed, *warnings))
        return passed

    def _say_once(self, when: str, words: Iterable[str]) -> None:
        holding = dict.fromkeys(words)
        say(*(f"{when} {one}" for one in holding if one not in self.said))
        self.said = frozenset(holding)


def _soon(one: Due) -> str:
    what = f"{one.kind} {one.subject}".strip()
    who = debtor_name(one.who, Audience.OPERATIONS)
    return f"soon: {who} owes {what} by {instant(one.due)}, case {one.case}"
