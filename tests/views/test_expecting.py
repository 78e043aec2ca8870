"""Expected times: said honestly, of enough cases, and hinting at nothing."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from freezecase import Casebook, Channel, Ground, Scope
from freezecase import commands as do
from freezecase.testing.contracts import StoryClock
from freezecase.views.contribution import Contribution
from freezecase.views.customer import CustomerView
from freezecase.views.expecting import FEWEST, Expected, expected_times
from freezecase.views.portfolio import Portfolio, portfolio
from tests.app.books import ANA, ENGINE, OWNER, ROB

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def figures(free: int, frozen: int, ground: str = "aml-alert") -> Portfolio:
    """So many were freed, after one day, two days and so on; so many were not."""
    freed = [
        Contribution(opened=NOW, ground=ground, frozen=False, to_release=day * 86_400_000_000)
        for day in range(1, free + 1)
    ]
    waiting = [Contribution(opened=NOW, ground=ground, frozen=True)] * frozen
    return portfolio([*freed, *waiting], now=NOW, position=1)


@pytest.mark.parametrize(
    ("free", "frozen", "half", "most"),
    [
        (FEWEST, 0, 15, 27),  # of 30: the 15th and the 27th
        (27, 3, 15, 27),
        (26, 4, 15, None),  # the 27th has not come
        (15, 15, 15, None),
        (14, 16, None, None),  # half have not come: nothing is said
        (FEWEST - 1, 0, None, None),  # too few
        (50, 780, None, None),  # as with a stablecoin
        (0, 0, None, None),
    ],
)
def test_a_time_is_said_if_enough_are_known_and_half_came(
    free: int, frozen: int, half: int | None, most: int | None
) -> None:
    """Those that wait count as longer than any; with it comes of how many it is known."""
    found = expected_times(figures(free, frozen))
    assert found == (
        ()
        if half is None
        else (
            Expected(
                what="release",
                half=half * DAY,
                most=None if most is None else most * DAY,
                of=free + frozen,
            ),
        )
    )


def test_the_wait_for_a_person_is_said_as_well() -> None:
    """Of those who asked for one."""
    asked = Contribution(
        opened=NOW, ground="incident", frozen=False, asked=True, to_human=90_000_000
    )
    (found,) = expected_times(portfolio([asked] * 40, now=NOW, position=1))
    assert (found.what, found.half, found.of) == ("human", timedelta(seconds=90), 40)


def test_what_is_said_does_not_depend_on_the_ground() -> None:
    """Who knows a time learns nothing of why."""
    assert expected_times(figures(30, 0)) == expected_times(figures(30, 0, "self-lock"))


# --- what the customer is shown ------------------------------------------------------------------


def views(ground: Ground) -> list[CustomerView]:
    """What a customer sees before and after asking for a person, and once the account is free."""
    clock, known = StoryClock(), figures(30, 0)
    with Casebook.open("memory:", clock=clock) as book:
        freeze = do.ImposeFreeze(account=OWNER.id, ground=ground, scope=Scope.withdrawals())
        case = book.execute(freeze, by=ENGINE).case.id
        seen = [book.customer_view(case), book.customer_view(case, figures=known)]
        book.execute(do.RequestHuman(case, channel=Channel.CHAT), by=OWNER)
        seen.append(book.customer_view(case, figures=known))
        book.execute(do.JoinConversation(case, channel=Channel.CHAT), by=ANA)
        seen.append(book.customer_view(case, figures=known))
        book.execute(do.ProposeRelease(case, reason="verified"), by=ANA)
        book.execute(do.ApproveRelease(case), by=ROB)
        book.execute(do.ConfirmRelease(case), by=ENGINE)
        seen.append(book.customer_view(case, figures=known))
    return seen


def test_a_customer_sees_what_they_still_wait_for() -> None:
    """Without figures nothing is said; once the account is free nobody waits for it."""
    release = expected_times(figures(30, 0))
    assert [one.expected for one in views(Ground.ACCOUNT_TAKEOVER)] == [
        (),
        release,
        release,
        release,
        (),
    ]


def test_a_customer_sees_how_to_reach_a_person_and_by_when_one_comes() -> None:
    """Two minutes after they asked, around the clock."""
    seen = views(Ground.ACCOUNT_TAKEOVER)
    assert {one.can_ask_human for one in seen} == {True}
    assert [one.human_on_the_way for one in seen] == [False, False, True, False, False]
    assert [one.human_by for one in seen] == [
        *(None, None, NOW + timedelta(minutes=2)),
        *(None, None),
    ]


def test_a_suspicion_changes_no_time_that_is_shown() -> None:
    """A suspect sees the times that everybody sees."""
    suspect, victim = views(Ground.AML_ALERT), views(Ground.ACCOUNT_TAKEOVER)
    assert [attrs.evolve(one, ground=None) for one in victim] == suspect
