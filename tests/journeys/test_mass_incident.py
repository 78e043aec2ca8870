"""
Six thousand phished customers: frozen at once, told within the day, let go cohort by cohort.

It is Monday, nine o'clock. Somebody's list of passwords is for sale, and six thousand customers are
on it. Whatever can crash crashes once and is run again. Thirty customers appeal by themselves, a
court holds five accounts, and two hundred were restricted by another case before.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import attrs
import pytest

from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.appeals import AppealLevel
from freezecase.core.pending import uncovered
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import Capability, Channel, Ground, Scope
from freezecase.deliver import Reconciler
from freezecase.desk.incident import Approved, Cohort, Incident, Proposed
from freezecase.testing.contracts import StoryClock
from freezecase.views.accounts import Restriction
from freezecase.views.incident import IncidentView
from tests.deliver.exchange import Exchange
from tests.policy.standard.book import instant

pytestmark = pytest.mark.no_cover  # thousands of accounts; the other journeys cover every line

NAME: Final = "phish-2026-11"
ACCOUNTS: Final = [f"acct-{n:04}" for n in range(6_000)]
RESTRICTED_BEFORE: Final = ACCOUNTS[100:300]
"""Accounts whose cards another case stops."""
APPEALING: Final = ACCOUNTS[50:80]
HELD: Final = ACCOUNTS[200:205]
BOUNCED: Final = ACCOUNTS[1_000:1_025]
"""Customers whose e-mail address no longer exists."""

ENGINE, MAILER = Actor.system("risk-engine"), Actor.vendor("mailer")
ANA, ROB, EVE = (
    Actor.staff("ana", "analyst"),
    Actor.staff("rob", "reviewer"),
    Actor.staff("eve", "reviewer"),
)
COURT: Final = Actor.authority("court")
BATCH, DECISION = UUID(int=10**6), UUID(int=10**6 + 1)
PHISHED: Final = Scope.of(Capability.TRANSFER, Capability.WITHDRAW_CRYPTO, Capability.WITHDRAW_FIAT)
CARDS: Final = Scope.of(Capability.CARD)


class CrashError(Exception):
    """The program ends here, whatever it was about to do."""


def crash_at(number: int) -> Callable[[int, int], None]:
    """Return a progress that ends the program after so many."""

    def progress(done: int, of: int) -> None:
        assert done <= of
        if done >= number:
            raise CrashError

    return progress


def say(case: CaseState) -> do.SendNotice:
    """Tell by e-mail; whoever it did not reach gets a letter."""
    failed = ("freeze-imposed", Channel.EMAIL) in case.unreached
    channel = Channel.LETTER if failed else Channel.EMAIL
    text = "Your password was for sale. We stopped withdrawals until you have a new one."
    return do.SendNotice(case.id, notice="freeze-imposed", channel=channel, text=text)


@attrs.define(slots=False)
class Monday:
    """The story, on one file; `reopened` is a new process on the same file."""

    file: Path
    clock: StoryClock = attrs.field(factory=lambda: StoryClock(instant("Mon  2 Mar 2026 09:00")))
    exchange: Exchange = attrs.field(factory=Exchange)
    position: int = 0

    @cached_property
    def book(self) -> Casebook:
        """The book, opened when it is first needed."""
        opened = Casebook.open(f"sqlite:///{self.file}", synchronous="NORMAL")
        return attrs.evolve(opened, clock=self.clock)

    def reopened(self) -> None:
        """Let the process end and another begin."""
        self.book.close()
        del self.book

    @property
    def incident(self) -> Incident:
        """The incident in the book."""
        return Incident(self.book, NAME)

    def ask(self, command: Any, by: Actor) -> CaseState:
        """Ask for something."""
        return self.book.execute(command, by=by).case

    def case_of(self, account: str) -> CaseState:
        """Return the case that the incident opened on an account."""
        [case] = [one for one in self.book.cases(account=account) if one.incident == NAME]
        return case

    def reconcile(self) -> None:
        """Tell the exchange until there is nothing left to tell."""
        reconciler = Reconciler(self.book, self.exchange, after=self.position)
        while reconciler.step(self.clock.now(), limit=10_000).told:
            pass
        self.position = reconciler.position

    def restriction(self, account: str) -> Restriction:
        """What the exchange holds on an account."""
        return self.exchange.restriction(account)


# --- the story -----------------------------------------------------------------------------------


def restrict_some_before(story: Monday) -> None:
    """Two hundred customers dispute a payment, and their cards are stopped."""
    for account in RESTRICTED_BEFORE:
        command = do.ImposeFreeze(
            account=account, ground=Ground.PAYMENT_DISPUTE, scope=CARDS, reason="disputed"
        )
        story.ask(command, ANA)


def freeze_all(story: Monday) -> None:
    """The machine that does it dies half way, and is started again."""

    def freeze(progress: Callable[[int, int], None] | None) -> int:
        done = story.book.freeze_many(
            ACCOUNTS,
            ground=Ground.INCIDENT,
            scope=PHISHED,
            by=ENGINE,
            batch=BATCH,
            incident=NAME,
            progress=progress,
        )
        return done.frozen

    with suppress(CrashError):
        freeze(crash_at(3_000))
    story.reopened()
    assert freeze(None) == 3_000
    story.clock.later(minutes=4)
    story.reconcile()


def tell_all(story: Monday) -> None:
    """By e-mail within the hour, with a crash on the way; and by letter where e-mail fails."""
    story.clock.later(minutes=26)
    with suppress(CrashError):
        story.incident.tell(say, by=ENGINE, progress=crash_at(2_500))
    story.reopened()
    story.clock.later(minutes=10)
    told = story.incident.tell(say, by=ENGINE)
    assert (told.told, told.already, dict(told.refused)) == (3_500, 2_500, {})
    for account in BOUNCED:
        story.ask(
            do.ReportDeliveryFailure(
                story.case_of(account).id, notice="freeze-imposed", channel=Channel.EMAIL
            ),
            MAILER,
        )
    story.clock.later(hours=3)
    told = story.incident.tell(say, by=ENGINE)
    assert (told.told, told.already, dict(told.refused)) == (25, 5_975, {})


def some_go_their_own_way(story: Monday) -> None:
    """Thirty appeal, and a court holds five."""
    for account in APPEALING:
        case = story.case_of(account)
        story.ask(
            do.FileAppeal(case.id, contests=case.decision, statement="I am no phish"),
            Actor.customer(account),
        )
    for account in HELD:
        story.ask(
            do.PlaceLegalHold(story.case_of(account).id, hold="order-7", basis="court-order"), COURT
        )


def propose(story: Monday) -> Proposed:
    """One decision, with a crash on the way."""
    story.clock.later(hours=5)
    decide = {"by": ANA, "reason": "passwords are reset", "id": DECISION}
    with suppress(CrashError):
        story.incident.propose(**decide, progress=crash_at(4_000))  # type: ignore[arg-type]
    story.reopened()
    return story.incident.propose(**decide)  # type: ignore[arg-type]


def approve(story: Monday, proposed: Proposed) -> Iterator[Approved]:
    """One approval; the third cohort is not well, and then it is."""
    faults = ["withdrawals are up threefold"]

    def healthy(cohort: Cohort) -> str | None:
        story.clock.later(minutes=30)
        story.reconcile()
        free = [story.book.case(case).status is Status.RELEASED for case in cohort.cases]
        assert all(free)
        return faults.pop() if cohort.number == 3 and faults else None

    yield story.incident.approve(proposed, by=ROB, healthy=healthy)
    story.clock.later(hours=1)
    story.reopened()
    with suppress(CrashError):
        story.incident.approve(proposed, by=ROB, healthy=healthy, progress=crash_at(4_000))
    story.reopened()
    yield story.incident.approve(proposed, by=ROB, healthy=healthy)


@attrs.frozen
class Told:
    """The story, played to the end, and what was returned on the way."""

    story: Monday
    proposed: Proposed
    first: Approved
    last: Approved
    view: IncidentView


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Play it."""
    story = Monday(tmp_path_factory.mktemp("incident") / "cases.db")
    restrict_some_before(story)
    freeze_all(story)
    tell_all(story)
    some_go_their_own_way(story)
    proposed = propose(story)
    first, last = approve(story, proposed)
    with closing(story.book):
        yield Told(story, proposed, first, last, story.incident.view())


