"""
A gate: one named rule on whether a command may happen.

Write the rule as a plain function of a `Question`; `gate` only makes the record around it:

    @gate("four-eyes", on=[do.ApproveRelease])
    def four_eyes(question: Question) -> Answer:
        "Whoever proposes a release may not approve it."
        if question.actor.person == question.state.release.proposer:
            return forbid("whoever proposes a release may not approve it")
        return SILENT
"""

from functools import partial
from typing import Final

import attrs

from freezecase.core.ruling import Verdict
from freezecase.policy.rule import Kind, Maker, Rule, make

__all__ = ["ALLOW", "SILENT", "Answer", "Gate", "forbid", "gate", "require"]


@attrs.frozen
class Answer:
    """What a gate says to a question, and why."""

    verdict: Verdict | None
    because: str = ""

    @property
    def makes_sense(self) -> bool:
        """Whether it can be put on record: rules are somebody else's code."""
        verdict: object = self.verdict
        because: object = self.because
        return isinstance(verdict, Verdict | None) and isinstance(because, str) and _told(because)


def _told(because: str) -> bool:
    """Say whether it is text that can be written as UTF-8."""
    return because.isascii() or because == because.encode(errors="ignore").decode()


ALLOW: Final = Answer(Verdict.ALLOW)
"""It may happen, as far as this rule goes."""
SILENT: Final = Answer(None)
"""This rule has nothing to say."""


def forbid(because: str) -> Answer:
    """Say that it may not happen, whatever other rules allow."""
    return Answer(Verdict.FORBID, because)


def require(because: str) -> Answer:
    """Say that it may not happen until something is there first."""
    return Answer(Verdict.REQUIRE, because)


Gate = Rule[Answer]
"""One named, versioned rule on whether a command may happen."""

gate: Final[Maker[Answer]] = partial(make, kind=Kind.GATE)
"""Make a `Gate` of a plain function."""
