"""A command that is put on record only upon the case as it was seen, or not at all."""

from uuid import uuid5

import attrs

from freezecase.app.seen import as_seen
from freezecase.app.writing import Outcome
from freezecase.casebook import Casebook
from freezecase.core.actors import Actor
from freezecase.core.commands import Command, asked
from freezecase.core.state import CaseState

__all__ = ["executed_upon"]


def executed_upon(book: Casebook, seen: CaseState, command: Command, by: Actor) -> Outcome:
    """
    Ask for *command* upon a case as it was *seen*; its id follows from the case and the version.

    Raises:
        Conflict: somebody wrote to the case meanwhile.
        Refused: it does not fit, or the ruling said no.

    """
    standing = attrs.evolve(book, store=as_seen(book.store, seen))
    name = f"{asked(command)} by {by.person} upon version {seen.version}"
    return standing.execute(command, by=by, id=uuid5(seen.id, name))
