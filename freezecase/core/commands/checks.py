"""Ask for verification: request checks, show evidence, pass, fail, waive, expire."""

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from attrs import field

from freezecase.core.annotated import Check
from freezecase.core.appeals import AppealLevel
from freezecase.core.checked import checked
from freezecase.core.events.checks import must_offer_a_way_out
from freezecase.core.values import (
    CaseId,
    CheckKind,
    CustomerText,
    Evidence,
    Instant,
    Reason,
    Several,
    Verification,
)

__all__ = ["ExpireCheck", "FailCheck", "PassCheck", "RequestChecks", "SubmitEvidence", "WaiveCheck"]


def _as_verifications(given: Any) -> object:
    """Let a caller name a check by its kind alone."""
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        raise ValueError("it takes several: a list or a tuple")
    return tuple(Verification(kind=one) if isinstance(one, str) else one for one in given)


if TYPE_CHECKING:
    _Asked: TypeAlias = Several[Verification | str]  # a kind alone will do
else:
    _Asked = Several[Verification]  # what is kept, and read back

Verifications = Annotated[
    _Asked,
    Check(
        "checks, each kind once",
        lambda given: len({one.kind for one in given}) == len(given),
        _as_verifications,
    ),
]


@checked
class RequestChecks:
    """Ask the customer to verify these things; none named stands for what the policy plans."""

    case: CaseId = field(kw_only=False)
    checks: Verifications = ()
    """A kind alone stands for the plain check."""
    reason: Reason | None = None
    """Why something is asked for that was shown before."""


@checked
class SubmitEvidence:
    """Show something for a check: the thing itself or one of its alternatives."""

    case: CaseId = field(kw_only=False)
    check: CheckKind
    shown: CheckKind | None = None
    """The kind that is shown; the check itself if not said."""
    evidence: Several[Evidence] = ()


@checked
class PassCheck:
    """Settle a check in the customer's favour."""

    case: CaseId = field(kw_only=False)
    check: CheckKind
    valid_until: Instant | None = None
    reused_from: CaseId | None = None
    """The case for which it was shown before, so that it need not be shown again."""


@checked
class FailCheck:
    """Fail a check: to be retried, with a remedy, or for good, with a route of appeal."""

    case: CaseId = field(kw_only=False)
    check: CheckKind
    reason: Reason
    remedy: CustomerText | None = None
    appeal_to: AppealLevel | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a failure that leaves the customer nothing to do."""
        must_offer_a_way_out(self)


@checked
class WaiveCheck:
    """Go without a check."""

    case: CaseId = field(kw_only=False)
    check: CheckKind
    reason: Reason


@checked
class ExpireCheck:
    """Report that what was shown is too old, or was never shown."""

    case: CaseId = field(kw_only=False)
    check: CheckKind
