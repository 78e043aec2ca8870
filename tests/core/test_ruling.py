"""The answer to one command."""

from typing import Any

import pytest

from freezecase.core.checked import replace
from freezecase.core.ruling import Lane, Opinion, PolicyRef, Ruling, Telling, Verdict
from freezecase.core.values import Verification
from freezecase.errors import InvalidValue
from tests.core.samples import ALLOWED
from tests.core.test_resolved import LONDON

YES = Opinion(rule="within-reach", verdict=Verdict.ALLOW)
NO = Opinion(rule="four-eyes", verdict=Verdict.FORBID, because="you proposed it")
FIRST = Opinion(rule="proposal", verdict=Verdict.REQUIRE, because="a proposal")
BUG = Opinion(rule="new-rule", verdict=Verdict.BROKEN, because="raised it")


def ruled(*opinions: Opinion, allowed: bool = False) -> Ruling:
    """Return a ruling made of these opinions."""
    return replace(ALLOWED, allowed=allowed, opinions=opinions)


@pytest.mark.parametrize(
    ("ruling", "decided_by", "words"),
    [
        (ruled(YES, allowed=True), ("within-reach",), "allowed by `within-reach`"),
        (ruled(NO, YES), ("four-eyes",), "refused by `four-eyes` you proposed it"),
        (
            ruled(NO, FIRST, YES, BUG),
            ("four-eyes", "proposal", "new-rule"),
            "refused by `four-eyes` you proposed it; `proposal` a proposal; `new-rule` raised it",
        ),
        (ruled(), (), "refused by no rule that allows it"),
        (ruled(allowed=True), (), "allowed: time asks nobody's leave"),
    ],
    ids=["allowed", "one forbids", "several stand in the way", "nobody allows", "time"],
)
def test_a_ruling_names_the_rules_that_decided(
    ruling: Ruling, decided_by: tuple[str, ...], words: str
) -> None:
    """Those that allowed, or those that stood in the way."""
    assert decided_by == ruling.decided_by
    assert words == ruling.in_words()


def test_a_ruling_names_the_rules_that_broke() -> None:
    """So that somebody mends them."""
    assert ruled(NO, BUG, YES).broken == ("new-rule",)


@pytest.mark.parametrize(
    "facts",
    [
        *({"band": 0.5}, {"band": None}, {"band": 2**53}, {1: "x"}, [("a", 1)]),
        *({"a": "\ud800"}, {"a": "\udfff"}),
    ],
)
def test_facts_are_words_whole_numbers_and_yes_or_no(facts: Any) -> None:
    """What cannot be stored to the letter cannot be ruled on."""
    allowed = "it takes texts, whole numbers below 2\\*\\*53 and yes or no, under texts$"
    with pytest.raises(InvalidValue, match=allowed):
        replace(ALLOWED, facts=facts)


def test_facts_are_kept_by_name() -> None:
    """In order, so that one ruling has one spelling."""
    ruling = replace(ALLOWED, facts={"late": True, "band": "high", "count": 2**53 - 1})
    assert list(ruling.facts) == ["band", "count", "late"]


def test_a_ruling_may_say_nothing_of_what_follows() -> None:
    """No check, nobody's work, nothing told anew, and no day counted."""
    said = (ALLOWED.checks, ALLOWED.lane, ALLOWED.telling, ALLOWED.calendars)
    assert said == ((), None, None, ())


def test_a_ruling_says_what_follows() -> None:
    """What to verify, whose work it is, what may be told, and which calendars were counted on."""
    checks: Any = [Verification(kind="device")]
    lane = Lane(queue="security", skill="takeover")
    ruling = replace(
        ALLOWED, checks=checks, lane=lane, telling="ground", calendars=[LONDON, LONDON]
    )
    assert ruling.checks == (Verification(kind="device"),)
    assert (ruling.lane, ruling.telling) == (lane, Telling.GROUND)
    assert ruling.calendars == (LONDON, LONDON)


@pytest.mark.parametrize(
    "wrong",
    [
        {"checks": ["device"]},
        {"checks": "device"},
        {"lane": "security"},
        {"telling": "all"},
        {"calendars": ["gb-eng"]},
        {"calendars": LONDON},
    ],
)
def test_what_follows_is_said_exactly(wrong: dict[str, Any]) -> None:
    """Nothing else can be stored."""
    with pytest.raises(InvalidValue):
        replace(ALLOWED, **wrong)


@pytest.mark.parametrize(
    "wrong", [{"queue": "The Desk"}, {"skill": ""}, {"priority": 0}, {"priority": "1"}]
)
def test_a_lane_is_a_queue_a_skill_and_a_priority(wrong: dict[str, Any]) -> None:
    """Words, and a count from 1."""
    desk = Lane(queue="desk")
    assert desk == Lane(queue="desk", skill=None, priority=3)
    with pytest.raises(InvalidValue):
        replace(desk, **wrong)


def test_more_is_told_the_further_down_the_list() -> None:
    """From nothing to the evidence."""
    assert [telling.rank for telling in Telling] == [0, 1, 2, 3, 4]
    least, most = (pick(Telling, key=lambda told: told.rank) for pick in (min, max))
    assert (least, most) == (Telling.NOTHING, Telling.EVIDENCE)


@pytest.mark.parametrize("wrong", [{"version": 0}, {"name": "My Policy"}, {"digest": "none"}])
def test_a_policy_is_named_by_name_version_and_digest(wrong: dict[str, Any]) -> None:
    """Each of them exact."""
    with pytest.raises(InvalidValue):
        replace(ALLOWED.policy, **wrong)
    assert isinstance(ALLOWED.policy, PolicyRef)
