"""Thousands of accounts at once: each judged, all spelt as if alone, in bounded transactions."""

from typing import Any
from uuid import UUID, uuid5

import pytest

from freezecase import Casebook, Conflict, Ground, Policy, Scope, forbid, gate, standard
from freezecase import commands as do
from freezecase.app.bulk import Batch
from freezecase.app.store import Row
from freezecase.policy.gate import SILENT
from freezecase.testing.contracts import StoryClock
from tests.app.books import ENGINE

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
    from freezecase.app.sqlite import SQLiteStore

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
        assert list(bulk.store.scan()) == list(single.store.scan())
        assert [case.account for case in bulk.cases()] == ODD
        for one in bulk.cases():
            assert bulk.history(one.id)[0].command_id == one.id == uuid5(BATCH, one.account)


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
        accounts = [f"acct-{n}" for n in range(25)]
        result = frozen(book, accounts, chunk=10, progress=lambda *at: told.append(at))
        assert (result.frozen, result.already) == (25, 0)
        assert appended == [10, 10, 5]
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
