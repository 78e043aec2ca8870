"""Named rules of five kinds, put together."""

import random
import re
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.obligations import Demand, Rung, Then, Unit, Within
from freezecase.core.ruling import Fact
from freezecase.errors import BadPolicy, FreezeCaseError
from freezecase.policy.calendar import Calendar
from freezecase.policy.clock import Clock, ladder
from freezecase.policy.gate import ALLOW, SILENT, forbid, gate
from freezecase.policy.policy import UTC_DAYS, Policy
from freezecase.policy.rule import Kind, Rule
from freezecase.policy.standard import standard
from freezecase.policy.term import Either, Pick, Term, Terms, Yearly
from tests.policy.some_rules import CALL_BACK, FIRST, MUTE, NO, YES, plans, policy, says

LONDON = Calendar(id="london", zone="Europe/London")


def test_policies_are_composed_into_new_ones() -> None:
    """The old one stays what it was."""
    base = policy(YES)
    more = base.adding(NO, CALL_BACK)
    assert [one.id for one in more.rules] == ["call-back-clock", "no", "yes"]
    assert [one.id for one in more.without("no", "call-back-clock").rules] == ["yes"]
    assert base == more.without("no", "call-back-clock")
    other = says(SILENT, "yes")
    assert (other,) == base.replacing(other).rules
    assert base.rules == (YES,)
    assert (base.named("house", 3).name, base.named("house", 3).version) == ("house", 3)
    assert (base.named("house").rules, base.named("house").version) == (base.rules, 1)


def test_the_order_in_which_rules_are_given_is_forgotten() -> None:
    """So it cannot matter anywhere: not to the ruling, not to what is owed, not to the digest."""
    rules = list(standard().rules)
    random.Random(7).shuffle(rules)
    shuffled = attrs.evolve(standard(), rules=rules)
    assert list(standard().rules) != rules
    assert (standard(), standard().ref) == (shuffled, shuffled.ref)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one: one.adding(says(SILENT, "yes")), "two rules are named `yes`: replace one"),
        (lambda one: one.adding(attrs.evolve(CALL_BACK, id="yes")), "two rules are named `yes`"),
        (lambda one: one.without("no"), "policy `p` has no rule `no`"),
        (lambda one: one.replacing(NO), "policy `p` has no rule `no`"),
        (lambda one: one.adding(forbid), "`forbid` is no rule: make one with `gate`"),
        (lambda one: one.adding(gate("no")), "is no rule: make one with `gate`"),
        (lambda one: one.adding((NO, FIRST)), "`tuple` is no rule"),
        (
            lambda one: one.adding(None),
            "`NoneType` is no rule: make one with `gate`, `plan`, `route`, `disclosure` or `Clock`",
        ),
        (lambda one: one.named("Our House"), "the name of a policy cannot be `'Our House'`"),
        (lambda one: one.named("p", 0), "the version of policy `p` cannot be `0`: a whole number"),
        (lambda one: one.named("p", True), "the version of policy `p` cannot be `True`"),
        (lambda one: attrs.evolve(one, signatures=0), "the signatures of policy `p`"),
        (lambda one: attrs.evolve(one, accountable="@owner"), "the accountable role of policy `p`"),
        (lambda one: attrs.evolve(one, calendars=()), "policy `p` has no calendar"),
    ],
)
def test_what_does_not_compose_is_refused(change: Callable[[Any], Policy], message: str) -> None:
    """Where it is put together, not where it is asked."""
    with pytest.raises(FreezeCaseError, match=re.escape(message)):
        change(policy(YES))


# --- facts ---------------------------------------------------------------------------------------


def reads(id: str, *values: Fact, kind: Kind = Kind.GATE) -> Rule[Any]:
    """Return a rule that reads one fact."""
    return says(SILENT, id, reads={"band": values}, kind=kind)


def test_the_facts_of_a_policy_are_those_of_its_rules() -> None:
    """Each once, with its values; clocks read none."""
    found = policy(reads("a", "low", "high"), reads("b", "high", "low"), CALL_BACK).domains
    assert found == {"band": ("low", "high")}
    assert policy(YES, CALL_BACK).domains == {}