# --- what came of it -----------------------------------------------------------------------------


def test_everybody_was_told_within_the_clock(told: Told) -> None:
    """The policy gives a day; they had it in an hour, and those with a dead address by noon."""
    view = told.view
    assert (view.cases, view.notices_missed, view.withheld) == (6_000, 0, 0)
    assert (view.told.came, view.told.waiting) == (6_000, 0)
    assert view.told.shortest == timedelta(minutes=30)
    assert view.told.p50 == timedelta(minutes=40)
    assert view.told.p99 == timedelta(minutes=40)
    assert view.told.longest == timedelta(hours=3, minutes=40)


def test_one_decision_left_those_who_go_their_own_way(told: Told) -> None:
    """Thirty who appeal, and five whom a court holds; each with the reason."""
    cases = {account: told.story.case_of(account).id for account in (*APPEALING, *HELD)}
    why = {account: told.proposed.excepted[case] for account, case in cases.items()}
    assert set(told.proposed.excepted) == {*cases.values()}
    assert Counter(why.values())["an appeal is open: whoever hears it decides"] == 30
    assert all("legal hold `order-7`" in why[account] for account in HELD)
    assert len(told.proposed.cases) == 5_965


def test_the_release_stopped_at_the_cohort_that_was_not_well(told: Told) -> None:
    """After 10, 100 and 1,000; and went on to the last account when it was."""
    assert [len(cohort.cases) for cohort in told.first.cohorts] == [10, 100, 1_000]
    assert (told.first.wrong, len(told.first.left)) == ("withdrawals are up threefold", 4_855)
    assert [len(one.cases) for one in told.last.cohorts] == [
        10,
        100,
        1_000,
        1_000,
        1_000,
        1_000,
        1_000,
        855,
    ]
    assert (told.last.wrong, told.last.left) == (None, ())


