"""What can be wrong with a policy, and where it shows while the policy is explored."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

import attrs

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import ActorKind
from freezecase.core.commands import asked as in_words
from freezecase.core.obligations import SECOND_SIGNATURE
from freezecase.core.ruling import Fact, Verdict
from freezecase.core.state import CaseState
from freezecase.core.values import Person, Scope
from freezecase.policy.owing import COVERAGE, REPAIR
from freezecase.replay.prove.asking import Asked
from freezecase.replay.prove.bounds import SCOPES
from freezecase.replay.prove.explorer import Explorer
from freezecase.replay.prove.graph import Graph, Step
from freezecase.replay.prove.people import HOUSE

__all__ = ["Flaw", "Heard", "Spot"]


class Flaw(StrEnum):
    """What can be wrong with a policy."""

    NO_WAY_OUT = "no-way-out"
    """A restricted case from which the house alone cannot come to a release or an end."""
    CANNOT_ACT = "cannot-act"
    """Whoever owes something cannot do it."""
    NOBODY = "nobody"
    """Something is owed by a role that nobody has."""
    UNCLOCKED = "unclocked"
    """A case waits for something and no clock of the policy says who owes it."""
    SLEEPS = "sleeps"
    """A duty that, missed again and again, never comes to the accountable role."""
    FROZEN_CHANNEL = "frozen-channel"
    """What the customer may do is refused because of what is restricted."""
    FINAL = "final"
    """A decision against the customer that cannot be contested, and no bar of law is named."""
    OWN_ACT = "own-act"
    """Somebody approved or reviewed what they did themselves."""
    UNDER_HOLD = "under-hold"
    """Something is released under a legal hold, or a machine takes the hold away."""
    UNEXPLAINED = "unexplained"
    """The customer is refused, and no rule says why."""
    BOT_LOOP = "bot-loop"
    """Machines answer for ever, and nobody owes a person."""
    BROKE = "broke"
    """A rule raised, or read what it may not: the time, a name, when something is due."""


@attrs.frozen
class Spot:
    """Where something showed: a flaw, in a sentence, at a question asked of a state."""

    flaw: Flaw
    says: str
    slice: str
    at: int
    """The state of the slice; -1 before the case began."""
    asked: Asked | None = None
    rules: tuple[str, ...] = ()
    away: Person | None = None
    """Who has left, where it shows without them."""
    facts: Mapping[str, Fact] = attrs.field(factory=dict[str, Fact])
    """What the host says of the case, where it shows if that is said."""
    about: tuple[str, ...] = ()
    """Who owes what, where it shows by that."""
    scope: Scope | None = None
    """What is restricted, where it shows by that."""
    then: Step | None = None
    """A last step, after which it shows."""


_THEIRS: Final = frozenset(
    {do.FileAppeal, do.WithdrawAppeal, do.SubmitEvidence, do.RecordContact, do.RequestHuman}
)
"""What is the customer's to do."""


@attrs.define
class Heard:
    """What was heard of the rules of a policy, and the flaws that showed on the way."""

    explorer: Explorer
    spots: dict[tuple[Flaw, str], Spot] = attrs.field(factory=dict[tuple[Flaw, str], Spot])
    """The first of each kind."""
    gates: set[str] = attrs.field(factory=set[str])
    """The gates that spoke."""
    decided: set[str] = attrs.field(factory=set[str])
    """The gates that once were the only one to refuse, or the only one to allow what happened."""
    opened: set[str] = attrs.field(factory=set[str])
    """The clocks that opened a duty."""
    told: dict[str, dict[str, set[Fact]]] = attrs.field(factory=dict[str, dict[str, set[Fact]]])
    """What the house was told when it asked for something: slice by slice, fact by fact."""

    def __call__(self, graph: Graph, at: int, state: CaseState, asked: Asked) -> None:
        """Hear what came of a question."""
        self._count(asked)
        if asked.mover.kind in HOUSE and at >= 0:
            facts = self.told.setdefault(graph.slice.name, {})
            for name, value in asked.facts.items():
                facts.setdefault(name, set()).add(value)
        for look in _LOOKS:
            for flaw, says, about in look(self, asked):
                self.note(Spot(flaw, says, graph.slice.name, at, asked, about, about=about))
        for scope, says, rules in _frozen_channel(self, state, asked):
            spot = Spot(Flaw.FROZEN_CHANNEL, says, graph.slice.name, at, asked, rules)
            self.note(attrs.evolve(spot, scope=scope))

    def note(self, spot: Spot) -> None:
        """Keep a spot, unless the same was seen before where a case can come by itself."""
        known = self.spots.get((spot.flaw, spot.says))
        if known is None or (self._natural(spot) and not self._natural(known)):
            self.spots[spot.flaw, spot.says] = spot

    def _natural(self, spot: Spot) -> bool:
        graph = self.explorer.graphs.get(spot.slice)
        return graph is None or spot.at < 0 or graph.natural[spot.at]

    def _count(self, asked: Asked) -> None:
        self.gates.update(rule for rule, _ in asked.said.gates)
        deciding = asked.against or tuple(rule for rule, _ in asked.said.gates)
        if len(deciding) == 1:
            self.decided.add(deciding[0])
        for owed in _opened(asked):
            self.opened.add(owed.basis)


