"""What the documents take from the code is what the code says."""

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from docs import draw_moves, generate, write_reference
from freezecase.core.commands import ASKED_AS
from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.core.moves import MOVES, Cell, Way
from freezecase.core.status import Status

SVG = "{http://www.w3.org/2000/svg}"
CHANGES: list[tuple[Status, type[CaseEvent], Cell]] = [
    (status, kind, cell)
    for status, row in MOVES.items()
    for kind, cell in row.items()
    if cell not in (Way.STAY, status)
]


def test_no_page_is_behind_the_code() -> None:
    assert generate.stale() == [], "run `python -m docs.generate`"


def test_a_page_that_is_behind_is_found_out_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [*generate.PARTS, generate.PICTURE]:
        copy = tmp_path / name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes((generate.DOCS / name).read_bytes())
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    page = tmp_path / "concepts" / "life-cycle.md"
    said = page.read_text(encoding="utf-8")
    page.write_text(said.replace("| `unopened` |", "| `opened` |"), encoding="utf-8")
    (tmp_path / generate.PICTURE).unlink()

    assert generate.stale() == ["concepts/life-cycle.md", generate.PICTURE]
    assert generate.main() == 0
    assert generate.stale() == []
    assert page.read_text(encoding="utf-8") == said


def test_a_part_has_one_place() -> None:
    with pytest.raises(LookupError, match="generated: moves"):
        generate.renewed("nothing here", {"moves": lambda: "new"})


def test_what_people_wrote_around_a_part_stays() -> None:
    text = "before\n<!-- generated: moves -->\nold\n<!-- end of moves -->\nafter\n"

    assert generate.renewed(text, {"moves": lambda: "new"}) == (
        "before\n<!-- generated: moves -->\n\nnew\n\n<!-- end of moves -->\nafter\n"
    )


def test_the_picture_is_drawn_whole() -> None:
    picture = ET.fromstring(draw_moves.picture())
    dots = [one for one in picture.iter(f"{SVG}circle") if one.get("class") == "dot"]
    words = {one.text for one in picture.iter(f"{SVG}text")}

    assert len(dots) == len(CHANGES)
    assert {*Status} | {kind_of(kind) for _, kind, _ in CHANGES} == words


def test_each_row_of_the_picture_is_a_move() -> None:
    drawn = Counter(
        (source, track.event, target)
        for track in draw_moves.tracks()
        for source in track.sources
        for target in (["back"] if track.back else track.targets)
    )
    meant = Counter(
        (status, kind_of(kind), "back" if cell is Way.BACK else cell)
        for status, kind, cell in CHANGES
    )

    assert drawn == meant


def test_the_ways_back_are_the_ways_in() -> None:
    ways = {track.event: set(track.targets) for track in draw_moves.tracks() if track.back}

    assert ways == {
        "appeal-withdrawn": {Status.IN_FORCE, Status.UPHELD},
        "case-reopened": {Status.RELEASED, Status.FORFEITED, Status.OFFBOARDED},
    }


def test_the_table_has_a_row_for_every_event_and_a_cell_for_every_move() -> None:
    _, _, *rows = draw_moves.matrix().splitlines()
    cells = [row.strip("| ").split("|")[1:] for row in (f"{row} " for row in rows)]
    filled = sum(bool(cell.strip()) for row in rows for cell in row.split("|")[2:-1])

    assert len(cells) == len(STORED_AS)
    assert filled == sum(len(row) for row in MOVES.values())


@pytest.mark.parametrize(
    ("page", "names"),
    [(write_reference.commands_page(), ASKED_AS), (write_reference.events_page(), STORED_AS)],
    ids=["commands", "events"],
)
def test_every_command_and_event_is_in_the_reference(page: str, names: dict[type, str]) -> None:
    for kind, name in names.items():
        assert f"### {kind.__name__}\n" in page
        assert f"Stored as `{name}`." in page


def test_a_field_says_what_it_takes_and_when_it_may_be_left_out() -> None:
    page = write_reference.commands_page()

    assert "| `account` | [`AccountId`](values.md#accountid) | needed |" in page
    assert "| `reason` | [`Reason`](values.md#reason) or nothing | nothing |" in page
    assert "| `language` | [`Slug`](values.md#slug) | `en` |" in page
