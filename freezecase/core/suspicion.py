"""
A suspicion and the reports made of it: events of a stream of its own, of which no case knows.

A case has the same records, versions, statuses and obligations whether its account is suspected or
not: a name, a gap or a duty among them would tell somebody off (Regulation (EU) 2024/1624 Art.
73(1); 31 U.S.C. 5318(g)(2)). So what ties the two together stands on this side alone, and sealed.

What is in the clear says that there is a suspicion, and how far it has come; never whose. The
texts are sealed under a key of the suspicion's own: whoever erases a customer does not erase what
has to be kept unredacted for years (Regulation (EU) 2024/1624 Art. 77(1)), and whoever looks into
the key store does not see for whom there is such a key.
"""

from enum import StrEnum
from typing import Annotated, Final, TypeAlias

from freezecase.core.allowed import ID, ORDERED, SOME, prose
from freezecase.core.checked import checked, refuse
from freezecase.core.values import Audience, Instant, Person, Sealed, Several, Slug

__all__ = [
    "STORED_AS",
    "Answer",
    "AuthorityAnswered",
    "Carving",
    "Conclusion",
    "Confidential",
    "DisclosureAllowed",
    "DisclosureRestricted",
    "DisclosureReviewed",
    "ReportDeclined",
    "ReportFiled",
    "SuspicionAssessed",
    "SuspicionClosed",
    "SuspicionEvent",
    "SuspicionRaised",
    "TippingOff",
    "kind_of",
]

_SEALED: Final = Sealed("suspicion", Audience.CONFIDENTIAL)
_Link: TypeAlias = Annotated[str, ID, _SEALED]
Confidential: TypeAlias = Annotated[str, prose(20000), _SEALED]
"""Words for those alone who may know of a suspicion."""


class TippingOff(StrEnum):
    """What must not be disclosed of a suspicion, and until when."""

    ABSOLUTE = "absolute"
    """Neither that there is a report nor that there is none; for ever."""
    FACT_OF_REPORT = "fact-of-report"
    FACT_OF_REPORT_AND_ASSESSMENT = "fact-of-report-and-assessment"
    """Nor that anything is being assessed."""
    PREJUDICE_TEST = "prejudice-test"
    """What is likely to prejudice an investigation."""


class Carving(StrEnum):
    """Whether a duty to tell gives way where telling is forbidden."""

    EXPLICIT = "explicit"
    """The text says so."""
    NATIONAL_LAW = "national-law"
    """National law may say so."""
    CONTESTED = "contested"
    NONE_EXPLICIT = "none-explicit"


class Conclusion(StrEnum):
    """What somebody who assessed a suspicion came to."""

    REPORT = "report"
    """It is to be reported."""
    NO_REPORT = "no-report"
    """It is not; somebody else decides that."""


class Answer(StrEnum):
    """What an authority said to a report, or asked for."""

    RECEIVED = "received"
    CONSENT = "consent"
    """It may go on."""
    REFUSAL = "refusal"
    """It may not, for now."""
    REQUEST = "request"
    """It wants to know more."""


@checked
class SuspicionRaised:
    """Somebody, or a machine, suspects what happens on an account. This opens the stream."""

    account: _Link
    case: _Link | None = None
    """The case that it came up in, if it came up in one: its id as text."""
    regimes: Annotated[Several[TippingOff], SOME, ORDERED]
    """What the law of the house forbids to disclose of it."""
    due: Instant
    """By when somebody decides whether it is reported."""
    by: Person
    reason: Confidential


@checked
class SuspicionAssessed:
    """A person looked into it, and came to a conclusion. It is kept also where nothing follows."""

    conclusion: Conclusion
    by: Person
    reason: Confidential


@checked
class ReportFiled:
    """An authority was told."""

    authority: Slug
    """Who was told, such as `fincen`."""
    reference: Confidential
    """What the authority knows the report by."""
    by: Person


@checked
class ReportDeclined:
    """Nobody is told: another person than who raised it and who assessed it decided so."""

    by: Person
    reason: Confidential


@checked
class AuthorityAnswered:
    """An authority answered, or asked."""

    authority: Slug
    answer: Answer
    until: Instant | None = None
    """Until when its word holds, or by when it wants to hear."""
    text: Confidential | None = None


@checked
class DisclosureRestricted:
    """Something is not told to the customer, under these rules, on this basis, for so long."""

    regime: TippingOff
    rules: Annotated[Several[Slug], SOME, ORDERED]
    """The rules that forbid it, by their ids, such as `uk.poca.333a`."""
    withheld: Annotated[Several[Slug], SOME, ORDERED]
    """What is not told, such as `facts` or `statement-of-reasons`."""
    carve_out: Carving | None = None
    """Whether the duty to tell gives way; nothing where there is no such duty."""
    basis: Confidential
    """Why telling it is forbidden here: the assessment that has to be on record."""
    by: Person
    review_at: Instant | None = None
    """When somebody looks again; never, where what is forbidden is so for ever."""
    expires: Instant | None = None
    """When the law itself lets it go. Nothing is told by that alone: somebody looks again."""

    def __attrs_post_init__(self) -> None:
        """Refuse an end to what has none, and a test that nobody makes again."""
        if self.regime is TippingOff.ABSOLUTE:
            for name in ("review_at", "expires"):
                if getattr(self, name) is not None:
                    raise refuse(f"DisclosureRestricted.{name}", getattr(self, name), _NO_END)
        if self.regime is TippingOff.PREJUDICE_TEST and self.review_at is None:
            raise refuse("DisclosureRestricted.review_at", self.review_at, _LOOKS_AGAIN)


_NO_END: Final = "nothing: what is forbidden absolutely is so for ever"
_LOOKS_AGAIN: Final = "an instant: whether telling does harm is asked again and again"


@checked
class DisclosureReviewed:
    """Somebody looked again, and it stays untold until the next look."""

    regime: TippingOff
    by: Person
    reason: Confidential
    review_at: Instant


@checked
class DisclosureAllowed:
    """
    What was withheld under a regime may be told from now on; another person decided so.

    What then is said to the customer is an act of its own, in the case: as with anybody.
    """

    regime: TippingOff
    by: Person
    reason: Confidential


@checked
class SuspicionClosed:
    """Nothing more is expected of it. What may not be told stays untold."""

    by: Person
    reason: Confidential


SuspicionEvent: TypeAlias = (
    SuspicionRaised
    | SuspicionAssessed
    | ReportFiled
    | ReportDeclined
    | AuthorityAnswered
    | DisclosureRestricted
    | DisclosureReviewed
    | DisclosureAllowed
    | SuspicionClosed
)

STORED_AS: Final[dict[type[SuspicionEvent], str]] = {
    SuspicionRaised: "suspicion-raised.v1",
    SuspicionAssessed: "suspicion-assessed.v1",
    ReportFiled: "report-filed.v1",
    ReportDeclined: "report-declined.v1",
    AuthorityAnswered: "authority-answered.v1",
    DisclosureRestricted: "disclosure-restricted.v1",
    DisclosureReviewed: "disclosure-reviewed.v1",
    DisclosureAllowed: "disclosure-allowed.v1",
    SuspicionClosed: "suspicion-closed.v1",
}
"""The names that suspicions are kept under. They are on disk for ever, as those of a case are."""


def kind_of(event: SuspicionEvent | type[SuspicionEvent]) -> str:
    """Return the kind of an event in words, such as `report-filed`: its name less version."""
    kind = event if isinstance(event, type) else type(event)
    return STORED_AS[kind].rpartition(".v")[0]
