"""Ask for the end of a case: off-board, forfeit, record harm, close, reopen, erase."""

from attrs import field

from freezecase.core.checked import checked
from freezecase.core.values import Amount, CaseId, Reason, Slug

__all__ = [
    "CloseCase",
    "ErasePersonalData",
    "ForfeitFunds",
    "OffboardAccount",
    "RecordHarm",
    "ReopenCase",
]


@checked
class OffboardAccount:
    """End the relationship."""

    case: CaseId = field(kw_only=False)
    reason: Reason


@checked
class ForfeitFunds:
    """Take funds under a final order."""

    case: CaseId = field(kw_only=False)
    basis: Slug
    amount: Amount | None = None


@checked
class RecordHarm:
    """Record what the freeze cost somebody who had done nothing wrong."""

    case: CaseId = field(kw_only=False)
    harm: Slug
    amount: Amount | None = None
    description: Reason | None = None


@checked
class CloseCase:
    """Close the case: nothing more is expected."""

    case: CaseId = field(kw_only=False)
    outcome: Slug


@checked
class ReopenCase:
    """Look at a closed case again."""

    case: CaseId = field(kw_only=False)
    reason: Reason


@checked
class ErasePersonalData:
    """Record that the keys to somebody's personal data were destroyed."""

    case: CaseId = field(kw_only=False)
    subject: Slug
    basis: Slug
