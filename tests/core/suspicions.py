"""A suspicion as it goes by the book, and what may be withheld of it."""

from datetime import UTC, datetime
from typing import Any, Final

from freezecase.core import suspicion as s
from freezecase.core.suspicion import SuspicionEvent

__all__ = ["BY_THE_BOOK", "EVENTS", "LATER", "RESTRICTED", "restricted"]

LATER: Final = datetime(2026, 2, 1, tzinfo=UTC)


def restricted(**changes: Any) -> s.DisclosureRestricted:
    """The reasons are withheld, as telling them would prejudice an investigation."""
    given: dict[str, Any] = {
        "regime": s.TippingOff.PREJUDICE_TEST,
        "rules": ["uk.poca.333a"],
        "withheld": ["facts"],
        "carve_out": s.Carving.NONE_EXPLICIT,
        "basis": "the money would be moved on at once",
        "by": "staff:otto",
        "review_at": LATER,
    }
    return s.DisclosureRestricted(**given | changes)


RAISED: Final = s.SuspicionRaised(
    account="acct-4711",
    case="00000000-0000-0000-0000-000000000001",
    regimes=[s.TippingOff.PREJUDICE_TEST],
    due=LATER,
    by="staff:ana",
    reason="deposits just below the line",
)
ASSESSED: Final = s.SuspicionAssessed(
    conclusion=s.Conclusion.REPORT, by="staff:otto", reason="no business explains them"
)
UNFOUNDED: Final = s.SuspicionAssessed(
    conclusion=s.Conclusion.NO_REPORT, by="staff:otto", reason="it is a payroll"
)
FILED: Final = s.ReportFiled(authority="nca", reference="SAR-2026-17", by="staff:otto")
DECLINED: Final = s.ReportDeclined(by="staff:eve", reason="the payroll is real")
ANSWERED: Final = s.AuthorityAnswered(authority="nca", answer=s.Answer.CONSENT, until=LATER)
RESTRICTED: Final = restricted()
REVIEWED: Final = s.DisclosureReviewed(
    regime=s.TippingOff.PREJUDICE_TEST, by="staff:otto", reason="it goes on", review_at=LATER
)
ALLOWED: Final = s.DisclosureAllowed(
    regime=s.TippingOff.PREJUDICE_TEST, by="staff:eve", reason="the investigation is over"
)
CLOSED: Final = s.SuspicionClosed(by="staff:otto", reason="nothing more is expected")

BY_THE_BOOK: Final[tuple[SuspicionEvent, ...]] = (
    *(RAISED, RESTRICTED, ASSESSED, FILED, ANSWERED, REVIEWED, ALLOWED, CLOSED),
)
EVENTS: Final[dict[type[SuspicionEvent], SuspicionEvent]] = {
    type(one): one for one in (*BY_THE_BOOK, DECLINED)
}
