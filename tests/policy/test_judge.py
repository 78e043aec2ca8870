"""Many rules and the one ruling they make."""

import re
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.core import commands as do
from freezecase.core.checked import replace
from freezecase.core.commands import Command
from freezecase.core.evolve import unopened
from freezecase.core.ruling import Lane, Ruling, Telling, Verdict
from freezecase.core.values import Verification
from freezecase.errors import InvalidValue, OverBudget
from freezecase.policy.gate import ALLOW, SILENT, Answer, forbid, gate, require
from freezecase.policy.judge import Said, answers, judge
from freezecase.policy.question import Question
from freezecase.policy.rule import Kind, Rule
from tests.core.samples import ANA, CASE, COMMANDS, NOW
from tests.laws.settings import QUICK
from tests.policy.some_rules import (
    BUG,
    CALL_BACK,
    FIRST,
    MUTE,
    NO,
    RUBBISH,
    YES,
    breaks,
    fails,
    plans,
    policy,
    routes,
    says,
    tells,
)

ASK_THE_PLAN = do.RequestChecks(CASE)
DEVICE, FACE = Verification(kind="device"), Verification(kind="liveness")
SOON, LATE = Lane(queue="security", priority=1), Lane(queue="desk")


def question(command: Command = COMMANDS[do.UpholdFreeze], **facts: Any) -> Question:
    """Return what ana asks."""
    return Question(command, unopened(CASE), ANA, NOW, facts)


def ruled(*rules: Any, command: Command = COMMANDS[do.UpholdFreeze], **facts: Any) -> Ruling:
    """Return what these rules make of it."""
    return judge(policy(*rules), question(command, **facts))


# --- three rules ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ((), False),
        ((MUTE,), False),
        ((YES,), True),
        ((YES, MUTE), True),
        ((YES, NO), False),
        ((YES, FIRST), False),
        ((YES, BUG), False),
        ((YES, RUBBISH), False),
        ((YES, says(ALLOW, "too")), True),
        ((YES, says(forbid("no"), "else", on=[do.ReopenCase])), True),
        ((YES, CALL_BACK), True),
        ((CALL_BACK,), False),
        ((plans([DEVICE]), routes(SOON, "two"), tells(Telling.FACTS, "three")), False),
    ],
    ids=lambda given: "+".join(one.id for one in given) if isinstance(given, tuple) else None,
)
def test_nothing_is_allowed_unless_a_rule_allows_it_and_none_stands_in_the_way(
    rules: tuple[Any, ...], allowed: bool
) -> None:
    """One FORBID, one REQUIRE, one rule that breaks: each beats every ALLOW."""
    assert allowed is ruled(*rules).allowed


def test_a_ruling_says_who_asked_when_with_which_facts_under_which_policy() -> None:
    """Enough to make it again years later."""
    four = policy(YES, version=4, signatures=2)
    ruling = judge(four, question(band="high"))
    assert (ANA.person, NOW, {"band": "high"}) == (ruling.by, ruling.at, dict(ruling.facts))
    assert (four.ref, 2) == (ruling.policy, ruling.signatures)


def test_what_each_rule_said_is_kept_in_the_order_of_their_ids() -> None:
    """Rules that said nothing are left out."""
    opinions = ruled(YES, MUTE, NO, FIRST).opinions
    assert [(one.rule, one.verdict, one.because) for one in opinions] == [
        ("first", Verdict.REQUIRE, "x"),
        ("no", Verdict.FORBID, "no"),
        ("yes", Verdict.ALLOW, ""),
    ]


def test_time_asks_nobody_s_leave() -> None:
    """No rule is asked, so none can stop it, or break it."""
    ruling = ruled(NO, BUG, FIRST, command=do.LetTimePass(CASE))
    assert (ruling.allowed, ruling.opinions) == (True, ())


# --- rules that break ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        *(None, True, "allow", Verdict.ALLOW, Answer(7), Answer("allow")),  # type: ignore[arg-type]
        Answer(Verdict.ALLOW, because=None),  # type: ignore[arg-type]
        forbid("\ud800"),  # no text that could be stored
    ],
)
def test_a_gate_that_answers_rubbish_forbids_and_is_named(answer: Any) -> None:
    """A bug never lets anything through, and never breaks the ruling either."""
    ruling = ruled(YES, says(answer, "rubbish"))
    assert not ruling.allowed
    assert ruling.broken == ("rubbish",)
    assert ruling.opinions[0].because == (
        "did not answer ALLOW, SILENT, forbid(...) or require(...)"
    )


