"""The figures of a period are sums over cases: in any order, and in any parts."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from fractions import Fraction
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import unopened
from freezecase.core.values import Amount, Capability, Ground, Scope
from freezecase.testing.strategies import event_lists
from freezecase.views.measuring import figures
from freezecase.views.measuring.again import Again
from freezecase.views.measuring.figures import Done, Figures, Span
from freezecase.views.measuring.harm import HOUR, Harm
from freezecase.views.measuring.lost import Lost
from freezecase.views.measuring.narrower import Narrower
from freezecase.views.measuring.overturned import Overturns
from freezecase.views.measuring.topics import Topic
from freezecase.views.projecting import CaseRead
from tests.laws.settings import LAW
from tests.views.measuring.stories import (
    BEGIN,
    END,
    FREE,
    ORDERED,
    Told,
    at,
    case_of,
    closed,
    frozen,
    narrowed,
)
from tests.views.measuring.test_topics import asked

ONE = Scope.of(Capability.TRANSFER)
COINS = Scope.of(Capability.TRADE, Capability.CARD, amount=Amount.of(3, "BTC"))
JANUARY = Span(since=BEGIN, until=END, known_until=at(100))

# Five cases as a book-keeper would list them: what was stopped, from hour to hour, and what it was.
LEDGER = (
    case_of(
        *((0, frozen(Scope.everything())), (2, asked("why")), (10, narrowed(ONE)), (20, ORDERED)),
        *((20, FREE), (21, closed("cleared"))),
        number=1,
        rules=(("score",),),
    ),
    case_of(
        (5, frozen(ONE, Ground.ACCOUNT_TAKEOVER)),
        *((30, ORDERED), (30, FREE), (31, closed("confirmed"))),
        number=2,
        rules=(("score",),),
    ),
    case_of(
        *((90, frozen(COINS)), (91, asked("why", "how-long"))),
        *((92, e.HarmRecorded(harm="rent-unpaid", amount=Amount.of(900, "EUR"))),),
        number=3,
        rules=(("list",),),
    ),
    case_of((-40, frozen(ONE, Ground.INCIDENT, incident="leak")), (1, asked("why")), number=4),
    case_of((50, frozen(ONE, Ground.INCIDENT, incident="leak")), number=5, rules=(("score",),)),
)


def done(cases: Sequence[CaseRead], span: Span = JANUARY) -> Done:
    """What these cases add to January."""
    return Done.total(cases, span, before)


def before(_record: Record, imposed: e.FreezeImposed) -> Iterator[str]:
    """What was there before, where whoever was frozen for an AML alert had been frozen for it."""
    if imposed.ground is Ground.AML_ALERT:
        yield imposed.ground


def test_the_figures_of_a_ledger() -> None:
    """Each number, counted by hand."""
    found = Figures.of(done(LEDGER), JANUARY)
    assert [*found.freezes.items()] == [
        ("aml-alert", 2),
        ("account-takeover", 1),
        ("incident", 1),
    ], "case 4 was frozen before"
    assert [*found.again.items()] == [
        ("aml-alert", Again(freezes=2, again=2, same_ground=2)),
        ("account-takeover", Again(freezes=1)),
        ("incident", Again(freezes=1)),
    ]
    assert found.harm == {
        # the third was frozen for 10 hours in part, the others for 100 and 50 hours, one each
        "": Harm(cases=3, frozen=160 * HOUR, wholly=150 * HOUR, in_part=20 * HOUR, valued=1),
        # ten hours of all eight capabilities, and ten of one
        "cleared": Harm(cases=1, frozen=20 * HOUR, wholly=90 * HOUR),
        # a day and an hour of one
        "confirmed": Harm(cases=1, frozen=25 * HOUR, wholly=25 * HOUR),
    }
    assert {("", "BTC"): Fraction(60)} == found.held, "3 coins, 2 capabilities, 10 hours"
    rent = Lost(cases=1, times=1, units=Fraction(900))
    assert {("", "rent-unpaid", "EUR"): rent} == found.lost
    assert {"list": Overturns(made=1), "score": Overturns(made=3)} == found.rules
    assert [
        ("why", Topic(contacts=3, cases=3)),
        ("how-long", Topic(contacts=1, cases=1)),
    ] == [*found.topics.items()]
    assert (found.narrowings, found.unprompted) == (1, 0), "case 1, after a contact"
    assert [UUID(int=1)] == [one.case for one in found.narrower]
    assert (found.since, found.until, found.unreadable) == (BEGIN, END, 0)
    assert done(LEDGER).apart == {"account-takeover": 1, "aml-alert": 2}


@pytest.mark.parametrize(
    ("told", "frozen_hours", "contacts"),
    [
        (((0, frozen(ONE)),), 10, 0),  # nobody has said a word since
        (((0, frozen(ONE)), (5, ORDERED), (5, FREE), (10, asked("why"))), 0, 1),
        (((0, frozen(ONE)), (9, ORDERED), (9, FREE), (9, asked("why"))), 0, 0),
        (((20, frozen(ONE)), (20, asked("why"))), 0, 0),
        (((19, frozen(ONE)), (20, asked("why"))), 1, 0),
    ],
    ids=["silent", "at-its-first-instant", "before", "at-its-end", "just-before-its-end"],
)
def test_a_case_counts_as_far_as_it_lies_in_the_period(
    told: tuple[Told, ...], frozen_hours: int, contacts: int
) -> None:
    """From hour 10 up to hour 20, which is not in it."""
    found = done([case_of(*told)], Span(since=at(10), until=at(20), known_until=at(100)))
    assert frozen_hours * HOUR == sum(one.frozen for one in found.harm.values())
    assert contacts == sum(one.contacts for one in found.topics.values())


def test_every_figure_says_what_it_counts() -> None:
    """In words that stand beside the number."""
    kinds = (Again, Harm, Lost, Overturns, Topic, Narrower)
    assert all(len(kind.definition.split()) > 20 for kind in kinds)
    assert "amount" in Harm.definition_of_held


def test_a_case_that_cannot_be_read_is_counted_as_that() -> None:
    """In the period in which it began, and for nothing else."""
    broken = CaseRead(
        id=UUID(int=9), records=(), state=unopened(UUID(int=9)), begun=at(1), broken="gap"
    )
    assert done([broken, *LEDGER]).unreadable == 1
    assert done([attrs.evolve(broken, begun=END)]).unreadable == 0
    assert done(LEDGER) == attrs.evolve(done([broken, *LEDGER]), unreadable=0)


def test_of_many_narrowings_all_are_counted_and_the_first_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By case, whatever the order in which they came: memory stays flat."""
    monkeypatch.setattr(figures, "EXAMPLES", 2)
    cases = [
        case_of((0, frozen(Scope.everything())), (n, narrowed(ONE)), number=n) for n in (4, 2, 3, 1)
    ]
    found = done(cases)
    assert (found.narrowings, found.unprompted) == (4, 4)
    assert [UUID(int=1), UUID(int=2)] == [one.case for one in found.narrower]


