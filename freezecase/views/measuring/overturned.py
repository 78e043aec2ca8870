"""How often what a rule let through was overturned: decisions, by the rules of their rulings."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, ClassVar, Final

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.appeals import Decision, Finding

__all__ = ["NO_RULE", "Overturns", "overturns"]

NO_RULE: Final = ""
"""For decisions that no rule is on record for: imported ones, and what time alone brought."""


@attrs.frozen(kw_only=True)
class Overturns:
    """What became of the decisions that one rule decided."""

    made: int = 0
    contested: int = 0
    """Those that an appeal or a body outside took up, each once."""
    overturned: int = 0
    stood: int = 0
    """Those that were heard and not overturned."""

    definition: ClassVar[str] = (
        "decisions made in the period that a customer can contest, under each rule that the ruling "
        "says decided; overturned are those that an appeal or an external review found wrong "
        "since, and those that stood only because an appeal was rejected wrongly; a decision that "
        "several rules decided counts under each, and a later one has had less time to be heard"
    )

    @property
    def n(self) -> int:
        """Of how many decisions it is."""
        return self.made

    @property
    def of_made(self) -> Fraction | None:
        """The share of all decisions that was overturned; nothing if there was none."""
        return Fraction(self.overturned, self.made) if self.made else None

    @property
    def of_heard(self) -> Fraction | None:
        """The share of those that were heard to the end; nothing if none was."""
        heard = self.overturned + self.stood
        return Fraction(self.overturned, heard) if heard else None


def overturns(
    records: Sequence[Record], since: datetime, until: datetime
) -> Iterator[tuple[str, Overturns]]:
    """Yield what each decision of a case adds, under each rule that decided it."""
    heard = _Heard()
    for record in records:
        follow = _FOLLOWS.get(type(record.event))
        if follow is not None:
            follow(heard, record, record.event)
    for record in records:
        if _contestable(record.event) and since <= record.occurred_at < until:
            one = heard.of(record.version)
            for rule in _rules(records, record) or (NO_RULE,):
                yield rule, one


_DECISIONS: Final = (
    e.FreezeImposed,
    e.ScopeWidened,
    e.FreezeRenewed,
    e.FreezeUpheld,
    e.AppealRejected,
    e.ReleaseRefused,
    e.AccountOffboarded,
    e.FundsForfeited,
)
"""What a customer can contest; a check that failed for good besides."""


def _contestable(event: e.CaseEvent) -> bool:
    return isinstance(event, _DECISIONS) or (isinstance(event, e.CheckFailed) and event.final)


def _rules(records: Sequence[Record], record: Record) -> Sequence[str]:
    """Return the rules that decided the turn in which something was recorded."""
    opened = record if record.cause is None else records[record.cause - 1]
    return opened.ruling.decided_by if opened.ruling else ()


class _Heard:
    """Which decisions of a case were contested, and what was found."""

    def __init__(self) -> None:
        self.now: Decision | None = None
        self.contested: set[Decision] = set()
        self.overturned: set[Decision] = set()
        self.stood: set[Decision] = set()
        self.against: dict[Decision, Decision] = {}
        """A rejected appeal, and the decision that it left standing."""

    def of(self, version: Decision) -> Overturns:
        """Return what became of a decision."""
        fell = version in self.overturned
        return Overturns(
            made=1,
            contested=int(version in self.contested),
            overturned=int(fell),
            stood=int(version in self.stood and not fell),
        )

    def falls(self) -> None:
        """Overturn what is heard, and whatever that had left standing."""
        version, self.now = self.now, None
        while version is not None and version not in self.overturned:
            self.overturned.add(version)
            version = self.against.get(version)

    def stands(self) -> None:
        """Let what is heard stand."""
        if self.now is not None:
            self.stood.add(self.now)
        self.now = None


def _opened(heard: _Heard, _record: Record, event: Any) -> None:
    heard.now = event.contests
    heard.contested.add(event.contests)


def _rejected(heard: _Heard, record: Record, _event: Any) -> None:
    if heard.now is not None:
        heard.against[record.version] = heard.now
    heard.stands()


def _decided(heard: _Heard, _record: Record, event: e.ExternalReviewDecided) -> None:
    if event.finding is Finding.FREEZE_FALLS:
        heard.falls()
    else:
        heard.stands()


def _withdrawn(heard: _Heard, _record: Record, _event: Any) -> None:
    heard.now = None


_FOLLOWS: Final[Mapping[type[e.CaseEvent], Any]] = {
    e.AppealFiled: _opened,
    e.ExternalReviewOpened: _opened,
    e.AppealUpheld: lambda heard, _record, _event: heard.falls(),
    e.AppealRejected: _rejected,
    e.AppealWithdrawn: _withdrawn,
    e.ExternalReviewDecided: _decided,
}
