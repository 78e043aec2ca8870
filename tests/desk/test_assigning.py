"""What waits is given out once, on record; and where everybody is full, that is an event."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from freezecase import Actor, Casebook, Channel, Ground, PolicyForbids, Scope
from freezecase import commands as do
from freezecase import events as e
from freezecase.core.commands import Command
from freezecase.desk.assigning import CAPACITY, Assigned, assign, hands_of, taker
from freezecase.desk.routing import Given, Why
from freezecase.desk.team import Member, Team
from freezecase.policy.gate import SILENT, Answer, forbid, gate
from freezecase.policy.question import Question
from freezecase.policy.standard import standard
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA, ENGINE, OWNER, ROB, freeze_batch, url_of
from tests.app.test_casebook_damage import removed

EVE: Final = Actor.staff("eve", "lead", "officer")
BO: Final = Actor.staff("bo")


class Desk:
    """A book with a clock set by hand, and a team."""

    def __init__(self, team: Team) -> None:
        self.clock = StoryClock()
        self.book = Casebook.open("memory:", clock=self.clock)
        self.team = team

    def open(self, ground: Ground = Ground.ACCOUNT_TAKEOVER, account: str = OWNER.id) -> UUID:
        """A case on a ground, a minute later."""
        freeze = do.ImposeFreeze(account=account, ground=ground, scope=Scope.withdrawals())
        self.clock.later(minutes=1)
        return self.book.execute(freeze, by=ENGINE).case.id

    def does(self, by: Actor, *commands: Command) -> None:
        """Somebody asks for all of it."""
        for command in commands:
            self.book.execute(command, by=by)

    def assign(self) -> Assigned:
        """Give out what waits now."""
        return assign(self.book, self.team, self.clock.now())

    def kinds(self, case: UUID) -> list[str]:
        """What happened to a case at the desk."""
        return [one.kind for one in self.book.history(case) if one.actor.id == "router"]


def team(*people: Actor, limit: int = 20) -> Team:
    """A team of people who can do all of it."""
    skills = ["conversation", "incident", "monitoring", "recovery", "takeover"]
    return Team.of(*(Member.of(one, skills=skills, limit=limit) for one in people))


# --- given out -----------------------------------------------------------------------------------


def test_what_waits_is_given_out_on_record() -> None:
    """Each case has somebody who looks after it, and the record says who gave it to them."""
    desk = Desk(team(ANA, BO))
    cases = [desk.open(account=f"acct-{number}") for number in range(4)]
    done = desk.assign()

    assert [one.case for one in done.given] == cases
    owners = [desk.book.case(case).owner for case in cases]
    assert owners == ["staff:ana", "staff:bo", "staff:ana", "staff:bo"]
    assert desk.kinds(cases[0]) == ["case-assigned"]
    assert (done.stuck, done.later, dict(done.failing)) == ((), (), {})


def test_run_again_it_changes_nothing() -> None:
    """What somebody looks after stays with them, and nothing is written."""
    desk = Desk(team(ANA, BO))
    for number in range(3):
        desk.open(account=f"acct-{number}")
    desk.assign()
    size = desk.book.store.size()
    desk.clock.later(minutes=5)

    assert desk.assign().given == ()
    assert desk.book.store.size() == size


def test_what_was_handed_over_counts_for_whom_it_was_offered() -> None:
    """A case under way to somebody is theirs to take: it fills their hands, and is not given."""
    desk = Desk(team(ANA, BO, limit=1))
    first = desk.open()
    desk.assign()
    desk.does(ANA, do.TransferCase(first, to=BO.person, reason="on leave"))

    hands = hands_of(desk.book, desk.team)
    assert [hands[one.person].open for one in (ANA, BO)] == [1, 1]
    assert hands["staff:bo"].given_at == desk.clock.now()
    second = desk.open(account="acct-2")
    assert [one.case for one in desk.assign().stuck] == [second]


def test_a_closed_case_fills_nobodys_hands() -> None:
    """Whoever closes a case has room for another."""
    desk = Desk(team(ANA, limit=1))
    case = desk.open(Ground.SELF_LOCK)
    desk.assign()
    desk.does(ANA, do.ProposeRelease(case, reason="it was them"))
    desk.does(ROB, do.ApproveRelease(case))
    desk.does(ENGINE, do.ConfirmRelease(case))
    desk.does(ANA, do.CloseCase(case, outcome="cleared"))
    following = desk.open()

    assert desk.assign().given == (Given(case=following, to=ANA.person),)


def test_only_so_many_are_put_on_record_in_one_go() -> None:
    """The most urgent ones first; the others the next time."""
    desk = Desk(team(ANA, limit=2))
    for number in range(4):
        desk.open(Ground.IDENTITY_EXPIRED, f"acct-{number}")
    urgent = desk.open(account="acct-9")
    runs = [assign(desk.book, desk.team, desk.clock.now(), limit=1) for _ in range(5)]

    assert runs[0].given == (Given(case=urgent, to=ANA.person),)
    assert [(len(one.given), len(one.reported)) for one in runs] == [
        (1, 0),
        (1, 0),
        (0, 1),
        (0, 1),
        (0, 1),
    ]
    assert desk.assign().reported == ()


def test_what_nobody_can_take_hides_nothing_that_somebody_can() -> None:
    """However much is stuck before it, a case that somebody has room for is given."""
    desk = Desk(Team.of(Member.of(ANA, queues=["verification"])))
    for number in range(3):
        desk.open(account=f"acct-{number}")
    case = desk.open(Ground.IDENTITY_EXPIRED, "acct-9")

    done = assign(desk.book, desk.team, desk.clock.now(), limit=1)
    assert done.given == (Given(case=case, to=ANA.person),)
    assert len(done.stuck) == 3


# --- to whom it must not go ----------------------------------------------------------------------


def test_a_contested_decision_does_not_go_to_whoever_made_it() -> None:
    """Rob upheld the freeze; the appeal against it is not his to look after."""
    desk = Desk(team(BO, ROB))
    case = desk.open()
    desk.does(ROB, do.UpholdFreeze(case, reason="a stranger logged in"))
    decision = desk.book.case(case).decision
    desk.does(OWNER, do.FileAppeal(case, contests=decision, statement="it was me"))
    desk.team = team(ROB)

    assert [(one.case, one.why) for one in desk.assign().stuck] == [(case, Why.BARRED)]
    desk.team = team(BO, ROB)
    assert desk.assign().given == (Given(case=case, to=BO.person),)


def test_a_proposed_release_does_not_go_to_whoever_proposed_it() -> None:
    """Somebody else has to approve it: four eyes."""
    desk = Desk(team(ANA, BO))
    case = desk.open()
    desk.does(ANA, do.ProposeRelease(case, reason="it was them"))

    assert desk.assign().given == (Given(case=case, to=BO.person),)


def test_a_case_does_not_go_back_to_whoever_gave_it_away() -> None:
    """Ana gave it to Bo; reopened, it may go to him again, and not to her."""
    desk = Desk(team(ANA, BO, ROB))
    case = desk.open(Ground.SELF_LOCK)
    desk.does(EVE, do.AssignCase(case, to=ANA.person))
    desk.does(ANA, do.TransferCase(case, to=BO.person, reason="on leave"))
    desk.does(BO, do.AcceptHandOver(case), do.ProposeRelease(case, reason="it was them"))
    desk.does(ROB, do.ApproveRelease(case))
    desk.does(ENGINE, do.ConfirmRelease(case))
    desk.does(BO, do.CloseCase(case, outcome="cleared"))
    desk.does(EVE, do.ReopenCase(case, reason="something was found"))

    assert desk.assign().given == (Given(case=case, to=BO.person),)


def test_whom_to_hand_it_to_is_somebody_who_has_not_had_it() -> None:
    """Of whoever gives a case away, and gave it away before, nobody is asked."""
    desk = Desk(team(ANA, BO, ROB))
    case = desk.open()
    desk.does(EVE, do.AssignCase(case, to=ANA.person))
    assert taker(desk.book, case, desk.team, desk.clock.now()) == BO.person
    desk.does(ANA, do.TransferCase(case, to=BO.person, reason="on leave"))
    desk.does(BO, do.AcceptHandOver(case))

    assert taker(desk.book, case, desk.team, desk.clock.now()) == ROB.person
    assert taker(desk.book, case, team(ANA, BO), desk.clock.now()) is None


# --- everybody is full ---------------------------------------------------------------------------


def test_where_everybody_is_full_it_is_an_event_and_a_lead_owes_somebody() -> None:
    """The case says in which queue nobody had room, and whose move it now is."""
    desk = Desk(team(ANA, limit=1))
    desk.open(account="acct-1")
    case = desk.open(account="acct-2")
    done = desk.assign()

    assert [(one.case, one.why) for one in done.reported] == [(case, Why.FULL)]
    [failed] = [one for one in desk.book.history(case) if one.kind == "assignment-failed"]
    assert failed.event == e.AssignmentFailed(queue="security", skill="takeover")
    assert desk.book.case(case).obligations[CAPACITY, "security"].debtor == "lead"


def test_it_is_recorded_once_in_a_wait() -> None:
    """Not again while the duty stands, nor when a lead let it go, until somebody had the case."""
    desk = Desk(team(ANA, limit=1))
    desk.open(account="acct-1")
    case = desk.open(account="acct-2")

    def failures() -> int:
        return sum(one.kind == "assignment-failed" for one in desk.book.history(case))

    desk.assign()
    desk.clock.later(minutes=5)
    again = desk.assign()
    assert (again.reported, [one.case for one in again.stuck], failures()) == ((), [case], 1)
    waive = do.WaiveObligation(
        case, obligation=CAPACITY, subject="security", reason="next week somebody comes"
    )
    desk.does(EVE, waive)
    assert (desk.assign().reported, failures()) == ((), 1)


def test_a_new_wait_is_recorded_anew() -> None:
    """Once somebody had it, it was closed and reopened, nobody having room is news again."""
    desk = Desk(Team.of())
    case = desk.open(Ground.SELF_LOCK)
    desk.assign()
    desk.does(EVE, do.AssignCase(case, to=ANA.person))
    assert (CAPACITY, "security") not in desk.book.case(case).obligations
    desk.does(ANA, do.ProposeRelease(case, reason="it was them"))
    desk.does(ROB, do.ApproveRelease(case))
    desk.does(ENGINE, do.ConfirmRelease(case))
    desk.does(ANA, do.CloseCase(case, outcome="cleared"))
    desk.does(EVE, do.ReopenCase(case, reason="something was found"))

    assert [one.case for one in desk.assign().reported] == [case]
    assert desk.kinds(case).count("assignment-failed") == 2


def test_once_somebody_has_room_the_duty_is_met() -> None:
    """The case is given, and nobody owes capacity any more."""
    desk = Desk(team(ANA, limit=1))
    desk.open(account="acct-1")
    case = desk.open(account="acct-2")
    desk.assign()
    desk.team = team(ANA, BO)

    assert desk.assign().given == (Given(case=case, to=BO.person),)
    assert (CAPACITY, "security") not in desk.book.case(case).obligations


def test_whoever_comes_in_time_is_waited_for_in_silence() -> None:
    """At night nobody is woken for what is due tomorrow."""
    desk = Desk(Team.of(Member.of(ANA, skills=["recovery"], begins=12, ends=20)))
    case = desk.open(Ground.SELF_LOCK)
    desk.does(ENGINE, do.ConfirmEnforcement(case))
    done = desk.assign()

    assert (done.later, done.stuck, desk.kinds(case)) == ((case,), (), [])


# --- others write, too ---------------------------------------------------------------------------


class Meanwhile(StoryClock):
    """A clock that lets somebody else do something first, just when a case is about to be given."""

    def __init__(self) -> None:
        super().__init__()
        self.does: Callable[[], object] | None = None

    def now(self) -> datetime:
        """Let it be done, once."""
        does, self.does = self.does, None
        if does is not None:
            does()
        return super().now()


def test_what_somebody_else_gave_meanwhile_stays_with_them() -> None:
    """Nobody who just got a case loses it to a machine that looked before."""
    desk = Desk(team(ANA))
    desk.clock = clock = Meanwhile()
    desk.book = Casebook.open("memory:", clock=clock)
    case = desk.open()
    clock.does = lambda: desk.does(EVE, do.AssignCase(case, to=BO.person))
    done = assign(desk.book, desk.team, clock.instant)

    assert (done.given, {*done.failing}) == ((), {case})
    assert desk.book.case(case).owner == BO.person
    assert desk.assign().failing == {}


def test_whoever_sees_that_others_give_plans_anew() -> None:
    """Two give out at once: what the other gave fills hands, and no limit is broken."""
    desk = Desk(team(ANA, BO, limit=2))
    desk.clock = clock = Meanwhile()
    desk.book = Casebook.open("memory:", clock=clock)
    cases = [desk.open(account=f"acct-{number}") for number in range(6)]
    clock.does = lambda: assign(desk.book, desk.team, clock.instant, by=Actor.system("other"))
    done = assign(desk.book, desk.team, clock.instant)

    owners = Counter(desk.book.case(case).owner for case in cases)
    assert owners == {ANA.person: 2, BO.person: 2, None: 2}
    assert (done.given, {*done.failing}) == ((), {cases[0]})
    assert [one.case for one in done.stuck] == cases[4:]


def test_while_others_keep_giving_it_plans_anew_a_few_times_and_leaves_the_rest() -> None:
    """Somebody who gives by hand all the while is not fought: the next run goes on."""
    desk = Desk(team(ANA))
    desk.clock = clock = Meanwhile()
    desk.book = Casebook.open("memory:", clock=clock)
    cases = [desk.open(account=f"acct-{number}") for number in range(8)]
    by_hand = list(cases)

    def eve_gives_the_last() -> None:
        desk.does(EVE, do.AssignCase(by_hand.pop(), to=BO.person))
        clock.does = eve_gives_the_last

    clock.does = eve_gives_the_last
    done = assign(desk.book, desk.team, clock.instant)
    clock.does = None

    assert [one.case for one in done.given] == cases[:3]
    assert [one.case for one in desk.assign().given] == cases[3:5]
    assert Counter(desk.book.case(case).owner for case in cases) == {ANA.person: 5, BO.person: 3}


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_several_who_give_out_at_once_give_each_case_once(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Whoever is slower finds the case given; that nobody can take one is said once, too."""
    url = url_of(kind, request, tmp_path)
    with Casebook.open(url, clock=StoryClock()) as book:
        freeze_batch(book, 12)
    people = team(ANA, BO, limit=4)

    def give(number: int) -> Assigned:
        clock = StoryClock(ids=1000 * number)
        with Casebook.open(url, clock=clock, busy_timeout=30) as book:
            return assign(book, people, clock.now())

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(give, range(1, 5)))
    with Casebook.open(url, clock=StoryClock()) as book:
        again = assign(book, people, StoryClock().now())
        kinds = [[one.kind for one in book.history(case.id)] for case in book.cases()]

    assert {case.count("case-assigned") for case in kinds} <= {0, 1}
    assert {case.count("assignment-failed") for case in kinds} <= {0, 1}
    given = [one.case for run in (*done, again) for one in run.given]
    assert sorted(given) == sorted({*given})
    assert len(given) + len(again.stuck) == 12
    assert len(given) >= 8


