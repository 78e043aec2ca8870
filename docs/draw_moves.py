"""
Draws the life cycle of a case from `MOVES`: one picture and three tables, with no library.

The picture has a line for each status and a row for each event that changes the status: a dot where
the event may happen, an arrow to where it leads. Nothing is laid out by hand, so a new move is
drawn as soon as it is a cell of the table.
"""

from collections.abc import Iterable
from html import escape
from typing import Final

import attrs

from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.core.moves import LANDINGS, MOVES, Cell, Way
from freezecase.core.status import Status

__all__ = ["Track", "changes", "landings", "matrix", "picture", "tracks"]

Kind = type[CaseEvent]

LEFT, TOP, COLUMN, ROW = 190, 64, 96, 30
STYLE: Final = """
    .ground { fill: #ffffff } .words { fill: #1f2937 } .status { stroke: #d1d5db }
    .move { stroke: #1d4ed8; fill: none } .dot, .head { fill: #1d4ed8; stroke: #1d4ed8 }
    .back { stroke-dasharray: 5 4 } .hollow { fill: #ffffff; stroke: #1d4ed8 }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #111827 } .words { fill: #e5e7eb } .status { stroke: #4b5563 }
      .move { stroke: #93c5fd } .dot, .head { fill: #93c5fd; stroke: #93c5fd }
      .hollow { fill: #111827; stroke: #93c5fd }
    }
    text { font: 13px sans-serif } .name { font-weight: 600; text-anchor: middle }
    .event { text-anchor: end; font-family: monospace }
"""


@attrs.frozen
class Track:
    """One row of the picture: an event, where it may happen, and where it leads."""

    event: str
    sources: tuple[Status, ...]
    targets: tuple[Status, ...]
    back: bool
    """Whether the case returns to the one of the targets where it stood before."""


def tracks() -> tuple[Track, ...]:
    """Return the rows of the picture: every event that changes a status, by where it leads."""
    found: dict[tuple[Kind, Cell], list[Status]] = {}
    for status, row in MOVES.items():
        for kind, cell in row.items():
            if cell not in (Way.STAY, status):
                found.setdefault((kind, cell), []).append(status)
    return tuple(
        Track(
            event=kind_of(kind),
            sources=tuple(sources),
            targets=(cell,) if isinstance(cell, Status) else _ways_back(sources),
            back=cell is Way.BACK,
        )
        for (kind, cell), sources in found.items()
    )


def _ways_back(statuses: Iterable[Status]) -> tuple[Status, ...]:
    """Return from where one gets into *statuses*: that is where `BACK` leads."""
    there = set(statuses)
    return tuple(status for status, row in MOVES.items() if there & set(row.values()))


def picture() -> str:
    """Return the life cycle as SVG that reads well on light and on dark."""
    rows = tracks()
    width, height = LEFT + COLUMN * len(Status), TOP + ROW * len(rows) + 16
    lines = [line for n, row in enumerate(rows) for line in _track(row, TOP + ROW * n + 18)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            "<title>The life cycle of a case</title>",
            f"<desc>{escape(in_words(rows))}</desc>",
            f"<style>{STYLE}</style>",
            f'<rect class="ground" width="{width}" height="{height}" rx="8"/>',
            *(line for status in Status for line in _column(status, height)),
            *lines,
            "</svg>\n",
        ]
    )


def in_words(rows: Iterable[Track]) -> str:
    """Say the picture to somebody who cannot see it."""
    return "; ".join(
        f"{row.event}: {', '.join(row.sources)} to {' or '.join(row.targets)}" for row in rows
    )


def _x(status: Status) -> int:
    return LEFT + COLUMN * list(Status).index(status) + COLUMN // 2


def _column(status: Status, height: int) -> list[str]:
    x = _x(status)
    return [
        f'<text class="words name" x="{x}" y="36">{status}</text>',
        f'<line class="status" x1="{x}" y1="48" x2="{x}" y2="{height - 14}"/>',
    ]


def _track(row: Track, y: int) -> list[str]:
    ends = [_x(status) for status in (*row.sources, *row.targets)]
    style = "move back" if row.back else "move"
    return [
        f'<text class="words event" x="{LEFT - 12}" y="{y + 4}">{row.event}</text>',
        f'<path class="{style}" d="M {min(ends)} {y} H {max(ends)}" stroke-width="2"/>',
        *(f'<circle class="dot" cx="{_x(one)}" cy="{y}" r="4.5"/>' for one in row.sources),
        *(mark for target in row.targets for mark in _target(row, target, y)),
    ]


def _target(row: Track, target: Status, y: int) -> list[str]:
    """Return the arrow heads at *target*: one for each side that the event comes from."""
    x = _x(target)
    if row.back:
        return [f'<circle class="hollow" cx="{x}" cy="{y}" r="5" stroke-width="2"/>']
    sides = {1 if _x(source) < x else -1 for source in row.sources}
    return [
        f'<path class="head" d="M {x - side} {y} l {-9 * side} -5 v 10 z"/>'
        for side in sorted(sides)
    ]


def changes() -> str:
    """Return the moves that change a status, as a table: one row for each status."""
    head = ["| the case is | and this happens | then it is |", "| --- | --- | --- |"]
    return "\n".join(head + [line for status in Status for line in _changes_of(status)])


def _changes_of(status: Status) -> list[str]:
    moves = [
        (cell, kind_of(kind))
        for kind, cell in MOVES[status].items()
        if cell not in (Way.STAY, status)
    ]
    return [f"| `{status}` | `{event}` | {_cell(cell)} |" for cell, event in moves]


def matrix() -> str:
    """Return all of `MOVES` as a table: one row for each event, one column for each status."""
    statuses = list(Status)
    head = "| event | " + " | ".join(f"`{status}`" for status in statuses) + " |"
    rule = "| --- |" + " :-: |" * len(statuses)
    rows = [
        f"| `{kind_of(kind)}` | "
        + " | ".join(_cell(MOVES[status].get(kind)) for status in statuses)
        + " |"
        for kind in STORED_AS
    ]
    return "\n".join([head, rule, *rows])


def _cell(cell: Cell | None) -> str:
    if isinstance(cell, Status):
        return f"`{cell}`"
    return {None: "", Way.STAY: "stays", Way.BACK: "back"}[cell]


def landings() -> str:
    """Return where an event leads that the table does not allow, as a table."""
    head = ["| if the history says | the case is then |", "| --- | --- |"]
    return "\n".join(
        head + [f"| `{kind_of(kind)}` | `{status}` |" for kind, status in LANDINGS.items()]
    )
