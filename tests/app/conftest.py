"""A book of each kind, told a story by a clock that is set by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from freezecase import Casebook
from freezecase.testing.contracts import StoryClock
from tests.app.books import STORES, url_of


@pytest.fixture
def clock() -> StoryClock:
    """A clock that is set by hand."""
    return StoryClock()


@pytest.fixture(params=STORES)
def book(request: pytest.FixtureRequest, tmp_path: Path, clock: StoryClock) -> Iterator[Casebook]:
    """An empty book of each kind, with that clock."""
    with Casebook.open(url_of(request.param, request, tmp_path), clock=clock) as made:
        yield made
