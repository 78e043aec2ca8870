"""The clock and the maker of ids: the only place in the package where time and chance come in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from os import urandom
from random import Random
from typing import Final, Protocol
from uuid import UUID, uuid4

import attrs

__all__ = ["Clock", "SystemClock", "fresh_bytes", "instant_of", "micros_of", "seeded"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Clock(Protocol):
    """Where the time and fresh ids come from."""

    def now(self) -> datetime:
        """Return the time now, aware and in UTC."""
        ...

    def new_id(self) -> UUID:
        """Return an id that nobody can guess and nothing else has."""
        ...


@attrs.frozen
class SystemClock:
    """The clock of this machine, and random ids."""

    _now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _new_id: Callable[[], UUID] = uuid4

    def now(self) -> datetime:
        """Return the time now, aware and in UTC."""
        return self._now()

    def new_id(self) -> UUID:
        """Return an id that nobody can guess and nothing else has."""
        return self._new_id()


def micros_of(instant: datetime) -> int:
    """Return *instant* in microseconds since 1970."""
    return (instant - EPOCH) // _MICROSECOND


def instant_of(micros: int) -> datetime:
    """Return the instant *micros* microseconds after 1970, in UTC."""
    return EPOCH + timedelta(microseconds=micros)


def fresh_bytes(count: int) -> bytes:
    """Return *count* bytes that nobody can guess: for keys, nonces and salts."""
    return urandom(count)


def seeded(seed: str) -> Callable[[], float]:
    """Return what gives numbers from 0 up to 1, the same ones for the same seed, on any machine."""
    return Random(seed).random  # noqa: S311 - to rehearse, not to keep secrets
