"""`freezecase history`: one case in sentences, as one reader may know it."""

import shutil
import sys
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from freezecase.app.custody.openings import Cleared
from freezecase.app.record import Record
from freezecase.casebook import Casebook
from freezecase.cli.columns import columns, timeline_lines
from freezecase.cli.common import (
    DB,
    JSON,
    as_instant,
    cases_named,
    instants,
    number,
    print_json,
    say_read,
)
from freezecase.cli.unsealing import opening, sealed_options
from freezecase.core.actors import Actor
from freezecase.core.values import Audience
from freezecase.views.telling import may_read
from freezecase.views.timeline import policy_of, timeline

__all__ = ["command"]


@click.command("history")
@click.argument("case")
@DB
@JSON
@click.option(
    "--at", metavar="INSTANT", callback=as_instant, help="Only what was recorded by then."
)
@click.option("--version", type=click.IntRange(min=1), help="Up to this version.")
@click.option(
    "--reader",
    type=click.Choice([one.value for one in Audience]),
    default=Audience.OPERATIONS.value,
    show_default=True,
    help="Tell what this audience may know.",
)
@click.option("--rules", is_flag=True, help="Say how each command was ruled.")
@click.option("--owed", is_flag=True, help="Tell each obligation that opened or was met, too.")
@sealed_options
def command(
    case: str,
    db: str,
    *,
    keys: str | None,
    kek: str | None,
    by: Actor | None,
    purpose: str | None,
    **options: Any,
) -> int:
    """
    Tell CASE in sentences: a case id, or an account id, which may have several cases.

    What is sealed is told to whoever gives --keys, --kek, --by and --purpose, and that it was read
    is on record; to anybody else it is withheld.
    """
    cleared = _cleared_for(Audience(options["reader"]))
    with (
        opening(cleared, keys=keys, kek=kek, by=by, purpose=purpose) as unsealing,
        Casebook.open(db, create=False, keys=unsealing.keys) as book,
    ):
        found = cases_named(book.store, case)
        if len(found) > 1:
            return _list(book, case, found, as_json=options["as_json"])
        return _tell(book, found[0], unsealing.reader, **options)


def _cleared_for(reader: Audience) -> list[str]:
    """Return the audiences whose texts a reader is told: their own, and the wider ones."""
    return [one.value for one in Audience if may_read(reader, one)]


def _list(book: Casebook, account: str, found: list[UUID], *, as_json: bool) -> int:
    """List the cases of an account."""
    read = {"store": book.store.where, "range": number(len(found), "case")}
    states = [book.case(one) for one in found]
    say_read("history", read)
    if as_json:
        listed = [
            {"case": state.id, "status": state.status, "ground": state.ground} for state in states
        ]
        print_json("history", read, account=account, cases=listed)
        return 0
    rows = [(str(state.id), state.status.value, str(state.ground or "")) for state in states]
    print(*columns([("case", "status", "ground"), *rows]), sep="\n")
    return 0


def _tell(
    book: Casebook,
    case: UUID,
    cleared: Cleared | None,
    *,
    at: datetime | None,
    version: int | None,
    reader: str,
    rules: bool,
    owed: bool,
    as_json: bool,
) -> int:
    records = [
        record
        for record in book.history(case, cleared)
        if (version is None or record.version <= version)
        and (at is None or record.recorded_at <= at)
    ]
    if not records:
        raise click.ClickException(f"case `{case}` had no record yet: ask for a later instant")
    told = timeline(records, reader=Audience(reader), owed=owed)
    read = _read(book, case, records)
    say_read("history", read)
    if as_json:
        print_json("history", read, timeline=told)
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        print(*timeline_lines(told, width=width, rules=rules), sep="\n")
    return 0


def _read(book: Casebook, case: UUID, records: list[Record]) -> dict[str, Any]:
    """Say which records were read, and under which policies they were ruled."""
    policies = {policy_of(record.ruling) for record in records if record.ruling}
    upto = f"versions 1 to {records[-1].version} of case {case}"
    return {
        "store": book.store.where,
        "range": f"{upto}, recorded {instants(record.recorded_at for record in records)}",
        "policy": sorted(policies),
    }
