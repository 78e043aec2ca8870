"""Thousands of accounts at once: each judged, all spelt as if alone, in bounded transactions."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from freezecase import (
    Casebook,
    Conflict,
    Ground,
    Policy,
    PolicyForbids,
    Scope,
    forbid,
    gate,
    standard,
)
from freezecase import commands as do
from freezecase.app.bulk import Batch
from freezecase.app.stores.store import Row
from freezecase.core.events import FreezeImposed
from freezecase.core.obligations import Demand
from freezecase.core.ruling import Telling
from freezecase.policy.clock import Clock, Occasion, ladder
from freezecase.policy.gate import SILENT
from freezecase.policy.policy import AnyRule
from freezecase.policy.rule import disclosure, plan
from freezecase.testing.contracts import StoryClock
from freezecase.testing.contracts.stage import BEGIN
from tests.app.books import ENGINE, alarms, expected_alarms, freeze
from tests.app.stores.salted import unsalted

BATCH = UUID(int=9)
SCOPE = Scope.withdrawals()
ODD = ['"', "\\", "{}", "acct-4711", "'", "%s", "$1", "acct-4711x"]


@gate("no-vips", on=[do.ImposeFreeze])
def no_vips(question: Any) -> Any:
    """Very important accounts are not frozen in bulk."""
    return forbid("it is important") if question.command.account.startswith("vip") else SILENT


def a_book(policy: Policy | None = None) -> Casebook:
    """An empty book."""
    return Casebook.open("memory:", clock=StoryClock(), policy=policy)


def frozen(book: Casebook, accounts: list[str], **more: Any) -> Any:
    """Freeze *accounts* as one batch."""
    return book.freeze_many(
        accounts, ground=Ground.INCIDENT, scope=SCOPE, by=ENGINE, batch=BATCH, **more
    )


@pytest.fixture
def appended(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each transaction held."""
    sizes: list[int] = []
    from freezecase.app.stores.sqlite import SQLiteStore

    append = SQLiteStore.append

    def counted(self: Any, rows: list[Row], **more: Any) -> Any:
        sizes.append(len(rows))
        return append(self, rows, **more)

    monkeypatch.setattr(SQLiteStore, "append", counted)
    return sizes


def test_a_batch_writes_what_each_freeze_alone_would_write() -> None:
    """Byte for byte: only the shared clock and the ids of the batch make them what they are."""
    with a_book() as bulk, a_book() as single:
        frozen(bulk, ODD, reason="phished", incident="phish-1", facts={"band": "low"})
        for account in ODD:
            command = do.ImposeFreeze(
                account=account,
                ground=Ground.INCIDENT,
                scope=SCOPE,
                reason="phished",
                incident="phish-1",
            )
            case = uuid5(BATCH, account)
            single.execute(command, by=ENGINE, id=case, facts={"band": "low"})
        assert unsalted(bulk.store.scan()) == unsalted(single.store.scan())
        assert [case.account for case in bulk.cases()] == ODD
        for one in bulk.cases():
            assert bulk.history(one.id)[0].command_id == one.id == uuid5(BATCH, one.account)


ACCOUNTS = ["a", "vip-1", "b", "c", "vip-2", "vip-3", "d", "vip-4"]


def vip(occasion: Occasion) -> bool:
    """Whether the account is important."""
    return occasion.state.account.startswith("vip")


def broken_for_vips(occasion: Occasion) -> bool:
    """Fail, as code does that was never tried on important accounts."""
    return vip(occasion) and occasion.state.until.year > 0  # type: ignore[union-attr]


def clock_on_freezes(**more: Any) -> Clock:
    """A clock that starts when an account is frozen: somebody calls."""
    demand = Demand(kind="call", ladder=ladder("front 5 minutes"), met_by=("reply-sent",))
    how: dict[str, Any] = {"id": "call-clock", "on": [FreezeImposed], "demand": demand}
    return Clock(**how | more)


def day_of(occasion: Occasion) -> Any:
    """The day that the number of the account says."""
    account = occasion.state.account
    return BEGIN + timedelta(days=int(account[-1])) if account[-1].isdecimal() else None


@plan("some-checks", on=[do.ImposeFreeze])
def some_checks(question: Any) -> Any:
    """Important accounts were forgotten in this plan."""
    return {"a": ["device"], "b": ["device"], "c": ["identity"], "d": []}[question.command.account]


@disclosure("hush", on=[do.ImposeFreeze])
def hush(question: Any) -> Any:
    """Whoever is important is told nothing."""
    return Telling.NOTHING if question.command.account.startswith("vip") else None


DIFFERING: dict[str, tuple[AnyRule, ...]] = {
    "a gate that forbids some": (no_vips,),
    "a clock that starts for some": (clock_on_freezes(when=vip),),
    "a clock about each": (clock_on_freezes(about=lambda occasion: occasion.state.account),),
    "a clock with a day for each": (clock_on_freezes(at=day_of),),
    "a clock that breaks on some": (clock_on_freezes(when=broken_for_vips),),
    "a clock that covers for some": (
        clock_on_freezes(
            on=(),
            covers="review",
            when=vip,
            demand=Demand(kind="review", ladder=ladder("lead 1 hours"), met_by=("freeze-upheld",)),
        ),
    ),
    "a clock of the case's id": (
        clock_on_freezes(about=lambda occasion: str(occasion.state.id.int % 3)),
    ),
    "a plan that breaks on some": (some_checks,),
    "less told to some": (hush,),
    "all of it": (
        clock_on_freezes(when=vip, at=day_of),
        clock_on_freezes(id="breaking-clock", when=broken_for_vips),
        some_checks,
        hush,
    ),
}


