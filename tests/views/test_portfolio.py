"""The figures of many cases, each one computed here by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase import Casebook, Channel, Ground, InvalidValue, Scope
from freezecase import commands as do
from freezecase.app.intake import import_log, load_mapping
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.testing.contracts import StoryClock
from freezecase.views import board
from freezecase.views.board import VIEWS, Period, read_portfolio, read_worklist
from freezecase.views.contribution import Appeals, Contribution, Decided
from freezecase.views.deadlines import Deadlines
from freezecase.views.portfolio import Portfolio, fewer, overturned, portfolio
from freezecase.views.projecting import catch_up
from freezecase.views.promises import Rate, promise_rates
from tests.app.books import ANA, ENGINE, ROB, freeze
from tests.app.intake.logs import CLOCK
from tests.laws.settings import LAW

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = 3_600_000_000
"""In microseconds."""
DAY = 24 * HOUR


def added(day: int, ground: str = "aml-alert", **more: object) -> Contribution:
    """What a case adds that was frozen on this day of the year."""
    opened = JANUARY + timedelta(days=day - 1)
    given_ = {"frozen": True, **more}
    return Contribution(opened=opened, ground=ground, **given_)  # type: ignore[arg-type]


# Ten cases, as an accountant would list them. Told after, a person after, free after: in hours.
#            frozen on     ground               told  person  free
LEDGER = (
    added(1, "aml-alert", to_told=1 * HOUR, asked=True, to_human=2 * HOUR),
    added(2, "aml-alert", to_told=3 * HOUR, asked=True),
    added(3, "aml-alert"),
    added(3, "account-takeover", to_told=2 * HOUR, frozen=False, to_release=1 * HOUR, way="desk"),
    added(9, "account-takeover", to_told=2 * HOUR, frozen=False, to_release=3 * HOUR, way="desk"),
    added(
        20, "account-takeover", frozen=False, to_release=400 * DAY, way="appeal", outcome="mistake"
    ),
    added(31, "legal-order", to_told=9 * HOUR, asked=True, to_human=HOUR),
    added(32, "aml-alert", frozen=False, to_release=2 * DAY, way="outside", outcome="cleared"),
    added(40, "incident"),
    added(59, "incident", to_told=HOUR, asked=True, to_human=4 * HOUR),
)


def figures(cases: object = LEDGER, **more: object) -> Portfolio:
    """The figures of these cases, asked for in March."""
    return portfolio(cases, now=MARCH, position=99, **more)  # type: ignore[arg-type]


# --- counts --------------------------------------------------------------------------------------


def test_freezes_are_counted_by_ground() -> None:
    """All that were frozen, and those that still are."""
    found = figures()
    assert (found.cases, found.unreadable, found.position) == (10, 0, 99)
    assert found.freezes == {
        "account-takeover": 3,
        "aml-alert": 4,
        "incident": 2,
        "legal-order": 1,
    }
    assert found.frozen == {"aml-alert": 3, "incident": 2, "legal-order": 1}


def test_a_period_takes_the_cases_that_were_frozen_in_it() -> None:
    """Its first instant is in it, its end is not; two periods add up to both."""
    january = figures(since=JANUARY, until=FEBRUARY)
    february = figures(since=FEBRUARY, until=MARCH)
    assert (january.cases, february.cases) == (7, 3)
    assert january.freezes == {"account-takeover": 3, "aml-alert": 3, "legal-order": 1}
    assert february.freezes == {"aml-alert": 1, "incident": 2}
    assert figures(since=FEBRUARY).cases == 3
    assert figures(until=FEBRUARY).cases == 7
    assert figures(since=MARCH).cases == 0


def test_a_case_without_a_freeze_and_one_that_cannot_be_read() -> None:
    """The one is a case and no freeze; the other is counted as what it is."""
    elsewhere = attrs.evolve(added(1, ""), frozen=False, to_release=None)
    broken = attrs.evolve(added(1, ""), frozen=False, readable=False)
    found = figures([elsewhere, broken, *LEDGER])
    assert (found.cases, found.unreadable, sum(found.freezes.values())) == (12, 1, 10)
    assert found.to_release == figures().to_release


# --- lengths of time -----------------------------------------------------------------------------


def test_lengths_are_several_numbers_and_no_mean() -> None:
    """Told after 1, 1, 2, 2, 3 and 9 hours; two wait, one of those that were not told is free."""
    told = figures().to_told
    assert (told.came, told.waiting) == (6, 2)
    hours = [told.shortest, told.p10, told.p50, told.p90, told.p99, told.longest]
    assert hours == [timedelta(hours=n) for n in (1, 1, 2, 9, 9, 9)]
    assert told.half == timedelta(hours=2), "of eight: the 4th"
    assert told.most is None, "of eight: the 8th, which has not come"


def test_only_who_asked_for_a_person_waits_for_one() -> None:
    """After 1, 2 and 4 hours, and one who still waits."""
    human = figures().to_human
    assert (human.came, human.waiting) == (3, 1)
    assert (human.p50, human.p90) == (timedelta(hours=2), timedelta(hours=4))
    assert human.half == timedelta(hours=2), "of four: the 2nd"


def test_time_to_release_is_told_apart_by_what_it_was() -> None:
    """A mean of all four would be 101 days, which nobody waited."""
    found = figures()
    assert (found.to_release.came, found.to_release.waiting) == (4, 6)
    assert found.to_release.p50 == timedelta(hours=3)
    assert found.to_release.half is None, "six of ten are not free"
    ways = {way: (one.came, one.p50) for way, one in found.release_by_way.items()}
    assert ways == {
        "appeal": (1, timedelta(days=400)),
        "desk": (2, timedelta(hours=1)),
        "outside": (1, timedelta(days=2)),
    }
    grounds = {name: (one.came, one.waiting) for name, one in found.release_by_ground.items()}
    assert grounds == {
        "account-takeover": (3, 0),
        "aml-alert": (1, 3),
        "incident": (0, 2),
        "legal-order": (0, 1),
    }
    outcomes = {name: (one.came, one.waiting) for name, one in found.release_by_outcome.items()}
    assert outcomes == {"": (2, 6), "cleared": (1, 0), "mistake": (1, 0)}


# --- sums ----------------------------------------------------------------------------------------


def test_counts_are_added_each_for_itself() -> None:
    """Appeals by level, deadlines by kind, decisions by kind, findings by detector."""
    one = added(
        1,
        appeals={"internal-review": Appeals(filed=2, upheld=1, rejected=1)},
        deadlines={"reply": Deadlines(opened=3, met=2, open=1, missed=4)},
        decisions={"freeze-imposed": Decided(automated=1)},
        found={"silence": 2},
    )
    other = added(
        2,
        appeals={
            "internal-review": Appeals(filed=1, withdrawn=1),
            "external-body": Appeals(filed=1, upheld=1),
        },
        deadlines={"reply": Deadlines(opened=1, met=1), "human": Deadlines(opened=1, open=1)},
        decisions={"freeze-imposed": Decided(human=1), "freeze-upheld": Decided(human=1)},
        found={"silence": 1, "reopened": 1},
    )
    found = figures([one, other])
    assert found.appeals == {
        "external-body": Appeals(filed=1, upheld=1),
        "internal-review": Appeals(filed=3, upheld=1, rejected=1, withdrawn=1),
    }
    assert found.deadlines == {
        "human": Deadlines(opened=1, open=1),
        "reply": Deadlines(opened=4, met=3, open=1, missed=4),
    }
    assert found.missed == {"reply": 4}
    assert found.decisions == {
        "freeze-imposed": Decided(human=1, automated=1),
        "freeze-upheld": Decided(human=1),
    }
    assert found.run_around == {"reopened": 1, "silence": 3}
    assert overturned(found.appeals) == Fraction(2, 3), "withdrawn ones were not decided"


def test_without_a_decision_nothing_was_overturned() -> None:
    """It is not nought: nobody knows."""
    assert overturned({}) is None
    assert overturned({"internal-review": Appeals(filed=3, withdrawn=2)}) is None


def test_an_open_promise_is_late_when_it_is_asked_for() -> None:
    """It is stored with its time, and counted by the clock of whoever asks."""
    case = added(
        1,
        promises={"staff:ana": Rate(kept=1, open=2), "staff:rob": Rate(broken=1)},
        promised=(("staff:ana", FEBRUARY), ("staff:ana", MARCH + timedelta(seconds=1))),
    )
    rates = figures([case]).promises
    assert rates.by_person == {
        "staff:ana": Rate(kept=1, open=2, late=1),
        "staff:rob": Rate(broken=1),
    }
    assert rates.overall == Rate(kept=1, broken=1, open=2, late=1)
    assert rates.overall.share_kept == Fraction(1, 3)


# --- fewer freezes -------------------------------------------------------------------------------


def frozen(count: int, since: datetime, days: int) -> Portfolio:
    """The figures of a period of so many days with so many freezes."""
    cases = [Contribution(opened=since, ground="incident", frozen=True)] * count
    return figures(cases, since=since, until=since + timedelta(days=days))


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        ((50, 30), (9, 30), Fraction(41, 50)),  # 82 % fewer
        ((100, 365), (18, 365), Fraction(82, 100)),
        ((31, 31), (28, 28), Fraction(0)),  # one a day in both
        ((10, 10), (10, 20), Fraction(1, 2)),  # as many in twice the time
        ((4, 30), (5, 30), Fraction(-1, 4)),  # a quarter more
        ((5, 30), (0, 30), Fraction(1)),
        ((0, 30), (5, 30), None),
    ],
)
def test_fewer_freezes_are_fewer_a_day(
    before: tuple[int, int], after: tuple[int, int], share: Fraction | None
) -> None:
    """A function of the figures of two periods, exact, whatever their lengths."""
    assert fewer(frozen(before[0], JANUARY, before[1]), frozen(after[0], MARCH, after[1])) == share


def test_a_period_without_an_end_is_not_compared() -> None:
    """The one that is wrong is named, with what would be allowed."""
    good, open_ended = frozen(1, JANUARY, 30), figures(since=JANUARY)
    backwards = figures(since=MARCH, until=JANUARY)
    with pytest.raises(InvalidValue, match="before"):
        fewer(open_ended, good)
    with pytest.raises(InvalidValue, match="after"):
        fewer(good, figures(until=MARCH))
    with pytest.raises(InvalidValue, match="after"):
        fewer(good, backwards)


# --- sums are sums -------------------------------------------------------------------------------


@LAW
@given(st.randoms(use_true_random=False), st.integers(0, len(LEDGER)))
def test_figures_do_not_depend_on_the_order(chance: Random, at: int) -> None:
    """Cases may come in any order; counts of two halves are those of the whole."""
    mixed = [*LEDGER]
    chance.shuffle(mixed)
    assert figures(mixed) == figures(LEDGER)
    halves = figures(mixed[:at]).freezes, figures(mixed[at:]).freezes
    both = {ground: sum(one.get(ground, 0) for one in halves) for ground in figures().freezes}
    assert both == figures().freezes


def test_promise_figures_are_those_of_the_records() -> None:
    """What is summed over stored rows is what `promise_rates` counts over all records."""
    clock = StoryClock()
    with Casebook.open("memory:", clock=clock) as book:
        for number in range(4):
            case = book.execute(freeze(f"acct-{number}"), by=ENGINE).case.id
            for name, by in (("call", ANA), ("letter", ROB)):
                due = clock.now() + timedelta(hours=number + 1)
                book.execute(do.MakePromise(case, promise=name, due=due), by=by)
        for case in [one.id for one in book.cases()][:2]:
            book.execute(do.KeepPromise(case, promise="call"), by=ANA)
        clock.later(minutes=90)
        book.run_due(clock.now())
        clock.later(hours=1)
        told = [record for case in book.cases() for record in book.history(case.id)]
        assert book.portfolio().promises == promise_rates(told, now=clock.now())
        assert book.portfolio().promises.overall == Rate(kept=2, broken=1, open=5, late=1)


def test_a_book_counts_what_happened_in_it() -> None:
    """One is told, asks for a person and is freed after an appeal; the other is left alone."""
    clock = StoryClock()
    with Casebook.open("memory:", clock=clock) as book:
        case = book.execute(freeze("acct-1"), by=ENGINE).case.id
        steps: list[tuple[float, do.Command, object]] = [
            (5, do.ConfirmEnforcement(case), ENGINE),
            (5, do.SendNotice(case, notice="freeze-imposed", channel=Channel.EMAIL), ANA),
            (10, do.RequestHuman(case, channel=Channel.CHAT), ENGINE),
            (1.5, do.JoinConversation(case, channel=Channel.CHAT), ANA),
            (38.5, do.FileAppeal(case, contests=1, statement="it was me"), ENGINE),
            (60, do.AssignAppeal(case, reviewer=ROB.person), ANA),
            (60, do.UpholdAppeal(case, reason="you were right"), ROB),
            (5, do.ConfirmRelease(case), ENGINE),
        ]
        for minutes, command, by in steps:
            clock.later(minutes=minutes)
            book.execute(command, by=by)  # type: ignore[arg-type]
        left = do.ImposeFreeze(
            account="acct-2", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
        )
        clock.later(days=30)
        book.execute(left, by=ENGINE)
        clock.later(hours=1)
        book.run_due(clock.now())
        found = book.portfolio()
        first = book.portfolio(until=clock.now() - timedelta(days=1))
    assert (found.freezes, found.frozen) == (
        {"account-takeover": 2},
        {"account-takeover": 1},
    )
    assert (found.to_told.came, found.to_told.waiting, found.to_told.p50) == (
        *(1, 1),
        timedelta(minutes=10),
    )
    assert (found.to_human.came, found.to_human.p50) == (1, timedelta(minutes=1, seconds=30))
    assert found.to_release.p50 == timedelta(minutes=185)
    assert list(found.release_by_way) == ["appeal"]
    assert overturned(found.appeals) == 1
    assert found.missed == {"enforcement": 1, "post-release-watch": 1}
    assert found.deadlines["human"] == Deadlines(opened=1, met=1)
    assert found.decisions["freeze-imposed"] == Decided(automated=2)
    assert (first.cases, first.missed, first.frozen) == (1, {"post-release-watch": 1}, {})


def test_a_period_costs_what_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases that were frozen before it or after it are not looked at."""
    clock, seen = StoryClock(), list[bytes]()

    def looked_at(data: bytes) -> Contribution:
        seen.append(data)
        return msgspec.json.decode(data, type=Contribution)

    monkeypatch.setattr(board, "_contribution", looked_at)
    with Casebook.open("memory:", clock=clock) as book:
        days = [clock.later(days=1) for _ in range(5)]
        for number, day in enumerate(days):
            clock.instant = day
            book.execute(freeze(f"acct-{number}"), by=ENGINE)
        assert book.portfolio(since=days[1], until=days[3]).cases == len(seen) == 2


