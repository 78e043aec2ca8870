"""A store of many cases, made quickly: a few lives that differ, told of many accounts."""

from itertools import cycle
from uuid import UUID

from freezecase.app.clock import micros_of
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Loaded, Row
from freezecase.casebook import Casebook
from tests.benchmarks.material import MONDAY, Ticking, a_case

CONTACTS = (0, 8, 2, 30, 4, 16)
"""How often the customer gets in touch, or is answered, in each life."""
BATCH = 10_000
"""Records an append."""


def many_cases(url: str, records: int) -> str:
    """
    Fill the store at *url* with cases of so many records, whose decisions come out identical.

    Each is a life that was lived, with its own id in every record, as if it had been its own.
    """
    lives, now = cycle(_lives()), micros_of(MONDAY) + 10**12
    with open_store(url, synchronous="NORMAL") as store:
        ids = Ticking(next_id=10**6 + store.size())  # past those of before
        while (size := store.size()) < records:
            rows: list[Row] = []
            opened: list[tuple[UUID, str]] = []
            while len(rows) < min(BATCH, records - size):
                case, (lived, told) = ids.new_id(), next(lives)
                rows += (
                    Row(case, version, name, state.replace(lived, str(case).encode()))
                    for version, name, state, *_ in told
                )
                opened.append((case, "acct-4711"))
            store.append(rows, now=now + size, opened=opened)
    return url


def _lives() -> list[tuple[bytes, list[Loaded]]]:
    """Return the id and the records of a case of each kind."""
    with Casebook.open("memory:", clock=Ticking()) as book:
        cases = [a_case(book, contacts=contacts) for contacts in CONTACTS]
        return [(str(case).encode(), book.store.read(case)) for case in cases]
