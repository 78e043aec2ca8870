"""What a foreign history may break: asked of every event before it is written."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from freezecase.app.intake.report import AnomalyRule
from freezecase.core.draft import Draft
from freezecase.core.events import CaseEvent, FreezeImposed, kind_of
from freezecase.core.moves import MOVES
from freezecase.core.needs import why_not
from freezecase.core.status import Status
from freezecase.errors import NotAllowedNow

__all__ = ["Break", "break_of", "ended"]

_ENDED: Final = frozenset({Status.RELEASED, Status.OFFBOARDED, Status.CLOSED})


class Break(NamedTuple):
    """A rule that an event breaks, and how."""

    rule: AnomalyRule
    words: str


def ended(draft: Draft) -> bool:
    """Say whether the case is over, so that a new freeze is a further case."""
    return draft.status in _ENDED


def break_of(
    draft: Draft, event: CaseEvent, at: datetime, *, begins_with_a_freeze: bool
) -> Break | None:
    """Return the rule that *event* breaks in the case as it stands, or nothing."""
    freezes = type(event) is FreezeImposed
    if draft.status is Status.UNOPENED and not freezes:
        # Said once: whatever follows breaks the same rule for the same reason.
        if draft.version == 0 and begins_with_a_freeze:
            words = f"`{kind_of(event)}` comes before any freeze: the log may begin too late"
            return Break(AnomalyRule.BEGINS_IN_THE_MIDDLE, words)
        return None
    state: Any = draft  # it has the fields of a state, which is all that is read
    refused = why_not(state, event)
    if refused is None:
        return None
    if not freezes:
        return Break(AnomalyRule.NOT_ALLOWED_NOW, _words(draft, event, refused))
    if draft.until is not None and draft.until <= at:
        words = f"the freeze before it was to end on {draft.until:%Y-%m-%d}; no row says it did"
        return Break(AnomalyRule.UNRECORDED_END, words)
    words = f"the case is `{draft.status}` already: a freeze may follow once it is released"
    return Break(AnomalyRule.REPEATED_FREEZE, words)


def _words(draft: Draft, event: CaseEvent, refused: NotAllowedNow) -> str:
    """Say why not; where the status is in the way, name those that are not."""
    kind = type(event)
    if kind in MOVES[draft.status]:
        return str(refused)
    places = ", ".join(f"`{status}`" for status in Status if kind in MOVES[status])
    return f"cannot {kind_of(event)} while the case is `{draft.status}`: it may while {places}"
