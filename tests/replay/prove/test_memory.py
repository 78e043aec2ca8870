"""Gates are not asked again of what they have seen; what they would say and look at is known."""

from typing import Any

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.evolve import unopened
from freezecase.core.ruling import Verdict
from freezecase.core.state import CaseState
from freezecase.policy.gate import ALLOW, Answer, forbid, gate
from freezecase.policy.judge import answers
from freezecase.policy.question import Question
from freezecase.policy.standard import standard
from freezecase.replay.prove.asking import GROUND, Asked
from freezecase.replay.prove.bounds import DAY, Bounds
from freezecase.replay.prove.explorer import Explorer
from freezecase.replay.prove.graph import Graph
from freezecase.replay.prove.memory import Memory
from freezecase.replay.prove.watching import Seen, watched
from tests.core.samples import ANA, CASE
from tests.policy.some_rules import YES, policy

_FEW = Bounds(slices=("release", "desk", "signature"))
_CASE = unopened(CASE)
_OFFER = do.TransferCase(CASE, to="staff:ben", reason="because")


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    """Every question that is asked of three slices, but those that are told a ground."""
    heard: list[Question] = []

    def hear(_graph: Graph, _at: int, state: CaseState, asked: Asked) -> None:
        mover = asked.mover
        who = Actor(
            kind=mover.kind, id=mover.person.partition(":")[2], roles=(*sorted(mover.roles),)
        )
        if GROUND not in asked.facts:
            heard.append(Question(asked.command, state, who, DAY, asked.facts))

    Explorer(standard(), _FEW).explore(hear)
    return heard


@pytest.mark.no_cover
def test_what_is_remembered_is_what_would_be_said_and_looked_at(questions: list[Question]) -> None:
    """Of every question that an exploration asks, in the order in which it does."""
    seen, fresh = Seen(), Seen()
    memory = Memory(watched(standard(), seen), seen)
    plain = watched(standard(), fresh)

    for question in questions:
        fresh.clear(question.facts)
        assert memory.ask(question) == answers(plain, question)
        assert seen.noted() == fresh.noted()


def _counting() -> tuple[Memory, list[Question]]:
    """Return a memory of a gate that looks at who owns a case, and what it was asked."""
    asked: list[Question] = []

    @gate("counts", on=[do.TransferCase])
    def counts(question: Question) -> Answer:
        """Forbid it where somebody owns the case, or where the host says so."""
        asked.append(question)
        told = question.fact("busy") if "busy" in question.facts else False
        return forbid("not now") if question.state.owner or told is True else ALLOW

    seen = Seen()
    return Memory(watched(policy(counts), seen), seen), asked


def _question(state: CaseState = _CASE, **facts: Any) -> Question:
    return Question(_OFFER, state, ANA, DAY, facts)


def test_a_gate_is_asked_once_of_cases_that_it_cannot_tell_apart() -> None:
    """It never looked at how often a case was handed on."""
    memory, asked = _counting()
    first = memory.ask(_question())

    assert memory.ask(_question(attrs.evolve(_CASE, transfers=3))) == first
    assert len(asked) == 1


@pytest.mark.parametrize(
    "other",
    [_question(attrs.evolve(_CASE, owner="staff:ben")), _question(busy=True)],
    ids=["of what it looked at", "of what it was told"],
)
def test_a_gate_is_asked_again_where_something_is_new(other: Question) -> None:
    """Here it answers otherwise, and what it said before is still known."""
    memory, asked = _counting()

    def verdicts(question: Question) -> list[Verdict | None]:
        return [one.verdict for _, one in memory.ask(question).gates]

    assert verdicts(_question()) == [Verdict.ALLOW]
    assert verdicts(other) == [Verdict.FORBID]
    assert verdicts(_question()) == [Verdict.ALLOW]
    assert len(asked) == 2


def test_yes_is_not_one() -> None:
    """To Python they are equal; to whoever reads a fact they are not."""
    memory, asked = _counting()
    memory.ask(_question(busy=1))
    memory.ask(_question(busy=True))

    assert len(asked) == 2


def test_two_who_ask_for_the_same_are_two_on_record() -> None:
    """A ruling says by whom it was asked, also where everybody is told the same."""
    seen = Seen()
    memory = Memory(watched(policy(YES), seen), seen)
    mine = Question(do.UpholdFreeze(CASE, reason="because"), _CASE, ANA, DAY, {})
    theirs = attrs.evolve(mine, actor=Actor.staff("ben"))
    by = [memory.allowed(one, memory.ask(one)).by for one in (mine, theirs, mine)]

    assert by == [ANA.person, "staff:ben", ANA.person]
