"""Causes that repeat: accounts that were frozen before, as the store knows them."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import attrs
import pytest

from freezecase import Casebook, Ground, Scope
from freezecase import commands as do
from freezecase.app.intake import import_log
from freezecase.app.record import Record
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.core.events import FreezeImposed
from freezecase.testing.contracts import StoryClock
from freezecase.views.board import Period
from freezecase.views.measuring.again import Again, again, earlier_in
from freezecase.views.measuring.measures import measures
from tests.app.books import ENGINE, STORES, url_of
from tests.app.intake.logs import CLOCK, HEADER, desk, row
from tests.cli.test_replay import damage

THEFT, ALERT = Ground.ACCOUNT_TAKEOVER, Ground.AML_ALERT
FROZEN = (("ada", THEFT), ("ada", ALERT), ("bob", THEFT), ("ada", THEFT))
"""Whom the book freezes, one a day, and why."""


def frozen(book: Casebook, clock: StoryClock) -> list[Record]:
    """The freezes of a book, in order."""
    found = []
    for account, ground in FROZEN:
        command = do.ImposeFreeze(account=account, ground=ground, scope=Scope.withdrawals())
        found.append(book.execute(command, by=ENGINE).records[0])
        clock.later(hours=24)
    return found


def grounds(store: Store, record: Record, upto: int | None = None) -> list[str]:
    """The grounds on which the account of a freeze was frozen before, as far as it is known."""
    assert isinstance(record.event, FreezeImposed)
    known = store.size() if upto is None else upto
    return list(earlier_in(store, known)(record, record.event))


@pytest.mark.parametrize("kind", STORES)
def test_what_came_before_is_found_in_the_other_cases_of_the_account(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Of that account and no other, earlier and not later."""
    clock = StoryClock()
    with Casebook.open(url_of(kind, request, tmp_path), clock=clock) as book:
        found = [grounds(book.store, record) for record in frozen(book, clock)]
    assert found == [[], [THEFT], [], [THEFT, ALERT]]


def test_a_book_says_which_causes_repeat() -> None:
    """Ada's second freeze is on another ground, her third on the same as her first."""
    clock = StoryClock()
    with Casebook.open("memory:", clock=clock) as book:
        begin = clock.now()
        frozen(book, clock)
        day = timedelta(days=1)
        found = measures(
            book.store,
            Period(since=begin - day, until=begin + day),
            Period(since=begin + day, until=begin + 9 * day),
        )
    assert {THEFT: Again(freezes=1)} == found.before.again
    expected = [
        (THEFT, Again(freezes=2, again=1, same_ground=1)),
        (ALERT, Again(freezes=1, again=1)),
    ]
    assert expected == [*found.after.again.items()], "of as many, by name"
    assert [Fraction(1, 2), Fraction(1)] == [one.share for one in found.after.again.values()]
    assert (Again().share, Again(freezes=3).n) == (None, 3)


def test_what_is_past_the_index_or_happened_later_was_not_before() -> None:
    """Whatever order things were recorded in, only what happened earlier came before."""
    clock = StoryClock()
    with Casebook.open("memory:", clock=clock) as book:
        first, second, _bob, third = frozen(book, clock)
        assert grounds(book.store, third, upto=second.index) == [THEFT, ALERT]
        assert grounds(book.store, third, upto=second.index - 1) == [THEFT]
        back = first.occurred_at - timedelta(hours=1)
        older = attrs.evolve(third, entry=attrs.evolve(third.entry, occurred_at=back))
        assert grounds(book.store, older) == []
        at_once = attrs.evolve(
            third, entry=attrs.evolve(third.entry, occurred_at=first.occurred_at)
        )
        assert grounds(book.store, at_once) == [THEFT], "the one that is first in the ledger"


def test_for_an_account_with_one_case_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is most of them: its own case was read already."""
    clock = StoryClock()
    with Casebook.open("memory:", clock=clock) as book:
        _ada, _again, bob, _third = frozen(book, clock)
        monkeypatch.setattr(book.store, "read", lambda *_, **__: pytest.fail("it was read"))
        assert grounds(book.store, bob) == []


def test_a_case_that_cannot_be_read_is_passed_by(tmp_path: Path) -> None:
    """What the others say is still there."""
    url, clock = f"sqlite:///{tmp_path / 'cases.db'}", StoryClock()
    with Casebook.open(url, clock=clock) as book:
        *_, third = frozen(book, clock)
    damage(url, "UPDATE stored_events SET state = x'7b' WHERE rowid = 1")
    with open_store(url) as store:
        assert grounds(store, third) == [ALERT]


def test_a_case_in_which_nobody_froze_anything_is_passed_by(tmp_path: Path) -> None:
    """As foreign logs begin: with a release of nobody knows what."""
    log = tmp_path / "desk.csv"
    log.write_text(HEADER + row(1, "free") + row(2, "freeze"), encoding="utf-8")
    with open_store("memory:") as store:
        import_log(store, desk(), log, strict=False, clock=CLOCK)
        (last,) = _freezes(store, "a1")
        assert (len(store.cases_of("a1")), grounds(store, last)) == (2, [])


def _freezes(store: Store, account: str) -> Iterator[Record]:
    for case in store.cases_of(account):
        for stored in store.read(case):
            record = Record.of(case, stored)
            if isinstance(record.event, FreezeImposed):
                yield record


def test_once_the_same_ground_is_found_nothing_more_is_asked() -> None:
    """An account with ten thousand cases is not read ten thousand times."""
    imposed = FreezeImposed(account="ada", ground=THEFT, scope=Scope.withdrawals(), by="system:x")

    def earlier(_record: Record, _imposed: FreezeImposed) -> Iterator[str]:
        yield from (ALERT, THEFT)
        pytest.fail("it asked for more")

    record: Record = UUID(int=1)  # type: ignore[assignment]
    assert again(record, imposed, earlier) == Again(freezes=1, again=1, same_ground=1)
