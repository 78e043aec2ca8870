"""Long walks through a case, by a seed: anything is asked, mostly about what it holds."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from random import Random
from typing import Any, Final, cast

import attrs

from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.evolve import unopened
from freezecase.core.leads import LEADS
from freezecase.core.moves import MOVES, Way
from freezecase.core.state import CaseState
from freezecase.core.values import Channel, Instant
from freezecase.errors import NotAllowedNow
from freezecase.policy.policy import Policy
from freezecase.policy.standard import REACH, standard
from freezecase.policy.turn import Turn, take_turn
from freezecase.testing.journeys import Step, steps_of
from tests.core.lifecycle.table import ACTORS, WORDS
from tests.core.samples import ANA, CASE, COMMANDS, NOW, ROB

__all__ = ["EVE", "Steps", "Taken", "steps", "walk", "walks"]

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


def walk(seed: int, policy: Policy | None = None, length: int = 100) -> Iterator[Taken]:
    """Ask at random, one thing after the other; yield what the case was in a position for."""
    chance, state, at = Random(seed), unopened(CASE), NOW
    for _ in range(length):
        at += chance.choice(_PAUSES)
        command = _named(_something(state, chance), state, at, chance)
        by = _somebody(command, state, chance)
        try:
            turn = take_turn(policy or standard(), state, command, by, at)
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
_LEADING: Final = {
    status: [
        command
        for command in _COMMANDS
        if any(
            kind is LEADS.get(type(command)) and cell is not Way.STAY for kind, cell in row.items()
        )
    ]
    for status, row in MOVES.items()
}
"""The commands that lead from one position to another."""
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


def _something(state: CaseState, chance: Random) -> Command:
    """Return a command: every other time one that leads somewhere, or answers something."""
    answers = [
        one for one in _COMMANDS if type(one) in _ANSWERS and getattr(state, _ANSWERS[type(one)])
    ]
    return chance.choice(chance.choice([_LEADING[state.status], answers or _COMMANDS, _COMMANDS]))


_PAUSES: Final = [
    *([timedelta(minutes=1), timedelta(hours=1), timedelta(hours=5)] * 4),
    *([timedelta(hours=30), timedelta(days=3)] * 2),
    timedelta(days=40),
]


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


_PEOPLE: Final = [*ACTORS.values(), ANA, ROB, ROB, EVE, EVE]


def _somebody(command: Command, state: CaseState, chance: Random) -> Actor:
    """Return somebody who may ask for *command*, mostly."""
    if chance.random() < 0.2:
        return chance.choice(_PEOPLE)
    if isinstance(command, do.AcceptHandOver):
        return Actor.staff(str(state.offered_to).removeprefix("staff:"))
    return chance.choice([one for one in _PEOPLE if one.kind in REACH[type(command)]])
