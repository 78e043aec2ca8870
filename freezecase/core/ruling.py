"""
The policy's answer to one command. Data only: the machinery that makes one lives in `policy`.

A ruling is stored with the command it answers, so that every decision can be made again.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from freezecase.core.allowed import at_least
from freezecase.core.checked import checked
from freezecase.core.values import Digest, Instant, Person, Slug

__all__ = ["Fact", "Opinion", "PolicyRef", "Ruling", "Verdict"]

Fact = str | int | bool
"""What the host knows and the rules may ask for: a word of a declared, finite domain."""


class Verdict(StrEnum):
    """What one rule says to one command."""

    ALLOW = "allow"
    FORBID = "forbid"
    REQUIRE = "require"
    """Not yet: something must be there first."""
    BROKEN = "broken"
    """The rule could not be evaluated. It forbids, so that a bug never lets anything through."""


@checked
class Opinion:
    """What one rule said, and why. Rules that said nothing are left out."""

    rule: Slug
    verdict: Verdict
    because: str = ""


@checked
class PolicyRef:
    """Which policy made a ruling: its name, its version, and a digest of what it consisted of."""

    name: Slug
    version: Annotated[int, at_least(1)]
    digest: Digest


@checked
class Ruling:
    """
    The answer to one command: whether it is allowed, and which rules said so.

    Nothing is allowed unless a rule allows it; one FORBID beats every ALLOW; what is required adds
    up; a rule that breaks forbids.
    """

    allowed: bool
    policy: PolicyRef
    by: Person
    """Who asked."""
    at: Instant
    """When it was asked."""
    opinions: tuple[Opinion, ...] = ()
    facts: Mapping[str, Fact] = {}
    """What the host supplied and the rules could see."""
    signatures: Annotated[int, at_least(1)] = 1
    """How many approvals a release takes."""

    @property
    def decided_by(self) -> tuple[Slug, ...]:
        """The rules that decided: those that allowed, or those that stood in the way."""
        return tuple(
            opinion.rule
            for opinion in self.opinions
            if (opinion.verdict is Verdict.ALLOW) == self.allowed
        )

    @property
    def broken(self) -> tuple[Slug, ...]:
        """The rules that could not be evaluated."""
        return tuple(o.rule for o in self.opinions if o.verdict is Verdict.BROKEN)

    def in_words(self) -> str:
        """Say in one line what was ruled and which rules decided."""
        deciding = [opinion for opinion in self.opinions if opinion.rule in self.decided_by]
        said = "; ".join(f"`{o.rule}` {o.because}".strip() for o in deciding)
        return f"{'allowed' if self.allowed else 'refused'} by {said or 'no rule that allows it'}"
