"""
The owner of the case leaves the company: nobody ever acts as `@owner` again, and nothing sleeps.

Elsewhere a suspended case can be resumed by its owner alone, and stays suspended when they are
gone. Here a relation such as `@owner` owes for a while, and then a role does, which somebody has.
"""

from datetime import datetime, timedelta

import pytest

from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.obligations import Demand, Rung
from freezecase.core.pending import uncovered
from freezecase.core.status import Status
from freezecase.core.values import Channel, Ground, Scope
from freezecase.errors import PolicyForbids
from freezecase.policy.standard import standard
from freezecase.testing import A_CASE, Given, given
from freezecase.testing.contracts import StoryClock
from tests.policy.standard.book import instant, rows

ENGINE, OWNER = Actor.system("risk-engine"), Actor.customer("acct-4711")
GONE = Actor.staff("ana", "analyst")
"""Who looked after the case. From here on nobody acts as her."""
LEA, ROB, EVE = Actor.staff("lea", "lead"), Actor.staff("rob", "reviewer"), Actor.staff("eve")

MONDAY = instant("Mon  5 Jan 2026 09:00")
FREEZE = do.ImposeFreeze(
    account=OWNER.id, ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
)
Asking = tuple[Actor, Command]


def looked_after(*more: Asking) -> Given:
    """Return a case that Ana looked after until this Monday morning, and what came in since."""
    story = given().after(FREEZE, by=ENGINE, at=MONDAY)
    assigned: Asking = (LEA, do.AssignCase(A_CASE, to=GONE.person))
    for by, command in ((ENGINE, do.ConfirmEnforcement(A_CASE)), assigned, *more):
        story = story.after(command, by=by, at=MONDAY)
    return story


UPHELD: Asking = (ROB, do.UpholdFreeze(A_CASE, reason="it was a stranger"))
ASKED: Asking = (ROB, do.RequestChecks(A_CASE, checks=["device"]))
SHOWN: Asking = (OWNER, do.SubmitEvidence(A_CASE, check="device"))
WROTE: Asking = (OWNER, do.RecordContact(A_CASE, channel=Channel.EMAIL))
PROPOSED: Asking = (GONE, do.ProposeRelease(A_CASE, reason="it was them after all"))
APPROVED: Asking = (ROB, do.ApproveRelease(A_CASE))
FREE: Asking = (ENGINE, do.ConfirmRelease(A_CASE))

CAME_IN = {
    "nothing": (),
    "a letter": (WROTE,),
    "a review": (UPHELD,),
    "a check": (ASKED,),
    "evidence": (ASKED, SHOWN),
    "a release": (PROPOSED, APPROVED, FREE),
}

# What the owner of the case owed, and from when on who else does.
SOMEBODY_ELSE = """
# since      | what is owed        | somebody else owes it from  | who
nothing      | update              | Mon 12 Jan 2026 end of day  | lead
a letter     | reply               | Tue  6 Jan 2026 end of day  | lead
a review     | renewal             | Wed  4 Feb 2026 end of day  | lead
a check      | evidence device     | Wed 28 Jan 2026 end of day  | reviewer, to decide without it
evidence     | check-review device | Tue  6 Jan 2026 end of day  | lead
a release    | closing             | Wed  4 Feb 2026 end of day  | lead
a release    | post-release-watch  | Mon 19 Jan 2026 end of day  | accountable
"""


def on_time(story: Given, until: datetime) -> Given:
    """Let time pass to each due time in turn, until then."""
    while (now := min(one.due for one in story.state.obligations.values())) <= until:
        story = story.later(now)
        assert not [*uncovered(story.state)]
    return story


@pytest.mark.parametrize("row", rows(SOMEBODY_ELSE), ids=lambda row: row[1])
def test_what_the_owner_owes_another_role_owes_soon(row: tuple[str, ...]) -> None:
    """Each duty that names `@owner` has a rung above, which names somebody who is there."""
    since, what, when, who = row
    kind, _, subject = what.partition(" ")
    debtor, _, instead = who.partition(", to decide")
    at, story = instant(when), looked_after(*CAME_IN[since])
    before = on_time(story, at - timedelta(microseconds=1)).state.obligations[kind, subject]
    after = on_time(story, at).state.obligations
    owed = after["decide-without-evidence" if instead else kind, subject]
    assert (before.debtor, before.due, owed.debtor) == ("@owner", at, debtor)