@pytest.mark.parametrize("others", [("low",), ("low", "high", "none"), (True, "low"), (0, 1)])
def test_two_rules_that_disagree_on_a_fact_do_not_go_together(others: tuple[Fact, ...]) -> None:
    """Also where they are of different kinds; yes is not 1."""
    base = policy(reads("a", *(("low", "high") if "low" in others else (False, True))))
    with pytest.raises(BadPolicy, match=r"rule `b` reads fact `band` as one of .*: let them agree"):
        base.adding(reads("b", *others, kind=Kind.PLAN))


# --- calendars -----------------------------------------------------------------------------------


def counts(demand: Demand | None = None, term: Terms | None = None) -> Clock:
    """Return a clock that counts like this."""
    return Clock(id="counts", on=[e.HarmRecorded], demand=demand or demand_by(None), term=term)


def demand_by(calendar: str | None, then: Demand | Then = Then.AGAIN) -> Demand:
    """Return a demand of two days by this calendar."""
    within = Within(count=2, unit=Unit.BUSINESS_DAYS, calendar=calendar)
    return Demand(kind="x", ladder=(Rung(debtor="lead", within=within),), met_by=(), then=then)


def term_by(calendar: str) -> Term:
    """Return a term of two days by this calendar."""
    return Term(count=2, unit=Unit.DAYS, calendar=calendar)


@pytest.mark.parametrize(
    "clock",
    [
        counts(demand_by("london")),
        counts(demand_by(None, then=demand_by("london"))),
        counts(term=term_by("london")),
        counts(term=Yearly(month=11, day=30, calendar="london")),
        counts(term=Either(pick=Pick.LATER, of=(term_by("utc"), term_by("london")))),
    ],
    ids=["ladder", "what follows", "term", "yearly", "either"],
)
def test_a_calendar_that_a_clock_counts_by_must_be_there(clock: Clock) -> None:
    """Otherwise its days would be counted by another in silence."""
    message = "clock `counts` counts by calendar `london`, and policy `p` has `utc`"
    with pytest.raises(BadPolicy, match=message):
        policy(clock)
    with pytest.raises(BadPolicy, match="and policy `p` has `rome`, `utc`"):
        policy(clock, calendars=[UTC_DAYS, Calendar(id="rome", zone="Europe/Rome")])
    assert (clock,) == policy(clock, calendars=[UTC_DAYS, LONDON]).clocks


# --- asking it -----------------------------------------------------------------------------------


def test_rules_are_found_by_what_they_speak_of() -> None:
    """Clocks by the event that starts them, or the row that they cover."""
    four = says(ALLOW, "four", on=[do.ApproveRelease])
    answer = Clock(
        id="reply-clock",
        covers="reply",
        demand=Demand(kind="reply", ladder=ladder("front 2 hours"), met_by=("reply-sent",)),
    )
    whole = policy(four, MUTE, plans([], "plan-a"), CALL_BACK, answer)
    by_id = {one.id: one for one in whole.rules}
    for _ in range(2):  # asked again, it remembers
        assert (Kind.GATE, four) in whole.speaking_of(do.ApproveRelease)
        assert [one.id for _, one in whole.speaking_of(do.ReopenCase)] == ["mute", "plan-a"]
        assert whole.started_by(e.ContactReceived) == (CALL_BACK,)
        assert whole.started_by(e.ReplySent) == ()
    assert (answer,) == whole.covering("reply")
    assert (by_id["plan-a"], None) == (whole.rule("plan-a"), whole.rule("plan-b"))
    assert (CALL_BACK, answer) == whole.clocks


def test_what_is_known_of_a_rule_is_its_sentence_and_its_source() -> None:
    """For explanations; a rule that says nothing of itself is known by its id alone."""
    whole = policy(says(ALLOW, "mute"), attrs.evolve(CALL_BACK, source="house rules, 4.2"))
    assert (whole.about("call-back-clock")) == (
        "`front` owes `call-back` within 2 hours",
        "source: house rules, 4.2",
    )
    assert () == whole.about("mute") == whole.about("gone")


def test_a_policy_known_as_another_is_a_copy() -> None:
    """Whoever was handed the first still holds the first."""
    first, other = policy(YES), policy(YES, NO)
    ref = first.ref
    assert other.ref == first.being(other).ref
    assert ref == first.ref
    assert first.rules == first.being(other).rules


def test_a_policy_counts_its_days_somewhere() -> None:
    """In UTC, unless it says."""
    assert policy(YES).calendars == (UTC_DAYS,)
