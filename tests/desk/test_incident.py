"""A mass incident on a small scale: what is refused, what is left out, what is let go in part."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import Capability, Channel, Ground, Scope
from freezecase.desk.incident import Cohort, Decision, Incident
from freezecase.errors import InvalidValue
from freezecase.policy.gate import SILENT, Answer, forbid, gate
from freezecase.policy.question import Question
from freezecase.policy.standard import standard
from freezecase.testing.contracts import StoryClock

ENGINE, ANA, ROB = Actor.system("risk-engine"), Actor.staff("ana"), Actor.staff("rob", "reviewer")
ACCOUNTS = [f"acct-{n}" for n in range(5)]
DECISION = UUID(int=77)
NARROW = Scope.of(Capability.WITHDRAW_CRYPTO)


@gate("not-by-forum", on=[do.SendNotice])
def not_by_forum(question: Question) -> Answer:
    """Nobody is told in public."""
    command: Any = question.command
    return forbid("not in public") if command.channel is Channel.FORUM else SILENT


def frozen(accounts: Sequence[str] = ACCOUNTS, name: str = "phish-1") -> Incident:
    """Return an incident that froze these accounts, beside a case of another."""
    book = Casebook.open("memory:", policy=standard().adding(not_by_forum))
    book = attrs.evolve(book, clock=StoryClock())
    how: Any = {"ground": Ground.INCIDENT, "scope": Scope.withdrawals(), "by": ENGINE}
    book.freeze_many(["acct-other"], batch=UUID(int=5), incident=f"{name}1", **how)
    book.freeze_many(accounts, batch=UUID(int=6), incident=name, **how)
    return Incident(book, name)


def say(channel: Channel = Channel.EMAIL) -> Any:
    """Return what everybody is told."""
    return lambda case: do.SendNotice(case.id, notice="freeze-imposed", channel=channel)


def well(cohort: Cohort) -> str | None:
    """Find nothing wrong."""
    assert cohort.cases or cohort.excepted
    return None


def cases(incident: Incident) -> list[CaseState]:
    """Return the cases of the incident."""
    return [incident.book.case(case) for case in incident.cases()]


def test_the_cases_of_an_incident_are_those_that_name_it() -> None:
    """In the order in which they were frozen; a name that begins alike is another incident."""
    assert [case.account for case in cases(frozen())] == ACCOUNTS
    assert Incident(frozen().book, "phish").cases() == ()


def test_telling_everybody_twice_tells_them_once() -> None:
    """The second time there is nobody left."""
    incident = frozen()
    assert incident.tell(say(), by=ENGINE).told == 5
    again = incident.tell(say(), by=ENGINE)
    assert (again.told, again.already) == (0, 5)


def test_whom_the_policy_does_not_let_tell_is_named_with_the_reason() -> None:
    """And the others are told."""
    incident = frozen()
    first = incident.cases()[0]

    def in_public_once(case: CaseState) -> do.SendNotice:
        channel = Channel.FORUM if case.id == first else Channel.LETTER
        notice: do.SendNotice = say(channel)(case)
        return notice

    told = incident.tell(in_public_once, by=ENGINE)
    assert told.told == 4
    assert set(told.refused) == {first}
    assert "not in public" in told.refused[first]


def test_progress_is_told_of_every_case() -> None:
    """Done, and of how many."""
    told: list[tuple[int, int]] = []
    frozen().tell(say(), by=ENGINE, progress=lambda *at: told.append(at))
    assert told == [(n, 5) for n in range(1, 6)]


def test_a_release_in_part_is_proposed_in_part() -> None:
    """What is left stays restricted in every case."""
    incident = frozen()
    proposed = incident.propose(by=ANA, reason="reset", id=DECISION, leaving=NARROW)
    assert proposed.decision == Decision(id=DECISION, reason="reset", leaving=NARROW)
    approved = incident.approve(proposed, by=ROB, healthy=well)
    assert [len(cohort.cases) for cohort in approved.cohorts] == [5]
    assert {case.release and case.release.leaving for case in cases(incident)} == {NARROW}


def test_who_decided_may_not_approve() -> None:
    """Four eyes look at an incident as at any other case; nothing is let go by two."""
    incident = frozen()
    proposed = incident.propose(by=ANA, reason="reset", id=DECISION)
    approved = incident.approve(proposed, by=ANA, healthy=well)
    assert [dict(cohort.excepted).keys() for cohort in approved.cohorts] == [{*incident.cases()}]
    assert {case.status for case in cases(incident)} == {Status.IN_FORCE}


def test_who_appeals_between_decision_and_approval_is_left_alone() -> None:
    """The proposal stays a duty of whoever approves; the appeal goes its way."""
    incident = frozen()
    proposed = incident.propose(by=ANA, reason="reset", id=DECISION)
    one = cases(incident)[2]
    incident.book.execute(
        do.FileAppeal(one.id, contests=1, statement="why me"), by=Actor.customer(one.account)
    )
    approved = incident.approve(proposed, by=ROB, healthy=well, sizes=[2])
    assert [len(cohort.cases) for cohort in approved.cohorts] == [2, 1, 1]
    assert dict(approved.cohorts[1].excepted) == {
        one.id: "an appeal is open: whoever hears it decides"
    }
    assert ("approval", "") in incident.book.case(one.id).obligations


def test_a_cohort_that_is_not_well_stops_the_rest() -> None:
    """They are named, and each is still somebody's duty; asked again, it goes on."""
    incident = frozen()
    proposed = incident.propose(by=ANA, reason="reset", id=DECISION)
    stopped = incident.approve(proposed, by=ROB, healthy=lambda _: "too many calls", sizes=[2])
    assert (stopped.wrong, stopped.left) == ("too many calls", proposed.cases[2:])
    assert all(("approval", "") in incident.book.case(case).obligations for case in stopped.left)
    went_on = incident.approve(proposed, by=ROB, healthy=well, sizes=[2])
    assert (went_on.wrong, went_on.left) == (None, ())
    assert {case.status for case in cases(incident)} == {Status.RELEASING}


