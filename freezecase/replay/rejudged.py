"""What came of judging the past again: each decision has an outcome, and the counts add up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Final

import attrs

from freezecase.replay.judged_again import Change
from freezecase.replay.parts import CaseRange, joined

__all__ = [
    "KEPT",
    "Decision",
    "Outcome",
    "PolicyChanged",
    "RejudgeReport",
    "Tally",
    "Why",
    "merged",
]

KEPT: Final = 1000
"""How many decisions that differ, and that could not be evaluated, are told in full."""


class Outcome(StrEnum):
    """What came of a decision that was to be made again."""

    IDENTICAL = "identical"
    """The same ruling and the same events, to the letter."""
    DIFFERS = "differs"
    NOT_EVALUABLE = "not-evaluable"


class Why(StrEnum):
    """Why a decision could not be made again."""

    POLICY_UNKNOWN = "policy-unknown"
    """No policy of that name and version is known: its code was lost, or not given."""
    UNREADABLE = "unreadable"
    """The record itself cannot be read; whether it was a decision, nobody can say."""
    HISTORY_BROKEN = "history-broken"
    """A record before it is missing or cannot be read, so what was known then is not known."""
    RULING_MISSING = "ruling-missing"
    """Neither a ruling nor the turn that it belongs to is recorded with it."""
    FAILED = "failed"
    """Something raised while it was judged."""


@attrs.frozen(kw_only=True)
class Decision:
    """A decision that did not come out identical: where it stands, and what became of it."""

    case: str
    version: int
    index: int
    """Its place in the ledger: the earliest decision has the lowest."""
    recorded_at: datetime
    command: str
    """What was asked, such as `approve-release`; empty if that cannot be read."""
    by: str
    policy: str
    """The policy that its ruling names; empty if that cannot be read."""
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    """What it says otherwise, if it differs."""
    why: Why | None = None
    """Why it could not be evaluated, if so."""
    detail: str = ""


@attrs.frozen(kw_only=True)
class PolicyChanged:
    """A policy that is known under the same name and version, and is not the one that judged."""

    recorded: str
    known: str
    """The digest of the one that is known."""
    decisions: int
    differing: int
    first: Decision | None
    """The earliest of its decisions that differs, if one does."""


@attrs.frozen(kw_only=True)
class RejudgeReport:
    """What was judged again, and what came of it."""

    cases: int
    decisions: int
    """Identical, differing and not evaluable: they add up."""
    identical: int
    differs: int
    not_evaluable: int
    following: int
    """Records that a decision led to; with decisions and imports they are all of the cases."""
    imported: int
    """Records that came from another log: nobody here decided them."""
    beside: int
    """Records beside the cases, which no policy judges."""
    complete: bool
    """Whether every case of the range was judged."""
    stopped: str
    """Why not."""
    left: tuple[CaseRange, ...]
    """The cases that were not judged: go on there."""
    first_recorded_at: datetime | None
    last_recorded_at: datetime | None
    by_policy: Mapping[str, Mapping[str, int]]
    """The policies that the rulings name, each with how many decisions came out how."""
    why: Mapping[str, int]
    """How many could not be evaluated, by why."""
    changed: tuple[PolicyChanged, ...]
    differing: tuple[Decision, ...]
    """Those that differ, the earliest first, up to a limit."""
    unjudged: tuple[Decision, ...]
    """Those that could not be evaluated, the earliest first, up to a limit."""

    @property
    def first_differing(self) -> Decision | None:
        """The earliest decision that differs."""
        return self.differing[0] if self.differing else None

    @property
    def clean(self) -> bool:
        """Whether every decision came out the same, by the very policy that made it."""
        return self.complete and not (self.differs or self.not_evaluable or self.changed)


@attrs.define
class Tally:
    """Counts what comes of decisions, and keeps the earliest of those that are not identical."""

    keep: int = KEPT
    counts: Counter[str] = attrs.field(factory=Counter[str])
    by_policy: Counter[tuple[str, str]] = attrs.field(factory=Counter[tuple[str, str]])
    why: Counter[str] = attrs.field(factory=Counter[str])
    changed: dict[str, PolicyChanged] = attrs.field(factory=dict[str, PolicyChanged])
    told: dict[Outcome, list[Decision]] = attrs.field(factory=dict[Outcome, list[Decision]])
    recorded: tuple[datetime | None, datetime | None] = (None, None)
    stopped: str = ""
    left: tuple[CaseRange, ...] = ()

    def count(self, policy: str, outcome: Outcome) -> None:
        """Count a decision."""
        self.counts[outcome] += 1
        self.by_policy[policy, outcome] += 1

    def tell(self, decisions: Iterable[Decision]) -> None:
        """Keep decisions, the earliest up to the limit of each outcome."""
        for one in decisions:
            kept = self.told.setdefault(one.outcome, [])
            kept.append(one)
            if len(kept) >= 2 * self.keep:
                self.told[one.outcome] = _earliest(kept, self.keep)

    def note_changed(self, recorded: str, known: str, differing: Decision | None) -> None:
        """Count a decision of a policy that changed under its version."""
        self.join_changed(
            PolicyChanged(
                recorded=recorded,
                known=known,
                decisions=1,
                differing=differing is not None,
                first=differing,
            )
        )

    def join_changed(self, more: PolicyChanged) -> None:
        """Add up what is known of a policy that changed under its version."""
        known = self.changed.get(more.recorded)
        if known is not None:
            firsts = _earliest(filter(None, (known.first, more.first)), 1)
            more = attrs.evolve(
                known,
                decisions=known.decisions + more.decisions,
                differing=known.differing + more.differing,
                first=firsts[0] if firsts else None,
            )
        self.changed[more.recorded] = more

    def span(self, *instants: datetime | None) -> None:
        """Widen the range of what was read."""
        known = [one for one in (*self.recorded, *instants) if one is not None]
        self.recorded = (min(known), max(known)) if known else (None, None)

    def join(self, report: RejudgeReport) -> None:
        """Add what another report counts and tells."""
        self.counts.update({what: getattr(report, field) for what, field in _COUNTS.items()})
        for policy, outcomes in report.by_policy.items():
            self.by_policy.update({(policy, one): count for one, count in outcomes.items()})
        self.why.update(report.why)
        for changed in report.changed:
            self.join_changed(changed)
        self.tell((*report.differing, *report.unjudged))
        self.span(report.first_recorded_at, report.last_recorded_at)
        self.stopped = self.stopped or report.stopped
        self.left += report.left

    def stop(self, left: CaseRange, why: str) -> None:
        """Say that some cases could not be judged."""
        self.stopped, self.left = why, (*self.left, left)

    def report(self) -> RejudgeReport:
        """Return all of it, frozen."""
        by_policy: dict[str, dict[str, int]] = {}
        for (policy, outcome), count in sorted(self.by_policy.items()):
            by_policy.setdefault(policy, {})[outcome] = count
        return RejudgeReport(
            decisions=sum(self.counts[one] for one in Outcome),
            **{field: self.counts[what] for what, field in _COUNTS.items()},
            complete=not self.stopped,
            stopped=self.stopped,
            left=joined(self.left),
            first_recorded_at=self.recorded[0],
            last_recorded_at=self.recorded[1],
            by_policy=by_policy,
            why=dict(sorted(self.why.items())),
            changed=tuple(self.changed[name] for name in sorted(self.changed)),
            differing=self._earliest(Outcome.DIFFERS),
            unjudged=self._earliest(Outcome.NOT_EVALUABLE),
        )

    def _earliest(self, outcome: Outcome) -> tuple[Decision, ...]:
        return tuple(_earliest(self.told.get(outcome, ()), self.keep))


def merged(reports: Iterable[RejudgeReport], *, keep: int = KEPT) -> RejudgeReport:
    """Return one report of what was judged in parts: the same as if it had been judged in one."""
    tally = Tally(keep)
    for report in reports:
        tally.join(report)
    return tally.report()


_COUNTS: Final[Mapping[str, str]] = {
    "cases": "cases",
    Outcome.IDENTICAL: "identical",
    Outcome.DIFFERS: "differs",
    Outcome.NOT_EVALUABLE: "not_evaluable",
    "following": "following",
    "imported": "imported",
    "beside": "beside",
}
"""What is counted, and the field of a report that says how often."""


_by_place = attrgetter("index", "case", "version")


def _earliest(decisions: Iterable[Decision], limit: int) -> list[Decision]:
    return sorted(decisions, key=_by_place)[:limit]
