"""
Plain columns of our own. What is too wide goes on below, word by word: an id is never cut.

Whoever pipes the output gets one line a row, however long.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from freezecase.views.telling import instant
from freezecase.views.timeline import Line, Timeline

__all__ = ["columns", "timeline_lines"]

GAP = 2
MOVES = 18
"""How wide the column is that says whose move it is, where lines are wrapped."""
NARROWEST = 30
"""How narrow the column of sentences gets at most."""


def columns(rows: Sequence[Sequence[str]], widths: Sequence[int | None] = ()) -> Iterator[str]:
    """Return *rows* line by line in columns as wide as they need, or at most as *widths* say."""
    cells = [
        [_wrapped(cell, width) for cell, width in zip_longest(row, widths[: len(row)])]
        for row in rows
    ]
    wide = [
        max(len(part) for cell in column for part in cell) for column in zip(*cells, strict=True)
    ]
    for row in cells:
        for parts in zip_longest(*row, fillvalue=""):
            line = (part.ljust(width) for part, width in zip(parts, wide, strict=True))
            yield (" " * GAP).join(line).rstrip()


def _wrapped(cell: str, width: int | None) -> list[str]:
    if width is None:
        return [cell]
    return wrap(cell, width, break_long_words=False, break_on_hyphens=False) or [""]


def timeline_lines(told: Timeline, *, width: int | None, rules: bool = False) -> Iterator[str]:
    """Return a timeline as text, wrapped to *width* if one is given."""
    yield f"case {told.case}, account {told.account or 'unknown'}"
    yield ""
    yield from columns(*_table(told, width, rules=rules))
    yield ""
    yield f"status: {told.status}, restricted: {told.restricted}"
    if not told.moves:
        yield "whose move: nobody's, nothing is waiting"
    for move in told.moves:
        due = f", by {instant(move.due)}" if move.due else ""
        may = " may" if move.right else ":"
        yield f"whose move: {move.who}{may} {move.what}{due}"


def _table(
    told: Timeline, width: int | None, *, rules: bool
) -> tuple[list[tuple[str, ...]], list[int | None]]:
    """Return the rows of a timeline, and how wide each column may be."""
    digits = len(str(told.lines[-1].version or len(told.lines))) if told.lines else 0
    rows: list[tuple[str, ...]] = [("", "when (UTC)", "what happened", "whose move")]
    rows += [
        (
            f"{line.version or place:>{digits}}",
            instant(line.occurred_at),
            _sentence(line, rules=rules),
            ", ".join(dict.fromkeys(move.who for move in line.moves if move.waited)) or "-",
        )
        for place, line in enumerate(told.lines, start=1)
    ]
    if width is None:
        return rows, []
    taken = sum(max(len(row[place]) for row in rows) + GAP for place in (0, 1))
    return rows, [None, None, max(NARROWEST, width - taken - GAP - MOVES), MOVES]


def _sentence(line: Line, *, rules: bool) -> str:
    late = (
        ""
        if line.source or instant(line.recorded_at) == instant(line.occurred_at)
        else (f" (recorded {instant(line.recorded_at)})")
    )
    source = f" ({line.source})" if line.source else ""
    ruling = f" [{line.ruling}]" if rules and line.ruling else ""
    return f"{line.who} {line.what}{late}{source}{ruling}"