@pytest.mark.parametrize(
    ("error", "because"),
    [
        (KeyError("balance of acct-4711"), "raised KeyError"),
        (OverBudget("loop", 2.0), "raised OverBudget"),
        (RecursionError(), "raised RecursionError"),
        (InvalidValue("x", "y", "z"), "raised InvalidValue"),
    ],
)
@pytest.mark.parametrize("kind", Kind)
def test_a_rule_that_raises_is_named_with_the_kind_of_error(
    error: Exception, because: str, kind: Kind
) -> None:
    """And not with its text, which may hold anything."""
    ruling = ruled(YES, Rule(id="bug", ask=fails(error), kind=kind))
    assert ruling.broken == ("bug",)
    assert because == ruling.opinions[0].because
    assert (kind is not Kind.GATE) == ruling.allowed


@pytest.mark.parametrize(
    ("rule", "because"),
    [
        *((plans(one, "odd"), "did not answer checks") for one in (7, "device", [7], ["A b"])),
        (plans(None, "odd"), "did not answer checks"),
        (routes("desk", "odd"), "did not answer a `Lane` or None"),
        (tells("facts", "odd"), "did not answer a `Telling` or None"),
    ],
)
def test_a_rule_of_another_kind_that_answers_rubbish_is_named_and_decides_nothing(
    rule: Rule[Any], because: str
) -> None:
    """What gates say stands, and what the sound rules say follows."""
    sound = plans([DEVICE], "plan-a"), routes(LATE, "route-a"), tells(Telling.GROUND, "telling-a")
    ruling = ruled(YES, rule, *sound)
    told = Telling.NEUTRAL if rule.kind is Kind.DISCLOSURE else Telling.GROUND
    assert (ruling.checks, ruling.lane, ruling.telling) == ((DEVICE,), LATE, told)
    assert (ruling.allowed, ruling.broken, ruling.decided_by) == (True, ("odd",), ("yes",))
    assert because == ruling.opinions[0].because
    assert not ruled(NO, rule, *sound).allowed


def test_an_error_within_a_plan_is_no_rubbish() -> None:
    """Whoever repairs it wants to know that it raised, also where it is asked as it goes."""

    def lazily(_question: Question) -> Iterator[str]:
        yield "device"
        raise TypeError

    ruling = ruled(YES, Rule(id="lazy", ask=lazily, kind=Kind.PLAN))
    assert ruling.opinions[0].because == "raised TypeError"
    assert ruling.checks == ()


# --- facts ---------------------------------------------------------------------------------------


@gate("banded", reads={"band": ("low", "high")})
def banded(question: Question) -> Answer:
    """High bands wait."""
    return require("patience") if question.fact("band") == "high" else ALLOW


def test_a_fact_that_is_missing_is_required_and_its_values_are_named() -> None:
    """It is no bug of the rule's: the host is told what to hand in."""
    ruling = ruled(YES, banded)
    assert (ruling.allowed, ruling.broken) == (False, ())
    assert ruling.in_words() == "refused by `banded` fact `band`: one of `low`, `high`"
    assert ruled(banded, band="low").allowed
    assert not ruled(banded, band="high").allowed


def test_a_fact_that_is_missing_and_was_not_declared_is_required_by_name() -> None:
    """Its values nobody knows."""
    rule = Rule(id="asks", ask=lambda question: question.fact("mood"))
    assert ruled(YES, rule).in_words() == "refused by `asks` fact `mood`"


@pytest.mark.parametrize("kind", [Kind.PLAN, Kind.ROUTE, Kind.DISCLOSURE])
def test_a_rule_of_another_kind_is_silent_where_a_fact_is_missing(kind: Kind) -> None:
    """It decides nothing, so nobody has to wait for it."""
    ruling = ruled(YES, Rule(id="asks", ask=lambda question: question.fact("mood"), kind=kind))
    assert (ruling.allowed, tuple(one.rule for one in ruling.opinions)) == (True, ("yes",))


@pytest.mark.parametrize("wrong", ["medium", "", 1, True, None, ["low"]])
def test_a_fact_outside_its_domain_is_refused_before_any_rule_is_asked(wrong: Any) -> None:
    """Also where no rule that is asked reads it."""
    asked: list[Question] = []
    listens = Rule(id="listens", ask=asked.append)
    message = f"facts.band cannot be `{wrong!r}`: one of `low`, `high`"
    with pytest.raises(InvalidValue, match=re.escape(message)):
        ruled(listens, banded, band=wrong)
    assert asked == []


