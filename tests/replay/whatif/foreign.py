"""Two foreign logs: how they are read as moves, and the policies that are tried on them."""

from typing import Any

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.obligations import Demand, Then, Unit
from freezecase.core.status import Status
from freezecase.policy.clock import Clock, Occasion, ladder
from freezecase.policy.gate import ALLOW, SILENT, Answer, gate, require
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.term import Term
from freezecase.replay.whatif import load_roles
from tests.house.source import ROOT

EXAMPLES = ROOT / "examples" / "roles"


@gate("as-ever")
def as_ever(_question: Question) -> Answer:
    """Whatever was done may be done."""
    return ALLOW


# --- fines: the penalty falls 60 days after the notification -------------------------------------

FINES = load_roles(EXAMPLES / "road-traffic.toml")
SIXTY_DAYS = Term(count=60, unit=Unit.DAYS, trigger="the notification")


def _payment(*met_by: str) -> Demand:
    """The right to pay without a penalty."""
    return Demand(
        kind="payment",
        ladder=ladder("customer 60 days"),
        met_by=met_by,
        then=Then.LAPSE,
        right=True,
    )


def _delivered(occasion: Occasion) -> bool:
    return bool(occasion.event.notice == "fine-delivered")


def _uncontested(occasion: Occasion) -> bool:
    return _delivered(occasion) and occasion.state.appeal is None


def _stands(occasion: Occasion) -> bool:
    state = occasion.state
    told = occasion.event.notice == "appeal-decided" and "fine-delivered" in state.told
    lapsed = ("payment", "") in state.lapsed
    return told and not lapsed and state.status not in {Status.RELEASING, Status.RELEASED}


def _on_notice(id: str, when: Any, *met_by: str) -> Clock:
    return Clock(id=id, on=[e.NoticeSent], when=when, demand=_payment(*met_by), term=SIXTY_DAYS)


AS_IT_WAS = Policy(
    name="fines", version=1, rules=(as_ever, _on_notice("penalty-clock", _delivered))
)
"""The penalty falls 60 local days after the notification, whatever else happens."""
SUSPENDING = Policy(
    name="fines-suspended",
    version=1,
    rules=(
        as_ever,
        _on_notice("penalty-clock", _uncontested, "appeal-filed"),
        _on_notice("penalty-after-appeal-clock", _stands, "appeal-filed"),
    ),
)
"""An appeal suspends the penalty; 60 days begin anew once the offender hears that it failed."""


# --- blocks of an encyclopedia -------------------------------------------------------------------

BLOCKS = load_roles(EXAMPLES / "wikipedia.toml")


@gate("second-person", on=[do.OrderRelease])
def second_person(question: Question) -> Answer:
    """Whoever imposed a freeze has somebody else undo it."""
    deciders = question.state.deciders
    if deciders and question.actor.person == deciders[min(deciders)]:
        return require("a second person")
    return SILENT


SECOND_PERSON = Policy(name="second-person", version=1, rules=(as_ever, second_person))

REVIEWED = Policy(
    name="reviewed",
    version=1,
    rules=(
        as_ever,
        Clock(
            id="look-again-clock",
            on=[e.FreezeImposed],
            demand=Demand(
                kind="look-again",
                ladder=ladder("exchange 720 hours"),
                met_by=(
                    *("freeze-renewed", "freeze-upheld", "release-ordered"),
                    *("scope-narrowed", "scope-widened", "freeze-imposed"),
                ),
                then=Then.LAPSE,
                moot_in=(Status.RELEASED, Status.CLOSED),
            ),
        ),
    ),
)
"""Every freeze is reviewed within 30 days."""
