"""
One ruling out of many rules.

Gates decide whether. Plans, routes and disclosures say what follows, and decide nothing: where one
of them breaks, it is named and what follows is the least; what gates cannot say stays forbidden.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from freezecase.core import commands as do
from freezecase.core.allowed import WORD
from freezecase.core.checked import refuse
from freezecase.core.ruling import Fact, Lane, Opinion, Ruling, Telling, Verdict
from freezecase.core.values import Verification
from freezecase.errors import FactMissing
from freezecase.policy.gate import Answer, require
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.rule import Kind, Rule

__all__ = ["Gates", "Said", "answers", "completed", "gates_of", "judge", "ruled"]

Gates = tuple[tuple[str, Answer], ...]
"""What rules answered, each by its id."""


@attrs.frozen
class Said:
    """What all rules said to a question."""

    gates: Gates = ()
    broken: tuple[tuple[str, Answer], ...] = ()
    """What could not be heard of the other kinds of rule."""
    checks: tuple[Verification, ...] = ()
    lane: Lane | None = None
    telling: Telling | None = None

    @property
    def allows(self) -> bool:
        """Whether it may happen: some gate allows it, and no other says otherwise."""
        return bool(self.gates) and all(one.verdict is Verdict.ALLOW for _, one in self.gates)


def judge(policy: Policy, question: Question) -> Ruling:
    """
    Return the one ruling that all rules of *policy* make on *question*.

    Raises:
        InvalidValue: a fact has a value that no rule expects.

    """
    _check_facts(policy, question)
    if isinstance(question.command, do.LetTimePass):
        return ruled(policy, question, Said(), allowed=True)  # time asks nobody's leave
    said = answers(policy, question)
    return ruled(policy, question, said, allowed=said.allows)


def ruled(policy: Policy, question: Question, said: Said, *, allowed: bool) -> Ruling:
    """Return the ruling that puts on record what all rules said."""
    heard = sorted((*said.gates, *said.broken), key=_by_id) if said.broken else said.gates
    return Ruling(
        allowed=allowed,
        policy=policy.ref,
        by=question.actor.person,
        at=question.now,
        opinions=tuple(_opinion(rule, answer) for rule, answer in heard),
        facts=question.facts,
        signatures=policy.signatures,
        checks=said.checks,
        lane=said.lane,
        telling=said.telling,
    )


def _opinion(rule: str, answer: Answer) -> Opinion:
    verdict: Any = answer.verdict  # those that said nothing are left out
    return Opinion(rule=rule, verdict=verdict, because=answer.because)


def _check_facts(policy: Policy, question: Question) -> None:
    """Refuse a fact that is no word of its domain: a band has a name, and no rule reads numbers."""
    for name, domain in policy.domains.items() if question.facts else ():
        if name in question.facts and not _is_one_of(domain, question.facts[name]):
            raise refuse(f"facts.{name}", question.facts[name], f"one of {_listed(domain)}")


def _is_one_of(domain: Iterable[Fact], fact: object) -> bool:
    """Say whether a fact is a word of its domain; yes is not 1."""
    return any(type(one) is type(fact) and one == fact for one in domain)


def _listed(domain: Iterable[Fact]) -> str:
    return ", ".join(f"`{value}`" for value in domain)


def answers(policy: Policy, question: Question) -> Said:
    """Return what each rule answers that has something to say, by the rule's id."""
    return completed(policy, question, gates_of(policy, question))


def gates_of(policy: Policy, question: Question) -> Gates:
    """Return what each gate answers that has something to say."""
    gates: list[tuple[str, Answer]] = []
    for kind, rule in policy.speaking_of(type(question.command)):
        if kind is Kind.GATE:
            answer = _answer(rule, question)
            if answer.verdict is not None:
                gates.append((rule.id, answer))
    return tuple(gates)


