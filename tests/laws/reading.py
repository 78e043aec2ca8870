"""What production says, in the words of the book."""

from freezecase.core.state import CaseState
from freezecase.replay.by_the_book import Reading

__all__ = ["reading_of"]


def reading_of(state: CaseState) -> Reading:
    """Return what a state says of the case, to be compared with what the book says."""
    return Reading(
        status=state.status,
        scope=state.scope,
        appeal=state.appeal.level if state.appeal else None,
        decided=dict(state.deciders),
        checks={kind: check.stage for kind, check in state.checks.items()},
        promises=frozenset(state.promises),
        obligations={key: owed.due for key, owed in state.obligations.items()},
        holds=state.holds,
        owner=state.owner,
    )
