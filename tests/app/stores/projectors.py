"""Programs that keep the stored views of a book, until nobody listens to them any more.

    python -m tests.app.stores.projectors keep URL       bring them up to date, over and over
    python -m tests.app.stores.projectors rebuild URL    make them from zero, over and over

Each prints the position that it has reached after every round.
"""

import sys
from collections.abc import Callable, Sequence

from freezecase import Casebook
from freezecase.app.stores.store import Store
from freezecase.views import projecting
from freezecase.views.board import VIEWS
from freezecase.views.projecting import StoredView, catch_up, rebuild

PROGRAMS: dict[str, Callable[[Store, Sequence[StoredView]], int]] = {
    "keep": catch_up,
    "rebuild": rebuild,
}


def run(name: str, url: str) -> None:
    """Work in small steps, so that there is much to be interrupted."""
    projecting.PAGE, projecting.CASES = 7, 3  # type: ignore[misc]
    with Casebook.open(url, busy_timeout=60) as book:
        while True:
            print(PROGRAMS[name](book.store, VIEWS), flush=True)


if __name__ == "__main__":
    try:
        run(*sys.argv[1:])
    except BrokenPipeError:
        sys.stderr.close()
