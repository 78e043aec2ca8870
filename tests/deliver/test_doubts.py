"""Whatever changes what a case demands raises a doubt, and only a confirmation of ours ends it."""

from collections import Counter

from freezecase import Casebook
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.evolve import evolve, unopened
from freezecase.core.pending import pending
from freezecase.core.state import CaseState
from freezecase.deliver.doubts import RAISES, SETTLES, Doubts
from freezecase.testing.contracts import StoryClock
from freezecase.views.accounts import demanded
from tests.core.samples import CASE
from tests.deliver.desk import ACCOUNT, MONEY, TRADE, freeze, hold, reconciler, release
from tests.deliver.exchange import Network
from tests.laws.walks import walks

WAITS = {"enforcement", "lifting"}


def waits(case: CaseState) -> bool:
    """Whether a case waits for the exchange, and so is in doubt."""
    return any(wait.what in WAITS for wait in pending(case))


def test_no_case_comes_to_demand_something_else_in_silence() -> None:
    """On long walks through whatever can happen: a doubt is raised, or it is there already."""
    silent, seen = list[str](), Counter[str]()
    for taken in walks():
        turn, state = taken.turn, taken.state if taken.state.version else unopened(CASE)
        events: list[CaseEvent] = [event for one in (*turn.missed, turn) for event in one.events]
        for event in events:
            after = evolve(state, event)
            moved = demanded(after) != demanded(state) or waits(after) > waits(state)
            if moved and kind_of(event) not in RAISES | SETTLES and not waits(state):
                silent.append(kind_of(event))
            seen[kind_of(event)] += moved
            state = after
    assert silent == []
    assert {kind for kind in RAISES if not seen[kind]} == set()


def test_the_first_record_that_raised_a_doubt_is_where_it_begins(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """However much comes after it, and however often the ledger is read on."""
    freeze(book, MONEY, "acct-1")
    reconciler(book, network).step(clock.now())
    first = book.store.size() + 1
    case = freeze(book, TRADE)
    doubts = Doubts(book.store)
    assert [*doubts.follow()] == [ACCOUNT]
    release(book, case)
    hold(book, case)
    assert [[doubt.since for doubt in found] for found in doubts.follow().values()] == [[first]]
    assert (doubts.position, doubts.read_to) == (first - 1, book.store.size())
    doubts.settle(doubts.by_account()[ACCOUNT])
    assert (doubts.by_account(), doubts.position) == ({}, book.store.size())
