"""`freezecase demo`: three cases on a fresh store, told from freeze to closing."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from freezecase.casebook import Casebook
from freezecase.cli.columns import timeline_lines
from freezecase.cli.common import JSON, number, print_json, say, say_read
from freezecase.cli.stories import STORIES, Stage, StoryClock
from freezecase.replay.history import replay
from freezecase.replay.replayed import ReplayReport
from freezecase.views.timeline import Timeline, timeline

__all__ = ["command"]

WIDTH: Final = 100
"""How wide the demonstration is told, wherever it is read."""


@click.command("demo")
@click.option(
    "--db", metavar="URL", help="Leave the cases in this store, which must hold none yet."
)
@JSON
def command(db: str | None, *, as_json: bool) -> int:
    """Play three true-to-life cases on a fresh store, and tell each of them in sentences."""
    clock = StoryClock()
    with _somewhere(db) as url, Casebook.open(url, clock=clock) as book:
        size = book.store.size()
        if size:
            held = f"{book.store.where} holds {number(size, 'record')} already"
            raise click.ClickException(f"{held}: the demo wants an empty store, name another")
        stage = Stage(book, clock)
        told = [(title, timeline(book.history(story(stage)))) for title, story in STORIES]
        report = replay(book.store)
        where = book.store.where if db else "a temporary file, gone when this ends"
    read = {
        "store": where,
        "range": number(report.records, "record"),
        "policy": list(report.by_policy),
    }
    say_read("demo", read)
    if as_json:
        stories = [{"title": title, "timeline": timeline} for title, timeline in told]
        print_json("demo", read, stories=stories, report=report)
    else:
        print(*_lines(told, report), sep="\n")
    if db:
        say(f"the cases stay there; go on with: freezecase history acct-4711 --db '{db}'")
    return 0 if report.clean else 1


@contextmanager
def _somewhere(db: str | None) -> Generator[str]:
    """Give the URL of the store that is named, or of a fresh file that goes away again."""
    if db is not None:
        yield db
        return
    with TemporaryDirectory(prefix="freezecase-") as folder:
        yield f"sqlite:///{(Path(folder) / 'demo.db').as_posix()}"


def _lines(told: list[tuple[str, Timeline]], report: ReplayReport) -> Iterator[str]:
    for place, (title, one) in enumerate(told, start=1):
        yield f"{place}. {title}"
        yield from timeline_lines(one, width=WIDTH)
        yield ""
    yield _closing(report)


def _closing(report: ReplayReport) -> str:
    """Return one line with counts, all of them read back from the store."""
    kinds = report.by_kind
    found = number(sum(report.found.values()), "finding") if report.found else "no findings"
    left = report.cases - report.by_status.get("closed", 0)
    counts = (
        number(report.cases, "case"),
        number(report.records, "record"),
        number(kinds.get("attempt-refused", 0), "attempt refused", "attempts refused"),
        number(kinds.get("promise-broken", 0), "promise broken", "promises broken"),
        f"{left} left open",
    )
    return f"{', '.join(counts)}; replayed: {found}"
