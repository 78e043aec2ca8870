"""Programs that write to a book until they are done, or killed, and say what was acknowledged.

    python -m tests.app.writers stream URL CASE SEED [COUNT]
    python -m tests.app.writers batch URL BATCH
    python -m tests.app.writers time URL NOW

`stream` asks one command after another, of CASE and of a case of its own by turns, and prints each
command's id once it is acknowledged. `batch` freezes accounts and prints how far it has come.
`time` lets time pass until NOW; it prints the case of each append, and at last how much was missed.
"""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import attrs

from freezecase import Casebook, Channel, Conflict, Ground, Scope
from freezecase import commands as do
from freezecase.app.stores.store import Appended, Row, Store
from freezecase.testing.contracts import StoryClock
from tests.app.books import ENGINE, freeze

ACCOUNTS = [f"acct-{number}" for number in range(600)]
CHUNK = 50


def command_of(seed: int, number: int, shared: UUID) -> tuple[UUID, do.Command]:
    """The command that this writer asks in this place: its id and what it is."""
    random = Random(f"{seed}-{number}")
    id = UUID(int=random.getrandbits(128), version=4)
    if number == 0:
        return id, freeze(f"own-{seed}")
    case = shared if number % 2 else command_of(seed, 0, shared)[0]
    channel = random.choice(list(Channel))
    return id, do.RecordContact(case, channel=channel, summary=f"writer {seed} says {number}")


def stream(url: str, shared: str, seed: str, size: str = "0") -> None:
    """Ask commands without end, or a number of them, and print what is acknowledged."""
    with Casebook.open(url, busy_timeout=60) as book:
        for number in range(int(size)) if int(size) else count():
            write(book, *command_of(int(seed), number, UUID(shared)))


def write(book: Casebook, id: UUID, command: do.Command) -> None:
    """Ask until it is answered: who keeps losing may ask again."""
    while True:
        try:
            book.execute(command, by=ENGINE, id=id)
        except Conflict:
            continue
        print(id, flush=True)
        return


def batch(url: str, id: str) -> None:
    """Freeze accounts in small transactions, and print how many are frozen for certain."""
    with Casebook.open(url) as book:
        book.freeze_many(
            ACCOUNTS,
            ground=Ground.INCIDENT,
            scope=Scope.withdrawals(),
            by=ENGINE,
            batch=UUID(id),
            chunk=CHUNK,
            progress=lambda done, _of: print(done, flush=True),
        )


class Telling:
    """A store that says when something was written for certain."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        """Do as the store does."""
        return getattr(self._store, name)

    def append(self, rows: Sequence[Row], **more: Any) -> Appended:
        appended = self._store.append(rows, **more)
        print("wrote", rows[0].case, flush=True)
        return appended


def time(url: str, now: str) -> None:
    """Let time pass until an instant; say which cases were written, and how much was missed."""
    clock = StoryClock(datetime.fromisoformat(now))
    with Casebook.open(url, clock=clock, busy_timeout=60) as book:
        telling: Any = Telling(book.store)
        print(attrs.evolve(book, store=telling).run_due(clock.instant).missed)


if __name__ == "__main__":
    programs: dict[str, Callable[..., None]] = {"stream": stream, "batch": batch, "time": time}
    programs[sys.argv[1]](*sys.argv[2:])
