"""When somebody must look at a case again: the index of the store, made from what a case owes."""

from freezecase.app.clock import micros_of
from freezecase.core.draft import Draft
from freezecase.core.pending import uncovered
from freezecase.core.state import CaseState
from freezecase.core.status import Status

__all__ = ["alarm_of", "waking"]


def alarm_of(case: CaseState | Draft) -> int | None:
    """Return when the first thing is due that the case owes (us since 1970), or nothing."""
    dues = [owed.due for owed in case.obligations.values()]
    if case.promises and case.status is not Status.CLOSED:  # `promises_owed`, of a draft as well
        dues += [promise.due for promise in case.promises.values()]
    return micros_of(min(dues)) if dues else None


def waking(case: CaseState, now: int) -> int | None:
    """
    Return the alarm of a case that came from elsewhere, and may wait for what nobody owes.

    It then rings at once (*now*, in us since 1970): whoever looks lets somebody owe it.
    """
    return now if any(uncovered(case)) else alarm_of(case)
