"""The desk: who looks after the case, who said what to whom, and what was promised."""

from freezecase.core.checked import checked
from freezecase.core.values import (
    Channel,
    CheckKind,
    CustomerText,
    Instant,
    Person,
    Reason,
    Slug,
    Statement,
)

__all__ = [
    "AssignmentFailed",
    "CaseAssigned",
    "CaseTransferred",
    "ContactCodeChecked",
    "ContactReceived",
    "CustomerContacted",
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
    """What is known, in words."""
    asked: tuple[CheckKind, ...] = ()
    """The checks that the customer still owes, or whose evidence nobody has looked at."""
    received: tuple[CheckKind, ...] = ()
    """The checks for which something was shown; it is not asked for again."""
    promised: tuple[Slug, ...] = ()
    """The promises that are open; whoever takes the case keeps them."""


@checked
class HandOverAccepted:
    """Whoever was handed the case took it."""

    by: Person


@checked
class AssignmentFailed:
    """Everybody who could take the case has as much as they may have."""

    queue: Slug
    skill: Slug | None = None


@checked
class ContactReceived:
    """The customer got in touch; a machine took it, or a person, or they wrote it down alone."""

    channel: Channel
    by: Person
    """Who took it."""
    topics: tuple[Slug, ...] = ()
    summary: Statement | None = None


@checked
class CustomerContacted:
    """The exchange tried to reach the customer of its own accord; it answers nothing."""

    channel: Channel
    by: Person
    reached: bool
    topics: tuple[Slug, ...] = ()
    summary: Reason | None = None


@checked
class ContactCodeChecked:
    """A code was checked by which one side knows the other; one that is wrong is an impostor's."""

    channel: Channel
    by: Person
    genuine: bool


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
    channel: Channel | None = None
    said_in: Slug | None = None
    """The notice that stated it, or `reply`; nothing when it was made by itself."""
    duty: Slug | None = None
    """The kind of obligation whose end keeps it; nothing if somebody has to say that it is kept."""


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
