"""Of what was promised, how much was kept: counted exactly, in all and by whom."""

import weakref
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import chain, zip_longest
from typing import Final
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase import Casebook, Channel
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.record import Record
from freezecase.core.events import CaseEvent
from freezecase.testing import strategies as made
from freezecase.testing.contracts import StoryClock
from freezecase.views.promises import (
    PromiseRates,
    Rate,
    by_channel,
    by_words,
    promise_rates,
    rates_by,
)
from tests.app.books import ANA, OWNER, ROB, opened
from tests.core.samples import LATER, NOW, WHY
from tests.laws.settings import LAW
from tests.views.records import record, records

BEFORE: Final = LATER - timedelta(microseconds=1)
ONE_HOUR: Final = timedelta(hours=1)


def promised(name: str = "call-back", by: str = ANA.person) -> CaseEvent:
    return e.PromiseMade(promise=name, due=LATER, by=by)


def kept(name: str = "call-back") -> CaseEvent:
    return e.PromiseKept(promise=name)


def broken(name: str = "call-back") -> CaseEvent:
    return e.PromiseBroken(promise=name)


def superseded(name: str = "call-back", by: str = "letter") -> CaseEvent:
    return e.PromiseSuperseded(promise=name, by_promise=by, reason=WHY)


def in_case(number: int, events: Sequence[CaseEvent]) -> list[Record]:
    return [attrs.evolve(one, case=UUID(int=number)) for one in records(events)]


@pytest.mark.parametrize(
    ("happened", "rate", "share"),
    [
        ([], Rate(), None),
        ([promised()], Rate(open=1), None),  # its time lies ahead
        ([promised(), kept()], Rate(kept=1), Fraction(1)),
        ([promised(), broken()], Rate(broken=1), Fraction(0)),
        ([promised(), superseded()], Rate(superseded=1), Fraction(0)),
        (
            [promised(), superseded(), promised("letter"), kept("letter")],
            Rate(kept=1, superseded=1),
            Fraction(1, 2),
        ),
        (
            [promised(), broken(), promised(), kept(), promised(), kept(), promised()],
            Rate(kept=2, broken=1, open=1),
            Fraction(2, 3),
        ),
        # made anew while it is open: the new one takes its place
        ([promised(), promised(), kept()], Rate(kept=1, superseded=1), Fraction(1, 2)),
        # nobody made it
        ([kept(), broken("letter"), superseded()], Rate(), None),
        ([promised(), kept(), kept(), broken()], Rate(kept=1), Fraction(1)),
    ],
)
def test_promises_are_counted_by_what_became_of_them(
    happened: Sequence[CaseEvent], rate: Rate, share: Fraction | None
) -> None:
    """Each is kept, broken, superseded or open; the share is of those that could have been kept."""
    overall = promise_rates(records(happened), now=BEFORE).overall

    assert overall == rate
    assert overall.share_kept == share


@pytest.mark.parametrize(
    ("now", "rate", "share"),
    [
        (BEFORE, Rate(kept=1, open=1), Fraction(1)),
        (LATER, Rate(kept=1, open=1, late=1), Fraction(1, 2)),
    ],
)
def test_an_open_promise_counts_from_the_moment_its_time_has_come(
    now: datetime, rate: Rate, share: Fraction
) -> None:
    """Whether or not anybody wrote down that it was broken."""
    told = records([promised("letter"), kept("letter"), promised()])
    overall = promise_rates(told, now=now).overall

    assert (overall, overall.share_kept) == (rate, share)
    assert (overall.made, overall.come) == (2, share.denominator)


def test_each_promise_counts_for_whoever_made_it() -> None:
    """Whoever keeps, breaks or replaces it: the words were theirs."""
    told = [
        record(promised("letter", by=ROB.person), by=ROB, version=1),
        record(promised("refund", by=ANA.person), by=ANA, version=2),
        record(superseded("letter", by="note"), by=ANA, version=3),
        record(promised("note", by=ANA.person), by=ANA, version=4),
        record(kept("note"), by=ROB, version=5),
        record(broken("refund"), version=6),
    ]

    assert promise_rates(told, now=NOW) == PromiseRates(
        overall=Rate(kept=1, broken=1, superseded=1),
        by_person={"staff:ana": Rate(kept=1, broken=1), "staff:rob": Rate(superseded=1)},
    )


def test_promises_are_counted_by_channel_and_by_the_words_that_made_them() -> None:
    """So it shows which notice states times that nobody keeps, and where."""

    def said(name: str, channel: Channel | None, words: str | None) -> CaseEvent:
        return e.PromiseMade(promise=name, due=LATER, by=ANA.person, channel=channel, said_in=words)

    told = records(
        [
            said("review", Channel.EMAIL, "freeze-imposed"),
            said("call", Channel.PHONE, "reply"),
            said("letter", None, None),
            said("update", Channel.EMAIL, "update"),
            *(kept("review"), broken("call"), kept("letter")),
        ]
    )

    assert rates_by(told, by_channel, now=LATER) == {
        "": Rate(kept=1),
        "e-mail": Rate(kept=1, open=1, late=1),
        "phone": Rate(broken=1),
    }
    assert rates_by(told, by_words, now=NOW) == {
        "": Rate(kept=1),
        "freeze-imposed": Rate(kept=1),
        "reply": Rate(broken=1),
        "update": Rate(open=1),
    }