def test_progress_is_told_of_every_cohort() -> None:
    """However many went their own way."""
    told: list[tuple[int, int]] = []
    incident = frozen()
    proposed = incident.propose(by=ANA, reason="reset", id=DECISION)
    incident.approve(
        proposed, by=ROB, healthy=well, sizes=[1, 3], progress=lambda *at: told.append(at)
    )
    assert told == [(1, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize("sizes", [[], [0], [10, -1]])
def test_a_cohort_holds_somebody(sizes: list[int]) -> None:
    """Or the release would never end; nothing is approved."""
    incident = frozen()
    proposed = incident.propose(by=ANA, reason="reset", id=DECISION)
    with pytest.raises(InvalidValue, match="some sizes, each 1 or more"):
        incident.approve(proposed, by=ROB, healthy=well, sizes=sizes)
    assert {case.status for case in cases(incident)} == {Status.IN_FORCE}


def test_an_incident_that_froze_nobody_has_nothing_to_let_go() -> None:
    """No cohort, and nothing wrong."""
    incident = Incident(frozen().book, "nothing")
    proposed = incident.propose(by=ANA, reason="reset", id=DECISION)
    assert incident.approve(proposed, by=ROB, healthy=well).cohorts == ()
    assert incident.view().cases == 0


def test_the_view_counts_who_was_told_late_and_who_was_not() -> None:
    """Late by the clock of the policy; and who may not be told, on a basis."""
    incident = frozen()
    book, clock = incident.book, incident.book.clock
    assert isinstance(clock, StoryClock)
    first, second, third, *_ = incident.cases()
    later = clock.later(hours=1)
    book.execute(
        do.WithholdNotice(
            first, notice="freeze-imposed", basis="order", review_at=later.replace(day=20)
        ),
        by=ANA,
    )
    book.execute(say()(book.case(second)), by=ENGINE)
    book.execute(say()(book.case(third)), by=ENGINE)
    failed = do.ReportDeliveryFailure(third, notice="freeze-imposed", channel=Channel.EMAIL)
    book.execute(failed, by=ENGINE)
    book.run_due(clock.later(hours=30))
    view = incident.view()
    assert (view.told.came, view.told.waiting) == (1, 4)
    assert (view.notices_missed, view.withheld) == (3, 1)
    assert view.by_status == {Status.IN_FORCE: 5}