def completed(policy: Policy, question: Question, gates: Gates) -> Said:
    """Return what all rules answer where gates answer this: the others are asked."""
    heard: dict[Kind, list[Any]] = {}
    broken: list[tuple[str, Answer]] = []
    for kind, rule in policy.speaking_of(type(question.command)):
        if kind is Kind.GATE:
            continue
        value = _value(rule, question)
        if isinstance(value, Answer):
            broken.append((rule.id, value))
            value = _AT_MOST.get(kind)
        if value is not None:
            heard.setdefault(kind, []).append(value)
    if not heard and not broken and not _asks_the_plan(question):
        return Said(gates)
    checks = _checks(heard.get(Kind.PLAN, ()))
    if not checks and _asks_the_plan(question):
        gates = tuple(sorted((*gates, ("plan", require(_NAME_THEM))), key=_by_id))
    lane = min(heard.get(Kind.ROUTE, ()), key=_urgency, default=None)
    telling = min(heard.get(Kind.DISCLOSURE, ()), key=lambda one: one.rank, default=None)
    return Said(gates, tuple(broken), checks, lane, telling)


_NAME_THEM: Final = "no plan speaks of this case: name the checks"


def _by_id(said: tuple[str, Answer]) -> str:
    return said[0]


_AT_MOST: Final[Mapping[Kind, Any]] = {Kind.DISCLOSURE: Telling.NEUTRAL}
"""What a rule that broke counts as: what it would have kept back is kept back."""


def _asks_the_plan(question: Question) -> bool:
    command = question.command
    return isinstance(command, do.RequestChecks) and not command.checks


def _urgency(lane: Lane) -> tuple[int, str, str]:
    return lane.priority, lane.queue, lane.skill or ""


def _checks(planned: Iterable[tuple[Verification, ...]]) -> tuple[Verification, ...]:
    """Add up what several plans ask for: each kind once, with the alternatives they agree on."""
    found: dict[str, Verification] = {}
    for one in (check for several in planned for check in several):
        known = found.setdefault(one.kind, one)
        if known != one:
            agreed = set(known.instead) & set(one.instead)
            found[one.kind] = Verification(kind=one.kind, instead=tuple(sorted(agreed)))
    return tuple(found[kind] for kind in sorted(found))


def _answer(rule: Rule[Any], question: Question) -> Answer:
    """Ask one gate; whatever goes wrong with it is a verdict that forbids."""
    try:
        answer: object = rule.ask(question)  # whatever the rule returns
    except FactMissing as missing:
        return require(f"fact `{missing.fact}`{_known(rule, missing.fact)}")
    except Exception as error:  # noqa: BLE001 - somebody else's code, and must not act
        return _broken(error)
    if not isinstance(answer, Answer) or not answer.makes_sense:
        return Answer(Verdict.BROKEN, "did not answer ALLOW, SILENT, forbid(...) or require(...)")
    return answer


def _known(rule: Rule[Any], fact: str) -> str:
    return f": one of {_listed(rule.reads[fact])}" if fact in rule.reads else ""


def _broken(error: BaseException) -> Answer:
    return Answer(Verdict.BROKEN, f"raised {type(error).__name__}")


def _value(rule: Rule[Any], question: Question) -> Any:
    """Ask a plan, a route or a disclosure; a fact that is missing is a rule that is silent."""
    try:
        return _READ[rule.kind](rule.ask(question))
    except FactMissing:
        return None
    except _NoAnswer:
        return Answer(Verdict.BROKEN, f"did not answer {_WORDS[rule.kind]}")
    except Exception as error:  # noqa: BLE001 - somebody else's code
        return _broken(error)


class _NoAnswer(Exception):
    """What a rule answered is none of what its kind may answer."""


def _planned(given: Any) -> tuple[Verification, ...] | None:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise _NoAnswer
    return tuple(map(_check, given)) or None


def _check(given: object) -> Verification:
    if isinstance(given, Verification):
        return given
    if isinstance(given, str) and WORD.holds(given):
        return Verification(kind=given)
    raise _NoAnswer


def _one_of(kind: type[Any]) -> Any:
    def read(given: object) -> object:
        if given is not None and not isinstance(given, kind):
            raise _NoAnswer
        return given

    return read


_READ: Final[Mapping[Kind, Any]] = {
    Kind.PLAN: _planned,
    Kind.ROUTE: _one_of(Lane),
    Kind.DISCLOSURE: _one_of(Telling),
}
_WORDS: Final[Mapping[Kind, str]] = {
    Kind.PLAN: "checks",
    Kind.ROUTE: "a `Lane` or None",
    Kind.DISCLOSURE: "a `Telling` or None",
}
