"""
A policy is a frozen record of named rules, and `judge` makes their one ruling.

1. Nothing is allowed unless a rule allows it.
2. One FORBID, and one REQUIRE that is not there yet, beats every ALLOW.
3. A rule that raises or answers rubbish forbids, and is named: a bug never lets anything through.

Order cannot matter: rules are kept and reported by their id.
"""

import inspect
from collections.abc import Iterable, Mapping
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import Any, Self

import attrs

from freezecase.core.commands import Command
from freezecase.core.ruling import Opinion, PolicyRef, Ruling, Verdict
from freezecase.errors import FreezeCaseError
from freezecase.policy.gate import Answer, Gate
from freezecase.policy.question import Question

__all__ = ["Policy", "answers", "judge"]


def _by_id(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    found = tuple(sorted(gates, key=lambda one: one.id))
    for one, other in pairwise(found):
        if one.id == other.id:
            raise FreezeCaseError(f"two rules are named `{one.id}`: replace one, or rename it")
    return found


@attrs.frozen(slots=False)
class Policy:
    """Named rules that judge commands. Change one by making another: `adding`, `without`."""

    name: str
    version: int
    gates: tuple[Gate, ...] = attrs.field(converter=_by_id)
    signatures: int = 1
    """How many approvals a release takes."""

    def adding(self, *gates: Gate) -> Self:
        """Return this policy with more rules."""
        return attrs.evolve(self, gates=(*self.gates, *gates))

    def without(self, *ids: str) -> Self:
        """Return this policy without the rules named."""
        unknown = set(ids) - {one.id for one in self.gates}
        if unknown:
            raise FreezeCaseError(f"policy `{self.name}` has no rule `{min(unknown)}`")
        return attrs.evolve(self, gates=tuple(one for one in self.gates if one.id not in ids))

    def replacing(self, *gates: Gate) -> Self:
        """Return this policy with the rules of the same ids replaced."""
        return self.without(*(one.id for one in gates)).adding(*gates)

    @cached_property
    def ref(self) -> PolicyRef:
        """What a ruling stores of it: name, version, and a digest of all it consists of."""
        parts = [self.name, str(self.version), str(self.signatures)]
        parts += [
            f"{g.id} {g.version} {_spelt(g.on)} {_spelt(g.parameters)} {_source(g.ask)}"
            for g in self.gates
        ]
        digest = sha256("\0".join(parts).encode()).hexdigest()
        return PolicyRef(name=self.name, version=self.version, digest=f"sha256:{digest}")

    @cached_property
    def _speaking(self) -> dict[type[Any], tuple[Gate, ...]]:
        return {}

    def speaking_of(self, command: type[Command]) -> tuple[Gate, ...]:
        """Return the rules that speak of this kind of command."""
        known = self._speaking
        if command not in known:
            known[command] = tuple(one for one in self.gates if one.speaks_of(command))
        return known[command]


def judge(policy: Policy, question: Question) -> Ruling:
    """Return the one ruling that all rules of *policy* make on *question*."""
    said = answers(policy, question)
    return Ruling(
        allowed=bool(said) and all(answer.verdict is Verdict.ALLOW for _rule, answer in said),
        policy=policy.ref,
        by=question.actor.person,
        at=question.now,
        opinions=tuple(
            Opinion(rule=rule, verdict=answer.verdict, because=answer.because)
            for rule, answer in said
            if answer.verdict is not None
        ),
        facts=question.facts,
        signatures=policy.signatures,
    )


def answers(policy: Policy, question: Question) -> tuple[tuple[str, Answer], ...]:
    """Return what each rule answers that has something to say, by the rule's id."""
    asked = ((one.id, _answer(one, question)) for one in policy.speaking_of(type(question.command)))
    return tuple((rule, answer) for rule, answer in asked if answer.verdict is not None)


def _answer(one: Gate, question: Question) -> Answer:
    """Ask one rule; whatever goes wrong with it is a verdict that forbids."""
    try:
        answer: object = one.ask(question)  # whatever the rule returns
    except Exception as error:  # noqa: BLE001 - the rule is somebody else's code, and must not act
        return Answer(Verdict.BROKEN, f"raised {type(error).__name__}")
    if not isinstance(answer, Answer) or not answer.makes_sense:
        return Answer(Verdict.BROKEN, "did not answer ALLOW, SILENT, forbid(...) or require(...)")
    return answer


def _spelt(part: object) -> str:
    """Spell a table or a number the same on every machine and in every run."""
    if isinstance(part, Mapping):
        return _spelt({(_spelt(key), _spelt(value)) for key, value in part.items()})
    if isinstance(part, set | frozenset):
        return f"{{{', '.join(sorted(map(_spelt, part)))}}}"
    if isinstance(part, list | tuple):
        return f"({', '.join(map(_spelt, part))})"
    return part.__qualname__ if isinstance(part, type) else repr(part)


def _source(ask: Any) -> str:
    """Return what the rule is made of: its source, or its code where there is no source."""
    try:
        return inspect.getsource(ask)
    except (OSError, TypeError):
        code = getattr(ask, "__code__", None)
        return repr((code.co_code, code.co_consts)) if code else repr(type(ask))
