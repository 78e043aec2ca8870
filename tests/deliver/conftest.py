"""A book with a clock set by hand, and an exchange behind a network."""

import pytest

from freezecase import Casebook
from freezecase.testing.contracts import StoryClock
from tests.deliver.exchange import Network


@pytest.fixture
def clock() -> StoryClock:
    """A clock that is set by hand."""
    return StoryClock()


@pytest.fixture
def book(clock: StoryClock) -> Casebook:
    """An empty book, in memory."""
    return Casebook.open("memory:", clock=clock)


@pytest.fixture
def network() -> Network:
    """A network in fine weather, and an exchange behind it that nobody has told anything."""
    return Network()
