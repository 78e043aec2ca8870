"""What came of a case, in history or in a possible world: legal effects, and time restricted."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from freezecase.core import events as e
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.state import CaseState
from freezecase.core.values import Scope
from freezecase.views.measuring.harm import Stretch

__all__ = ["BROKEN", "CLOCKED", "LAPSED", "MISSED", "Effect", "Trace"]

MISSED: Final = "missed"
"""A duty of the exchange, not done in time."""
LAPSED: Final = "lapsed"
"""A right whose time passed unused."""
BROKEN: Final = "promise-broken"
_OTHERS: Final = "missed-by-others"
CLOCKED: Final = frozenset({MISSED, LAPSED, BROKEN, _OTHERS})
"""Effects that time alone produces."""


@attrs.frozen(order=True)
class Effect:
    """One legal effect of our own: when, what, and about what. What others did is none."""

    at: datetime
    what: str
    about: str = ""
    rule: str = attrs.field(default="", eq=False, order=False)
    """The rule that it rests on, where a clock produced it."""


def _plain(_event: Any) -> str:
    return ""


def _scope(event: Any) -> str:
    scope: Scope = event.scope
    parts = [*sorted(scope.capabilities), *sorted(scope.assets)]
    amount = [f"{scope.amount.units} {scope.amount.asset}"] if scope.amount else []
    return " ".join([*parts, *amount])


def _leaving(event: Any) -> str:
    return "" if event.leaving is None else "in part"


_LEGAL: Final[Mapping[type[CaseEvent], Callable[[Any], str]]] = {
    e.FreezeImposed: _scope,
    e.ScopeNarrowed: _scope,
    e.ScopeWidened: _scope,
    e.FreezeRenewed: lambda event: event.until.isoformat(),
    e.FreezeUpheld: _plain,
    e.AppealUpheld: _plain,
    e.AppealRejected: _plain,
    e.ReleaseOrdered: _leaving,
    e.ReleaseRefused: _plain,
    e.ReleaseEnforced: _plain,
    e.LegalHoldPlaced: lambda event: event.hold,
    e.LegalHoldLifted: lambda event: event.hold,
    e.AccountOffboarded: _plain,
    e.FundsForfeited: lambda event: event.basis,
    e.CaseClosed: lambda event: event.outcome,
    e.CaseReopened: _plain,
}
"""The events by which we change somebody's legal position, and what tells two of a kind apart."""


@attrs.define
class Trace:
    """Gathers what comes of a case, event by event."""

    told: frozenset[str] | None = None
    """The kinds of duty and right that the log can tell of; all of them if not said."""
    effects: list[Effect] = attrs.Factory(list)
    stretches: list[Stretch] = attrs.Factory(list)
    acts: Counter[str] = attrs.Factory(Counter[str])
    """How often our people did what."""
    _scope: Scope | None = None
    _since: datetime | None = None

    def happened(
        self, before: CaseState, events: Iterable[CaseEvent], after: CaseState, at: datetime
    ) -> None:
        """Take in what happened at one instant, between two states of the case."""
        for event in events:
            about = _LEGAL.get(type(event))
            if about is not None:
                self.effects.append(Effect(at, kind_of(event), about(event)))
            elif isinstance(event, e.ObligationMissed):
                self._missed(before, event)
            elif isinstance(event, e.PromiseBroken) and event.promise in before.promises:
                self.effects.append(
                    Effect(before.promises[event.promise].due, BROKEN, event.promise)
                )
        self.restricted(after.restriction, at)

    def _missed(self, before: CaseState, event: e.ObligationMissed) -> None:
        owed = before.obligations.get((event.obligation, event.subject))
        if owed is None or (self.told is not None and event.obligation not in self.told):
            return
        theirs = owed.debtor in {"customer", "authority"}
        what = LAPSED if owed.demand.right else _OTHERS if theirs else MISSED
        about = f"{event.obligation} {event.subject}".strip()
        self.effects.append(Effect(owed.due, what, about, owed.basis))

    def restricted(self, scope: Scope | None, at: datetime) -> None:
        """Take in what the account cannot do from now on."""
        if scope == self._scope:
            return
        if self._scope is not None and self._since is not None:
            self.stretches.append(Stretch(self._scope, self._since, at))
        self._scope, self._since = scope, at

    def ended(self, until: datetime) -> "Trace":
        """Return it as it stands at the horizon; what is still restricted counts up to then."""
        if self._scope is not None and self._since is not None and self._since < until:
            self.stretches.append(Stretch(self._scope, self._since, until))
            self._since = until
        self.effects.sort()
        return self

    @property
    def frozen(self) -> bool:
        """Whether the account is restricted where it ends."""
        return self._scope is not None

    def restricts(self, at: datetime) -> bool:
        """Say whether the account was restricted at an instant, or just before it."""
        return any(one.since < at <= one.until for one in self.stretches)
