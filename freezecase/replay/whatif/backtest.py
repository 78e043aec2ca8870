"""What came of a whole backtest: counts, sums with bounds, and some cases to look at."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Final

import attrs

from freezecase.replay.parts import CaseRange, joined
from freezecase.replay.whatif.figures import added
from freezecase.replay.whatif.row import Row, Verdict

__all__ = ["KEPT", "Backtest", "Part", "Sum", "Tally", "merged"]

KEPT: Final = 20
"""How many cases of each verdict are told in full, those with the lowest ids; all are counted."""


@attrs.frozen
class Sum:
    """One figure over some cases: what it was in history, and between what it would have been."""

    history: Fraction
    least: Fraction
    most: Fraction

    @property
    def change(self) -> tuple[Fraction, Fraction]:
        """Between what it would have changed."""
        return self.least - self.history, self.most - self.history


@attrs.frozen(kw_only=True)
class Part:
    """What came of some cases. Same, decided, open and not evaluable are all of them."""

    cases: int
    same: int
    decided: int
    open: int
    not_evaluable: int
    differs: int
    """Those that differ in every possible world."""
    figures: Mapping[str, Sum]
    """Over those that could be evaluated."""


@attrs.frozen(kw_only=True)
class Backtest:
    """What a candidate would have made of the past."""

    policies: tuple[str, ...]
    """The candidate: name, version and digest of each of its policies."""
    roles: str
    """How foreign logs were read."""
    assumed: tuple[str, ...]
    """What was taken to be so beyond the log; nothing, unless it was asked for."""
    budget: int
    """How many possible worlds of a case were looked at, at most."""
    until: datetime | None
    """The horizon, the latest of all cases."""
    whole: Part
    by_ground: Mapping[str, Part]
    by_rule: Mapping[str, Part]
    """By the rules that cases differ by; a case may stand under several."""
    by_jurisdiction: Mapping[str, Part]
    """By the fact `jurisdiction`; the empty word where the host did not say."""
    why: Mapping[str, int]
    """In how many cases each reason plays a part."""
    records: int
    complete: bool
    """Whether the store could be read to the end of the range."""
    stopped: str
    """Why it could not."""
    left: tuple[CaseRange, ...]
    """The cases that were not played, in ranges that can be tried on their own."""
    derivable: Mapping[str, str]
    """What could not be worked out of what was recorded, and why."""
    told: Mapping[str, tuple[Row, ...]]
    """Some cases of each verdict but `same`, those with the lowest ids."""


@attrs.define
class _Adding:
    """Adds up what came of some cases."""

    verdicts: Counter[str] = attrs.Factory(Counter[str])
    differs: int = 0
    history: dict[str, Fraction] = attrs.Factory(dict)
    least: dict[str, Fraction] = attrs.Factory(dict)
    most: dict[str, Fraction] = attrs.Factory(dict)

    def row(self, row: Row) -> None:
        """Add a case."""
        self.verdicts[row.verdict] += 1
        self.differs += row.certain and row.verdict is not Verdict.NOT_EVALUABLE
        added(self.history, row.history)
        added(self.least, {name: least for name, (least, _most) in row.bounds.items()})
        added(self.most, {name: most for name, (_least, most) in row.bounds.items()})

    def part(self, part: Part) -> None:
        """Add what came of others."""
        self.verdicts.update({one: getattr(part, field) for one, field in _COUNTS.items()})
        self.differs += part.differs
        added(self.history, {name: one.history for name, one in part.figures.items()})
        added(self.least, {name: one.least for name, one in part.figures.items()})
        added(self.most, {name: one.most for name, one in part.figures.items()})

    def done(self) -> Part:
        """Return the sum."""
        nothing = Fraction(0)
        names = sorted({*self.history, *self.most})
        sums = (self.history, self.least, self.most)
        return Part(
            cases=sum(self.verdicts.values()),
            **{field: self.verdicts[one] for one, field in _COUNTS.items()},
            differs=self.differs,
            figures={name: Sum(*(one.get(name, nothing) for one in sums)) for name in names},
        )


_COUNTS: Final[Mapping[Verdict, str]] = {
    Verdict.SAME: "same",
    Verdict.DECIDED: "decided",
    Verdict.OPEN: "open",
    Verdict.NOT_EVALUABLE: "not_evaluable",
}


@attrs.define
class Tally:
    """Adds up cases and parts, in whatever order they come."""

    keep: int = KEPT
    whole: _Adding = attrs.Factory(_Adding)
    parts: dict[str, dict[str, _Adding]] = attrs.Factory(dict)
    why: Counter[str] = attrs.Factory(Counter[str])
    told: dict[str, list[Row]] = attrs.Factory(dict)
    records: int = 0
    until: datetime | None = None
    stopped: str = ""
    left: tuple[CaseRange, ...] = ()

    def row(self, row: Row) -> None:
        """Add a case."""
        self.whole.row(row)
        for by, names in _named(row).items():
            for name in names:
                self._part(by, name).row(row)
        self.why.update(row.because)
        self.tell((row,))

    def _part(self, by: str, name: str) -> _Adding:
        return self.parts.setdefault(by, {}).setdefault(name, _Adding())

    def tell(self, rows: Iterable[Row]) -> None:
        """Keep some cases, those with the lowest ids up to the limit of each verdict."""
        for row in rows:
            if row.verdict is not Verdict.SAME:
                kept = self.told.setdefault(row.verdict, [])
                kept.append(row)
                if len(kept) >= 2 * self.keep:
                    self.told[row.verdict] = _lowest(kept, self.keep)

    def join(self, other: Backtest) -> None:
        """Add a backtest of other cases."""
        self.whole.part(other.whole)
        for by in _PARTS:
            for name, part in getattr(other, by).items():
                self._part(by, name).part(part)
        self.why.update(other.why)
        for rows in other.told.values():
            self.tell(rows)
        self.records += other.records
        self.span(other.until)
        self.stopped = self.stopped or other.stopped
        self.left += other.left

    def span(self, until: datetime | None) -> None:
        """Take in a horizon."""
        self.until = max(filter(None, (self.until, until)), default=None)

    def report(self, about: Mapping[str, object]) -> Backtest:
        """Return all of it, frozen; *about* is what the backtest was."""
        more: dict[str, object] = {
            by: {name: one.done() for name, one in sorted(self.parts.get(by, {}).items())}
            for by in _PARTS
        }
        return Backtest(
            **about,  # type: ignore[arg-type]
            **more,  # type: ignore[arg-type]
            until=self.until,
            whole=self.whole.done(),
            why=dict(sorted(self.why.items())),
            records=self.records,
            complete=not self.stopped,
            stopped=self.stopped,
            left=joined(self.left),
            told={
                name: tuple(_lowest(rows, self.keep)) for name, rows in sorted(self.told.items())
            },
        )


_PARTS: Final = ("by_ground", "by_rule", "by_jurisdiction")
_ABOUT: Final = ("policies", "roles", "assumed", "budget", "derivable")


def _named(row: Row) -> dict[str, Iterable[str]]:
    return dict(zip(_PARTS, ((row.ground,), row.rules, (row.jurisdiction,)), strict=True))


def _lowest(rows: Iterable[Row], limit: int) -> list[Row]:
    return sorted(rows, key=lambda row: row.case)[:limit]


def merged(parts: Iterable[Backtest], *, keep: int = KEPT) -> Backtest:
    """Return one backtest of what was played in parts: the same as if it had been played in one."""
    several = [*parts]
    tally = Tally(keep)
    for part in several:
        tally.join(part)
    return tally.report({name: getattr(several[0], name) for name in _ABOUT})
