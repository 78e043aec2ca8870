"""Long walks through a case, by a seed: anything is asked, mostly about what it holds."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from random import Random
from typing import Any, Final, cast

import attrs

from freezecase.core import commands as do
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import unopened
from freezecase.core.leads import LEADS
from freezecase.core.moves import MOVES, Cell, Way
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import Channel, Instant
from freezecase.errors import NotAllowedNow
from freezecase.policy.policy import Policy
from freezecase.policy.standard import REACH, standard
from freezecase.policy.turn import Turn, take_turn
from freezecase.testing.journeys import Step, steps_of
from tests.core.lifecycle.table import ACTORS, WORDS
from tests.core.samples import ANA, CASE, COMMANDS, NOW, ROB

__all__ = ["EVE", "Steps", "Taken", "World", "steps", "walk", "walks"]

EVE: Final = Actor.staff("eve", "lead", "officer")
"""Who may do what takes more than a desk."""

Steps = tuple[Step, ...]


@attrs.frozen
class Taken:
    """One turn as it was asked for: of the case as it stood, with whatever was missed before."""

    state: CaseState
    command: Command
    by: Actor
    at: Instant
    turn: Turn


_PAUSES: Final = [
    *([timedelta(minutes=1), timedelta(hours=1), timedelta(hours=5)] * 4),
    *([timedelta(hours=30), timedelta(days=3)] * 2),
    timedelta(days=40),
]
"""How long it is quiet between one thing that is asked and the next."""


@attrs.frozen(slots=False)
class World:
    """What may be asked, who asks, and what the host may say: all that a walk meets."""

    commands: Sequence[Command]
    people: Sequence[Actor]
    facts: Mapping[str, Sequence[Fact]] = attrs.field(factory=dict[str, Sequence[Fact]])
    """What the host may say of each; now and then it says nothing."""
    leaving: int = 0
    """How many of the staff may leave on the way, and never act again."""
    pauses: Sequence[timedelta] = _PAUSES

    @cached_property
    def leading(self) -> Mapping[Status, Sequence[Command]]:
        """The commands that lead from one position to another."""
        return {
            status: [one for one in self.commands if _leads_on(one, row)]
            for status, row in MOVES.items()
        }


def _leads_on(command: Command, row: Mapping[type[CaseEvent], Cell]) -> bool:
    kind = LEADS.get(type(command))
    return kind is not None and row.get(kind, Way.STAY) is not Way.STAY


def walk(
    seed: int | Random,
    policy: Policy | None = None,
    length: int = 100,
    world: World | None = None,
) -> Iterator[Taken]:
    """Ask at random, one thing after the other; yield what the case was in a position for."""
    chance = seed if isinstance(seed, Random) else Random(seed)
    state, at, world = unopened(CASE), NOW, world or _ANYWHERE
    people, leaving = world.people, world.leaving
    for _ in range(length):
        at += chance.choice(world.pauses)
        if leaving and chance.random() < 0.05:
            people, leaving = _without_one(people, chance), leaving - 1
        command = _named(_something(state, world, chance), state, at, chance)
        by = _somebody(command, state, people, chance)
        facts = {n: chance.choice(some) for n, some in world.facts.items() if chance.random() < 0.8}
        try:
            turn = take_turn(policy or standard(), state, command, by, at, facts)
        except NotAllowedNow:
            continue
        yield Taken(state, command, by, at, turn)
        state = turn.after


def walks(policy: Policy | None = None, seeds: int = 25, length: int = 100) -> Iterator[Taken]:
    """Go on so many walks, one after the other."""
    return chain.from_iterable(walk(seed, policy, length) for seed in range(seeds))


def steps(taken: Iterator[Taken]) -> Steps:
    """Return the turns one by one, those of the clock among them."""
    return tuple(step for one in taken for step in steps_of(one.command, one.by, one.at, one.turn))


# --- what is asked -----------------------------------------------------------------------------

_EXTENSION: Final = do.SendNotice(CASE, notice="extension", channel=Channel.EMAIL)
_COMMANDS: Final = [*COMMANDS.values(), *WORDS.values(), _EXTENSION]
_PEOPLE: Final = [*ACTORS.values(), ANA, ROB, ROB, EVE, EVE]
_ANYWHERE: Final = World(_COMMANDS, _PEOPLE)
_ANSWERS: Final[dict[type[Command], str]] = {
    **dict.fromkeys(
        (do.SubmitEvidence, do.PassCheck, do.FailCheck, do.WaiveCheck, do.ExpireCheck), "checks"
    ),
    **dict.fromkeys((do.AcknowledgeAppeal, do.AssignAppeal, do.RejectAppeal), "appeal"),
    **dict.fromkeys((do.UpholdAppeal, do.WithdrawAppeal, do.DecideExternalReview), "appeal"),
    **dict.fromkeys((do.ApproveRelease, do.RefuseRelease), "release"),
    **dict.fromkeys((do.KeepPromise, do.SupersedePromise), "promises"),
    do.AcceptHandOver: "offered_to",
    do.LiftLegalHold: "holds",
    do.SendReply: "reply_owed",
    do.JoinConversation: "human_wanted",
}
"""The commands that answer something, and what of a case says that there is something to answer."""


def _something(state: CaseState, world: World, chance: Random) -> Command:
    """Return a command: every other time one that leads somewhere, or answers something."""
    commands = world.commands
    answers = [
        one for one in commands if type(one) in _ANSWERS and getattr(state, _ANSWERS[type(one)])
    ]
    leading = world.leading[state.status]
    return chance.choice(chance.choice([leading or commands, answers or commands, commands]))


def _named(asked: Command, state: CaseState, at: datetime, chance: Random) -> Command:
    """Return the command with what the case holds named in it, mostly, and days to come."""
    command: Any = asked
    held: dict[str, list[Any]] = {
        "check": sorted(state.checks),
        "promise": [] if isinstance(command, do.MakePromise) else sorted(state.promises),
        "hold": [] if isinstance(command, do.PlaceLegalHold) else sorted(state.holds),
        "contests": sorted(state.deciders),
        **{day: [at + pause for pause in _PAUSES] for day in ("due", "until", "review_at")},
    }
    named = {
        name: chance.choice(some)
        for name, some in held.items()
        if some and hasattr(command, name) and chance.random() < 0.8
    }
    if "check" in named and hasattr(command, "shown"):
        named["shown"] = None
    if hasattr(command, "obligation") and state.obligations:
        key = chance.choice(sorted(state.obligations))
        named["obligation"], named["subject"] = key
        if isinstance(command, do.ExtendObligation):
            named["due"] = state.obligations[key].due + timedelta(days=1)
    return cast("Command", attrs.evolve(command, **named))


def _somebody(command: Command, state: CaseState, people: Sequence[Actor], chance: Random) -> Actor:
    """Return somebody who may ask for *command*, mostly."""
    if chance.random() < 0.2:
        return chance.choice(people)
    likely = [one for one in people if one.kind in REACH[type(command)]]
    if isinstance(command, do.AcceptHandOver):
        likely = [one for one in people if one.person == state.offered_to] or likely
    return chance.choice(likely)


def _without_one(people: Sequence[Actor], chance: Random) -> Sequence[Actor]:
    """Return the people who are left once one of the staff has gone."""
    gone = chance.choice([one for one in people if one.kind is ActorKind.STAFF])
    return [one for one in people if one != gone]