def test_yes_is_not_one() -> None:
    """A domain of numbers takes no yes or no, and the other way round."""
    numbers, flags = says(ALLOW, reads={"n": (0, 1)}), says(ALLOW, reads={"n": (True, False)})
    assert ruled(numbers, n=1).allowed
    assert ruled(flags, n=True).allowed
    for rule, n in ((numbers, True), (flags, 1)):
        with pytest.raises(InvalidValue, match=r"facts.n"):
            ruled(rule, n=n)


def test_no_rule_changes_what_the_others_hear() -> None:
    """Whoever tries breaks, and what is on record is what the host said."""

    def lies(question: Question) -> Answer:
        question.facts["band"] = "low"  # type: ignore[index]
        return SILENT

    ruling = ruled(Rule(id="a-liar", ask=lies), banded, band="high")
    assert ruling.broken == ("a-liar",)
    assert dict(ruling.facts) == {"band": "high"}
    assert Verdict.REQUIRE is ruling.opinions[1].verdict


# --- plans, routes, disclosures ------------------------------------------------------------------


def test_what_plans_ask_for_adds_up() -> None:
    """Each kind once; what may be shown instead is what all of them take."""
    either = Verification(kind="device", instead=("second-factor", "video-call"))
    other = Verification(kind="device", instead=("second-factor",))
    ruling = ruled(plans(["liveness", either], "a"), plans([other], "b"), plans([], "c"))
    assert (other, FACE) == ruling.checks
    assert ruled(plans([FACE, DEVICE]), plans([either], "b")).checks == (DEVICE, FACE)
    assert (either,) == ruled(plans([either]), plans([either], "b")).checks


def test_checks_that_nobody_names_are_those_that_are_planned() -> None:
    """Without a plan the ruling asks for names, in its place among the opinions."""
    planned = ruled(YES, plans(["device"]), command=ASK_THE_PLAN)
    assert (planned.allowed, planned.checks) == (True, (DEVICE,))
    for rules in ((YES,), (YES, plans([])), (YES, Rule(id="bug", ask=breaks, kind=Kind.PLAN))):
        ruling = ruled(*rules, command=ASK_THE_PLAN)
        assert not ruling.allowed
        assert [one.rule for one in ruling.opinions if one.rule != "bug"] == ["plan", "yes"]
        assert "`plan` no plan speaks of this case: name the checks" in ruling.in_words()
    assert ruled(YES, command=replace(ASK_THE_PLAN, checks=["device"])).allowed
    assert not ruled(plans(["device"]), command=ASK_THE_PLAN).allowed


def test_a_rule_may_bear_the_name_under_which_checks_are_asked_for() -> None:
    """Both are heard, whether the rule is a gate or a plan that breaks."""
    bug = Rule(id="plan", ask=breaks, kind=Kind.PLAN)
    for rules, said in (
        ((YES, bug), [("plan", Verdict.REQUIRE), ("plan", Verdict.BROKEN), ("yes", Verdict.ALLOW)]),
        ((says(ALLOW, "plan"),), [("plan", Verdict.ALLOW), ("plan", Verdict.REQUIRE)]),
    ):
        opinions = ruled(*rules, command=ASK_THE_PLAN).opinions
        assert [(one.rule, one.verdict) for one in opinions] == said


@pytest.mark.parametrize(
    ("lanes", "chosen"),
    [
        ([None, LATE], LATE),
        ([LATE, SOON], SOON),
        ([SOON, Lane(queue="appeals", priority=1)], Lane(queue="appeals", priority=1)),
        ([Lane(queue="desk", skill="french"), LATE], LATE),
        ([Lane(queue="desk", skill="2nd-line"), LATE], LATE),
        ([None], None),
    ],
)
def test_the_most_urgent_lane_holds(lanes: list[Lane | None], chosen: Lane | None) -> None:
    """Of two that are as urgent, the one that comes first by name."""
    rules = [routes(lane, f"route-{at}") for at, lane in enumerate(lanes)]
    assert chosen == ruled(*rules).lane == ruled(*reversed(rules)).lane


