"""
Replay a whole store: read every record, trust nothing, and say what is not as it should be.

The ledger is read twice, with flat memory: once in its own order, for what concerns the list as a
whole (no gap, no falling time, the head, the list of cases), and once case by case, for what
concerns each case. One pass could not do both without holding all cases at once.

    report = replay(store)
    report.clean                  # nothing was found
    report.findings               # what was, the gravest first

What is asked of each case:

* every record is the one spelling of what it says, under a name of the closed registry;
* versions follow one another, and stand in the ledger in that order;
* every event of a turn points to the record that carries its command and its ruling;
* every event was legal when it happened, unless it was imported;
* production's fold and the rules said a second time (`by_the_book`) end in the same state.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import partial
from itertools import chain, groupby
from operator import itemgetter
from typing import Final
from uuid import UUID

from freezecase.app.clock import instant_of
from freezecase.app.stores.store import Scanned, Store
from freezecase.errors import FreezeCaseError
from freezecase.replay.finding import KEPT, Findings
from freezecase.replay.ledger import LedgerAudit, is_case
from freezecase.replay.one_case import BesideAudit, CaseAudit, Tally
from freezecase.replay.parts import PART, CaseRange, Job, Told, in_parts, records_in
from freezecase.replay.replayed import ReplayReport, merged
from freezecase.wire.names import BESIDE

__all__ = ["replay", "replay_in_parts"]

Progress = Callable[[int, int], None]
STEP: Final = 1000
"""How many records are read between two words on the progress."""
LEDGER: Final = "the ledger"


def replay(store: Store, *, progress: Progress | None = None, keep: int = KEPT) -> ReplayReport:
    """
    Read the whole of *store* and return what was met and found. Never raises for what is stored.

    Args:
        store: where the records are; it is only read.
        progress: told (done, of) now and then; every record counts twice, as it is read twice.
        keep: how many findings of each code to tell in full; all are counted.

    """
    findings = Findings(keep)
    step = _stepping(store, findings, progress)
    head = ReplayReport(found=findings.counts(), findings=findings.in_order())
    parts = (_ledger(store, keep=keep, step=step), _cases(store, keep=keep, step=step))
    return merged([head, *parts], keep=keep)


def replay_in_parts(
    url: str,
    *,
    executor: Executor | None = None,
    progress: Told | None = None,
    keep: int = KEPT,
    part: int = PART,
) -> ReplayReport:
    """
    Read the whole of a store, in several processes; the report is that of `replay`.

    The ledger is one list and is read by one of them; the others begin with the cases meanwhile.

    Args:
        url: the store, as every worker opens it.
        executor: who does the work; a pool of processes on this machine, if not said.
        progress: told (parts done, of how many) after each.
        keep: how many findings of each code to tell in full; all are counted.
        part: about how many records a worker is given at a time.

    Raises:
        InvalidValue: no worker could open this store.

    """
    return in_parts(
        url,
        partial(_cases, keep=keep),
        partial(merged, keep=keep),
        _lost,
        executor=executor,
        first=[Job(partial(_ledger, keep=keep), partial(_lost, LEDGER))],
        part=part,
        progress=progress,
    )


def _lost(what: object, why: str) -> ReplayReport:
    findings = Findings(1)
    findings.note("part-lost", str(what), why, "a report of it")
    return ReplayReport(found=findings.counts(), findings=findings.in_order())


def _ledger(store: Store, *, keep: int, step: Callable[[], None] | None = None) -> ReplayReport:
    """Read the list as one."""
    findings = Findings(keep)
    ledger = LedgerAudit(store, findings)
    _guarded(findings, LEDGER, lambda: ledger.run(step or _unheard))
    return ReplayReport(
        records=ledger.records,
        first_recorded_at=instant_of(ledger.first) if ledger.first else None,
        last_recorded_at=instant_of(ledger.newest) if ledger.newest else None,
        found=findings.counts(),
        findings=findings.in_order(),
    )


def _cases(
    store: Store,
    *,
    keep: int,
    after: UUID | None = None,
    upto: UUID | None = None,
    step: Callable[[], None] | None = None,
) -> ReplayReport:
    """Read case by case; a case is let go before the next one begins."""
    findings, tally = Findings(keep), Tally()

    def run() -> None:
        rows = _sound_rows(records_in(store, CaseRange(after, upto)), findings, step or _unheard)
        for case, records in groupby(rows, key=itemgetter(2)):
            _case(case, records, findings, tally)

    _guarded(findings, "the cases", run)
    return ReplayReport(
        imported=tally.imported,
        cases=tally.cases,
        unsound=tally.unsound,
        by_status=tally.statuses,
        by_kind=tally.kinds,
        by_policy=tally.policies,
        found=findings.counts(),
        findings=findings.in_order(),
    )


def _case(case: str, rows: Iterator[Scanned], findings: Findings, tally: Tally) -> None:
    first = next(rows)
    kind = BesideAudit if first[4] in BESIDE else CaseAudit
    audit: BesideAudit | CaseAudit = kind(case, findings, tally)
    for row in chain([first], rows):
        audit.take(row)
    audit.end()


def _unheard() -> None:
    """Nobody wants to hear of progress."""


def _sound_rows(
    rows: Iterator[Scanned], findings: Findings, step: Callable[[], None]
) -> Iterator[Scanned]:
    for row in rows:
        step()
        if _well_shaped(row, findings):
            yield row


def _well_shaped(row: Scanned, findings: Findings) -> bool:
    """Say whether a row holds values of the kinds that writers put there; note it if not."""
    index, _recorded_at, case, version, name, state = row
    held = (
        ("version", version, type(version) is int, "a whole number"),
        ("name", name, isinstance(name, str), "text"),
        ("state", state, isinstance(state, bytes), "bytes"),
    )
    for field, value, holds, expected in held:
        if not holds:
            place = f"ledger index {index}"
            findings.note("row-misshapen", place, f"{field} `{value!r:.80}`", expected)
    return is_case(case) and all(holds for _field, _value, holds, _expected in held)


def _guarded(findings: Findings, what: str, work: Callable[[], None]) -> None:
    """Do *work*; a store that gives up half-way is a finding."""
    try:
        work()
    except FreezeCaseError as error:
        findings.note("store-unreadable", what, str(error), "a store that reads to its end")


def _stepping(store: Store, findings: Findings, progress: Progress | None) -> Callable[[], None]:
    """Return what to call at each record, so that *progress* hears of every thousandth."""
    if progress is None:
        return _unheard
    of, done = 0, 0

    def sized() -> None:
        nonlocal of
        of = 2 * store.size()

    def step() -> None:
        nonlocal done
        done += 1
        if done % STEP == 0 or done == of:
            progress(done, max(of, done))

    _guarded(findings, "the head of the ledger", sized)
    return step
