"""
One rule of a pack: what the law says, how well that is known, and what in a case starts its clock.

All of it is data. `PackRule` holds the words as they were noted down beside the numbers that can be
counted, so that nobody has to trust a number without its text.
"""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, TypeAlias

from freezecase.core.allowed import at_least, line, matches
from freezecase.core.annotated import Check
from freezecase.core.checked import checked, refuse
from freezecase.core.resolved import ZoneKey
from freezecase.core.suspicion import Carving, TippingOff
from freezecase.core.values import Instant, Several, Slug
from freezecase.policy.calendar import Calendar, resolve
from freezecase.policy.effective import Anchor, Effective
from freezecase.policy.packs.binding import Binding
from freezecase.policy.term import Outcome, Term, Terms

__all__ = [
    "Carving",
    "Dates",
    "Force",
    "Grade",
    "Jurisdiction",
    "Otherwise",
    "PackRule",
    "TippingOff",
    "Words",
]

Words: TypeAlias = Annotated[str, line(0, 1000)]
"""What is said in words; nothing if there is nothing to say."""
Jurisdiction: TypeAlias = Annotated[
    str, matches(r"[A-Z]{2,3}(-[A-Z]{2,3})?|\*", "letters such as `EU` or `US-NY`, or `*`")
]
_Said: TypeAlias = Annotated[str, line(1, 1000)]
_Link: TypeAlias = Annotated[str, matches(r"https?://\S+", "an address such as `https://…`")]

_GRADED: Final = re.compile(r"(Mh|Mm|V|S)\b.*")


class Grade(StrEnum):
    """How well a rule is known."""

    VERIFIED = "V"
    """The operative text was read."""
    SECONDARY = "S"
    """A secondary source was read: a regulator's page, a note of a law firm, a summary."""
    MEMORY_HIGH = "Mh"
    """From memory, with high confidence."""
    MEMORY_MEDIUM = "Mm"
    """From memory, with medium confidence."""


class Force(StrEnum):
    """With what force a rule speaks."""

    LAW = "law"
    SUPERVISORY_GUIDANCE = "supervisory-guidance"
    STANDARD = "standard"
    INDUSTRY_TARGET = "industry-target"
    INDUSTRY_METRIC = "industry-metric"


@checked
class Otherwise:
    """Another number of the same rule, and where it holds."""

    where: _Said
    """In which circumstances."""
    term: Terms
    """How long it gives there."""


