"""Many rules and the one ruling they make."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.core import commands as do
from freezecase.core.evolve import unopened
from freezecase.core.ruling import Ruling, Verdict
from freezecase.errors import FreezeCaseError
from freezecase.policy.gate import ALLOW, SILENT, Answer, Gate, forbid, require
from freezecase.policy.policy import Policy, judge
from freezecase.policy.question import Question
from tests.core.samples import ANA, CASE, COMMANDS, NOW
from tests.laws.settings import QUICK

QUESTION = Question(COMMANDS[do.UpholdFreeze], unopened(CASE), ANA, NOW, {"band": "high"})


def says(answer: Any, id: str = "one", on: frozenset[type[Any]] = frozenset()) -> Gate:
    """Return a rule that always answers this."""
    return Gate(id=id, ask=lambda _question: answer, on=on)


def breaks(_question: Question) -> Answer:
    """Fail as code does."""
    raise KeyError("balance")


def ruled(*gates: Gate, signatures: int = 1) -> Ruling:
    """Return what these rules make of the question."""
    return judge(Policy(name="p", version=1, gates=gates, signatures=signatures), QUESTION)


YES, NO, FIRST = says(ALLOW, "yes"), says(forbid("no"), "no"), says(require("x"), "first")
MUTE, BUG = says(SILENT, "mute"), Gate(id="bug", ask=breaks)
RUBBISH = says("sure", "rubbish")


@pytest.mark.parametrize(
    ("gates", "allowed"),
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
        ((YES, says(forbid("no"), "else", frozenset({do.ReopenCase}))), True),
    ],
    ids=lambda given: "+".join(one.id for one in given) if isinstance(given, tuple) else None,
)
def test_nothing_is_allowed_unless_a_rule_allows_it_and_none_stands_in_the_way(
    gates: tuple[Gate, ...], allowed: bool
) -> None:
    """One FORBID, one REQUIRE, one rule that breaks: each beats every ALLOW."""
    assert allowed is ruled(*gates).allowed


def test_a_ruling_says_who_asked_when_with_which_facts_under_which_policy() -> None:
    """Enough to make it again years later."""
    policy = Policy(name="p", version=4, gates=(YES,), signatures=2)
    ruling = judge(policy, QUESTION)
    assert (ruling.by, ruling.at, dict(ruling.facts)) == (ANA.person, NOW, {"band": "high"})
    assert (ruling.policy, ruling.signatures) == (policy.ref, 2)


def test_what_each_rule_said_is_kept_in_the_order_of_their_ids() -> None:
    """Rules that said nothing are left out."""
    opinions = ruled(YES, MUTE, NO, FIRST).opinions
    assert [(one.rule, one.verdict, one.because) for one in opinions] == [
        ("first", Verdict.REQUIRE, "x"),
        ("no", Verdict.FORBID, "no"),
        ("yes", Verdict.ALLOW, ""),
    ]


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        (None, "did not answer"),
        (True, "did not answer"),
        ("allow", "did not answer"),
        (Verdict.ALLOW, "did not answer"),
        (Answer("allow"), "did not answer"),  # type: ignore[arg-type]
        (Answer(Verdict.ALLOW, because=None), "did not answer"),  # type: ignore[arg-type]
        (Answer(7), "did not answer"),  # type: ignore[arg-type]
    ],
)
def test_a_rule_that_answers_rubbish_forbids_and_is_named(answer: Any, because: str) -> None:
    """A bug never lets anything through, and never breaks the ruling either."""
    ruling = ruled(YES, says(answer, "rubbish"))
    assert not ruling.allowed
    assert ruling.broken == ("rubbish",)
    assert because in ruling.in_words()


def test_a_rule_that_raises_forbids_and_is_named() -> None:
    """With the kind of error, and not its text, which may hold anything."""
    ruling = ruled(YES, BUG)
    assert ruling.broken == ("bug",)
    assert ruling.opinions[0].because == "raised KeyError"


_ANSWERS = st.sampled_from([ALLOW, SILENT, forbid("no"), require("x"), "rubbish"])
_GATES = st.lists(_ANSWERS, max_size=6).map(
    lambda answers: [says(answer, f"rule-{at}") for at, answer in enumerate(answers)]
)


@QUICK
@given(_GATES, st.randoms())
def test_the_order_of_rules_never_matters(gates: list[Gate], chance: Any) -> None:
    """Not for the answer, not for the reasons, not for the digest."""
    shuffled = list(gates)
    chance.shuffle(shuffled)
    assert ruled(*gates) == ruled(*shuffled)


@QUICK
@given(_GATES)
def test_a_further_forbid_never_allows_more(gates: list[Gate]) -> None:
    """Adding a rule that forbids can only narrow what is allowed."""
    assert not ruled(*gates, NO).allowed
    assert ruled(*gates).allowed <= ruled(*gates, MUTE).allowed


def test_policies_are_composed_into_new_ones() -> None:
    """The old one stays what it was."""
    base = Policy(name="p", version=1, gates=(YES,))
    more = base.adding(NO, FIRST)
    assert [one.id for one in more.gates] == ["first", "no", "yes"]
    assert [one.id for one in more.without("no", "first").gates] == ["yes"]
    assert more.without("no", "first") == base
    other = says(SILENT, "yes")
    assert base.replacing(other).gates == (other,)
    assert base.gates == (YES,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda policy: policy.adding(says(SILENT, "yes")), "two rules are named `yes`"),
        (lambda policy: policy.without("no"), "policy `p` has no rule `no`"),
        (lambda policy: policy.replacing(NO), "policy `p` has no rule `no`"),
    ],
)
def test_what_does_not_compose_is_refused(change: Callable[[Policy], Policy], message: str) -> None:
    """Two rules of one name, and rules that are not there."""
    with pytest.raises(FreezeCaseError, match=re.escape(message)):
        change(Policy(name="p", version=1, gates=(YES,)))


def rule(_question: Question) -> Answer:
    """Say yes."""
    return ALLOW


def other(_question: Question) -> Answer:
    """Say no."""
    return SILENT


BASE = Policy(name="p", version=1, gates=(Gate(id="one", ask=rule),))


@pytest.mark.parametrize(
    "changed",
    [
        attrs.evolve(BASE, name="q"),
        attrs.evolve(BASE, version=2),
        attrs.evolve(BASE, signatures=2),
        attrs.evolve(BASE, gates=()),
        attrs.evolve(BASE, gates=(Gate(id="two", ask=rule),)),
        attrs.evolve(BASE, gates=(Gate(id="one", ask=rule, version=2),)),
        attrs.evolve(BASE, gates=(Gate(id="one", ask=other),)),
        attrs.evolve(BASE, gates=(Gate(id="one", ask=rule, on=frozenset({do.ReopenCase})),)),
    ],
    ids=["name", "version", "signatures", "no rule", "id", "rule version", "source", "commands"],
)
def test_the_digest_changes_with_whatever_a_policy_consists_of(changed: Policy) -> None:
    """Its name, its version, its parameters, and the source of each rule."""
    assert BASE.ref.digest != changed.ref.digest


def test_the_digest_of_the_same_policy_is_the_same() -> None:
    """However often it is made."""
    assert attrs.evolve(BASE).ref == BASE.ref
    assert (BASE.ref.name, BASE.ref.version) == ("p", 1)


def _compiled(text: str) -> Callable[[Question], Answer]:
    names: dict[str, Any] = {"SILENT": SILENT, "ALLOW": ALLOW}
    exec(text, names)
    rule_: Callable[[Question], Answer] = names["rule"]
    return rule_


def test_a_rule_without_source_is_known_by_its_code() -> None:
    """Made in a notebook or by a program, it still has a digest, and another rule has another."""
    one = _compiled("def rule(question): return ALLOW")
    same = _compiled("def rule(question): return ALLOW")
    constant = _compiled("def rule(question): return ALLOW if question else 7")

    def digest(ask: Callable[[Question], Answer]) -> str:
        return BASE.replacing(Gate(id="one", ask=ask)).ref.digest

    assert digest(one) == digest(same)
    assert digest(one) != digest(constant)
    assert digest(one) != digest(partial(rule))
