"""
What is owed, by whom, by when: the clocks of the standard policy, as tables.

Every length of time here is the practice of the trade, marked `industry`; law comes in packs. Each
ladder ends at the accountable role, which owes again and again: nothing ever sleeps.
"""

from collections.abc import Callable, Mapping
from typing import Final

import attrs

from freezecase.core import events as e
from freezecase.core.checked import replace
from freezecase.core.obligations import SECOND_SIGNATURE, Demand, Then
from freezecase.core.pending import PENDING
from freezecase.core.status import Status
from freezecase.core.values import Instant
from freezecase.policy.clock import (
    Clock,
    Occasion,
    any_time,
    by_its_term,
    ending_with,
    ladder,
)
from freezecase.policy.standard.serving import SERVED

__all__ = ["APPEAL_WINDOW", "clocks"]

APPEAL_WINDOW: Final = "appeal-window"
"""The right to appeal against the newest decision."""

_CLOSED: Final = (Status.CLOSED,)
_NO_OUTCOME: Final = (
    *(Status.RELEASING, Status.RELEASED, Status.FORFEITED, Status.OFFBOARDED, Status.CLOSED),
)
"""Where nothing that is shown could change the outcome."""
_ENDS: Final = {row.what: tuple(sorted(row.ends)) for row in PENDING}

# --- what a case waits for -----------------------------------------------------------------------

_LADDERS: Final = {
    "enforcement": ladder("exchange 10 minutes", "lead 60 minutes", "accountable 4 hours"),
    "lifting": ladder("exchange 60 minutes", "lead 4 hours", "accountable 24 hours"),
    # the customer is told, or why not is on record
    "notice": ladder("exchange 24 hours", "lead 24 hours", "accountable 24 hours"),
    # what is withheld is looked at again
    "withheld-notice": ladder("compliance 14 days", "accountable 7 days"),
    # a human looks at every freeze within a day
    "review": ladder("reviewer 24 hours", "lead 24 hours", "accountable 24 hours"),
    # new reasons every thirty days, or release
    "renewal": ladder("@owner 30 days", "lead 5 business-days", "accountable 5 business-days"),
    "approval": ladder("approver 24 hours", "lead 24 hours", "accountable 24 hours"),
    # whoever appeals hears within a business day that it arrived
    "acknowledgement": ladder(
        "exchange 1 business-days", "lead 1 business-days", "accountable 1 business-days"
    ),
    # another reviewer decides within ten business days
    "appeal-decision": ladder(
        "reviewer 10 business-days", "lead 5 business-days", "accountable 5 business-days"
    ),
    # silence never ends in nothing: two reminders, a human attempt, and then a decision
    "evidence": ladder("customer 7 days", "customer 7 days", "@owner 5 business-days"),
    "check-review": ladder(
        "@owner 1 business-days", "lead 1 business-days", "accountable 1 business-days"
    ),
    "reply": ladder(
        "@owner 1 business-days", "lead 1 business-days", "accountable 1 business-days"
    ),
    # two minutes to a human, around the clock
    "human": ladder("front 2 minutes", "lead 3 minutes", "accountable 60 minutes"),
    "hand-over": ladder("@offered 4 hours", "lead 4 hours", "accountable 24 hours"),
    "closing": ladder("@owner 30 days", "lead 5 business-days", "accountable 5 business-days"),
}
"""Who owes the end of each wait, and how long each has."""

_THEN: Final[Mapping[str, Demand]] = {
    "evidence": Demand(
        kind="decide-without-evidence",
        ladder=ladder(
            "reviewer 5 business-days", "lead 2 business-days", "accountable 5 business-days"
        ),
        met_by=_ENDS["evidence"],
        moot_in=_NO_OUTCOME,
    )
}
_MOOT: Final[Mapping[str, tuple[Status, ...]]] = {
    "evidence": _NO_OUTCOME,
    "check-review": _NO_OUTCOME,
    "reply": (),  # whoever writes about a closed case is owed an answer
    "human": (),
}
_SOURCES: Final = {"human": "industry: Swyftx, two minutes to a human around the clock"}


def _wait(what: str) -> Demand:
    """Return the duty to end a wait: whatever ends the row of `PENDING` meets it."""
    return Demand(
        kind=what,
        ladder=_LADDERS[what],
        met_by=_ENDS[what],
        then=_THEN.get(what, Then.AGAIN),
        moot_in=_MOOT.get(what, _CLOSED),
    )


def _until(occasion: Occasion) -> Instant | None:
    return occasion.state.until


def _review_at(occasion: Occasion) -> Instant | None:
    return occasion.state.withheld[occasion.subject]


_AT: Final[Mapping[str, Callable[[Occasion], Instant | None]]] = {
    "renewal": _until,
    "withheld-notice": _review_at,
}
"""Waits for which the case itself names the day."""


