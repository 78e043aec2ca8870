"""A series is what a log shows, and what comes of it is as the series says."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from math import isclose, sqrt
from typing import Any

import pytest

from freezecase.app.clock import seeded
from freezecase.desk.series import HOUR, Series
from freezecase.errors import InvalidValue

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
BY_HOUR = tuple(float(3 + hour % 12) for hour in range(24))


def drawn(series: Series, hours: int, seed: str = "a") -> list[float]:
    """When contacts come, in seconds, from a seed."""
    gaps, swings = seeded(f"{seed} gaps"), seeded(f"{seed} swings")
    return [*series.arrivals(0, hours, gaps=gaps, swings=swings)]


def at(hours: float) -> datetime:
    """So many hours after a Monday's midnight."""
    return MONDAY + timedelta(hours=hours)


def test_contacts_come_in_order_and_as_many_as_expected() -> None:
    """Within four standard deviations, hour by hour of the day, over a hundred days."""
    came = drawn(Series(rates=BY_HOUR), 2400)

    assert came == sorted(came)
    counts = Counter(int(one // HOUR) % 24 for one in came)
    for hour, rate in enumerate(BY_HOUR):
        assert abs(counts[hour] - 100 * rate) < 4 * (100 * rate) ** 0.5


def test_in_an_hour_of_which_nothing_is_expected_nobody_comes() -> None:
    """However busy the others are."""
    came = drawn(Series(rates=(0.0, 50.0), swing=0.5), 200)

    assert {int(one // HOUR) % 2 for one in came} == {1}


def test_without_swing_hours_are_poisson_and_with_it_they_differ_more() -> None:
    """Variance is mean, or mean plus the square of swing times mean."""
    for swing, expected in ((0.0, 20.0), (0.5, 20.0 + 100.0)):
        counts = Counter(
            int(one // HOUR) for one in drawn(Series(rates=(20.0,), swing=swing), 5000)
        )
        mean = counts.total() / 5000
        variance = sum((counts[hour] - mean) ** 2 for hour in range(5000)) / 4999
        assert isclose(mean, 20, rel_tol=0.03)
        assert isclose(variance, expected, rel_tol=0.12)


def test_what_is_drawn_from_a_series_shows_the_series() -> None:
    """There and back: the pattern of the day and the swing of its hours."""
    came = [at(one / HOUR) for one in drawn(Series(rates=BY_HOUR, swing=0.4), 24 * 200)]
    found = Series.of(came)

    assert len(found.rates) == 168
    by_day = [sum(found.rates[day * 24 + hour] for day in range(7)) / 7 for hour in range(24)]
    assert by_day == pytest.approx(BY_HOUR, rel=0.15)
    assert isclose(found.swing, 0.4, rel_tol=0.1)
    assert Series.of(at(one / HOUR) for one in drawn(Series(rates=BY_HOUR), 4800)).swing < 0.1


@pytest.mark.parametrize(
    ("days", "each", "pattern"), [(28, 5, 168), (27, 5, 24), (28, 4, 24), (4, 5, 24), (3, 9, 1)]
)
def test_a_pattern_is_taken_only_as_far_as_the_log_shows_it(
    days: int, each: int, pattern: int
) -> None:
    """Four weeks for a week, four days for a day, and twenty contacts for each hour of it."""
    came = [at(hour + 0.5) for hour in range(24 * days) for _one in range(each)]
    found = Series.of(came)

    assert found.rates == (float(each),) * pattern
    assert found.swing == 0


def test_hours_are_of_the_week_in_utc() -> None:
    """A log in another zone says the same; a busy Monday at nine in Zurich is busy at eight."""
    zurich = datetime.fromisoformat("2024-01-01T09:30+01:00")
    came = [zurich + timedelta(weeks=week) for week in range(40) for _one in range(90)]
    found = Series.of([*came, at(0), at(40 * 168 - 1)])

    assert len(found.rates) == 168
    assert max(range(168), key=found.rates.__getitem__) == 8
    assert found.rates[8] == 90


def test_a_single_contact_is_one_in_the_hour_that_is_known() -> None:
    """Little to go by, and no swing to be seen."""
    assert Series.of([MONDAY]) == Series(rates=(1.0,), swing=0.0)


def test_bursts_are_a_swing() -> None:
    """A hundred in one hour of a hundred, and nothing else."""
    burst = Series.of([at(0), *[at(50.5)] * 100, at(99)])

    assert burst.rates == (1.02,)
    assert 9 < burst.swing <= 10


def test_the_swing_is_what_is_left_beyond_chance() -> None:
    """By hand: two hours of 1 and 5 have a variance of 8, a mean of 3 explains 3 of it."""
    two_hours = [at(0.5), *[at(1.5)] * 5]

    assert isclose(Series.of(two_hours).swing, sqrt((8 - 3) / 9))
    assert Series.of([at(0.5), *[at(1.5)] * 3]).swing == 0


def test_growth_is_in_every_hour() -> None:
    """Thirteen times as many, swinging as before."""
    grown = Series(rates=(1.0, 2.0), swing=0.3).grown(13)

    assert grown == Series(rates=(13.0, 26.0), swing=0.3)
    assert grown.mean == 19.5
    assert grown.in_words() == "19.5 an hour on average, 26 in the busiest hour"
    assert Series(rates=(2.0,)).in_words() == "2 an hour on average"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Series(rates=()), "contacts an hour, one number for each hour"),
        (lambda: Series(rates=(1.0, -1.0)), "from 0 to 1,000,000"),
        (lambda: Series(rates=(float("inf"),)), "from 0 to 1,000,000"),
        (lambda: Series(rates=(1.0,), swing=-0.1), "Series.swing cannot be `-0.1`: from 0 to 10"),
        (lambda: Series(rates=(1.0,)).grown(0), "growth cannot be `0`: a factor, such as 13"),
        (lambda: Series(rates=(1.0,)).grown(float("nan")), "a factor, such as 13"),
        (lambda: Series.of([]), "at least one contact: there is nothing to go by"),
        (lambda: Series.of([MONDAY.replace(tzinfo=None)]), "one with a zone"),
    ],
)
def test_a_series_of_nothing_is_refused(make: Any, says: str) -> None:
    """With what would be allowed."""
    with pytest.raises(InvalidValue) as refused:
        make()
    assert says in str(refused.value)
