"""How long is kept what is known of a person: the dates, the reasons, and which of them govern."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as some

from freezecase.core.erasure import stream_of
from freezecase.core.obligations import Demand, Obligation, Rung, Then, Unit, Within
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.errors import InvalidValue
from freezecase.policy import packs
from freezecase.policy.retention import (
    FIVE_YEARS,
    Begins,
    Blocked,
    Kept,
    Retention,
    blocking,
    retentions,
)
from freezecase.policy.term import Outcome, Term

LEFT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ENDED = datetime(2026, 6, 30, 12, tzinfo=UTC)
KEPT_UNTIL = datetime(2031, 6, 30, 22, tzinfo=UTC)
"""Five years after ENDED, at the end of that day in Brussels."""
CLOSED = CaseState(id=stream_of("a case"), status=Status.CLOSED)
MICROSECOND = timedelta(microseconds=1)


def kept(**changes: Any) -> Kept:
    """An account whose customer left, and whose last case ended after that."""
    return attrs.evolve(Kept(cases=(CLOSED,), newest=ENDED, left=LEFT), **changes)


def obligation(*, right: bool) -> Obligation:
    """Something that somebody owes, or may do."""
    demand = Demand(
        kind="reply",
        ladder=(Rung(debtor="desk", within=Within(count=1, unit=Unit.DAYS)),),
        met_by=() if right else ("reply-sent",),
        then=Then.LAPSE if right else Then.AGAIN,
        right=right,
    )
    return Obligation(demand=demand, subject="", rung=0, opened_at=ENDED, due=ENDED, basis="desk")


@pytest.mark.parametrize(
    ("changes", "until"),
    [
        ({}, KEPT_UNTIL),
        ({"left": ENDED + timedelta(days=1)}, datetime(2031, 7, 1, 22, tzinfo=UTC)),
        ({"newest": None}, datetime(2031, 3, 10, 23, tzinfo=UTC)),
        ({"left": datetime(2024, 2, 28, 23, 30, tzinfo=UTC), "newest": None}, None),
    ],
    ids=["the last case", "the end of the relationship", "no case", "long ago"],
)
def test_five_years_from_the_end_of_the_relationship_or_of_the_last_case(
    changes: dict[str, Any], until: datetime | None
) -> None:
    """Whichever came later; to the end of the day, where the house is."""
    now = ENDED + timedelta(days=30) if until else datetime(2029, 3, 1, 23, tzinfo=UTC)
    expected = until and Blocked((FIVE_YEARS.rule,), until)

    assert blocking(kept(**changes), [FIVE_YEARS], now) == expected


def test_the_day_itself_is_kept_and_the_next_instant_is_free() -> None:
    assert blocking(kept(), [FIVE_YEARS], KEPT_UNTIL - MICROSECOND) is not None
    assert blocking(kept(), [FIVE_YEARS], KEPT_UNTIL) is None


def test_while_the_relationship_goes_on_no_clock_runs() -> None:
    """Nobody said that it ended: then it did not, and there is no date to name."""
    assert blocking(kept(left=None), [FIVE_YEARS], KEPT_UNTIL) == Blocked(
        ("relationship-goes-on",), None
    )


def test_a_house_that_only_keeps_records_counts_from_the_newest_of_them() -> None:
    of_records = Retention(rule="house", term=FIVE_YEARS.term, begins=Begins.RECORD)

    assert blocking(kept(left=None), [of_records], ENDED) == Blocked(
        ("house",), datetime(2031, 7, 1, tzinfo=UTC)
    )


def test_a_house_without_records_of_a_person_keeps_none() -> None:
    of_records = Retention(rule="house", term=FIVE_YEARS.term, begins=Begins.RECORD)

    assert blocking(Kept(), [of_records], ENDED) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"cases": (CLOSED, attrs.evolve(CLOSED, status=Status.RELEASED))}, "open-case"),
        ({"cases": (attrs.evolve(CLOSED, holds=frozenset({"court"})),)}, "legal-hold"),
        (
            {
                "cases": (
                    attrs.evolve(CLOSED, obligations={("reply", ""): obligation(right=False)}),
                )
            },
            "owed",
        ),
        ({"duties": frozenset({"duty-of-the-house"})}, "duty-of-the-house"),
    ],
    ids=["a case", "a hold", "an answer", "the host"],
)
def test_what_no_clock_ends_is_named_without_a_date(changes: dict[str, Any], why: str) -> None:
    """And beside a retention too: the date of the one is not the end of the other."""
    assert blocking(kept(**changes), [FIVE_YEARS], KEPT_UNTIL) == Blocked((why,), None)
    assert blocking(kept(**changes), [FIVE_YEARS], ENDED) == Blocked(
        tuple(sorted((why, FIVE_YEARS.rule))), None
    )


def test_a_right_that_nobody_used_keeps_nothing() -> None:
    """Whoever may still appeal does not owe it."""
    case = attrs.evolve(CLOSED, obligations={("appeal", ""): obligation(right=True)})

    assert blocking(kept(cases=(case,)), [FIVE_YEARS], KEPT_UNTIL) is None


def test_an_authority_may_demand_more_and_the_later_date_governs() -> None:
    later = KEPT_UNTIL + timedelta(days=365)
    extended = kept(extended=later)

    assert blocking(extended, [FIVE_YEARS], ENDED) == Blocked(
        (FIVE_YEARS.rule, "extended-by-authority"), later
    )
    assert blocking(extended, [FIVE_YEARS], KEPT_UNTIL) == Blocked(
        ("extended-by-authority",), later
    )
    assert blocking(extended, [FIVE_YEARS], later) is None


def test_of_several_retentions_the_longest_governs() -> None:
    ten = Retention.of(packs.load("us").rule("us.ofac.501-601.records"))
    blocked = blocking(kept(), [FIVE_YEARS, ten], ENDED)

    assert blocked == Blocked((FIVE_YEARS.rule, ten.rule), datetime(2036, 7, 1, 4, tzinfo=UTC))


def test_the_default_is_what_the_pack_of_the_union_says() -> None:
    assert Retention.of(packs.load("eu").rule(FIVE_YEARS.rule)) == FIVE_YEARS


@pytest.mark.parametrize("name", packs.available())
def test_every_retention_of_a_pack_can_be_counted(name: str) -> None:
    """And none of them ends before the case is over."""
    pack = packs.load(name)
    found = retentions(pack)

    assert {one.rule for one in found} == {one.id for one in pack.rules if one.retention}
    assert all((one.ends(kept()) or ENDED) > ENDED for one in found)


def test_a_rule_that_keeps_nothing_is_no_retention() -> None:
    rule = packs.load("eu").rule("eu.gdpr.17-3.erasure")

    with pytest.raises(InvalidValue, match="says how long records are kept"):
        Retention.of(rule)
    with pytest.raises(InvalidValue, match="`retention-ended`"):
        Retention(rule="house", term=Term(count=1, unit=Unit.DAYS, outcome=Outcome.WINDOW_CLOSED))


@given(
    some.lists(some.sampled_from(["open", "hold", "left", "extended", "duty"]), unique=True),
    some.integers(-400, 2600),
)
def test_every_reason_only_adds_and_none_hides_another(grounds: list[str], days: int) -> None:
    """Whatever else is true of an account, what blocked it alone still blocks it."""
    each: dict[str, dict[str, Any]] = {
        "open": {"cases": (attrs.evolve(CLOSED, status=Status.UPHELD),)},
        "hold": {"cases": (attrs.evolve(CLOSED, holds=frozenset({"court"})), CLOSED)},
        "left": {"left": None},
        "extended": {"extended": KEPT_UNTIL + timedelta(days=365)},
        "duty": {"duties": frozenset({"house"})},
    }
    now, whole = ENDED + timedelta(days=days), kept()
    alone: set[str] = set()
    for ground in grounds:
        cases = (*whole.cases, *each[ground].get("cases", ()))
        whole = attrs.evolve(whole, **each[ground] | {"cases": cases})
    for ground in grounds:
        one = blocking(kept(**each[ground]), [FIVE_YEARS], now)
        alone |= {*one.why} - {FIVE_YEARS.rule} if one else set()
    found = blocking(whole, [FIVE_YEARS], now)

    assert alone <= {*(found.why if found else ())}
