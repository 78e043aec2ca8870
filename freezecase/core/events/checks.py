"""Verification: what was asked of the customer, what came, and what became of it."""

from typing import Any

from freezecase.core.appeals import AppealLevel
from freezecase.core.checked import checked, refuse
from freezecase.core.values import (
    CaseId,
    CheckKind,
    CustomerText,
    Evidence,
    Instant,
    Person,
    Reason,
    Verification,
)

__all__ = [
    "CheckExpired",
    "CheckFailed",
    "CheckPassed",
    "CheckWaived",
    "ChecksRequested",
    "EvidenceSubmitted",
]


@checked
class ChecksRequested:
    """The customer was asked to verify these things."""

    checks: tuple[Verification, ...]
    by: Person
    reason: Reason | None = None
    """Why something is asked for that was shown before."""


@checked
class EvidenceSubmitted:
    """Something was shown for a check, perhaps one of its alternatives."""

    check: CheckKind
    shown: CheckKind
    """The kind that was shown: the check itself or one of its alternatives."""
    evidence: tuple[Evidence, ...] = ()


@checked
class CheckPassed:
    """The check is settled in the customer's favour."""

    check: CheckKind
    by: Person
    valid_until: Instant | None = None
    """How long the evidence may be reused."""
    reused_from: CaseId | None = None
    """The case for which it was shown before; nothing when it was shown for this one."""


@checked
class CheckFailed:
    """
    The check failed: to be retried, with a remedy, or for good, with a route of appeal.

    A failure that leaves the customer nothing to do cannot be constructed.
    """

    check: CheckKind
    by: Person
    reason: Reason
    remedy: CustomerText | None = None
    """What the customer can do to pass. Present when the check may be retried."""
    appeal_to: AppealLevel | None = None
    """Who hears an appeal. Present when the failure is final."""

    def __attrs_post_init__(self) -> None:
        """Refuse a failure with neither a remedy nor an appeal route, or with both."""
        must_offer_a_way_out(self)

    @property
    def final(self) -> bool:
        """Whether the customer may not try again."""
        return self.remedy is None


@checked
class CheckWaived:
    """Somebody decided to go without the check."""

    check: CheckKind
    by: Person
    reason: Reason


@checked
class CheckExpired:
    """What was shown is too old to count any more, or was never shown."""

    check: CheckKind


def must_offer_a_way_out(failure: Any) -> None:
    """Refuse a failed check that offers neither a remedy nor an appeal, or both."""
    if (failure.remedy is None) == (failure.appeal_to is None):
        # the remedy is words for the customer, and no error repeats those
        where, wrong = f"{type(failure).__name__}.appeal_to", failure.appeal_to
        raise refuse(where, wrong, "give a `remedy` to retry, or `appeal_to` for a final failure")
