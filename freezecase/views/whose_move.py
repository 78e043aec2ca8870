"""
Whose move it is: what a case waits for, from whom, and by when. Pure.

`PENDING` says what is waited for; the obligation that covers it says who owes it by when. A case
from elsewhere, where nobody owes anything yet, is told by who would usually do it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import attrs

from freezecase.core import events as e
from freezecase.core.moves import MOVES
from freezecase.core.obligations import SECOND_SIGNATURE, Obligation
from freezecase.core.pending import Pending, covering, pending
from freezecase.core.state import CaseState
from freezecase.policy.owing import REPAIR
from freezecase.policy.standard.clocks import APPEAL_WINDOW
from freezecase.policy.standard.serving import CONDUCT

__all__ = ["Move", "debtor_of", "moves_owed"]


@attrs.frozen(kw_only=True)
class Move:
    """Something that somebody must do before the case goes on."""

    who: str
    """A role such as `approver`, or a person as `kind:id`."""
    what: str
    due: datetime | None = None
    right: bool = False
    """Whether it is theirs to do or to leave."""
    waited: bool = True
    """Whether the case waits for it; an update is owed beside whatever it waits for."""
    told: bool = False
    """Whether the customer may be told that the case waits for it."""


def moves_owed(state: CaseState) -> tuple[Move, ...]:
    """Return what the case waits for: the customer's part first, promises and the rest last."""
    return (*_waits(state), *_promises(state), *_beside(state))


def debtor_of(state: CaseState, owed: Obligation) -> str:
    """Name who owes: the person, where the case knows who stands in the relation."""
    return _related(state, owed.debtor)


def _related(state: CaseState, who: str) -> str:
    """Return the person in a relation; a relation that nobody stands in is for the exchange."""
    if not who.startswith("@"):
        return who
    return _RELATIONS.get(who, _nobody)(state) or "exchange"


def _nobody(_: CaseState) -> str | None:
    return None


_RELATIONS: Final[Mapping[str, Callable[[CaseState], str | None]]] = {
    "@owner": lambda state: state.owner,
    "@offered": lambda state: state.offered_to,
    "@reviewer": lambda state: state.appeal.reviewer if state.appeal else None,
}

# --- what the case waits for ---------------------------------------------------------------------


def _waits(state: CaseState) -> Iterator[Move]:
    for wait in sorted(pending(state), key=lambda one: _ORDER.index(one.what)):
        usual, owed = _USUAL[wait.what], covering(state, wait)
        yield Move(
            who=_who(state, usual, owed),
            what=usual.words(state, wait, owed),
            due=owed.due if owed else usual.due(state, wait.subject),
            told=usual.told,
        )


_Words = Callable[[CaseState, Pending, Obligation | None], str]


def _no_day(_: CaseState, _subject: str) -> datetime | None:
    return None


class _Usual(NamedTuple):
    """Who usually does it, what it is in words, and whether the customer may know."""

    who: str
    words: _Words
    told: bool = False
    named: Callable[[CaseState], str | None] = _nobody
    """Who is known by name to have it, until it climbs to somebody else."""
    due: Callable[[CaseState, str], datetime | None] = _no_day
    """The day that the case itself names."""


def _who(state: CaseState, usual: _Usual, owed: Obligation | None) -> str:
    if owed is None:
        return usual.named(state) or _related(state, usual.who)
    named = None if owed.rung else usual.named(state)
    return named or debtor_of(state, owed)


def _to_do(what: str) -> _Words:
    return lambda _state, wait, _owed: what.format(wait.subject)


def _evidence(state: CaseState, wait: Pending, owed: Obligation | None) -> str:
    """Tell the customer's part; then that somebody reaches out to them; then that they decide."""
    instead = state.checks[wait.subject].verification.instead
    shown = " or ".join(f"`{one}`" for one in (wait.subject, *instead))
    if owed is None or owed.debtor == "customer":
        return f"show {shown}"
    reach = owed.demand.kind == wait.what
    return f"reach the customer, who was to show {shown}" if reach else f"decide without {shown}"


def _decide_appeal(state: CaseState, _wait: Pending, owed: Obligation | None) -> str:
    if _heard_outside(state):
        theirs = owed is None or owed.debtor == "authority"
        return "decide the matter" if theirs else "ask the body outside how far it is"
    named = state.appeal and state.appeal.reviewer
    return "decide the appeal" if named else "name a reviewer for the appeal, and decide it"


