"""
A small exchange backend that embeds freezecase: `create_app` puts a book behind HTTP.

Run it on a file of its own, from the root of the project:

    uvicorn --factory examples.fastapi_backend.main:main
"""

from collections.abc import Mapping

from fastapi import FastAPI

from examples.fastapi_backend import cases, reading
from examples.fastapi_backend.answers import answer
from freezecase import Actor, Casebook, FreezeCaseError

__all__ = ["create_app"]


def create_app(book: Casebook, people: Mapping[str, Actor]) -> FastAPI:
    """
    Return the backend, on an open book; whoever opened the book closes it.

    *people* says who stands behind which bearer token. A real host asks its own directory.
    """
    app = FastAPI(title="An exchange that freezes accounts")
    app.state.book = book
    app.state.people = dict(people)
    app.include_router(cases.router)
    app.include_router(reading.router)
    app.add_exception_handler(FreezeCaseError, answer)
    return app
