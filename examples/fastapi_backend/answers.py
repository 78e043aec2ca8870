"""What each error of the library is in HTTP, and how much of it each caller is told."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.responses import JSONResponse

from examples.fastapi_backend.asking import who_asks
from freezecase import (
    ActorKind,
    Conflict,
    FreezeCaseError,
    InvalidValue,
    NoSuchCase,
    NotAllowedNow,
    PolicyForbids,
    errors,
)

__all__ = ["CODES", "answer"]

CODES: Final[Mapping[type[FreezeCaseError], int]] = {
    PolicyForbids: 403,
    NoSuchCase: 404,
    NotAllowedNow: 409,
    Conflict: 409,
    errors.CommandReused: 409,
    InvalidValue: 422,
    errors.StoreError: 503,
    FreezeCaseError: 500,
}
"""The code of an error is that of the nearest class above it."""

MORE: Final[Mapping[type[FreezeCaseError], Callable[[Any], dict[str, Any]]]] = {
    PolicyForbids: lambda error: {"rules": error.ruling.decided_by},
    NotAllowedNow: lambda error: {"allowed": sorted(error.allowed)},
    InvalidValue: lambda error: {"field": error.field},
}
"""What else staff are told. A customer is not: a refusal may speak of a hold they must not know."""


async def answer(request: Request, error: Exception) -> JSONResponse:
    """Return the HTTP answer to an error of the library."""
    assert isinstance(error, FreezeCaseError)
    kind = next(one for one in type(error).__mro__ if one in CODES)
    body: dict[str, Any] = {"error": kind.__name__}
    if who_asks(request).kind is not ActorKind.CUSTOMER:
        body |= {"says": str(error), **MORE.get(kind, lambda _: {})(error)}
    return JSONResponse(body, status_code=CODES[kind])
