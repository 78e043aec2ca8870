"""
What follows from a command: (command, state, ruling) -> events. Pure; the clock is in the ruling.

Asked first is whether the command fits, then whether it is allowed. What it then leads to stands
in `leads`. Whatever is decided can be folded: it is asked of the evolving state before it returns.
"""

from freezecase.core import events as e
from freezecase.core.commands import Command, asked
from freezecase.core.draft import Draft
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import write
from freezecase.core.leads import LEADS, led_to
from freezecase.core.moves import MOVES
from freezecase.core.needs import lacking, status_in_words, why_not
from freezecase.core.ruling import Ruling
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.errors import NotAllowedNow, PolicyForbids

__all__ = ["decide", "fits", "refusal"]


def fits(command: Command, state: CaseState) -> None:
    """
    Raise `NotAllowedNow` if the case is in no position for *command*, whoever asks.

    Asked before any policy is: what cannot happen needs no ruling.
    """
    kind, row = LEADS.get(type(command)), MOVES[state.status]
    if kind is None:
        return  # time may always pass
    if kind not in row:
        allowed = frozenset(asked(other) for other, leads_to in LEADS.items() if leads_to in row)
        raise NotAllowedNow(asked=asked(command), position=status_in_words(state), allowed=allowed)
    misfit = lacking(state, kind, command, asked(command))
    if misfit is not None:
        raise misfit


def decide(command: Command, state: CaseState, ruling: Ruling) -> tuple[CaseEvent, ...]:
    """Return the events that follow from *command*, or raise `Refused`."""
    fits(command, state)
    if not ruling.allowed:
        raise PolicyForbids(ruling)
    events = led_to(command, state, ruling)
    _must_fold(command, state, events)
    return events


def refusal(command: Command, state: CaseState, ruling: Ruling) -> tuple[CaseEvent, ...]:
    """Return what is recorded of a refused attempt: nothing when it is the newest record again."""
    rules = ruling.decided_by
    attempt = (asked(command), ruling.by, *rules)
    if state.status is Status.UNOPENED or state.refused == attempt:
        return ()
    return (e.AttemptRefused(command=asked(command), by=ruling.by, rules=rules),)


def _must_fold(command: Command, state: CaseState, events: tuple[CaseEvent, ...]) -> None:
    """Ask of every event after the first whether the state that it meets allows it."""
    first, *rest = events or (None,)
    if first is None or not rest:
        return  # `fits` has asked for the first
    draft = Draft(state)
    write(draft, first)
    for event in rest:
        misfit = why_not(draft.frozen(), event)
        if misfit is not None:
            raise NotAllowedNow(
                asked=asked(command), position=misfit.position, allowed=misfit.allowed
            )
        write(draft, event)
