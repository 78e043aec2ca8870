"""Of two things that are wrong, you get the one that the page on rulings names first."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from freezecase import (
    Actor,
    Casebook,
    Edition,
    Effective,
    Ground,
    InvalidValue,
    NoSuchCase,
    NotAllowedNow,
    PolicyBook,
    PolicyForbids,
    Scope,
    errors,
    standard,
)
from freezecase import commands as do
from tests.app.stores.insider import by_hand
from tests.docs.pages import text_of

ENGINE, ANA, OWNER = Actor.system("engine"), Actor.staff("ana"), Actor.customer("acct-4711")
FREEZE = do.ImposeFreeze(account="acct-4711", ground=Ground.AML_ALERT, scope=Scope.withdrawals())
CASE, ASKED, NOWHERE = UUID(int=1), UUID(int=2), UUID(int=404)
LATE = datetime(9000, 1, 1, tzinfo=UTC)
NOT_YET = PolicyBook.of(Edition(standard(), Effective(since=LATE)))

UPHOLD, MISFIT = do.UpholdFreeze(CASE, reason="sound"), do.ReopenCase(CASE, reason="why not")
BAD_FACT = {"facts": {"risk": "purple"}}
REUSED = {"id": ASKED}
Opened = Callable[..., Casebook]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """How to open a book with one case of three records."""
    url = f"sqlite:///{tmp_path}/cases.db"
    with Casebook.open(url) as book:
        book.execute(FREEZE, by=ENGINE, id=CASE)
        book.execute(do.ConfirmEnforcement(CASE), by=ENGINE, id=ASKED)
        book.execute(do.RequestChecks(CASE, checks=["device"]), by=ANA)

    def open_it(*, damaged: bool = False, **more: Any) -> Casebook:
        if damaged:
            with by_hand(str(tmp_path / "cases.db")) as store:
                store.execute("DELETE FROM stored_events WHERE originator_version = 1")
        return Casebook.open(url, **more)

    return open_it


def listed() -> list[str]:
    """The errors of the table, in its order."""
    table = text_of("concepts/ruling.md").partition("## Every refusal")[2]
    return re.findall(r"^\| \d+ \| `(\w+)` \|", table, re.MULTILINE)


# what is wrong with the book | with what is asked | what one gets | and not
Wrong = tuple[dict[str, Any], Any, dict[str, Any], Any, type[Exception], int]
TABLE: list[Wrong] = [
    ({"closed": True}, UPHOLD, {"occurred_at": LATE}, ANA, InvalidValue, 1),
    ({"closed": True}, do.UpholdFreeze(NOWHERE, reason="sound"), {}, ANA, errors.StoreError, 2),
    ({"policy": NOT_YET}, do.ReopenCase(NOWHERE, reason="x"), BAD_FACT, ANA, NoSuchCase, 3),
    ({"damaged": True}, MISFIT, REUSED, ANA, errors.CommandReused, 4),
    ({"policy": NOT_YET}, MISFIT, REUSED, ANA, errors.CommandReused, 4),
    ({"damaged": True, "policy": NOT_YET}, MISFIT, {}, ANA, errors.RecordError, 5),
    ({"policy": NOT_YET}, MISFIT, BAD_FACT, ANA, errors.NoPolicy, 6),
    ({}, MISFIT, BAD_FACT, OWNER, NotAllowedNow, 7),
    ({}, UPHOLD, BAD_FACT, OWNER, InvalidValue, 8),
    ({}, UPHOLD, {}, OWNER, PolicyForbids, 9),
]


@pytest.mark.parametrize(("book", "command", "more", "by", "error", "row"), TABLE)
def test_the_first_thing_that_is_wrong_is_what_one_gets(
    opened: Opened,
    book: dict[str, Any],
    command: Any,
    more: dict[str, Any],
    by: Actor,
    error: type[Exception],
    row: int,
) -> None:
    closed = book.get("closed", False)
    asked = opened(**{key: value for key, value in book.items() if key != "closed"})
    if closed:
        asked.close()

    with pytest.raises(error) as raised:
        asked.execute(command, by=by, **more)

    assert listed()[row - 1] in [kind.__name__ for kind in type(raised.value).__mro__]
    asked.close()


def test_every_row_but_those_of_other_writers_is_shown() -> None:
    assert {row for *_, row in TABLE} == set(range(1, 10))
    assert listed()[9:] == ["Conflict", "StoreError"]
