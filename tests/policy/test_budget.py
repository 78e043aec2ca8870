"""Service clocks: what is consumed, what remains, and when it would run out."""

from datetime import UTC, date, datetime, timedelta

import pytest

from freezecase.core.obligations import Unit
from freezecase.core.resolved import Resolved
from freezecase.errors import InvalidValue
from freezecase.policy.budget import Budget, Hours, Ledger, Running, runs_out, spend
from freezecase.policy.calendar import resolve
from freezecase.policy.term import Either, Pick, Term, Terms, Yearly
from tests.policy.calendars import ENGLAND
from tests.policy.test_clocks import rows

WEEKS = resolve(ENGLAND, date(2026, 12, 14), date(2027, 1, 10))
DAY = resolve(ENGLAND, date(2026, 12, 18), date(2026, 12, 18))
EIGHT_HOURS = Budget(minutes=8 * 60, hours=Hours.OPENING)

# The clock of eight opening hours (nine to five), in December 2026: the 18th is a Friday.
TABLE = """
# ran                           | now      | consumed | runs out
18T09:00-                       | 18T10:00 | 60       | 18T17:00
18T09:00-18T12:00               | 18T16:00 | 180      | never
18T09:00-18T12:00 18T15:00-     | 18T16:00 | 240      | 21T12:00  # paused for three hours
18T09:00-18T12:00 18T15:00-     | 20T16:00 | 300      | 21T12:00  # nothing at a weekend
18T09:00-18T12:00 18T15:00-     | 21T12:00 | 480      | 21T12:00
18T09:00-18T12:00 18T15:00-     | 22T12:00 | 960      | 21T12:00  # overdrawn
18T09:00-18T12:00 18T15:00-     | 18T11:00 | 120      | 21T12:00  # as it stood then
18T09:00-18T12:00 18T15:00-     | 18T08:00 | 0        | 21T12:00
18T09:00-18T17:00               | 18T17:00 | 480      | 18T17:00  # to the minute
17T18:00-                       | 18T08:00 | 0        | 18T17:00  # after closing
19T10:00-                       | 21T10:00 | 60       | 21T17:00  # a Saturday
24T13:00-                       | 29T09:30 | 270      | 29T13:00  # over Christmas
18T09:00-18T09:00 18T09:00-     | 18T10:00 | 60       | 18T17:00
none                            | 18T10:00 | 0        | never
"""


def instant(said: str) -> datetime:
    """A day and a time of December 2026, in London, which is UTC then."""
    return datetime.fromisoformat(f"2026-12-{said}").replace(tzinfo=UTC)


def periods(said: str) -> list[Running]:
    """The periods in which the clock ran."""
    ends = [one.split("-") for one in said.split() if one != "none"]
    return [
        Running(started=instant(start), stopped=instant(stop) if stop else None)
        for start, stop in ends
    ]


@pytest.mark.parametrize(
    ("ran", "now", "minutes", "out"),
    rows(TABLE),
    ids=[" ".join(cells) for cells in rows(TABLE)],
)
def test_a_budget_is_spent_while_the_clock_runs(ran: str, now: str, minutes: str, out: str) -> None:
    """A pause consumes nothing; no date is moved, what remains is what is left."""
    consumed = timedelta(minutes=int(minutes))
    ledger = Ledger(budget=EIGHT_HOURS, consumed=consumed, remaining=EIGHT_HOURS.time - consumed)

    assert ledger == spend(EIGHT_HOURS, periods(ran), instant(now), WEEKS)
    assert (None if out == "never" else instant(out)) == runs_out(EIGHT_HOURS, periods(ran), WEEKS)


def test_a_budget_of_all_hours_runs_through_the_night() -> None:
    """It asks no calendar: a promise of two minutes holds around the clock."""
    promise = Budget(minutes=90)
    ran = periods("19T23:00-19T23:30 20T03:00-")

    assert timedelta(minutes=40) == spend(promise, ran, instant("20T03:10"), WEEKS).consumed
    assert instant("20T04:00") == runs_out(promise, ran, WEEKS)
    assert runs_out(promise, ran[:1], WEEKS) is None


