"""Ask for the desk's work: assign, transfer, answer, join, promise, escalate."""

from attrs import field

from freezecase.core.checked import checked
from freezecase.core.obligations import Debtor, Demand, Subject
from freezecase.core.values import (
    CaseId,
    Channel,
    CustomerText,
    Instant,
    Person,
    Reason,
    Several,
    Slug,
    Stated,
    Statement,
)

__all__ = [
    "AcceptHandOver",
    "AssignCase",
    "CheckContactCode",
    "ContactCustomer",
    "Escalate",
    "ExtendObligation",
    "JoinConversation",
    "KeepPromise",
    "LetTimePass",
    "MakePromise",
    "MeetObligation",
    "OpenObligation",
    "RecordContact",
    "ReportAssignmentFailure",
    "RequestHuman",
    "SendReply",
    "SupersedePromise",
    "TransferCase",
    "WaiveObligation",
]


@checked
class AssignCase:
    """Let somebody look after the case."""

    case: CaseId = field(kw_only=False)
    to: Person


@checked
class TransferCase:
    """Offer the case to somebody else, with what is known, so that nobody must ask again."""

    case: CaseId = field(kw_only=False)
    to: Person
    reason: Reason
    packet: Reason | None = None


@checked
class AcceptHandOver:
    """Take the case that was offered."""

    case: CaseId = field(kw_only=False)


@checked
class ReportAssignmentFailure:
    """Record that everybody who could take the case has as much as they may have."""

    case: CaseId = field(kw_only=False)
    queue: Slug
    skill: Slug | None = None


@checked
class RecordContact:
    """Record that the customer got in touch."""

    case: CaseId = field(kw_only=False)
    channel: Channel
    topics: Several[Slug] = ()
    summary: Statement | None = None


@checked
class ContactCustomer:
    """Record that the exchange tried to reach the customer of its own accord."""

    case: CaseId = field(kw_only=False)
    channel: Channel
    reached: bool
    topics: Several[Slug] = ()
    summary: Reason | None = None


@checked
class CheckContactCode:
    """Record that a contact code was checked, and whether it was genuine."""

    case: CaseId = field(kw_only=False)
    channel: Channel
    genuine: bool


@checked
class SendReply:
    """Answer the customer; what the text says will happen by a time is promised."""

    case: CaseId = field(kw_only=False)
    channel: Channel
    topics: Several[Slug] = ()
    text: CustomerText | None = None
    promises: Several[Stated] = ()


@checked
class RequestHuman:
    """Ask for a person."""

    case: CaseId = field(kw_only=False)
    channel: Channel


@checked
class JoinConversation:
    """Take up the conversation, as a person."""

    case: CaseId = field(kw_only=False)
    channel: Channel


@checked
class MakePromise:
    """Tell the customer that something will happen by a time."""

    case: CaseId = field(kw_only=False)
    promise: Slug
    due: Instant
    text: CustomerText | None = None


@checked
class KeepPromise:
    """Record that what was promised happened."""

    case: CaseId = field(kw_only=False)
    promise: Slug


@checked
class SupersedePromise:
    """Replace a promise by another, openly and with reasons."""

    case: CaseId = field(kw_only=False)
    promise: Slug
    by_promise: Slug
    due: Instant
    reason: Reason
    text: CustomerText | None = None


@checked
class OpenObligation:
    """Let somebody owe something by a time."""

    case: CaseId = field(kw_only=False)
    demand: Demand
    due: Instant
    basis: Slug
    subject: Subject = ""


@checked
class MeetObligation:
    """Record that what was owed was done."""

    case: CaseId = field(kw_only=False)
    obligation: Slug
    subject: Subject = ""


@checked
class ExtendObligation:
    """Move the time of an obligation, by notice and with reasons."""

    case: CaseId = field(kw_only=False)
    obligation: Slug
    due: Instant
    reason: Reason
    subject: Subject = ""


@checked
class WaiveObligation:
    """Let go what is owed."""

    case: CaseId = field(kw_only=False)
    obligation: Slug
    reason: Reason
    subject: Subject = ""


@checked
class Escalate:
    """Lift the case to somebody higher."""

    case: CaseId = field(kw_only=False)
    to: Debtor
    reason: Reason


@checked
class LetTimePass:
    """Miss the one obligation or promise that has been due longest. Time is a command too."""

    case: CaseId = field(kw_only=False)
