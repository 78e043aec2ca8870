"""
Complaints grow thirteen-fold: surge begins, promises get a new time, and it ends as openly.

On an ordinary day six customers write. Then seventy-eight do, to a desk of the same size. What was
promised for tomorrow cannot be kept; so it is said, to each of them and on record, before it is
broken. Those who ask for a person still get one in two minutes.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import pytest

from freezecase import Actor, Casebook, Channel, Ground, Scope
from freezecase import commands as do
from freezecase import events as e
from freezecase.core.ruling import Ruling
from freezecase.core.values import Stated
from freezecase.desk.surge import Surge, SurgeRules, Threshold
from freezecase.desk.surge_book import edition, surge_book, switches
from freezecase.desk.surging import Repriced, apply, measured
from freezecase.policy.standard import standard
from freezecase.testing.contracts import StoryClock
from tests.app.books import ENGINE
from tests.desk.overrun import DESK, SLOWER, THREE_DAYS, say

USUAL_DAY, GROWTH = 6, 13
CUSTOMERS: Final = USUAL_DAY * GROWTH
ANA: Final = Actor.staff("ana", "front")
RULES: Final = SurgeRules(
    enter=Threshold(waiting=40, longest=timedelta(hours=20)),
    leave=Threshold(waiting=10, longest=timedelta(hours=8)),
    ladders={"reply-clock": SLOWER},
    promises={"answer": THREE_DAYS},
)


class Story:
    """A desk that looks every hour how it stands, and switches when the numbers say so."""

    def __init__(self) -> None:
        self.clock = StoryClock()
        self.book = Casebook.open("memory:", clock=self.clock)
        self.surge = Surge()
        self.repriced: list[Repriced] = []
        self.told: list[Repriced] = []
        self.cases = [self.open(number) for number in range(CUSTOMERS)]

    def open(self, number: int) -> UUID:
        """A customer who is told that somebody answers within two days of writing."""
        freeze = do.ImposeFreeze(
            account=f"acct-{number}", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
        )
        case = self.book.execute(freeze, by=ENGINE).case.id
        answer = Stated(promise="answer", due=self.clock.instant + timedelta(days=2))
        notice = do.SendNotice(
            case, notice="freeze-imposed", channel=Channel.EMAIL, promises=[answer]
        )
        self.book.execute(notice, by=ENGINE)
        return case

    def write(self, cases: list[UUID]) -> None:
        """Customers get in touch."""
        for case in cases:
            owner = Actor.customer(self.book.case(case).account)
            self.book.execute(do.RecordContact(case, channel=Channel.CHAT), by=owner)

    def answer(self, cases: list[UUID]) -> None:
        """The desk answers them, and keeps what it promised."""
        for case in cases:
            self.book.execute(do.SendReply(case, channel=Channel.CHAT), by=ANA)
            for promise in self.book.case(case).promises:
                self.book.execute(do.KeepPromise(case, promise=promise), by=ANA)

    def look(self, **later: float) -> None:
        """So much later, somebody looks how it stands, and what follows is done."""
        now = self.clock.later(**later)
        self.book.run_due(now)
        stepped = RULES.step(measured(self.book, now), self.surge)
        if stepped != self.surge:
            self.surge = stepped
            done = apply(self.book, standard(), RULES, stepped, now, by=DESK, say=say)
            self.book = done.book
            self.repriced += done.repriced
            self.told += done.told
            assert dict(done.failing) == {}
            self.clock.later(seconds=RULES.ahead.total_seconds())


@pytest.fixture(scope="module")
def told() -> Story:
    """The whole story, from an ordinary morning to the next ordinary day."""
    story = Story()
    first, rest = story.cases[:USUAL_DAY], story.cases[USUAL_DAY:]
    story.write(first)
    story.look(hours=1)
    assert story.surge == Surge()  # six who wait are no surge
    story.answer(first)
    story.write(rest)
    story.look(hours=1)
    [spell] = story.surge.spells
    assert spell.until is None
    story.write(first)  # in surge, each of them writes again, and one asks for a person
    owner = Actor.customer(story.book.case(first[0]).account)
    story.book.execute(do.RequestHuman(first[0], channel=Channel.CHAT), by=owner)
    story.clock.later(minutes=1)
    story.book.execute(do.JoinConversation(first[0], channel=Channel.CHAT), by=ANA)
    story.answer(rest[:40])
    story.look(hours=6)
    assert story.surge.spells == (spell,)  # thirty-eight still wait: it is not over yet
    story.answer(rest[40:])
    story.answer(first)
    story.look(hours=1)
    assert story.surge.spells != (spell,)
    story.write(first)
    return story


def test_every_promise_that_could_not_be_kept_got_a_new_time_and_was_told(told: Story) -> None:
    """Of seventy-two open promises none was broken, and each customer knows the new day."""
    assert len(told.repriced) == CUSTOMERS - USUAL_DAY
    assert told.told == told.repriced
    assert all(one.due >= one.was_due for one in told.repriced)
    kinds = Counter(record.kind for case in told.cases for record in told.book.history(case))
    assert kinds["promise-broken"] == 0
    assert kinds["promise-superseded"] == CUSTOMERS - USUAL_DAY
    assert kinds["promise-kept"] == CUSTOMERS


def test_both_switches_are_found_in_the_records(told: Story) -> None:
    """Whoever reads the ledger sees when other rules came into force, and when they ceased."""
    records = sorted(
        (record for case in told.cases for record in told.book.history(case)),
        key=lambda record: record.index,
    )
    found = [(one.policy.name, one.at) for one in switches(records)]

    [spell] = told.surge.spells
    assert [name for name, _at in found] == ["standard", "standard-surge", "standard"]
    assert found[1][1] == spell.since
    assert spell.until is not None
    assert found[2][1] >= spell.until


def test_every_ruling_can_be_made_again_by_the_policy_that_it_names(told: Story) -> None:
    """The policies that judged are all found, the ones of the surge too, long after it."""
    book = surge_book(standard(), RULES, told.surge)
    rulings = [
        ruling
        for case in told.cases
        for record in told.book.history(case)
        if (ruling := record.ruling) is not None
    ]
    by_name = {ruling.policy.name: book.named(ruling.policy) for ruling in rulings}

    assert by_name == {
        "standard": standard(),
        "standard-surge": edition(standard(), RULES),
    }
    assert all(in_surge(told, ruling) == (ruling.policy.version == 2) for ruling in rulings)


def in_surge(told: Story, ruling: Ruling) -> bool:
    """Whether a ruling was made in surge."""
    [spell] = told.surge.spells
    return spell.since <= ruling.at < (spell.until or ruling.at)


def due_of(told: Story, kind: str) -> set[tuple[bool, timedelta]]:
    """In surge or not, how long a duty had that was opened."""
    [spell] = told.surge.spells
    return {
        (spell.since <= owed.opened_at < (spell.until or owed.opened_at), owed.due - day_of(owed))
        for case in told.cases
        for record in told.book.history(case)
        if isinstance(record.event, e.ObligationOpened)
        for owed in [record.event.obligation]
        if owed.demand.kind == kind and owed.rung == 0
    }


def day_of(owed: object) -> datetime:
    """The beginning of the day on which a duty was opened, or its minute for what has minutes."""
    at: datetime = owed.opened_at  # type: ignore[attr-defined]
    minutes = owed.demand.kind == "human"  # type: ignore[attr-defined]
    return at if minutes else at.replace(hour=0, minute=0, second=0, microsecond=0)


def test_a_reply_had_longer_in_surge_and_a_person_had_not(told: Story) -> None:
    """One business day before and after it, three in it; two minutes to a person throughout."""
    day = timedelta(days=1)

    assert due_of(told, "reply") == {(False, 2 * day), (True, 4 * day)}
    assert due_of(told, "human") == {(True, timedelta(minutes=2))}
