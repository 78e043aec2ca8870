"""
Taking a foreign log in: row by row, case by case, through the same core as everything else.

Rows come sorted by case, so one case at a time is in memory. Every event is made by its checked
class and asked `why_not` on the evolving state of its case. What breaks a rule is reported;
`strict` writes only if nothing did, else all that can be made is written: it happened.

What is recorded already is gone through again rather than skipped: the report of a second import
is that of the first, and new rows go on from where the case stands.
"""

from itertools import islice
from pathlib import Path
from typing import Final

from freezecase.app.clock import Clock
from freezecase.app.custody.sealing import Sealer
from freezecase.app.intake.output import Output
from freezecase.app.intake.passage import Passage
from freezecase.app.intake.report import ImportReport
from freezecase.app.intake.source import Log, Progress, opened
from freezecase.app.intake.spec import Mapping
from freezecase.app.stores.store import Store
from freezecase.seal.keys import KeyStore
from freezecase.wire.stencil import Stencil

__all__ = ["import_log"]

BATCH: Final = 5_000
"""How many rows are taken in between two transactions."""


def import_log(
    store: Store,
    mapping: Mapping,
    path: str | Path,
    *,
    strict: bool,
    clock: Clock,
    look_after: bool = False,
    keys: KeyStore | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """
    Take the log at *path* in, as *mapping* says, and return what came of it.

    Import the same log again, grown or after a crash: only what is missing is written.

    Args:
        store: where the records go.
        mapping: how rows become events, from `load_mapping`.
        path: a CSV file, plain or gzip.
        strict: write nothing unless no row breaks a rule; else write every row that can be made.
        clock: when it is recorded.
        look_after: let the next `run_due` find what the imported cases wait for, so that somebody
            owes it. If not, they stay as quiet as they came until somebody works on them: nobody
            is called to a matter of ten years ago. Cases that are worked on here stay looked after
            in either case.
        keys: what texts are sealed with, if the store seals them.
        progress: told (rows done, rows in all or `None` while unknown) in bounded steps.

    Raises:
        AnomalyFound: a row breaks a rule, and *strict* is true; nothing was written.
        BadMapping: the mapping names a column that the log does not have.
        ImportFailed: the log cannot be read.
        Conflict: somebody wrote to one of the cases meanwhile; import again.
        StoreError: the store cannot be written; what was written stays, import again.
        SealError: a row holds a text, and the store that seals texts was given no *keys*.

    """
    tell, sealer = progress or _quiet, Sealer(keys, store.sealed)
    # A rehearsal must meet the rows of a case together even where the mapping is wrong about it.
    sort = strict or not mapping.together
    with opened(mapping, Path(path), sort=sort, progress=tell) as log:
        if strict:
            rehearsal = _passage(store, log, clock, sealer, write=False, look_after=False)
            _go(rehearsal, log, tell)
            rehearsal.refuse()
        passage = _passage(store, log, clock, sealer, write=True, look_after=look_after)
        _go(passage, log, tell)
        return passage.report()


def _passage(
    store: Store, log: Log, clock: Clock, sealer: Sealer, *, write: bool, look_after: bool
) -> Passage:
    stencil = Stencil(log.mapping.name)
    output = Output(store, stencil, clock, sealer=sealer, write=write)
    return Passage(store, log, stencil, clock.now(), output, look_after=look_after)


def _go(passage: Passage, log: Log, progress: Progress) -> None:
    """Go through all rows, a batch at a time."""
    rows = log.rows()
    with passage.output as output:
        progress(0, log.total)
        while batch := list(islice(rows, BATCH)):
            passage.take(batch)
            output.flush()
            progress(passage.rows, log.total)


def _quiet(_done: int, _total: int | None) -> None:
    """Say nothing."""
