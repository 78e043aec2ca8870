"""What is stored of the views, and what ought to be: made from the records, case by case."""

from collections.abc import Sequence
from uuid import UUID

from freezecase.app.stores.board_store import BEGINNING, Listing, Seen, Standing
from freezecase.app.stores.store import Scanned, Store
from freezecase.views.board import VIEWS
from freezecase.views.projecting import StoredView, read_case

Stored = dict[str, list[Listing]]
"""The rows of each view, in order."""


def standings(store: Store) -> dict[str, Standing]:
    """The generations that are read, by view."""
    return {one.view: one for one in store.board().standings() if one.live}


def stored(store: Store, views: Sequence[StoredView] = VIEWS) -> tuple[dict[str, int], Stored]:
    """How far each view has come, and all its rows, as they are at one moment."""
    positions: dict[str, int] = {}
    found: Stored = {}
    with store.board().snapshot() as seen:
        for view in views:
            live = seen.live(view.name)
            assert live is not None
            positions[view.name], after, rows = (
                live.position,
                BEGINNING,
                found.setdefault(view.name, []),
            )
            while page := seen.page(live, Seen((), after, limit=7)):
                rows += page
                after = page[-1][:2]
    return positions, found


def ought(store: Store, upto: int, views: Sequence[StoredView] = VIEWS) -> Stored:
    """The rows that the views ought to have at an index of the ledger."""
    cases: dict[str, list[Scanned]] = {}
    for raw in store.scan(until=upto):
        cases.setdefault(raw[2], []).append(raw)
    read = [read_case(UUID(name), rows) for name, rows in cases.items()]
    found: Stored = {}
    for view in views:
        made = [(case.id, view.line(case)) for case in read]
        rows = [(line.place, case, line.data) for case, line in made if line is not None]
        found[view.name] = sorted(rows)
    return found


def assert_right(store: Store, views: Sequence[StoredView] = VIEWS) -> int:
    """Every row is what its records make it at the position of its view; say the least of them."""
    positions, rows = stored(store, views)
    for view in views:
        assert rows[view.name] == ought(store, positions[view.name], [view])[view.name]
    return min(positions.values())
