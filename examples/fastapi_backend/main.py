"""The backend with everything that only a running program has: a file, and its people."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from examples.fastapi_backend.app import create_app
from freezecase import Actor, Casebook

__all__ = ["main"]

PEOPLE = {
    "token-of-risk-engine": Actor.system("risk-engine"),
    "token-of-ana": Actor.staff("ana", "analyst"),
    "token-of-rob": Actor.staff("rob", "reviewer"),
    "token-of-owner": Actor.customer("acct-4711"),
}


def main() -> FastAPI:
    """Open the book that `CASES` names, and serve it; close it when the server stops."""
    book = Casebook.open(os.environ.get("CASES", "sqlite:///cases.db"))
    app = create_app(book, PEOPLE)

    @asynccontextmanager
    async def closing(_: FastAPI) -> AsyncGenerator[None]:
        yield
        book.close()

    app.router.lifespan_context = closing
    return app
