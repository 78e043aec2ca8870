"""What a gate is, and what it may answer."""

import pytest

from freezecase.core import commands as do
from freezecase.core.ruling import Verdict
from freezecase.policy.gate import ALLOW, SILENT, Answer, forbid, gate, require
from freezecase.policy.question import Question
from freezecase.policy.rule import Kind, Rule


@gate("patience", on=[do.ApproveRelease], version=3, source="house rules, 4.2")
def patience(_question: Question) -> Answer:
    """
    Nobody releases before noon.

    This is not part of the sentence.
    """
    return SILENT


def test_the_decorator_only_makes_the_record() -> None:
    """The function stays what it is, and the record says all about it."""
    assert isinstance(patience, Rule)
    assert (*(patience.id, patience.version, patience.source, patience.kind),) == (
        "patience",
        3,
        "house rules, 4.2",
        Kind.GATE,
    )
    assert {do.ApproveRelease} == patience.on
    assert patience.says == "Nobody releases before noon."


def test_what_a_gate_may_answer() -> None:
    """Allow, say nothing, forbid with a reason, or require something first."""
    assert [one.verdict for one in (ALLOW, SILENT, forbid("no"), require("a proposal"))] == [
        Verdict.ALLOW,
        None,
        Verdict.FORBID,
        Verdict.REQUIRE,
    ]
    assert (forbid("no").because, require("a proposal").because) == ("no", "a proposal")


@pytest.mark.parametrize(
    ("answer", "sense"),
    [
        *((one, True) for one in (ALLOW, SILENT, forbid("nein, über die Brücke \U0001f600"))),
        (Answer("allow"), False),  # type: ignore[arg-type]
        (Answer(Verdict.ALLOW, 7), False),  # type: ignore[arg-type]
        (forbid("half \ud83d of a letter"), False),
    ],
)
def test_what_cannot_be_put_on_record_makes_no_sense(answer: Answer, sense: bool) -> None:
    """Rules are somebody else's code."""
    assert sense is answer.makes_sense
