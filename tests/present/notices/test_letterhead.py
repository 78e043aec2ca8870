"""A letterhead says all that every notice must say, or it cannot be made."""

from datetime import UTC, datetime

import pytest

from freezecase.core.checked import replace
from freezecase.errors import BadNotice, InvalidValue
from freezecase.present.notices import load
from freezecase.present.notices.writing import Pen
from tests.present.notices.stories import LETTERHEAD


@pytest.mark.parametrize("field", ["exchange", "appeal_at", "human_at", "outside", "terms"])
@pytest.mark.parametrize("value", ["", "two\nlines"])
def test_nothing_of_it_may_be_left_out(field: str, value: str) -> None:
    """How to appeal and how to reach a person are never empty."""
    with pytest.raises(InvalidValue, match=f"Letterhead.{field} cannot be"):
        replace(LETTERHEAD, **{field: value})


@pytest.mark.parametrize("zone", ["Nowhere/Town", "", "../etc/passwd"])
def test_a_zone_is_one_of_the_iana(zone: str) -> None:
    """A time in a zone that nobody knows is no time."""
    with pytest.raises(InvalidValue, match="an IANA name of a zone"):
        replace(LETTERHEAD, zone=zone)


def test_a_time_placeholder_takes_nothing_that_nobody_owes() -> None:
    """Neither a date nor a word fills `{due}`; only what is owed, promised or a right does."""
    pen = Pen(load("en"), "UTC")

    for nobody_owes in ("tomorrow", datetime(2026, 1, 5, tzinfo=UTC)):
        with pytest.raises(BadNotice, match="`time-nobody-owes`") as raised:
            pen.say("owed.review", due=nobody_owes)
        assert [finding.name for finding in raised.value.findings] == ["time-nobody-owes"]
    assert pen.stated == []
