"""One command, one turn: what it leaves in the store, and what it does not."""

from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase import Actor, Casebook, PolicyForbids
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.writing import Asking, entries_of, rows_of
from freezecase.core.evolve import unopened
from freezecase.errors import CommandReused, Conflict, InvalidValue
from freezecase.policy.standard import standard
from freezecase.policy.turn import take_turn
from freezecase.testing.contracts import StoryClock
from freezecase.wire.codec import encode
from freezecase.wire.shapes import Asked
from tests.app.books import ANA, ENGINE, OWNER, ROB, freeze, opened
from tests.core.samples import LATER, NOW

CASE = UUID(int=1)


@pytest.fixture
def book() -> Casebook:
    """A book with one case, number 1."""
    book = Casebook.open("memory:", clock=StoryClock())
    opened(book)
    return book


def asking(command: do.Command, **more: Any) -> Asking:
    """A command with all that its turn needs."""
    rest: dict[str, Any] = {"actor": ANA, "id": UUID(int=9), "now": NOW, "occurred_at": NOW}
    return Asking(command=command, facts={}, **rest | more)


def test_a_freeze_opens_the_case_of_its_own_id() -> None:
    """Every other command is about the case it names."""
    assert asking(freeze()).case == UUID(int=9)
    assert asking(do.UpholdFreeze(CASE, reason="seen")).case == CASE


def test_what_is_asked_is_exact_before_anything_is_read() -> None:
    """Ids from text, instants in UTC; what cannot be is refused."""
    text: Any = str(CASE)
    assert asking(freeze(), id=text).id == CASE
    with pytest.raises(InvalidValue, match=r"Asking\.now cannot be"):
        asking(freeze(), now=NOW.replace(tzinfo=None))
    with pytest.raises(InvalidValue, match=r"Asking\.occurred_at cannot be"):
        asking(freeze(), occurred_at=LATER)


def test_the_first_record_of_a_turn_carries_the_question() -> None:
    """The others point to it by its version."""
    command = freeze()
    turn = take_turn(standard(), unopened(CASE), command, ENGINE, NOW)
    turn = attrs.evolve(turn, events=(*turn.events, e.EnforcementConfirmed()))
    first, second = entries_of(asking(command, actor=ENGINE, id=CASE), turn, 5)
    assert first.asked == Asked(command=command, ruling=turn.ruling)
    assert (first.cause, second.asked, second.cause) == (None, None, 5)
    assert first.command_id == second.command_id == CASE
    rows = rows_of(CASE, 5, (first, second))
    assert [(row.case, row.version) for row in rows] == [(CASE, 5), (CASE, 6)]
    assert [(row.name, row.state) for row in rows] == [encode(first), encode(second)]


def test_a_refused_freeze_opens_nothing(book: Casebook) -> None:
    """There is no case on which the attempt could be recorded."""
    with pytest.raises(PolicyForbids, match="own-account"):
        book.execute(freeze("acct-1"), by=Actor.customer("acct-2"))
    assert book.store.size() == 1


def test_a_turn_of_two_records_is_repeated_whole(book: Casebook) -> None:
    """The last signature and the order that follows it are one answer."""
    book.execute(do.ProposeRelease(CASE, reason="verified"), by=ANA)
    first = book.execute(do.ApproveRelease(CASE), by=ROB, id=UUID(int=9))
    book.execute(do.ConfirmRelease(CASE), by=ENGINE)
    again = book.execute(do.ApproveRelease(CASE), by=ROB, id=UUID(int=9))
    assert again == attrs.evolve(first, repeated=True)
    assert [record.kind for record in again.records] == ["release-approved", "release-ordered"]
    assert again.case.version == 4


def test_an_id_that_stands_in_somebodys_words_is_not_taken_for_the_command(book: Casebook) -> None:
    """The id is looked for where ids stand, not anywhere in the bytes."""
    id = UUID(int=9)
    book.execute(do.UpholdFreeze(CASE, reason=f"see {id}"), by=ANA)
    outcome = book.execute(do.RenewFreeze(CASE, reason=f"see {id}", until=LATER), by=ANA, id=id)
    assert not outcome.repeated


def test_an_id_of_the_middle_of_a_turn_stands_for_its_command(book: Casebook) -> None:
    """Every record of a turn has its id; the first says what was asked."""
    id = UUID(int=9)
    book.execute(do.ProposeRelease(CASE, reason="verified"), by=ANA)
    book.execute(do.ApproveRelease(CASE), by=ROB, id=id)
    with pytest.raises(CommandReused, match=f"command id `{id}` already stands for another"):
        book.execute(do.ConfirmRelease(CASE), by=ENGINE, id=id)


def test_a_command_may_be_allowed_and_leave_nothing(book: Casebook) -> None:
    """Time may pass: the outcome has the ruling and the case, and no record."""
    outcome = book.execute(do.LetTimePass(CASE), by=ENGINE)
    assert (outcome.records, outcome.repeated, outcome.ruling.allowed) == ((), False, True)
    assert outcome.case == book.case(CASE)


def test_two_appeals_at_once_are_one_appeal_and_a_conflict(book: Casebook) -> None:
    """A turn that cannot be taken any more is the other answer: the loser sees why."""
    appeal = do.FileAppeal(CASE, contests=1, statement="my new phone")
    store: Any = book.store
    append = store.append

    def meddle(rows: Any, **more: Any) -> Any:
        store.append = append
        book.execute(appeal, by=OWNER)
        return append(rows, **more)

    store.append = meddle
    with pytest.raises(Conflict, match="moved on from version 2: cannot file-appeal") as lost:
        book.execute(appeal, by=OWNER)
    assert lost.value.version == 2
