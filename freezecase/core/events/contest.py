"""Appeal: the customer contests a decision, before us or before somebody outside."""

from typing import Any

from freezecase.core.appeals import AppealLevel, AppealRoute, Decision, Finding
from freezecase.core.checked import checked, refuse
from freezecase.core.values import CustomerText, Person, Slug, Statement

__all__ = [
    "AppealAcknowledged",
    "AppealAssigned",
    "AppealFiled",
    "AppealRejected",
    "AppealUpheld",
    "AppealWithdrawn",
    "ExternalReviewDecided",
    "ExternalReviewOpened",
]


@checked
class AppealFiled:
    """The customer contests a decision (`appeal`), or asks to be let back in (`reinstatement`)."""

    contests: Decision
    route: AppealRoute
    level: AppealLevel
    statement: Statement


@checked
class AppealAcknowledged:
    """The customer was told that the appeal arrived and who hears it."""

    channel: Slug = "app-message"


@checked
class AppealAssigned:
    """Somebody who did not make the decision now hears the appeal."""

    reviewer: Person


@checked
class AppealUpheld:
    """The customer was right: the freeze is lifted."""

    by: Person
    reason: CustomerText


@checked
class AppealRejected:
    """
    The decision stands, for these reasons, and this is where the customer can go next.

    A final rejection names the legal bar to any further appeal; otherwise it names the next level.
    """

    by: Person
    reason: CustomerText
    next_level: AppealLevel | None = None
    bar: Slug | None = None
    """The rule of law that ends the matter."""

    def __attrs_post_init__(self) -> None:
        """Refuse a rejection that is a dead end."""
        must_say_where_next(self)


@checked
class AppealWithdrawn:
    """The customer took the appeal back."""

    reason: Statement | None = None


@checked
class ExternalReviewOpened:
    """A body outside the exchange took the matter up."""

    body: Slug
    reference: Slug | None = None
    contests: Decision


@checked
class ExternalReviewDecided:
    """A body outside the exchange decided the matter."""

    finding: Finding
    reason: CustomerText | None = None


def must_say_where_next(rejection: Any) -> None:
    """Refuse a rejected appeal that names neither a next level nor a legal bar, or both."""
    if (rejection.next_level is None) == (rejection.bar is None):
        where, wrong = f"{type(rejection).__name__}.next_level", rejection.next_level
        raise refuse(where, wrong, "name the `next_level` of appeal, or the `bar` that ends it")
