"""
From when to when a rule holds, and by the date of what: law changes on a day, and says for whom.

A rule that came into force on 1 March may bind whoever complains from then on, whoever signed from
then on, or whatever happens from then on. Which of the three, the law says; here it is the anchor.
"""

from enum import StrEnum
from typing import Final

import attrs

from freezecase.core.checked import checked, refuse
from freezecase.core.values import Instant

__all__ = ["ALWAYS", "Anchor", "Anchors", "Effective"]


class Anchor(StrEnum):
    """By whose date a rule holds."""

    TRIGGER = "trigger"
    """When what the rule speaks of happens."""
    CONTRACT = "contract"
    """When the customer's contract was made; when the case was opened, if that is not known."""
    RECORD = "record"
    """When the case was opened."""
    REPORT = "report"
    """When the customer last got in touch or appealed; when the case was opened, until then."""


@attrs.frozen(kw_only=True)
class Anchors:
    """The dates of a case by which a rule may hold."""

    trigger: Instant
    record: Instant
    contract: Instant
    report: Instant

    @classmethod
    def all_at(cls, instant: Instant) -> "Anchors":
        """Return the dates of a case of which everything happens at one instant."""
        return cls(trigger=instant, record=instant, contract=instant, report=instant)

    def of(self, anchor: Anchor) -> Instant:
        """Return the date by which a rule of this *anchor* holds."""
        at: Instant = getattr(self, anchor.value)
        return at


@checked
class Effective:
    """From when to when a rule holds: from *since*, and before *until*."""

    since: Instant | None = None
    until: Instant | None = None
    anchor: Anchor = Anchor.TRIGGER

    def __attrs_post_init__(self) -> None:
        """Refuse a rule that would never hold."""
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise refuse("Effective.until", self.until.isoformat(), f"later than {self.since}")

    def holds(self, anchors: Anchors) -> bool:
        """Say whether it holds for a case of these dates."""
        at = anchors.of(self.anchor)
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


ALWAYS: Final = Effective()
"""From ever and for ever."""