_Looked = Iterator[tuple[Flaw, str, tuple[str, ...]]]
"""A flaw, in a sentence, and what it is about: rules, or what is owed."""


def _opened(asked: Asked) -> Iterator[Any]:
    for event in asked.turn.owed if asked.turn else ():
        if isinstance(event, e.ObligationOpened):
            yield event.obligation


def _broke(heard: Heard, asked: Asked) -> _Looked:
    blind = heard.explorer.asker.seen.blind
    said = (*asked.said.gates, *asked.said.broken)
    broken = {rule for rule, one in said if one.verdict is Verdict.BROKEN}
    broken |= {owed.subject for owed in _opened(asked) if owed.demand.kind == REPAIR}
    for rule in sorted(broken):
        why = f"reads `{blind[rule]}`, which no proof can see" if rule in blind else "broke"
        yield Flaw.BROKE, f"rule `{rule}` {why}", (rule,)


def _unclocked(_: Heard, asked: Asked) -> _Looked:
    for owed in _opened(asked):
        kind = owed.demand.kind
        if owed.basis == COVERAGE:
            yield (
                Flaw.UNCLOCKED,
                f"a case waits for `{kind}` and no clock says who owes it",
                (kind,),
            )


def _own_act(_: Heard, asked: Asked) -> _Looked:
    turn = asked.turn
    for event in turn.decided if turn else ():
        theirs = _DONE_BY.get(type(event))
        if turn and theirs and asked.mover.person in theirs(turn.before, event):
            what = in_words(asked.command)
            yield Flaw.OWN_ACT, f"`{what}` is open to whoever did what it is about", ()


def _proposed(state: CaseState, _: Any) -> Iterable[Person]:
    return (state.release.proposer, *state.release.approvers) if state.release else ()


def _decided(state: CaseState, _: Any) -> Iterable[Person]:
    appeal = state.appeal
    return (
        (state.deciders[appeal.contests],) if appeal and appeal.contests in state.deciders else ()
    )


def _signed(state: CaseState, event: Any) -> Iterable[Person]:
    alone = event.obligation == SECOND_SIGNATURE and state.ordered_alone
    return (state.ordered_alone,) if alone and state.ordered_alone else ()


_DONE_BY: Final[Mapping[type[Any], Callable[[CaseState, Any], Iterable[Person]]]] = {
    e.ReleaseApproved: _proposed,
    e.AppealUpheld: _decided,
    e.AppealRejected: _decided,
    e.ObligationMet: _signed,
}
"""Whose act each kind of event is about."""


def _under_hold(_: Heard, asked: Asked) -> _Looked:
    turn = asked.turn
    for event in turn.decided if turn else ():
        kind = type(event)
        if turn and kind in {e.ReleaseOrdered, e.ReleaseEnforced} and turn.before.holds:
            yield Flaw.UNDER_HOLD, f"`{in_words(asked.command)}` releases under a legal hold", ()
        if kind is e.LegalHoldLifted and asked.mover.kind not in _LIFT:
            yield Flaw.UNDER_HOLD, f"a legal hold is taken away by `{asked.mover.kind}`", ()


_LIFT: Final = frozenset({ActorKind.STAFF, ActorKind.AUTHORITY})


def _unexplained(_: Heard, asked: Asked) -> _Looked:
    theirs = asked.mover.kind is ActorKind.CUSTOMER and type(asked.command) in _THEIRS
    if asked.turn is None and theirs:
        what, against = in_words(asked.command), dict(asked.said.gates)
        if not any(against[rule].because.strip() for rule in asked.against):
            yield (
                Flaw.UNEXPLAINED,
                f"the customer's `{what}` is refused without a word",
                asked.against,
            )


def _frozen_channel(
    heard: Heard, state: CaseState, asked: Asked
) -> Iterator[tuple[Scope, str, tuple[str, ...]]]:
    """Ask again for what is the customer's, under each restriction."""
    theirs = asked.mover.kind is ActorKind.CUSTOMER and type(asked.command) in _THEIRS
    if not theirs or not any(name == "scope" for _r, name in asked.read):
        return
    ask = heard.explorer.asker.ask
    answers = {
        scope: ask(asked.command, attrs.evolve(state, scope=scope), asked.mover, asked.facts)
        for scope in SCOPES
    }
    refusals = [(scope, one) for scope, one in answers.items() if one and one.turn is None]
    for scope, one in refusals[:1] if len(refusals) < len(answers) else ():
        what = in_words(asked.command)
        says = f"the customer's `{what}` is refused because of what is restricted"
        yield scope, says, one.against


_LOOKS: Final = (_broke, _unclocked, _own_act, _under_hold, _unexplained)
"""What is looked at with every question."""
