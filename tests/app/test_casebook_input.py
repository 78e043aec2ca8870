"""What cannot be is refused where it comes in: named, with what would be allowed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from freezecase import (
    Amount,
    Casebook,
    Ground,
    Scope,
)
from freezecase import commands as do
from freezecase.errors import InvalidValue
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA, ENGINE, decided, freeze, opened

NAIVE = datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001 - that is what is wrong with it
CASE = UUID(int=1)


@pytest.fixture
def book() -> Iterator[Casebook]:
    """A book with one case, number 1."""
    with Casebook.open("memory:", clock=StoryClock()) as made:
        assert opened(made).id == CASE
        yield made


def uphold(book: Casebook, **more: Any) -> object:
    """Ask for something that may happen, in a way that it may not be asked."""
    asked: dict[str, Any] = {"by": ANA, **more}
    return book.execute(do.UpholdFreeze(CASE, reason="seen"), **asked)


def many(book: Casebook, **more: Any) -> object:
    """Freeze a few accounts, in a way that it may not be asked."""
    asked: dict[str, Any] = {
        "accounts": ["acct-1", "acct-2"],
        "ground": Ground.INCIDENT,
        "scope": Scope.withdrawals(),
        "by": ENGINE,
        "batch": UUID(int=9),
    }
    return book.freeze_many(**asked | more)


WRONG: dict[str, tuple[Callable[[Casebook], object], str]] = {
    # commands
    "no command": (lambda b: b.execute("freeze", by=ANA), "command cannot be `'freeze'`"),  # type: ignore[arg-type]
    "an event": (lambda b: b.execute(b.history(CASE)[0].event, by=ANA), "command cannot be"),  # type: ignore[arg-type]
    "an empty account": (lambda _: freeze(""), "ImposeFreeze.account cannot be `''`: 1 to 200"),
    "an e-mail address": (lambda _: freeze("ana@example.org"), "without blanks or `@`"),
    "an account with a zero": (lambda _: freeze("acct\x00"), "ImposeFreeze.account cannot be"),
    "an account of other letters": (lambda _: freeze("café"), "ImposeFreeze.account cannot be"),
    "a number for an account": (lambda _: freeze(7), "it takes text"),  # type: ignore[arg-type]
    "a case that is no id": (lambda _: do.UpholdFreeze("seven", reason="x"), "takes a UUID"),  # type: ignore[arg-type]
    "a case of another type": (lambda _: do.UpholdFreeze(7, reason="x"), "takes a UUID"),  # type: ignore[arg-type]
    "half a character": (lambda _: do.UpholdFreeze(CASE, reason="\ud800"), "UpholdFreeze.reason"),
    "a blank reason": (lambda _: do.UpholdFreeze(CASE, reason=" \n"), "not all blank"),
    "too long a reason": (lambda _: do.UpholdFreeze(CASE, reason="x" * 4001), "1 to 4000"),
    "a float for money": (lambda _: Amount.of(0.1, "BTC"), "takes a decimal"),  # type: ignore[arg-type]
    "less than nothing": (lambda _: Amount.of("-1", "BTC"), "zero or more"),
    "no money at all": (lambda _: Amount.of("NaN", "BTC"), "decimal"),
    "an endless sum": (lambda _: Amount.of(Decimal(10) ** 999, "BTC"), "decimal"),
    "a naive instant": (lambda _: do.RenewFreeze(CASE, reason="x", until=NAIVE), "takes an aware"),
    "text for an instant": (
        lambda _: do.RenewFreeze(CASE, reason="x", until="2026-01-05"),  # type: ignore[arg-type]
        "takes an aware",
    ),
    "text for a version": (
        lambda _: do.FileAppeal(CASE, contests="1", statement="x"),  # type: ignore[arg-type]
        "FileAppeal.contests cannot be `'1'`: it takes a whole number",
    ),
    "a version of nothing": (lambda _: do.FileAppeal(CASE, contests=0, statement="x"), "1 or more"),
    "a version beyond all": (
        lambda _: do.FileAppeal(CASE, contests=2**53, statement="x"),
        "1 or more, below",
    ),
    "one word for a list": (lambda _: do.RequestChecks(CASE, checks="device"), "takes several"),
    # who, when, why
    "a name for an actor": (lambda b: uphold(b, by="ana"), "actor cannot be `'ana'`"),
    "nobody": (lambda b: uphold(b, by=None), "actor cannot be `None`"),
    "a word for an id": (
        lambda b: uphold(b, id="seven"),
        "id cannot be `'seven'`: it takes a UUID",
    ),
    "an empty id": (lambda b: uphold(b, id=""), "id cannot be `''`: it takes a UUID"),
    "naive, as it happened": (lambda b: uphold(b, occurred_at=NAIVE), "occurred_at cannot be"),
    "in a time to come": (
        lambda b: uphold(b, occurred_at=datetime(2026, 1, 5, 9, 6, tzinfo=UTC)),
        "occurred_at cannot be .*: an instant that is not later than now, 2026-01-05T09:00",
    ),
    "before all years": (
        lambda b: uphold(b, occurred_at=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9)))),
        "the years 1 to 9999",
    ),
    "a float for a fact": (lambda b: uphold(b, facts={"score": 0.5}), "facts cannot be"),
    "nothing for a fact": (lambda b: uphold(b, facts={"score": None}), "facts cannot be"),
    "a list for a fact": (lambda b: uphold(b, facts={"score": [1]}), "facts cannot be"),
    "an instant for a fact": (lambda b: uphold(b, facts={"at": NAIVE}), "facts cannot be"),
    "too large a fact": (lambda b: uphold(b, facts={"score": 2**53}), "whole numbers below"),
    "half a character of a fact": (lambda b: uphold(b, facts={"a": "\udc00"}), "facts cannot be"),
    "half a character for a name": (lambda b: uphold(b, facts={"\udc00": 1}), "facts cannot be"),
    "a number for a name": (lambda b: uphold(b, facts={7: 1}), "facts cannot be"),
    "facts that are none": (lambda b: uphold(b, facts=[("a", 1)]), "facts cannot be"),
    # many at once
    "one account for many": (lambda b: many(b, accounts="acct-1"), "accounts cannot be"),
    "an impossible account": (lambda b: many(b, accounts=["acct-1", "a b"]), "accounts cannot be"),
    "no accounts a chunk": (lambda b: many(b, chunk=0), "chunk cannot be `0`"),
    "a batch that is no id": (lambda b: many(b, batch="phish"), "batch|Batch.id"),
    "no actor": (lambda b: many(b, by="engine"), "actor cannot be"),
    "no ground": (lambda b: many(b, ground="whim"), "ground cannot be `'whim'`: it takes one of"),
    "a blank reason for many": (lambda b: many(b, reason=" "), "reason cannot be"),
    "a float for a fact of many": (lambda b: many(b, facts={"score": 0.5}), "facts cannot be"),
    # reading
    "a case id of another type": (lambda b: b.case(7), "case cannot be `7`"),  # type: ignore[arg-type]
    "a history of another type": (lambda b: b.history(None), "case cannot be `None`"),  # type: ignore[arg-type]
    "a view of another type": (lambda b: b.customer_view("x"), "case cannot be `'x'`"),  # type: ignore[arg-type]
    "version none": (lambda b: b.case(CASE, version=0), "version cannot be `0`"),
    "version in words": (lambda b: b.case(CASE, version="1"), "version cannot be `'1'`"),  # type: ignore[arg-type]
    "version yes": (lambda b: b.case(CASE, version=True), "version cannot be `True`"),
    "at a naive instant": (lambda b: b.case(CASE, at=NAIVE), "at cannot be"),
    "at a day": (lambda b: b.case(CASE, at="2026-01-05"), "at cannot be"),  # type: ignore[arg-type]
    "due at a naive instant": (lambda b: b.due(NAIVE), "now cannot be"),
    # time
    "time at a naive instant": (lambda b: b.run_due(NAIVE), "now cannot be"),
    "time at a day": (lambda b: b.run_due("2026-01-05"), "now cannot be"),  # type: ignore[arg-type]
    "time to come": (
        lambda b: b.run_due(datetime(2026, 1, 5, 9, 6, tzinfo=UTC)),
        "now cannot be .*: an instant that is not later than the clock's, 2026-01-05T09:00",
    ),
    "a fact out of its domain": (
        lambda b: b.execute(
            do.ProposeRelease(CASE, reason="verified"), by=ANA, facts={"risk": "some"}
        ),
        "facts.risk cannot be `'some'`: one of `low`, `medium`, `high`",
    ),
    "a fact of many out of its domain": (
        lambda b: many(b, facts={"released_lately": "perhaps"}),
        "facts.released_lately cannot be",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_is_named_and_leaves_no_trace(book: Casebook, wrong: str) -> None:
    """The error names the field and what it takes; nothing is written; the book goes on."""
    ask, words = WRONG[wrong]
    size = book.store.size()
    with pytest.raises(InvalidValue, match=words):
        ask(book)
    assert book.store.size() == size
    uphold(book)
    assert decided(book.history(CASE)) == ["freeze-imposed", "freeze-upheld"]
