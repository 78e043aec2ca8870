"""
Whose move it is: somebody owes somebody something by a time, with a consequence if missed.

A right is the same shape: an appeal window is an obligation with `right=True` that lapses. The
demand stands inside the obligation, so an obligation survives a change of policy. There is at most
one open obligation for each (kind, subject): a new one supersedes.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final, Union

from freezecase.core.allowed import SOME, at_least, line
from freezecase.core.annotated import Check
from freezecase.core.checked import checked
from freezecase.core.status import Status
from freezecase.core.values import Instant, Plain, Slug

__all__ = [
    "SECOND_SIGNATURE",
    "Demand",
    "Key",
    "Obligation",
    "Rung",
    "Subject",
    "Then",
    "Unit",
    "Within",
    "chain",
    "key_of",
]

SECOND_SIGNATURE: Final = "second-signature"
"""The kind of obligation that ends once somebody else signs what was ordered alone."""


Subject = Annotated[
    str, line(0, 200), Plain("a name within the case, or the exchange's own reference")
]
"""What it is about inside the case: a check, a promise, a decision; often nothing more."""

Debtor = Annotated[
    str,
    Check("a role such as `reviewer`, or a relation such as `@owner`", lambda who: who.lstrip("@")),
]
"""Who owes: a role, `customer`, `system`, `authority`, or a relation `@owner`. Never a person."""


class Unit(StrEnum):
    """What a length of time is counted in."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business-days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@checked
class Within:
    """A length of time as a rule states it. What instant it ends is for a calendar to say."""

    count: Annotated[int, at_least(1)]
    unit: Unit
    calendar: Slug | None = None


@checked
class Rung:
    """One step of a ladder: who owes, and how long they have before the next step."""

    debtor: Debtor
    within: Within


class Then(StrEnum):
    """What follows when the last rung is missed, apart from another demand."""

    AGAIN = "again"
    """The accountable role stands, due again from now."""
    LAPSE = "lapse"
    """A right ends."""


@checked
class Demand:
    """What is owed, by whom in what order, what meets it, and what follows if nobody does."""

    kind: Slug
    ladder: Annotated[tuple[Rung, ...], SOME]
    met_by: tuple[Slug, ...]
    """Kinds of event that meet it, such as `reply-sent`."""
    then: Union["Demand", Then] = Then.AGAIN
    right: bool = False
    moot_in: tuple[Status, ...] = ()
    """Statuses in which nobody needs it any more."""


def chain(demand: Demand) -> Iterator[Demand]:
    """Yield a demand, what follows if it is missed for good, and so on to the last."""
    following: Demand | Then = demand
    while isinstance(following, Demand):
        yield following
        following = following.then


@checked
class Obligation:
    """One open obligation of a case: a demand, on a rung of its ladder, due at an instant."""

    demand: Demand
    subject: Subject
    rung: Annotated[int, at_least(0)]
    opened_at: Instant
    due: Instant
    basis: Slug
    """The rule that demanded it."""

    @property
    def debtor(self) -> str:
        """Who owes it now: a role, a relation such as `@owner`, `customer`, `authority`."""
        ladder = self.demand.ladder
        return ladder[min(self.rung, len(ladder) - 1)].debtor


Key = tuple[str, str]
"""What tells obligations of a case apart: (kind, subject)."""


def key_of(obligation: Obligation) -> Key:
    """Return what tells this obligation apart from the others of its case."""
    return obligation.demand.kind, obligation.subject
