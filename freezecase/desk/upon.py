"""A command that is put on record only upon the case as it was seen, or not at all."""

from typing import Any, cast
from uuid import UUID, uuid5

import attrs

from freezecase.app.store import Loaded, Store
from freezecase.app.writing import Outcome
from freezecase.casebook import Casebook
from freezecase.core.actors import Actor
from freezecase.core.commands import Command, asked
from freezecase.core.state import CaseState
from freezecase.errors import Conflict

__all__ = ["executed_upon"]


@attrs.frozen
class _Standing:
    """A store in which one case stands still: to read more of it than was seen is a conflict."""

    _store: Store
    _seen: CaseState

    def read(self, case: UUID, **upto: Any) -> list[Loaded]:
        found = self._store.read(case, **upto)
        if case == self._seen.id and len(found) != self._seen.version:
            raise Conflict(case, self._seen.version, "somebody wrote to it since it was looked at")
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def executed_upon(book: Casebook, seen: CaseState, command: Command, by: Actor) -> Outcome:
    """
    Ask for *command* upon a case as it was *seen*; its id follows from the case and the version.

    Raises:
        Conflict: somebody wrote to the case meanwhile.
        Refused: it does not fit, or the ruling said no.

    """
    standing = attrs.evolve(book, store=cast("Store", _Standing(book.store, seen)))
    name = f"{asked(command)} by {by.person} upon version {seen.version}"
    return standing.execute(command, by=by, id=uuid5(seen.id, name))
