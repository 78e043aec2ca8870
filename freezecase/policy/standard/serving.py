"""The desk: bots that go in circles, words that were broken, doors that nobody opens."""

from collections.abc import Iterator
from typing import Any, Final

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import ActorKind
from freezecase.core.obligations import Demand
from freezecase.core.state import CheckStage
from freezecase.core.status import Status
from freezecase.core.values import Channel
from freezecase.policy.clock import Clock, Occasion, ladder
from freezecase.policy.gate import SILENT, Answer, forbid, gate, require
from freezecase.policy.question import Question

__all__ = ["BOT_REPLIES", "CONDUCT", "SERVED", "SERVING", "TRANSFERS"]

BOT_REPLIES: Final = 3
"""After so many answers of a machine, with the case where it was, a person is needed."""
TRANSFERS: Final = 3
"""From this transfer on, a case goes from hand to hand."""
CONDUCT: Final = "conduct"
"""The topic of a contact that complains of how somebody behaved, and what a lead then owes."""
_JOINED: Final = "human-joined"
"""The kind of event that says a person took up the conversation."""


# --- what may be said and asked ------------------------------------------------------------------


def _promised(command: Any) -> Iterator[str]:
    """Yield the names under which a command promises something."""
    if isinstance(command, do.MakePromise):
        yield command.promise
    elif isinstance(command, do.SupersedePromise):
        yield command.by_promise
    else:
        yield from (said.promise for said in command.promises)


@gate(
    "broken-words-are-not-repeated",
    on=[do.MakePromise, do.SupersedePromise, do.SendNotice, do.SendReply],
    source="industry",
)
def broken_words_are_not_repeated(question: Question) -> Answer:
    """What was promised and broken is not promised again in the same words."""
    again = [name for name in _promised(question.command) if name in question.state.broken]
    if again:
        return forbid(f"promise `{again[0]}` was broken: say something else, and keep it")
    return SILENT


@gate("another-channel", on=[do.SendNotice], source="industry")
def another_channel(question: Question) -> Answer:
    """What failed to arrive is sent another way, while there is one."""
    command: Any = question.command
    failed = {by for notice, by in question.state.unreached if notice == command.notice}
    if command.channel in failed and len(failed) < len(Channel):
        return require(f"another channel: `{command.channel}` did not reach the customer")
    return SILENT


@gate(
    "shown-is-not-asked-for-again",
    on=[do.RequestChecks],
    reads={"held": ("no", "yes")},
    source="industry",
)
def shown_is_not_asked_for_again(question: Question) -> Answer:
    """Evidence that was accepted, here or in another case of the account, is reused."""
    command: Any = question.command
    checks = question.state.checks
    passed = [
        one.kind
        for one in command.checks
        if one.kind in checks and checks[one.kind].stage is CheckStage.PASSED
    ]
    if (passed or question.facts.get("held") == "yes") and command.reason is None:
        which = f"`{passed[0]}`" if passed else "one of them"
        return require(f"a reason: {which} was shown, and holds")
    return SILENT


@gate("conduct-is-judged-by-another", on=[do.MeetObligation, do.WaiveObligation])
def conduct_is_judged_by_another(question: Question) -> Answer:
    """Whoever looks after the case does not judge the complaint about how they did."""
    command: Any = question.command
    if command.obligation == CONDUCT and question.actor.person == question.state.owner:
        return forbid("whoever looks after the case may not judge a complaint about it")
    return SILENT


@gate("no-machine-for-a-person", on=[do.MeetObligation, do.WaiveObligation], source="industry")
def no_machine_for_a_person(question: Question) -> Answer:
    """Where a person must join the conversation, no machine says that it was done."""
    command: Any = question.command
    owed = question.state.obligations.get((command.obligation, command.subject))
    joins = owed is not None and _JOINED in owed.demand.met_by
    if joins and question.actor.kind is not ActorKind.STAFF:
        return require("a person: the customer is owed one")
    return SILENT


SERVING: Final = (
    broken_words_are_not_repeated,
    another_channel,
    shown_is_not_asked_for_again,
    conduct_is_judged_by_another,
    no_machine_for_a_person,
)
"""The gates on what is said to the customer, and asked of them."""