def test_a_policy_that_says_no_keeps_nobody_from_the_others() -> None:
    """A case that may not be assigned is named with the ruling, and the others are given."""

    @gate("not-this-one", on=[do.AssignCase])
    def not_this_one(question: Question) -> Answer:
        return forbid("it is mine") if question.state.account == "acct-1" else SILENT

    desk = Desk(team(ANA))
    desk.book = Casebook.open("memory:", clock=desk.clock, policy=standard().adding(not_this_one))
    mine, other = desk.open(account="acct-1"), desk.open(account="acct-2")
    done = desk.assign()

    assert done.given == (Given(case=other, to=ANA.person),)
    assert "not-this-one" in done.failing[mine]
    with pytest.raises(PolicyForbids):
        desk.does(EVE, do.AssignCase(mine, to=ANA.person))


def test_where_the_policy_will_not_have_it_said_it_is_named() -> None:
    """A report that the ruling refuses is in `failing`, and the case stays stuck."""

    @gate("no-reports", on=[do.ReportAssignmentFailure])
    def no_reports(_question: Question) -> Answer:
        return forbid("nobody may say so")

    desk = Desk(Team.of())
    desk.book = Casebook.open("memory:", clock=desk.clock, policy=standard().adding(no_reports))
    case = desk.open()
    done = desk.assign()

    assert ([one.case for one in done.stuck], done.reported) == ([case], ())
    assert "no-reports" in done.failing[case]


