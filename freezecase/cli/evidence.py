"""`freezecase evidence`: make a case into a file that shows itself, or check such a file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click

from freezecase.app.anchoring.anchors import FolderAnchor
from freezecase.app.anchoring.day_end import DayEnds
from freezecase.app.anchoring.evidence import Enclosed, EvidenceMaker, Opening
from freezecase.app.anchoring.proving import Prover
from freezecase.app.clock import SystemClock
from freezecase.app.custody.openings import Opener
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.cli.common import DB, JSON, cases_named, number, print_json, say, say_read
from freezecase.cli.evidence_lines import made, plain, told, verdict
from freezecase.cli.unsealing import NEEDED, Unsealing, opening, sealed_options
from freezecase.core.actors import Actor
from freezecase.core.values import Audience
from freezecase.errors import InvalidValue
from freezecase.seal.bundle import Bundle
from freezecase.seal.examine import examine
from freezecase.seal.note import NoteKey
from freezecase.seal.trust import Trust

__all__ = ["command"]

_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_READ: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("evidence")
@click.argument("case", required=False)
@DB
@click.option("-o", "--output", metavar="FILE", type=_FILE, help="Where to write the evidence.")
@click.option("--check", metavar="FILE", type=_READ, help="Check this file instead.")
@click.option("--key", metavar="KEY", multiple=True, help="A key of the log that you trust.")
@click.option("--witness", metavar="KEY", multiple=True, help="A key of a witness that you trust.")
@click.option("--quorum", metavar="N", type=click.IntRange(min=0), help="How many of them; all.")
@click.option("--trust", metavar="FILE", type=_READ, help="Or all whom you trust (tlog-policy).")
@click.option("--checkpoint", metavar="FILE", type=_READ, help="The checkpoint to prove it by.")
@click.option("--anchor", "anchors", metavar="DIR", type=click.Path(file_okay=False),
              help="A folder in which checkpoints are kept.")  # fmt: skip
@click.option(
    "--open",
    "opened",
    metavar="AUDIENCE",
    multiple=True,
    type=click.Choice([one.value for one in Audience]),
    help="Open the sections for this audience. It takes --keys, --kek, --by and --purpose.",
)
@sealed_options
@click.option("--withhold", metavar="N", multiple=True, type=int, help="Leave out what N says.")
@click.option("--time-stamp", metavar="FILE", type=_READ, help="A time stamp of the checkpoint.")
@click.option("--note", metavar="TEXT", help="Something to add that nobody vouches for.")
@JSON
def command(case: str | None, *, check: Path | None, as_json: bool, **options: Any) -> int:
    """
    Write the evidence of CASE to a file, or check such a file.

    CASE is the id of a case, or of an account that has one. What is written stands alone: whoever
    has the keys of the log and its witnesses checks it offline, here with --check, or with the
    script that the documents show whole. Make a checkpoint before, and a `day-end`, by which it
    can be shown that nothing was left out. Exit code 1 says that something in it does not hold.
    """
    trust = _trusted(**options)
    if (case is None) is (check is None):
        raise click.UsageError("it takes a CASE and -o, or --check and a file")
    if check is not None:
        if trust is None:
            raise click.UsageError("--check takes --key or --trust: a bundle cannot say whom")
        return _check(check, trust, as_json=as_json)
    return _make(case or "", trust, as_json=as_json, **options)


def _trusted(
    *,
    key: Sequence[str],
    witness: Sequence[str],
    quorum: int | None,
    trust: Path | None,
    **_others: Any,
) -> Trust | None:
    """Return whom whoever asks trusts; nothing if they do not say."""
    if trust is not None:
        if key or witness or quorum is not None:
            raise click.UsageError("--trust says it all: leave out --key, --witness and --quorum")
        return Trust.read(trust.read_bytes())
    if not key:
        return None
    witnesses = [NoteKey.read(one) for one in witness]
    needs = len(witnesses) if quorum is None else quorum
    return Trust.of([NoteKey.read(one) for one in key], witnesses, needs)


# --- making --------------------------------------------------------------------------------------


def _make(
    case: str, trusted: Trust | None, *, db: str, output: Path | None, as_json: bool, **options: Any
) -> int:
    if output is None:
        raise click.UsageError("it takes -o: where to write the evidence")
    _refuse_half(options)
    with open_store(db, create=False) as store:
        found = cases_named(store, case)
        if len(found) > 1:
            listed = ", ".join(f"`{one}`" for one in found)
            raise click.UsageError(f"account `{case}` has several cases: name one of {listed}")
        bundle = _bundle(store, found[0], trusted, **options)
        where = store.where
    output.write_bytes(bundle.data)
    examined = None if trusted is None else examine(bundle, trusted)
    read = {"store": where, "range": f"case {found[0]}, {number(len(bundle.events), 'record')}"}
    said = made(bundle, output)
    say_read("evidence", read)
    if as_json:
        print_json("evidence", read, **said, valid=examined and examined.valid)
    else:
        lines = [f"{name:<10}{value}" for name, value in said.items()]
        print(*lines, *verdict(examined), sep="\n")
    return 0 if examined is None or examined.valid else 1


def _refuse_half(options: Mapping[str, Any]) -> None:
    """Refuse to open anything for nobody, or for nothing."""
    missing = [f"--{one}" for one in NEEDED if not options[one]]
    if options["opened"] and missing:
        raise click.UsageError(f"--open takes {', '.join(missing)} too")


def _bundle(
    store: Store,
    case: UUID,
    trusted: Trust | None,
    *,
    checkpoint: Path | None,
    anchors: str | None,
    opened: Sequence[str],
    keys: str | None,
    kek: str | None,
    by: Actor | None,
    purpose: str | None,
    withhold: Sequence[int],
    time_stamp: Path | None,
    note: str | None,
    **_others: Any,
) -> Bundle:
    clock = SystemClock()
    maker = EvidenceMaker(store, Prover(store), DayEnds(store, clock))
    known = _notes(store, checkpoint, anchors, maker.last(case))
    stamp = None if time_stamp is None else time_stamp.read_bytes()
    enclosed = Enclosed(withheld=withhold, time_stamp=stamp, note=note)
    sealing = opening(opened, keys=keys, kek=kek, by=by, purpose=purpose)
    with sealing if opened else nullcontext(Unsealing()) as (held, reader):
        opens = (
            None if held is None or reader is None else Opening(Opener(store, held, clock), reader)
        )
        found = maker.newest(case, known, trusted)
        return maker.bundle(case, found, opening=opens, enclosed=enclosed)


def _notes(
    store: Store, checkpoint: Path | None, anchors: str | None, covers: int
) -> Iterator[str]:
    """Return the checkpoints to choose from: the one that is named, or all that cover so much."""
    if checkpoint is not None:
        yield checkpoint.read_text(encoding="utf-8")
        return
    if anchors is not None:
        yield from FolderAnchor(anchors).fetch_all(covers - 1)
    yield from (note for size, note in store.checkpoints() if size >= covers)


# --- checking ------------------------------------------------------------------------------------


def _check(path: Path, trust: Trust, *, as_json: bool) -> int:
    data = path.read_bytes()
    read = {"file": str(path), "trusted": [str(log.key) for log in trust.logs]}
    say_read("evidence --check", read)
    try:
        bundle = Bundle.read(data)
    except InvalidValue as error:
        say(f"freezecase: {error}")
        return 1
    examined = examine(bundle, trust)
    if as_json:
        print_json("evidence", read, **plain(bundle, examined))
    else:
        print(*told(examined), *verdict(examined), sep="\n")
    return 0 if examined.valid else 1
