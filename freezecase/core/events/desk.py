"""The desk: who looks after the case, who said what to whom, and what was promised."""

from freezecase.core.checked import checked
from freezecase.core.values import (
    Channel,
    CustomerText,
    Instant,
    Person,
    Reason,
    Slug,
    Statement,
)

__all__ = [
    "CaseAssigned",
    "CaseTransferred",
    "ContactReceived",
    "HandOverAccepted",
    "HumanJoined",
    "HumanRequested",
    "PromiseBroken",
    "PromiseKept",
    "PromiseMade",
    "PromiseSuperseded",
    "ReplySent",
]


@checked
class CaseAssigned:
    """Somebody now looks after the case."""

    to: Person


@checked
class CaseTransferred:
    """The case was handed to somebody else, with what is known, so that nobody must ask again."""

    to: Person
    by: Person
    reason: Reason
    packet: Reason | None = None
    """What is known, asked, received and promised."""


@checked
class HandOverAccepted:
    """Whoever was handed the case took it."""

    by: Person


@checked
class ContactReceived:
    """The customer got in touch."""

    channel: Channel
    topics: tuple[Slug, ...] = ()
    summary: Statement | None = None


@checked
class ReplySent:
    """The customer was answered, by a person or by a machine."""

    channel: Channel
    human: bool
    topics: tuple[Slug, ...] = ()
    text: CustomerText | None = None


@checked
class HumanRequested:
    """The customer asked for a person."""

    channel: Channel


@checked
class HumanJoined:
    """A person took up the conversation."""

    by: Person
    channel: Channel


@checked
class PromiseMade:
    """Somebody told the customer that something will happen by a time."""

    promise: Slug
    due: Instant
    by: Person
    text: CustomerText | None = None


@checked
class PromiseKept:
    """What was promised happened in time."""

    promise: Slug


@checked
class PromiseBroken:
    """The time came and what was promised had not happened."""

    promise: Slug


@checked
class PromiseSuperseded:
    """A promise was replaced by another, openly."""

    promise: Slug
    by_promise: Slug
    reason: Reason