def _hears(state: CaseState) -> str | None:
    if _heard_outside(state):
        return "external-body"
    return state.appeal.reviewer if state.appeal else None


def _heard_outside(state: CaseState) -> bool:
    return state.appeal is not None and state.appeal.outside


_USUAL: Final[Mapping[str, _Usual]] = {
    "evidence": _Usual("customer", _evidence, told=True),
    "check-review": _Usual("@owner", _to_do("look at what was shown for `{}`"), told=True),
    "human": _Usual("exchange", _to_do("let a person join the conversation"), told=True),
    "reply": _Usual("@owner", _to_do("answer the customer"), told=True),
    "acknowledgement": _Usual("@owner", _to_do("acknowledge the appeal"), told=True),
    "appeal-decision": _Usual("exchange", _decide_appeal, told=True, named=_hears),
    "approval": _Usual("approver", _to_do("approve or refuse the proposed release")),
    "review": _Usual(
        "reviewer",
        _to_do("decide whether the freeze stands"),
        told=True,
        due=lambda state, _: state.until,
    ),
    "renewal": _Usual(
        "@owner",
        _to_do("renew the freeze or propose its release"),
        due=lambda state, _: state.until,
    ),
    "lifting": _Usual("exchange", _to_do("lift the freeze and confirm it"), told=True),
    "enforcement": _Usual("exchange", _to_do("make the freeze bind the account and confirm it")),
    "notice": _Usual("exchange", _to_do("tell the customer, or record why not")),
    "withheld-notice": _Usual(
        "@owner",
        _to_do("look again whether the customer may be told of `{}`"),
        due=lambda state, notice: state.withheld[notice],
    ),
    "hand-over": _Usual("@offered", _to_do("take over the case")),
    "closing": _Usual("@owner", _to_do("close the case")),
}
_ORDER: Final = list(_USUAL)

# --- what is owed beside -------------------------------------------------------------------------


def _promises(state: CaseState) -> Iterator[Move]:
    for name, promise in state.promises.items():
        yield Move(who=promise.by, what=f"keep promise `{name}`", due=promise.due, told=True)


def _beside(state: CaseState) -> Iterator[Move]:
    """Yield what is owed beside what the case waits for: updates, rights, looks that are due."""
    waits = [covering(state, wait) for wait in pending(state)]
    for (kind, subject), owed in state.obligations.items():
        other = _OTHERS.get(kind, _PLAIN)
        if owed in waits or not other.now(state):
            continue
        who = debtor_of(state, owed)
        yield Move(
            who=who,
            what=other.words.format(subject) if other.words else _by_its_kind(kind, subject),
            due=owed.due,
            right=owed.demand.right,
            waited=False,
            told=other.told or who == "customer",
        )


def _by_its_kind(kind: str, subject: str) -> str:
    return f"`{kind}` about `{subject}`" if subject else f"`{kind}`"


def _any_time(_: CaseState) -> bool:
    return True


def _may_appeal(state: CaseState) -> bool:
    return state.appeal is None and e.AppealFiled in MOVES[state.status]


class _Other(NamedTuple):
    """What it is in words, whether the customer may know, and when there is anything to do."""

    words: str = ""
    told: bool = False
    now: Callable[[CaseState], bool] = _any_time


_PLAIN: Final = _Other()
_OTHERS: Final[Mapping[str, _Other]] = {
    APPEAL_WINDOW: _Other("appeal", now=_may_appeal),
    "update": _Other("tell the customer how it stands", told=True),
    "broken-promise": _Other("answer for promise `{}`, which was broken", told=True),
    "hold-review": _Other("look again whether legal hold `{}` must stand"),
    SECOND_SIGNATURE: _Other("sign what was ordered alone"),
    "escalation": _Other("take up what was escalated"),
    "run-around": _Other("find out why the case goes from hand to hand"),
    "bot-in-circles": _Other("let a person join: a machine answers, and nothing moves", told=True),
    CONDUCT: _Other("judge the complaint of conduct", told=True),
    "undelivered": _Other("send notice `{}` another way: it did not arrive"),
    "impostor": _Other("warn of whoever showed a wrong contact code by `{}`"),
    "capacity": _Other("find somebody for queue `{}`, where everybody is full"),
    "post-release-watch": _Other("look whether the release held"),
    REPAIR: _Other("repair rule `{}`"),
}
