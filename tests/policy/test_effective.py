"""From when to when a rule holds, and by the date of what."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from freezecase.errors import InvalidValue
from freezecase.policy.effective import ALWAYS, Anchor, Anchors, Effective

MARCH, JUNE = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
A_MOMENT = timedelta(microseconds=1)

# since | until | at            | holds
TABLE = [
    (None, None, MARCH, True),
    (MARCH, None, MARCH - A_MOMENT, False),
    (MARCH, None, MARCH, True),
    (None, JUNE, JUNE - A_MOMENT, True),
    (None, JUNE, JUNE, False),
    (MARCH, JUNE, MARCH, True),
    (MARCH, JUNE, JUNE - A_MOMENT, True),
    (MARCH, JUNE, JUNE, False),
]


@pytest.mark.parametrize(("since", "until", "at", "holds"), TABLE)
@pytest.mark.parametrize("anchor", Anchor)
def test_a_rule_holds_from_its_first_moment_and_before_its_end(
    since: datetime | None, until: datetime | None, at: datetime, holds: bool, anchor: Anchor
) -> None:
    """By whatever date it goes."""
    effective = Effective(since=since, until=until, anchor=anchor)
    assert holds is effective.holds(Anchors.all_at(at))


@pytest.mark.parametrize("anchor", Anchor)
def test_a_rule_goes_by_its_anchor_and_by_no_other_date(anchor: Anchor) -> None:
    """The same case, the same day: which law holds is for the law to say."""
    effective = Effective(since=MARCH, anchor=anchor)
    late = {one.value: JUNE if one is anchor else MARCH - A_MOMENT for one in Anchor}
    early = {one.value: MARCH - A_MOMENT if one is anchor else JUNE for one in Anchor}
    assert effective.holds(Anchors(**late))
    assert not effective.holds(Anchors(**early))


def test_always_is_from_ever_and_for_ever() -> None:
    """A rule that is not dated."""
    assert Effective() == ALWAYS
    assert ALWAYS.holds(Anchors.all_at(datetime.min.replace(tzinfo=UTC)))


@pytest.mark.parametrize("until", [MARCH, MARCH - A_MOMENT])
def test_a_rule_that_would_never_hold_is_refused(until: datetime) -> None:
    """It is a slip of the pen."""
    message = f"Effective.until cannot be `'{until.isoformat()}'`: later than 2026-03-01"
    with pytest.raises(InvalidValue, match=re.escape(message)):
        Effective(since=MARCH, until=until)


@pytest.mark.parametrize("since", [datetime(2026, 3, 1), date(2026, 3, 1), "2026-03-01"])  # noqa: DTZ001
def test_dates_of_law_are_instants(since: object) -> None:
    """A day begins elsewhere at another time."""
    with pytest.raises(InvalidValue, match=r"Effective.since"):
        Effective(since=since)  # type: ignore[arg-type]