# --- what keeps the desk awake -------------------------------------------------------------------

_CLOSED: Final = (Status.CLOSED,)
_BY_LEAD: Final = ladder("lead 1 business-days", "accountable 1 business-days")
_AT_ONCE: Final = ladder("front 2 minutes", "lead 3 minutes", "accountable 60 minutes")
_SOON: Final = ladder("lead 60 minutes", "accountable 4 hours")
_TAKEN: Final = ("case-assigned", "hand-over-accepted")


def _promise(occasion: Occasion) -> str:
    promise: str = occasion.event.promise
    return promise


def _notice(occasion: Occasion) -> str:
    notice: str = occasion.event.notice
    return notice


def _queue(occasion: Occasion) -> str:
    queue: str = occasion.event.queue
    return queue


def _channel(occasion: Occasion) -> str:
    return f"{occasion.event.channel}"


def _third_transfer(occasion: Occasion) -> bool:
    return occasion.state.transfers >= TRANSFERS


def _in_circles(occasion: Occasion) -> bool:
    return occasion.state.bot_replies >= BOT_REPLIES


def _impostor(occasion: Occasion) -> bool:
    return not occasion.event.genuine


def _of_conduct(occasion: Occasion) -> bool:
    return CONDUCT in occasion.event.topics


def _nowhere_else(occasion: Occasion) -> bool:
    """Say whether a notice reached the customer on no channel; the first one a case waits for."""
    notice = occasion.event.notice
    return notice not in occasion.state.told and notice != "freeze-imposed"


SERVED: Final = (
    Clock(
        id="broken-promise-clock",
        on=(e.PromiseBroken,),
        about=_promise,
        demand=Demand(
            kind="broken-promise",
            ladder=_BY_LEAD,
            met_by=("human-joined", "reply-sent"),
            moot_in=_CLOSED,
        ),
        source="industry: a broken promise is answered for",
    ),
    Clock(
        id="escalation-clock",
        on=(e.Escalated,),
        demand=Demand(kind="escalation", ladder=_BY_LEAD, met_by=_TAKEN, moot_in=_CLOSED),
        source="industry: what was escalated is taken up",
    ),
    Clock(
        id="run-around-clock",
        on=(e.CaseTransferred,),
        when=_third_transfer,
        demand=Demand(kind="run-around", ladder=_BY_LEAD, met_by=_TAKEN, moot_in=_CLOSED),
        source="industry: from the third transfer on a lead looks at why",
    ),
    Clock(
        id="bot-clock",
        on=(e.ReplySent,),
        when=_in_circles,
        demand=Demand(kind="bot-in-circles", ladder=_AT_ONCE, met_by=("human-joined",)),
        source="industry: after three answers of a machine that moved nothing, a person",
    ),
    Clock(
        id="conduct-clock",
        on=(e.ContactReceived,),
        when=_of_conduct,
        demand=Demand(kind=CONDUCT, ladder=_BY_LEAD, met_by=()),
        source="industry: a lead judges a complaint of conduct, and never whom it is about",
    ),
    Clock(
        id="undelivered-clock",
        on=(e.DeliveryFailed,),
        when=_nowhere_else,
        about=_notice,
        demand=Demand(
            kind="undelivered",
            ladder=ladder("exchange 4 hours", "lead 24 hours", "accountable 24 hours"),
            met_by=("delivery-confirmed", "notice-sent"),
            moot_in=_CLOSED,
        ),
        source="industry: what did not arrive is sent another way",
    ),
    Clock(
        id="impostor-clock",
        on=(e.ContactCodeChecked,),
        when=_impostor,
        about=_channel,
        demand=Demand(kind="impostor", ladder=_SOON, met_by=()),
        source="industry: somebody who pretends to be one side is warned of to the other",
    ),
    Clock(
        id="capacity-clock",
        on=(e.AssignmentFailed,),
        about=_queue,
        demand=Demand(kind="capacity", ladder=_SOON, met_by=_TAKEN, moot_in=_CLOSED),
        source="industry: a lead finds somebody when everybody is full",
    ),
)
"""The clocks on service: each pattern of it that is bad is somebody's to put right, by a time."""
