"""Time and chance come in at one place, and instants keep their microseconds."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from freezecase.app.clock import SystemClock, instant_of, micros_of, seeded


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_survives_being_counted(instant: datetime) -> None:
    """To the microsecond, before 1970 and after."""
    assert instant == instant_of(micros_of(instant))


def test_an_instant_is_the_same_in_every_zone() -> None:
    """What is counted is the instant, not the clock on the wall."""
    noon = datetime(2026, 1, 5, 12, 0, 0, 7, tzinfo=timezone(timedelta(hours=2)))
    assert micros_of(noon) == micros_of(noon.astimezone(UTC))
    assert instant_of(micros_of(noon)).tzinfo is UTC


def test_the_machines_clock_is_aware_and_its_ids_are_random() -> None:
    """What the system clock gives can be recorded as it is."""
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.now() <= clock.now()
    ids = {clock.new_id() for _ in range(100)}
    assert len(ids) == 100
    assert {one.version for one in ids} == {4}


def test_both_can_be_replaced() -> None:
    """A host may bring its own time and its own ids."""
    clock = SystemClock(lambda: instant_of(7), lambda: UUID(int=7))
    assert (clock.now(), clock.new_id()) == (instant_of(7), UUID(int=7))


def test_chance_is_the_same_from_the_same_seed() -> None:
    """On any machine and in any version: the numbers stand here."""
    one, again, other = seeded("a rehearsal"), seeded("a rehearsal"), seeded("another")
    numbers = [one() for _ in range(3)]
    assert numbers == [0.4817436869722198, 0.8022835807924015, 0.8640174983070262]
    assert numbers == [again() for _ in range(3)] != [other() for _ in range(3)]
