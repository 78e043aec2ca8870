"""
Calibrated with real histories, written by nobody here.

How many come is from complaints to an authority, when they come and how they swing from the blocks
of an encyclopedia, how they grow from the freezes of a stablecoin: the files lie beside the
checkout and are no part of the project. Without them these tests are skipped.
"""

import csv
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

import attrs
import pytest

from freezecase.app.clock import seeded
from freezecase.desk import Rehearsal, Roster, Series, rehearse, staffing
from freezecase.desk.contacts import contacts_in_log
from tests.house.source import ROOT

DATA = ROOT.parent / "shared" / "data"
BLOCKS = DATA / "wikipedia_blocks" / "enwiki_account_blocks_2018_2019.csv.gz"
FREEZES = DATA / "usdt_freezes" / "usdt_configs.csv"
COMPLAINTS = DATA / "cfpb_2016_disputed" / "consumer_complaints.csv"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the folder of real histories is absent")


@cache
def blocks() -> tuple[datetime, ...]:
    """When accounts were blocked, freed, or blocked otherwise, in two years."""
    return tuple(contacts_in_log(BLOCKS, "timestamp"))


@cache
def complaints() -> Counter[date]:
    """How many complaints came on each day of the winter of 2016; the file has few others."""
    days = Counter[date]()
    with COMPLAINTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            month, day, year = map(int, row["Date received"].split("/"))
            if year == 2016 and month <= 2:
                days[date(year, month, day)] += 1
    return days


@cache
def growth() -> float:
    """How many times as many freezes there were in October 2022 as in the month before."""
    with FREEZES.open(encoding="utf-8", newline="") as file:
        months = Counter(
            row["timestamp"][:7]
            for row in csv.DictReader(file)
            if row["event_name"] == "AddedBlackList"
        )
    return months["2022-10"] / months["2022-09"]


def calibrated() -> Series:
    """So many an hour as complaints came, when blocks were made, swinging as they did."""
    shown = Series.of(blocks())
    span = (max(complaints()) - min(complaints())).days + 1
    an_hour = complaints().total() / span / 24
    return shown.grown(an_hour / shown.mean)


def test_the_real_hours_of_a_week_are_found() -> None:
    """Counted anew: the mean is that of the file, afternoons are busier than the small hours."""
    found = Series.of(blocks())

    hours = (max(blocks()) - min(blocks())) / timedelta(hours=1)
    assert found.mean == pytest.approx(36_914 / hours, rel=0.001)
    by_hour = [sum(found.rates[hour::24]) / 7 for hour in range(24)]
    counts = Counter(at.hour for at in blocks())
    assert by_hour == pytest.approx([counts[hour] * 24 / hours for hour in range(24)], rel=0.01)
    assert 14 <= max(range(24), key=by_hour.__getitem__) <= 20
    assert 3 <= min(range(24), key=by_hour.__getitem__) <= 7


def test_what_is_drawn_swings_as_the_real_hours_do() -> None:
    """Real hours are far from Poisson; drawn from the series they are as far, within a tenth."""
    real = Series.of(blocks())
    first = min(blocks()).replace(minute=0, second=0) - timedelta(days=min(blocks()).weekday())
    hours = 2 * 365 * 24
    drawn = real.arrivals(0, hours, gaps=seeded("gaps"), swings=seeded("swings"))
    found = Series.of(first + timedelta(seconds=one) for one in drawn)

    assert real.swing > 0.8
    assert found.swing == pytest.approx(real.swing, rel=0.1)
    assert found.mean == pytest.approx(real.mean, rel=0.05)


def test_but_a_real_burst_is_fiercer_than_any_that_is_drawn() -> None:
    """What the model leaves out: 94 blocks in one hour, where it draws a few dozen at most."""
    real = Series.of(blocks())
    drawn = real.arrivals(0, 2 * 365 * 24, gaps=seeded("gaps"), swings=seeded("swings"))

    worst = max(Counter(at.replace(minute=0, second=0) for at in blocks()).values())
    likely = max(Counter(int(at // 3600) for at in drawn).values())
    assert worst == 94
    assert likely < 70


def test_freezes_grew_nearly_thirteen_fold_in_a_month() -> None:
    """From six in September to seventy-seven in October 2022."""
    assert growth() == 77 / 6


def test_the_question_is_answered_on_what_really_happened() -> None:
    """Two minutes, around the clock, as complaints grow thirteen-fold: for 80 % and for 99 %."""
    plan = Rehearsal(series=attrs.evolve(calibrated(), swing=0.0), replications=5)
    grown = attrs.evolve(plan, growth=growth())
    usual, many, most = staffing(plan, 0.8), staffing(grown, 0.8), staffing(grown, 0.99)

    for one, other in pairwise((usual, many, most)):
        assert all(few < more for few, more in zip(one.staff, other.staff, strict=True))
    for answer in (usual, many, most):
        kept = answer.rehearsed.kept
        assert kept is not None
        assert kept.low > answer.share
        assert all(one.high >= answer.share for one in filter(None, answer.rehearsed.by_hour))
    assert sum(many.staff) < 13 * sum(usual.staff) / 2
    assert all(
        abs(staff - formula) <= 1 + formula / 5
        for staff, formula in zip(many.staff, many.formula, strict=True)
    )


def test_real_swing_breaks_a_roster_that_the_average_hour_asks_for() -> None:
    """The formula's roster keeps 80 % of calm customers, and far from it when hours swing."""
    wild = Rehearsal(series=calibrated(), growth=growth(), replications=5)
    calm = attrs.evolve(wild, series=attrs.evolve(wild.series, swing=0.0))
    roster = Roster.of_shifts(staffing(calm, 0.8).staff)

    kept = [rehearse(plan, roster).kept for plan in (calm, wild)]
    assert kept[0] is not None
    assert kept[1] is not None
    assert kept[0].low > 0.8 > kept[1].high