@pytest.mark.parametrize("end", ["since", "until"])
def test_an_end_without_a_zone_is_refused(end: str) -> None:
    """It would be another instant on another machine."""
    period: Period = {end: JANUARY.replace(tzinfo=None)}  # type: ignore[misc]
    with (
        Casebook.open("memory:", clock=StoryClock()) as book,
        pytest.raises(InvalidValue, match=f"{end} cannot be"),
    ):
        book.portfolio(**period)


# --- histories that nobody here wrote ------------------------------------------------------------

ROOT = Path(__file__).parents[2]
USDT = ROOT.parent / "shared" / "data" / "usdt_freezes" / "usdt_configs.csv"


@pytest.fixture
def usdt() -> Iterator[Store]:
    """Every freeze of a stablecoin in five years, as its contract logged it."""
    if not USDT.exists():
        pytest.skip("the folder of real histories is absent")
    mapping = load_mapping(ROOT / "examples" / "imports" / "usdt.toml")
    with open_store("memory:") as store:
        import_log(store, mapping, USDT, strict=False, clock=CLOCK)
        catch_up(store, VIEWS)
        yield store


def test_the_figures_of_a_stablecoin(usdt: Store) -> None:
    """830 addresses, 780 still frozen; the 50 that were freed waited 16.9 days in the median."""
    found = read_portfolio(usdt, now=MARCH)
    assert (found.cases, found.freezes, found.frozen) == (
        *(830, {"aml-alert": 830}),
        {"aml-alert": 780},
    )
    release = found.to_release
    assert (release.came, release.waiting) == (50, 780)
    assert release.p50 is not None
    assert round(release.p50 / timedelta(days=1), 1) == 16.9
    assert release.half is None, "most are not free: nobody may be told that half are in 17 days"
    assert sum(one.human for one in found.decisions.values()) == 834 + 50 + 596
    assert sum(one.automated for one in found.decisions.values()) == 0
    assert len(read_worklist(usdt, limit=1000).items) == 830


def test_the_years_of_a_stablecoin_add_up(usdt: Store) -> None:
    """Each address is counted in the year in which it was first frozen."""
    years = [datetime(year, 1, 1, tzinfo=UTC) for year in range(2017, 2025)]
    found = [
        read_portfolio(usdt, now=MARCH, since=since, until=until)
        for since, until in pairwise(years)
    ]
    assert sum(one.cases for one in found) == 830
    assert sum(one.to_release.came for one in found) == 50
    a, b = found[3], found[4]
    share = fewer(a, b)
    assert share == 1 - Fraction(b.cases, a.cases) * Fraction(366, 365), "2020 was a leap year"
