"""What every endpoint needs: the book, who is asking, and the id of the command."""

from typing import Annotated, Any
from uuid import UUID

import attrs
from fastapi import Depends, Header, HTTPException, Request

from freezecase import Actor, ActorKind, Casebook
from freezecase.core.commands import Command

__all__ = ["Asker", "Book", "Desk", "who_asks"]


def the_book(request: Request) -> Casebook:
    """Return the book that the app was made with."""
    book: Casebook = request.app.state.book
    return book


def who_asks(request: Request) -> Actor:
    """Return who stands behind the bearer token, as the host's own directory says."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    actor: Actor | None = request.app.state.people.get(token)
    if actor is None:
        raise HTTPException(401, "say who you are: `Authorization: Bearer ...`")
    return actor


Book = Annotated[Casebook, Depends(the_book)]
Asker = Annotated[Actor, Depends(who_asks)]
Key = Annotated[UUID, Header(alias="Idempotency-Key")]
"""The id of the command: a fresh UUID for each wish, the same one for each retry of it."""


@attrs.frozen
class Asking:
    """Where an endpoint hands in its command, on behalf of whoever sent the request."""

    book: Book
    asker: Asker
    key: Key

    def ask(self, command: Command) -> dict[str, Any]:
        """Say what came of a command, without anything that its asker may not read."""
        outcome = self.book.execute(command, by=self.asker, id=self.key)
        case, inside = outcome.case, self.asker.kind is not ActorKind.CUSTOMER
        return {
            "case": case.id,
            "status": case.status,
            "repeated": outcome.repeated,
            **({"version": case.version} if inside else {}),  # gaps tell of what is kept back
        }


Desk = Annotated[Asking, Depends(Asking)]
