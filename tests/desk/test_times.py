"""Times scatter as they say, and cannot be what no time is."""

from datetime import timedelta
from math import isclose, log, sqrt
from typing import Any

import pytest

from freezecase.desk.times import Shape, Times
from freezecase.errors import InvalidValue

MINUTE = timedelta(minutes=1)
EVENLY = [(n + 0.5) / 100_000 for n in range(100_000)]


@pytest.mark.parametrize(
    ("times", "spread"),
    [
        (Times(mean=2 * MINUTE), 1.0),
        (Times(mean=8 * MINUTE, shape=Shape.LOGNORMAL, spread=0.5), 0.5),
        (Times(mean=8 * MINUTE, shape=Shape.LOGNORMAL, spread=1.2), 1.2),
        (Times(mean=8 * MINUTE, shape=Shape.FIXED), 0.0),
    ],
)
def test_times_have_their_mean_and_their_spread(times: Times, spread: float) -> None:
    """Over all chances, in seconds."""
    seconds = times.seconds()
    found = [seconds(chance) for chance in EVENLY]

    mean = sum(found) / len(found)
    deviation = sqrt(sum((one - mean) ** 2 for one in found) / len(found))
    assert isclose(mean, times.mean.total_seconds(), rel_tol=0.001)
    assert isclose(deviation, spread * mean, rel_tol=0.02, abs_tol=1e-9)


def test_the_middle_is_where_the_shape_has_it() -> None:
    """Half of exponential times are shorter than ln 2 of the mean; a lognormal's is known, too."""
    lognormal = Times(mean=MINUTE, shape=Shape.LOGNORMAL, spread=1.0)

    assert isclose(Times(mean=MINUTE).seconds()(0.5), 60 * log(2))
    assert isclose(lognormal.seconds()(0.5), 60 / sqrt(2))


@pytest.mark.parametrize("shape", Shape)
def test_every_chance_gives_a_time(shape: Shape) -> None:
    """Also none at all, and all but all of it: no time is infinite, none less than nothing."""
    seconds = Times(mean=MINUTE, shape=shape).seconds()

    for chance in (0.0, 2.0**-53, 1 - 2.0**-53):
        assert 0 <= seconds(chance) < 1e6


def test_times_say_themselves() -> None:
    """As the assumptions of a rehearsal print them."""
    said = [
        Times(mean=90 * timedelta(seconds=1)).in_words(),
        Times(mean=8 * MINUTE, shape=Shape.LOGNORMAL, spread=1.2).in_words(),
        Times(mean=MINUTE, shape=Shape.FIXED).in_words(),
    ]

    assert said == [
        "1.5 min on average, exponential",
        "8 min on average, lognormal, spread 1.2",
        "always 1 min",
    ]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"mean": timedelta()}, "Times.mean"),
        ({"mean": 480}, "a `timedelta`: more than nothing, at most a day"),
        ({"shape": Shape.LOGNORMAL, "spread": 0}, "Times.spread cannot be `0`: more than 0"),
        ({"shape": Shape.LOGNORMAL, "spread": float("nan")}, "Times.spread cannot be `nan`"),
        ({"spread": 1.2}, "only `lognormal` times have one"),
    ],
)
def test_what_is_no_time_is_refused(wrong: dict[str, Any], says: str) -> None:
    """With what would be allowed."""
    asked: dict[str, Any] = {"mean": MINUTE, **wrong}
    with pytest.raises(InvalidValue) as refused:
        Times(**asked)
    assert says in str(refused.value)
