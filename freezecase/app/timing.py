"""
Time passes: whatever is due is missed on record, and the next one owes.

    while True:
        book.run_due(clock.now())
        sleep(60)

Only cases whose alarm has rung are looked at, so it costs what is due and not what is open. Several
schedulers may run at once: each case is written by whoever comes first.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.alarms import waking
from freezecase.app.asking import SKEW
from freezecase.app.clock import micros_of
from freezecase.app.reading import folded_cases, of_cases
from freezecase.app.stores.store import Scanned, Store
from freezecase.app.writing import Writer
from freezecase.core.checked import refuse
from freezecase.core.pending import uncovered
from freezecase.errors import FreezeCaseError, RecordError, StoreError

__all__ = ["Rebuilt", "TimePassed", "rebuild_alarms", "run_due"]

PAGE: Final = 1_000
"""How many alarms are written at once while they are rebuilt."""


@attrs.frozen(kw_only=True)
class TimePassed:
    """What came of letting time pass: cases looked at, what was missed, and what went wrong."""

    cases: int
    missed: int
    failed: Mapping[UUID, str]
    """Cases that could not be read or written, each with the reason; their alarm rings on."""


def run_due(
    writer: Writer, now: datetime, *, progress: Callable[[int], None] | None = None
) -> TimePassed:
    """
    Record every miss that is due by *now*. One damaged case does not keep the others waiting.

    Raises:
        InvalidValue: *now* is still to come; nothing is missed before its time.
        StoreError: the store itself is not to be written; what was recorded so far stays.

    """
    _refuse_future(writer, now)
    until, after = micros_of(now), None
    cases = missed = 0
    failed: dict[UUID, str] = {}
    while page := writer.store.ringing(until, after=after):
        after = page[-1].alarm, page[-1].case
        for ringing in page:
            try:
                missed += writer.let_time_pass(ringing.case, now)
            except StoreError:
                raise
            except FreezeCaseError as error:
                failed[ringing.case] = str(error)
            except Exception as error:  # noqa: BLE001 - a policy is somebody else's code
                failed[ringing.case] = f"{type(error).__name__}: {error}"
            cases += 1
        if progress is not None:
            progress(cases)
    return TimePassed(cases=cases, missed=missed, failed=failed)


def _refuse_future(writer: Writer, now: datetime) -> None:
    """Refuse an instant to come: it would be on record for ever, and so would all after it."""
    clock = writer.clock.now()
    if now > clock + SKEW:
        allowed = f"an instant that is not later than the clock's, {clock.isoformat()}"
        raise refuse("now", now.isoformat(), allowed)


@attrs.frozen(kw_only=True)
class Rebuilt:
    """What came of making alarms again: cases looked at, and those that could not be read."""

    cases: int
    failed: Mapping[UUID, str]
    """Cases that could not be read, each with the reason; their alarm is as it was."""


def rebuild_alarms(
    store: Store, *, look_after: bool = False, progress: Callable[[int], None] | None = None
) -> Rebuilt:
    """
    Make every alarm again from the records, in flat memory, beside writers.

    The alarm of an imported case that nobody looks after yet stays as it is; *look_after* lets it
    ring, so that somebody owes what it waits for. *progress* is told how many cases are done.

    Raises:
        StoreError: the store cannot be read or written; what was made stays, do it again.

    """
    upto, cases = store.size(), 0
    alarms: dict[UUID, int | None] = {}
    failed: dict[UUID, str] = {}
    for name, rows in groupby(of_cases(store.scan_cases()), key=itemgetter(2)):
        try:
            alarms.update(_alarm(rows, look_after=look_after))
        except RecordError as error:
            failed[UUID(name)] = str(error)
        cases += 1
        if not cases % PAGE:
            store.set_alarms(alarms, upto=upto)
            alarms = {}
            if progress is not None:
                progress(cases)
    store.set_alarms(alarms, upto=upto)
    if progress is not None:
        progress(cases)
    return Rebuilt(cases=cases, failed=failed)


def _alarm(rows: Iterable[Scanned], *, look_after: bool) -> dict[UUID, int | None]:
    """Return the alarm of the case in *rows*, unless the records do not say it."""
    records = [*rows]
    (case,) = folded_cases(records)
    asleep = not case.obligations and any(uncovered(case))
    return {} if asleep and not look_after else {case.id: waking(case, records[-1][1])}
