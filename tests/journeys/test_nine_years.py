"""
The nine-year lock-out: an owner without a second factor, and an exchange that does not answer.

A customer lost the phone with the authenticator. A machine locked the account, told them so by
letter, and asked for their identity and their face. They called. Then nobody did anything, for
nine years. Nothing here unlocks by itself; and nothing here ever falls asleep.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

import pytest

from freezecase.app.record import Record
from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.appeals import AppealRoute
from freezecase.core.commands import Command
from freezecase.core.pending import uncovered
from freezecase.core.state import CaseState, CheckStage
from freezecase.core.status import Status
from freezecase.core.values import Capability, CaseId, Channel, Ground, Scope
from freezecase.errors import PolicyForbids
from freezecase.policy.standard import standard
from freezecase.policy.turn import Turn, let_time_pass
from freezecase.testing import A_CASE, Given, given
from freezecase.testing.contracts import StoryClock
from tests.policy.standard.book import instant, rows

ENGINE, PHONES = Actor.system("risk-engine"), Actor.system("call-centre")
OWNER = Actor.customer("acct-4711")
ANA, ROB = Actor.staff("ana", "analyst"), Actor.staff("rob", "reviewer")
ACCOUNTABLE = "head-of-compliance"
POLICY = standard(accountable=ACCOUNTABLE)

BEGIN = instant("Mon  6 Feb 2017 10:00")
END = instant("Mon  9 Feb 2026 11:00")
DAY = timedelta(days=1)

LOCK = do.ImposeFreeze(account=OWNER.id, ground=Ground.CREDENTIAL_LOSS, scope=Scope.everything())
Asking = tuple[Actor, Command]


def locked_out(case: CaseId = A_CASE) -> list[Asking]:
    """Return what machines do within the first minute, and what the phone system records."""
    return [
        (ENGINE, do.ConfirmEnforcement(case)),
        (ENGINE, do.SendNotice(case, notice="freeze-imposed", channel=Channel.LETTER)),
        (ENGINE, do.RequestChecks(case)),
        (PHONES, do.RecordContact(case, channel=Channel.PHONE)),
    ]


def way_out(case: CaseId = A_CASE) -> list[Asking]:
    """Return what two people do in the end: a video call, an appeal, and two pairs of eyes."""
    return [
        (ANA, do.AssignCase(case, to=ANA.person)),
        (ANA, do.SendReply(case, channel=Channel.PHONE)),
        (ANA, do.SubmitEvidence(case, check="liveness", shown="video-call")),
        (ANA, do.PassCheck(case, check="liveness")),
        (ANA, do.SubmitEvidence(case, check="identity")),
        (ANA, do.PassCheck(case, check="identity")),
        (ANA, do.FileAppeal(case, contests=1, statement="I lost my phone, nine years ago")),
        (ROB, do.AcknowledgeAppeal(case, channel=Channel.LETTER)),
        (ANA, do.ProposeRelease(case, reason="it is them")),
        (ROB, do.ApproveRelease(case)),
        (ENGINE, do.ConfirmRelease(case)),
        (ANA, do.SendNotice(case, notice="released", channel=Channel.LETTER)),
        (ANA, do.RecordHarm(case, harm="nine-years-without-their-money")),
        (ANA, do.CloseCase(case, outcome="mistake")),
    ]


@cache
def first_day() -> Given:
    """Return the case as it was on the evening of the first day."""
    story = given().under(POLICY).after(LOCK, by=ENGINE, at=BEGIN)
    for by, command in locked_out():
        story = story.after(command, by=by, at=BEGIN)
    return story


@cache
def nine_years() -> tuple[Turn, ...]:
    """Return the turns of a clock that is looked at whenever anything falls due, to the minute."""
    return tuple(_on_time(first_day().state))


def _on_time(state: CaseState) -> Iterator[Turn]:
    while (now := min(owed.due for owed in state.obligations.values())) < END:
        for turn in let_time_pass(POLICY, state, now):
            yield turn
            state = turn.after


# --- nobody moves ------------------------------------------------------------------------------

CLIMBS = """
# when it is missed        | what                           | by whom, and who owes then
Tue  7 Feb 2017 10:00      | review                         | reviewer -> lead
Tue  7 Feb 2017 end of day | reply                          | @owner -> lead
Wed  8 Feb 2017 10:00      | review                         | lead -> head-of-compliance
Thu  9 Feb 2017 end of day | reply                          | lead -> head-of-compliance
Mon 13 Feb 2017 end of day | evidence identity              | customer -> customer
Mon 13 Feb 2017 end of day | evidence liveness              | customer -> customer
Mon 13 Feb 2017 end of day | update                         | @owner -> lead
Thu 16 Feb 2017 end of day | update                         | lead -> head-of-compliance
Tue 21 Feb 2017 end of day | evidence identity              | customer -> @owner
Tue 21 Feb 2017 end of day | evidence liveness              | customer -> @owner
Wed  1 Mar 2017 end of day | evidence identity              | @owner -> reviewer, to decide without
Wed  1 Mar 2017 end of day | evidence liveness              | @owner -> reviewer, to decide without
Thu  9 Mar 2017 end of day | decide-without-evidence identity | reviewer -> lead
Thu  9 Mar 2017 end of day | decide-without-evidence liveness | reviewer -> lead
Tue 14 Mar 2017 end of day | decide-without-evidence identity | lead -> head-of-compliance
Tue 14 Mar 2017 end of day | decide-without-evidence liveness | lead -> head-of-compliance
Sun  6 Aug 2017 end of day | appeal-window                  | customer -> nobody
"""


def _climbs(turn: Turn) -> tuple[datetime, str, str] | None:
    """Return what climbed in this turn; nothing where the last one owes once more."""
    [miss] = turn.decided
    assert isinstance(miss, e.ObligationMissed)
    before = turn.before.obligations[miss.obligation, miss.subject]
    opened = [one.obligation for one in turn.owed if isinstance(one, e.ObligationOpened)]
    after = opened[0] if opened else None
    if after is not None and (after.demand, after.rung) == (before.demand, before.rung):
        return None
    now = "nobody" if after is None else after.debtor
    instead = after is not None and after.demand.kind != miss.obligation
    to_decide = ", to decide without" if instead else ""
    what = f"{miss.obligation} {miss.subject}".strip()
    return turn.ruling.at, what, f"{before.debtor} -> {now}{to_decide}"


def test_each_ladder_climbs_on_schedule_to_the_accountable_role() -> None:
    """The customer's silence ends in a decision that is owed; ours ends nowhere."""
    climbs = [climb for turn in nine_years() if (climb := _climbs(turn)) is not None]
    assert climbs == [(instant(when), what, who) for when, what, who in rows(CLIMBS)]


