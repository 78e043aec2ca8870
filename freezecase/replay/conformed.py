"""What came of holding a foreign log against a policy: counts, and the first examples of each."""

from bisect import insort
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

import attrs

from freezecase.core.ruling import PolicyRef
from freezecase.core.values import Instant

__all__ = ["KEPT", "Breach", "ConformanceReport", "Deadline", "Example", "Tally", "Unjudged", "Why"]

KEPT: Final = 5
"""How many examples of each kind are kept, unless said otherwise."""


class Why(StrEnum):
    """Why a step could not be judged."""

    FACT_MISSING = "fact-missing"
    """A rule asks for something that the log does not say."""
    RULE_BROKE = "rule-broke"
    """A rule could not be evaluated."""
    NO_COMMAND = "no-command"
    """No command leads to what happened, so no rule speaks of it."""
    NO_POSITION = "no-position"
    """The case was in no position for it, whoever asks: the life cycle is broken, not a rule."""


@attrs.frozen(order=True)
class Example:
    """One step of the log, by its row."""

    row: int
    """The number of the row in the log."""
    source: str
    """The log's own id of the row."""
    case: UUID
    at: Instant
    what: str
    """What happened, such as `release-ordered`."""
    by: str
    words: str
    """What is wrong with it."""


@attrs.frozen(order=True)
class Breach:
    """A rule that steps broke: on which ground, and what kind of actor took them."""

    rule: str
    ground: str
    actor: str
    steps: int = attrs.field(order=False)
    examples: tuple[Example, ...] = attrs.field(order=False)


@attrs.frozen(order=True)
class Unjudged:
    """Steps that could not be judged, and why."""

    why: Why
    detail: str
    """Which fact, which rule, or which kind of step."""
    steps: int = attrs.field(order=False)
    examples: tuple[Example, ...] = attrs.field(order=False)


@attrs.frozen(order=True)
class Deadline:
    """What a clock of the policy would have set, and how it went."""

    rule: str
    owed: str
    ground: str
    right: bool
    """Whether it is a right, which lapses where a duty is missed."""
    opened: int = attrs.field(order=False)
    met: int = attrs.field(order=False)
    missed: int = attrs.field(order=False)
    examples: tuple[Example, ...] = attrs.field(order=False)
    """The steps that came first after the time was over."""


@attrs.frozen
class ConformanceReport:
    """How the steps of a foreign log stand to a policy. No step is left out."""

    policy: PolicyRef
    cases: int
    steps: int
    conforming: int
    breaking: int
    """Steps that broke at least one rule; one may have broken several."""
    not_judged: int
    native: int
    """Records that did not come from a log; they were decided here, and `rejudge` is for them."""
    breaches: tuple[Breach, ...]
    unjudged: tuple[Unjudged, ...]
    deadlines: tuple[Deadline, ...]
    unsaid: Mapping[str, int]
    """Facts that a rule reads and the log does not say, with the steps it may matter to."""

    @property
    def missed(self) -> int:
        """How many duties were not done in time; a right that lapsed is none."""
        return sum(one.missed for one in self.deadlines if not one.right)

    @property
    def misfits(self) -> int:
        """How many steps the case was in no position for."""
        return sum(one.steps for one in self.unjudged if one.why is Why.NO_POSITION)

    @property
    def clean(self) -> bool:
        """Whether no step broke a rule, none was left unjudged, and no duty was missed."""
        return not (self.breaking or self.not_judged or self.missed)


class _Kept:
    """Counts, and keeps the examples that stand first in the log."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[Example] = []

    def take(self, example: Example, keep: int) -> None:
        self.count += 1
        insort(self.first, example)
        del self.first[keep:]


class Tally:
    """Adds up what is found, step by step; memory is bounded by the rules, not by the log."""

    def __init__(self, keep: int = KEPT) -> None:
        """Keep so many examples of each kind."""
        self._keep = keep
        self._breaches: dict[tuple[str, str, str], _Kept] = {}
        self._unjudged: dict[tuple[Why, str], _Kept] = {}
        self._missed: dict[tuple[str, str, str, bool], _Kept] = {}
        self.opened: Counter[tuple[str, str, str, bool]] = Counter()
        self.met: Counter[tuple[str, str, str, bool]] = Counter()
        self.counts: Counter[str] = Counter()
        self.unsaid: Counter[str] = Counter()

    def breach(self, rule: str, ground: str, actor: str, example: Example) -> None:
        """Take in that a step broke a rule."""
        self._breaches.setdefault((rule, ground, actor), _Kept()).take(example, self._keep)

    def not_judged(self, why: Why, detail: str, example: Example) -> None:
        """Take in that a step could not be judged."""
        self.counts["not_judged"] += 1
        self._unjudged.setdefault((why, detail), _Kept()).take(example, self._keep)

    def missed(self, key: tuple[str, str, str, bool], example: Example) -> None:
        """Take in that a time was over before this step."""
        self._missed.setdefault(key, _Kept()).take(example, self._keep)

    def report(self, policy: PolicyRef) -> ConformanceReport:
        """Return what was found."""
        counts = self.counts
        none = _Kept()
        return ConformanceReport(
            policy=policy,
            cases=counts["cases"],
            steps=counts["steps"],
            conforming=counts["steps"] - counts["breaking"] - counts["not_judged"],
            breaking=counts["breaking"],
            not_judged=counts["not_judged"],
            native=counts["native"],
            breaches=tuple(
                sorted(Breach(*key, *_said(kept)) for key, kept in self._breaches.items())
            ),
            unjudged=tuple(
                sorted(Unjudged(*key, *_said(kept)) for key, kept in self._unjudged.items())
            ),
            deadlines=tuple(
                Deadline(*key, opened, self.met[key], *_said(self._missed.get(key, none)))
                for key, opened in sorted(self.opened.items())
            ),
            unsaid=dict(sorted(self.unsaid.items())),
        )


def _said(kept: _Kept) -> tuple[int, tuple[Example, ...]]:
    return kept.count, tuple(kept.first)
