"""One passage through a log: every row told apart, translated, looked at, and handed on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from freezecase.app.intake.content import digester
from freezecase.app.intake.history import History, Ids
from freezecase.app.intake.identity import Answers, Identifier
from freezecase.app.intake.maker import Maker
from freezecase.app.intake.output import Output
from freezecase.app.intake.reading import BadCell
from freezecase.app.intake.report import Anomalies, Anomaly, AnomalyRule, ImportReport
from freezecase.app.intake.rules import Break, break_of
from freezecase.app.intake.source import Log, SourceRow
from freezecase.app.stores.store import Store
from freezecase.core.events import CaseEvent, kind_of
from freezecase.errors import AnomalyFound
from freezecase.wire.stencil import Stencil

__all__ = ["Passage"]

_FAULTS: Final = {
    AnomalyRule.RAGGED_ROW: "it has another number of cells than the header",
    AnomalyRule.NO_CASE: "no column that names the case is filled",
}


class Passage:
    """Goes through the rows of a log once, writing to its output what is new."""

    def __init__(
        self,
        store: Store,
        log: Log,
        stencil: Stencil,
        now: datetime,
        output: Output,
        *,
        look_after: bool,
    ) -> None:
        """Begin at the first row."""
        self.output, self.rows = output, 0
        self._stencil, self._look_after = stencil, look_after
        self._store, self._log, self._mapping, self._now = store, log, log.mapping, now
        self._ids = Ids(self._mapping.name)
        self._maker = Maker(self._mapping, log.header)
        self._identify = Identifier(self._mapping, log.header)
        self._digest = digester(log.columns)
        self._answers = Answers(self._mapping.steps)
        self._expects = [(name, log.header[name]) for name in self._mapping.expects]
        self._anomalies = Anomalies()
        self._first: tuple[int, Anomaly] | None = None
        self._history = History(self._ids, "", self._ids.case("", 1))
        self._row = SourceRow(0, "", [])
        self._begun: tuple[set[str], set[str]] = set(), set()
        self._breaks: list[Break] = []
        self._known = self._left_out = self._imported = self._keys = 0

    def take(self, batch: list[SourceRow]) -> None:
        """Take some rows in; the rows of a case follow one another."""
        keys = {row.case for row in batch if row.fault is None}
        first_cases = {key: self._ids.case(key, 1) for key in keys}
        there = self._store.known(first_cases.values())
        self._begun = self._begun[1], set()
        for row in batch:
            self._row, self.rows = row, self.rows + 1
            if row.fault is not None:
                self._leave_out(Break(row.fault, _FAULTS[row.fault]))
                continue
            if self._history.key != row.case:
                first = first_cases[row.case]
                self._begin(row.case, first, recorded=first in there)
            try:
                self._take_row(self._history, row)
            except BadCell as bad:
                self._leave_out(Break(AnomalyRule.BAD_VALUE, str(bad)))

    def refuse(self) -> None:
        """Raise `AnomalyFound` for the first anomaly in the order of events, if there is one."""
        if self._first is None:
            return
        _place, anomaly = self._first
        more = len(self._anomalies) - 1
        others = f" (and {more:,} more)" if more else ""
        raise AnomalyFound(
            f"log `{self._mapping.name}` {anomaly}{others}; nothing was written: mend the log, or "
            "import it leniently, which keeps what happened and reports every anomaly",
            anomaly=anomaly,
            anomalies=len(self._anomalies),
        )

    def report(self) -> ImportReport:
        """Return what came of it."""
        return ImportReport(
            log=self._mapping.name,
            rows=self.rows,
            imported=self._imported,
            known=self._known,
            left_out=self._left_out,
            skipped=self._log.skipped,
            keys=self._keys,
            opened=self.output.opened,
            events=self.output.events,
            anomalies=self._anomalies,
        )

    def _begin(self, key: str, first: UUID, *, recorded: bool) -> None:
        if any(key in begun for begun in self._begun):
            # Its rows do not stand together, though the mapping says so: go by what is recorded.
            self.output.settle()
            recorded = True
        self._begun[1].add(key)
        self._keys += 1
        self._history = History(self._ids, key, first)
        if recorded:
            self._history.load(self._store, self._mapping.name)

    def _take_row(self, history: History, row: SourceRow) -> None:
        history.rows += 1
        digest = self._digest(row.cells)
        source = self._identify(history, row, digest)
        if self._is_repeated(history, source, digest):
            return
        kind = self._maker.kind(row.cells)
        turns = self._maker.turns(kind)
        if turns is None:
            words = f"the mapping neither maps nor skips rows of kind `{kind}`"
            self._leave_out(Break(AnomalyRule.UNKNOWN_KIND, words))
            return
        at = self._maker.at(history, row.cells)
        self._look_at_cells(row)
        for early in self._answers.early(history, kind, row.number, at):
            self._report(Break(AnomalyRule.ANSWERED_EARLY, early.words), early.row)
        self._breaks = []
        if source in history.known:
            self._known += 1
            history.pass_by(source, self._look)
        else:
            history.pass_all()
            happened = self._maker.row(history, turns, at, self._look)
            if not happened:
                words = "none of the events that its step names fits it"
                self._leave_out(Break(AnomalyRule.NO_EVENT, words))
                return
            self._imported += 1
            where_from = self._stencil.source(source, row.number, digest)
            looked_after = self._look_after or history.tended
            command = self._ids.command(source)
            self.output.add(happened, command, where_from, looked_after=looked_after)
        for found in self._breaks:
            self._report(found)

    def _is_repeated(self, history: History, source: str, digest: str) -> bool:
        """Say whether a row of this id was met before, here or in the store; report what is odd."""
        met = source in history.met
        history.met.setdefault(source, digest)
        if digest != history.known.get(source, history.met[source]):
            words = f"row `{source}` said something else when it was met before"
            self._leave_out(Break(AnomalyRule.CHANGED_ROW, words))
            return True
        if met:
            self._known += 1
            self._report(Break(AnomalyRule.DUPLICATE_ROW, f"row `{source}` was met before"))
        elif self._identify.repeats(source):
            words = "the log has said the same before; it is recorded each time"
            self._report(Break(AnomalyRule.DUPLICATE_ROW, words))
        return met

    def _look_at_cells(self, row: SourceRow) -> None:
        for name, index in self._expects:
            if not row.cells[index].strip():
                words = f"column `{name}` is empty, and the mapping expects it filled"
                self._report(Break(AnomalyRule.MISSING_VALUE, words))

    def _look(self, history: History, event: CaseEvent, at: datetime) -> None:
        """Look for what an event breaks, before it is written."""
        found = break_of(
            history.draft,
            event,
            at,
            begins_with_a_freeze=self._mapping.begins_with_a_freeze,
        )
        if found is not None:
            self._breaks.append(found)
        if history.last is not None and at < history.last:
            words = f"`{kind_of(event)}` of {at:%Y-%m-%d %H:%M:%S} comes after one of "
            words += f"{history.last:%Y-%m-%d %H:%M:%S}"
            self._breaks.append(Break(AnomalyRule.TIME_BACKWARDS, words))
        if at > self._now:
            words = f"`{kind_of(event)}` is dated {at:%Y-%m-%d}, and it is {self._now:%Y-%m-%d} now"
            self._breaks.append(Break(AnomalyRule.IN_THE_FUTURE, words))

    def _leave_out(self, found: Break) -> None:
        """Report a row that is recorded nowhere, with all that it says."""
        self._left_out += 1
        self._report(found, content=self._row.cells)

    def _report(self, found: Break, row: int | None = None, content: Sequence[str] = ()) -> None:
        anomaly = Anomaly(
            rule=found.rule,
            row=row or self._row.number,
            case=self._row.case,
            words=found.words,
            content=tuple(content),
        )
        self._anomalies.add(anomaly)
        if self._first is None or self._row.place < self._first[0]:
            self._first = self._row.place, anomaly