def test_the_least_telling_holds() -> None:
    """Whoever must not be tipped off is not, whatever other rules would tell."""
    rules = [tells(one, f"tells-{one}") for one in Telling]
    assert Telling.NOTHING is ruled(*rules).telling
    assert Telling.GROUND is ruled(tells(Telling.FACTS), tells(Telling.GROUND, "two")).telling
    assert ruled(tells(None)).telling is None


def test_a_rule_is_asked_only_about_what_it_speaks_of() -> None:
    """Of whatever kind it is."""
    rules = [
        says(ALLOW, "gate", on=[do.ReopenCase]),
        plans(["device"], "plan-a", on=[do.ReopenCase]),
        routes(SOON, "route", on=[do.ReopenCase]),
        tells(Telling.FACTS, "telling", on=[do.ReopenCase]),
    ]
    assert Said() == answers(policy(*rules), question())
    said = answers(policy(*rules), question(COMMANDS[do.ReopenCase]))
    assert Said((("gate", ALLOW),), (), (DEVICE,), SOON, Telling.FACTS) == said


# --- properties ----------------------------------------------------------------------------------

_SAID = {
    Kind.GATE: (ALLOW, SILENT, forbid("no"), require("x"), "rubbish", None),
    Kind.PLAN: ((), ["device"], [FACE], [Verification(kind="device", instead=("x",))], "rubbish"),
    Kind.ROUTE: (None, SOON, LATE, Lane(queue="appeals", priority=1), "rubbish"),
    Kind.DISCLOSURE: (None, *Telling, "rubbish"),
}
_RULE = st.sampled_from([(kind, one) for kind, several in _SAID.items() for one in several])
_RULES = st.lists(_RULE | st.just(("clock", None)) | st.just(("bug", None)), max_size=9)
_COMMAND = st.sampled_from([COMMANDS[do.UpholdFreeze], ASK_THE_PLAN, do.LetTimePass(CASE)])


def _made(several: list[tuple[Any, Any]]) -> list[Any]:
    """Return rules of all five kinds, each under an id of its own."""
    makers: dict[Any, Any] = {
        "clock": lambda name, _: attrs.evolve(CALL_BACK, id=name),
        "bug": lambda name, _: Rule(id=name, ask=breaks),
    }
    return [
        makers[kind](f"rule-{at}", one) if kind in makers else says(one, f"rule-{at}", kind=kind)
        for at, (kind, one) in enumerate(several)
    ]


@QUICK
@given(_RULES, st.randoms(), _COMMAND)
def test_the_order_of_rules_never_matters(
    several: list[tuple[Any, Any]], chance: Any, command: Command
) -> None:
    """Not for the answer, not for the reasons, not for what follows, not for the digest."""
    rules = _made(several)
    shuffled = list(rules)
    chance.shuffle(shuffled)
    assert ruled(*rules, command=command) == ruled(*shuffled, command=command)


@QUICK
@given(_RULES)
def test_a_further_forbid_never_allows_more(several: list[tuple[Any, Any]]) -> None:
    """Adding a rule that forbids can only narrow what is allowed; a silent one changes nothing."""
    rules = _made(several)
    assert not ruled(*rules, NO).allowed
    assert ruled(*rules).allowed is ruled(*rules, MUTE).allowed


@QUICK
@given(_RULES, st.sampled_from([BUG, RUBBISH, FIRST]))
def test_a_gate_that_breaks_or_requires_never_lets_anything_through(
    several: list[tuple[Any, Any]], stands: Rule[Any]
) -> None:
    """Whatever the others say; and it is named."""
    ruling = ruled(*_made(several), stands)
    assert not ruling.allowed
    assert stands.id in ruling.decided_by


@QUICK
@given(_RULES, st.sampled_from([Kind.PLAN, Kind.ROUTE, Kind.DISCLOSURE]))
def test_what_follows_is_never_more_for_a_rule_that_breaks(
    several: list[tuple[Any, Any]], kind: Kind
) -> None:
    """A plan or a route that breaks is only named; a disclosure keeps back what it might have."""
    rules = _made(several)
    sound, odd = ruled(*rules), ruled(*rules, Rule(id="bug", ask=breaks, kind=kind))
    assert (sound.allowed, sound.checks, sound.lane) == (odd.allowed, odd.checks, odd.lane)
    if kind is Kind.DISCLOSURE:
        least = min(sound.telling or Telling.NEUTRAL, Telling.NEUTRAL, key=lambda one: one.rank)
        assert odd.telling is least
    else:
        assert odd.telling is sound.telling
    assert {*sound.broken, "bug"} == {*odd.broken}