def test_then_the_accountable_role_is_asked_again_and_again() -> None:
    """Every day for the decision whether the freeze stands; every other day for an answer."""
    missed = [event for turn in nine_years() for event in turn.decided]
    asked = Counter(event.obligation for event in missed if isinstance(event, e.ObligationMissed))
    assert asked["review"] == (END - BEGIN) // DAY
    for kind in ("reply", "update", "decide-without-evidence"):
        assert asked[kind] > 9 * 40
    assert {owed.debtor for owed in nine_years()[-1].after.obligations.values()} == {ACCOUNTABLE}


def test_at_no_instant_of_nine_years_does_the_case_fall_asleep() -> None:
    """After each turn everything that is waited for is owed, and the next due time is near."""
    for turn in nine_years():
        now = turn.ruling.at
        assert not [*uncovered(turn.after)]
        assert min(owed.due for owed in turn.after.obligations.values()) <= now + DAY


def test_and_nothing_unlocks_by_itself() -> None:
    """Nine years are no reason to let a stranger in."""
    first, last = first_day().state, nine_years()[-1].after
    assert (last.status, last.scope) == (Status.IN_FORCE, Scope.everything())
    assert (last.checks, last.decision, last.deciders) == (
        *(first.checks, first.decision, first.deciders),
    )
    assert Capability.LOG_IN in Scope.everything().capabilities


