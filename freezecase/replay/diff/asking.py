"""
What may be asked of a case, and by whom: a finite choice of both, made from what the case holds.

Commands are made field by field: what a field may say stands in one table, and a command says every
combination of what its fields may say. What does not fit the case is left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import count, product
from typing import Any, Final

import attrs

from freezecase.core import commands as do
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.appeals import AppealLevel, AppealRoute, Finding
from freezecase.core.checked import replace
from freezecase.core.commands import Command
from freezecase.core.decide import fits
from freezecase.core.leads import LEADS
from freezecase.core.moves import MOVES
from freezecase.core.obligations import Demand, Rung, Unit, Within
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState
from freezecase.core.values import Audience, Capability, Channel, Ground, Scope
from freezecase.errors import InvalidValue, NotAllowedNow

__all__ = ["ACCOUNT", "asked_of", "cast", "said_of"]

ACCOUNT: Final = "acct-4711"
"""The account that every story is about."""

_ANA, _BO = "staff:ana", "staff:bo"
_CALL_BACK: Final = Demand(
    kind="call-back",
    ladder=(Rung(debtor="lead", within=Within(count=1, unit=Unit.DAYS)),),
    met_by=(),
)

Choice = Callable[[CaseState, datetime], Iterable[Any]]
"""What a field may say of a case, at an instant."""


def _always(*values: Any) -> Choice:
    return lambda _state, _now: values


def _in(**length: int) -> Choice:
    return lambda _state, now: (now + timedelta(**length),)


def _part(state: CaseState, _now: datetime) -> Iterator[Scope]:
    """Yield a narrower scope; one that leaves crypto withdrawals stopped, where they are."""
    scope = state.scope
    if scope is not None and len(scope.capabilities) > 1:
        stopped = Capability.WITHDRAW_CRYPTO
        kept = stopped if stopped in scope.capabilities else scope.capabilities[0]
        yield replace(scope, capabilities=(kept,))


def _wholly_or_in_part(state: CaseState, now: datetime) -> tuple[Scope | None, ...]:
    return None, *_part(state, now)


def _held(name: str) -> Choice:
    return lambda state, _now: sorted(getattr(state, name))


def _key(place: int) -> Choice:
    return lambda state, _now: sorted({key[place] for key in state.obligations})


_REASON: Final = "new facts"
_FIELDS: Final[Mapping[str, Choice]] = {
    "account": _always(ACCOUNT),
    "audience": _always(Audience.CUSTOMER),
    "appeal_to": _always(None, AppealLevel.INTERNAL_REVIEW),
    "bar": _always(None, "res-judicata"),
    "basis": _always("house-rule"),
    "body": _always("ombudsman"),
    "by_promise": _always("another-answer"),
    "case": lambda state, _now: (state.id,),
    "channel": _always(Channel.APP_MESSAGE),
    "check": _held("checks"),
    "contests": lambda state, _now: (state.decision,) if state.decision else (),
    "demand": _always(_CALL_BACK),
    "due": _in(days=1),
    "finding": _always(*Finding),
    "genuine": _always(True, False),
    "ground": _always(*Ground),
    "harm": _always("fees"),
    "hold": _always("court-order"),
    "leaving": _wholly_or_in_part,
    "next_level": _always(None, AppealLevel.SECOND_INSTANCE),
    "notice": _always("freeze-imposed", "extension"),
    "obligation": _key(0),
    "outcome": _always("cleared"),
    "promise": _held("promises"),
    "queue": _always("verification"),
    "reached": _always(True, False),
    "reason": _always(_REASON),
    "remedy": _always(None, "a sharper picture"),
    "review_at": _in(days=7),
    "reviewer": _always(_ANA, _BO),
    "route": _always(*AppealRoute),
    "scope": _always(Scope.withdrawals(), Scope.everything()),
    "statement": _always("it was me"),
    "subject": _key(1),
    "to": _always(_BO),
    "until": _in(days=30),
}
"""What each field may say. One that may be left out, and is not here, is left out."""

_OF: Final[Mapping[tuple[type[Command], str], Choice]] = {
    (do.ImposeFreeze, "reason"): _always(None, _REASON),
    (do.ImposeFreeze, "until"): _always(None),
    (do.RequestChecks, "reason"): _always(None, _REASON),
    (do.RequestChecks, "checks"): _always((), ("liveness",), ("device",)),
    (do.RecordContact, "topics"): _always((), ("conduct",)),
    (do.NarrowScope, "scope"): _part,
    (do.WidenScope, "scope"): _always(Scope.everything()),
    (do.FileAppeal, "contests"): _always(None),
    (do.MakePromise, "promise"): _always("an-answer"),
    (do.SendNotice, "channel"): _always(Channel.APP_MESSAGE, Channel.LETTER),
    (do.ExtendObligation, "due"): _in(days=400),
    (do.Escalate, "to"): _always("lead"),
    (do.OpenObligation, "subject"): _always(""),
    (do.ErasePersonalData, "subject"): _always("customer"),
}
"""What the field of one kind of command may say, where that is something else."""


def asked_of(state: CaseState, now: datetime) -> Iterator[Command]:
    """Yield the commands that the case is in a position for, of every kind but time."""
    for kind, event in LEADS.items():
        if event in MOVES[state.status]:  # asked first, because most are not
            yield from said_of(kind, state, now)


def said_of(kind: type[Command], state: CaseState, now: datetime) -> Iterator[Command]:
    """Yield the commands of one kind that the case is in a position for."""
    choices = {name: tuple(choice(state, now)) for name, choice in _choices(kind)}
    for values in product(*choices.values()):
        with suppress(InvalidValue, NotAllowedNow):  # no such command, or not of this case
            command = kind(**dict(zip(choices, values, strict=True)))
            fits(command, state)
            yield command


def _choices(kind: Any) -> Iterator[tuple[str, Choice]]:
    for field in attrs.fields(kind):
        own = _OF.get((kind, field.name), _FIELDS.get(field.name))
        if own is not None:
            yield field.name, own


def cast(state: CaseState, roles: Sequence[str]) -> Iterator[Actor]:
    """
    Yield who may ask: every kind of actor; of staff, somebody new and everybody the case knows.

    Somebody new has all of *roles*, none, or one; somebody known has all, or none.
    """
    known = _known(state)
    new = next(name for name in _names() if f"{ActorKind.STAFF}:{name}" not in known)
    yield from (_staff(new, *roles), *_OTHERS, _staff(new))
    yield from (_staff(new, role) for role in roles)
    for person in sorted(known):
        kind, _, id = person.partition(":")
        if kind == ActorKind.STAFF:
            yield from (_staff(id, *roles), _staff(id))


_staff = lru_cache(Actor.staff)
_OTHERS: Final = (
    *(Actor.system("engine"), Actor.customer(ACCOUNT), Actor.authority("court")),
    *(Actor.vendor("checker"), Actor.customer("acct-other")),
)


def _names() -> Iterator[str]:
    """Yield names for staff, without end."""
    yield from ("cid", "dee", "eve", "fay", "gus")
    yield from (f"staff-{number}" for number in count(1))


def _known(state: CaseState) -> set[str]:
    """Return whom the case knows in some relation."""
    release, appeal = state.release, state.appeal
    relations = {
        *(state.owner, state.offered_to, state.ordered_alone),
        *state.deciders.values(),
        *((release.proposer, *release.approvers) if release else ()),
        appeal.reviewer if appeal else None,
    }
    return {person for person in relations if person is not None}


def facts_said(domains: Mapping[str, Sequence[Fact]]) -> Iterator[dict[str, Fact]]:
    """Yield every combination of facts, each also left unsaid; nothing said comes first."""
    names = sorted(domains)
    for values in product(*((_UNSAID, *domains[name]) for name in names)):
        said = zip(names, values, strict=True)
        yield {name: value for name, value in said if value is not _UNSAID}


_UNSAID: Final[Any] = object()
