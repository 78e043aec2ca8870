"""One command, one answer, however often it is asked and whoever asks at the same time."""

from functools import partial
from typing import Any
from uuid import UUID

import attrs

from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.status import Status
from freezecase.core.values import Channel
from freezecase.errors import CommandReused, Conflict, PolicyForbids
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
    "a_changed_answer_is_a_conflict",
    "a_lost_race_is_decided_again",
    "a_refusal_that_lost_a_race_is_still_a_refusal",
    "a_repeated_command_gives_the_first_answer",
    "a_repeated_freeze_opens_one_case",
    "a_repeated_refusal_is_the_same_refusal",
    "a_writer_who_always_loses_is_told",
    "an_id_stands_for_one_command",
    "one_id_opens_one_case_even_in_a_race",
]


def a_repeated_command_gives_the_first_answer(book: Casebook) -> None:
    """The same command under the same id comes back as it was answered, and writes nothing."""
    book, clock, case = story(book)
    id = clock.new_id()
    first = book.execute(do.UpholdFreeze(case.id, reason="seen"), by=ANA, id=id)
    book.execute(do.RecordContact(case.id, channel=Channel.PHONE), by=OWNER)
    clock.later(hours=1)
    again = book.execute(do.UpholdFreeze(case.id, reason="seen"), by=ANA, id=id)
    assert again == attrs.evolve(first, repeated=True), "the answer is the first answer"
    assert kinds(book, case) == ["freeze-upheld", "contact-received"], "written once"


def a_repeated_freeze_opens_one_case(book: Casebook) -> None:
    """A freeze that is asked for again under the same id is the same case."""
    book, _, case = story(book)
    again = book.execute(freeze("acct-1"), by=ENGINE, id=case.id)
    assert again.case == case
    assert [found.id for found in book.cases()] == [case.id]


def a_repeated_refusal_is_the_same_refusal(book: Casebook) -> None:
    """A refused attempt that is asked for again is refused by the same ruling, recorded once."""
    book, clock, case = story(book)
    order, id = do.OrderRelease(case.id, reason="please"), clock.new_id()
    first = raises(PolicyForbids, lambda: book.execute(order, by=ANA, id=id))
    clock.later(hours=1)
    again = raises(PolicyForbids, lambda: book.execute(order, by=ANA, id=id))
    assert again.ruling == first.ruling
    assert len(kinds(book, case)) == 1


def an_id_stands_for_one_command(book: Casebook) -> None:
    """An id that stands for a command cannot stand for another, or for another actor."""
    book, clock, case = story(book)
    id = clock.new_id()
    book.execute(do.UpholdFreeze(case.id, reason="seen"), by=ANA, id=id)
    attempts: tuple[tuple[Any, Actor, UUID], ...] = (
        (do.UpholdFreeze(case.id, reason="not seen"), ANA, id),
        (do.RecordContact(case.id, channel=Channel.PHONE), ANA, id),
        (do.UpholdFreeze(case.id, reason="seen"), ROB, id),
        (freeze("acct-2"), ENGINE, case.id),
    )
    for command, by, used in attempts:
        again = partial(book.execute, command, by=by, id=used)
        reused = raises(CommandReused, again)
        assert (reused.command_id, reused.case) == (str(used), str(case.id))
    assert len(kinds(book, case)) == 1


def a_lost_race_is_decided_again(book: Casebook) -> None:
    """Who loses a race is decided on the new state, and goes through if the answer is the same."""
    book, _, case = story(book)
    contact = do.RecordContact(case.id, channel=Channel.PHONE)
    late = interrupted(book, lambda: book.execute(contact, by=OWNER))
    outcome = late.execute(do.UpholdFreeze(case.id, reason="seen"), by=ANA)
    assert (outcome.case, outcome.case.status) == (book.case(case.id), Status.UPHELD)
    assert kinds(book, case) == ["contact-received", "freeze-upheld"]


def a_changed_answer_is_a_conflict(book: Casebook) -> None:
    """Who loses a race and would get another answer is told so, and nothing is written."""
    book, _, case = story(book)
    appeal = do.FileAppeal(case.id, contests=1, statement="it was my new phone")
    late = interrupted(book, lambda: book.execute(appeal, by=OWNER))
    conflict = raises(Conflict, lambda: late.execute(appeal, by=OWNER))
    newest = book.case(case.id).version
    assert (conflict.case, conflict.version) == (str(case.id), newest)
    other = do.ProposeRelease(case.id, reason="verified")
    late = interrupted(book, lambda: book.execute(other, by=ROB))
    raises(Conflict, lambda: late.execute(other, by=ANA))
    assert kinds(book, case) == ["appeal-filed", "release-proposed"]


def a_refusal_that_lost_a_race_is_still_a_refusal(book: Casebook) -> None:
    """Of two who are refused the same at once, both are told no; neither is told of the other."""
    book, _, case = story(book)
    order = do.OrderRelease(case.id, reason="please")
    refused = raises(PolicyForbids, lambda: book.execute(order, by=ROB))
    late = interrupted(book, lambda: raises(PolicyForbids, lambda: book.execute(order, by=ANA)))
    again = raises(PolicyForbids, lambda: late.execute(order, by=ANA))
    assert again.ruling.decided_by == refused.ruling.decided_by
    attempts = book.history(case.id)[case.version :]
    assert [(attempt.kind, attempt.actor) for attempt in attempts] == [
        ("attempt-refused", ROB),
        ("attempt-refused", ANA),
    ]


def one_id_opens_one_case_even_in_a_race(book: Casebook) -> None:
    """Of two who freeze under one id at once, both get the one case."""
    book, clock, _ = story(book)
    id = clock.new_id()
    late = interrupted(book, lambda: book.execute(freeze("acct-2"), by=ENGINE, id=id))
    outcome = late.execute(freeze("acct-2"), by=ENGINE, id=id)
    assert outcome.repeated
    assert [found.id for found in book.cases(account="acct-2")] == [id]


def a_writer_who_always_loses_is_told(book: Casebook) -> None:
    """Deciding again has an end: who keeps losing gets a conflict that says so."""
    book, _, case = story(book)
    contact = do.RecordContact(case.id, channel=Channel.PHONE)
    late = interrupted(book, lambda: book.execute(contact, by=OWNER), times=999)
    conflict = raises(
        Conflict, lambda: late.execute(do.UpholdFreeze(case.id, reason="seen"), by=ANA)
    )
    assert "others wrote first" in str(conflict)
    assert book.case(case.id).status is Status.IN_FORCE