def test_a_name_means_another_promise_in_another_case() -> None:
    """What is kept in one case leaves the promise of that name in another open."""
    one, two = in_case(1, [promised(), kept()]), in_case(2, [promised()])

    assert promise_rates([two[0], *one], now=NOW).overall == Rate(kept=1, open=1)


def test_people_come_in_order_and_stay_as_counted() -> None:
    """Nobody writes into what was counted."""
    told = records([promised("a", by="staff:zoe"), promised("b", by="staff:bo")])
    by_person = promise_rates(told, now=NOW).by_person

    assert list(by_person) == ["staff:bo", "staff:zoe"]
    with pytest.raises(TypeError, match="does not support item assignment"):
        by_person["staff:bo"] = Rate()  # type: ignore[index]


def test_the_promises_of_a_book_are_counted_as_its_clock_broke_them() -> None:
    """One kept, one replaced, and one that the clock broke."""
    clock = StoryClock()
    with Casebook.open("memory:", clock=clock) as book:
        case = opened(book).id
        for name in ("call-back", "letter", "refund"):
            book.execute(do.MakePromise(case, promise=name, due=clock.now() + ONE_HOUR), by=ANA)
        book.execute(do.KeepPromise(case, promise="letter"), by=ROB)
        book.execute(
            do.SupersedePromise(
                case,
                promise="refund",
                by_promise="note",
                due=clock.now() + 9 * ONE_HOUR,
                reason=WHY,
            ),
            by=ROB,
        )
        clock.later(hours=2)
        book.execute(do.RecordContact(case, channel=Channel.PHONE), by=OWNER)
        rates = promise_rates(book.history(case), now=clock.now())

    assert rates.by_person == {
        "staff:ana": Rate(kept=1, broken=1, superseded=1),
        "staff:rob": Rate(open=1),
    }


def test_records_are_let_go_once_they_are_read() -> None:
    """However many there are, only the one that is read is in memory."""
    alive: list[weakref.ref[Record]] = []
    most = 0

    def told() -> Iterator[Record]:
        nonlocal alive, most
        for number in range(500):
            for event in (promised(), kept()):
                (one,) = in_case(number, [event])
                alive = [ref for ref in alive if ref() is not None] + [weakref.ref(one)]
                most = max(most, len(alive))
                yield one

    assert promise_rates(told(), now=NOW).overall == Rate(kept=500)
    assert most <= 2  # and the one before it, until the name is given to the next


# --- laws ----------------------------------------------------------------------------------------

_NAMES: Final = st.sampled_from(["call-back", "letter"])
_PEOPLE: Final = st.sampled_from([ANA.person, ROB.person])
_PROMISING: Final = (
    st.builds(promised, _NAMES, _PEOPLE)
    | st.builds(kept, _NAMES)
    | st.builds(broken, _NAMES)
    | st.builds(superseded, _NAMES)
)
CASES: Final = st.lists(st.lists(_PROMISING | made.events(), max_size=12), max_size=3)


def by_the_book(events: Sequence[CaseEvent], now: datetime) -> Counter[tuple[str, str]]:
    """How often each person's promise had each fate, looked up for each promise by itself."""
    fates = Counter[tuple[str, str]]()
    for place, event in enumerate(events):
        if isinstance(event, e.PromiseMade):
            about = (one for one in events[place + 1 :] if _name_of(one) == event.promise)
            ended = next(about, None)
            fate = FATES[type(ended)] if ended else "late" if event.due <= now else "open"
            fates[event.by, fate] += 1
    return fates


FATES: Final[dict[type[CaseEvent], str]] = {
    e.PromiseMade: "superseded",
    e.PromiseKept: "kept",
    e.PromiseBroken: "broken",
    e.PromiseSuperseded: "superseded",
}


def _name_of(event: CaseEvent) -> str | None:
    return event.promise if isinstance(event, tuple(FATES)) else None  # type: ignore[union-attr]


def counted(rates: PromiseRates) -> dict[tuple[str, str], int]:
    """The same, as the view counts it."""
    return {
        (by, fate): count
        for by, rate in rates.by_person.items()
        for fate, count in {**attrs.asdict(rate), "open": rate.open - rate.late}.items()
        if count
    }


@LAW
@given(CASES, st.sampled_from([BEFORE, LATER]))
def test_each_promise_is_counted_once_for_what_became_of_it(
    cases: list[list[CaseEvent]], now: datetime
) -> None:
    """Whatever happened, and in whatever order the cases come."""
    told = [in_case(number, events) for number, events in enumerate(cases)]
    expected = sum((by_the_book(events, now) for events in cases), Counter[tuple[str, str]]())
    rates = promise_rates(chain.from_iterable(told), now=now)
    in_turns = (one for several in zip_longest(*told) for one in several if one is not None)

    assert counted(rates) == expected
    assert promise_rates(in_turns, now=now) == rates


@LAW
@given(CASES, st.sampled_from([BEFORE, LATER]))
def test_all_is_the_sum_of_what_each_made(cases: list[list[CaseEvent]], now: datetime) -> None:
    """Nobody's promise is left out, and no share is more than the whole."""
    told = (one for number, events in enumerate(cases) for one in in_case(number, events))
    rates = promise_rates(told, now=now)
    each = [attrs.astuple(one) for one in rates.by_person.values()]

    assert attrs.astuple(rates.overall) == (tuple(map(sum, zip(*each, strict=True))) or (0,) * 5)
    assert [one for one in rates.by_person.values() if not 0 <= (one.share_kept or 0) <= 1] == []
