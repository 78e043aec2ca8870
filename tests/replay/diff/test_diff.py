"""Two policies side by side: what is found, which way it goes, and that every witness replays."""

from collections.abc import Callable
from inspect import signature
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freezecase.core import commands as do
from freezecase.core.commands import ASKED_AS, asked
from freezecase.core.values import Channel, Ground
from freezecase.policy.effective import Effective
from freezecase.policy.gate import SILENT, forbid, require
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.replay.diff.diff import diff
from freezecase.replay.diff.journeys import CASE
from freezecase.replay.diff.order import Direction
from freezecase.replay.diff.pasting import pasted
from freezecase.replay.diff.report import DiffReport
from tests.replay.diff.stories import (
    ANYTHING,
    AT,
    OWNER,
    PROPOSED,
    act,
    again,
    asks,
    freeze,
    neither,
    rows,
    some,
    stricter,
)

pytestmark = pytest.mark.no_cover  # the rules are asked many thousand times

STRICTER = [pytest.param(old, new, id=name) for name, old, new in stricter()]
NEITHER = [pytest.param(old, new, id=name) for name, old, new in neither()]
COMMANDS = sorted(ASKED_AS.keys() - {do.LetTimePass}, key=asked)


def compared(old: Policy, new: Policy, **more: Any) -> DiffReport:
    """The report on a few journeys."""
    return diff(old, new, at=AT, journeys=some(), **more)


def pastes_of(report: DiffReport, under: str) -> list[tuple[str, Callable[..., None]]]:
    """The tests that a report is pasted as, made, with whose rules each story is told by."""
    names: dict[str, Any] = {}
    exec(compile(pasted(report.differences, AT, under=under), "pasted", "exec"), names)
    made = [value for name, value in names.items() if name.startswith("test_")]
    told_under = [one.witness.told_under for one in report.differences]
    return list(zip(told_under, made, strict=True))


def run(test: Callable[..., None], **policies: Policy) -> None:
    """Run a pasted test with as many policies as it takes."""
    takes = signature(test).parameters
    test(**{name: policy for name, policy in policies.items() if name in takes})


def test_a_policy_does_not_differ_from_itself() -> None:
    """Nothing is asked, nothing is left out, and that is said."""
    report = diff(standard(), standard(), at=AT)

    assert (report.differences, report.found) == ((), frozenset())
    assert report.coverage.exhaustive
    assert (report.coverage.cases, report.coverage.asked) == (0, 0)


def test_rules_in_other_words_are_asked_and_found_the_same() -> None:
    """Where no rule is the same value, everything is asked, and nothing differs."""
    reworded = standard().replacing(*map(again, standard().rules))

    report = diff(standard(), reworded, at=AT, journeys=some()[1:2])

    assert report.differences == ()
    assert len(report.coverage.rules) == len(standard().rules)
    assert report.coverage.asked > 500
    assert not report.coverage.exhaustive


@pytest.mark.parametrize(("old", "new"), STRICTER)
def test_what_is_stricter_is_found_stricter_and_nothing_else(old: Policy, new: Policy) -> None:
    assert compared(old, new).found == {Direction.STRICTER}


@pytest.mark.parametrize(("old", "new"), NEITHER)
def test_what_is_neither_is_found_incomparable(old: Policy, new: Policy) -> None:
    assert Direction.INCOMPARABLE in compared(old, new).found


@pytest.mark.parametrize(("old", "new"), [*STRICTER, *NEITHER])
def test_the_way_back_is_the_mirror_of_the_way_there(old: Policy, new: Policy) -> None:
    assert rows(compared(new, old)) == rows(compared(old, new), mirrored=True)


@pytest.mark.parametrize("under", ["old", "new"])
@pytest.mark.parametrize(("old", "new"), [*STRICTER, *NEITHER])
def test_every_witness_holds_under_one_policy_and_fails_under_the_other(
    old: Policy, new: Policy, under: str
) -> None:
    """As a test in the words of the kit, made by running what is pasted."""
    report = compared(old, new)
    policies = {"old": old, "new": new, "either": old}
    holds, fails = (old, new) if under == "old" else (new, old)

    for told_under, test in pastes_of(report, under):
        run(test, policy=holds, told=policies[told_under])
        with pytest.raises(AssertionError):
            run(test, policy=fails, told=policies[told_under])


