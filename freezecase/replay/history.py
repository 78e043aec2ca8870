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

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import chain, groupby
from operator import itemgetter
from typing import Final

import attrs

from freezecase.app.clock import instant_of
from freezecase.app.stores.store import Scanned, Store
from freezecase.errors import FreezeCaseError
from freezecase.replay.finding import Finding, Findings
from freezecase.replay.ledger import LedgerAudit, is_case
from freezecase.replay.one_case import BesideAudit, CaseAudit, Tally
from freezecase.wire.names import BESIDE

__all__ = ["ReplayReport", "replay"]

Progress = Callable[[int, int], None]
STEP: Final = 1000
"""How many records are read between two words on the progress."""
KEPT: Final = 1000
"""How many findings of each code are told in full."""


@attrs.frozen(kw_only=True)
class ReplayReport:
    """What a replay met, and what it found."""

    records: int
    imported: int
    """Records that came from another log."""
    cases: int
    unsound: int
    """Cases with a record that is missing or cannot be read; they are in no status."""
    complete: bool
    """Whether the store could be read to its end."""
    first_recorded_at: datetime | None
    last_recorded_at: datetime | None
    by_status: Mapping[str, int]
    by_kind: Mapping[str, int]
    by_policy: Mapping[str, int]
    """How many rulings each policy made: name, version and digest."""
    found: Mapping[str, int]
    """How often each code was found, also beyond what is told in `findings`."""
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.found


def replay(store: Store, *, progress: Progress | None = None, keep: int = KEPT) -> ReplayReport:
    """
    Read the whole of *store* and return what was met and found. Never raises for what is stored.

    Args:
        store: where the records are; it is only read.
        progress: told (done, of) now and then; every record counts twice, as it is read twice.
        keep: how many findings of each code to tell in full; all are counted.

    """
    findings, tally = Findings(keep), Tally()
    step = _stepping(store, findings, progress)
    ledger = LedgerAudit(store, findings)
    _guarded(findings, "the ledger", lambda: ledger.run(step))
    _guarded(findings, "the cases", lambda: _cases(store, findings, tally, step))
    return ReplayReport(
        records=ledger.records,
        imported=tally.imported,
        cases=tally.cases,
        unsound=tally.unsound,
        complete="store-unreadable" not in findings.found,
        first_recorded_at=instant_of(ledger.first) if ledger.first else None,
        last_recorded_at=instant_of(ledger.newest) if ledger.newest else None,
        by_status=_sorted(tally.statuses),
        by_kind=_sorted(tally.kinds),
        by_policy=_sorted(tally.policies),
        found=findings.counts(),
        findings=findings.in_order(),
    )


def _cases(store: Store, findings: Findings, tally: Tally, step: Callable[[], None]) -> None:
    """Read case by case; a case is let go before the next one begins."""
    for case, rows in groupby(_sound_rows(store, findings, step), key=itemgetter(2)):
        first = next(rows)
        kind = BesideAudit if first[4] in BESIDE else CaseAudit
        audit: BesideAudit | CaseAudit = kind(case, findings, tally)
        for row in chain([first], rows):
            audit.take(row)
        audit.end()


def _sound_rows(store: Store, findings: Findings, step: Callable[[], None]) -> Iterator[Scanned]:
    for row in store.scan_cases():
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
        return lambda: None
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


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
