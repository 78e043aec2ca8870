"""
Whose move it is: what a case waits for, from whom, and by when. Pure.

Each row of `_WAITING` looks at one thing that can be pending. What is pending is never a status,
so several rows speak at once; while a case is open, at least one of them does.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

import attrs

from freezecase.core.appeals import AppealLevel
from freezecase.core.state import CaseState, CheckStage
from freezecase.core.status import Status

__all__ = ["Move", "moves_owed"]


@attrs.frozen(kw_only=True)
class Move:
    """Something that somebody must do before the case goes on."""

    who: str
    """A role such as `approver`, a relation such as `@owner`, or a person as `kind:id`."""
    what: str
    due: datetime | None = None
    right: bool = False
    """Whether it is theirs to do or to leave."""
    told: bool = False
    """Whether the customer may be told that the case waits for it."""


def moves_owed(state: CaseState) -> tuple[Move, ...]:
    """Return what the case waits for: the customer's part first, promises and obligations last."""
    return tuple(move for waiting in _WAITING for move in waiting(state))


def _desk(state: CaseState) -> str:
    """Name who looks after the case: its owner, or the exchange while it has none."""
    return state.owner or "exchange"


def _checks(state: CaseState) -> Iterator[Move]:
    if not state.frozen or state.status is Status.RELEASING:
        return  # nothing that is shown now could change the outcome
    for kind, check in state.checks.items():
        if check.stage in _SHOWABLE:
            shown = " or ".join(f"`{one}`" for one in (kind, *check.verification.instead))
            yield Move(who="customer", what=f"show {shown}", told=True)
        elif check.stage is CheckStage.SUBMITTED:
            looked_at = f"look at what was shown for `{kind}`"
            yield Move(who=_desk(state), what=looked_at, told=True)


_SHOWABLE: Final = frozenset({CheckStage.REQUESTED, CheckStage.FAILED, CheckStage.EXPIRED})


def _enforcement(state: CaseState) -> Iterator[Move]:
    if state.status is Status.RELEASING:
        yield Move(who="exchange", what="lift the freeze and confirm it", told=True)
    elif state.frozen and not state.enforced:
        yield Move(who="exchange", what="make the freeze bind the account and confirm it")


def _release(state: CaseState) -> Iterator[Move]:
    if state.release is not None and not state.release.ordered:
        yield Move(who="approver", what="approve or refuse the proposed release")


def _appeal(state: CaseState) -> Iterator[Move]:
    appeal = state.appeal
    if appeal is None:
        return
    if not appeal.acknowledged:
        yield Move(who=_desk(state), what="acknowledge the appeal", told=True)
    if appeal.level is AppealLevel.EXTERNAL_BODY:
        yield Move(who="external-body", what="decide the matter", told=True)
    elif appeal.reviewer is None:
        yield Move(who="exchange", what="name a reviewer for the appeal", told=True)
    else:
        yield Move(who=appeal.reviewer, what="decide the appeal", told=True)


def _review(state: CaseState) -> Iterator[Move]:
    """A freeze never stands by itself: somebody decides it, renews it, or lets go."""
    if state.release is not None:
        return
    if state.status is Status.IN_FORCE:
        stands = "decide whether the freeze stands"
        yield Move(who="reviewer", what=stands, due=state.until, told=True)
    elif state.status is Status.UPHELD:
        renew = "renew the freeze or propose its release"
        yield Move(who=_desk(state), what=renew, due=state.until)


def _conversation(state: CaseState) -> Iterator[Move]:
    if state.human_wanted:
        yield Move(who="exchange", what="let a person join the conversation", told=True)
    if state.reply_owed:
        yield Move(who=_desk(state), what="answer the customer", told=True)


def _hand_over(state: CaseState) -> Iterator[Move]:
    if state.offered_to is not None:
        yield Move(who=state.offered_to, what="take over the case")


def _ending(state: CaseState) -> Iterator[Move]:
    if state.status in _OVER and state.appeal is None:
        yield Move(who=_desk(state), what="close the case")


_OVER: Final = frozenset({Status.RELEASED, Status.FORFEITED, Status.OFFBOARDED})


def _withheld(state: CaseState) -> Iterator[Move]:
    for notice, review_at in state.withheld.items():
        what = f"look again whether the customer may be told of `{notice}`"
        yield Move(who=_desk(state), what=what, due=review_at)


def _promises(state: CaseState) -> Iterator[Move]:
    for name, promise in state.promises.items():
        yield Move(who=promise.by, what=f"keep promise `{name}`", due=promise.due, told=True)


def _obligations(state: CaseState) -> Iterator[Move]:
    for (kind, subject), owed in state.obligations.items():
        ladder = owed.demand.ladder
        debtor = ladder[min(owed.rung, len(ladder) - 1)].debtor
        yield Move(
            who=debtor,
            what=f"`{kind}` about `{subject}`" if subject else f"`{kind}`",
            due=owed.due,
            right=owed.demand.right,
            told=debtor == "customer",
        )


_WAITING: Final[tuple[Callable[[CaseState], Iterable[Move]], ...]] = (
    _checks,
    _conversation,
    _appeal,
    _release,
    _review,
    _enforcement,
    _hand_over,
    _ending,
    _withheld,
    _promises,
    _obligations,
)
