"""
The views that are kept: the worklist and what each case adds to the figures; how they are read.

Rows are JSON with one spelling, so that a view made from zero is equal to the live one, byte by
byte. What is read is the view as it was at one moment, at one position of the ledger.
"""

from collections.abc import Iterator
from datetime import datetime
from struct import pack
from typing import Any, Final, TypedDict, Unpack

import msgspec

from freezecase.app.clock import micros_of
from freezecase.app.reading import instant
from freezecase.app.stores.board_store import BEGINNING, END, Line, Seen, Snapshot, Standing
from freezecase.app.stores.store import Store
from freezecase.views.contribution import Contribution, contribution
from freezecase.views.portfolio import Portfolio, portfolio
from freezecase.views.projecting import CaseRead, StoredView, stored
from freezecase.views.worklist import WorkItem, Worklist, place_of, work_item

__all__ = [
    "CONTRIBUTIONS",
    "VIEWS",
    "WORKLIST",
    "Period",
    "Search",
    "read_portfolio",
    "read_worklist",
]

_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_work_item: Final = msgspec.json.Decoder(WorkItem).decode
_contribution: Final = msgspec.json.Decoder(Contribution).decode


def _work(case: CaseRead) -> Line | None:
    item = work_item(case)
    if item is None:
        return None
    found = {"queue": item.queue, "skill": item.skill, "owner": item.owner}
    tags = {f"{name}:{value or ''}" for name, value in found.items()}
    owing = {f"debtor:{one}" for one in item.debtors}
    return Line(place_of(item), frozenset(tags | owing), _encode(item))


_TAGS: Final = ("debtor", "owner", "queue", "skill")
"""What the worklist is searched by, what finds the fewest first."""


def _adds(case: CaseRead) -> Line:
    added = contribution(case)
    return Line(_place(added.opened), frozenset(), _encode(added))


def _place(opened: datetime) -> bytes:
    return pack(">Q", micros_of(opened) + 2**63)


WORKLIST: Final = StoredView("worklist", 1, _work)
"""In the order of the worklist; found by queue, skill, owner and debtor."""
CONTRIBUTIONS: Final = StoredView("contributions", 2, _adds)
"""In the order in which accounts were frozen."""
VIEWS: Final = (WORKLIST, CONTRIBUTIONS)


class Search(TypedDict, total=False):
    """Which rows of the worklist are asked for: those of all that is said here, or all."""

    queue: str
    """The queue; an empty word for what no ruling sent anywhere."""
    skill: str
    """The skill it takes; an empty word for none."""
    owner: str
    """Who looks after the case, as `kind:id`; an empty word for nobody."""
    debtor: str
    """Somebody who owes something in the case: a role, or a person as `kind:id`."""
    after: WorkItem
    """The last row of the page before."""
    limit: int
    """How many rows at most; 100 if not said."""


def read_worklist(store: Store, **search: Unpack[Search]) -> Worklist:
    """
    Return a page of the worklist as it is stored, the most urgent first.

    Raises:
        StoreError: none is stored yet.

    """
    asked: dict[str, Any] = {**search}
    tags = [f"{name}:{asked[name]}" for name in _TAGS if name in asked]
    begin = (place_of(search["after"]), search["after"].case) if "after" in search else BEGINNING
    with stored(store, WORKLIST) as (seen, standing):
        page = seen.page(standing, Seen(tags, begin, limit=search.get("limit", 100)))
    return Worklist(
        items=tuple(_work_item(data) for _place, _case, data in page),
        position=standing.position,
        behind=max(0, store.size() - standing.position),
    )


class Period(TypedDict, total=False):
    """Which cases are counted: those that were frozen in this time, or all."""

    since: datetime
    """The first instant of it."""
    until: datetime
    """The first instant after it."""


def read_portfolio(store: Store, *, now: datetime, **period: Unpack[Period]) -> Portfolio:
    """
    Return the figures as they are stored, of the cases that were frozen in a period, or of all.

    Raises:
        InvalidValue: an end of the period has no zone.
        StoreError: none are stored yet.

    """
    for name, end in period.items():
        instant(end, name)
    with stored(store, CONTRIBUTIONS) as (seen, standing):
        cases = _added(seen, standing, **period)
        return portfolio(cases, now=now, position=standing.position, **period)


def _added(seen: Snapshot, standing: Standing, **period: Unpack[Period]) -> Iterator[Contribution]:
    """Yield what the cases of a period add; the others are not looked at."""
    after = (_place(period["since"]), BEGINNING[1]) if "since" in period else BEGINNING
    before = _place(period["until"]) if "until" in period else END
    while page := seen.page(standing, Seen((), after, before)):
        yield from (_contribution(data) for _at, _case, data in page)
        after = page[-1][:2]
