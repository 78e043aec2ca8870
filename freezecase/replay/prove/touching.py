"""
Which slices an event can reach: by the fields it writes, and by what is owed about them.

A move that is made in one slice is made in every other that it can reach, whatever that other
holds; in those it cannot reach, nothing happens.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from freezecase.core import events as e
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.moves import IDLE
from freezecase.core.obligations import SECOND_SIGNATURE, Obligation, chain
from freezecase.core.pending import PENDING, can_cover
from freezecase.policy.policy import Policy
from freezecase.replay.prove.slices import SLICES

__all__ = ["HOMES", "WRITES", "Homes"]

_DECIDES: Final = ("appeal", "contest")
_BOTS: Final = frozenset({"machines"})

_WRITES: Final[Mapping[type[CaseEvent], tuple[str, ...]]] = {
    e.ScopeNarrowed: ("release", "enforcement"),
    e.ScopeWidened: ("release", "enforcement", *_DECIDES),
    e.FreezeRenewed: ("term", *_DECIDES),
    e.FreezeUpheld: _DECIDES,
    e.EnforcementConfirmed: ("enforcement",),
    e.EnforcementFailed: ("enforcement",),
    e.NoticeSent: ("notices",),
    e.DeliveryConfirmed: ("notices",),
    e.DeliveryFailed: ("notices",),
    e.NoticeWithheld: ("notices",),
    e.ChecksRequested: ("verification",),
    e.EvidenceSubmitted: ("verification",),
    e.CheckPassed: ("verification",),
    e.CheckFailed: ("verification", *_DECIDES),
    e.CheckWaived: ("verification",),
    e.CheckExpired: ("verification",),
    e.CaseAssigned: ("desk",),
    e.CaseTransferred: ("desk", "transfers"),
    e.HandOverAccepted: ("desk",),
    e.PromiseMade: ("promises",),
    e.PromiseKept: ("promises",),
    e.PromiseBroken: ("promises",),
    e.PromiseSuperseded: ("promises",),
    e.ObligationMet: ("signature",),
    e.ObligationMissed: ("contest",),
    e.ObligationOpened: ("contest",),
    e.AppealFiled: ("appeal",),
    e.AppealAcknowledged: ("appeal",),
    e.AppealAssigned: ("appeal",),
    e.AppealUpheld: ("appeal", "release", "enforcement"),
    e.AppealRejected: _DECIDES,
    e.AppealWithdrawn: ("appeal",),
    e.ExternalReviewOpened: ("appeal",),
    e.ExternalReviewDecided: ("appeal",),
    e.ReleaseProposed: ("release",),
    e.ReleaseApproved: ("release",),
    e.ReleaseRefused: ("release", *_DECIDES),
    e.ReleaseOrdered: ("release", "appeal", "enforcement", "signature"),
    e.ReleaseEnforced: ("release", "enforcement"),
    e.LegalHoldPlaced: ("holds", "release"),
    e.LegalHoldLifted: ("holds",),
    e.AccountOffboarded: _DECIDES,
    e.FundsForfeited: _DECIDES,
    e.CaseClosed: ("enforcement", "release", "desk"),
    e.ContactReceived: ("conversation",),
    e.ReplySent: ("conversation", "machines"),
    e.HumanRequested: ("conversation",),
    e.HumanJoined: ("conversation",),
}
WRITES: Final[Mapping[type[CaseEvent], frozenset[str]]] = {
    kind: frozenset(_WRITES.get(kind, ())) | (frozenset() if kind in IDLE else _BOTS)
    for kind in e.STORED_AS
}
"""The slices whose fields each kind of event may write; whatever moves a case ends a bot's run."""

HOMES: Final[Mapping[str, str]] = {
    **{what: one.name for one in SLICES for what in one.waits},
    "appeal-window": "contest",
    "update": "silence",
    "impostor": "silence",
    "bot-in-circles": "machines",
    "hold-review": "holds",
    "second-signature": "signature",
    "post-release-watch": "enforcement",
    "broken-promise": "promises",
    "undelivered": "notices",
    "conduct": "desk",
    "run-around": "transfers",
    "escalation": "calls",
    "capacity": "calls",
}
"""In which slice each duty of the standard policy is looked after."""


def _covered_by_others(policy: Policy, home: Callable[[str], str]) -> Iterator[str]:
    """Yield the waits that a duty of another slice would cover as well as their own."""
    for row in PENDING:
        for clock in policy.clocks:
            for demand in chain(clock.demand):
                elsewhere = home(demand.kind) != home(row.what)
                if elsewhere and can_cover(demand, row.ends):
                    yield row.what


def _duty_of(event: CaseEvent) -> str:
    """Return the kind of duty that an event is about; nothing of others."""
    duty: Obligation | str = getattr(event, "obligation", "")
    return duty.demand.kind if isinstance(duty, Obligation) else duty


class Homes:
    """Where the duties of a policy are looked after, and which events reach which slice."""

    def __init__(self, policy: Policy) -> None:
        """Give every duty a home."""
        self.of: dict[str, str] = dict(HOMES)
        reach: dict[str, set[str]] = {one.name: set() for one in SLICES}
        for clock in policy.clocks:
            home = self.home(clock.covers or clock.demand.kind)
            for demand in chain(clock.demand):
                self.of.setdefault(demand.kind, home)
                reach[self.of[demand.kind]].update(demand.met_by)
            reach[home].update(kind_of(kind) for kind in clock.on)
        self._reach: dict[str, frozenset[str]] = {
            name: frozenset(kinds) for name, kinds in reach.items()
        }
        rights = {
            demand.kind for one in policy.clocks for demand in chain(one.demand) if demand.right
        }
        self._writing: dict[type[CaseEvent], set[str]] = {
            e.ObligationMet: {SECOND_SIGNATURE},
            e.ObligationMissed: rights,
            e.ObligationOpened: rights,
        }
        """Of which duties alone an event about a duty writes in a field."""
        self._known: dict[tuple[type[CaseEvent], str], frozenset[str]] = {}
        self._covered_by_others = frozenset(_covered_by_others(policy, self.home))

    def home(self, duty: str) -> str:
        """Return the slice in which a duty is looked after."""
        return self.of.get(duty, "release")

    def may_be_covered(self, duty: str) -> bool:
        """Say whether a duty of another slice may cover what this one does, so that it is not."""
        return duty in self._covered_by_others

    def reached(self, events: Iterable[CaseEvent]) -> frozenset[str]:
        """Return the slices to which what exactly happened can matter, and not only that it did."""
        return frozenset().union(*(self._reached(type(one), _duty_of(one)) for one in events))

    def _reached(self, kind: type[CaseEvent], duty: str) -> frozenset[str]:
        known = self._known.get((kind, duty))
        if known is None:
            written = _WRITES.get(kind, ()) if duty in self._writing.get(kind, {duty}) else ()
            name = kind_of(kind)
            reached = (slice_ for slice_, kinds in self._reach.items() if name in kinds)
            known = self._known[kind, duty] = frozenset((*written, *reached))
        return known

    def stirs(self, slice_: str, kinds: Iterable[type[CaseEvent]]) -> bool:
        """Say whether it changes something of a slice that anything at all happened."""
        return any(slice_ in WRITES[kind] for kind in kinds)
