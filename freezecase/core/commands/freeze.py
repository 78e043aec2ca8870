"""Ask for the freeze itself: impose, narrow, widen, renew, uphold, report, tell."""

from attrs import field

from freezecase.core.checked import checked
from freezecase.core.obligations import Subject
from freezecase.core.values import (
    AccountId,
    Audience,
    CaseId,
    Channel,
    CustomerText,
    Ground,
    Instant,
    Reason,
    Scope,
    Several,
    Slug,
    Stated,
)

__all__ = [
    "ConfirmDelivery",
    "ConfirmEnforcement",
    "ImposeFreeze",
    "NarrowScope",
    "RenewFreeze",
    "ReportDeliveryFailure",
    "ReportEnforcementFailure",
    "SendNotice",
    "UpgradeDisclosure",
    "UpholdFreeze",
    "WidenScope",
    "WithholdNotice",
]


@checked
class ImposeFreeze:
    """Put a restriction on an account. Opens a case; its id is the command's id."""

    account: AccountId
    ground: Ground
    scope: Scope
    reason: Reason | None = None
    until: Instant | None = None
    incident: Slug | None = None
    contracted_at: Instant | None = None


@checked
class NarrowScope:
    """Lift part of the restriction; `scope` is what remains."""

    case: CaseId = field(kw_only=False)
    scope: Scope
    reason: Reason | None = None


@checked
class WidenScope:
    """Let the restriction reach further; `scope` is the whole of it."""

    case: CaseId = field(kw_only=False)
    scope: Scope
    reason: Reason


@checked
class RenewFreeze:
    """Look again, and give new reasons for the freeze to go on until another day."""

    case: CaseId = field(kw_only=False)
    reason: Reason
    until: Instant


@checked
class UpholdFreeze:
    """Decide, as a human, that the freeze stands."""

    case: CaseId = field(kw_only=False)
    reason: Reason


@checked
class ConfirmEnforcement:
    """Report that the restriction now binds the account."""

    case: CaseId = field(kw_only=False)
    reference: Subject = ""


@checked
class ReportEnforcementFailure:
    """Report that the exchange's systems could not do what the case says."""

    case: CaseId = field(kw_only=False)
    reason: Reason


@checked
class SendNotice:
    """Record that the customer was told; what the text says will happen by a time is promised."""

    case: CaseId = field(kw_only=False)
    notice: Slug
    channel: Channel
    language: Slug = "en"
    text: CustomerText | None = None
    promises: Several[Stated] = ()


@checked
class ConfirmDelivery:
    """Report that a notice arrived."""

    case: CaseId = field(kw_only=False)
    notice: Slug
    channel: Channel


@checked
class ReportDeliveryFailure:
    """Report that a notice did not arrive, so that the customer is told another way."""

    case: CaseId = field(kw_only=False)
    notice: Slug
    channel: Channel
    reason: Reason | None = None


@checked
class WithholdNotice:
    """Record that the customer is not told yet, on which basis, and when to look again."""

    case: CaseId = field(kw_only=False)
    notice: Slug
    basis: Slug
    review_at: Instant


@checked
class UpgradeDisclosure:
    """Let an audience be told more than before."""

    case: CaseId = field(kw_only=False)
    audience: Audience
    basis: Slug
