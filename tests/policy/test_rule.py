"""A rule that is asked: a function, and the data around it."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.ruling import Lane, Telling
from freezecase.errors import FactMissing, InvalidValue
from freezecase.policy.effective import ALWAYS
from freezecase.policy.gate import SILENT, gate
from freezecase.policy.question import Question
from freezecase.policy.rule import Kind, Rule, disclosure, plan, route
from freezecase.testing.spec import given
from tests.core.samples import ANA, COMMANDS, NOW
from tests.policy.some_rules import says


@plan("our-checks", on=[do.RequestChecks], reads={"tier": ["retail", "business"]}, version=2)
def our_checks(_question: Question) -> Sequence[str]:
    """Everybody shows their face."""
    return ("liveness",)


@route("our-desk", parameters={"desk": 1}, source="house rules, 2")
def our_desk(_question: Question) -> Lane | None:
    return None


@disclosure("our-silence")
def our_silence(_question: Question) -> Telling | None:
    return Telling.NOTHING


def test_a_decorator_only_builds_the_record() -> None:
    """One for each kind of rule that is asked."""
    assert [one.kind for one in (our_checks, our_desk, our_silence)] == [
        Kind.PLAN,
        Kind.ROUTE,
        Kind.DISCLOSURE,
    ]
    assert our_checks.on == {do.RequestChecks}
    assert our_checks.version == 2
    assert our_checks.reads == {"tier": ("retail", "business")}
    assert (*(our_desk.parameters, our_desk.source, our_desk.effective),) == (
        {"desk": 1},
        "house rules, 2",
        ALWAYS,
    )


def test_a_rule_is_said_in_the_first_line_of_its_docstring() -> None:
    """A rule without a docstring says nothing."""
    assert (our_checks.says, our_desk.says) == ("Everybody shows their face.", "")


def test_a_rule_speaks_of_the_commands_it_names() -> None:
    """And of every command if it names none."""
    assert our_checks.speaks_of(do.RequestChecks)
    assert not our_checks.speaks_of(do.RefuseRelease)
    assert our_desk.speaks_of(do.RefuseRelease)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: route("Our Rule")(our_desk.ask), "the id of a rule cannot be `'Our Rule'`: lower"),
        (lambda: gate(our_desk.ask), "the id of a rule cannot be `<function"),  # type: ignore[arg-type]
        (lambda: says(SILENT, "x", version=0), "the version of rule `x` cannot be `0`: a whole"),
        (lambda: says(SILENT, "x", version=True), "the version of rule `x` cannot be `True`"),
        (lambda: says(SILENT, "x", version=2**53), "the version of rule `x` cannot be"),
        (
            lambda: says(SILENT, "x", on=do.ReopenCase),
            "the `on` of a rule cannot be `'ReopenCase'`: several kinds: `[ReopenCase]`",
        ),
        (lambda: says(SILENT, "x", on=[e.CaseReopened]), "the `on` of rule `x` cannot be"),
        (
            lambda: says(SILENT, "x", on=["reopen-case"]),
            "cannot be `'reopen-case'`: what somebody asks for, from `freezecase.commands`",
        ),
        (lambda: says(SILENT, "x", on=[do.LetTimePass]), "cannot be `'LetTimePass'`: what somebod"),
        (lambda: says(SILENT, "x", reads={"band": "low"}), "reads.band cannot be `'low'`: every"),
        (lambda: says(SILENT, "x", reads={"band": ()}), 'such as `("low", "high")`'),
        (lambda: says(SILENT, "x", reads={"band": (0.5,)}), "reads.band cannot be `(0.5,)`"),
        (lambda: says(SILENT, "x", kind="gait"), "'gait' is not a valid Kind"),
    ],
)
def test_what_no_ruling_could_record_and_what_nobody_would_ask_is_refused(
    make: Callable[[], Any], message: str
) -> None:
    """A rule that is never asked forbids nothing, and nobody would know."""
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


def test_a_kind_may_be_said_in_a_word() -> None:
    """It is made exact."""
    assert Kind.ROUTE is Rule("x", our_desk.ask, kind="route").kind


def test_a_question_gives_the_facts_that_the_host_said() -> None:
    """And names the one that is missing."""
    question = Question(COMMANDS[do.ReopenCase], given().state, ANA, NOW, {"band": "high"})
    assert question.fact("band") == "high"
    with pytest.raises(FactMissing, match="fact `mood` is missing: hand it in with `facts`") as why:
        question.fact("mood")
    assert why.value.fact == "mood"


def test_bad_rules_are_bad_values() -> None:
    """So that whoever loads them catches one error."""
    with pytest.raises(InvalidValue, match=r"^the id of a rule cannot be `'Bad Id'`: lower"):
        says(SILENT, "Bad Id")
