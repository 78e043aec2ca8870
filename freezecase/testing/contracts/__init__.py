"""
What every store must keep when a `Casebook` works on it: laws to hold a store of your own to.

    @pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
    def test_our_store_keeps_the_law(law, tmp_path):
        with Casebook.open(f"sqlite:///{tmp_path}/cases.db") as book:
            law(book)

A law takes a book on an empty store, works with a clock of its own under the book's policy, the
standard one, and raises `AssertionError` when the store breaks it. It leaves its cases behind, so
give each law a fresh store. The stores that come with freezecase keep all of them: memory, SQLite
and PostgreSQL.
"""

from typing import Final

from freezecase.testing.contracts import commands, keeping, owing, reading
from freezecase.testing.contracts.stage import Law, StoryClock

__all__ = ["LAWS", "Law", "StoryClock"]

LAWS: Final[tuple[Law, ...]] = tuple(
    getattr(part, name) for part in (commands, reading, keeping, owing) for name in part.__all__
)
"""Every law, each a function of a book on an empty store whose docstring says what it demands."""
