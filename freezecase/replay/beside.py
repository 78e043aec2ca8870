"""
What stands beside the ledger and is made from it: the head, the list of cases, and the alarms.

None of it is evidence. It is what everybody works with from day to day, so it is asked whether it
still says what the records say.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final
from uuid import UUID

from freezecase.app.alarms import alarm_of
from freezecase.app.clock import instant_of
from freezecase.app.stores.store import Scanned, Store
from freezecase.core.draft import Draft
from freezecase.core.evolve import unopened, write
from freezecase.core.pending import uncovered
from freezecase.core.state import CaseState
from freezecase.errors import FreezeCaseError, RecordError
from freezecase.replay.finding import Findings
from freezecase.replay.headers import HeaderAudit
from freezecase.replay.pairs import place
from freezecase.replay.roots import FAR, TreeAudit
from freezecase.replay.rules import broken
from freezecase.wire.codec import read_entry, read_event
from freezecase.wire.names import BESIDE

__all__ = ["CaseFold", "check_head"]

_TEXT: Final = (AttributeError, TypeError, ValueError)
"""What comes of text where a number was: SQLite keeps what it is given."""
_HEAD: Final = "the head of the ledger"


def check_head(store: Store, audit: HeaderAudit, tree: TreeAudit, findings: Findings) -> None:
    """Ask whether the head tells how the ledger ends; its roots only where the headers stand."""
    try:
        head, frontier = store.head(), store.frontier()
        end = max(head.size, frontier.size)
        writing = end > audit.index and store.header(end) is not None
    except (FreezeCaseError, *_TEXT) as error:
        findings.note("HEAD_STALE", _HEAD, str(error), "a head")
        return
    if writing:
        return  # what would be compared is not of one moment
    if head != (audit.index, audit.latest):
        said = f"{head.size} records, the last recorded at {head.recorded_at}"
        expected = f"{audit.index} records, the last recorded at {audit.latest}"
        findings.note("HEAD_STALE", _HEAD, said, expected)
    elif frontier != tree.frontier and tree.sound:
        findings.note("HEAD_STALE", _HEAD, "other roots", f"those of root `{tree.root}`")


class CaseFold:
    """Folds every case, and holds the rules of the book and the alarms against what it comes to."""

    def __init__(self, store: Store, findings: Findings, flawed: set[str]) -> None:
        """Pass by the streams that are *flawed*: what they add up to is anybody's guess."""
        self._store, self._findings, self._flawed = store, findings, flawed
        self._alarms: dict[str, int] = {}
        self._doubts: dict[str, CaseState] = {}

    def run(self) -> Iterator[int]:
        """Go through all cases; yield how many records each has."""
        self._alarms = self._ringing()
        for case, rows in groupby(self._store.scan_cases(), key=itemgetter(2)):
            records = [*rows]
            if case not in self._flawed and records[0][4] not in BESIDE:
                self._take(case, records)
            yield len(records)
        self._look_again()

    def _take(self, case: str, records: list[Scanned]) -> None:
        draft = self._folded(case, records)
        if draft is None:
            return
        alarm = self._alarms.pop(case, None)
        if alarm == alarm_of(draft):
            return
        state = draft.frozen()
        at_once = alarm is None or alarm <= records[-1][1]
        if not (at_once and any(uncovered(state))):  # so ring those from elsewhere, or not at all
            self._doubts[case] = state

    def _folded(self, case: str, records: list[Scanned]) -> Draft | None:
        """Fold one case, and note what breaks a rule on the way."""
        draft = Draft(unopened(UUID(case)))
        for row in records:
            _index, _recorded_at, _case, _version, name, state = row
            try:
                event = read_event(name, state)
                wrong = broken(draft, event)
                if wrong is not None and read_entry(name, state).source is None:
                    self._breaks(row, *wrong)  # and else it was ruled elsewhere
            except RecordError as error:
                self._breaks(row, str(error), "a record that can be read")
                return None
            write(draft, event)
        return draft

    def _breaks(self, row: Scanned, said: str, expected: str) -> None:
        self._findings.note("RULE_BROKEN", place(row[2], row[3], row[0]), said, expected)

    def _ringing(self) -> dict[str, int]:
        """Return every alarm that is set, by case; as many as there are open cases."""
        alarms: dict[str, int] = {}
        after: tuple[int, UUID] | None = None
        try:
            while page := self._store.ringing(FAR, after=after):
                alarms.update((one.case.hex, one.alarm) for one in page)
                after = page[-1].alarm, page[-1].case
        except (RecordError, *_TEXT) as error:
            self._findings.note("HEAD_STALE", "the alarms", str(error), "alarms of cases")
        return alarms

    def _look_again(self) -> None:
        """Ask once more about alarms that looked wrong: somebody may have written meanwhile."""
        alarms = self._ringing() if self._doubts else {}
        for case, state in self._doubts.items():
            now = self._store.versions([state.id]).get(state.id)
            if now == state.version and alarms.get(case) != alarm_of(state):
                where = f"the alarm of case `{state.id}`"
                said, expected = _rings(alarms.get(case)), _rings(alarm_of(state))
                self._findings.note("HEAD_STALE", where, said, expected)


def _rings(alarm: int | None) -> str:
    if alarm is None:
        return "nothing"
    try:
        return instant_of(alarm).isoformat()
    except OverflowError:
        return f"{alarm} us after 1970"
