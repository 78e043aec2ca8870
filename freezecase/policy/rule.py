"""
A rule that is asked: a plain function of a `Question`, and the data around it.

There are four kinds. A **gate** says whether a command may happen, a **plan** which checks it
takes, a **route** whose work it makes, a **disclosure** how much the customer may be told. The
fifth kind of rule, the `Clock`, is not asked: it says what somebody owes once something happened.

    @plan("takeover-checks", on=[do.RequestChecks])
    def takeover_checks(question: Question) -> Sequence[str]:
        "Whoever lost an account shows their face and their device."
        return ("liveness", "device") if question.state.ground is TAKEOVER else ()
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any, Final, Generic, Protocol, TypeVar

import attrs

from freezecase.core.allowed import WORD, at_least
from freezecase.core.checked import refuse
from freezecase.core.commands import ASKED_AS, Command, LetTimePass
from freezecase.core.ruling import Fact, Lane, Telling
from freezecase.core.values import Verification
from freezecase.policy.effective import ALWAYS, Effective
from freezecase.policy.question import Question

__all__ = ["Disclosure", "Kind", "Plan", "Route", "Rule", "disclosure", "plan", "route"]

A = TypeVar("A")

Domains = Mapping[str, Sequence[Fact]]
"""Which facts a rule reads, each with all the values that the host may say."""


class Kind(StrEnum):
    """What a rule is asked for."""

    GATE = "gate"
    PLAN = "plan"
    ROUTE = "route"
    DISCLOSURE = "disclosure"


def several(given: Iterable[type[Any]]) -> frozenset[type[Any]]:
    """Return the kinds of command or event that a rule is `on`; one alone stands in a list too."""
    if isinstance(given, type):
        raise refuse("the `on` of a rule", given.__name__, f"several kinds: `[{given.__name__}]`")
    return frozenset(given)


def named_well(what: str, name: object) -> None:
    """Refuse a name that no ruling could put on record."""
    if not (isinstance(name, str) and WORD.holds(name)):
        raise refuse(what, name, WORD.allows)


def counted_well(what: str, number: object) -> None:
    """Refuse a number that no ruling could put on record."""
    if type(number) is not int or not _FROM_ONE.holds(number):
        raise refuse(what, number, f"a whole number, {_FROM_ONE.allows}")


_FROM_ONE: Final = at_least(1)
_COMMANDS: Final = frozenset(ASKED_AS) - {LetTimePass}
"""Whatever rules are asked about. Time asks nobody's leave."""


def _domains(given: Domains) -> Domains:
    return MappingProxyType({name: _domain(name, given[name]) for name in sorted(given)})


def _domain(fact: str, values: Sequence[Fact]) -> tuple[Fact, ...]:
    domain = () if isinstance(values, str) else tuple(values)
    if not domain or not all(isinstance(one, str | int) for one in domain):
        allowed = 'every value that the fact may have, such as `("low", "high")`'
        raise refuse(f"reads.{fact}", values, allowed)
    return domain


@attrs.frozen
class Rule(Generic[A]):
    """One named, versioned rule: a plain function of a question, and the data around it."""

    id: str
    ask: Callable[[Question], A]
    on: frozenset[type[Any]] = attrs.field(default=frozenset(), converter=several)
    """The commands it speaks of; every command when empty."""
    reads: Domains = attrs.field(default=MappingProxyType({}), converter=_domains)
    """The facts it reads, each with the values that it may have."""
    version: int = 1
    source: str = ""
    """The law or the practice it follows, cited."""
    parameters: object = None
    """The tables and numbers it reads beside the question; part of the policy's digest."""
    effective: Effective = ALWAYS
    kind: Kind = attrs.field(default=Kind.GATE, converter=Kind)

    def __attrs_post_init__(self) -> None:
        """Refuse what no ruling could put on record, and a rule that nobody would ever ask."""
        named_well("the id of a rule", self.id)
        counted_well(f"the version of rule `{self.id}`", self.version)
        for stranger in self.on - _COMMANDS:
            name = getattr(stranger, "__name__", stranger)
            allowed = "what somebody asks for, from `freezecase.commands`"
            raise refuse(f"the `on` of rule `{self.id}`", name, allowed)

    @property
    def says(self) -> str:
        """The rule in a sentence: the first line of its function's docstring."""
        return (self.ask.__doc__ or "").strip().partition("\n")[0]

    def speaks_of(self, command: type[Command]) -> bool:
        """Say whether the rule has anything to say to this kind of command."""
        return not self.on or command in self.on


Planned = Sequence[Verification | str]
"""What a plan asks for: checks, or their kinds alone."""

Plan = Rule[Planned]
"""Which checks a case of this ground, tier and amount takes. What several plans say adds up."""
Route = Rule[Lane | None]
"""Whose work a command makes. Of several, the most urgent lane holds."""
Disclosure = Rule[Telling | None]
"""How much the customer may be told. Of several, the least holds."""


class Maker(Protocol[A]):
    """Makes the record around a plain function; see `Rule` for what it takes."""

    def __call__(
        self,
        id: str,
        *,
        on: Iterable[type[Any]] = (),
        reads: Domains = ...,
        version: int = 1,
        source: str = "",
        parameters: object = None,
        effective: Effective = ALWAYS,
    ) -> Callable[[Callable[[Question], A]], Rule[A]]: ...


def make(id: str, *, kind: Kind, **data: Any) -> Callable[[Callable[[Question], Any]], Rule[Any]]:
    """Make a rule of a plain function. The decorator only builds the record."""
    named_well("the id of a rule", id)  # at once: `@gate` alone would take the function for it
    return lambda ask: Rule(id=id, ask=ask, kind=kind, **data)


plan: Final[Maker[Planned]] = partial(make, kind=Kind.PLAN)
"""Make a `Plan` of a plain function."""
route: Final[Maker[Lane | None]] = partial(make, kind=Kind.ROUTE)
"""Make a `Route` of a plain function."""
disclosure: Final[Maker[Telling | None]] = partial(make, kind=Kind.DISCLOSURE)
"""Make a `Disclosure` of a plain function."""
