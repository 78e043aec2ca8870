"""
How long what is known of a person has to be kept, and what else forbids to erase it.

The law that lets a person be forgotten stops where another law says keep (GDPR Art. 17(3)(b)). Such
a **retention** is a value: which rule, how long, counted from what. The default is five years from
the end of the relationship (AMLR Art. 77(3)); packs say others, and of several the longest governs.
Until it has ended the records are kept whole, "not redacted" (AMLR Art. 77(2)): so nothing here
erases in part. Not legal advice: which retentions bind a house is for the house to say.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, Self

import attrs

from freezecase.core.checked import checked, refuse
from freezecase.core.obligations import Unit
from freezecase.core.resolved import ZoneKey
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import Instant, Slug
from freezecase.policy.calendar import Calendar
from freezecase.policy.packs.pack import Pack
from freezecase.policy.packs.rule import PackRule
from freezecase.policy.reckon import reckon
from freezecase.policy.term import Outcome, Term

__all__ = ["FIVE_YEARS", "Begins", "Blocked", "Kept", "Retention", "blocking", "retentions"]


class Begins(StrEnum):
    """What a retention is counted from."""

    RELATIONSHIP = "relationship"
    """The end of the relationship, or of the last case if that came later."""
    RECORD = "record"
    """The newest record of any case of the account: later than all that packs count from."""


@checked
class Retention:
    """One rule that says how long records are kept."""

    rule: Slug
    """What it is known by, such as `eu.amlr.77.retention`. A block names it."""
    term: Term
    """How long; its outcome is `retention-ended`."""
    begins: Begins = Begins.RELATIONSHIP
    zone: ZoneKey = "UTC"
    """Where its days begin."""

    def __attrs_post_init__(self) -> None:
        """Refuse a length of time that keeps nothing."""
        if self.term.outcome is not Outcome.RETENTION_ENDED:
            allowed = "a term whose outcome is `retention-ended`"
            raise refuse("Retention.term", self.term.outcome.value, allowed)

    @classmethod
    def of(cls, rule: PackRule) -> Self:
        """
        Return what a rule of a pack says of keeping.

        Raises:
            InvalidValue: it says nothing of it.

        """
        term = rule.retention
        if not isinstance(term, Term):
            raise refuse("Retention.of", rule.id, "a rule that says how long records are kept")
        begins = _BEGINS.get(term.trigger, Begins.RECORD)
        return cls(rule=rule.id, term=term, begins=begins, zone=rule.zone)

    def ends(self, kept: "Kept") -> Instant | None:
        """Return when it has ended; nothing while it has not begun."""
        begin = _BEGAN[self.begins](kept)
        if begin is None:
            return None
        calendar = Calendar(id="retention", zone=self.zone)
        return reckon(self.term, begin, calendar).deadline.at


_BEGINS: Final = {"the end of the relationship": Begins.RELATIONSHIP}


def retentions(pack: Pack) -> tuple[Retention, ...]:
    """Return all that a pack says of keeping: which of it binds a house, the house says."""
    return tuple(Retention.of(rule) for rule in pack.rules if rule.retention is not None)


FIVE_YEARS: Final = Retention(
    rule="eu.amlr.77.retention",
    term=Term(
        count=5,
        unit=Unit.YEARS,
        longest=10,
        outcome=Outcome.RETENTION_ENDED,
        trigger="the end of the relationship",
    ),
    zone="Europe/Brussels",
)
"""The default: five years from the end of the relationship, or of the last case (AMLR Art. 77)."""


@attrs.frozen(kw_only=True)
class Kept:
    """What is known of an account whose customer's data somebody wants erased."""

    cases: tuple[CaseState, ...] = ()
    newest: Instant | None = None
    """When the newest record of any of its cases was made; nothing if it has none."""
    left: Instant | None = None
    """When the relationship ended; nothing if that is not known, and so while it goes on."""
    extended: Instant | None = None
    """Until when an authority demands that all be kept."""
    duties: frozenset[Slug] = frozenset()
    """What else the host says forbids it."""


def _later(kept: Kept) -> Instant | None:
    return None if kept.left is None else max(kept.left, kept.newest or kept.left)


_BEGAN: Final[Mapping[Begins, Callable[[Kept], Instant | None]]] = {
    Begins.RELATIONSHIP: _later,
    Begins.RECORD: lambda kept: kept.newest or kept.left,
}


class Blocked(NamedTuple):
    """What stands in the way of an erasure, and when all of it will be gone, if a clock says so."""

    why: tuple[Slug, ...]
    until: Instant | None


def blocking(kept: Kept, binding: Iterable[Retention], now: Instant) -> Blocked | None:
    """Return what forbids to erase what is *kept* now, by the retentions *binding* a house."""
    found = [*_by_cases(kept), *_by_clocks(kept, binding, now)]
    found += [(duty, None) for duty in kept.duties]
    if not found:
        return None
    ends = [until for _, until in found if until is not None]
    until = max(ends) if len(ends) == len(found) else None
    return Blocked(tuple(sorted({why for why, _ in found})), until)


_Found = tuple[Slug, Instant | None]


def _by_cases(kept: Kept) -> Iterator[_Found]:
    """Find what the cases themselves hold against it: none of that ends by a clock."""
    for why, stands in _STANDS.items():
        if any(map(stands, kept.cases)):
            yield why, None


def _by_clocks(kept: Kept, binding: Iterable[Retention], now: Instant) -> Iterator[_Found]:
    for retention in binding:
        end = retention.ends(kept)
        if end is None and retention.begins is Begins.RELATIONSHIP:
            yield "relationship-goes-on", None
        elif end is not None and now < end:
            yield retention.rule, end
    if kept.extended is not None and now < kept.extended:
        yield "extended-by-authority", kept.extended


def _owes(case: CaseState) -> bool:
    """Say whether somebody still owes something in a case that is closed."""
    owed = case.obligations.values()
    return case.status is Status.CLOSED and any(not one.demand.right for one in owed)


_STANDS: Final[Mapping[Slug, Callable[[CaseState], bool]]] = {
    "open-case": lambda case: case.status is not Status.CLOSED,
    "owed": _owes,
    "legal-hold": lambda case: bool(case.holds),
}
