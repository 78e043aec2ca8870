"""A book of each kind, told a story by a clock that is set by hand; and somebody who left."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from freezecase import Casebook
from freezecase.seal.keys import KeyStore
from freezecase.testing.contracts import StoryClock
from tests.app.books import STORES, url_of
from tests.app.custody.erasures import key_store, left_long_ago, over, put_section


@pytest.fixture
def clock() -> StoryClock:
    """A clock that is set by hand."""
    return StoryClock()


@pytest.fixture(params=STORES)
def book(request: pytest.FixtureRequest, tmp_path: Path, clock: StoryClock) -> Iterator[Casebook]:
    """An empty book of each kind, with that clock."""
    with Casebook.open(url_of(request.param, request, tmp_path), clock=clock) as made:
        yield made


@pytest.fixture
def keys() -> Iterator[KeyStore]:
    """An empty key store."""
    with key_store() as made:
        yield made


@pytest.fixture
def left(book: Casebook, keys: KeyStore, clock: StoryClock) -> datetime:
    """When a customer left, whose only case was over by then; it is long ago."""
    over(book)
    put_section(book, keys)
    return left_long_ago(book, clock)
