"""
The policy's answer to one command. Data only: the machinery that makes one lives in `policy`.

A ruling is stored with the command it answers, so that every decision can be made again.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Final, TypeAlias

from freezecase.core.allowed import at_least
from freezecase.core.annotated import Check
from freezecase.core.checked import checked
from freezecase.core.explanation import Explanation
from freezecase.core.resolved import Resolved
from freezecase.core.values import Digest, Instant, Person, Slug, Verification

__all__ = ["Fact", "Facts", "Lane", "Opinion", "PolicyRef", "Ruling", "Telling", "Verdict"]

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
class Lane:
    """Which queue works on it, which skill it takes, and how soon."""

    queue: Slug
    skill: Slug | None = None
    priority: Annotated[int, at_least(1)] = 3
    """1 comes first."""


class Telling(StrEnum):
    """How much the customer may be told, from the least to the most."""

    NOTHING = "nothing"
    """Silent; an answer only if asked."""
    NEUTRAL = "neutral"
    """That there is a restriction, and every way to object. True for every ground."""
    GROUND = "ground"
    """The ground besides, and the term of the contract."""
    FACTS = "facts"
    """The facts, and what would resolve it."""
    EVIDENCE = "evidence"
    """The evidence, and how a machine came to it."""

    @property
    def rank(self) -> int:
        """Its place in the order, from 0."""
        return _TELLINGS.index(self)


_TELLINGS: Final = tuple(Telling)


def _nothing_more(_rule: str) -> Iterable[str]:
    return ()


_SAYS: Final[Mapping[Verdict, str]] = {
    Verdict.ALLOW: "allows it",
    Verdict.FORBID: "forbids it",
    Verdict.REQUIRE: "requires something first",
    Verdict.BROKEN: "could not be evaluated",
}
_TIME: Final = "time asks nobody's leave"
_REFUSED: Final[tuple[tuple[Verdict, str], ...]] = (
    (Verdict.BROKEN, "refused: a rule could not be evaluated, and a bug lets nothing through"),
    (Verdict.FORBID, "refused: a rule forbids it, whatever others allow"),
    (Verdict.REQUIRE, "refused for now: something must be there first"),
)


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
    checks: tuple[Verification, ...] = ()
    """What the plans ask the customer to verify, where the command asks the plans."""
    lane: Lane | None = None
    """Whose work follows from it, where it makes work."""
    telling: Telling | None = None
    """How much the customer may be told from here on, where a rule speaks of it."""
    calendars: tuple[Resolved, ...] = ()
    """What the calendars said of the days that were counted."""

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

    def explain(self, more: Callable[[str], Iterable[str]] = _nothing_more) -> Explanation:
        """
        Return a tree of which rule said what, on which inputs: for staff, never for customers.

        *more* adds what is known of a rule by its id: `Policy.about` says its sentence and source.
        """
        policy = self.policy
        return Explanation.of(
            self._outcome(),
            (
                *(self._heard(opinion, more) for opinion in self.opinions),
                *self._inputs(),
                *self._consequences(),
                f"asked by `{self.by}` at {self.at.isoformat()}",
                f"judged by policy `{policy.name}` version {policy.version}, {policy.digest}",
            ),
        )

    def _outcome(self) -> str:
        if self.allowed:
            return "allowed: " + (
                "a rule allows it, and none stands in the way" if self.decided_by else _TIME
            )
        verdicts = {opinion.verdict for opinion in self.opinions}
        stands = (said for verdict, said in _REFUSED if verdict in verdicts)
        return next(stands, "refused: no rule allows it")

    def _heard(self, opinion: Opinion, more: Callable[[str], Iterable[str]]) -> Explanation:
        because = f": {opinion.because}" if opinion.because else ""
        return Explanation.of(
            f"rule `{opinion.rule}` {_SAYS[opinion.verdict]}{because}", more(opinion.rule)
        )

    def _inputs(self) -> Iterable[Explanation]:
        if self.facts:
            facts = (f"`{name}` = {value!r}" for name, value in sorted(self.facts.items()))
            yield Explanation.of("the host said", facts)

    def _consequences(self) -> Iterable[Explanation | str]:
        if self.checks:
            yield Explanation.of("planned are the checks", (f"`{c.kind}`" for c in self.checks))
        if self.lane is not None:
            skill = f", skill `{self.lane.skill}`" if self.lane.skill else ""
            yield f"work for queue `{self.lane.queue}`{skill}, priority {self.lane.priority}"
        if self.telling is not None:
            yield f"the customer may be told at most: {self.telling}"
        for resolved in self.calendars:
            source = f", holidays of {resolved.source}" if resolved.source else ""
            package = f" from package {resolved.package}" if resolved.package else ""
            yield (
                f"days counted by calendar `{resolved.calendar}` in {resolved.zone}, "
                f"{resolved.first} to {resolved.last}{source}{package}, zone data {resolved.tz}"
            )

    def in_words(self) -> str:
        """Say in one line what was ruled and which rules decided."""
        deciding = [opinion for opinion in self.opinions if opinion.rule in self.decided_by]
        said = "; ".join(f"`{o.rule}` {o.because}".strip() for o in deciding)
        if self.allowed:
            return f"allowed by {said}" if said else f"allowed: {_TIME}"
        return f"refused by {said or 'no rule that allows it'}"