def test_a_case_that_cannot_be_read_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    """It is named, and the others are given."""
    desk = Desk(team(ANA))
    desk.book = Casebook.open(f"sqlite:///{tmp_path}/cases.db", clock=desk.clock)
    lost, other = desk.open(account="acct-1"), desk.open(account="acct-2")
    desk.book.catch_up()
    removed(desk.book, lost, 2)
    done = desk.assign()

    assert done.given == (Given(case=other, to=ANA.person),)
    assert "version" in done.failing[lost]
    desk.book.close()


def test_a_case_on_offer_is_whoevers_it_was_offered_to() -> None:
    """Nobody else is given what somebody is about to take, though nobody has it yet."""
    desk = Desk(team(ANA, BO))
    case = desk.open()
    desk.does(EVE, do.TransferCase(case, to=BO.person, reason="you know this one"))

    assert (desk.assign().given, desk.book.case(case).offered_to) == ((), BO.person)
    assert hands_of(desk.book, desk.team)[BO.person].open == 1


def test_whoever_ordered_a_release_alone_does_not_look_after_it() -> None:
    """Somebody else has to sign it."""
    desk = Desk(team(ANA, EVE))
    case = desk.open()
    desk.does(EVE, do.OrderRelease(case, reason="a court says so"))

    assert desk.assign().given == (Given(case=case, to=ANA.person),)


def test_a_case_without_a_row_may_be_offered_to_anybody() -> None:
    """A closed case is in no queue; whoever asks is told who has the least to do."""
    desk = Desk(team(ANA, BO))
    case = desk.open(Ground.SELF_LOCK)
    desk.does(ANA, do.ProposeRelease(case, reason="it was them"))
    desk.does(ROB, do.ApproveRelease(case))
    desk.does(ENGINE, do.ConfirmRelease(case))
    desk.does(BO, do.CloseCase(case, outcome="cleared"))
    desk.clock.later(days=400)
    desk.book.run_due(desk.clock.now())

    assert desk.book.worklist().items == ()
    assert taker(desk.book, case, Team.of(Member.of("di")), desk.clock.now()) == "staff:di"


def test_the_customer_is_spoken_to_in_their_language() -> None:
    """Whoever speaks the language of the last notice is asked first."""
    speaks = Member.of(ROB, skills=["takeover"], languages=["cy"])
    desk = Desk(Team.of(*team(ANA).members, speaks))
    case = desk.open()
    notice = do.SendNotice(case, notice="freeze-imposed", channel=Channel.EMAIL, language="cy")
    desk.does(ENGINE, notice)

    assert desk.assign().given == (Given(case=case, to=ROB.person),)
