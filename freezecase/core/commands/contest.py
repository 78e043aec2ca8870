"""Ask about an appeal: file, acknowledge, assign, uphold, reject, withdraw, go outside."""

from attrs import field

from freezecase.core.appeals import AppealLevel, AppealRoute, Decision, Finding
from freezecase.core.checked import checked
from freezecase.core.events.contest import must_say_where_next
from freezecase.core.values import CaseId, CustomerText, Person, Slug, Statement

__all__ = [
    "AcknowledgeAppeal",
    "AssignAppeal",
    "DecideExternalReview",
    "FileAppeal",
    "OpenExternalReview",
    "RejectAppeal",
    "UpholdAppeal",
    "WithdrawAppeal",
]


@checked
class FileAppeal:
    """
    Contest a decision: the newest one, unless `contests` names another by its version.

    A customer names none: versions have gaps where they may not look. `appeal` says "you were
    wrong", `reinstatement` says "let me back". The level is the next one that has not heard the
    matter, unless said.
    """

    case: CaseId = field(kw_only=False)
    contests: Decision | None = None
    statement: Statement
    route: AppealRoute = AppealRoute.APPEAL
    level: AppealLevel | None = None


@checked
class AcknowledgeAppeal:
    """Tell the customer that the appeal arrived and who hears it."""

    case: CaseId = field(kw_only=False)
    channel: Slug = "app-message"


@checked
class AssignAppeal:
    """Let somebody who did not make the decision hear the appeal."""

    case: CaseId = field(kw_only=False)
    reviewer: Person


@checked
class UpholdAppeal:
    """Decide that the customer was right: the freeze is lifted."""

    case: CaseId = field(kw_only=False)
    reason: CustomerText


@checked
class RejectAppeal:
    """Decide that the decision stands, and say where the customer can go next."""

    case: CaseId = field(kw_only=False)
    reason: CustomerText
    next_level: AppealLevel | None = None
    bar: Slug | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a rejection that is a dead end."""
        must_say_where_next(self)


@checked
class WithdrawAppeal:
    """Take the appeal back."""

    case: CaseId = field(kw_only=False)
    reason: Statement | None = None


@checked
class OpenExternalReview:
    """Record that a body outside the exchange took the matter up."""

    case: CaseId = field(kw_only=False)
    contests: Decision
    body: Slug
    reference: Slug | None = None


@checked
class DecideExternalReview:
    """Record what a body outside the exchange decided."""

    case: CaseId = field(kw_only=False)
    finding: Finding
    reason: CustomerText | None = None
