"""What fails is tried again and is owed; what was overtaken is told again, and never confirmed."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import attrs
import pytest

from freezecase import Casebook, Channel, Scope, standard
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.clock import micros_of
from freezecase.app.stores.store import Appended, Row, Store
from freezecase.errors import StoreBusy, StoreError
from freezecase.policy.gate import SILENT, Answer, gate, require
from freezecase.policy.question import Question
from freezecase.testing.contracts import StoryClock
from freezecase.testing.contracts.stage import interrupted
from freezecase.views.accounts import Restriction, read_account
from tests.app.books import ANA, ENGINE
from tests.deliver.desk import (
    ACCOUNT,
    BITCOIN,
    EVERYTHING,
    MONEY,
    TRADE,
    freeze,
    happened,
    reconciler,
    release,
    settled,
    widen,
)
from tests.deliver.exchange import WEATHERS, Crash, Gullible, Network, Wary


def ask(book: Casebook, case: UUID) -> object:
    """Let the customer ask something: a record that changes nothing for the exchange."""
    return book.execute(do.RecordContact(case, channel=Channel.CHAT), by=ANA)


# --- failing -------------------------------------------------------------------------------------


def test_a_call_that_fails_is_on_record_once_and_tried_again(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """After one second, two, four; a step that comes earlier leaves the account alone."""
    case = freeze(book)
    one = reconciler(book, network)
    network.weather.extend(["refused", "silent", "refused"])
    wrong = "ConnectionRefusedError: nobody listens"
    step = one.step(clock.now())
    assert (step.told, step.confirmed, dict(step.failing)) == ((), (), {ACCOUNT: wrong})
    assert step.again_at == clock.instant + timedelta(seconds=1)
    assert one.step(clock.later(milliseconds=999)).again_at == step.again_at
    assert len(network.calls) == 1
    waits = list[timedelta | None]()
    for wait in (timedelta(milliseconds=1), timedelta(seconds=2), timedelta(seconds=4)):
        step = one.step(clock.later(seconds=wait.total_seconds()))
        waits.append(None if step.again_at is None else step.again_at - clock.instant)
    assert waits == [timedelta(seconds=2), timedelta(seconds=4), None]
    assert (step.confirmed, dict(step.failing), len(network.calls)) == ((case,), {}, 4)
    assert happened(book, case) == ["enforcement-failed", "enforcement-confirmed"]
    (failed,) = [one for one in book.history(case) if one.kind == "enforcement-failed"]
    assert failed.event == e.EnforcementFailed(reason=wrong)
    settled(book, network)


def test_each_streak_is_on_record_in_each_case_that_waits(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Once, also if the case moves meanwhile, or another reconciler takes over."""
    first = freeze(book)
    one = reconciler(book, network)
    network.weather.extend(["refused"] * 4)
    one.step(clock.now())
    second = freeze(book, TRADE)
    one.step(clock.later(minutes=1))
    widen(book, first)
    reconciler(book, network, one.position).step(clock.now())
    reconciler(book, network).step(clock.now())
    assert (happened(book, first), happened(book, second)) == (["enforcement-failed"],) * 2
    reconciler(book, network).step(clock.now())
    release(book, second)
    network.weather.append("refused")
    one = reconciler(book, network)
    one.step(clock.now())
    assert happened(book, first) == ["enforcement-failed", "enforcement-confirmed"]
    assert happened(book, second)[2:] == ["enforcement-failed"]
    assert one.step(clock.later(minutes=1)).confirmed == (second,)


