"""Time passes: what is due is missed on record, once, and whoever is next then owes it."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from freezecase import Casebook, Channel, PolicyForbids, events
from freezecase import commands as do
from freezecase.app.clock import micros_of
from freezecase.app.stores.store import Row
from freezecase.app.writing import Writer
from freezecase.errors import Conflict, InvalidValue, StoreFull
from freezecase.policy.turn import CLOCK
from freezecase.testing.contracts import StoryClock
from freezecase.testing.contracts.stage import BEGIN
from tests.app.books import ANA, OWNER, alarms, decided, freeze_batch, opened

DAY = timedelta(days=1)


def test_a_miss_is_recorded_with_what_follows(book: Casebook, clock: StoryClock) -> None:
    """Ten minutes after the freeze the enforcement is missed, by nobody but the clock."""
    before = opened(book)
    now = clock.later(minutes=10)
    (late,) = book.due(now)
    assert (late.kind, late.debtor, late.due, late.rung) == ("enforcement", "exchange", now, 0)

    passed = book.run_due(now)
    assert (passed.cases, passed.missed, dict(passed.failed)) == (1, 1, {})
    missed, climbed = book.history(before.id)[before.version :]
    assert missed.event == events.ObligationMissed(obligation="enforcement")
    assert (missed.command, missed.actor) == (do.LetTimePass(before.id), CLOCK)
    assert missed.ruling is not None
    assert (missed.ruling.allowed, missed.ruling.at) == (True, now)
    assert (climbed.cause, climbed.ruling, climbed.actor) == (missed.version, None, CLOCK)
    assert missed.command_id == climbed.command_id
    assert {one.occurred_at for one in (missed, climbed)} == {now}
    owed = book.case(before.id).obligations["enforcement", ""]
    assert climbed.event == events.ObligationOpened(obligation=owed)
    assert (owed.debtor, owed.rung, owed.due) == ("lead", 1, now + timedelta(hours=1))
    assert book.due(now) == ()


def test_a_moment_before_nothing_is_late(book: Casebook, clock: StoryClock) -> None:
    """What is due at an instant is missed at that instant, and not a microsecond earlier."""
    case = opened(book)
    early = clock.later(minutes=10, microseconds=-1)
    assert (book.due(early), book.run_due(early).cases) == ((), 0)
    assert book.case(case.id) == case
    ahead = book.due(early, ahead=timedelta(microseconds=1))
    assert [one.kind for one in ahead] == ["enforcement"]
    assert book.run_due(clock.later(microseconds=1)).missed == 1


def test_a_promise_that_is_broken_is_answered_for(book: Casebook, clock: StoryClock) -> None:
    """A promise is missed like anything else, and somebody else then owes the answer."""
    case = opened(book).id
    promised = clock.instant + timedelta(minutes=5)
    book.execute(do.MakePromise(case, promise="call-back", due=promised), by=ANA)
    assert [(one.kind, one.debtor) for one in book.due(promised)] == [("promise", ANA.person)]
    assert book.run_due(clock.later(minutes=5)).missed == 1
    after = book.case(case)
    assert (dict(after.promises), after.obligations["broken-promise", "call-back"].debtor) == (
        {},
        "lead",
    )


def test_a_long_outage_makes_one_miss_a_rung_and_no_flood(
    book: Casebook, clock: StoryClock
) -> None:
    """A year without a scheduler: each duty is missed once, and whoever is next has their time."""
    case = opened(book)
    now = clock.later(days=365)
    assert book.run_due(now).missed == len(case.obligations)
    after = book.case(case.id)
    kinds = Counter(record.kind for record in book.history(case.id)[case.version :])
    assert kinds == {
        "obligation-missed": len(case.obligations),
        "obligation-opened": len(case.obligations) - 1,  # the right to appeal lapsed
    }
    assert {owed.rung for owed in after.obligations.values()} == {1}
    assert all(owed.due > now for owed in after.obligations.values())
    assert ("appeal-window", "") in after.lapsed


def test_the_ladder_is_climbed_on_schedule_to_whoever_is_accountable(
    book: Casebook, clock: StoryClock
) -> None:
    """With a scheduler, and nobody who acts, the accountable role owes the review after two days.

    It owes it again every day from then on: nothing ever sleeps.
    """
    case = opened(book).id
    seen: list[tuple[str, int]] = []
    for _ in range(6):
        book.run_due(clock.later(days=1))
        owed = book.case(case).obligations["review", ""]
        seen.append((owed.debtor, (owed.due - clock.instant).days))
    assert seen == [("lead", 1), *[("accountable", 1)] * 5]


def test_a_command_comes_after_what_was_missed_before_it(book: Casebook, clock: StoryClock) -> None:
    """Without a scheduler the next command records the misses, in one append with its own records.

    They are not among its own.
    """
    case = opened(book)
    now = clock.later(hours=2)
    outcome = book.execute(do.RecordContact(case.id, channel=Channel.PHONE), by=OWNER)
    added = book.history(case.id)[case.version :]
    assert decided(added) == ["obligation-missed", "contact-received"]
    assert [record.actor for record in added] == [CLOCK, CLOCK, OWNER, OWNER]
    assert outcome.records == added[2:]
    assert {record.recorded_at for record in added} == {now}
    assert [record.cause for record in added] == [None, added[0].version, None, added[2].version]
    assert outcome.case == book.case(case.id)


def test_what_a_customer_may_not_do_still_lets_time_pass(book: Casebook, clock: StoryClock) -> None:
    """The refusal leaves no record; what was due is on record all the same."""
    case = opened(book)
    clock.later(hours=2)
    with pytest.raises(PolicyForbids):
        book.execute(do.UpholdFreeze(case.id, reason="let me"), by=OWNER)
    assert decided(book.history(case.id)[case.version :]) == ["obligation-missed"]


def test_an_instant_of_any_zone_will_do(book: Casebook, clock: StoryClock) -> None:
    """What is recorded is the same instant in UTC."""
    case = opened(book)
    now = clock.later(minutes=10).astimezone(timezone(timedelta(hours=9)))
    assert len(book.due(now)) == book.run_due(now).missed == 1
    missed = book.history(case.id)[case.version]
    assert (missed.recorded_at, missed.occurred_at.tzinfo) == (now, UTC)


def test_nothing_is_missed_before_its_time(book: Casebook, clock: StoryClock) -> None:
    """Looking ahead is for `due`: a miss of tomorrow would be on record for ever."""
    case = opened(book)
    tomorrow = clock.instant + DAY
    with pytest.raises(InvalidValue, match=r"now cannot be `'2026-01-06T09:00:00\+00:00'`"):
        book.run_due(tomorrow)
    assert (len(book.due(tomorrow)), book.case(case.id)) == (3, case)
    clock.later(minutes=5)
    assert book.run_due(clock.instant + timedelta(minutes=5)).missed == 1, "clocks differ a little"


def test_progress_is_told_page_by_page(
    book: Casebook, clock: StoryClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each page of cases that ring, how many were looked at; pages lose none."""
    freeze_batch(book, 5)
    store: Any = book.store
    ringing = store.ringing
    monkeypatch.setattr(store, "ringing", lambda *at, **more: ringing(*at, **more, limit=2))
    told: list[int] = []
    passed = book.run_due(clock.later(hours=1), progress=told.append)
    assert (passed.cases, passed.missed, told) == (5, 5, [2, 4, 5])


