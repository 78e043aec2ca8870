"""Every case under the law of its day: policies by date, through the book, on record."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase import (
    Actor,
    Casebook,
    Channel,
    Ground,
    Outcome,
    Policy,
    PolicyForbids,
    Scope,
    events,
    forbid,
    gate,
    standard,
)
from freezecase import commands as do
from freezecase.core.checked import replace
from freezecase.core.obligations import Demand, Unit, Within
from freezecase.core.ruling import Ruling
from freezecase.errors import NoPolicy
from freezecase.policy.book import Edition, PolicyBook
from freezecase.policy.clock import Clock, ladder
from freezecase.policy.effective import Anchor, Effective
from freezecase.policy.term import Term, plain_term
from freezecase.testing.contracts import StoryClock
from freezecase.testing.contracts.stage import BEGIN
from tests.app.books import ANA, ENGINE, OWNER, freeze, opened

CHANGE = BEGIN + timedelta(days=10)
BEFORE, AFTER = CHANGE - timedelta(days=1), CHANGE + timedelta(days=1)


@gate("no-haste", on=[do.UpholdFreeze, do.ImposeFreeze, do.FileAppeal])
def no_haste(_question: Any) -> Any:
    """Nothing is decided any more."""
    return forbid("not under the new law")


OLD = standard()
NEW = standard().adding(no_haste).named("standard", 2)


def dated(anchor: Anchor) -> PolicyBook:
    """The new policy from the change on, by the date of this anchor."""
    return PolicyBook.of(OLD, Edition(NEW, Effective(since=CHANGE, anchor=anchor)))


def a_book(policy: Policy | PolicyBook, clock: StoryClock) -> Casebook:
    """An empty book under these policies."""
    return Casebook.open("memory:", policy=policy, clock=clock)


def uphold(book: Casebook, case: UUID, **more: Any) -> Outcome:
    """Ask for what the new policy forbids."""
    return book.execute(do.UpholdFreeze(case, reason="seen"), by=ANA, **more)


def ruled(book: Casebook, case: UUID) -> Ruling:
    """The newest ruling of a case."""
    found = [record.ruling for record in book.history(case) if record.ruling is not None]
    return found[-1]


def test_a_case_keeps_the_law_of_the_day_it_was_opened(clock: StoryClock) -> None:
    """By the record: whatever happens later, the case from before is judged by the old policy."""
    with a_book(dated(Anchor.RECORD), clock) as book:
        clock.instant = BEFORE
        case = opened(book).id
        clock.instant = AFTER
        for _ in range(2):  # the second time its newest record is of after the change
            uphold(book, case)
            assert (ruled(book, case).allowed, ruled(book, case).policy) == (True, OLD.ref)
        with pytest.raises(PolicyForbids, match="no-haste"):
            opened(book, "acct-new")


def test_a_law_of_the_trigger_binds_from_its_day_on(clock: StoryClock) -> None:
    """By the trigger: the same case is judged by the new policy once the day has come."""
    with a_book(dated(Anchor.TRIGGER), clock) as book:
        clock.instant = CHANGE - timedelta(microseconds=1)
        early, late = opened(book).id, opened(book, "acct-2").id
        uphold(book, early)
        assert ruled(book, early).policy == OLD.ref
        clock.instant = CHANGE
        with pytest.raises(PolicyForbids, match="no-haste"):
            uphold(book, late)
        assert (ruled(book, late).allowed, ruled(book, late).policy) == (False, NEW.ref)


def test_what_happened_before_the_day_is_judged_by_the_law_before(clock: StoryClock) -> None:
    """Recorded after the change, but of a day before it; what time made of it is of now."""
    with a_book(dated(Anchor.TRIGGER), clock) as book:
        clock.instant = BEFORE
        case = opened(book)
        clock.instant = AFTER
        uphold(book, case.id, occurred_at=BEFORE)
        rulings = [
            (record.kind, record.ruling.policy)
            for record in book.history(case.id)[case.version :]
            if record.ruling is not None
        ]
        assert rulings == [
            *[("obligation-missed", NEW.ref)] * 3,
            ("freeze-upheld", OLD.ref),
        ]


def test_misses_are_the_same_whoever_lets_time_pass(clock: StoryClock) -> None:
    """A scheduler just before, or the command itself: the misses are judged by the law of now."""
    histories = []
    for scheduled in (True, False):
        clock = StoryClock(BEFORE)
        with a_book(dated(Anchor.TRIGGER), clock) as book:
            case = opened(book).id
            clock.instant = AFTER
            if scheduled:
                book.run_due(AFTER)
            uphold(book, case, occurred_at=BEFORE, id=UUID(int=99))
            histories.append([(one.version, one.entry) for one in book.history(case)])
    assert histories[0] == histories[1]


@pytest.mark.parametrize(
    ("contracted", "allowed"),
    [(BEFORE, True), (AFTER, False), (None, False)],
    ids=["an old contract", "a new contract", "not known: the day of opening"],
)
def test_a_law_of_the_contract_binds_whoever_signed_since(
    clock: StoryClock, contracted: datetime | None, allowed: bool
) -> None:
    """By the contract: the freeze itself, and all that follows."""
    with a_book(dated(Anchor.CONTRACT), clock) as book:
        clock.instant = AFTER + timedelta(days=9)
        command = replace(freeze(), contracted_at=contracted)
        if not allowed:
            with pytest.raises(PolicyForbids, match="no-haste"):
                book.execute(command, by=ENGINE)
            return
        case = book.execute(command, by=ENGINE).case
        assert case.contracted_at == contracted
        uphold(book, case.id)
        assert {record.ruling.policy for record in book.history(case.id) if record.ruling} == {
            OLD.ref
        }


def test_a_law_of_the_report_binds_whoever_gets_in_touch_since(clock: StoryClock) -> None:
    """By the report: until the customer gets in touch, the day of opening counts."""
    with a_book(dated(Anchor.REPORT), clock) as book:
        clock.instant = BEFORE
        silent, heard = opened(book).id, opened(book, "acct-2").id
        clock.instant = AFTER
        contact = do.RecordContact(heard, channel=Channel.EMAIL)
        book.execute(contact, by=Actor.customer("acct-2"))
        assert ruled(book, heard).policy == NEW.ref, "the contact itself is the report"
        uphold(book, silent)
        assert ruled(book, silent).policy == OLD.ref
        with pytest.raises(PolicyForbids, match="no-haste"):
            uphold(book, heard)


def test_an_appeal_is_a_report(clock: StoryClock) -> None:
    """A case that was complained of before the change comes under the new law when it is again."""
    with a_book(dated(Anchor.REPORT), clock) as book:
        clock.instant = BEFORE
        case = opened(book).id
        book.execute(do.RecordContact(case, channel=Channel.EMAIL), by=OWNER)
        clock.instant = AFTER
        book.execute(do.RequestChecks(case, checks=["device"]), by=ANA)
        assert ruled(book, case).policy == OLD.ref, "nobody has been in touch since"
        with pytest.raises(PolicyForbids, match="no-haste"):
            book.execute(do.FileAppeal(case, contests=1, statement="it was me"), by=OWNER)


def test_of_several_reports_the_newest_counts(clock: StoryClock) -> None:
    """Whoever wrote in both years is under the law of the second."""
    with a_book(dated(Anchor.REPORT), clock) as book:
        clock.instant = BEFORE
        case = opened(book).id
        for clock.instant in (BEFORE, AFTER):
            book.execute(do.RecordContact(case, channel=Channel.CHAT), by=OWNER)
        with pytest.raises(PolicyForbids, match="no-haste"):
            uphold(book, case)


def test_a_freeze_is_dated_by_its_record_whenever_it_happened(clock: StoryClock) -> None:
    """Told late, it is opened late: its own ruling and all later ones are of one policy."""
    with a_book(dated(Anchor.RECORD), clock) as book:
        clock.instant = AFTER
        with pytest.raises(PolicyForbids, match="no-haste"):
            book.execute(freeze(), by=ENGINE, occurred_at=BEFORE)
        assert list(book.cases()) == []


def test_a_batch_is_judged_by_the_policy_of_its_day(clock: StoryClock) -> None:
    """Frozen before the change by one policy, after it by the other."""
    how: dict[str, Any] = {
        "ground": Ground.INCIDENT,
        "scope": Scope.withdrawals(),
        "by": ENGINE,
        "batch": UUID(int=9),
    }
    with a_book(dated(Anchor.TRIGGER), clock) as book:
        clock.instant = BEFORE
        assert book.freeze_many(["a", "b"], **how).frozen == 2
        clock.instant = AFTER
        late = book.freeze_many(["a", "b", "c"], **how)
        assert (late.frozen, late.already) == (0, 2)
        assert dict(late.refused) == {"c": "refused by `no-haste` not under the new law"}


def test_a_rule_may_be_dated_alone_in_one_policy(clock: StoryClock) -> None:
    """The policy stays the same policy, on another day with other rules."""
    policy = standard().adding(attrs.evolve(no_haste, effective=Effective(since=CHANGE)))
    with a_book(policy, clock) as book:
        case = opened(book).id
        uphold(book, case)
        clock.instant = AFTER
        with pytest.raises(PolicyForbids, match="no-haste"):
            uphold(book, case)
        refs = {record.ruling.policy for record in book.history(case) if record.ruling}
        assert refs == {policy.ref}


def test_what_a_ruling_names_is_found_again(clock: StoryClock) -> None:
    """Name, version and digest: years later the very policy is there to judge by again."""
    policies = dated(Anchor.TRIGGER)
    with a_book(policies, clock) as book:
        case = opened(book).id
        clock.instant = AFTER
        with pytest.raises(PolicyForbids):
            uphold(book, case)
        history = [record for record in book.history(case) if record.ruling is not None]
        named = [record.ruling.policy for record in history if record.ruling is not None]
        assert [(ref.name, ref.version) for ref in named] == [
            ("standard", 1),
            *[("standard", 2)] * (len(named) - 1),
        ]
        assert [policies.named(ref) for ref in named] == [OLD, *[NEW] * (len(named) - 1)]
        for ref in named:
            assert book.policies.named(ref).ref == ref
        with pytest.raises(NoPolicy, match=f"`{NEW.ref.digest}`"):
            PolicyBook.of(OLD).named(NEW.ref)


def test_a_day_without_a_policy_is_an_error_and_writes_nothing(clock: StoryClock) -> None:
    """What the law of a day was, nobody guesses; time waits as well, and says so."""
    only = PolicyBook.of(Edition(OLD, Effective(until=CHANGE)))
    with a_book(only, clock) as book:
        case = opened(book)
        clock.instant = AFTER
        with pytest.raises(NoPolicy, match="in force at 2026-01-16"):
            uphold(book, case.id)
        passed = book.run_due(AFTER)
        assert (passed.missed, list(passed.failed)) == (0, [case.id])
        assert book.case(case.id) == case
        assert [one.kind for one in book.due(AFTER)] == [
            "enforcement",
            "notice",
            "review",
            "update",
        ]


# --- when the counting begins --------------------------------------------------------------------


COMPLAINT = Clock(
    id="complaint-clock",
    on=[events.ContactReceived],
    demand=Demand(
        kind="complaint", ladder=ladder("exchange 2 days", "lead 1 days"), met_by=("reply-sent",)
    ),
)


@pytest.mark.parametrize(
    ("term", "due"),
    [
        (None, datetime(2026, 1, 8, tzinfo=UTC)),
        (Term(count=3, unit=Unit.DAYS), datetime(2026, 1, 7, tzinfo=UTC)),
    ],
    ids=["a ladder counts from now", "a term counts from when it happened"],
)
def test_a_term_of_law_begins_when_it_happened(
    clock: StoryClock, term: Term | None, due: datetime
) -> None:
    """A letter of Saturday, recorded on Monday: the law counts from Saturday, the desk does not."""
    saturday = BEGIN - timedelta(days=2)
    policy = standard().adding(attrs.evolve(COMPLAINT, term=term))
    with a_book(policy, clock) as book:
        case = opened(book).id
        contact = do.RecordContact(case, channel=Channel.LETTER)
        after = book.execute(contact, by=OWNER, occurred_at=saturday).case
        assert after.obligations["complaint", ""].due == due


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize(
    "claimed",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1, 1, 2, tzinfo=timezone(timedelta(hours=14))),
        datetime(1600, 2, 29, tzinfo=UTC),
        datetime(1900, 12, 31, 23, 59, tzinfo=UTC),
        datetime(1901, 1, 1, tzinfo=UTC),
    ],
    ids=str,
)
def test_however_long_ago_it_is_said_to_have_happened_the_turn_is_taken(
    clock: StoryClock, claimed: datetime, unit: Unit
) -> None:
    """A claim that no calendar reaches back to stops nobody: what it gave is over, and due now."""
    term = plain_term(Within(count=20, unit=unit))
    with a_book(standard().adding(attrs.evolve(COMPLAINT, term=term)), clock) as book:
        case = opened(book).id
        contact = do.RecordContact(case, channel=Channel.LETTER)
        after = book.execute(contact, by=OWNER, occurred_at=claimed).case
        assert after.obligations["complaint", ""].due == BEGIN + timedelta(microseconds=1)
        assert book.history(case)[-1].occurred_at == claimed


def test_a_term_that_is_over_already_is_missed_at_the_next_look(clock: StoryClock) -> None:
    """It is due at once, not in the past; whoever is next has the time of their rung, from now."""
    policy = standard().adding(attrs.evolve(COMPLAINT, term=Term(count=3, unit=Unit.DAYS)))
    with a_book(policy, clock) as book:
        case = opened(book).id
        contact = do.RecordContact(case, channel=Channel.LETTER)
        after = book.execute(contact, by=OWNER, occurred_at=BEGIN - timedelta(days=30)).case
        owed = after.obligations["complaint", ""]
        assert (owed.opened_at, owed.due) == (BEGIN, BEGIN + timedelta(microseconds=1))
        now = clock.later(minutes=1)
        assert [one.kind for one in book.due(now)] == ["complaint"]
        assert book.run_due(now).missed == 1
        following = book.case(case).obligations["complaint", ""]
        assert (following.debtor, following.due) == ("lead", datetime(2026, 1, 7, tzinfo=UTC))
