"""
The worklist: one row for each case in which somebody has something to do, the most urgent first.

A row is a pure function of the records of its case. The order is total and is kept with the rows:

1. **priority**: 1 comes first. It is the lane's, raised by what went wrong (`RAISES`);
2. **due**: what is due first; what has no time comes last;
3. **waiting since**: who waits longest;
4. the id of the case, so that no two rows are equal.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from struct import pack
from typing import Final, NamedTuple
from uuid import UUID

import attrs

from freezecase.app.clock import micros_of
from freezecase.core.obligations import Obligation, key_of
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import Ground, Instant, Slug
from freezecase.policy.owing import REPAIR
from freezecase.views.projecting import CaseRead
from freezecase.views.waits import Waits
from freezecase.views.whose_move import Move, debtor_of, moves_owed

__all__ = ["RAISES", "Raise", "WorkItem", "Worklist", "place_of", "work_item"]


@attrs.frozen(kw_only=True)
class WorkItem:
    """A case in which somebody has something to do: what, by when, and why now."""

    case: UUID
    account: str
    """Empty, if the case cannot be read."""
    status: Status
    ground: Ground | None
    queue: Slug | None
    """Whose work it is, by the newest ruling that says so and whose work is not done yet."""
    skill: Slug | None
    priority: int
    """1 comes first."""
    why: tuple[str, ...]
    """What raised it, in words, and which rule asks for the next move."""
    next_move: str
    """What is to be done next, in words."""
    debtor: str
    """Who is to do it: a role, or a person as `kind:id`."""
    due: Instant | None
    waiting_since: Instant
    """Since when that is waited for, however far it has climbed."""
    customer_waiting_since: Instant | None
    """Since when the customer waits for an answer, or for a person; nothing if they do not."""
    owner: str | None
    debtors: tuple[str, ...]
    """Everybody who owes something in the case, in order."""

    def late(self, now: datetime) -> bool:
        """Say whether its time has come."""
        return self.due is not None and self.due <= now

    def customer_waits(self, now: datetime) -> timedelta | None:
        """Return how long the customer has been waiting; nothing if they do not."""
        since = self.customer_waiting_since
        return None if since is None else now - since


@attrs.frozen(kw_only=True)
class Worklist:
    """A page of the worklist, and how far in the ledger it goes."""

    items: tuple[WorkItem, ...]
    position: int
    """The index of the last record that is in it."""
    behind: int
    """How many records are not in it yet."""


def place_of(item: WorkItem) -> bytes:
    """Return bytes in whose order rows are in theirs: priority, due, waiting since."""
    due = _NEVER if item.due is None else micros_of(item.due) + _SINCE_EVER
    return pack(">QQQ", item.priority, due, micros_of(item.waiting_since) + _SINCE_EVER)


_NEVER: Final = 2**64 - 1
_SINCE_EVER: Final = 2**63
"""What makes an instant before 1970 a number that is not negative."""

# --- what raises a case --------------------------------------------------------------------------


class Raise(NamedTuple):
    """Something that makes a case more urgent than its lane says."""

    says: str
    steps: int
    """By how many priorities; never above 1."""
    when: Callable[[CaseState, Waits], Iterable[str]]
    """About what it is so; nothing, when it is not."""


USUAL: Final = 3
"""The priority of a case that no lane was named for."""
TO_THE_TOP: Final = 1000


def _broken(state: CaseState, _: Waits) -> Iterable[str]:
    return sorted(state.broken)


def _wanted(state: CaseState, _: Waits) -> Iterable[str]:
    return ["person"] if state.human_wanted else []


def _missed(state: CaseState, waits: Waits) -> Iterable[str]:
    return sorted({kind for kind, subject in waits.missed if (kind, subject) in state.obligations})


RAISES: Final = (
    Raise("the customer waits for a {}", TO_THE_TOP, _wanted),
    Raise("promise `{}` was broken", 1, _broken),
    Raise("`{}` was missed", 1, _missed),
)
"""What raises a case. A person who was asked for in minutes comes before everything."""

# --- a row ---------------------------------------------------------------------------------------


def work_item(case: CaseRead) -> WorkItem | None:
    """Return the row of a case; nothing when nobody has anything to do in it."""
    if case.broken:
        return _unread(case)
    state = case.state
    moves = sorted(moves_owed(state), key=_urgency)
    if not moves:
        return None
    waits, move = Waits(case.records), moves[0]
    raised = [(one, about) for one in RAISES for about in one.when(state, waits)]
    lane = waits.lane(state)
    steps = sum(one.steps for one in {one for one, _about in raised})
    rules = sorted({owed.basis for owed in _behind(state, move)})
    return WorkItem(
        case=case.id,
        account=state.account,
        status=state.status,
        ground=state.ground,
        queue=lane.queue if lane else None,
        skill=lane.skill if lane else None,
        priority=max(1, (lane.priority if lane else USUAL) - steps),
        why=(
            *(one.says.format(about) for one, about in raised),
            *(f"rule `{rule}` asks for it" for rule in rules),
        ),
        next_move=move.what,
        debtor=move.who,
        due=move.due,
        waiting_since=_since(state, waits, move) or case.records[-1].occurred_at,
        customer_waiting_since=waits.customer_since(state),
        owner=state.owner,
        debtors=tuple(sorted({one.who for one in moves if not one.right})),
    )


def _urgency(move: Move) -> tuple[bool, bool, float]:
    """Order moves: a duty before a right, then by time; of two alike the first that was told."""
    return move.right, move.due is None, 0 if move.due is None else micros_of(move.due)


def _behind(state: CaseState, move: Move) -> list[Obligation]:
    """Return what is owed by whoever is to move, by that time; of a promise nothing is."""
    return [
        owed
        for owed in state.obligations.values()
        if owed.due == move.due
        and owed.demand.right == move.right
        and debtor_of(state, owed) == move.who
    ]


def _since(state: CaseState, waits: Waits, move: Move) -> datetime | None:
    """Return since when the move is waited for, if anybody said so."""
    owed = [waits.since[key_of(one)] for one in _behind(state, move)]
    promised = [waits.promised[name] for name, one in state.promises.items() if one.due == move.due]
    return min(owed or promised, default=None)


def _unread(case: CaseRead) -> WorkItem:
    """Return the row of a case that cannot be read: the exchange owes the repair."""
    return WorkItem(
        case=case.id,
        account="",
        status=Status.UNOPENED,
        ground=None,
        queue=None,
        skill=None,
        priority=1,
        why=(case.broken,),
        next_move=f"`{REPAIR}`: it cannot be read",
        debtor="exchange",
        due=None,
        waiting_since=case.begun,
        customer_waiting_since=None,
        owner=None,
        debtors=("exchange",),
    )
