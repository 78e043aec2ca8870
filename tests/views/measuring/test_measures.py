"""Two periods of a store, one beside the other."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from freezecase import Casebook, Channel, Ground, InvalidValue, Scope
from freezecase import commands as do
from freezecase.app.intake import import_log, load_mapping
from freezecase.app.stores.opening import open_store
from freezecase.testing.contracts import StoryClock
from freezecase.views.board import VIEWS, Period, read_portfolio
from freezecase.views.measuring.fewer import Exposure
from freezecase.views.measuring.harm import HOUR
from freezecase.views.measuring.lost import Lost
from freezecase.views.measuring.measures import Measures, measures
from freezecase.views.portfolio import fewer
from freezecase.views.projecting import catch_up
from tests.app.books import ANA, ENGINE, ROB, STORES, freeze, url_of
from tests.app.intake.logs import CLOCK

DAY = timedelta(days=1)


def played(url: str) -> tuple[Measures, Measures]:
    """
    Five accounts are frozen on the first day, two of them in an incident, and one on the third.

    One of the first asks why, and appeals; the appeal is right. Measured without and with accounts.
    """
    clock = StoryClock()
    with Casebook.open(url, clock=clock) as book:
        begin = clock.now()
        cases = [book.execute(freeze(f"acct-{n}"), by=ENGINE).case.id for n in range(3)]
        for n in (4, 5):
            leak = do.ImposeFreeze(
                account=f"acct-{n}",
                ground=Ground.INCIDENT,
                scope=Scope.withdrawals(),
                incident="leak",
            )
            book.execute(leak, by=ENGINE)
        one = cases[0]
        steps: list[tuple[do.Command, Any]] = [
            (do.ConfirmEnforcement(one), ENGINE),
            (do.RecordContact(one, channel=Channel.CHAT, topics=["why-me"]), ANA),
            (do.FileAppeal(one, contests=1, statement="it was me"), ENGINE),
            (do.AssignAppeal(one, reviewer=ROB.person), ANA),
            (do.UpholdAppeal(one, reason="you were right"), ROB),
            (do.ConfirmRelease(one), ENGINE),
        ]
        for command, by in steps:
            clock.later(hours=1)
            book.execute(command, by=by)
        clock.later(hours=44)
        book.execute(freeze("acct-9"), by=ENGINE)
        old, new = (
            Period(since=begin, until=begin + DAY),
            Period(since=begin + 2 * DAY, until=begin + 3 * DAY),
        )
        accounts = Exposure(before=2000, after=1000)
        return measures(book.store, old, new), measures(book.store, old, new, accounts)


@pytest.mark.parametrize("kind", STORES)
def test_a_book_is_measured(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Five before, one after: 80 % fewer, and for each account 60 %; every number has its n."""
    found, with_accounts = played(url_of(kind, request, tmp_path))
    assert (5, 1, Fraction(4, 5)) == (found.fewer.before, found.fewer.after, found.fewer.share)
    assert Fraction(3, 5) == with_accounts.fewer.share
    assert (found.fewer_apart.before, found.fewer_apart.after) == (3, 1)
    assert {"account-takeover": Fraction(2, 3), "incident": Fraction(1)} == {
        ground: one.share for ground, one in found.fewer_by_ground.items()
    }
    # the first case was frozen for 6 hours, four for the whole first day; three capabilities each
    frozen = found.before.harm[""]
    assert (frozen.n, frozen.frozen) == (5, (6 + 4 * 24) * HOUR)
    assert frozen.capability_hours == (6 + 4 * 24) * 3
    # four go on for the two hours that are known of the third day, and one begins in its last
    assert (found.after.harm[""].n, found.after.harm[""].frozen) == (4, 2 * 4 * HOUR)
    assert {topic: one.n for topic, one in found.before.topics.items()} == {"why-me": 1}
    assert found.after.topics == {}
    overturned = {rule: (one.overturned, one.n) for rule, one in found.before.rules.items()}
    assert {(1, 5)} == {*overturned.values()}, "the rules that let a machine freeze"
    assert sum(one.overturned for one in found.after.rules.values()) == 0
    assert found.position > 11


def test_whoever_waits_is_told_how_far_it_has_come() -> None:
    """After each case: how many records are read, and of how many."""
    told: list[tuple[int, int]] = []
    with Casebook.open("memory:", clock=StoryClock()) as book:
        sizes = [len(book.execute(freeze(f"acct-{n}"), by=ENGINE).records) for n in range(2)]
        measures(book.store, GOOD, NEXT, progress=lambda done, of: told.append((done, of)))
    assert told == [(sizes[0], sum(sizes)), (sum(sizes), sum(sizes))]


BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = Period(since=BEGIN, until=BEGIN + DAY)
NEXT = Period(since=BEGIN + DAY, until=BEGIN + 2 * DAY)


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        (Period(since=BEGIN), NEXT, r"before\.until"),
        (GOOD, Period(until=BEGIN), r"after\.since"),
        (Period(since=BEGIN, until=BEGIN), NEXT, r"before\.until"),
        (GOOD, Period(since=BEGIN.replace(tzinfo=None), until=BEGIN), r"after\.since"),
        (GOOD, GOOD, r"after\.since"),
        (NEXT, GOOD, r"after\.since"),
    ],
    ids=["no-end", "no-beginning", "no-time", "no-zone", "the-same", "backwards"],
)
def test_periods_that_cannot_be_compared_are_refused(
    before: Period, after: Period, where: str
) -> None:
    """What is wrong is named, with what would be allowed."""
    with open_store("memory:") as store, pytest.raises(InvalidValue, match=where):
        measures(store, before, after)


def test_an_empty_store_has_no_share() -> None:
    """Nothing is compared, and it says why."""
    with open_store("memory:") as store:
        found = measures(store, GOOD, NEXT)
    assert (found.fewer.share, found.fewer.n) == (None, 0)
    assert "nobody was frozen before" in found.fewer.refused
    assert (found.before.harm, found.fewer_by_ground, found.position) == ({}, {}, 0)


ROOT = Path(__file__).parents[3]
USDT = ROOT.parent / "shared" / "data" / "usdt_freezes" / "usdt_configs.csv"


def test_the_years_of_a_stablecoin_are_those_of_the_figures() -> None:
    """830 addresses in seven years; every share is the one that the portfolio says."""
    if not USDT.exists():
        pytest.skip("the folder of real histories is absent")
    years = [datetime(year, 1, 1, tzinfo=UTC) for year in range(2017, 2025)]
    with open_store("memory:") as store:
        mapping = load_mapping(ROOT / "examples" / "imports" / "usdt.toml")
        import_log(store, mapping, USDT, strict=False, clock=CLOCK)
        catch_up(store, VIEWS)
        periods = [Period(since=since, until=until) for since, until in pairwise(years)]
        read = [read_portfolio(store, now=years[-1], **period) for period in periods]
        found = [measures(store, *two) for two in pairwise(periods)]
        never = Period(since=datetime(2016, 1, 1, tzinfo=UTC), until=years[0])
        whole = measures(store, never, Period(since=years[0], until=years[-1]))
    assert [fewer(*two) for two in pairwise(read)] == [one.fewer.share for one in found]
    assert found[0].fewer.before + sum(one.fewer.after for one in found) == 830
    assert {""} == {rule for one in found for rule in one.after.rules}, "no rule is on record"
    taken = Lost(cases=524, times=596, units=Fraction("176213018.853435"))
    assert {("", "funds-forfeited", "USDT"): taken} == whole.after.lost
    assert {0} == {one.again for one in whole.after.again.values()}, "each address once"
