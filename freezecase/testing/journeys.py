"""
Histories that broke no rule: commands that Hypothesis makes up, played through `take_turn`.

Most commands are about what the case holds, so that journeys get far; some are refused, as in life.
What falls due between two commands is missed on the way, each miss a step of its own.
"""

from collections.abc import Callable, Sequence
from datetime import MAXYEAR, UTC, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from freezecase.core import commands as do
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import unopened
from freezecase.core.leads import LEADS
from freezecase.core.moves import DESK, MOVES, TALK, Way
from freezecase.core.state import CaseState
from freezecase.core.values import Instant, Scope
from freezecase.errors import NotAllowedNow
from freezecase.policy.policy import Policy
from freezecase.policy.standard import REACH, standard
from freezecase.policy.turn import CLOCK, Turn, take_turn
from freezecase.testing.strategies import values

__all__ = ["Step", "commands_for", "histories", "journeys", "steps_of"]

Draw = Callable[[SearchStrategy[Any]], Any]

_BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_PEOPLE: Final = {"ana": ("analyst",), "rob": ("reviewer",), "eve": ("lead", "officer")}
"""Who acts, and the roles of those who are staff."""


def commands_for(state: CaseState) -> SearchStrategy[Command]:
    """Return commands about what *state* holds, most of which fit it; time may pass too."""
    held, missing = _about_what_is_held(state)
    row = MOVES[state.status]
    kinds = [kind for kind, event in LEADS.items() if event in row and kind not in missing]
    weighty = [kind for kind in kinds if LEADS[kind] not in TALK + DESK]
    moving = [kind for kind in weighty if row[LEADS[kind]] is not Way.STAY]
    answers = [kind for kind in kinds if kind in held]
    chances = [st.sampled_from(some) for some in (moving, weighty, answers) if some]
    return _about(st.one_of(*chances, st.sampled_from([do.LetTimePass, *kinds])), state)


def _about_what_is_held(
    state: CaseState,
) -> tuple[frozenset[type[Command]], frozenset[type[Command]]]:
    """Return the commands about something that the case holds, and those about what it lacks."""
    about: tuple[tuple[object, tuple[type[Command], ...]], ...] = (
        (state.checks, _ABOUT_CHECKS),
        (state.obligations, _ABOUT_OBLIGATIONS),
        (state.appeal, _ABOUT_APPEALS),
        (state.promises, (do.KeepPromise, do.SupersedePromise)),
        (state.release, (do.ApproveRelease, do.RefuseRelease)),
        (state.holds, (do.LiftLegalHold,)),
        (state.offered_to, (do.AcceptHandOver,)),
        (state.sent | state.unreached, _ABOUT_DELIVERY),
    )
    held = frozenset(kind for what, kinds in about if what for kind in kinds)
    return held, frozenset(kind for _, kinds in about for kind in kinds) - held


_ABOUT_CHECKS: Final = (
    do.SubmitEvidence,
    do.PassCheck,
    do.FailCheck,
    do.WaiveCheck,
    do.ExpireCheck,
)
_ABOUT_DELIVERY: Final = (do.ConfirmDelivery, do.ReportDeliveryFailure)
_ABOUT_OBLIGATIONS: Final = (do.MeetObligation, do.ExtendObligation, do.WaiveObligation)
_ABOUT_APPEALS: Final = (
    *(do.AcknowledgeAppeal, do.AssignAppeal, do.UpholdAppeal, do.RejectAppeal),
    *(do.WithdrawAppeal, do.DecideExternalReview),
)


@st.composite
def _about(draw: Draw, kinds: SearchStrategy[type[Command]], state: CaseState) -> Command:
    """Make up a command, and let it name what the case holds."""
    kind = draw(kinds)
    command: Any = draw(values(kind))
    named: dict[str, Any] = {
        name: draw(st.sampled_from(held))
        for name, held in _held(kind, state).items()
        if held and hasattr(command, name)
    }
    if kind in _ABOUT_OBLIGATIONS:
        key = draw(st.sampled_from(sorted(state.obligations)))
        named["obligation"], named["subject"] = key
        if kind is do.ExtendObligation:
            more = draw(st.timedeltas(timedelta(hours=1), timedelta(days=90)))
            due = state.obligations[key].due
            named["due"] = due + more if due.year < MAXYEAR else due  # time ends somewhere
    if kind in _ABOUT_DELIVERY:
        sent = sorted(state.sent | state.unreached)
        named["notice"], named["channel"] = draw(st.sampled_from(sent))
    return cast("Command", attrs.evolve(command, **named))