def test_opening_hours_follow_the_local_clock() -> None:
    """Nine to five is an hour earlier in UTC when summer time begins."""
    spring = resolve(ENGLAND, date(2026, 3, 27), date(2026, 3, 31))
    friday = Running(started=datetime(2026, 3, 27, 16, tzinfo=UTC))

    assert datetime(2026, 3, 30, 15, tzinfo=UTC) == runs_out(EIGHT_HOURS, [friday], spring)


@pytest.mark.parametrize(
    "term",
    [
        Term(count=2, unit=Unit.MONTHS),
        Yearly(month=11, day=30),
        Either(pick=Pick.EARLIER, of=[Yearly(month=1, day=1), Yearly(month=7, day=1)]),
    ],
)
def test_a_term_of_law_does_not_pause(term: Terms) -> None:
    """Waiting for the customer stops no statutory clock; the error says what there is instead."""
    with pytest.raises(InvalidValue) as refused:
        spend(term, periods("18T09:00-"), instant("18T10:00"), WEEKS)
    assert str(refused.value) == (
        f"spend.budget cannot be `{term.in_words()!r}`: "
        "a `Budget`: a term does not pause, a notice extends it"
    )


@pytest.mark.parametrize(
    "ran", ["18T09:00- 18T12:00-", "18T09:00-18T12:00 18T11:00-18T13:00", "18T09:00- 18T08:00-"]
)
def test_a_clock_cannot_run_twice_at_once(ran: str) -> None:
    """Nothing is consumed twice."""
    for count in (
        lambda: spend(EIGHT_HOURS, periods(ran), instant("21T10:00"), WEEKS),
        lambda: runs_out(EIGHT_HOURS, periods(ran), WEEKS),
    ):
        with pytest.raises(InvalidValue) as refused:
            count()
        one, other = periods(ran)
        assert str(refused.value) == (
            f"a running period's `stopped` cannot be `{one.stopped!r}`: "
            f"it stops before the next starts, at {other.started}"
        )


def test_a_period_does_not_stop_before_it_starts() -> None:
    """Time does not run backwards."""
    with pytest.raises(InvalidValue) as refused:
        periods("18T09:00-18T08:00")
    assert str(refused.value) == (
        f"Running.stopped cannot be `{instant('18T08:00')!r}`: "
        "an instant from 2026-12-18 09:00:00+00:00 on"
    )


def test_days_that_nobody_looked_up_are_refused() -> None:
    """A clock that runs beyond the window is not taken to stand still."""
    short: Resolved = resolve(ENGLAND, date(2026, 12, 18), date(2026, 12, 20))

    with pytest.raises(InvalidValue, match="resolve a longer window"):
        runs_out(Budget(minutes=600, hours=Hours.OPENING), periods("18T09:00-"), short)
    with pytest.raises(InvalidValue, match="it takes one with a zone"):
        spend(EIGHT_HOURS, [], datetime(2026, 12, 18), short)  # noqa: DTZ001 - what is refused


def test_a_clock_that_has_just_begun_to_run_asks_no_calendar() -> None:
    """Of no time at all, nothing is consumed, whichever days somebody looked up."""
    nothing = spend(EIGHT_HOURS, periods("31T23:00-"), instant("31T23:00"), DAY)
    assert timedelta(0) == nothing.consumed


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (Budget(minutes=2), "2 min of running time"),
        (EIGHT_HOURS, "8 h of opening hours"),
        (Budget(minutes=90), "1 h 30 min of running time"),
    ],
)
def test_a_budget_says_itself(budget: Budget, words: str) -> None:
    """In hours and minutes, and which hours count."""
    assert words == budget.in_words()
