"""How rows are told apart, and which of them answer which."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from freezecase.app.intake.history import History
from freezecase.app.intake.reading import BadCell
from freezecase.app.intake.source import SourceRow
from freezecase.app.intake.spec import Identity, Step
from freezecase.app.intake.spec import Mapping as LogMapping
from freezecase.core.allowed import line

__all__ = ["Answers", "Early", "Identifier"]


ROW_ID: Final = line(1, 200)
"""What `Source.id` takes."""


class Identifier:
    """Gives each row the id that it has in every file that holds it."""

    def __init__(self, mapping: LogMapping, header: Mapping[str, int]) -> None:
        """Take how the mapping tells rows apart."""
        self._by = mapping.id
        self._each_a_case = mapping.case is None
        own = mapping.id if isinstance(mapping.id, tuple) else ()
        self._columns = [(name, header[name]) for name in own]
        self._said: tuple[str, Counter[str]] = "", Counter()

    def __call__(self, history: History, row: SourceRow, digest: str) -> str:
        """Return the id of the row."""
        said = self._id(history, row, digest)
        if not ROW_ID.holds(said):
            raise BadCell(f"the row's id cannot be `{said}`: it takes {ROW_ID.allows}")
        return said

    def repeats(self, id: str) -> bool:
        """Say whether the id is that of a row whose content stood in the log before."""
        return self._by is Identity.CONTENT and not id.endswith("#1")

    def _id(self, history: History, row: SourceRow, digest: str) -> str:
        if self._columns:
            return ":".join(self._filled(name, row.cells[index]) for name, index in self._columns)
        if self._by is Identity.ORDINAL:
            return f"{row.case}/{history.rows}"
        if self._each_a_case:
            return row.case  # which is told from its content already
        if self._said[0] != history.key:
            self._said = history.key, Counter()
        self._said[1][digest] += 1
        return f"{digest}#{self._said[1][digest]}"

    @staticmethod
    def _filled(name: str, cell: str) -> str:
        text = cell.strip()
        if not text:
            raise BadCell(f"column `{name}` is empty: it tells the row from others")
        return text


class Early(NamedTuple):
    """A row that is dated before what it answers."""

    row: int
    words: str


class Answers:
    """Which kinds of row answer which, and what was seen of them in a case."""

    def __init__(self, steps: Mapping[str, Step]) -> None:
        """Take what the mapping says."""
        self._answered: dict[str, list[str]] = {}
        for kind, step in steps.items():
            if step.answers is not None:
                self._answered.setdefault(step.answers, []).append(kind)
        self._minded = {
            *self._answered,
            *(one for kinds in self._answered.values() for one in kinds),
        }

    def early(self, history: History, kind: str, row: int, at: datetime) -> list[Early]:
        """Return the earlier rows of the case that answer this one and are dated before it."""
        if kind not in self._minded or kind in history.kinds:
            return []
        history.kinds[kind] = row, at
        found = list[Early]()
        for answer in self._answered.get(kind, ()):
            number, then = history.kinds.get(answer, (0, at))
            if then < at:
                words = f"`{answer}` of {then:%Y-%m-%d} answers `{kind}`, which row {row} dates "
                found.append(Early(number, f"{words}{at:%Y-%m-%d}"))
        return found
