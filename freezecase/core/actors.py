"""Who acts: the system, staff, the customer, a vendor or an authority. Ids are pseudonyms."""

from enum import StrEnum
from typing import Annotated, Final, Self

from freezecase.core.allowed import ORDERED
from freezecase.core.checked import checked
from freezecase.core.values import AccountId, Person, Slug

__all__ = ["Actor", "ActorKind", "is_staff"]


class ActorKind(StrEnum):
    """The five kinds of actor."""

    SYSTEM = "system"
    STAFF = "staff"
    CUSTOMER = "customer"
    VENDOR = "vendor"
    AUTHORITY = "authority"


@checked
class Actor:
    """
    Somebody or something that acts, perhaps for somebody else.

    The id of staff is a pseudonym; the directory that knows the name stays with the host.
    """

    kind: ActorKind
    id: AccountId
    roles: Annotated[tuple[Slug, ...], ORDERED] = ()
    on_behalf_of: Person | None = None

    @property
    def person(self) -> Person:
        """Who this is in relation to a case: `kind:id`, so that `staff:ana` is not `system:ana`."""
        return f"{self.kind.value}:{self.id}"

    @classmethod
    def system(cls, id: str) -> Self:
        """Return a machine of the exchange, such as its risk engine."""
        return cls(kind=ActorKind.SYSTEM, id=id)

    @classmethod
    def staff(cls, id: str, *roles: str) -> Self:
        """Return a person who works for the exchange, in these roles."""
        return cls(kind=ActorKind.STAFF, id=id, roles=tuple(sorted({*roles})))

    @classmethod
    def customer(cls, id: str) -> Self:
        """Return the owner of an account, named by the account's id."""
        return cls(kind=ActorKind.CUSTOMER, id=id)

    @classmethod
    def vendor(cls, id: str) -> Self:
        """Return a supplier who acts for the exchange, such as an identity checker."""
        return cls(kind=ActorKind.VENDOR, id=id)

    @classmethod
    def authority(cls, id: str) -> Self:
        """Return a court, a regulator, a police force or an ombudsman."""
        return cls(kind=ActorKind.AUTHORITY, id=id)


def is_staff(person: Person) -> bool:
    """Say whether somebody in relation to a case is a person who works for the exchange."""
    return person.startswith(_STAFF)


_STAFF: Final = f"{ActorKind.STAFF}:"
