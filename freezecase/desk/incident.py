"""
A mass incident: thousands of accounts frozen at once, told at once, and let go cohort by cohort.

    incident = Incident(book, "phish-2026-11")
    book.freeze_many(accounts, incident=incident.name, ...)
    incident.tell(say, by=engine)                       # everybody, within the clock of the policy
    decision = incident.propose(by=ana, reason="passwords were changed", id=an_id)
    incident.approve(decision, by=rob, healthy=look)    # small cohorts first, each looked at

One decision and one approval, and both stand in each case, under ids that follow from the decision.
So whatever crashed is run again and goes on where it was, and nothing is kept beside the records.
Whoever appeals, is held, or is let go already is left to those who deal with that case.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias
from uuid import UUID, uuid5

import attrs

from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.checked import refuse
from freezecase.core.commands import Command
from freezecase.core.state import CaseState
from freezecase.core.values import Scope
from freezecase.errors import Refused
from freezecase.views.incident import IncidentView, cases_of_incident, incident_view

__all__ = ["SIZES", "Approved", "Cohort", "Decision", "Incident", "Proposed", "Told"]

SIZES: Final = (10, 100, 1_000)
"""How many cases a cohort has: the first, the second, and each from the third on."""

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many cases are done, of how many."""
Say: TypeAlias = Callable[[CaseState], do.SendNotice]
"""What the owner of one case is told; its text is written from the case."""
Healthy: TypeAlias = Callable[["Cohort"], str | None]
"""Looks at a cohort that was let go, and says what is wrong, or nothing."""


@attrs.frozen(kw_only=True)
class Told:
    """What came of telling everybody."""

    told: int
    already: int
    refused: Mapping[UUID, str]
    """The cases in which the ruling said no, each with the ruling in words."""


@attrs.frozen(kw_only=True)
class Decision:
    """One decision to let go: whoever made it, its id stands behind its proposal in every case."""

    id: UUID
    reason: str
    leaving: Scope | None = None
    """What stays restricted; nothing when all is let go."""

    def command_id(self, act: str, case: UUID) -> UUID:
        """Return the id of one act of this decision in one case: the same however often asked."""
        return uuid5(self.id, f"{act} {case}")


@attrs.frozen(kw_only=True)
class Proposed:
    """In which cases a decision was proposed, and which are left to themselves, and why."""

    decision: Decision
    cases: tuple[UUID, ...]
    excepted: Mapping[UUID, str]


@attrs.frozen(kw_only=True)
class Cohort:
    """Some cases that were let go together."""

    number: int
    """From 1."""
    cases: tuple[UUID, ...]
    excepted: Mapping[UUID, str]
    """The cases of this cohort that went their own way since the decision, and why."""


@attrs.frozen(kw_only=True)
class Approved:
    """How far the release has come: cohort by cohort, and why it stopped if it did."""

    cohorts: tuple[Cohort, ...]
    left: tuple[UUID, ...]
    """The cases whose release is still to be approved: each of them is somebody's duty."""
    wrong: str | None = None
    """What was wrong with the last cohort; nothing when all are through."""


@attrs.frozen
class Incident:
    """One incident in a book, by the name that its freezes carry."""

    book: Casebook
    name: str

    def cases(self) -> tuple[UUID, ...]:
        """Return the cases that it opened, in the order in which they were frozen."""
        return tuple(cases_of_incident(self.book.store, self.name))

    def view(self) -> IncidentView:
        """Return what became of them, with times."""
        return incident_view(self.name, map(self.book.history, self.cases()))

    def tell(self, say: Say, *, by: Actor, progress: Progress | None = None) -> Told:
        """
        Send each owner the notice that *say* writes, unless they were told of it.

        Run it again after a crash, or after deliveries failed: only who was not told is told.
        """
        told, already = 0, 0
        refused: dict[UUID, str] = {}
        for case in _each(self.cases(), progress):
            state = self.book.case(case)
            notice = say(state)
            if notice.notice in state.told:
                already += 1
                continue
            id = uuid5(case, f"tell of {notice.notice} at version {state.version}")
            why = self._asked(notice, by, id)
            told += why is None
            refused |= {} if why is None else {case: why}
        return Told(told=told, already=already, refused=MappingProxyType(refused))

    def propose(
        self,
        *,
        by: Actor,
        reason: str,
        id: UUID,
        leaving: Scope | None = None,
        progress: Progress | None = None,
    ) -> Proposed:
        """
        Propose the release of every case that has not gone its own way.

        With the same *id* after a crash it goes on where it was.
        """
        decision = Decision(id=id, reason=reason, leaving=leaving)
        cases: list[UUID] = []
        excepted: dict[UUID, str] = {}
        for case in _each(self.cases(), progress):
            command = do.ProposeRelease(case, reason=reason, leaving=leaving)
            why = self._let_go(case, command, by, decision.command_id("propose", case))
            if why is None:
                cases.append(case)
            else:
                excepted[case] = why
        return Proposed(decision=decision, cases=tuple(cases), excepted=MappingProxyType(excepted))

    def approve(
        self,
        proposed: Proposed,
        *,
        by: Actor,
        healthy: Healthy,
        sizes: Sequence[int] = SIZES,
        progress: Progress | None = None,
    ) -> Approved:
        """
        Approve what was proposed, a cohort at a time, while each of them turns out *healthy*.

        With the same proposal after a crash, or once what was wrong is put right, it goes on: what
        was approved before is passed over, and looked at again.
        """
        cohorts: list[Cohort] = []
        left = list(proposed.cases)
        for size in _sizes(sizes):
            if not left:
                break
            part, left = left[:size], left[size:]
            cohort = self._approve(proposed.decision, len(cohorts) + 1, part, by)
            cohorts.append(cohort)
            if progress is not None:
                progress(len(proposed.cases) - len(left), len(proposed.cases))
            wrong = healthy(cohort)
            if wrong is not None:
                return Approved(cohorts=tuple(cohorts), left=tuple(left), wrong=wrong)
        return Approved(cohorts=tuple(cohorts), left=())

    def _approve(self, decision: Decision, number: int, part: list[UUID], by: Actor) -> Cohort:
        done: list[UUID] = []
        excepted: dict[UUID, str] = {}
        for case in part:
            id = decision.command_id("approve", case)
            why = self._let_go(case, do.ApproveRelease(case), by, id)
            if why is None:
                done.append(case)
            else:
                excepted[case] = why
        return Cohort(number=number, cases=tuple(done), excepted=MappingProxyType(excepted))

    def _let_go(self, case: UUID, command: Command, by: Actor, id: UUID) -> str | None:
        """Take one step of letting go, unless the case goes its own way: then say why."""
        if self.book.case(case).appeal is not None:
            return "an appeal is open: whoever hears it decides"
        return self._asked(command, by, id)

    def _asked(self, command: Command, by: Actor, id: UUID) -> str | None:
        """Ask for it; return why not, if it was refused."""
        try:
            self.book.execute(command, by=by, id=id)
        except Refused as refused:
            return str(refused)
        return None


def _each(cases: Sequence[UUID], progress: Progress | None) -> Iterator[UUID]:
    for done, case in enumerate(cases, 1):
        yield case
        if progress is not None:
            progress(done, len(cases))


def _sizes(sizes: Sequence[int]) -> Iterable[int]:
    """Yield the size of each cohort; the last goes on for ever."""
    if not sizes or min(sizes) < 1:
        raise refuse("sizes", sizes, "some sizes, each 1 or more")
    yield from sizes
    while True:
        yield sizes[-1]