@pytest.mark.parametrize("differing", DIFFERING)
def test_whatever_differs_by_account_is_written_as_if_alone(differing: str) -> None:
    """Rules and clocks that look at the account: the same bytes, the same alarms, one by one."""
    policy = standard().adding(*DIFFERING[differing])
    with a_book(policy) as bulk, a_book(policy) as single:
        refused = frozen(bulk, ACCOUNTS).refused
        for account in ACCOUNTS:
            command = do.ImposeFreeze(account=account, ground=Ground.INCIDENT, scope=SCOPE)
            with suppress(PolicyForbids):
                single.execute(command, by=ENGINE, id=uuid5(BATCH, account))
        assert unsalted(bulk.store.scan()) == unsalted(single.store.scan())
        assert alarms(bulk) == alarms(single) == expected_alarms(bulk)
        assert [case.account for case in bulk.cases()] == [
            account for account in ACCOUNTS if account not in refused
        ]


def test_a_clock_that_breaks_on_some_is_not_taken_for_one_that_answers() -> None:
    """Of those on whom it broke the exchange owes the repair, and of them alone."""

    def breaks_on_vips(occasion: Occasion) -> str:
        return "" if not vip(occasion) else occasion.subject.missing  # type: ignore[attr-defined]

    with a_book(standard().adding(clock_on_freezes(about=breaks_on_vips))) as book:
        frozen(book, ACCOUNTS)
        owed = {case.account: set(case.obligations) for case in book.cases()}
        assert {account for account in ACCOUNTS if ("call", "") in owed[account]} == set("abcd")
        repairs = {account for account in ACCOUNTS if ("repair", "call-clock") in owed[account]}
        assert repairs == set(ACCOUNTS) - set("abcd")


def test_a_case_of_a_batch_can_be_asked_for_again_alone() -> None:
    """Its command id is its own id: the single command finds the answer of the batch."""
    with a_book() as book:
        frozen(book, ["acct-1"])
        command = do.ImposeFreeze(account="acct-1", ground=Ground.INCIDENT, scope=SCOPE)
        assert book.execute(command, by=ENGINE, id=uuid5(BATCH, "acct-1")).repeated


def test_transactions_are_bounded_and_progress_is_told(appended: list[int]) -> None:
    """No transaction holds more than a chunk; after each, how far it has come is told."""
    told: list[tuple[int, int]] = []
    with a_book() as book:
        of_one = book.execute(freeze("acct-alone"), by=ENGINE).case.version
        appended.clear()
        accounts = [f"acct-{n}" for n in range(25)]
        result = frozen(book, accounts, chunk=10, progress=lambda *at: told.append(at))
        assert (result.frozen, result.already) == (25, 0)
        assert appended == [10 * of_one, 10 * of_one, 5 * of_one]
        assert told == [(10, 25), (20, 25), (25, 25)]


def test_an_account_named_twice_is_frozen_once() -> None:
    """A list with doubles is a list of accounts."""
    with a_book() as book:
        assert frozen(book, ["a", "b", "a"]).frozen == 2
        assert frozen(book, []).frozen == 0
        assert [case.account for case in book.cases()] == ["a", "b"]


def test_each_account_is_judged_and_whoever_may_not_be_frozen_is_named() -> None:
    """Where the answer changes between two accounts, no record is spelt after the other's."""
    with a_book(standard().adding(no_vips)) as book:
        result = frozen(book, ["a", "vip-1", "b", "vip-2"])
        assert result.frozen == 2
        assert dict(result.refused) == {
            "vip-1": "refused by `no-vips` it is important",
            "vip-2": "refused by `no-vips` it is important",
        }
        assert [case.account for case in book.cases()] == ["a", "b"]
        assert frozen(book, ["a", "vip-1", "b", "vip-2"]).already == 2


def test_what_each_account_was_allowed_by_is_its_own() -> None:
    """Two accounts that are allowed by different rules have different rulings."""

    @gate("known", on=[do.ImposeFreeze])
    def known(question: Any) -> Any:
        """Some accounts are known."""
        from freezecase import ALLOW

        return ALLOW if question.command.account == "b" else SILENT

    with a_book(standard().adding(known)) as book:
        frozen(book, ["a", "b", "c"])
        rulings = [book.history(case.id)[0].ruling for case in book.cases()]
        assert [ruling.decided_by if ruling else () for ruling in rulings] == [
            ("within-reach",),
            ("known", "within-reach"),
            ("within-reach",),
        ]


def test_a_batch_that_never_gets_its_turn_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying again has an end, and running the batch again is the advice."""
    with a_book() as book:
        store: Any = book.store

        def taken(*_: Any, **_more: Any) -> None:
            raise Conflict(BATCH, 0, "taken")

        with monkeypatch.context() as patch:
            patch.setattr(store, "append", taken)
            with pytest.raises(Conflict, match="others wrote first 16 times; run the batch again"):
                frozen(book, ["a"])
        assert frozen(book, ["a"]).frozen == 1


def test_a_batch_is_exact_like_any_value() -> None:
    """What a caller hands in is made exact once, for all accounts."""
    text: Any = str(BATCH)
    batch = Batch(
        id=text,
        ground=Ground.INCIDENT,
        scope=SCOPE,
        actor=ENGINE,
        reason=None,
        incident=None,
        facts={},
    )
    assert batch.id == BATCH
