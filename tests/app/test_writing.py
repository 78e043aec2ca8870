"""One command, one turn: what it leaves in the store, and what it does not."""

from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase import Actor, Casebook, PolicyForbids
from freezecase import commands as do
from freezecase.app import writing
from freezecase.app.asking import Asking
from freezecase.app.custody.sealing import IN_THE_CLEAR
from freezecase.app.writing import entries_of
from freezecase.core.evolve import fold, unopened
from freezecase.errors import CommandReused, Conflict, InvalidValue, NotCovered
from freezecase.policy.standard import standard
from freezecase.policy.turn import Turn, take_turn
from freezecase.testing.contracts import StoryClock
from freezecase.wire.codec import encode
from freezecase.wire.shapes import Asked
from tests.app.books import ANA, ENGINE, OWNER, ROB, decided, freeze, opened
from tests.app.stores.salted import unsalted
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
    entries = entries_of(asking(command, actor=ENGINE, id=CASE), turn, 5)
    assert tuple(one.event for one in entries) == turn.events == (*turn.decided, *turn.owed)
    first, *rest = entries
    assert (first.asked, first.cause) == (Asked(command=command, ruling=turn.ruling), None)
    assert {(one.asked, one.cause) for one in rest} == {(None, 5)}
    assert {one.command_id for one in entries} == {CASE}
    rows = IN_THE_CLEAR.rows(CASE, "acct-1", 5, entries)
    assert [(row.case, row.version) for row in rows] == [(CASE, 5 + n) for n in range(len(entries))]
    assert unsalted((row.name, row.state) for row in rows) == [encode(one) for one in entries]


def test_a_refused_freeze_opens_nothing(book: Casebook) -> None:
    """There is no case on which the attempt could be recorded."""
    with pytest.raises(PolicyForbids, match="own-account"):
        book.execute(freeze("acct-1"), by=Actor.customer("acct-2"))
    assert [case.id for case in book.cases()] == [CASE]
    assert book.store.size() == book.case(CASE).version


def test_a_turn_of_two_records_is_repeated_whole(book: Casebook) -> None:
    """The last signature and the order that follows it are one answer."""
    book.execute(do.ProposeRelease(CASE, reason="verified"), by=ANA)
    first = book.execute(do.ApproveRelease(CASE), by=ROB, id=UUID(int=9))
    book.execute(do.ConfirmRelease(CASE), by=ENGINE)
    again = book.execute(do.ApproveRelease(CASE), by=ROB, id=UUID(int=9))
    assert again == attrs.evolve(first, repeated=True)
    assert decided(again.records) == ["release-approved", "release-ordered"]
    assert len(again.records) > 2, "and what is owed in consequence"
    assert again.case == book.case(CASE, version=again.records[-1].version) != book.case(CASE)


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
    with pytest.raises(Conflict, match=r"moved on from version \d+: cannot file-appeal") as lost:
        book.execute(appeal, by=OWNER)
    assert lost.value.version == book.case(CASE).version


@pytest.mark.parametrize("kept", ["nothing", "half"])
def test_what_nobody_would_owe_is_never_written(
    book: Casebook, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    """The law of coverage is looked at before every append, whatever a turn came to."""

    def careless(*asked: Any) -> Turn:
        turn = take_turn(*asked)
        owed = turn.owed[:1] if kept == "half" else ()
        return attrs.evolve(turn, owed=owed, after=fold((*turn.decided, *owed), turn.before))

    size = book.store.size()
    with monkeypatch.context() as patch:
        patch.setattr(writing, "take_turn", careless)
        with pytest.raises(NotCovered, match="`enforcement`") as left:
            book.execute(freeze("acct-2"), by=ENGINE)
    assert left.value.what == "enforcement"
    assert book.store.size() == size
