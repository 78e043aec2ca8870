"""What Hypothesis makes up covers everything there is, and nothing that there cannot be."""

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from freezecase.core.actors import Actor, ActorKind
from freezecase.core.commands import ASKED_AS, Command, asked
from freezecase.core.events import STORED_AS, CaseEvent, PromiseMade, kind_of
from freezecase.core.obligations import Demand, Obligation
from freezecase.core.resolved import Resolved
from freezecase.core.ruling import Ruling
from freezecase.core.values import Amount, Evidence, Scope, Verification
from freezecase.testing import strategies as made
from tests.laws.settings import BRIEF, FAR, QUICK, turned_up

PUBLIC = {
    Actor: made.actors(),
    Amount: made.amounts(),
    Scope: made.scopes(),
    Verification: made.verifications(),
    Evidence: made.evidence(),
    Obligation: made.obligations(),
    Ruling: made.rulings(),
}


@pytest.mark.parametrize("kind", PUBLIC, ids=lambda kind: kind.__name__)
def test_each_strategy_makes_what_it_is_named_after(kind: type[Any]) -> None:
    """And makes more than one of it."""
    one = find(PUBLIC[kind], lambda _: True, settings=FAR)
    other = find(PUBLIC[kind], lambda value: value != one, settings=FAR)
    assert {type(one), type(other)} == {kind}


@pytest.mark.parametrize("kind", STORED_AS, ids=kind_of)
def test_every_kind_of_event_is_made(kind: type[CaseEvent]) -> None:
    """By name, and equal only to itself."""

    @BRIEF
    @given(made.events(kind), made.events(kind))
    def law(one: CaseEvent, other: CaseEvent) -> None:
        assert type(one) is kind
        assert (one == other) is (_told(one) == _told(other))

    law()


@pytest.mark.parametrize("kind", ASKED_AS, ids=asked)
def test_every_kind_of_command_is_made(kind: type[Command]) -> None:
    """By name, and equal only to itself."""

    @BRIEF
    @given(made.commands(kind), made.commands(kind))
    def law(one: Command, other: Command) -> None:
        assert type(one) is kind
        assert (one == other) is (_told(one) == _told(other))

    law()


def _told(value: Any) -> list[Any]:
    return [getattr(value, field.name) for field in attrs.fields(type(value))]


@pytest.mark.parametrize(
    ("strategy", "kinds"),
    [(made.events(), STORED_AS), (made.commands(), ASKED_AS)],
    ids=["events", "commands"],
)
def test_among_all_of_them_each_kind_turns_up(strategy: Any, kinds: dict[Any, str]) -> None:
    """Nothing is left out of the whole."""
    turned_up(st.lists(strategy, min_size=10).map(lambda several: {*map(type, several)}), {*kinds})


@pytest.mark.parametrize("kind", ActorKind)
def test_every_kind_of_actor_turns_up(kind: ActorKind) -> None:
    """Machines, people and courts."""
    assert find(made.actors(), lambda actor: actor.kind is kind, settings=FAR).kind is kind


@QUICK
@given(made.values(Resolved))
def test_what_a_calendar_said_can_be_counted_on(calendar: Resolved) -> None:
    """Every day it speaks of lies in its window, once and in order; local time is known."""
    for days in ([off.day for off in calendar.holidays or ()], list(calendar.worked)):
        assert days == sorted({*days})
    same = calendar.narrowed(calendar.first, calendar.last)
    assert (calendar.holidays, calendar.worked) == (same.holidays, same.worked)
    begins = calendar.at_minute(calendar.first, 0)
    assert calendar.first == calendar.local(begins).date()
    assert calendar.opens <= calendar.closes


@pytest.mark.parametrize(
    "holds",
    [
        lambda ruling: len(ruling.calendars) > 1 and ruling.lane and ruling.telling,
        lambda ruling: ruling.checks and not ruling.calendars and not ruling.lane,
        lambda ruling: any(one.holidays is None for one in ruling.calendars),
        lambda ruling: any(one.holidays and one.worked and one.off for one in ruling.calendars),
        lambda ruling: any(two.since for one in ruling.calendars for two in one.weekends),
    ],
    ids=["much", "little", "nobody asked for holidays", "holidays", "weekends that changed"],
)
def test_rulings_rest_on_much_and_on_little(holds: Callable[[Ruling], object]) -> None:
    """On calendars with and without holidays, on none; with a lane and without."""
    assert holds(find(made.rulings(), lambda ruling: bool(holds(ruling)), settings=FAR))


def test_a_demand_may_end_in_another_demand() -> None:
    """However deep."""
    deep = find(
        made.values(Demand),
        lambda demand: isinstance(demand.then, Demand) and isinstance(demand.then.then, Demand),
        settings=FAR,
    )
    assert isinstance(deep.then, Demand)


@QUICK
@given(made.event_lists(max_size=3))
def test_lists_of_events_are_as_long_as_asked(events: tuple[CaseEvent, ...]) -> None:
    """And no longer."""
    assert len(events) <= 3


@QUICK
@given(made.slugs(), made.instants())
def test_the_small_values_are_allowed_everywhere(slug: str, at: Any) -> None:
    """A machine word and an instant make a promise."""
    assert PromiseMade(promise=slug, due=at, by="staff:ana").due == at


def test_words_meet_each_other() -> None:
    """They come from a small pool often enough for a history to hang together."""
    thrice = st.lists(made.slugs(), min_size=3, max_size=3)
    assert find(thrice, lambda words: len(set(words)) == 1, settings=FAR)
