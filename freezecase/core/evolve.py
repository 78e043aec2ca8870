"""
Folding: the state after an event, and after a whole history. Pure and total.

`evolve` never refuses. Whether an event was legal is asked before it is recorded (`why_not`); once
it is recorded it happened, and folding it must not fail.
"""

from collections.abc import Iterable
from typing import Final

from freezecase.core.draft import Draft
from freezecase.core.effects import EFFECTS
from freezecase.core.events import CaseEvent
from freezecase.core.moves import IDLE, MOVES, Way, landing
from freezecase.core.state import CaseState, unopened
from freezecase.core.status import Status

__all__ = ["evolve", "fold", "unopened", "write"]

_AWAY: Final = frozenset({Status.APPEALED, Status.CLOSED})
"""From one of these the case may go back to where it stood last outside of them."""


def evolve(state: CaseState, event: CaseEvent) -> CaseState:
    """Return the state after *event*. Total over every kind of event."""
    return fold((event,), state)


def fold(events: Iterable[CaseEvent], state: CaseState) -> CaseState:
    """Return the state after all *events*, in order."""
    draft = Draft(state)
    for event in events:
        write(draft, event)
    return draft.frozen()


def write(draft: Draft, event: CaseEvent) -> None:
    """Write *event* on *draft*: its legal position first, then what else it changes."""
    kind = type(event)
    draft.version += 1
    now = draft.status
    cell = MOVES[now].get(kind) or landing(event)
    if cell is not None and cell is not Way.STAY:
        draft.status = draft.stood if cell is Way.BACK else cell
        if now not in _AWAY and draft.status in _AWAY:
            draft.stood = now
        if draft.obligations and draft.status is not now:
            _drop_moot(draft)
    if draft.refused:
        draft.refused = ()  # only the newest record can be a repeated attempt
    if draft.bot_replies and kind not in IDLE:
        draft.bot_replies = 0  # the case moved
    effect = EFFECTS[kind]
    if effect is not None:
        effect(draft, event)


def _drop_moot(draft: Draft) -> None:
    """Let go what nobody needs any more where the case now stands."""
    moot = [k for k, owed in draft.obligations.items() if draft.status in owed.demand.moot_in]
    for key in moot:
        del draft.obligations[key]
