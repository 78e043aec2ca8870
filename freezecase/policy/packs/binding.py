"""
What in a case starts the clock of a rule, who owes it, and what meets it: the words of a pack.

A case knows few of the things that law speaks of. A rule is bound only where what starts it and
what ends it are both events of a case, or rows of `PENDING`.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from freezecase.core.allowed import line
from freezecase.core.annotated import Check
from freezecase.core.checked import checked, refuse
from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.core.obligations import Debtor, Demand, Rung, Then, Unit, Within
from freezecase.core.owing import subjects_of
from freezecase.core.pending import PENDING
from freezecase.core.values import Ground, Several, Slug
from freezecase.policy.clock import Clock, Occasion, ladder
from freezecase.policy.term import Either, Terms, Yearly

if TYPE_CHECKING:
    from freezecase.policy.packs.rule import PackRule

__all__ = ["Binding", "When", "clock_of"]

_KINDS: Final[Mapping[str, type[CaseEvent]]] = MappingProxyType(
    {kind_of(event): event for event in STORED_AS}
)
_ENDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {row.what: tuple(sorted(row.ends)) for row in PENDING}
)

_Kind: TypeAlias = Annotated[str, Check("a kind of event as `appeal-filed`", _KINDS.__contains__)]
_Wait: TypeAlias = Annotated[
    str, Check("something a case waits for: " + ", ".join(_ENDS), _ENDS.__contains__)
]


class When(StrEnum):
    """What else must hold before a clock starts."""

    HEARD_INSIDE = "heard-inside"
    """The exchange itself hears the appeal."""
    HEARD_OUTSIDE = "heard-outside"
    """A body outside hears it."""
    CONTESTABLE = "contestable"
    """There is a level left that would hear an appeal."""
    NAMED = "named-as-basis"
    """The event names this rule as its basis."""


@checked
class Binding:
    """What starts the clock of a rule in a case, who owes, and what meets it."""

    covers: _Wait | None = None
    """What the case waits for; whatever ends the wait meets the duty."""
    on: Several[_Kind] = ()
    """Or else the kinds of event that start it."""
    met_by: Several[_Kind] = ()
    """The kinds of event that meet what `on` started; none for a right, which only lapses."""
    grounds: Several[Ground] = ()
    """The grounds of a freeze for which it starts; every ground when empty."""
    of: Slug | None = None
    """What the event must be about, such as one notice."""
    when: Several[When] = ()
    """What else must hold before it starts."""
    each: bool = False
    """Whether it is owed for each thing the event is about, or once in the case."""
    owed: Slug | None = None
    """What is owed, by its kind; if not said the id of the rule, so that it supersedes nothing."""
    debtor: Debtor
    """Who owes it while the law's time runs."""
    after: Several[str] = ()
    """Who owes it then, and how long they have: `accountable 5 business-days`."""
    right: bool = False
    """Whether it is a right, which lapses."""
    only_named: Annotated[str, line(0, 400)] = ""
    """Why its clock starts only where a host names the rule."""

    def __attrs_post_init__(self) -> None:
        """Refuse what nothing could start, or nobody could meet."""
        if bool(self.covers) is bool(self.on):
            raise refuse("Binding.on", self.on, "kinds of event, or else what it `covers`")
        if bool(self.met_by) is not (bool(self.on) and not self.right):
            allowed = "kinds of event that meet a duty that `on` starts, and nothing else"
            raise refuse("Binding.met_by", self.met_by, allowed)


def clock_of(rule: "PackRule", bound: Binding, term: Terms) -> Clock:
    """
    Return the clock of *rule*, as it is *bound*, which counts *term*.

    Raises:
        InvalidValue: a rung of the ladder is not said in three words.

    """
    demand = Demand(
        kind=bound.owed or rule.id,
        ladder=(Rung(debtor=bound.debtor, within=_plainly(term)), *ladder(*bound.after)),
        met_by=_ENDS[bound.covers] if bound.covers else tuple(bound.met_by),
        then=Then.LAPSE if bound.right else Then.AGAIN,
        right=bound.right,
    )
    target = f": {rule.pace}; {term.in_words()} is a target of the house, and no law"
    return Clock(
        id=rule.id,
        demand=demand,
        covers=bound.covers or "",
        on=frozenset(_KINDS[kind] for kind in bound.on),
        when=partial(_starts, bound, rule.id),
        about=partial(_about, bound.each),
        term=term,
        version=rule.version,
        source=rule.citation + (target if rule.term is None else ""),
        effective=rule.effective,
    )


def _plainly(term: Terms) -> Within:
    """Say a term as near as plain words come to it."""
    if isinstance(term, Either):
        return _plainly(term.of[0])
    if isinstance(term, Yearly):
        return Within(count=1, unit=Unit.YEARS)
    return Within(count=max(term.count, 1), unit=term.unit)


def _subjects(occasion: Occasion) -> frozenset[str]:
    if occasion.event is None:
        return frozenset({occasion.subject})
    return subjects_of(occasion.event)


def _about(each: bool, occasion: Occasion) -> str:  # noqa: FBT001 - bound by `partial`
    if occasion.event is None:
        return occasion.subject
    return min(subjects_of(occasion.event), default="") if each else ""


def _starts(bound: Binding, rule: str, occasion: Occasion) -> bool:
    """Say whether the clock of *rule*, so *bound*, starts on this occasion."""
    return (
        (not bound.grounds or occasion.state.ground in bound.grounds)
        and (bound.of is None or bound.of in _subjects(occasion))
        and all(_HOLDS[one](occasion, rule) for one in bound.when)
    )


def _heard_outside(occasion: Occasion, _: str) -> bool:
    appeal = occasion.state.appeal
    return appeal is not None and appeal.outside


_HOLDS: Final[Mapping[When, Callable[[Occasion, str], bool]]] = {
    When.HEARD_INSIDE: lambda occasion, rule: not _heard_outside(occasion, rule),
    When.HEARD_OUTSIDE: _heard_outside,
    When.CONTESTABLE: lambda occasion, _: occasion.state.next_level is not None,
    When.NAMED: lambda occasion, rule: getattr(occasion.event, "basis", None) == rule,
}
