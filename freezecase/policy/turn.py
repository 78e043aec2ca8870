"""
One turn of a case, from command to what is owed. The only place where that happens.

The casebook, the test kit, re-judging and every experiment take turns through this one function.
What is due is missed first, one miss a turn of the clock: a turn now is the clock's turns until
now, and then the turn.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import attrs

from freezecase.core.actors import Actor, ActorKind
from freezecase.core.checked import replace
from freezecase.core.commands import Command, LetTimePass
from freezecase.core.decide import decide, fits, refusal
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import fold
from freezecase.core.owing import next_due
from freezecase.core.personal import masked
from freezecase.core.resolved import Resolved, aware
from freezecase.core.ruling import Fact, Ruling
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.policy.judge import judge
from freezecase.policy.owing import Owing, owing
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question

__all__ = ["CLOCK", "Turn", "follow", "let_time_pass", "take_turn"]

CLOCK: Final = Actor.system("clock")
"""Who lets time pass."""

_WATCHED: Final = frozenset({ActorKind.STAFF, ActorKind.SYSTEM})
"""Those whose refused attempts are part of the history. Customers may try as they like."""


@attrs.frozen
class Turn:
    """What came of a command: the ruling, the events that follow, and the case after them."""

    ruling: Ruling
    decided: tuple[CaseEvent, ...]
    """What the command led to."""
    owed: tuple[CaseEvent, ...]
    """What follows for whoever owes: obligations met and opened."""
    after: CaseState
    before: CaseState
    """The case as it was judged: after the misses."""
    missed: "tuple[Turn, ...]" = ()
    """The turns of the clock that came first, because their time had come."""

    @property
    def events(self) -> tuple[CaseEvent, ...]:
        """All that this turn adds to the history, without the turns of the clock before it."""
        return (*self.decided, *self.owed)


def take_turn(  # noqa: PLR0917 - the things a turn is made of, in the order of the flow
    policy: Policy,
    state: CaseState,
    command: Command,
    actor: Actor,
    now: datetime,
    facts: Mapping[str, Fact] | None = None,
    occurred_at: datetime | None = None,
    recorded: tuple[Resolved, ...] = (),
) -> Turn:
    """
    Return what comes of *command*, asked by *actor* of the case in *state*.

    A refused attempt of staff or system is itself an event, so look at `Turn.ruling.allowed`.
    Terms of law are counted from *occurred_at*, if it happened earlier than now. Rules are asked
    without the texts that are sealed: once these are erased, they would answer otherwise. What
    calendars said of old, *recorded* with a ruling, is counted on where it is given.

    Raises:
        NotAllowedNow: the case is in no position for it, whoever asks.
        InvalidValue: a fact has a value that no rule expects, or an instant has no zone.

    """
    missed = () if isinstance(command, LetTimePass) else tuple(let_time_pass(policy, state, now))
    before = missed[-1].after if missed else state
    fits(command, before)
    ruling = judge(policy, Question(masked(command), before, actor, now, facts or {}))
    turn = follow(policy, before, command, actor, ruling, occurred_at or now, recorded)
    return attrs.evolve(turn, missed=missed) if missed else turn


def follow(  # noqa: PLR0917 - the things a turn is made of, in the order of the flow
    policy: Policy,
    before: CaseState,
    command: Command,
    actor: Actor,
    ruling: Ruling,
    since: datetime,
    recorded: tuple[Resolved, ...] = (),
) -> Turn:
    """Return what follows from a *ruling* on *command*: what is decided, and what is then owed."""
    decided = _decided(command, actor, before, ruling)
    after = fold(decided, before) if decided else before
    follows = Owing((), after)
    if _something_happened(command, decided) and after.status is not Status.UNOPENED:
        seen = tuple(map(masked, decided))
        follows = owing(policy, before, after, seen, ruling.broken, ruling.at, since, recorded)
    if follows.calendars:
        ruling = replace(ruling, calendars=follows.calendars)
    return Turn(ruling, decided, follows.events, follows.after, before)


def _decided(
    command: Command, actor: Actor, state: CaseState, ruling: Ruling
) -> tuple[CaseEvent, ...]:
    if ruling.allowed:
        return decide(command, state, ruling)
    if actor.kind in _WATCHED or ruling.broken:
        return refusal(command, state, ruling)
    return ()


def _something_happened(command: Command, decided: tuple[CaseEvent, ...]) -> bool:
    """Say whether anything can be owed anew; time looks after what nobody owes yet."""
    return bool(decided) or isinstance(command, LetTimePass)


def let_time_pass(policy: Policy, state: CaseState, now: datetime) -> Iterator[Turn]:
    """Yield the turns of the clock until nothing is due by *now*. What they open is due later."""
    passing = LetTimePass(state.id)
    while next_due(state, aware(now)) is not None:
        turn = take_turn(policy, state, passing, CLOCK, now)
        yield turn
        state = turn.after
