"""A clock: what is owed once something happened, or is waited for."""

import re
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.checked import replace
from freezecase.core.obligations import Demand, Rung, Then, Unit, Within
from freezecase.errors import InvalidValue
from freezecase.policy.clock import (
    Clock,
    Occasion,
    any_time,
    by_its_term,
    ending_with,
    its_subject,
    ladder,
)
from freezecase.policy.term import Term
from freezecase.testing.spec import given

REPLY = Demand(kind="reply", ladder=ladder("front 2 hours"), met_by=("reply-sent",))
CLOCK = Clock(id="reply-clock", covers="reply", demand=REPLY)


def clock(**changed: Any) -> Clock:
    """Return the clock, changed."""
    return attrs.evolve(CLOCK, **changed)


# --- what cannot be ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: clock(id="Reply"), "the id of a rule cannot be `'Reply'`"),
        (lambda: clock(version=0), "the version of rule `reply-clock` cannot be `0`"),
        (lambda: clock(covers=""), "clock `reply-clock` covers cannot be `''`: either that, or"),
        (lambda: clock(on=[e.ReplySent]), "clock `reply-clock` covers cannot be `'reply'`: either"),
        (
            lambda: clock(covers="lunch"),
            "clock `reply-clock` covers cannot be `'lunch'`: one of `acknowledgement`, `appeal-dec",
        ),
        (lambda: clock(covers="", on=e.ReplySent), "several kinds: `[ReplySent]`"),
        (
            lambda: clock(covers="", on=[do.SendReply]),
            "the `on` of clock `reply-clock` cannot be `'SendReply'`: what may happen, from `freez",
        ),
        (lambda: clock(covers="", on=["reply-sent"]), "cannot be `'reply-sent'`: what may happen"),
        (
            lambda: clock(demand=replace(REPLY, met_by=("reply-send",))),
            "clock `reply-clock` met_by cannot be `'reply-send'`: a kind of event, such as",
        ),
        (
            lambda: clock(demand=replace(REPLY, then=replace(REPLY, met_by=("tea",)))),
            "clock `reply-clock` met_by cannot be `'tea'`",
        ),
    ],
)
def test_a_clock_that_nothing_starts_or_nothing_stops_is_refused(
    make: Callable[[], Clock], message: str
) -> None:
    """A slip of the pen would be owed for ever, or never."""
    with pytest.raises(InvalidValue, match=re.escape(message)):
        make()


@pytest.mark.parametrize(
    ("demand", "met_by"),
    [
        (replace(REPLY, met_by=("reply-sent", "human-joined")), "reply-sent, human-joined"),
        (replace(REPLY, met_by=()), ""),
        (replace(REPLY, right=True, then=Then.LAPSE), "reply-sent"),
    ],
    ids=["met by something else too", "met by nothing", "a right"],
)
def test_a_clock_that_covers_a_wait_ends_with_the_wait(demand: Demand, met_by: str) -> None:
    """A duty that is done while the case goes on waiting covers nothing."""
    allowed = "a duty that ends by some of `reply-sent`, as the wait does"
    message = f"clock `reply-clock` met_by cannot be `'{met_by}'`: {allowed}"
    with pytest.raises(InvalidValue, match=re.escape(message)):
        clock(demand=demand)


# --- in words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "`front` owes `reply` within 2 hours"),
        (
            {"demand": replace(REPLY, ladder=ladder("@owner 1 business-day"))},
            "`@owner` owes `reply` within 1 business day",
        ),
        ({"term": Term(count=2, unit=Unit.DAYS)}, "`front` owes `reply` in time"),
        (
            {"covers": "", "on": [e.ReplySent], "demand": replace(REPLY, right=True)},
            "`front` may use `reply` within 2 hours",
        ),
    ],
)
def test_a_clock_says_in_a_sentence_who_owes_what(changed: dict[str, Any], said: str) -> None:
    """Whoever must do it, and by when."""
    assert said == clock(**changed).says


def test_a_ladder_is_said_in_words() -> None:
    """Who, how many, of what; one of something may be said as one."""
    assert (
        *(Rung(debtor="reviewer", within=Within(count=24, unit=Unit.HOURS)),),
        *(Rung(debtor="lead", within=Within(count=1, unit=Unit.BUSINESS_DAYS)),),
        *(Rung(debtor="@owner", within=Within(count=1, unit=Unit.MONTHS)),),
    ) == ladder("reviewer 24 hours", "lead  1 business-day", "@owner 1 months")
    assert ladder() == ()


@pytest.mark.parametrize(
    "rung",
    ["", "reviewer", "reviewer 24", "24 hours", "reviewer two hours", "lead 2 moons", "a b c d"],
)
def test_a_rung_that_cannot_be_read_is_refused_with_an_example(rung: str) -> None:
    """And with the words for lengths of time."""
    message = re.escape(
        f"a rung cannot be `'{rung}'`: who, how many, and one of `business-days`, `"
    )
    with pytest.raises(InvalidValue, match=f"^{message}.*such as `reviewer 24 hours`"):
        ladder("front 2 hours", rung)


@pytest.mark.parametrize("rung", ["lead 0 hours", "@ 2 hours"])
def test_a_rung_that_nobody_climbs_is_refused(rung: str) -> None:
    """No time at all, or nobody."""
    with pytest.raises(InvalidValue):
        ladder(rung)


# --- what it may see -----------------------------------------------------------------------------


def test_a_clock_starts_on_every_occasion_unless_it_says() -> None:
    """About what the case waits for, by its own length of time."""
    occasion = Occasion(given().state, None, "device")
    assert (*(any_time(occasion), its_subject(occasion), CLOCK.at(occasion)),) == (
        True,
        "device",
        None,
    )
    assert (any_time, its_subject, by_its_term) == (CLOCK.when, CLOCK.about, CLOCK.at)
    assert (Occasion(given().state).subject, Occasion(given().state).event) == ("", None)


def test_the_accountable_role_has_the_name_that_the_house_gives_it() -> None:
    """On every rung, and in what follows."""
    last = replace(REPLY, ladder=ladder("accountable 2 days"))
    whole = replace(REPLY, ladder=ladder("front 2 hours", "accountable 1 day"), then=last)
    named = ending_with(whole, "head-of-compliance")
    assert ladder("front 2 hours", "head-of-compliance 1 day") == named.ladder
    assert replace(last, ladder=ladder("head-of-compliance 2 days")) == named.then
    assert whole == ending_with(whole, "accountable")
    assert ending_with(REPLY, "head-of-compliance") == REPLY
