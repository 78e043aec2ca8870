"""Ask for the release: propose, approve, refuse, order, confirm; place and lift legal holds."""

from attrs import field

from freezecase.core.checked import checked
from freezecase.core.obligations import Subject
from freezecase.core.values import CaseId, Reason, Scope, Slug

__all__ = [
    "ApproveRelease",
    "ConfirmRelease",
    "LiftLegalHold",
    "OrderRelease",
    "PlaceLegalHold",
    "ProposeRelease",
    "RefuseRelease",
]


@checked
class ProposeRelease:
    """Propose to lift the freeze, wholly or but for what `leaving` names."""

    case: CaseId = field(kw_only=False)
    reason: Reason
    leaving: Scope | None = None


@checked
class ApproveRelease:
    """Agree to a proposed release. The last signature it needs also orders it."""

    case: CaseId = field(kw_only=False)


@checked
class RefuseRelease:
    """Do not agree to a proposed release; the freeze goes on, for these reasons."""

    case: CaseId = field(kw_only=False)
    reason: Reason


@checked
class OrderRelease:
    """Order a release without a proposal, as a court or a break-glass rule may."""

    case: CaseId = field(kw_only=False)
    reason: Reason
    leaving: Scope | None = None


@checked
class ConfirmRelease:
    """Report that the ordered release now holds on the account."""

    case: CaseId = field(kw_only=False)
    reference: Subject = ""


@checked
class PlaceLegalHold:
    """Forbid the release, on a legal basis."""

    case: CaseId = field(kw_only=False)
    hold: Slug
    basis: Slug


@checked
class LiftLegalHold:
    """Take a legal hold away."""

    case: CaseId = field(kw_only=False)
    hold: Slug