def test_a_person_who_is_asked_for_is_owed_within_minutes_and_then_by_the_hour() -> None:
    """Somebody asks for a person on the second day; by the third the ladder is at its end."""
    asked = first_day().after(
        do.RequestHuman(A_CASE, channel=Channel.PHONE), by=PHONES, at=BEGIN + DAY
    )
    at = BEGIN + DAY
    for minutes, debtor in ((2, "front"), (5, "lead"), (65, ACCOUNTABLE), (125, ACCOUNTABLE)):
        owed = asked.state.obligations["human", ""]
        assert (owed.debtor, owed.due) == (debtor, at + timedelta(minutes=minutes))
        asked = asked.later(owed.due)


# --- and then somebody does --------------------------------------------------------------------


def found() -> Given:
    """Return the case as somebody finds it, nine years and three days later."""
    return Given(nine_years()[-1].after, POLICY)


def test_the_way_out_needs_nothing_that_is_frozen() -> None:
    """No log-in, no device, no second factor: staff and systems do all of it."""
    story = found()
    for by, command in way_out():
        assert by.kind in {ActorKind.STAFF, ActorKind.SYSTEM}
        story = story.after(command, by=by, at=END)
    closed = story.state
    assert (closed.status, closed.restriction, closed.appeal) == (Status.CLOSED, None, None)
    assert {check.stage for check in closed.checks.values()} == {CheckStage.PASSED}
    assert [owed.demand.kind for owed in closed.obligations.values()] == []


def test_the_window_of_appeal_is_long_over_and_nobody_stands_there_helpless() -> None:
    """The customer may still ask to be let back in; and staff file the late appeal for them."""
    late = do.FileAppeal(A_CASE, contests=1, statement="I lost my phone, nine years ago")
    found().when(late, by=OWNER, at=END).then_refused(PolicyForbids, by_rule="appeal-in-time")
    back = do.FileAppeal(
        A_CASE, contests=1, statement="let me back", route=AppealRoute.REINSTATEMENT
    )
    for command, by in ((late, ANA), (back, OWNER)):
        filed = found().when(command, by=by, at=END).then_status(Status.APPEALED)
        filed.then_owed("appeal-decision", by="reviewer").then_owed("acknowledgement")


def test_two_pairs_of_eyes_look_at_it() -> None:
    """Nine years late is no reason to let one person decide."""
    story = found()
    for by, command in way_out()[:9]:
        story = story.after(command, by=by, at=END)
    approve = do.ApproveRelease(A_CASE)
    story.when(approve, by=ANA, at=END).then_refused(PolicyForbids, by_rule="four-eyes")
    story.when(approve, by=ROB, at=END).then_status(Status.RELEASING).then_owed("lifting")


@pytest.mark.parametrize("kind", ["review", "reply", "update", "decide-without-evidence"])
def test_what_was_owed_for_nine_years_ends_with_its_deed(kind: str) -> None:
    """Met, on record, by what was asked for all along."""
    story, met = found(), list[str]()
    for by, command in way_out():
        asked = story.when(command, by=by, at=END)
        owed = asked.allowed().owed
        met += [event.obligation for event in owed if isinstance(event, e.ObligationMet)]
        story = Given(asked.after, POLICY)
    assert kind in met


# --- the same in a book ------------------------------------------------------------------------


def test_in_a_book_it_is_the_same_however_seldom_somebody_looks() -> None:
    """A scheduler that runs once a quarter: each time everything overdue is asked for again."""
    clock = StoryClock(BEGIN)
    with Casebook.open("memory:", policy=POLICY, clock=clock) as book:
        case = book.execute(LOCK, by=ENGINE).case.id
        for by, command in locked_out(case):
            book.execute(command, by=by)
        for _quarter in range(36):
            now = clock.later(days=91)
            passed = book.run_due(now)
            assert (passed.cases, passed.missed >= 5, dict(passed.failed)) == (1, True, {})
            assert (book.due(now), book.run_due(now).missed) == ((), 0)
            assert not [*uncovered(book.case(case))]
        assert {one.debtor for one in book.due(clock.instant, ahead=365 * DAY)} == {ACCOUNTABLE}
        for by, command in way_out(case):
            book.execute(command, by=by)
        assert book.case(case).status is Status.CLOSED
        assert _silence(book.history(case)) == 36


def _silence(history: tuple[Record, ...]) -> int:
    """Return how often the record says that nobody had reviewed the freeze."""
    missed = [record.event for record in history if isinstance(record.event, e.ObligationMissed)]
    return sum(event.obligation == "review" for event in missed)
