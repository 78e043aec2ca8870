"""What the desk reads: rows of the worklist, and a case as it waits for somebody to have it."""

from collections.abc import Iterator, Sequence
from typing import Unpack

import attrs

from freezecase.app.record import Record
from freezecase.casebook import Casebook
from freezecase.core import events as e
from freezecase.core.evolve import fold, unopened
from freezecase.core.state import CaseState
from freezecase.core.values import Person, Slug
from freezecase.desk.routing import Waiting
from freezecase.views.board import Search
from freezecase.views.worklist import WorkItem

__all__ = ["lane_of", "rows", "state_of", "waiting"]


def rows(book: Casebook, **search: Unpack[Search]) -> list[WorkItem]:
    """Return every row of the worklist as it is stored, all pages of them, by `Search`."""
    found: list[WorkItem] = []
    page = book.worklist(stored=True, **search).items
    while page:
        found += page
        following: Search = {**search, "after": page[-1]}
        page = book.worklist(stored=True, **following).items
    return found


def state_of(records: Sequence[Record]) -> CaseState:
    """Return the case that its records come to."""
    return fold((record.event for record in records), unopened(records[0].case))


def lane_of(item: WorkItem) -> Waiting:
    """Return a case as its row of the worklist says that it waits: as if anybody might have it."""
    return Waiting(
        case=item.case,
        queue=item.queue,
        skill=item.skill,
        priority=item.priority,
        due=item.due,
        since=item.waiting_since,
    )


def waiting(records: Sequence[Record], item: WorkItem | None) -> Waiting:
    """
    Return a case as it waits for somebody, from its records and its row of the worklist.

    Without a row it is of no queue and takes no skill.
    """
    state = state_of(records)
    case = Waiting(case=state.id, since=records[-1].occurred_at) if item is None else lane_of(item)
    return attrs.evolve(case, language=_language(records), never=frozenset(_never(state, records)))


def _language(records: Sequence[Record]) -> Slug | None:
    """Return the language in which the customer was told last."""
    told = (record.event for record in reversed(records))
    return next((one.language for one in told if isinstance(one, e.NoticeSent)), None)


def _never(state: CaseState, records: Sequence[Record]) -> Iterator[Person]:
    """Yield to whom the case must not go: who has it, has judged in it, or gave it away."""
    if state.owner is not None:
        yield state.owner
    if state.appeal is not None and state.appeal.contests in state.deciders:
        yield state.deciders[state.appeal.contests]
    if state.release is not None and not state.release.ordered:
        yield state.release.proposer
        yield from state.release.approvers
    if state.ordered_alone is not None:
        yield state.ordered_alone
    yield from _gave_it_away(records)


def _gave_it_away(records: Sequence[Record]) -> Iterator[Person]:
    """Yield whoever gave the case away; a lead who moves somebody else's gives nothing away."""
    owner: Person | None = None
    offered: Person | None = None
    for record in records:
        match record.event:
            case e.CaseTransferred(to=to, by=by):
                yield by if owner is None or by == offered else owner
                offered = to
            case e.CaseAssigned(to=whom) | e.HandOverAccepted(by=whom):
                owner, offered = whom, None
            case e.CaseClosed():
                owner = offered = None
            case _:
                pass
