"""
How long a rule gives, as a value: a `Term`, a date that comes every year, or one of two.

A term says everything that counting needs and the law states: how many of what, whether the day of
the trigger counts, when the last day ends, whether it rolls, and what its expiry means. `clocks`
does the counting.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Final, TypeAlias

from freezecase.core.allowed import line
from freezecase.core.annotated import Check
from freezecase.core.checked import checked, refuse, replace
from freezecase.core.obligations import Unit, Within
from freezecase.core.values import Several, Slug

__all__ = [
    "ELAPSED",
    "Either",
    "End",
    "Outcome",
    "Pick",
    "Roll",
    "Start",
    "Term",
    "Terms",
    "Yearly",
    "extended",
    "plain_term",
]

ELAPSED: Final = frozenset({Unit.MINUTES, Unit.HOURS})
"""Units that run on whatever the calendar says; all others are counted in local days."""


class Start(StrEnum):
    """From where a term is counted."""

    MOMENT = "moment"
    """From the very moment, to the same time of day on the last day."""
    NEXT_DAY = "next-day"
    """The day of the trigger does not count."""
    SAME_DAY = "same-day"
    """The day of the trigger is the first day."""
    NEXT_BUSINESS_DAY = "next-business-day"
    """The business day following the trigger is the first day."""
    CLOSE_OF_BUSINESS = "close-of-business"
    """From close of business of the day; what comes later waits for the next business day's."""


class End(StrEnum):
    """When the last day is over."""

    END_OF_DAY = "end-of-day"
    """At local midnight: the instant at which the next day begins."""
    CLOSE_OF_BUSINESS = "close-of-business"


class Roll(StrEnum):
    """Where a last day goes that is not worked."""

    NONE = "none"
    NEXT_BUSINESS_DAY = "next-business-day"
    PREVIOUS_BUSINESS_DAY = "previous-business-day"


class Outcome(StrEnum):
    """What the end of a term means. Data for whoever decides next: none of them unlocks."""

    DUTY_BREACHED = "duty-breached"
    DEEMED_CONSENT = "deemed-consent"
    """An authority was silent: one may act, and need not."""
    HOLD_LAPSED = "hold-lapsed"
    """The power to hold is used up: somebody must decide."""
    WINDOW_CLOSED = "window-closed"
    """A right, or a period of notice, is over."""
    RETENTION_ENDED = "retention-ended"

    @property
    def at_least(self) -> bool:
        """Whether the term is a minimum: nothing may be done before it is over."""
        return self not in _MAXIMUMS


_MAXIMUMS: Final = frozenset({Outcome.DUTY_BREACHED, Outcome.HOLD_LAPSED})


def _between(least: int, most: int) -> Check:
    return Check(f"{least} to {most}", lambda number: least <= number <= most)


_Count: TypeAlias = Annotated[int, _between(0, 10**6)]
_Name: TypeAlias = Annotated[str, line(1, 80)]


