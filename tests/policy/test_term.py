"""Terms as values: what they say, what they refuse, how a notice extends them."""

from typing import Any

import pytest

from freezecase.core.obligations import Unit, Within
from freezecase.errors import InvalidValue
from freezecase.policy.term import (
    ELAPSED,
    Either,
    End,
    Outcome,
    Pick,
    Roll,
    Start,
    Term,
    Yearly,
    extended,
    plain_term,
)
from tests.policy.calendars import ENGLAND

A_DAY = Term(count=1, unit=Unit.DAYS)


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (
            Term(
                count=3,
                unit=Unit.BUSINESS_DAYS,
                roll=Roll.NEXT_BUSINESS_DAY,
                trigger="receipt",
            ),
            "3 business days after the day of receipt, in London, rolling to the next business day",
        ),
        (
            Term(count=1, unit=Unit.MONTHS, outcome=Outcome.WINDOW_CLOSED, trigger="notice"),
            "at least 1 month after the day of notice, in London",
        ),
        (
            Term(count=31, unit=Unit.DAYS, start=Start.SAME_DAY, trigger="refusal"),
            "31 days counting the day of refusal, in London",
        ),
        (
            Term(count=1, unit=Unit.BUSINESS_DAYS, start=Start.NEXT_BUSINESS_DAY),
            "1 business day counting from the business day following the trigger, in London",
        ),
        (
            Term(count=24, unit=Unit.HOURS, start=Start.MOMENT, trigger="suspicion"),
            "24 hours from the moment of suspicion, in London",
        ),
        (
            Term(count=48, unit=Unit.HOURS, start=Start.CLOSE_OF_BUSINESS),
            "48 hours from close of business of the day of the trigger, in London",
        ),
        (
            Term(count=3, unit=Unit.BUSINESS_DAYS, end=End.CLOSE_OF_BUSINESS),
            "3 business days after the day of the trigger, in London, to close of business",
        ),
        (
            Yearly(month=11, day=30, trigger="30 September"),
            "the first 30 November on or after the day of 30 September, in London",
        ),
        (
            Yearly(month=2, day=1, roll=Roll.PREVIOUS_BUSINESS_DAY),
            "the first 1 February on or after the day of the trigger, in London, "
            "rolling to the previous business day",
        ),
        (
            Either(pick=Pick.EARLIER, of=[A_DAY, Term(count=2, unit=Unit.WEEKS)]),
            "the earlier of: 1 day after the day of the trigger, in London; "
            "2 weeks after the day of the trigger, in London",
        ),
    ],
)
def test_a_term_says_itself_in_a_sentence(term: Term | Yearly | Either, words: str) -> None:
    """Nothing that changes the count is left unsaid; the place is said when it is known."""
    assert words == term.in_words(ENGLAND.place)
    assert words.replace(", in London", "") == term.in_words()


@pytest.mark.parametrize(
    ("given", "field", "allowed"),
    [
        ({"count": 24, "unit": "hours"}, "start", "run from the `moment`"),
        ({"count": 1, "unit": "minutes", "start": "same-day"}, "start", "or from `close-of-"),
        (
            {"count": 1, "unit": "hours", "start": "moment", "roll": "next-business-day"},
            "roll",
            "minutes and hours do not roll",
        ),
        (
            {"count": 1, "unit": "hours", "start": "moment", "end": "close-of-business"},
            "end",
            "has no last day to close",
        ),
        (
            {"count": 1, "unit": "days", "start": "moment", "end": "close-of-business"},
            "end",
            "has no last day to close",
        ),
        ({"count": 0, "unit": "days", "start": "same-day"}, "count", "with 0 is the same day"),
        (
            {"count": 0, "unit": "business-days", "start": "next-business-day"},
            "count",
            "1 or more where the first day counts",
        ),
        (
            {
                "count": 6,
                "unit": "months",
                "roll": "previous-business-day",
                "outcome": "window-closed",
            },
            "roll",
            "a minimum never ends earlier",
        ),
        ({"count": 2, "unit": "months", "longest": 1}, "longest", "at least what the term gives"),
        ({"count": -1, "unit": "days"}, "count", "0 to 1000000"),
        ({"count": 1, "unit": "moons"}, "unit", "it takes one of"),
        ({"count": 1, "unit": "days", "trigger": ""}, "trigger", "1 to 80 printable"),
    ],
)
def test_what_no_calendar_could_count_is_refused(
    given: dict[str, Any], field: str, allowed: str
) -> None:
    """The error names the field and what would be allowed."""
    with pytest.raises(InvalidValue, match=allowed) as refused:
        Term(**given)

    assert f"Term.{field}" == refused.value.field
    shown, expected = refused.value.what, given.get(field, Start.NEXT_DAY)
    assert shown == expected or repr(shown) == f"a text of {len(expected)} characters"


