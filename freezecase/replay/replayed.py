"""What came of reading a whole store: what was met, what was found, and how parts add up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from freezecase.replay.finding import KEPT, Finding, Findings

__all__ = ["ReplayReport", "merged"]


@attrs.frozen(kw_only=True)
class ReplayReport:
    """What a replay met, and what it found."""

    records: int = 0
    imported: int = 0
    """Records that came from another log."""
    cases: int = 0
    unsound: int = 0
    """Cases with a record that is missing or cannot be read; they are in no status."""
    first_recorded_at: datetime | None = None
    last_recorded_at: datetime | None = None
    by_status: Mapping[str, int] = attrs.field(factory=dict[str, int])
    by_kind: Mapping[str, int] = attrs.field(factory=dict[str, int])
    by_policy: Mapping[str, int] = attrs.field(factory=dict[str, int])
    """How many rulings each policy made: name, version and digest."""
    found: Mapping[str, int] = attrs.field(factory=dict[str, int])
    """How often each code was found, also beyond what is told in `findings`."""
    findings: tuple[Finding, ...] = ()
    complete: bool = attrs.field(init=False)
    """Whether all of the store could be read."""

    def __attrs_post_init__(self) -> None:
        """Say whether it is complete, by what was found."""
        object.__setattr__(self, "complete", _UNREAD.isdisjoint(self.found))

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.found


_UNREAD: Final = frozenset({"store-unreadable", "part-lost"})
_TOTALS: Final = ("records", "imported", "cases", "unsound")
_COUNTS: Final = ("by_status", "by_kind", "by_policy")


def merged(reports: Iterable[ReplayReport], *, keep: int = KEPT) -> ReplayReport:
    """Return one report of what was read in parts, in order: the same as if read in one."""
    findings = Findings(keep)
    totals: Any = Counter[str]()
    counts = {name: Counter[str]() for name in _COUNTS}
    first = last = None
    for one in reports:
        findings.join(one.found, one.findings)
        totals.update({name: getattr(one, name) for name in _TOTALS})
        for name, counted in counts.items():
            counted.update(getattr(one, name))
        first, last = first or one.first_recorded_at, one.last_recorded_at or last
    summed: dict[str, Any] = {name: _most_first(counted) for name, counted in counts.items()}
    return ReplayReport(
        **totals,
        **summed,
        first_recorded_at=first,
        last_recorded_at=last,
        found=findings.counts(),
        findings=findings.in_order(),
    )


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
