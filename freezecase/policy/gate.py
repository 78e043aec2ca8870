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

from collections.abc import Callable, Iterable
from typing import Any, Final

import attrs

from freezecase.core.commands import Command
from freezecase.core.ruling import Verdict
from freezecase.policy.question import Question

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
        return isinstance(verdict, Verdict | None) and isinstance(because, str)


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


@attrs.frozen
class Gate:
    """One named, versioned rule on whether a command may happen."""

    id: str
    ask: Callable[[Question], Answer]
    on: frozenset[type[Any]] = frozenset()
    """The commands it speaks of; every command when empty."""
    version: int = 1
    source: str = ""
    """The law or the practice it follows, cited."""
    parameters: object = None
    """The tables and numbers it reads beside the question; part of the policy's digest."""

    @property
    def says(self) -> str:
        """The rule in a sentence: the first line of its function's docstring."""
        return (self.ask.__doc__ or "").strip().partition("\n")[0]

    def speaks_of(self, command: type[Command]) -> bool:
        """Say whether the gate has anything to say to this kind of command."""
        return not self.on or command in self.on


def gate(
    id: str,
    *,
    on: Iterable[type[Any]] = (),
    version: int = 1,
    source: str = "",
    parameters: object = None,
) -> Callable[[Callable[[Question], Answer]], Gate]:
    """Make a `Gate` of a plain function. The decorator only builds the record."""

    def build(ask: Callable[[Question], Answer]) -> Gate:
        return Gate(id, ask, frozenset(on), version, source, parameters)

    return build
