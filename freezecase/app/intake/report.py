"""
What came of an import: how much was taken in, and every anomaly, each with its rule and row.

Anomalies may be many, so they do not stand in memory: they wait in a temporary file that is gone
when the report is.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import Any
from weakref import finalize

import attrs
import msgspec

__all__ = ["Anomalies", "Anomaly", "AnomalyRule", "ImportReport"]

IN_MEMORY = 256 * 1024
"""How many bytes of anomalies are kept in memory before they go to a file."""


class AnomalyRule(StrEnum):
    """What can be wrong with a row. The ids are stable: scripts may rely on them."""

    RAGGED_ROW = "ragged-row"
    """It has more or fewer cells than the header. Left out."""
    NO_CASE = "no-case"
    """It names no case. Left out."""
    UNKNOWN_KIND = "unknown-kind"
    """The mapping neither maps nor skips its kind. Left out."""
    BAD_VALUE = "bad-value"
    """A cell does not say what its event needs. Left out."""
    CHANGED_ROW = "changed-row"
    """It was imported before, and said something else then. What was recorded stays."""
    DUPLICATE_ROW = "duplicate-row"
    """It stands in the log twice. Recorded once if the log has ids of its own, else each time."""
    NO_EVENT = "no-event"
    """None of the events that its step names fits it. Left out."""
    MISSING_VALUE = "missing-value"
    """A cell that the mapping expects to be filled is empty."""
    TIME_BACKWARDS = "time-backwards"
    """It is dated before its predecessor in the case."""
    IN_THE_FUTURE = "in-the-future"
    """It is dated after the import."""
    ANSWERED_EARLY = "answered-early"
    """What it answers is dated after it."""
    BEGINS_IN_THE_MIDDLE = "begins-in-the-middle"
    """The log does not hold the freeze that it is about."""
    REPEATED_FREEZE = "repeated-freeze"
    """It freezes what is frozen already."""
    UNRECORDED_END = "unrecorded-end"
    """It freezes what was frozen until a day that has passed; no row says that this ended."""
    NOT_ALLOWED_NOW = "not-allowed-now"
    """The life cycle does not allow it where the case stands."""


class Anomaly(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with one row."""

    rule: AnomalyRule
    row: int
    """As a spreadsheet counts: the header is row 1."""
    case: str
    """The case key of the log; empty where the row names none."""
    words: str
    content: tuple[str, ...] = ()
    """The cells of the row, where it stands nowhere but here."""

    def __str__(self) -> str:
        """Say row, case, rule and what is wrong."""
        case = f", case `{self.case}`" if self.case else ""
        return f"row {self.row}{case}: {self.rule}: {self.words}"


class Anomalies:
    """Every anomaly of an import, in the order it was met. May be iterated again and again."""

    def __init__(self) -> None:
        """Begin with none."""
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives as long as this
        finalize(self, self._file.close)
        self._by_rule: Counter[AnomalyRule] = Counter()
        self._encode = msgspec.json.Encoder().encode

    def add(self, anomaly: Anomaly) -> None:
        """Keep one more."""
        self._by_rule[anomaly.rule] += 1
        self._file.seek(0, 2)
        self._file.write(self._encode(anomaly) + b"\n")

    def __len__(self) -> int:
        """Count them."""
        return self._by_rule.total()

    def __iter__(self) -> Iterator[Anomaly]:
        """Read them one by one."""
        decode: Any = msgspec.json.Decoder(Anomaly).decode
        place = 0
        while True:
            self._file.seek(place)
            line = self._file.readline()
            if not line:
                return
            place += len(line)
            yield decode(line)

    @property
    def by_rule(self) -> Mapping[str, int]:
        """How many there are of each rule, by its id."""
        return {str(rule): self._by_rule[rule] for rule in sorted(self._by_rule)}

    def of(self, rule: AnomalyRule) -> Iterator[Anomaly]:
        """Read those of one rule."""
        return (anomaly for anomaly in self if anomaly.rule is rule)


@attrs.frozen(kw_only=True)
class ImportReport:
    """What came of an import. `rows` = `imported` + `known` + `left_out`."""

    log: str
    rows: int
    """Rows of the log that are case events: all but those that the mapping skips by name."""
    imported: int
    """Rows that are recorded now."""
    known: int
    """Rows that were recorded before, and rows that repeat one of the same file."""
    left_out: int
    """Rows that stand nowhere but in this report."""
    skipped: Mapping[str, int]
    """Rows that the mapping skips, by kind."""
    keys: int
    """Case keys that the log names."""
    opened: int
    """Cases that were opened now."""
    events: int
    """Records that were written now."""
    anomalies: Anomalies

    def in_words(self) -> str:
        """Say it in one line."""
        new = f"{self.imported:,} imported as {self.events:,} records, {self.opened:,} cases opened"
        return (
            f"log `{self.log}`: {self.rows:,} rows on {self.keys:,} case keys: "
            f"{new if self.events else 'nothing new'}; {self.known:,} known, "
            f"{self.left_out:,} left out, {len(self.anomalies):,} anomalies"
        )
