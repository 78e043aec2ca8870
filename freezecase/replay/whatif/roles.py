"""
How a foreign log is read as a history of moves: who moved, what answers what, what it leaves out.

    roles = Roles(name="fines", until=..., rules=(RoleRule(label="file", kind="appeal-filed"), ...))

An import keeps what happened as events; it cannot know that a row was written by a clock, that one
act only answered another, or that the log is silent about some of them. That is declared here. A
native history needs none of it: every record of ours says who asked for what.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final

import attrs

from freezecase.core.actors import Actor
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.values import Instant
from freezecase.replay.whatif.step import Role, Shift

__all__ = ["NATIVE", "Gap", "RoleRule", "Roles"]


@attrs.frozen(kw_only=True)
class RoleRule:
    """What the imported events of one kind are. The first rule that fits an event holds."""

    label: str
    """What it is called here, so that others may answer it."""
    kind: str
    """The kind of event, such as `notice-sent`."""
    where: Mapping[str, str] = attrs.Factory(dict)
    """Fields of the event that must say this, and `actor`, as `system:penalty-clock`."""
    role: Role | None = None
    """By who acts, if not said."""
    answers: str | None = None
    """The label of what it answers: the newest such step before it."""
    shift: Shift = Shift.ABSOLUTE
    effect: tuple[str, str] | None = None
    """What a mandated step is in our words, such as `("lapsed", "payment")`."""

    def fits(self, event: CaseEvent, actor: Actor) -> bool:
        """Say whether it speaks of an event."""
        if kind_of(event) != self.kind:
            return False
        said = {name: getattr(event, name, None) for name in self.where}
        if "actor" in self.where:
            said["actor"] = actor.person
        return all(str(said[name]) == word for name, word in self.where.items())


@attrs.frozen(kw_only=True)
class Gap:
    """A step that the log may have left out, or does not date."""

    missing: str
    """The label that a case has no step of."""
    after: str
    """The label of the step that it would have followed; without one, nothing is left out."""
    past: tuple[str, ...] = ()
    """The labels of other steps that it would not have come before."""
    event: CaseEvent
    """What would have happened."""
    actor: Actor
    at_least: timedelta = timedelta(0)
    """How long after that it happened at the soonest."""
    maybe: bool = True
    """Whether nobody knows that it happened; else it did, at some time up to the horizon."""


@attrs.frozen(kw_only=True)
class Roles:
    """How the imported part of a store is read."""

    name: str
    until: Instant | None = None
    """The horizon; the last record of the ledger, if not said."""
    rules: tuple[RoleRule, ...] = ()
    gaps: tuple[Gap, ...] = ()
    tells: frozenset[str] = frozenset()
    """The kinds of duty and right of which the log tells whether they were met. No other is
    counted as missed: that something is not in a log does not say that it was not done."""
    lapses: bool = False
    """Whether a freeze ends at its `until` by itself, without a row."""
    days: bool = False
    """Whether the log knows days only: what its clocks produced, they did by the end of the day."""

    def rule(self, event: CaseEvent, actor: Actor) -> RoleRule | None:
        """Return the rule that speaks of an event, if one does."""
        return next((one for one in self.rules if one.fits(event, actor)), None)

    def by_day_end(self, at: datetime) -> datetime:
        """Return the instant by which something dated *at* happened, as exactly as the log says."""
        if not self.days:
            return at
        return datetime.combine(at.date() + timedelta(days=1), time(), UTC)


NATIVE: Final = Roles(name="native")
"""What a store needs that no foreign log was imported into."""
