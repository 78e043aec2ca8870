"""The freeze itself: imposed, narrowed, widened, renewed, upheld, enforced, told."""

from freezecase.core.checked import checked
from freezecase.core.obligations import Subject
from freezecase.core.values import (
    AccountId,
    Audience,
    Channel,
    CustomerText,
    Ground,
    Instant,
    Person,
    Reason,
    Scope,
    Slug,
)

__all__ = [
    "DeliveryConfirmed",
    "DeliveryFailed",
    "DisclosureUpgraded",
    "EnforcementConfirmed",
    "EnforcementFailed",
    "FreezeImposed",
    "FreezeRenewed",
    "FreezeUpheld",
    "NoticeSent",
    "NoticeWithheld",
    "ScopeNarrowed",
    "ScopeWidened",
]


@checked
class FreezeImposed:
    """A restriction was put on an account. This opens a case."""

    account: AccountId
    ground: Ground
    scope: Scope
    by: Person
    reason: Reason | None = None
    until: Instant | None = None
    """When the reasons must be looked at anew. Nothing unlocks by itself."""
    incident: Slug | None = None
    """The mass incident it belongs to."""
    contracted_at: Instant | None = None
    """When the customer's contract was made; some law goes by that day."""


@checked
class ScopeNarrowed:
    """Part of the restriction was lifted; `scope` is what remains."""

    scope: Scope
    by: Person
    reason: Reason | None = None


@checked
class ScopeWidened:
    """The restriction now reaches further; `scope` is the whole of it."""

    scope: Scope
    by: Person
    reason: Reason


@checked
class FreezeRenewed:
    """Somebody looked again and gave new reasons for the freeze to go on."""

    by: Person
    reason: Reason
    until: Instant


@checked
class FreezeUpheld:
    """A human reviewed the freeze and decided that it stands."""

    by: Person
    reason: Reason


@checked
class EnforcementConfirmed:
    """The exchange confirmed that the restriction now binds the account."""

    reference: Subject = ""


@checked
class EnforcementFailed:
    """The exchange could not make its systems do what the case says."""

    reason: Reason


@checked
class NoticeSent:
    """The customer was told, on this channel, in these words."""

    notice: Slug
    """What it was about, such as `freeze-imposed`."""
    channel: Channel
    language: Slug = "en"
    text: CustomerText | None = None


@checked
class DeliveryConfirmed:
    """A notice arrived."""

    notice: Slug
    channel: Channel


@checked
class DeliveryFailed:
    """A notice did not arrive: the customer was not told after all, and not on this channel."""

    notice: Slug
    channel: Channel
    reason: Reason | None = None


@checked
class NoticeWithheld:
    """The customer was not told, on this basis, until somebody looks again."""

    notice: Slug
    basis: Slug
    """The rule that forbids telling."""
    review_at: Instant


@checked
class DisclosureUpgraded:
    """More may be told now than before, to this audience, on this basis."""

    audience: Audience
    basis: Slug