def test_the_table_knows_all_that_an_owner_ever_owes() -> None:
    """Every clock that names `@owner` has its row."""
    owing = {clock.demand.kind for clock in standard().clocks if _by_owner(clock.demand)}
    assert owing == {what.partition(" ")[0] for _, what, _, _ in rows(SOMEBODY_ELSE)}


def _by_owner(demand: Demand) -> tuple[Rung, ...]:
    return tuple(rung for rung in demand.ladder if rung.debtor == "@owner")


def test_a_hand_over_to_somebody_who_has_left_does_not_hang() -> None:
    """Four hours, and then a lead owes that somebody takes it; another transfer will do."""
    offered = (LEA, do.TransferCase(A_CASE, to=GONE.person, reason="she knows it"))
    story = looked_after(offered).later(MONDAY + timedelta(hours=4))
    taken = do.AcceptHandOver(A_CASE)
    story.when(taken, by=LEA, at=MONDAY + timedelta(hours=5)).then_owed("hand-over", by="lead")
    again = story.after(
        do.TransferCase(A_CASE, to=ROB.person, reason="she has left"),
        by=LEA,
        at=MONDAY + timedelta(hours=5),
    )
    done = again.when(taken, by=ROB, at=MONDAY + timedelta(hours=6)).then_not_owed("hand-over")
    assert done.after.owner == ROB.person


def test_what_she_proposed_somebody_else_decides() -> None:
    """Approved or refused; nobody need wait for her to take it back."""
    story = looked_after(PROPOSED)
    for command in (do.ApproveRelease(A_CASE), do.RefuseRelease(A_CASE, reason="not yet")):
        story.when(command, by=ROB, at=MONDAY).then_not_owed("approval")


def test_what_she_decided_somebody_else_reviews() -> None:
    """She could not have done so herself; anybody but her may."""
    decided = looked_after((GONE, do.UpholdFreeze(A_CASE, reason="it was a stranger")))
    contests = decided.state.decision
    appealed = decided.after(
        do.FileAppeal(A_CASE, contests=contests, statement="it was me"), by=OWNER, at=MONDAY
    )
    uphold = do.UpholdAppeal(A_CASE, reason="you were right")
    appealed.when(uphold, by=GONE, at=MONDAY).then_refused(PolicyForbids)
    appealed.when(uphold, by=EVE, at=MONDAY).then_status(Status.RELEASING)


def test_the_whole_of_it_goes_on_without_her() -> None:
    """Whatever it takes to end well; three people are there, and she is none of them."""
    story = on_time(looked_after(UPHELD, ASKED, SHOWN, WROTE), instant("Fri 16 Jan 2026 09:00"))
    rest: list[Asking] = [
        (LEA, do.SendReply(A_CASE, channel=Channel.EMAIL)),
        (LEA, do.SendNotice(A_CASE, notice="freeze-imposed", channel=Channel.EMAIL)),
        (ROB, do.PassCheck(A_CASE, check="device")),
        (LEA, do.ProposeRelease(A_CASE, reason="it was them after all")),
        APPROVED,
        FREE,
        (LEA, do.CloseCase(A_CASE, outcome="cleared")),
    ]
    at = instant("Fri 16 Jan 2026 09:00")
    for by, command in rest:
        story = story.after(command, by=by, at=at)
    assert story.state.status is Status.CLOSED
    assert {*story.state.obligations} <= {("appeal-window", "")}


def test_in_a_book_a_lead_is_asked_within_two_days_and_then_the_head() -> None:
    """By a scheduler that runs every six hours for a fortnight, day and night."""
    clock = StoryClock(MONDAY)
    with Casebook.open("memory:", clock=clock) as book:
        case = book.execute(FREEZE, by=ENGINE).case.id
        for by, command in (
            (ENGINE, do.ConfirmEnforcement(case)),
            (LEA, do.AssignCase(case, to=GONE.person)),
            (OWNER, do.RecordContact(case, channel=Channel.EMAIL)),
        ):
            book.execute(command, by=by)
        owed: dict[str, datetime] = {}
        for _ in range(14 * 4):
            book.run_due(clock.later(hours=6))
            assert not [*uncovered(book.case(case))]
            debtor = book.case(case).obligations["reply", ""].debtor
            owed.setdefault(debtor, clock.instant)
        assert [*owed] == ["@owner", "lead", "accountable"]
        assert owed["lead"] - MONDAY < timedelta(days=2)
        assert {one.debtor for one in book.due(clock.instant, ahead=timedelta(days=30))} == {
            "accountable"
        }
