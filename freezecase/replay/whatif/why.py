"""Why a path leaves history, or cannot be followed: a closed set of reasons."""

from datetime import datetime
from enum import StrEnum

import attrs

__all__ = ["Departure", "Unknown", "Why"]


class Why(StrEnum):
    """Why a path leaves history, or cannot be followed."""

    REFUSED = "refused"
    """A rule refuses what was allowed."""
    ALLOWED = "allowed"
    """It is allowed, and was refused."""
    REQUIRES = "requires"
    """A rule wants something there first, and history does not say whether it could have been."""
    ASKS = "asks"
    """It takes more than was asked for then, such as another signature."""
    FACT_MISSING = "fact-missing"
    """A rule asks for a fact that was not recorded."""
    MANDATED = "mandated"
    """A clock produces what none produced, or no longer produces what one did."""
    WITHHELD = "withheld"
    """Nobody attempts what only answered something that did not happen."""
    STALE = "stale"
    """What was attempted no longer fits the case."""
    ORPHAN = "orphan"
    """What somebody else did answers something that did not happen."""
    SHIFTED = "shifted"
    """It happens later."""
    MAYBE = "maybe"
    """The log may have left it out."""
    UNCERTAIN_TIME = "uncertain-time"
    """The log does not say when it happened."""

    BUDGET = "budget"
    """There are more possible worlds than were to be looked at."""
    UNREADABLE = "unreadable"
    """A record cannot be read."""
    HISTORY_BROKEN = "history-broken"
    """A record is missing, or belongs to no turn."""
    BEGINS_IN_THE_MIDDLE = "begins-in-the-middle"
    """The freeze itself is not in the log."""
    NO_POLICY = "no-policy"
    """No edition of the candidate was in force for it."""
    RULE_BROKEN = "rule-broken"
    """A rule of the candidate could not be evaluated."""
    FAILED = "failed"
    """Something raised while it was played."""


@attrs.frozen
class Departure:
    """Where a path leaves history, and why."""

    n: int
    """The version of the record that it is about; zero, where time alone passed."""
    at: datetime
    why: Why
    about: str = ""
    """The rule, the fact or the duty that it is about."""


@attrs.frozen
class Unknown:
    """Something that history does not say; a world takes it to be one way, or another."""

    why: Why
    about: str
