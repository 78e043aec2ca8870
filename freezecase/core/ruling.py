"""
The policy's answer to one command. Data only: the machinery that makes one lives in `policy`.

A ruling is stored with the command it answers, so that every decision can be made again.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Final, TypeAlias

from freezecase.core.allowed import at_least
from freezecase.core.annotated import Check
from freezecase.core.checked import checked
from freezecase.core.values import Digest, Instant, Person, Slug

__all__ = ["Fact", "Facts", "Opinion", "PolicyRef", "Ruling", "Verdict"]

Fact = str | int | bool
"""What the host knows and the rules may ask for: a word of a declared, finite domain."""

_EXACT_IN_JSON: Final = 2**53
"""Beyond this, whole numbers are not the same in every reader of JSON (RFC 8785)."""


def _plain(fact: object) -> bool:
    """Say whether *fact* is a word, a whole number or yes or no; nothing else can be stored."""
    if isinstance(fact, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in fact)
    return isinstance(fact, int) and abs(fact) < _EXACT_IN_JSON


def _plain_facts(facts: Any) -> bool:
    return isinstance(facts, Mapping) and all(
        isinstance(name, str) and _plain(name) and _plain(fact) for name, fact in facts.items()
    )


def _exact_facts(facts: Any) -> Any:
    if not _plain_facts(facts):
        raise ValueError(f"it takes {_FACTS}")
    return facts


_FACTS: Final = "texts, whole numbers below 2**53 and yes or no, under texts"
Facts: TypeAlias = Annotated[Mapping[str, Fact], Check(_FACTS, _plain_facts, _exact_facts)]
"""What the host supplied, each fact under its name."""


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
    facts: Facts = MappingProxyType({})
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
