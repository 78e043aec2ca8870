"""Obligations as history: opened, met, missed, extended, waived, escalated; attempts refused."""

from freezecase.core.checked import checked
from freezecase.core.obligations import Debtor, Obligation, Subject
from freezecase.core.values import Instant, Person, Reason, Slug

__all__ = [
    "AttemptRefused",
    "Escalated",
    "ObligationExtended",
    "ObligationMet",
    "ObligationMissed",
    "ObligationOpened",
    "ObligationWaived",
]


@checked
class ObligationOpened:
    """Somebody now owes something by a time. It supersedes one of the same kind and subject."""

    obligation: Obligation


@checked
class ObligationMet:
    """What was owed was done."""

    obligation: Slug
    subject: Subject = ""


@checked
class ObligationMissed:
    """The time came and what was owed had not been done."""

    obligation: Slug
    subject: Subject = ""


@checked
class ObligationExtended:
    """The time was moved, by notice and with reasons."""

    obligation: Slug
    subject: Subject = ""
    due: Instant
    reason: Reason


@checked
class ObligationWaived:
    """Whoever it was owed to, or the law, let it go."""

    obligation: Slug
    subject: Subject = ""
    by: Person
    reason: Reason


@checked
class Escalated:
    """The case was lifted to somebody higher."""

    to: Debtor
    reason: Reason


@checked
class AttemptRefused:
    """Somebody asked for what the rules forbid. Who tried is part of the history."""

    command: Slug
    by: Person
    rules: tuple[Slug, ...]
    """The rules that forbade it; none when nothing allowed it."""
