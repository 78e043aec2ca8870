"""`freezecase day-end`: write down where every case stood when the day was over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from freezecase.app.anchoring.day_end import DayEnds, Manifest
from freezecase.app.clock import SystemClock
from freezecase.app.stores.opening import open_store
from freezecase.cli.common import DB, JSON, number, print_json, say_read

__all__ = ["command"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("day-end")
@DB
@click.option("--day", metavar="DATE", type=_DAY, help="Which day, in UTC; yesterday.")
@JSON
def command(db: str, *, day: datetime | None, as_json: bool) -> int:
    """
    Write the manifest of a day: one record of where every case stood, under one root.

    By it the evidence of a case shows that nothing was left out. Run it each night, and make a
    checkpoint after it; run it again, and nothing happens. A day that is not over is covered as far
    as it has gone: that is what to do before evidence is written of what happened today.
    """
    clock = SystemClock()
    asked = day.date() if day else clock.now().astimezone(UTC).date() - timedelta(days=1)
    with open_store(db, create=False) as store:
        found = DayEnds(store, clock).write(asked)
        read = {"store": store.where, "range": f"up to the end of {asked}, UTC"}
    say_read("day-end", read)
    if as_json:
        print_json("day-end", read, day=asked, manifest=found and _plain(found))
    else:
        print(_said(asked, found))
    return 0


def _plain(manifest: Manifest) -> dict[str, Any]:
    heads = manifest.heads
    parts = {"upto": heads.upto, "streams": heads.streams, "root": heads.root}
    return {"index": manifest.index, "version": manifest.version, **parts}


def _said(day: date, manifest: Manifest | None) -> str:
    if manifest is None:
        return f"{day}: there was no record yet"
    streams = number(manifest.heads.streams, "stream")
    upto = f"up to record {manifest.heads.upto}"
    return f"{day}: {streams} {upto}, root {manifest.heads.root}, at record {manifest.index}"
