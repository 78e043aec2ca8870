"""Release: proposed, approved, ordered, enforced. And what stands in its way."""

from freezecase.core.checked import checked
from freezecase.core.obligations import Subject
from freezecase.core.values import Person, Reason, Scope, Slug

__all__ = [
    "LegalHoldLifted",
    "LegalHoldPlaced",
    "ReleaseApproved",
    "ReleaseEnforced",
    "ReleaseOrdered",
    "ReleaseProposed",
    "ReleaseRefused",
]


@checked
class ReleaseProposed:
    """Somebody proposed to lift the freeze, wholly or but for what `leaving` names."""

    by: Person
    reason: Reason
    leaving: Scope | None = None
    """What stays restricted; nothing when the whole freeze is to go."""


@checked
class ReleaseApproved:
    """Somebody else agreed."""

    by: Person


@checked
class ReleaseRefused:
    """Somebody else did not agree; the freeze goes on, for these reasons."""

    by: Person
    reason: Reason


@checked
class ReleaseOrdered:
    """The exchange must now lift the freeze, wholly or but for what `leaving` names."""

    by: Person
    leaving: Scope | None = None


@checked
class ReleaseEnforced:
    """The exchange confirmed that the account is free."""

    reference: Subject = ""


@checked
class LegalHoldPlaced:
    """Somebody with the power to do so forbade the release, on this basis."""

    hold: Slug
    basis: Slug
    by: Person


@checked
class LegalHoldLifted:
    """The legal hold was taken away."""

    hold: Slug
    by: Person