# --- sums are sums -------------------------------------------------------------------------------


def told(number: int, events: Sequence[CaseEvent]) -> CaseRead:
    """A case in which all this happened, one thing every seven hours."""
    return case_of(*((7.0 * n, event) for n, event in enumerate(events)), number=number)


CASES = st.lists(event_lists().filter(bool), max_size=6).map(
    lambda lists: [told(n, events) for n, events in enumerate(lists, start=1)]
)


@LAW
@given(CASES, st.randoms(use_true_random=False), st.integers(0, 6))
def test_parts_add_up_to_the_whole(cases: list[CaseRead], chance: object, cut: int) -> None:
    """Cases in any order, split anywhere, whatever happened in them."""
    mixed = [*cases, *LEDGER]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    first, second = done(mixed[:cut]), done(mixed[cut:])
    first.add(second)
    assert done([*cases, *LEDGER]) == first


@LAW
@given(CASES, st.integers(1, 99))
def test_two_periods_that_meet_add_up(cases: list[CaseRead], hour: int) -> None:
    """What is counted on a day is in one of them; a case has a part in both."""
    mixed = [*cases, *LEDGER]
    first = done(mixed, attrs.evolve(JANUARY, until=at(hour)))
    second = done(mixed, attrs.evolve(JANUARY, since=at(hour)))
    first.add(second)
    whole = done(mixed)
    sums = ("freezes", "apart", "again", "held", "rules", "narrowings", "unprompted", "narrower")
    for name in sums:
        assert getattr(whole, name) == getattr(first, name)
    hours = {outcome: (one.frozen, one.capability_hours) for outcome, one in whole.harm.items()}
    assert hours == {o: (one.frozen, one.capability_hours) for o, one in first.harm.items()}
    contacts = {topic: one.contacts for topic, one in whole.topics.items()}
    assert contacts == {topic: one.contacts for topic, one in first.topics.items()}


@LAW
@given(CASES)
def test_no_harm_is_negative(cases: list[CaseRead]) -> None:
    """However muddled a history is, and no case is frozen longer than the period."""
    for outcome in done(cases).harm.values():
        assert (
            0 < outcome.frozen <= outcome.cases * timedelta(hours=100) // timedelta(microseconds=1)
        )
