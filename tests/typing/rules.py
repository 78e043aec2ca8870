"""What the type checkers say of a rule of one's own. Checked, never run."""

from typing import assert_type

from freezecase import SILENT, Answer, Gate, Policy, Question, forbid, gate, standard
from freezecase import commands as do


@gate("our-rule", on=[do.ApproveRelease])
def our_rule(question: Question) -> Answer:
    """Nobody approves what they own."""
    return forbid("own case") if question.actor.person == question.state.owner else SILENT


def compose() -> None:
    """A rule is a gate; policies are made of policies."""
    assert_type(our_rule, Gate)
    assert_type(standard().adding(our_rule).without("four-eyes"), Policy)
    standard().adding(7)  # type: ignore[arg-type]
    standard().gates = ()  # type: ignore[misc]


@gate("no-rule")  # type: ignore[arg-type]
def no_rule(question: Question) -> bool:
    """A rule answers; yes or no is no answer."""
    return question.actor.id == "ana"