def _heard_outside(occasion: Occasion) -> bool:
    appeal = occasion.state.appeal
    return appeal is not None and appeal.outside


def _heard_inside(occasion: Occasion) -> bool:
    return not _heard_outside(occasion)


_WHEN: Final[Mapping[str, Callable[[Occasion], bool]]] = {"appeal-decision": _heard_inside}
_WAITS: Final = (
    *(
        Clock(
            id=f"{what}-clock",
            covers=what,
            demand=_wait(what),
            when=_WHEN.get(what, any_time),
            at=_AT.get(what, by_its_term),
            source=_SOURCES.get(what, "industry"),
        )
        for what in _LADDERS
    ),
    Clock(
        id="external-decision-clock",
        covers="appeal-decision",
        when=_heard_outside,
        demand=replace(
            _wait("appeal-decision"), ladder=ladder("authority 90 days", "accountable 30 days")
        ),
        source="industry: whoever waits for a body outside asks it how far it is",
    ),
)

# --- what nothing waits for, and keeps people awake ----------------------------------------------

_DECISIONS: Final = (
    *(e.FreezeImposed, e.ScopeWidened, e.FreezeRenewed, e.FreezeUpheld, e.ReleaseRefused),
    *(e.AppealRejected, e.CheckFailed, e.AccountOffboarded, e.FundsForfeited),
)


def _may_be_contested(occasion: Occasion) -> bool:
    """Say whether it is a decision, and a level is left that hears it."""
    event = occasion.event
    decided = not isinstance(event, e.CheckFailed) or event.final
    return decided and occasion.state.next_level is not None


def _still_frozen(occasion: Occasion) -> bool:
    return occasion.state.frozen


def _hold(occasion: Occasion) -> str:
    event = occasion.event
    hold: str = event.subject if isinstance(event, e.ObligationMet) else event.hold
    return hold


def _hold_stands(occasion: Occasion) -> bool:
    event = occasion.event
    reviewed = isinstance(event, e.LegalHoldPlaced) or event.obligation == "hold-review"
    return reviewed and _hold(occasion) in occasion.state.holds


def _ordered_alone(occasion: Occasion) -> bool:
    return occasion.state.ordered_alone is not None


_OTHERS: Final = (
    Clock(
        id="appeal-window-clock",
        on=_DECISIONS,
        when=_may_be_contested,
        demand=Demand(
            kind=APPEAL_WINDOW,
            ladder=ladder("customer 6 months"),
            met_by=(),
            then=Then.LAPSE,
            right=True,
        ),
        source="industry, after Regulation (EU) 2022/2065 (DSA) Art. 20(1)",
    ),
    Clock(
        id="update-clock",
        on=(e.FreezeImposed, e.CaseReopened, e.NoticeSent, e.ReplySent, e.HumanJoined),
        when=_still_frozen,
        demand=Demand(
            kind="update",
            ladder=ladder(
                "@owner 5 business-days", "lead 2 business-days", "accountable 5 business-days"
            ),
            met_by=("human-joined", "notice-sent", "reply-sent"),
            moot_in=(Status.RELEASED, Status.CLOSED),
        ),
        source="industry: no silence of more than five business days while restricted",
    ),
    Clock(
        id="hold-review-clock",
        on=(e.LegalHoldPlaced, e.ObligationMet),
        when=_hold_stands,
        about=_hold,
        demand=Demand(
            kind="hold-review",
            ladder=ladder("compliance 90 days", "accountable 30 days"),
            met_by=("legal-hold-lifted",),
            moot_in=_CLOSED,
        ),
        source="industry: a hold is looked at again every ninety days",
    ),
    Clock(
        id="second-signature-clock",
        on=(e.ReleaseOrdered,),
        when=_ordered_alone,
        demand=Demand(
            kind=SECOND_SIGNATURE,
            ladder=ladder("officer 24 hours", "accountable 24 hours"),
            met_by=(),
        ),
        source="industry: whoever breaks the glass has it signed within a day",
    ),
    Clock(
        id="post-release-clock",
        on=(e.ReleaseEnforced,),
        demand=Demand(
            kind="post-release-watch",
            ladder=ladder("@owner 14 days", "accountable 5 business-days"),
            met_by=(),
            moot_in=_CLOSED,
        ),
        source="industry: somebody looks whether the release held, and whether it came too late",
    ),
)


def clocks(accountable: str) -> tuple[Clock, ...]:
    """Return the clocks, each ladder ending at *accountable*."""
    return tuple(
        attrs.evolve(one, demand=ending_with(one.demand, accountable))
        for one in (*_WAITS, *_OTHERS, *SERVED)
    )
