"""
One turn of a case: ask whether it fits, judge, decide, evolve. The only place where that happens.

The casebook, the test kit, re-judging and every experiment take turns through this one function.
"""

from collections.abc import Mapping

import attrs

from freezecase.core.actors import Actor, ActorKind
from freezecase.core.commands import Command
from freezecase.core.decide import decide, fits, refusal
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import fold
from freezecase.core.ruling import Fact, Ruling
from freezecase.core.state import CaseState
from freezecase.core.values import Instant
from freezecase.policy.policy import Policy, judge
from freezecase.policy.question import Question

__all__ = ["Turn", "take_turn"]

_WATCHED = frozenset({ActorKind.STAFF, ActorKind.SYSTEM})
"""Those whose refused attempts are part of the history. Customers may try as they like."""


@attrs.frozen
class Turn:
    """What came of a command: the ruling, the events that follow, and the case after them."""

    ruling: Ruling
    events: tuple[CaseEvent, ...]
    after: CaseState


def take_turn(  # noqa: PLR0917 - the six things a turn is made of, in the order of the flow
    policy: Policy,
    state: CaseState,
    command: Command,
    actor: Actor,
    now: Instant,
    facts: Mapping[str, Fact] | None = None,
) -> Turn:
    """
    Return what comes of *command*, asked by *actor* of the case in *state*.

    A refused attempt of staff or system is itself an event, so look at `Turn.ruling.allowed`.

    Raises:
        NotAllowedNow: the case is in no position for it, whoever asks.

    """
    fits(command, state)
    ruling = judge(policy, Question(command, state, actor, now, facts or {}))
    if ruling.allowed:
        events = decide(command, state, ruling)
    elif actor.kind in _WATCHED:
        events = refusal(command, state, ruling)
    else:
        events = ()
    return Turn(ruling, events, fold(events, state))
