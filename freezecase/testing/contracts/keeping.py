"""What is kept and what is not: attempts that were refused, and batches that were cut short."""

from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.values import Ground, Scope
from freezecase.errors import InvalidValue, NotAllowedNow, PolicyForbids
from freezecase.testing.contracts.stage import (
    ANA,
    ENGINE,
    OWNER,
    ROB,
    freeze,
    interrupted,
    kinds,
    raises,
    story,
)

__all__ = [
    "a_batch_is_taken_up_where_it_stopped",
    "a_batch_meets_itself",
    "a_batch_names_whom_it_may_not_freeze",
    "a_refused_attempt_of_a_customer_is_not_kept",
    "a_refused_attempt_of_staff_is_kept_once",
    "an_impossible_account_stops_a_batch_before_it_begins",
    "what_does_not_fit_is_not_kept",
]

MANY = [f"acct-{number}" for number in range(100, 107)]
BATCH = UUID(int=4711)
HOW: dict[str, Any] = {
    "ground": Ground.INCIDENT,
    "scope": Scope.withdrawals(),
    "by": ENGINE,
    "batch": BATCH,
    "incident": "phish-1",
    "chunk": 3,
}


class _Cut(Exception):
    """Somebody pulled the plug."""


def a_refused_attempt_of_staff_is_kept_once(book: Casebook) -> None:
    """Who tried what they may not is part of the history; who goes on trying is so once."""
    book, _, case = story(book)
    order = do.OrderRelease(case.id, reason="please")
    for _ in range(50):
        raises(PolicyForbids, lambda: book.execute(order, by=ANA))
    attempt = book.history(case.id)[-1]
    assert (kinds(book, case), attempt.actor) == (["attempt-refused"], ANA)
    assert attempt.ruling is not None
    assert not attempt.ruling.allowed
    assert book.case(case.id).status is case.status, "nothing else changed"
    raises(PolicyForbids, lambda: book.execute(order, by=ROB))
    assert kinds(book, case) == ["attempt-refused", "attempt-refused"], "somebody else is so too"


def a_refused_attempt_of_a_customer_is_not_kept(book: Casebook) -> None:
    """A customer may try as they like."""
    book, _, case = story(book)
    uphold = do.UpholdFreeze(case.id, reason="let me")
    raises(PolicyForbids, lambda: book.execute(uphold, by=OWNER))
    assert book.case(case.id) == case


def what_does_not_fit_is_not_kept(book: Casebook) -> None:
    """What the case is in no position for is refused, says what would be, and is not kept."""
    book, _, case = story(book)
    misfit = raises(NotAllowedNow, lambda: book.execute(do.ApproveRelease(case.id), by=ANA))
    assert misfit.allowed == {"propose-release"}
    assert book.case(case.id) == case


def a_batch_is_taken_up_where_it_stopped(book: Casebook) -> None:
    """A batch that was cut short is run again: what is frozen stays, what is missing is added."""
    book, _, _ = story(book)
    told: list[tuple[int, int]] = []

    def cut(done: int, of: int) -> None:
        told.append((done, of))
        raise _Cut

    with suppress(_Cut):
        book.freeze_many(MANY, progress=cut, **HOW)
    before = [book.history(case.id) for case in book.cases()]
    result = book.freeze_many(MANY, progress=lambda *at: told.append(at), **HOW)
    assert (result.frozen, result.already, dict(result.refused)) == (4, 3, {})
    assert told == [(3, 7), (3, 7), (6, 7), (7, 7)]
    after = [book.history(case.id) for case in book.cases()]
    assert after[: len(before)] == before, "what was there is as it was"
    assert [case.account for case in book.cases()] == ["acct-1", *MANY]
    again = book.freeze_many([*MANY, MANY[0]], **HOW)
    assert (again.frozen, again.already) == (0, len(MANY)), "and again: nothing new"


def a_batch_meets_itself(book: Casebook) -> None:
    """The same batch at work in two places freezes every account once; neither place fails."""
    book, _, _ = story(book)
    late = interrupted(book, lambda: book.freeze_many(MANY[:2], **HOW))
    result = late.freeze_many(MANY, **HOW)
    assert (result.frozen, result.already) == (5, 2)
    assert sorted(case.account for case in book.cases()) == ["acct-1", *MANY]


def a_batch_names_whom_it_may_not_freeze(book: Casebook) -> None:
    """Every account is put to the policy; those it refuses are named, with the ruling."""
    book, _, _ = story(book)
    as_owner: dict[str, Any] = {**HOW, "by": OWNER, "ground": Ground.SELF_LOCK}
    result = book.freeze_many([*MANY, "acct-1"], **as_owner)
    assert result.frozen == 1
    assert sorted(result.refused) == MANY
    assert "own-account" in result.refused[MANY[0]]


def an_impossible_account_stops_a_batch_before_it_begins(book: Casebook) -> None:
    """An account that cannot be one is named, and nobody is frozen."""
    book, _, case = story(book)
    for wrong in ("", "ana@example.org", "a b", 7):
        accounts: Any = [*MANY, wrong]
        error = raises(InvalidValue, partial(book.freeze_many, accounts, **HOW))
        assert (error.field, error.what) == ("accounts", wrong)
    assert list(book.cases()) == [case]
    assert book.execute(freeze("acct-2"), by=ENGINE).case.version == case.version