def test_a_call_that_goes_well_ends_the_streak(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Even if the case moved on during the call: what fails after it is on record again."""
    case = freeze(book)
    one = reconciler(book, network)
    network.weather.append("refused")
    one.step(clock.now())
    network.meanwhile.extend([lambda: ask(book, case)] * 3)
    assert one.step(clock.later(minutes=1)).told == (ACCOUNT,)
    network.weather.append("refused")
    one.step(clock.now())
    assert happened(book, case) == ["enforcement-failed"] * 2


def test_what_somebody_else_reported_is_reported_all_the_same(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Their failure is not ours."""
    case = freeze(book)
    book.execute(do.ReportEnforcementFailure(case, reason="it looks free"), by=ENGINE)
    network.weather.append("refused")
    reconciler(book, network).step(clock.now())
    assert happened(book, case) == ["enforcement-failed"]


def test_what_goes_on_failing_is_owed_by_whoever_is_next(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """That is the dead letter: the obligation `enforcement`, up the ladder of the policy."""
    freeze(book)
    one = reconciler(book, network)
    network.weather.extend(["refused"] * 1000)
    debtors = Counter[str]()
    for _ in range(6 * 60):
        now = clock.later(minutes=1)
        one.step(now)
        debtors.update(owed.debtor for owed in book.due(now) if owed.kind == "enforcement")
        book.run_due(now)
    assert debtors == {"exchange": 1, "lead": 1, "accountable": 1}
    (case,) = book.cases()
    assert case.obligations["enforcement", ""].debtor == "accountable"
    network.weather.clear()
    one.step(clock.later(minutes=1))
    assert ("enforcement", "") not in book.case(case.id).obligations
    settled(book, network)


def test_a_lift_that_goes_on_failing_is_owed_as_well(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """A customer who was cleared waits: the obligation is `lifting`."""
    case = freeze(book)
    one = reconciler(book, network)
    one.step(clock.now())
    release(book, case)
    network.weather.extend(["delayed"] * 2)
    one.step(clock.now())
    now = clock.later(hours=1)
    one.step(now)
    assert [(owed.kind, owed.debtor) for owed in book.due(now)] == [("lifting", "exchange")]
    assert happened(book, case) == ["enforcement-confirmed", "enforcement-failed"]


def test_one_account_that_fails_keeps_nobody_from_the_others(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Those that were never tried come first."""
    for n in range(4):
        freeze(book, MONEY, f"acct-{n}")
    one = reconciler(book, network)
    network.weather.extend(["refused", "refused"])
    assert one.step(clock.now(), limit=2).told == ()
    assert one.step(clock.later(minutes=1), limit=2).told == ("acct-2", "acct-3")
    assert one.step(clock.now(), limit=2).told == ("acct-0", "acct-1")


def test_a_case_that_cannot_be_read_stops_its_own_account_only(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Nobody can say what the account demands, so nothing about it changes."""
    case = freeze(book, MONEY, "acct-1")
    one = reconciler(book, network)
    one.step(clock.now())
    release(book, case)
    bad = Row(case, book.case(case).version + 1, "enforcement-confirmed.v1", b"{}")
    book.store.append([bad], now=micros_of(clock.now()))
    freeze(book, MONEY, "acct-2")
    for reader in (one, reconciler(book, network)):
        step = reader.step(clock.now())
        assert [*step.failing] == ["acct-1"]
        assert step.failing["acct-1"].startswith("Unreadable: cannot read `enforcement-confirmed")
    assert network.exchange.restriction("acct-1") == Restriction([MONEY])
    assert network.exchange.restriction("acct-2") == Restriction([MONEY])


@gate("no-confirming", on=[do.ConfirmEnforcement, do.ReportEnforcementFailure])
def no_confirming(question: Question) -> Answer:
    """Somebody's policy lets no machine confirm an account that is frozen whole."""
    return require("a person") if question.state.scope == EVERYTHING else SILENT


def test_a_policy_that_refuses_the_confirmation_is_named(
    network: Network, clock: StoryClock
) -> None:
    """The exchange was told, and is not blamed; the other case of the account is confirmed."""
    with Casebook.open("memory:", policy=standard().adding(no_confirming), clock=clock) as book:
        whole, part = freeze(book, EVERYTHING), freeze(book, TRADE)
        one = reconciler(book, network)
        step = one.step(clock.now())
        assert (step.told, step.confirmed) == ((ACCOUNT,), (part,))
        assert step.failing[ACCOUNT].startswith("PolicyForbids: refused by `no-confirming`")
        assert step.again_at == clock.now() + timedelta(seconds=1)
        assert happened(book, whole) == ["attempt-refused"]
        network.weather.append("refused")
        step = one.step(clock.later(minutes=1))
        assert step.failing[ACCOUNT] == "ConnectionRefusedError: nobody listens"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TimeoutError(), "TimeoutError"),
        (RuntimeError("  "), "RuntimeError:   "),
        (OSError("x" * 5000), f"OSError: {'x' * 991}"),
        (ValueError("caf\udce9"), "ValueError: caf?"),
    ],
)
def test_whatever_an_error_says_can_be_put_on_record(
    book: Casebook, clock: StoryClock, error: Exception, reason: str
) -> None:
    """However little, however much, whatever bytes it came from."""

    class Broken:
        """An exchange that fails like this."""

        def apply(self, account: str, restriction: Restriction, revision: int) -> None:
            """Fail."""
            raise error

    case = freeze(book)
    step = reconciler(book, Broken()).step(clock.now())
    assert dict(step.failing) == {ACCOUNT: reason}
    assert [one.event for one in book.history(case) if one.kind == "enforcement-failed"] == [
        e.EnforcementFailed(reason=reason)
    ]


class Full:
    """A store that takes nothing for a while."""

    def __init__(self, store: Store) -> None:
        self._store, self.full = store, True

    def append(self, rows: list[Row], **more: Any) -> Appended:
        """Take it, or not."""
        if self.full:
            raise StoreBusy("another writer held it too long")
        return self._store.append(rows, **more)

    def __getattr__(self, name: str) -> Any:
        """Do everything else as the store does."""
        return getattr(self._store, name)


def test_a_store_that_cannot_be_written_is_the_hosts_to_know(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """It is raised, and nothing is lost: the next step does it again."""
    case = freeze(book)
    full = Full(book.store)
    one = reconciler(attrs.evolve(book, store=cast("Store", full)), network)
    with pytest.raises(StoreError):
        one.step(clock.now())
    full.full = False
    assert one.step(clock.now()).confirmed == (case,)
    assert network.calls[0] == network.calls[1]


# --- crashes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("weather", ["dies first", "dies after", "dies while it is under way"])
@pytest.mark.parametrize("kept", [True, False])
def test_a_crash_between_telling_and_confirming_does_no_harm(
    book: Casebook, network: Network, clock: StoryClock, weather: str, kept: bool
) -> None:
    """The next one tells the same revision again, and confirms it once."""
    case = freeze(book)
    one = reconciler(book, network)
    network.weather.append(weather)
    with pytest.raises(Crash):
        one.step(clock.now())
    after = one.position if kept else 0
    assert reconciler(book, network, after).step(clock.now()).confirmed == (case,)
    assert network.calls[0] == network.calls[1]
    assert happened(book, case) == ["enforcement-confirmed"]
    settled(book, network)


# --- races ---------------------------------------------------------------------------------------


def test_what_changes_while_it_is_told_is_told_again_before_it_is_confirmed(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """The freeze was widened during the call: what was told is not what it now demands."""
    case = freeze(book, BITCOIN)
    network.meanwhile.append(lambda: widen(book, case, MONEY))
    assert reconciler(book, network).step(clock.now()).confirmed == (case,)
    assert [call[1] for call in network.calls] == [Restriction([BITCOIN]), Restriction([MONEY])]
    assert happened(book, case) == ["enforcement-confirmed"]
    events = [record.event for record in book.history(case)]
    assert e.EnforcementConfirmed(reference=f"revision {network.calls[1][2]}") in events


def test_a_release_that_is_ordered_while_the_freeze_is_told_is_not_taken_for_done(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """It is told as well, in the same visit."""
    case = freeze(book)
    network.meanwhile.append(lambda: release(book, case))
    reconciler(book, network).step(clock.now())
    assert happened(book, case) == ["release-enforced"]
    assert network.exchange.restriction(ACCOUNT) == Restriction()


@pytest.mark.parametrize(
    ("meddle", "then"),
    [
        (lambda book, case: widen(book, case, EVERYTHING), [BITCOIN, EVERYTHING]),
        (release, [BITCOIN, None]),
        (ask, [BITCOIN, BITCOIN]),
    ],
)
def test_what_changes_between_looking_again_and_confirming_is_not_confirmed(
    book: Casebook,
    network: Network,
    clock: StoryClock,
    meddle: Callable[[Casebook, UUID], object],
    then: list[Scope | None],
) -> None:
    """A confirmation is written upon the version that was told, or not at all."""
    case = freeze(book, BITCOIN)
    slow = interrupted(book, lambda: meddle(book, case))
    assert reconciler(slow, network).step(clock.now()).confirmed == (case,)
    told = [call[1] for call in network.calls]
    assert told == [Restriction([scope] if scope else []) for scope in then]
    assert len(happened(book, case)) == 1
    settled(book, network)


def test_another_case_that_is_opened_during_the_call_is_told_before_any_is_confirmed(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """The account is read again after the call: it has moved on, so it is told again."""
    case, others = freeze(book, BITCOIN), list[UUID]()
    network.meanwhile.append(lambda: others.append(freeze(book, TRADE)))
    assert reconciler(book, network).step(clock.now()).confirmed == (case, *others)
    told = [call[1] for call in network.calls]
    assert told == [Restriction([BITCOIN]), Restriction([BITCOIN, TRADE])]


def test_a_record_of_another_case_does_not_undo_a_confirmation(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """What was told of this case still holds; the other one is told next."""
    case, others = freeze(book, BITCOIN), list[UUID]()
    slow = interrupted(book, lambda: others.append(freeze(book, TRADE)))
    one = reconciler(slow, network)
    assert one.step(clock.now()).confirmed == (case,)
    assert one.step(clock.now()).confirmed == (*others,)
    settled(book, network)


def test_an_account_that_never_rests_is_told_three_times_and_then_in_the_next_step(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """So that it does not keep the reconciler from the others."""
    case = freeze(book)
    network.meanwhile.extend([lambda: ask(book, case)] * 3)
    one = reconciler(book, network)
    step = one.step(clock.now())
    assert (step.told, step.confirmed, step.again_at) == ((ACCOUNT,), (), clock.now())
    assert (len(network.calls), dict(step.failing)) == (3, {})
    assert one.step(clock.now()).confirmed == (case,)


def test_a_case_that_ends_by_hand_while_it_is_told_needs_no_more(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Nothing waits any longer; what was said by hand is told in the next step."""
    case = freeze(book)
    network.meanwhile.append(lambda: book.execute(do.ConfirmEnforcement(case), by=ENGINE))
    one = reconciler(book, network)
    assert one.step(clock.now()).confirmed == ()
    one.step(clock.now())
    assert happened(book, case) == []
    settled(book, network)


def test_a_failure_is_not_reported_of_a_case_that_moved_on(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Somebody else told the exchange meanwhile: it is their confirmation that counts."""
    case = freeze(book)
    other = reconciler(book, Network(network.exchange))
    network.meanwhile.append(lambda: other.step(clock.now()))
    network.weather.append("refused")
    one = reconciler(book, network)
    assert one.step(clock.now()).told == ()
    assert happened(book, case) == ["enforcement-confirmed"]
    step = one.step(clock.now())
    assert (dict(step.failing), step.again_at, len(network.calls)) == ({}, None, 1)


def test_two_reconcilers_do_no_harm(book: Casebook, network: Network, clock: StoryClock) -> None:
    """The slower one finds that the account moved on, and that nothing is left to do."""
    case = freeze(book)
    other = reconciler(book, Network(network.exchange))
    network.meanwhile.append(lambda: other.step(clock.now()))
    reconciler(book, network).step(clock.now())
    assert happened(book, case) == ["enforcement-confirmed"]
    settled(book, network)


# --- what the exchange has to keep ---------------------------------------------------------------


def lifted_and_frozen_again(book: Casebook, network: Network, clock: StoryClock) -> Restriction:
    """A lift whose call is delayed, and a freeze after it; return what has to be restricted."""
    case = freeze(book)
    one = reconciler(book, network)
    one.step(clock.now())
    release(book, case)
    network.weather.append("delayed")
    one.step(clock.now())
    freeze(book, TRADE)
    one.step(clock.later(minutes=1))
    return read_account(book.store, ACCOUNT).restriction


def test_a_late_lift_does_not_outrun_a_newer_freeze(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """An exchange that keeps the highest revision ignores what arrives late, however often."""
    due = lifted_and_frozen_again(book, network, clock)
    assert due == Restriction([TRADE])
    network.arrive(0, again=True)
    network.arrive(0)
    assert network.exchange.restriction(ACCOUNT) == due


def test_an_exchange_that_takes_what_is_older_has_accounts_that_are_wrong(
    book: Casebook, clock: StoryClock
) -> None:
    """Nobody is told of it: all is confirmed. Once somebody sees it, telling it again heals it."""
    network = Network(Gullible())
    due = lifted_and_frozen_again(book, network, clock)
    network.arrive(0)
    assert network.exchange.restriction(ACCOUNT) == Restriction()  # and the freeze is lost
    one = reconciler(book, network)
    assert one.step(clock.now()).told == ()
    one.tell(ACCOUNT)
    one.step(clock.now())
    assert network.exchange.restriction(ACCOUNT) == due


@pytest.mark.parametrize(("wary", "confirmed"), [(False, True), (True, False)])
def test_a_book_restored_from_a_backup_is_found_out_by_an_exchange_that_raises(
    book: Casebook, clock: StoryClock, wary: bool, confirmed: bool
) -> None:
    """The restored book counts from where it was: what is ignored in silence is confirmed."""
    network = Network(Wary() if wary else Network().exchange)
    for scope in (MONEY, TRADE, BITCOIN):
        freeze(book, scope)
    reconciler(book, network).step(clock.now())
    with Casebook.open("memory:", clock=clock) as restored:
        case = freeze(restored, EVERYTHING)
        step = reconciler(restored, network).step(clock.now())
        assert restored.case(case).enforced is confirmed
        assert (ACCOUNT in step.failing) is wary
    assert network.exchange.restriction(ACCOUNT) != Restriction([EVERYTHING])


def test_every_way_a_call_can_go_is_tried_here() -> None:
    """The names of the weather are those of the network."""
    assert {*WEATHERS} == {
        *("fine", "refused", "delayed", "silent", "doubled"),
        *("dies first", "dies after", "dies while it is under way"),
    }