@settings(max_examples=6, deadline=None)
@given(
    kinds=st.sets(st.sampled_from(COMMANDS), min_size=1), grounds=st.sets(st.sampled_from(Ground))
)
def test_a_rule_more_that_forbids_is_never_laxer(
    kinds: set[type[Any]], grounds: set[Ground]
) -> None:
    """Whatever it speaks of, and whichever cases it means."""
    rule = asks(
        "more", lambda asked: forbid("no") if asked.state.ground in grounds else SILENT, on=kinds
    )

    assert compared(standard(), standard().adding(rule)).found <= {Direction.STRICTER}


def test_a_fact_that_only_one_policy_knows_is_laxer_where_that_one_allows() -> None:
    """Under the other the host cannot even ask; the pasted test says so."""

    def tiers(*known: str) -> Policy:
        rule = asks("tiers", lambda _: SILENT, on=[do.UpholdFreeze], reads={"tier": known})
        return Policy(name="p", version=1, rules=(ANYTHING, rule))

    old, new = tiers("retail"), tiers("retail", "vip")

    report = compared(old, new)

    assert {one.place.tier for one in report.differences} == {"vip"}
    assert report.found == {Direction.LAXER}
    for _told_under, test in pastes_of(report, "old"):
        run(test, policy=old)


def test_tiers_and_jurisdictions_are_told_apart_where_a_rule_reads_them() -> None:
    """Every place says for which it differs; of a fact that no rule reads it says nothing."""

    def abroad(question: Any) -> Any:
        return require("a lead") if question.facts.get("jurisdiction") == "ch" else SILENT

    rule = asks("abroad", abroad, on=[do.UpholdFreeze], reads={"jurisdiction": ("nl", "ch")})

    report = compared(standard(), standard().adding(rule))

    assert {(one.place.command, one.place.tier) for one in report.differences} == {
        ("uphold-freeze", "any")
    }
    assert {one.place.jurisdiction for one in report.differences} == {"ch"}
    assert {one.place.ground for one in report.differences} == {"account-takeover", "aml-alert"}


def test_the_witness_has_the_shortest_story() -> None:
    """Whichever comes first; a story that is given twice is asked once."""
    wants = act(do.RequestHuman(CASE, channel=Channel.PHONE), OWNER)
    longer = (freeze(), PROPOSED, wants)

    report = diff(
        standard(),
        standard().without("four-eyes"),
        at=AT,
        journeys=[longer, (freeze(), PROPOSED), (freeze(), PROPOSED)],
    )

    (one,) = report.differences
    assert len(one.witness.story.acts) == 2
    assert report.coverage.cases == 2


def test_what_may_differ_is_taken_from_what_was_found() -> None:
    """`beyond` leaves out the ways that are allowed."""
    report = compared(standard(), standard().without("four-eyes"))

    assert report.beyond([Direction.LAXER]) == ()
    assert report.beyond([Direction.STRICTER]) == report.differences != ()


def test_progress_is_told_case_by_case() -> None:
    heard: list[tuple[int, int | None]] = []

    report = compared(
        standard(), standard(signatures=2), progress=lambda done, of: heard.append((done, of))
    )

    assert heard == [(done, None) for done in range(1, report.coverage.cases + 1)]


def test_a_rule_that_is_not_in_force_is_not_compared() -> None:
    """Rules count by the day that is asked about."""
    later = asks(
        "later",
        lambda _: forbid("x"),
        on=[do.UpholdFreeze],
        effective=Effective(since=AT.replace(year=2027)),
    )

    assert compared(standard(), standard().adding(later)).coverage.exhaustive


@pytest.mark.parametrize("name", ["forbid", "checks", "sooner", "no-right"])
def test_what_is_sliced_off_changes_nothing(name: str) -> None:
    """Where every rule is put in other words nothing can be sliced off; the same is found."""
    old, new = {one: (old, new) for one, old, new in stricter()}[name]
    reworded = new.replacing(*map(again, new.rules))
    short = some()[:2]

    sliced, whole = (diff(old, one, at=AT, journeys=short) for one in (new, reworded))

    assert _found(sliced) == _found(whole) != set()
    assert sliced.coverage.asked < whole.coverage.asked


def _found(report: DiffReport) -> set[Any]:
    return {
        (one.place.command, one.place.what, one.place.ground, one.direction)
        for one in report.differences
    }


def test_other_days_are_found_in_what_no_event_starts() -> None:
    """A clock that only covers a wait is the same value, and counts otherwise all the same."""
    old, new = {one: (old, new) for one, old, new in stricter()}["earlier-midnight"]

    report = compared(old, new)

    assert ("file-appeal", "owed acknowledgement") in {
        (one.place.command, one.place.what) for one in report.differences
    }
