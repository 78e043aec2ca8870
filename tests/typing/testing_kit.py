"""What the type checkers say of what is shipped for testing. Checked, never run."""

from typing import assert_type

from hypothesis.strategies import SearchStrategy

from freezecase import Casebook
from freezecase import events as e
from freezecase.core.events import CaseEvent
from freezecase.testing.contracts import LAWS, Law, StoryClock
from freezecase.testing.strategies import events, values


def hold_to_the_laws(book: Casebook) -> None:
    """A law is a function of a book; a clock of stories is a clock."""
    assert_type(LAWS, tuple[Law, ...])
    for law in LAWS:
        law(book)
        law()  # type: ignore[call-arg]
    Casebook.open("memory:", clock=StoryClock())
    Casebook.open("memory:", clock=7)  # type: ignore[arg-type]


def make_things_up() -> None:
    """Strategies are of what they make."""
    assert_type(events(), SearchStrategy[CaseEvent])
    assert_type(values(e.FreezeUpheld), SearchStrategy[e.FreezeUpheld])