def test_a_scheduler_that_never_gets_its_turn_says_so(
    book: Casebook, clock: StoryClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else writes first, again and again: the case is named, and its alarm rings on."""
    hasty, calm = opened(book, "acct-1").id, opened(book, "acct-2").id
    store: Any = book.store
    append = store.append

    def taken(rows: list[Row], **more: Any) -> Any:
        if rows[0].case == hasty:
            raise Conflict(hasty, rows[0].version, "taken")
        return append(rows, **more)

    with monkeypatch.context() as patch:
        patch.setattr(store, "append", taken)
        passed = book.run_due(clock.later(hours=1))
    assert (passed.missed, list(passed.failed)) == (1, [hasty])
    assert "others wrote first 16 times; the alarm goes on ringing" in passed.failed[hasty]
    assert [one.case for one in book.due(clock.instant)] == [hasty]
    assert calm not in passed.failed


# --- what is damaged -----------------------------------------------------------------------------


@pytest.fixture
def hurt(book: Casebook, clock: StoryClock) -> UUID:
    """The second of three cases that ring, whose newest record cannot be read."""
    cases = [opened(book, f"acct-{number}") for number in range(3)]
    broken = cases[1]
    row = Row(broken.id, broken.version + 1, "freeze-imposed.v9", b"{}")
    book.store.append([row], now=micros_of(clock.instant))
    clock.later(hours=1)
    return broken.id


def test_a_damaged_case_keeps_nobody_else_waiting(
    book: Casebook, clock: StoryClock, hurt: UUID
) -> None:
    """It is named, with what is wrong; the misses of the others are recorded; it rings on."""
    for missed in (2, 0):
        passed = book.run_due(clock.instant)
        assert passed.missed == missed
        assert list(passed.failed) == [hurt]
        assert "freeze-imposed.v9" in passed.failed[hurt]
    assert alarms(book)[hurt] == micros_of(BEGIN + timedelta(minutes=10))


def test_of_a_damaged_case_the_exchange_owes_the_repair(
    book: Casebook, clock: StoryClock, hurt: UUID
) -> None:
    """The due list of the others is there; of this one it says since when, and what is wrong."""
    found = book.due(clock.instant)
    assert Counter(one.kind for one in found) == {"enforcement": 2, "repair": 1}
    (repair,) = (one for one in found if one.case == hurt)
    assert (repair.account, repair.debtor) == ("acct-1", "exchange")
    assert repair.due == BEGIN + timedelta(minutes=10)
    assert "freeze-imposed.v9" in repair.subject


def test_the_alarm_of_a_damaged_case_stays_when_others_are_made_again(
    book: Casebook, hurt: UUID
) -> None:
    """What its records say, nobody knows."""
    before = alarms(book)
    book.store.set_alarms(dict.fromkeys(before, 5), upto=book.store.size())
    rebuilt = book.rebuild_alarms()
    assert (rebuilt.cases, list(rebuilt.failed)) == (3, [hurt])
    assert alarms(book) == {**before, hurt: 5}


def test_a_case_whose_records_are_gone_is_named(
    book: Casebook, clock: StoryClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is listed and rings, and nothing is known of it: that is no reason to be quiet."""
    gone, other = opened(book).id, opened(book, "acct-2").id
    store: Any = book.store
    read = store.read
    monkeypatch.setattr(
        store, "read", lambda case, **more: [] if case == gone else read(case, **more)
    )
    passed = book.run_due(clock.later(hours=1))
    assert (passed.missed, list(passed.failed)) == (1, [gone])
    assert f"no case `{gone}`" in passed.failed[gone]
    assert set(alarms(book)) == {gone, other}


def test_a_policy_that_fails_on_one_case_stops_no_other(
    clock: StoryClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules and calendars are somebody else's code: whatever they raise is reported."""
    with Casebook.open("memory:", clock=clock) as book:
        first, second = opened(book).id, opened(book, "acct-2").id
        let_time_pass = Writer.let_time_pass

        def fails(self: Writer, case: UUID, now: datetime) -> int:
            if case == first:
                raise ZeroDivisionError("days a week")
            return let_time_pass(self, case, now)

        with monkeypatch.context() as patch:
            patch.setattr(Writer, "let_time_pass", fails)
            passed = book.run_due(clock.later(hours=1))
        assert (passed.missed, dict(passed.failed)) == (
            1,
            {first: "ZeroDivisionError: days a week"},
        )
        assert [one.case for one in book.due(clock.instant)] == [first]
        assert second not in {one.case for one in book.due(clock.instant)}


def test_a_store_that_cannot_be_written_stops_at_once(
    book: Casebook, clock: StoryClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no point in trying the next case; what was recorded before stays."""
    cases = [opened(book, f"acct-{number}").id for number in range(3)]
    store: Any = book.store
    append = store.append

    def full(rows: list[Row], **more: Any) -> Any:
        if rows[0].case != cases[0]:
            raise StoreFull("no room is left")
        return append(rows, **more)

    with monkeypatch.context() as patch:
        patch.setattr(store, "append", full)
        with pytest.raises(StoreFull):
            book.run_due(clock.later(hours=1))
    assert [case.obligations["enforcement", ""].rung for case in book.cases()] == [1, 0, 0]
    assert book.run_due(clock.instant).missed == 2
