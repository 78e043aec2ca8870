"""
Giving out what waits: `route` says who takes which case, and it is put on record.

A case is given only as it was seen: if somebody wrote to it meanwhile, it is looked at again the
next time. Where nobody can take a case, that is an event of the case, and no line in a log: a
policy lets a lead owe somebody for it. It is recorded once in each wait, and not while that duty
stands.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

import attrs

from freezecase.app.clock import instant_of
from freezecase.app.reading import instant
from freezecase.app.stores.store import Loaded
from freezecase.app.writing import Outcome
from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.events import kind_of
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import Instant, Person, Slug
from freezecase.desk.reading import lane_of, rows, state_of, waiting
from freezecase.desk.routing import Given, Hands, Plan, Stuck, Waiting, route
from freezecase.desk.team import Member, Team
from freezecase.desk.upon import executed_upon
from freezecase.errors import CommandReused, Conflict, RecordError, Refused
from freezecase.views.worklist import WorkItem
from freezecase.wire.codec import read_event

__all__ = ["CAPACITY", "ROUTER", "UNROUTED", "Assigned", "assign", "hands_of", "taker"]

ROUTER: Final = Actor.system("router")
"""Who gives out cases, unless another actor is named."""
CAPACITY: Final = "capacity"
"""What a lead owes once nobody could take a case; its subject is the queue."""
ATTEMPTS: Final = 3
"""How often it is planned anew in one go while others give out cases, too."""
UNROUTED: Final = "unrouted"
"""The queue of a case that no ruling sent anywhere, where a word for it is needed."""


@attrs.frozen(kw_only=True)
class Assigned:
    """What came of giving out what waits."""

    given: tuple[Given, ...]
    reported: tuple[Stuck, ...]
    """What nobody can take, and was put on record just now."""
    stuck: tuple[Stuck, ...]
    """All that nobody can take."""
    later: tuple[UUID, ...]
    """What waits for somebody who comes to work in time."""
    failing: Mapping[UUID, str]
    """What could not be put on record, each with why; it is looked at again the next time."""


def assign(
    book: Casebook, team: Team, now: datetime, *, by: Actor = ROUTER, limit: int = 1000
) -> Assigned:
    """
    Give out the cases that nobody looks after, the most urgent first.

    At most *limit* are put on record in one go, the others the next time. Run again, it finds
    nothing more to do until somebody has room or something new waits.

    Several may run at once: a case is given once, and who sees that others give, plans anew. Only
    two that write in the very same moment may both give somebody the last case they may have, so
    let one process do it.

    Raises:
        InvalidValue: *now* is no aware instant.
        StoreError: the book cannot be read or written; what was given so far stays.

    """
    now = instant(now, "now")
    desk = _Desk(book, by)
    plan = desk.plan(team, now)
    for _attempt in range(ATTEMPTS):
        if desk.give_out(plan.given[: limit - len(desk.given)]):
            break
        plan = desk.plan(team, now)
    reported = tuple(islice(filter(desk.report, plan.stuck), limit - len(desk.given)))
    return Assigned(
        given=tuple(desk.given),
        reported=reported,
        stuck=plan.stuck,
        later=plan.later,
        failing=MappingProxyType(desk.failing),
    )


def taker(book: Casebook, case: UUID, team: Team, now: datetime) -> Person | None:
    """
    Return who should be offered a case that is to be given away; nobody, if nobody can take it.

    For the `to` of a `TransferCase`. Whoever has it now is not asked.

    Raises:
        NoSuchCase: there is no such case.
        InvalidValue: *now* is no aware instant.

    """
    now = instant(now, "now")
    records = book.history(case)
    hands = hands_of(book, team)
    owner = state_of(records).owner
    item = next((row for row in rows(book, owner=owner or "") if row.case == case), None)
    plan = route([waiting(records, item)], team, hands, now)
    return plan.given[0].to if plan.given else None


# --- what everybody has --------------------------------------------------------------------------


def hands_of(book: Casebook, team: Team) -> dict[Person, Hands]:
    """Return what each of a team has in hand, by the worklist, which catches up first."""
    book.catch_up()
    return {one.person: _hands(book, one) for one in team.members}


def _hands(book: Casebook, member: Member) -> Hands:
    """Count what they look after, and what was offered to them and they have not taken yet."""
    person = member.person
    owned = {row.case for row in rows(book, owner=person)}
    offered = {row.case for row in rows(book, debtor=person) if row.case not in owned}
    cases = owned | {case for case in offered if book.case(case).offered_to == person}
    given = (_changed_hands(book, case) for case in cases)
    return Hands(open=len(cases), given_at=max(filter(None, given), default=None))


_HANDS: Final = tuple(map(kind_of, (e.CaseAssigned, e.CaseTransferred, e.HandOverAccepted)))


def _changed_hands(book: Casebook, case: UUID) -> Instant | None:
    """Return when a case changed hands last; its records need not be read for that."""
    found = (
        row[4] for row in reversed(book.store.read(case, verify=False)) if row[1].startswith(_HANDS)
    )
    return next(map(instant_of, found), None)


# --- what waits ----------------------------------------------------------------------------------

_BEGINS: Final = tuple(map(kind_of, (e.FreezeImposed, e.CaseAssigned, e.CaseReopened)))
_FAILED: Final = kind_of(e.AssignmentFailed)


@attrs.define(slots=False)
class _Case:
    """A case that nobody looks after. It is read only as far as somebody has to know."""

    book: Casebook
    item: WorkItem
    state: CaseState | None = None
    waiting: Waiting = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with what its row says: that anybody may have it."""
        self.waiting = lane_of(self.item)

    def read(self) -> CaseState:
        """Read to whom it must not go; return the case as it was seen."""
        records = self.book.history(self.item.case)
        self.state, self.waiting = state_of(records), waiting(records, self.item)
        return self.state

    @property
    def to_be_given(self) -> bool:
        """Whether nobody is about to take it, and somebody has to look after it."""
        hands = next((row[1] for row in reversed(self._rows) if row[1].startswith(_HANDS)), "")
        return self.item.status in _LOOKED_AFTER and not hands.startswith(_OFFERED)

    @property
    def since(self) -> int:
        """The version from which on it waits for somebody."""
        begins = (row[0] for row in reversed(self._rows) if row[1].startswith(_BEGINS))
        return next(begins, 0)

    def told(self, queue: Slug) -> bool:
        """Say whether it is on record in this wait that nobody of a queue can take it."""
        failed = (row for row in self._rows[self.since :] if row[1].startswith(_FAILED))
        events = (read_event(row[1], row[2]) for row in failed)
        return any(isinstance(one, e.AssignmentFailed) and one.queue == queue for one in events)

    @cached_property
    def _rows(self) -> Sequence[Loaded]:
        return self.book.store.read(self.item.case, verify=False)


