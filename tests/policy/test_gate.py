"""One named rule."""

from freezecase.core import commands as do
from freezecase.core.ruling import Verdict
from freezecase.policy.gate import ALLOW, SILENT, Answer, Gate, forbid, gate, require
from freezecase.policy.question import Question


@gate("patience", on=[do.ApproveRelease], version=3, source="house rules, 4.2")
def patience(_question: Question) -> Answer:
    """
    Nobody releases before noon.

    This is not part of the sentence.
    """
    return SILENT


def test_the_decorator_only_makes_the_record() -> None:
    """The function stays what it is, and the record says all about it."""
    assert isinstance(patience, Gate)
    assert (patience.id, patience.version, patience.source) == ("patience", 3, "house rules, 4.2")
    assert patience.on == {do.ApproveRelease}


def test_a_rule_is_said_in_the_first_line_of_its_docstring() -> None:
    """A rule without a docstring says nothing."""
    assert patience.says == "Nobody releases before noon."
    assert Gate(id="mute", ask=lambda _question: SILENT).says == ""


def test_a_rule_speaks_of_the_commands_it_names() -> None:
    """And of every command if it names none."""
    assert patience.speaks_of(do.ApproveRelease)
    assert not patience.speaks_of(do.RefuseRelease)
    assert gate("any")(lambda _question: SILENT).speaks_of(do.RefuseRelease)


def test_what_a_rule_may_answer() -> None:
    """Allow, say nothing, forbid with a reason, or require something first."""
    assert [one.verdict for one in (ALLOW, SILENT, forbid("no"), require("a proposal"))] == [
        *(Verdict.ALLOW, None, Verdict.FORBID, Verdict.REQUIRE),
    ]
    assert forbid("no").because == "no"
    assert require("a proposal").because == "a proposal"
