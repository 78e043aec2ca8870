"""What can be read of a case. The library asks nobody who reads: the host must."""

from typing import Any
from uuid import UUID

import attrs
from fastapi import APIRouter, HTTPException

from examples.fastapi_backend.asking import Asker, Book
from freezecase import Actor, ActorKind, CaseState, NoSuchCase

__all__ = ["router"]

router = APIRouter()


@router.get("/cases/{case}/customer-view")
def customer_view(case: UUID, book: Book, asker: Asker) -> dict[str, Any]:
    """Return what the owner of the account may see."""
    if not may_see(asker, book.case(case)):
        raise NoSuchCase(case)  # the same answer as for a case that is not there
    return attrs.asdict(book.customer_view(case))


@router.get("/cases/{case}/history")
def history(case: UUID, book: Book, asker: Asker) -> list[dict[str, Any]]:
    """Return every record of the case, for staff."""
    if asker.kind is not ActorKind.STAFF:
        raise HTTPException(403, "the history is for staff")
    return [
        {
            "version": record.version,
            "recorded_at": record.recorded_at,
            "what": record.kind,
            "who": record.actor.person,
            "ruling": record.ruling.in_words() if record.ruling else None,
        }
        for record in book.history(case)
    ]


def may_see(asker: Actor, case: CaseState) -> bool:
    """Say whether somebody may see the customer's view: staff, and the owner of the account."""
    if asker.kind is ActorKind.CUSTOMER:
        return asker.id == case.account
    return asker.kind is ActorKind.STAFF