_OFFERED: Final = kind_of(e.CaseTransferred)
_LOOKED_AFTER: Final = frozenset(Status) - {Status.UNOPENED, Status.CLOSED}

# --- on record -----------------------------------------------------------------------------------


@attrs.define
class _Desk:
    """Goes through what waits, once."""

    book: Casebook
    by: Actor
    cases: dict[UUID, _Case] = attrs.field(factory=dict)
    given: list[Given] = attrs.field(factory=list)
    failing: dict[UUID, str] = attrs.field(factory=dict)
    _position: int = 0
    """The index of the last record that was looked at for whether others give out cases, too."""

    def plan(self, team: Team, now: datetime) -> Plan:
        """
        Return who is given which case; only what is given is read.

        As long as nobody could take a case even if anybody might have it, it need not be known who
        must not: so this costs what people have room for, and not what waits.
        """
        self._position = self.book.store.size()
        self.book.catch_up()
        self.cases = {row.case: _Case(self.book, row) for row in rows(self.book, owner="")}
        hands = hands_of(self.book, team)  # after the cases: who was given one since has it
        waits = {case: one for case, one in self.cases.items() if one.to_be_given}
        while True:
            plan = route((one.waiting for one in waits.values()), team, hands, now)
            unread = [one.case for one in plan.given if waits[one.case].state is None]
            if not unread:
                return plan
            for case in unread:
                if not self._is_free(waits[case]):
                    del waits[case]

    def give_out(self, given: Iterable[Given]) -> bool:
        """Give what was planned; stop and say no as soon as others gave something meanwhile."""
        for one in given:
            if self._changed_hands():
                return False
            if self._give(one):
                self.given.append(one)
                if self._changed_hands() > 1:  # ours, and somebody else's
                    return False
        return True

    def _changed_hands(self) -> int:
        """Count the cases that changed hands since this was asked last."""
        names: list[str] = []
        for index, _at, _case, _version, name, _state in self.book.store.scan(self._position):
            self._position = index
            names.append(name)
        return sum(name.startswith(_HANDS) for name in names)

    def _is_free(self, case: _Case) -> bool:
        """Read a case; say whether nobody has it, or was offered it, since its row was made."""
        try:
            state = case.read()
        except RecordError as error:
            self.failing[case.item.case] = f"{error}"
            return False
        return state.owner is None and state.offered_to is None

    def _give(self, one: Given) -> bool:
        """Put on record who has a case from now on."""
        case = self.cases[one.case]
        seen = case.state or case.read()
        return self._said(one.case, lambda: executed_upon(self.book, seen, _assigned(one), self.by))

    def report(self, one: Stuck) -> bool:
        """Put on record that nobody can take a case, once in each wait."""
        case, queue = self.cases[one.case], one.queue or UNROUTED
        if case.told(queue):
            return False
        command = do.ReportAssignmentFailure(one.case, queue=queue, skill=one.skill)
        id = uuid5(one.case, f"nobody for {queue} since version {case.since}")
        return self._said(one.case, lambda: self.book.execute(command, by=self.by, id=id))

    def _said(self, case: UUID, say: Callable[[], Outcome]) -> bool:
        try:
            return not say().repeated
        except (CommandReused, Conflict, Refused) as error:
            self.failing[case] = f"{error}"
            return False


def _assigned(one: Given) -> do.AssignCase:
    return do.AssignCase(one.case, to=one.to)
