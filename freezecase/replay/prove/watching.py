"""
Watching rules while they are asked: what each reads, and what none may read.

A rule that is proved reads facts, roles and the case. Its answer must not depend on the time, on
when something is due or on whose name it is, for these are what an exploration leaves out: to
touch one of them is an error here, and a finding. Facts and roles are noted as they are asked for,
so that every answer is heard to whatever a rule may be told, and to nothing else.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from freezecase.core.actors import ActorKind
from freezecase.core.checked import replace
from freezecase.core.obligations import Demand, Rung, Then, Unit, Within
from freezecase.core.ruling import Fact
from freezecase.errors import FactMissing
from freezecase.policy.clock import Clock, Occasion
from freezecase.policy.policy import AnyRule, Policy
from freezecase.policy.question import Question
from freezecase.policy.rule import Kind, Rule

__all__ = ["Noted", "OutOfSight", "Seen", "watched"]

_HOUR: Final = Within(count=1, unit=Unit.HOURS)
_LIES_IN: Final[Mapping[str, tuple[str, ...]]] = {
    "restriction": ("scope", "status"),
    "frozen": ("scope", "status"),
    "promises_owed": ("promises", "status"),
    "told": ("sent",),
    "unsettled": ("checks",),
}
"""What the words of a case that are no fields of it are made of."""
_HIDDEN: Final[Mapping[str, frozenset[str]]] = {
    "obligations": frozenset({"due", "rung", "opened_at", "debtor"}),
    "checks": frozenset({"failures", "valid_until"}),
    "promises": frozenset({"due"}),
    "appeal": frozenset({"route", "reviewer"}),
}
"""What lies in a field and is out of sight."""
_NEVER: Final = frozenset({"version", "refused", "erased", "imposed"})
"""Fields that no slice holds."""


Noted = tuple[tuple[str, ...], tuple[str, ...], frozenset[tuple[str, str]], bool]
"""Facts and roles that were asked for, which rule read which field, whether names were."""


class OutOfSight(Exception):
    """A rule reads what an exploration leaves out."""


@attrs.define
class Seen:
    """What the rules read while one question was asked."""

    facts: list[str] = attrs.field(factory=list[str])
    roles: list[str] = attrs.field(factory=list[str])
    fields: set[tuple[str, str]] = attrs.field(factory=set[tuple[str, str]])
    """Which rule read which field of the case."""
    blind: dict[str, str] = attrs.field(factory=dict[str, str])
    """The rules that read what is out of sight, and what that was."""
    spoke: set[str] = attrs.field(factory=set[str])
    """The plans, routes and disclosures that had something to say."""
    told: Mapping[str, Fact] = attrs.field(factory=dict[str, Fact])
    by_id: bool = False
    """Whether a rule asked which customer it is."""
    rule: str = ""
    """Which rule is being asked."""
    heard: "tuple[Question, _Question] | None" = None
    """The question that is being asked, and how it is asked under watch."""

    def clear(self, told: Mapping[str, Fact]) -> None:
        """Begin anew, with the facts that rules are told now."""
        self.facts, self.roles, self.told = [], [], told
        self.fields, self.by_id = set(), False

    def noted(self) -> Noted:
        """Return what was read since."""
        return tuple(self.facts), tuple(self.roles), frozenset(self.fields), self.by_id

    def again(self, noted: Noted, told: Mapping[str, Fact]) -> None:
        """Begin as if all this had been read."""
        facts, roles, fields, self.by_id = noted
        self.facts, self.roles, self.fields, self.told = [*facts], [*roles], {*fields}, told

    def under_watch(self, question: Question) -> "_Question":
        """Return the question as rules may ask it; all rules are asked the same one."""
        if self.heard is None or self.heard[0] is not question:
            self.heard = question, _Question(question, self)
        return self.heard[1]


def watched(policy: Policy, seen: Seen) -> Policy:
    """Return *policy* with every rule under watch, and every length of time an hour."""
    rules = tuple(_watched(one, seen) for one in policy.rules)
    return attrs.evolve(policy, rules=rules).being(policy)


def _watched(rule: AnyRule, seen: Seen) -> AnyRule:
    if isinstance(rule, Clock):
        return attrs.evolve(
            rule,
            demand=_within_an_hour(rule.demand),
            when=_looking(rule.id, rule.when, seen),
            about=_looking(rule.id, rule.about, seen),
            at=_whenever,
            term=None,
        )
    return attrs.evolve(rule, ask=_asking(rule, seen))


def _whenever(_: Occasion) -> None:
    return


def _within_an_hour(demand: Demand) -> Demand:
    rungs = tuple(Rung(debtor=rung.debtor, within=_HOUR) for rung in demand.ladder)
    then: Demand | Then = demand.then
    then = _within_an_hour(then) if isinstance(then, Demand) else then
    return replace(demand, ladder=rungs, then=then)


def _looking(id: str, look: Callable[[Occasion], Any], seen: Seen) -> Callable[[Occasion], Any]:
    def look_under_watch(occasion: Occasion) -> Any:
        state: Any = _State(occasion.state, seen)
        return _noting(id, seen, look, Occasion(state, occasion.event, occasion.subject))

    return look_under_watch


def _asking(rule: Rule[Any], seen: Seen) -> Callable[[Question], Any]:
    gate = rule.kind is Kind.GATE

    def ask_under_watch(question: Question) -> Any:
        if gate:
            return _noting(rule.id, seen, rule.ask, seen.under_watch(question))
        answer = _noting(rule.id, seen, rule.ask, _Untold(question))
        if answer:
            seen.spoke.add(rule.id)
        return answer

    return ask_under_watch


def _noting(id: str, seen: Seen, ask: Callable[[Any], Any], about: Any) -> Any:
    seen.rule = id
    try:
        return ask(about)
    except OutOfSight as hidden:
        seen.blind[id] = str(hidden)
        raise


class _Dark:
    """What nobody may look at."""

    def __init__(self, what: str) -> None:
        self._what = what

    def _raise(self, *_: object) -> Any:
        raise OutOfSight(self._what)

    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __sub__ = __rsub__ = _raise
    __eq__ = _raise
    __hash__ = _raise
    __bool__ = __str__ = __format__ = __getattr__ = _raise


class _Veiled:
    """A value of which some parts are out of sight."""

    def __init__(self, value: Any, hidden: frozenset[str], where: str) -> None:
        self._value, self._parts, self._where = value, hidden, where

    def __getattr__(self, name: str) -> Any:
        if name in self._parts:
            raise OutOfSight(f"{self._where}.{name}")
        return getattr(self._value, name)

    def __eq__(self, other: object) -> bool:
        theirs: object = other._value if isinstance(other, _Veiled) else other
        return self._value is theirs

    def __hash__(self) -> int:
        return id(self._value)


class _State:
    """A case under watch."""

    def __init__(self, state: Any, seen: Seen) -> None:
        self._state, self._seen = state, seen

    def __getattr__(self, name: str) -> Any:
        if name in _NEVER:
            raise OutOfSight(name)
        value = getattr(self._state, name)
        for field in _LIES_IN.get(name, (name,)):
            self._seen.fields.add((self._seen.rule, field))
        hidden = _HIDDEN.get(name)
        return _veiled(value, hidden, name) if hidden and value is not None else value


def _veiled(value: Any, hidden: frozenset[str], name: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _Veiled(one, hidden, name) for key, one in value.items()}
    return _Veiled(value, hidden, name)


class _Roles:
    """The roles of whoever acts; which of them rules ask for is noted."""

    def __init__(self, roles: tuple[str, ...], seen: Seen) -> None:
        self._roles, self._seen = roles, seen

    def __contains__(self, role: object) -> bool:
        self._seen.roles.append(str(role))
        return role in self._roles

    def __iter__(self) -> Iterator[str]:
        raise OutOfSight("the list of roles: ask for each by name")


class _Actor:
    """Whoever acts, under watch."""

    def __init__(self, actor: Any, seen: Seen) -> None:
        self.kind, self.person = actor.kind, actor.person
        self.on_behalf_of = actor.on_behalf_of
        self.roles = _Roles(actor.roles, seen)
        self._id, self._seen = actor.id, seen

    @property
    def id(self) -> str:
        """Which account a customer owns; the names of all others are out of sight."""
        if self.kind is not ActorKind.CUSTOMER:
            raise OutOfSight("the name of whoever acts")
        self._seen.by_id = True
        account: str = self._id
        return account


class _Facts(Mapping[str, Fact]):
    """What the host says; which facts are asked for is noted."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def __getitem__(self, name: str) -> Fact:
        self._seen.facts.append(name)
        return self._seen.told[name]

    def __contains__(self, name: object) -> bool:
        self._seen.facts.append(str(name))
        return name in self._seen.told

    def __iter__(self) -> Iterator[str]:
        raise OutOfSight("the list of facts: ask for each by name")

    def __len__(self) -> int:
        raise OutOfSight("the number of facts: ask for each by name")


class _Question:
    """A question to a gate, under watch."""

    def __init__(self, question: Question, seen: Seen) -> None:
        self.command = question.command
        self.state: Any = _State(question.state, seen)
        self.actor: Any = _Actor(question.actor, seen)
        self.facts: Mapping[str, Fact] = _Facts(seen)
        self.now = _NOW

    def fact(self, name: str) -> Fact:
        if name not in self.facts:
            raise FactMissing(f"fact `{name}` is missing: hand it in with `facts`", fact=name)
        return self.facts[name]


class _Untold(_Question):
    """A question to a rule that decides nothing: whatever it is told opens no way."""

    def __init__(self, question: Question) -> None:
        self.command, self.now = question.command, _NOW
        self.state: Any = question.state
        self.actor, self.facts = question.actor, question.facts


_NOW: Final = _Dark("now")
