"""A casebook keeps the same laws on every store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from freezecase.casebook import Casebook
from freezecase.testing.contracts import LAWS, Law


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Casebook]:
    """A book on an empty store, of each kind."""
    url = "memory:"
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/cases.db"
    elif request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    with Casebook.open(url) as opened:
        yield opened


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_every_store_keeps_the_law(law: Law, book: Casebook) -> None:
    """What the law demands stands in its docstring."""
    law(book)


def test_every_law_says_what_it_demands() -> None:
    """Laws are shipped: each has a sentence, and there is more than a handful."""
    assert all((law.__doc__ or "").endswith(".") for law in LAWS)
    assert len(LAWS) == len(set(LAWS)) >= 20