@checked
class Dates:
    """From when to when a rule holds, in days where it is law."""

    since: date | None = None
    """The first day; left out where no day is known, and then it holds from ever."""
    until: date | None = None
    """The first day on which it holds no longer."""
    anchor: Anchor = Anchor.TRIGGER
    """By whose date it holds."""
    said: Words = ""
    """How its source puts it, where a day is not the whole of it."""
    scope: Words = ""
    """For what, where it does not hold for all at once."""
    prior: Words = ""
    """What held before."""
    superseded_by: Words = ""
    """What is to come, where that is no rule of the pack."""

    def __attrs_post_init__(self) -> None:
        """Refuse a rule that would never hold."""
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise refuse("Dates.until", self.until.isoformat(), f"later than {self.since}")

    def hold(self, day: date) -> bool:
        """Say whether it holds on *day* for what begins on it."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day < self.until)

    def effective(self, zone: ZoneKey) -> Effective:
        """Return the same as instants: the midnights with which the days begin in *zone*."""
        since, until = _midnight(self.since, zone), _midnight(self.until, zone)
        return Effective(since=since, until=until, anchor=self.anchor)


def _midnight(day: date | None, zone: ZoneKey) -> Instant | None:
    if day is None:
        return None
    return resolve(Calendar(id="dates", zone=zone), day, day, days=False).at_minute(day, 0)


@checked
class PackRule:
    """One cited rule. Not legal advice."""

    id: Slug
    """What rulings, clocks and obligations know it by."""
    jurisdiction: Jurisdiction
    """Where it holds: `EU`, `US-NY`; `*` for what is practice and not law."""
    zone: ZoneKey
    """Where its days begin."""
    kind: Force
    """With what force it speaks."""
    citation: Annotated[str, line(1, 400)]
    """Where it stands in its source."""
    url: _Link
    """Where it was read, or can be."""
    binds: _Said
    """Whom it binds, in words."""
    trigger: _Said
    """What sets it off, in words."""
    evidence: Annotated[str, Check("`V`, `S`, `Mh` or `Mm`, and what was read", _GRADED.fullmatch)]
    """How well it is known, as noted: the grade, and what was read."""
    version: Annotated[int, at_least(1)] = 1
    """Raised with every change to what it counts or starts."""
    term: Terms | None = None
    """How long it gives, where it gives a number."""
    pace: Words = ""
    """What it says instead of a number, such as `without undue delay`."""
    house: Term | None = None
    """A target for a rule without a number. It is the house's, not the law's."""
    counting: Words = ""
    """How it is counted, in words."""
    sense: Words = ""
    """What kind of limit the number is, in a word of its source."""
    otherwise: Several[Otherwise] = ()
    """Other numbers of the same rule, for other circumstances."""
    keep: Term | None = None
    """How long it wants its records kept, where it says so beside its main number."""
    extension: Words = ""
    """Whether it can be extended or paused, and how."""
    duty: Words = ""
    """What has to be done."""
    tell: Words = ""
    """What the customer is told."""
    must_not_tell: Words = ""
    """What nobody is told."""
    records: Words = ""
    """What has to be on record."""
    carve_out: Carving | None = None
    """Whether the duty to tell gives way where telling is forbidden."""
    tipping_off: TippingOff | None = None
    """What it forbids to disclose of a suspicion."""
    days: Slug | None = None
    """Which days count, by its name in the pack."""
    days_note: Words = ""
    """What its own text says of them."""
    dates: Dates = Dates()
    """From when to when it holds."""
    supersedes: Several[Slug] = ()
    """The rules of the pack that it takes the place of."""
    part_of: Slug | None = None
    """The rule of which it is one more step."""
    note: Words = ""
    """A remark for whoever uses it."""
    bound: Binding | None = None
    """What starts its clock in a case, and what meets it."""
    unbound: Words = ""
    """Why nothing in a case starts its clock."""

    def __attrs_post_init__(self) -> None:
        """Refuse a rule that says two things at once, or leaves one open."""
        for broken, field, allowed in _LIMITS:
            if broken(self):
                raise refuse(f"PackRule.{field}", getattr(self, field), allowed)

    @property
    def grade(self) -> Grade:
        """How well it is known."""
        graded = _GRADED.fullmatch(self.evidence)
        return Grade(graded[1] if graded else "")

    @property
    def verified(self) -> bool:
        """Whether somebody read a text, and does not only remember one."""
        return self.grade in {Grade.VERIFIED, Grade.SECONDARY}

    @property
    def effective(self) -> Effective:
        """From when to when it holds, in instants."""
        return self.dates.effective(self.zone)

    @property
    def counted(self) -> Terms | None:
        """What its clock counts: the law's number, or else the house's."""
        return self.house if self.term is None else self.term

    @property
    def retention(self) -> Terms | None:
        """How long it wants something kept, if it says so."""
        kept = isinstance(self.term, Term) and self.term.outcome is Outcome.RETENTION_ENDED
        return self.term if kept else self.keep

    def in_words(self) -> str:
        """Say how long it gives, without a full stop; a target of the house is named as one."""
        if self.term is not None:
            return self.term.in_words()
        target = f"; a target of the house: {self.house.in_words()}" if self.house else ""
        return f"{self.pace or 'no clock'}{target}"


_LIMITS: Final[tuple[tuple[Callable[[PackRule], bool], str, str], ...]] = (
    (
        lambda rule: rule.term is not None and bool(rule.pace),
        "pace",
        "what is said instead of a number: a rule with a `term` has one",
    ),
    (
        lambda rule: rule.house is not None and not rule.pace,
        "house",
        "a target beside a `pace`: where the law gives a number, or nothing, the house sets none",
    ),
    (
        lambda rule: rule.keep is not None and rule.keep.outcome is not Outcome.RETENTION_ENDED,
        "keep",
        "a term whose outcome is `retention-ended`",
    ),
    (
        lambda rule: rule.bound is not None and rule.counted is None,
        "bound",
        "left out where there is neither a `term` nor a target of the `house` to count",
    ),
    (
        lambda rule: (rule.bound is None) is not bool(rule.unbound),
        "unbound",
        "why nothing in a case starts its clock, or nothing where `bound` says what does",
    ),
)