@checked
class Term:
    """
    A length of time as a rule of law or of service gives it.

    Statutory by nature: it does not pause. What may pause is a `Budget`.
    """

    count: _Count
    unit: Unit
    start: Start = Start.NEXT_DAY
    end: End = End.END_OF_DAY
    roll: Roll = Roll.NONE
    outcome: Outcome = Outcome.DUTY_BREACHED
    longest: _Count | None = None
    """The longest total, from the same start, that notices may extend it to."""
    trigger: _Name = "the trigger"
    """What it is counted from, in words: `receipt`."""
    calendar: Slug | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse what no calendar could count."""
        for broken, field, allowed in _LIMITS:
            if broken(self):
                raise refuse(f"Term.{field}", getattr(self, field), allowed)

    @property
    def to_the_moment(self) -> bool:
        """Whether it ends at a time of day that its start decides, not with a day."""
        return self.unit in ELAPSED or self.start is Start.MOMENT

    @property
    def asks_days(self) -> bool:
        """Whether its end depends on which days are worked."""
        return (
            self.unit is Unit.BUSINESS_DAYS
            or self.roll is not Roll.NONE
            or self.start in {Start.NEXT_BUSINESS_DAY, Start.CLOSE_OF_BUSINESS}
        )

    def in_words(self, place: str = "") -> str:
        """Say it in a sentence without a full stop; *place* is where the days are counted."""
        many = self.unit.replace("-", " ")
        length = f"{self.count} {many.removesuffix('s') if self.count == 1 else many}"
        minimum = "at least " if self.outcome.at_least else ""
        said = [
            f"{minimum}{length} {_FROM[self.start]} {self.trigger}",
            *([f"in {place}"] if place else []),
            *_rolling(self.roll),
            *(["to close of business"] if self.end is End.CLOSE_OF_BUSINESS else []),
        ]
        return ", ".join(said)


def _rolling(roll: Roll) -> list[str]:
    return [] if roll is Roll.NONE else [f"rolling to the {roll.replace('-', ' ')}"]


_FROM: Final[Mapping[Start, str]] = {
    Start.MOMENT: "from the moment of",
    Start.NEXT_DAY: "after the day of",
    Start.SAME_DAY: "counting the day of",
    Start.NEXT_BUSINESS_DAY: "counting from the business day following",
    Start.CLOSE_OF_BUSINESS: "from close of business of the day of",
}
_LIMITS: Final[tuple[tuple[Callable[[Term], bool], str, str], ...]] = (
    (
        lambda term: (
            term.unit in ELAPSED and term.start not in {Start.MOMENT, Start.CLOSE_OF_BUSINESS}
        ),
        "start",
        "minutes and hours run from the `moment` or from `close-of-business`",
    ),
    (
        lambda term: term.unit in ELAPSED and term.roll is not Roll.NONE,
        "roll",
        "minutes and hours do not roll: count days",
    ),
    (
        lambda term: term.to_the_moment and term.end is not End.END_OF_DAY,
        "end",
        "a term that runs to the moment has no last day to close: leave it out",
    ),
    (
        lambda term: term.count == 0 and term.start in {Start.SAME_DAY, Start.NEXT_BUSINESS_DAY},
        "count",
        "1 or more where the first day counts: `next-day` with 0 is the same day",
    ),
    (
        lambda term: term.outcome.at_least and term.roll is Roll.PREVIOUS_BUSINESS_DAY,
        "roll",
        "a minimum never ends earlier: `none` or `next-business-day`",
    ),
    (
        lambda term: term.longest is not None and term.longest < term.count,
        "longest",
        "at least what the term gives without a notice",
    ),
)


@checked
class Yearly:
    """A date that comes every year, such as 30 November; it is due at the end of that day."""

    month: Annotated[int, _between(1, 12)]
    day: Annotated[int, _between(1, 31)]
    """A month that is shorter ends earlier."""
    roll: Roll = Roll.NONE
    outcome: Outcome = Outcome.DUTY_BREACHED
    trigger: _Name = "the trigger"
    calendar: Slug | None = None

    @property
    def asks_days(self) -> bool:
        """Whether its end depends on which days are worked."""
        return self.roll is not Roll.NONE

    def in_words(self, place: str = "") -> str:
        """Say it in a sentence without a full stop."""
        said = [
            f"the first {self.day} {_MONTHS[self.month - 1]} on or after the day of {self.trigger}",
            *([f"in {place}"] if place else []),
            *_rolling(self.roll),
        ]
        return ", ".join(said)


_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


class Pick(StrEnum):
    """Which of several ends holds."""

    EARLIER = "earlier"
    LATER = "later"


@checked
class Either:
    """The earlier, or the later, of several terms from one start."""

    pick: Pick
    of: Annotated[Several[Term | Yearly], Check("two or more", lambda of: len(of) > 1)]

    @property
    def asks_days(self) -> bool:
        """Whether its end depends on which days are worked."""
        return any(term.asks_days for term in self.of)

    def in_words(self, place: str = "") -> str:
        """Say it in a sentence without a full stop."""
        return f"the {self.pick} of: " + "; ".join(term.in_words(place) for term in self.of)


Terms: TypeAlias = Term | Yearly | Either
"""Everything that `due` can count."""


def extended(term: Term, total: int) -> Term:
    """
    Return *term* as a notice extends it: a new total from the same start, never a moved date.

    A month from 31 January and two more from its end is 28 April; three months are 30 April.
    """
    longest = term.count if term.longest is None else term.longest
    if not term.count <= total <= longest:
        allowed = f"{term.count} to {longest} {term.unit} in all, counted from the same start"
        raise refuse("the extended total", total, allowed)
    return replace(term, count=total)


def plain_term(within: Within) -> Term:
    """Return what the plain words of a demand mean: hours run at once, days from the next day."""
    start = Start.MOMENT if within.unit in ELAPSED else Start.NEXT_DAY
    return Term(count=within.count, unit=within.unit, start=start, calendar=within.calendar)