def test_every_case_stands_where_it_should(told: Told) -> None:
    """To the last account."""
    view = told.view
    assert view.by_status == {
        Status.APPEALED: 30,
        Status.IN_FORCE: 5,
        Status.RELEASED: 5_965,
    }
    assert (len(view.appealing), len(view.held)) == (30, 5)
    assert (view.released.came, view.released.waiting) == (5_965, 35)
    assert view.released.shortest == timedelta(hours=9, minutes=10)
    assert not any(next(uncovered(case), None) for case in told.story.book.cases())


def test_the_exchange_holds_what_the_open_cases_demand(told: Told) -> None:
    """No more and no less: cards of other cases stay stopped, and nobody else is."""
    held = {account: told.story.restriction(account) for account in ACCOUNTS}
    expected = dict.fromkeys(ACCOUNTS, Restriction())
    expected |= dict.fromkeys(APPEALING, Restriction([PHISHED]))
    expected |= dict.fromkeys(RESTRICTED_BEFORE, Restriction([CARDS]))
    expected |= dict.fromkeys(HELD, Restriction([PHISHED, CARDS]))
    assert held == expected


def test_each_decision_stands_in_each_case_once(told: Told) -> None:
    """Whatever crashed and ran again: one freeze, one proposal by one, one approval by another."""
    book = told.story.book
    for case in told.proposed.cases[::97]:
        records = [record for record in book.history(case) if record.ruling is not None]
        who = Counter((record.kind, record.actor.person) for record in records)
        assert who["freeze-imposed", ENGINE.person] == 1
        assert who["release-proposed", ANA.person] == 1
        assert who["release-approved", ROB.person] == 1
        assert who["notice-sent", ENGINE.person] in (1, 2)


def test_those_who_appeal_alone_are_heard_alone(told: Told) -> None:
    """One is right and is let go by that; another is not; the rest still wait for an answer."""
    story = told.story
    right, wrong = (story.case_of(account).id for account in APPEALING[:2])
    story.ask(do.UpholdAppeal(right, reason="nothing of yours was for sale"), EVE)
    story.ask(
        do.RejectAppeal(wrong, reason="your password was", next_level=AppealLevel.SECOND_INSTANCE),
        EVE,
    )
    story.reconcile()
    assert story.book.case(right).status is Status.RELEASED
    assert story.book.case(wrong).status is Status.UPHELD
    assert story.restriction(APPEALING[0]) == Restriction()
    assert story.restriction(APPEALING[1]) == Restriction([PHISHED])
    waiting = [story.case_of(account) for account in APPEALING[2:]]
    assert all(("appeal-decision", "") in case.obligations for case in waiting)
