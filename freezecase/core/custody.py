"""
Who opened what was sealed, and how the keys to a person's data are destroyed.

These events are of no case: each erasure is a stream of its own, one for each account, and so is
what was opened. What they hold is never sealed, and names nobody but by opaque ids.

That an erasure is begun is on record before a key goes, and what went is on record after it.
"""

from typing import Annotated, Final, TypeAlias

from freezecase.core.allowed import ID, ORDERED, SOME, at_least
from freezecase.core.checked import checked
from freezecase.core.values import AccountId, Audience, CaseId, Instant, Person, Several, Slug

__all__ = [
    "STORED_AS",
    "CustodyEvent",
    "ErasureApproved",
    "ErasureBegun",
    "ErasureBlocked",
    "ErasureRequested",
    "ErasureVerified",
    "KeyId",
    "RetentionExtended",
    "SectionsOpened",
    "SubjectKeyDestroyed",
    "kind_of",
]

KeyId: TypeAlias = Annotated[str, ID]
"""The id of a subject key, as sections name it."""
_Version: TypeAlias = Annotated[int, at_least(1, "a version, ")]
_Count: TypeAlias = Annotated[int, at_least(0)]


@checked
class SectionsOpened:
    """Somebody read what was sealed: who knew what, when, and what for."""

    case: CaseId
    versions: Annotated[Several[_Version], SOME, ORDERED]
    """The records whose sections were opened."""
    audiences: Annotated[Several[Audience], SOME, ORDERED]
    """Whose sections of these records were opened."""
    reader: Person
    purpose: Slug


@checked
class ErasureRequested:
    """Somebody asked that the personal data of an account's customer be erased."""

    account: AccountId
    basis: Slug
    """Why, such as `asked-by-the-customer` or `retention-ended`."""
    by: Person
    left: Instant | None = None
    """When the customer's relationship with the exchange ended; nothing if that is not known."""


@checked
class RetentionExtended:
    """An authority demands that the data be kept longer."""

    account: AccountId
    until: Instant
    basis: Slug
    by: Person


@checked
class ErasureBlocked:
    """The data must be kept for now. The request stands."""

    why: Annotated[Several[Slug], SOME, ORDERED]
    """All that stands in its way."""
    until: Instant | None = None
    """When all of it will be gone; nothing if that is not for a clock to say."""


@checked
class ErasureApproved:
    """Somebody else agreed."""

    by: Person


@checked
class ErasureBegun:
    """From here there is no way back: these keys are to be destroyed, and some may be already."""

    keys: Annotated[Several[KeyId], SOME, ORDERED]
    basis: Slug


@checked
class SubjectKeyDestroyed:
    """These keys are gone for good, and what they sealed is erased."""

    keys: Annotated[Several[KeyId], SOME, ORDERED]
    basis: Slug


@checked
class ErasureVerified:
    """Everything was looked through, and no section of the person can be opened any more."""

    upto: _Count
    """The ledger index up to which every record was looked at."""
    records: _Count
    """How many of them have a section of the person."""
    sections: _Count
    """How many sections there are; not one of them opens."""
    keys: _Count
    """How many keys of the person were destroyed, ever."""


CustodyEvent: TypeAlias = (
    SectionsOpened
    | ErasureRequested
    | RetentionExtended
    | ErasureBlocked
    | ErasureApproved
    | ErasureBegun
    | SubjectKeyDestroyed
    | ErasureVerified
)

STORED_AS: Final[dict[type[CustodyEvent], str]] = {
    SectionsOpened: "sections-opened.v1",
    ErasureRequested: "erasure-requested.v1",
    RetentionExtended: "retention-extended.v1",
    ErasureBlocked: "erasure-blocked.v1",
    ErasureApproved: "erasure-approved.v1",
    ErasureBegun: "erasure-begun.v1",
    SubjectKeyDestroyed: "subject-key-destroyed.v1",
    ErasureVerified: "erasure-verified.v1",
}
"""The names that custody is kept under. They are on disk for ever, as those of a case are."""


def kind_of(event: CustodyEvent | type[CustodyEvent]) -> str:
    """Return the kind of an event in words, such as `erasure-blocked`: its name less version."""
    kind = event if isinstance(event, type) else type(event)
    return STORED_AS[kind].rpartition(".v")[0]