def test_a_date_of_the_year_is_one() -> None:
    """And several terms are at least two."""
    with pytest.raises(InvalidValue, match="1 to 12"):
        Yearly(month=13, day=1)
    with pytest.raises(InvalidValue, match="1 to 31"):
        Yearly(month=1, day=0)
    with pytest.raises(InvalidValue, match="two or more"):
        Either(pick=Pick.LATER, of=[A_DAY])


def test_only_some_ends_are_maximums() -> None:
    """The others say that nothing may be done before; and none says that anything is done."""
    assert {Outcome.DUTY_BREACHED, Outcome.HOLD_LAPSED} == {
        outcome for outcome in Outcome if not outcome.at_least
    }


@pytest.mark.parametrize(
    ("term", "asks"),
    [
        (A_DAY, False),
        (Term(count=1, unit=Unit.HOURS, start=Start.MOMENT), False),
        (Term(count=1, unit=Unit.BUSINESS_DAYS), True),
        (Term(count=1, unit=Unit.DAYS, roll=Roll.NEXT_BUSINESS_DAY), True),
        (Term(count=1, unit=Unit.DAYS, start=Start.NEXT_BUSINESS_DAY), True),
        (Term(count=1, unit=Unit.HOURS, start=Start.CLOSE_OF_BUSINESS), True),
        (Yearly(month=1, day=1), False),
        (Yearly(month=1, day=1, roll=Roll.NEXT_BUSINESS_DAY), True),
        (Either(pick=Pick.LATER, of=[A_DAY, A_DAY]), False),
        (Either(pick=Pick.LATER, of=[A_DAY, Term(count=1, unit=Unit.BUSINESS_DAYS)]), True),
    ],
)
def test_a_term_knows_whether_holidays_matter(term: Term | Yearly | Either, asks: bool) -> None:
    """What does not ask which days are worked needs no holidays kept with its ruling."""
    assert asks is term.asks_days


def test_a_notice_gives_a_new_total_up_to_the_longest() -> None:
    """Everything else stays, the start above all."""
    month = Term(count=1, unit=Unit.MONTHS, longest=3, trigger="the request")

    assert Term(count=3, unit=Unit.MONTHS, longest=3, trigger="the request") == extended(month, 3)
    assert month == extended(month, 1)


@pytest.mark.parametrize(("longest", "total"), [(3, 4), (3, 0), (None, 2)])
def test_a_notice_neither_shortens_nor_goes_beyond(longest: int | None, total: int) -> None:
    """A term without a longest total cannot be extended at all."""
    month = Term(count=1, unit=Unit.MONTHS, longest=longest)

    with pytest.raises(InvalidValue) as refused:
        extended(month, total)

    assert str(refused.value) == (
        f"the extended total cannot be `{total}`: "
        f"1 to {longest or 1} months in all, counted from the same start"
    )


@pytest.mark.parametrize("unit", Unit)
def test_the_plain_words_of_a_demand_are_a_term(unit: Unit) -> None:
    """Hours run at once; of days the first is the next one."""
    start = Start.MOMENT if unit in ELAPSED else Start.NEXT_DAY
    within = Within(count=2, unit=unit, calendar="gb-eng")

    assert Term(count=2, unit=unit, start=start, calendar="gb-eng") == plain_term(within)
