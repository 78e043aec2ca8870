"""What every board must do, whatever it is made of: one function for each promise.

`ALONE` holds what one handle can show, `TOGETHER` what takes several handles on one database.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from uuid import UUID

import pytest

from freezecase.app.stores.board_store import (
    BEGINNING,
    SWEPT,
    BoardStore,
    Line,
    Seen,
    Snapshot,
    Standing,
    Step,
)
from freezecase.app.stores.store import Store
from freezecase.errors import StoreError

Opener = Callable[[], Store]


def case(number: int) -> UUID:
    """The case of this number; higher numbers come later in every order of ids."""
    return UUID(int=number)


def line(place: int = 0, *tags: str, data: str = "data") -> Line:
    """A row at this place."""
    return Line(bytes([place]), frozenset(tags), data.encode())


def lines(**places: int) -> dict[UUID, Line | None]:
    """Rows by the number of their case, as `c1=7`: case 1 at place 7."""
    return {case(int(name[1:])): line(place, data=name) for name, place in places.items()}


def moved(
    board: BoardStore, standing: Standing, to: int, given: Mapping[UUID, Line | None]
) -> Standing:
    """The generation after this step, which nobody else took."""
    assert board.move([Step(standing.view, standing.generation, standing.position, to, given)])
    return standing._replace(position=to)


def begun(board: BoardStore, to: int = 5, view: str = "desk", **places: int) -> Standing:
    """A live generation at this position, with these rows."""
    standing = moved(board, board.begin(view, 1), to, lines(**places))
    assert board.switch([standing])
    return standing._replace(live=True)


def read(board: BoardStore, standing: Standing, *tags: str, limit: int = 100) -> list[str]:
    """The rows with these tags, by what they hold, in order, read in pages."""
    with board.snapshot() as seen:
        return [*pages(seen, standing, tags, limit)]


def pages(seen: Snapshot, standing: Standing, tags: tuple[str, ...], limit: int) -> Iterator[str]:
    """The same, within a snapshot."""
    after = BEGINNING
    while page := seen.page(standing, Seen(tags, after, limit=limit)):
        assert len(page) <= limit
        yield from (data.decode() for _place, _case, data in page)
        after = page[-1][:2]


# --- one handle ----------------------------------------------------------------------------------


def a_new_board_is_empty(store: Store) -> None:
    """Nothing stands on it, and asking makes nothing stand on it."""
    board = store.board()
    assert board.standings() == []
    with board.snapshot() as seen:
        assert seen.live("desk") is None
    board.sweep()


def rows_and_position_move_together(store: Store) -> None:
    """After a step the position is its end, and rows are put, changed or taken away as it says."""
    board = store.board()
    standing = begun(board, c1=1, c2=2)
    moved(board, standing, 9, {case(1): None, case(2): line(3, data="new"), case(3): line(2)})
    with board.snapshot() as seen:
        live = seen.live("desk")
        assert live is not None
        assert live == standing._replace(position=9)
        assert seen.page(live, Seen()) == [
            (b"\x02", case(3), b"data"),
            (b"\x03", case(2), b"new"),
        ]


def a_step_from_elsewhere_is_not_taken(store: Store) -> None:
    """From another position, in another generation or view, nothing of it is written."""
    board = store.board()
    standing = begun(board, c1=1)
    for wrong in (
        Step("desk", 1, 4, 9, lines(c2=2)),
        Step("desk", 1, 6, 9, lines(c2=2)),
        Step("desk", 2, 5, 9, lines(c2=2)),
        Step("other", 1, 5, 9, lines(c2=2)),
    ):
        assert not board.move([wrong])
    assert board.standings() == [standing]
    assert read(board, standing) == ["c1"]


def several_steps_are_taken_or_none(store: Store) -> None:
    """Where one view is not where its step begins, the others do not move either."""
    board = store.board()
    one, other = begun(board, view="a", c1=1), begun(board, view="b", c1=1)
    wrong = [Step("a", 1, 5, 7, lines(c2=2)), Step("b", 1, 6, 7, lines(c2=2))]
    assert not board.move(wrong)
    assert not board.move(wrong[::-1])
    assert (read(board, one), read(board, other)) == (["c1"], ["c1"])
    assert board.move([Step("a", 1, 5, 7, lines(c2=2)), Step("b", 1, 5, 7, lines(c3=0))])
    assert (read(board, one), read(board, other)) == (["c1", "c2"], ["c3", "c1"])
    assert {one.position for one in board.standings()} == {7}


def the_same_step_counts_once(store: Store) -> None:
    """Whoever takes it again has done nothing: the position is not where it begins any more."""
    board = store.board()
    standing = begun(board)
    step = Step("desk", 1, 5, 6, lines(c1=1))
    assert [board.move([step]), board.move([step])] == [True, False]
    assert board.standings() == [standing._replace(position=6)]


def rows_are_in_the_order_of_place_and_case(store: Store) -> None:
    """Whatever the size of the pages, each row comes once, in one order."""
    board = store.board()
    standing = begun(board, c5=1, c4=1, c3=200, c2=7, c1=7)
    for limit in (1, 2, 3, 100):
        assert read(board, standing, limit=limit) == ["c4", "c5", "c1", "c2", "c3"]


def places_bound_what_is_read(store: Store) -> None:
    """From a place on, and before another."""
    board = store.board()
    standing = begun(board, c1=1, c2=2, c3=3, c4=4)
    with board.snapshot() as seen:
        asked = Seen((), (b"\x02", UUID(int=0)), b"\x04")
        assert [row[1] for row in seen.page(standing, asked)] == [case(2), case(3)]


def rows_are_found_by_all_their_tags(store: Store) -> None:
    """A row is found by each of its tags, and by several only if it has all of them."""
    board = store.board()
    standing = begun(board)
    given = {
        case(1): line(3, "q:kyc", "o:ana", data="1"),
        case(2): line(2, "q:kyc", "o:rob", data="2"),
        case(3): line(1, "q:fraud", "o:ana", data="3"),
    }
    moved(board, standing, 6, given)
    assert read(board, standing) == ["3", "2", "1"]
    assert read(board, standing, "q:kyc") == ["2", "1"]
    assert read(board, standing, "o:ana", limit=1) == ["3", "1"]
    assert read(board, standing, "o:ana", "q:kyc") == ["1"]
    assert read(board, standing, "q:kyc", "o:ana", "o:rob") == []
    assert read(board, standing, "q:") == []


def a_changed_row_loses_its_old_tags(store: Store) -> None:
    """It is found where it stands now, and nowhere else."""
    board = store.board()
    standing = moved(board, begun(board), 6, {case(1): line(1, "old", "both")})
    standing = moved(board, standing, 7, {case(1): line(2, "new", "both", data="now")})
    found = {tag: read(board, standing, tag) for tag in ("old", "new", "both")}
    assert found == {"old": [], "new": ["now"], "both": ["now"]}
    moved(board, standing, 8, {case(1): None})
    assert read(board, standing, "both") == read(board, standing) == []


def a_generation_is_seen_by_nobody_until_it_is_switched_to(store: Store) -> None:
    """Readers go on reading the old one; then they read the new one, whole."""
    board = store.board()
    old = begun(board, c1=1)
    new = moved(board, board.begin("desk", 2), 5, lines(c2=2))
    with board.snapshot() as seen:
        assert seen.live("desk") == old
    assert board.switch([new])
    with board.snapshot() as seen:
        assert seen.live("desk") == new._replace(live=True)
        assert [*pages(seen, new, (), 100)] == ["c2"]
    assert board.standings() == [new._replace(live=True)]


def what_is_behind_is_not_switched_to(store: Store) -> None:
    """Readers never go back: not to an earlier position, not to an earlier generation."""
    board = store.board()
    early, late = board.begin("desk", 1), board.begin("desk", 1)
    assert board.switch([moved(board, late, 5, lines(c1=1))])
    assert not board.switch([early]), "it is gone: it began before the one that is live"
    behind = moved(board, board.begin("desk", 1), 4, lines(c2=1))
    assert not board.switch([behind])
    assert board.switch([moved(board, behind, 5, {})])


def several_are_switched_to_at_once_or_none(store: Store) -> None:
    """Two views of one rebuild are both new, or both old."""
    board = store.board()
    begun(board, view="a", c1=1)
    begun(board, view="b", c1=1)
    a, b = board.begin("a", 1), board.begin("b", 1)
    a = moved(board, a, 5, {})
    assert not board.switch([a, b])
    assert [one.generation for one in board.standings() if one.live] == [1, 1]
    assert board.switch([a, moved(board, b, 5, {})])
    assert [one.generation for one in board.standings() if one.live] == [2, 2]


def a_dropped_generation_is_not_written_any_more(store: Store) -> None:
    """Whoever still makes it finds out with the next step, and leaves nothing behind."""
    board = store.board()
    slow = moved(board, board.begin("desk", 1), 0, lines(c1=1))
    begun(board, c2=2)
    assert not board.move([Step("desk", slow.generation, 0, 0, lines(c3=3))])
    board.sweep()
    assert read(board, slow) == []


def what_nobody_reads_is_swept_away(store: Store) -> None:
    """However many rows the old generation had, none is left; those of the new one all are."""
    board, many = store.board(), SWEPT + 7
    given = {case(number): line(1, "tag") for number in range(1, many + 1)}
    old = moved(board, board.begin("desk", 1), 1, given)
    assert board.switch([old])
    new = moved(board, board.begin("desk", 1), 1, given)
    assert board.switch([new])
    assert len(read(board, old, "tag", limit=5000)) == many, "until it is swept"
    board.sweep()
    assert read(board, old) == read(board, old, "tag") == []
    assert len(read(board, new, "tag", limit=5000)) == many
    board.sweep()
    assert len(read(board, new, limit=1000)) == many


def an_error_in_the_middle_leaves_what_was_there(store: Store) -> None:
    """A step is one transaction: where a row cannot be written, none is, and nothing moves."""
    board = store.board()
    standing = begun(board, c1=1)
    good: dict[UUID, Line | None] = lines(c2=2)
    bad = good | {case(3): Line(b"\x03", frozenset(), None)}  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"."):
        board.move([Step("desk", 1, 5, 6, bad)])
    assert board.standings() == [standing]
    assert read(board, standing) == ["c1"]
    moved(board, standing, 6, good)


def a_closed_store_has_no_board(store: Store) -> None:
    """It says so, as it does for records."""
    board = store.board()
    board.standings()
    store.close()
    with pytest.raises(StoreError, match="closed: open it again"):
        board.standings()


# --- several handles -----------------------------------------------------------------------------


@contextmanager
def opened(open_another: Opener, number: int) -> Generator[list[BoardStore]]:
    """So many boards on one database."""
    stores = [open_another() for _ in range(number)]
    try:
        yield [store.board() for store in stores]
    finally:
        for store in stores:
            store.close()


def a_snapshot_stands_still(open_another: Opener) -> None:
    """Who is reading sees nothing of what is written meanwhile: not a part of it, and not later."""
    with opened(open_another, 2) as (reader, writer):
        standing = begun(writer, c1=1, c2=2)
        with reader.snapshot() as seen:
            told = seen.live("desk")
            (first,) = seen.page(standing, Seen(limit=1))
            moved(writer, standing, 6, {case(1): line(9, data="new"), case(2): None})
            new = moved(writer, writer.begin("desk", 1), 6, {})
            assert writer.switch([new])
            writer.sweep()
            assert seen.live("desk") == told == standing
            assert [row[2] for row in seen.page(standing, Seen((), first[:2]))] == [b"c2"]
            assert [*pages(seen, standing, (), 1)] == ["c1", "c2"]
        assert read(reader, new) == []


def all_may_begin_at_once(open_another: Opener) -> None:
    """The tables are made once, and each generation has a number of its own."""
    with opened(open_another, 6) as boards, ThreadPoolExecutor(6) as threads:
        made = [*threads.map(lambda board: board.begin("desk", 1), boards)]
        assert sorted(one.generation for one in made) == [1, 2, 3, 4, 5, 6]


def one_of_many_takes_a_step(open_another: Opener) -> None:
    """Of those who make the same step at once, one takes it: nothing is counted twice."""
    steps = 20
    with opened(open_another, 4) as boards:
        begun(boards[0], to=0)

        def follow(board: BoardStore) -> int:
            """Walk to the end, one position at a time; say how many steps were mine."""
            mine = 0
            while (at := board.standings()[0].position) < steps:
                row = line(1, data=str(next(numbers)))
                mine += board.move([Step("desk", 1, at, at + 1, {case(at + 1): row})])
            return mine

        numbers = count()
        with ThreadPoolExecutor(4) as threads:
            taken = [*threads.map(follow, boards)]
        assert sum(taken) == steps
        assert len(read(boards[0], boards[0].standings()[0])) == steps


def one_of_many_switches(open_another: Opener) -> None:
    """Generations that are done at once: the newest is read in the end, and the others are gone."""
    with opened(open_another, 4) as boards, ThreadPoolExecutor(4) as threads:
        made = [moved(board, board.begin("desk", 1), 3, lines(c1=1)) for board in boards]
        done = [*threads.map(lambda board, one: board.switch([one]), boards, made)]
        assert done[-1]
        assert boards[0].standings() == [made[-1]._replace(live=True)]


def steps_and_switches_never_stop_each_other(open_another: Opener) -> None:
    """Several views move in one order for everybody: nobody waits for who waits for them."""
    with opened(open_another, 2) as (projector, rebuilder):
        for view in ("a", "b"):
            begun(projector, to=0, view=view)

        def move() -> None:
            for _ in range(60):
                there = {one.view: one for one in projector.standings() if one.live}
                projector.move(
                    [Step(one.view, one.generation, 0, 0, lines(c1=1)) for one in there.values()]
                )

        def switch() -> None:
            for _ in range(60):
                assert rebuilder.switch([rebuilder.begin("b", 1), rebuilder.begin("a", 1)])

        with ThreadPoolExecutor(2) as threads:
            for work in [threads.submit(move), threads.submit(switch)]:
                work.result()
        live = [one for one in projector.standings() if one.live]
        assert [one.generation for one in live] == [61, 61]


ALONE = (
    a_new_board_is_empty,
    rows_and_position_move_together,
    a_step_from_elsewhere_is_not_taken,
    several_steps_are_taken_or_none,
    the_same_step_counts_once,
    rows_are_in_the_order_of_place_and_case,
    places_bound_what_is_read,
    rows_are_found_by_all_their_tags,
    a_changed_row_loses_its_old_tags,
    a_generation_is_seen_by_nobody_until_it_is_switched_to,
    what_is_behind_is_not_switched_to,
    several_are_switched_to_at_once_or_none,
    a_dropped_generation_is_not_written_any_more,
    what_nobody_reads_is_swept_away,
    an_error_in_the_middle_leaves_what_was_there,
    a_closed_store_has_no_board,
)
TOGETHER = (
    a_snapshot_stands_still,
    all_may_begin_at_once,
    one_of_many_takes_a_step,
    one_of_many_switches,
    steps_and_switches_never_stop_each_other,
)
