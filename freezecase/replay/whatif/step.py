"""
What a case's history is made of once it is to be played again: steps, each with its role.

Who moved decides what stays. What customers, vendors and authorities did stays; what our people and
systems attempted is judged again; what a clock of ours produced is worked out again and compared.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import attrs

from freezecase.core.actors import Actor, ActorKind
from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent
from freezecase.core.obligations import Key
from freezecase.core.resolved import Resolved
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState
from freezecase.policy.effective import Anchors
from freezecase.policy.policy import Policy
from freezecase.replay.whatif.trace import Effect, Trace
from freezecase.replay.whatif.why import Why

__all__ = ["History", "Later", "PolicyFor", "Role", "Shift", "Step", "dues_of", "role_of"]

PolicyFor = Callable[[Anchors], Policy]
"""Returns the policy that judges a case of these dates."""


class Role(StrEnum):
    """Whose move a step was, and so what becomes of it under another policy."""

    GIVEN = "given"
    """What customers, vendors, authorities or the host did: it stays."""
    ATTEMPT = "attempt"
    """What our people or systems asked for: it is judged again."""
    MANDATED = "mandated"
    """What a clock of ours produced: it is worked out again and compared, never fed in."""
    OPAQUE = "opaque"
    """What no policy of ours speaks of: it is kept in place, and explains nothing."""


class Shift(StrEnum):
    """How the time of a step moves when the step that it answers moves."""

    ABSOLUTE = "absolute"
    """It keeps its instant."""
    DELAY = "delay"
    """It keeps its distance from what it answers."""
    EITHER = "either"
    """Nobody knows: both are tried."""


class Later(StrEnum):
    """What history came to think of whoever was frozen."""

    CLEARED = "cleared"
    """The account was freed."""
    CONFIRMED = "confirmed"
    """Funds were taken, the relationship was ended, or the case was closed as fraud."""
    OPEN = "open"
    """Neither, yet."""


@attrs.frozen(kw_only=True)
class Step:
    """One thing that happened or was asked for in a case."""

    n: int
    """The version of the record that says so; below zero for what no record says."""
    at: datetime
    role: Role
    actor: Actor
    events: tuple[CaseEvent, ...]
    """What history says came of it."""
    command: Command | None = None
    """What was asked for; nothing, where time alone passed or nobody could ask for it."""
    occurred_at: datetime
    facts: Mapping[str, Fact] = attrs.Factory(dict)
    calendars: tuple[Resolved, ...] = ()
    allowed: bool = True
    """Whether the ruling of then allowed it."""
    anchors: Anchors
    """The dates by which a policy, or a rule of it, was in force for it."""
    standing: Mapping[Key, datetime] = attrs.Factory(dict)
    """What was owed just before it in history, and when that was due."""
    decides: int | None = None
    """The version of the decision that it made in history, if that can be contested."""
    answers: int | None = None
    """The step without which it would not have happened."""
    shift: Shift = Shift.ABSOLUTE
    maybe: bool = False
    """Whether nobody knows that it happened at all."""
    latest: datetime | None = None
    """By when it happened at the latest, where nobody knows the time better."""


@attrs.frozen(kw_only=True)
class History:
    """One case as it was recorded, ready to be played again."""

    case: UUID
    records: int = 0
    steps: tuple[Step, ...] = ()
    until: datetime
    """The horizon: what would have happened after it, nobody asks."""
    trace: Trace | None = None
    """What history came to; nothing for imports, which are played to find it."""
    effects: tuple[Effect, ...] = ()
    """What clocks of elsewhere produced, in our words."""
    standing: Mapping[Key, datetime] = attrs.Factory(dict)
    """What is owed where the history ends."""
    told: frozenset[str] | None = None
    """The kinds of duty and right that it can tell of; all of them if not said."""
    lapses: bool = False
    """Whether its freezes end at their `until` by themselves."""
    later: Later = Later.OPEN
    confirmed_at: datetime | None = None
    """When the suspicion was confirmed, if it was."""
    jurisdiction: str = ""
    """The fact of this name, as the host said it first."""
    ground: str = ""
    why_not: Why | None = None
    """Why it cannot be played, if it cannot."""
    detail: str = ""


def dues_of(state: CaseState) -> dict[Key, datetime]:
    """Return everything that time alone will end, and when: duties, rights and promises."""
    owed = {key: one.due for key, one in state.obligations.items()}
    return owed | {("", name): promise.due for name, promise in state.promises_owed.items()}


def role_of(actor: Actor) -> Role:
    """Return the role of whatever somebody did, by who they are."""
    return Role.ATTEMPT if actor.kind in _OURS else Role.GIVEN


_OURS = frozenset({ActorKind.STAFF, ActorKind.SYSTEM})