def _held(kind: type[Command], state: CaseState) -> dict[str, Sequence[Any]]:
    """Return what a command may name of what the case holds, field by field."""
    return {
        "case": (state.id,),
        "check": sorted(state.checks),
        "shown": (None,),
        "promise": () if kind is do.MakePromise else sorted(state.promises),
        "hold": () if kind is do.PlaceLegalHold else sorted(state.holds),
        "contests": sorted(state.deciders),
        "level": (None,),
        "scope": (Scope.everything(),) if kind is do.WidenScope else _narrower(state.scope),
        "leaving": (None, *_narrower(state.scope)),
    }


def _narrower(scope: Scope | None) -> tuple[Scope, ...]:
    """Return a few scopes within *scope*."""
    if scope is None:
        return ()
    first, *rest = scope.capabilities
    return tuple(
        Scope(capabilities=some, assets=scope.assets, amount=scope.amount)
        for some in ((first,), tuple(rest) or (first,))
    )


@attrs.frozen
class Step:
    """One command of a journey, who asked it and when, and what came of it."""

    command: Command
    by: Actor
    at: Instant
    turn: Turn = attrs.field(repr=False)
    """Its own turn alone: what was missed before it are steps before it."""


def steps_of(command: Command, by: Actor, at: Instant, turn: Turn) -> tuple[Step, ...]:
    """Return the steps of one turn: the clock's, because their time had come, and its own."""
    passing = do.LetTimePass(turn.before.id)
    clocked = (Step(passing, CLOCK, at, missed) for missed in turn.missed)
    return (*clocked, Step(command, by, at, attrs.evolve(turn, missed=())))


@st.composite
def journeys(
    draw: Draw, policy: Policy | None = None, min_size: int = 1, max_size: int = 12
) -> tuple[Step, ...]:
    """
    Ask for so many commands; return the steps that the case was in a position for.

    The clock takes steps of its own wherever something falls due in between.
    """
    state, at = unopened(UUID(int=1)), _BEGIN
    steps: list[Step] = []
    for _ in range(draw(st.integers(min_size, max_size))):
        command = draw(commands_for(state))
        by = draw(_somebody(command, state))
        at += timedelta(hours=draw(st.sampled_from([1, 30, 24 * 90])))
        try:
            turn = take_turn(policy or standard(), state, command, by, at)
        except NotAllowedNow:
            continue
        state = turn.after
        steps += steps_of(command, by, at, turn)
    return tuple(steps)


def _somebody(command: Command, state: CaseState) -> SearchStrategy[Actor]:
    """Return an actor who may ask for *command*, mostly; now and then anybody."""
    if isinstance(command, do.AcceptHandOver) and str(state.offered_to).startswith("staff:"):
        return st.just(Actor.staff(str(state.offered_to).removeprefix("staff:")))
    owner = Actor.customer(getattr(command, "account", state.account) or "acct-4711")
    everybody = [
        owner if kind is ActorKind.CUSTOMER else Actor(kind=kind, id=id, roles=_roles(kind, id))
        for kind in ActorKind
        for id in _PEOPLE
    ]
    likely = [actor for actor in everybody if actor.kind in REACH[type(command)]]
    return st.sampled_from(likely * 3 + everybody)


def _roles(kind: ActorKind, id: str) -> tuple[str, ...]:
    return _PEOPLE[id] if kind is ActorKind.STAFF else ()


def histories(
    policy: Policy | None = None, min_size: int = 1, max_size: int = 12
) -> SearchStrategy[tuple[CaseEvent, ...]]:
    """Return the events of journeys."""
    return journeys(policy, min_size, max_size).map(
        lambda steps: tuple(event for step in steps for event in step.turn.events)
    )
